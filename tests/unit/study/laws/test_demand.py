"""The law of no demand keeps, and catches what is paid though nothing was sent."""

from __future__ import annotations

from typing import Any

import numpy as np

from corridor_sim.economics import accounts, price
from corridor_sim.study.laws import demand
from corridor_sim.study.laws.demand import NO_DEMAND

RIDE = [{"ride": {"board": "train"}}]
TRAIN = {"departs": "daily 20:00", "cost_per_departure": "1000 CNY"}


def told(found: list[Any]) -> list[tuple[str, str, str]]:
    return [(each.what, each.expected, each.found) for each in found if each.kind == "broken"]


def test_departures_that_run_empty_keep_the_law(held):
    (found,) = held(NO_DEMAND, flows={"f": "08:00"}, steps=RIDE, services={"train": TRAIN}, replications=2)
    assert (found.kind, found.what) == ("kept", "1 services with a cost of departures")


def test_what_others_carry_and_work_keeps_the_law(held):
    parts = {
        "services": {"train": {**TRAIN, "taken_by_others": {"uniform": ["0 %", "50 %"]}}},
        "facilities": {"desk": {"background": {"load": "50 %", "takes": "1 h"}}},
        "steps": [{"serve": {"at": "desk", "takes": "1 h"}}, *RIDE],
    }
    (found,) = held(NO_DEMAND, flows={"f": {"arrives": {"poisson": "9 consignments per week"}}}, **parts)
    assert found.kind == "kept"


def test_empty_runs_that_nobody_pays_for_are_caught(held, monkeypatch):
    monkeypatch.setattr(price, "post_departures", lambda *parts: None)
    found = held(NO_DEMAND, flows={"f": "08:00"}, steps=RIDE, services={"train": TRAIN}, measure="2026-01-05")
    # nothing is on its way, so the run ends with the day that is measured
    assert told(found) == [("1 departures of train", "1,000.00 CNY", "0.00 CNY")]


def test_what_is_paid_without_a_consignment_is_caught(held, monkeypatch):
    exact = accounts.post_carbon

    def fee(cargo: Any, carbon: Any, emitted: Any, postings: Any) -> None:
        exact(cargo, carbon, emitted, postings)
        postings.add(1, activity="storage", payer="shipper", amount_cny=np.array([12_345]), amount=np.array([12_345]))

    monkeypatch.setattr(accounts, "post_carbon", fee)
    found = held(NO_DEMAND, flows={"f": "08:00"}, steps=RIDE, services={"train": TRAIN})
    assert ("the ledger", "costs of departures only", "123.45 CNY of storage") in told(found)


def test_consignments_that_come_without_demand_are_caught(held, monkeypatch):
    monkeypatch.setattr(demand, "without_demand", lambda lowered: lowered.plan)
    found = held(NO_DEMAND, flows={"f": ["08:00", "09:00"]}, steps=RIDE, services={"train": TRAIN})
    assert told(found) == [("consignments of own flows", "0", "2")]
