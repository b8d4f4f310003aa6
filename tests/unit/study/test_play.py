"""Replications are priced and measured also where nothing happened in them."""

from __future__ import annotations

from corridor_sim.scenario.load import load
from corridor_sim.study.play import play
from corridor_sim.study.prepare import prepare
from small_world import world

RARE = {"arrives": {"poisson": "0.001 consignments per year"}}


def test_a_replication_without_any_consignment_costs_its_empty_runs() -> None:
    services = {"train": {"departs": "daily 20:00", "cost_per_departure": "1000 CNY"}}
    text = world(flows={"f": RARE}, steps=[{"ride": {"board": "train"}}], services=services, measure="2026-01-05")
    ((played,),) = play([prepare(load(text))["base"]], [1], range(1), seed=1)
    assert played.lines == {} and played.boxes == 0
    views = played.views["train"]
    # one departure on the day that is measured, and nobody on it
    assert (views.price, views.own, views.others, views.empty) == (0, 0, 0, 100_000)
