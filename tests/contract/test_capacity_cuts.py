"""A planned cut of servers takes the latest-started work, which goes on when they are back."""

from __future__ import annotations

from both_engines import play_both
from corridor_sim import load, lower, simulate
from corridor_sim.economics.accounts import settle
from corridor_sim.engine.base import VISITS
from corridor_sim.engine.program import NONE
from corridor_sim.network.lowered import Lowered

HOUR = 3600
SCENARIO = """
corridor_sim: 1
name: cuts
title: cuts
question: what
clock: {{start: 2026-03-02 00:00, measure: 2026-03-02 to 2026-03-08, follow_up: 10 days}}
money: {{price_year: 2026, time_cost: {{finance_only: 0 %}}, reliability: {{none: true}}}}
places: {{A: {{name: A, at: [0, 0]}}, B: {{name: B, at: [0, 1]}}}}
boxes: {{crate: {{teu: 1, payload: 10 t}}}}
facilities: {{desk: {{at: A, servers: 2, cuts: [{{on: 2026-03-03, servers: 1}}]}}}}
tariffs:
  empties: {{activity: empty_positioning, price: 100 CNY/box, tax: {{basis: exempt}}}}
routes:
  r:
    box: {{type: crate, owner: coc, {reuse}}}
    steps:
      - serve: {{at: desk, takes: 30 h, price: 0 CNY, damage: 2 %}}
      - away: {{road: A to B, km: 5 km, takes: 1 h, charges: [empties]}}
flows:
  f:
    route: r
    terms: {{incoterm: DAP, place: B}}
    arrives: {{on: ["2026-03-02 08:00", "2026-03-02 10:00"]}}
    size: 1 box
    weight: 1 t
    value: 50 CNY/kg
    due: {{within: 9 days}}
baseline: base
alternatives: {{base: {{}}}}
"""


def lowered(reuse: str = "") -> Lowered:
    return lower(load(SCENARIO.format(reuse=reuse)).base, "base")


def test_a_cut_takes_the_latest_started_job_and_gives_it_back() -> None:
    model = lowered()
    trace = next(simulate(model, range(1), 1, engine=play_both)).trace
    work = [row for row in trace.visits.tolist() if row[VISITS.index("step")] == 1]
    first, second = (row[VISITS.index("end")] / HOUR for row in work)
    # the first works 08:00 on Monday to 14:00 on Tuesday; the second has worked 14 h by midnight, then waits until
    # the first is done at 38 h, and works its other 16 h
    assert first == 8 + 30
    assert second == 38 + 16


def test_damage_is_its_share_of_the_value_at_each_passage() -> None:
    model = lowered()
    made = next(simulate(model, range(1), 1, engine=play_both))
    ledger = settle(model, made.inputs, made.trace, made.inputs.consignments.release * 0 + NONE).ledger
    damage = ledger.columns["amount_cny"][ledger.where(activity="damage")]
    assert damage.tolist() == [100_000, 100_000]  # 2 % of 50,000 CNY in cents


def test_no_empty_is_moved_for_boxes_that_find_a_return_load() -> None:
    model = lowered("reuse: 30 %")
    made = next(simulate(model, range(1), 1, engine=play_both))
    ledger = settle(model, made.inputs, made.trace, made.inputs.consignments.release * 0 + NONE).ledger
    empties = ledger.columns["amount_cny"][ledger.where(activity="empty_positioning")]
    assert empties.tolist() == [7_000, 7_000]
