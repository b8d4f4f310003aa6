"""The law of a leg in two keeps, and catches legs that cost time of their own."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from corridor_sim.network import carriage
from corridor_sim.network.route import delay
from corridor_sim.sampling.distributions import Constant
from corridor_sim.scenario.load import load
from corridor_sim.scenario.steps import Move
from corridor_sim.study.laws import legs
from corridor_sim.study.laws.legs import LEG_IN_TWO
from small_world import world

LEG = {"leg": {"road": "A to B", "takes": "10 h"}}
LOTS = {"leg": {"road": "A to B", "takes": {"uniform": ["1 h", "19 h"]}}}
DESK = {"desk": {"at": "B", "opens": "mon-fri 08:00-18:00"}}
SERVE = {"serve": {"at": "desk", "takes": {"uniform": ["10 min", "3 h"]}}}


@pytest.mark.parametrize(
    ("steps", "why"),
    [([LEG, SERVE], ""), ([LOTS, SERVE], "chance decides how long they take: held at their means first")],
    ids=["fixed", "by chance"],
)
def test_legs_in_two_keep_the_law(held, steps, why):
    arrives = {"arrives": {"poisson": "60 consignments per week"}}
    (found,) = held(LEG_IN_TWO, flows={"f": arrives, "g": arrives}, steps=steps, facilities=DESK, replications=2)
    assert (found.kind, found.what, found.because) == ("kept", "1 legs cut in two", why)


@pytest.mark.parametrize("piece", ["loops and lanes", "switches", "clocks", "reefers"])
def test_lanes_loops_and_switches_keep_the_law(held, golden_text, piece):
    assert {each.kind for each in held(LEG_IN_TWO, golden_text(piece))} == {"kept"}


def test_legs_that_cost_a_minute_of_their_own_are_caught(held, monkeypatch):
    def slower(lowering: Any, takes: Any, stream: int) -> int:
        return delay(lowering, takes.__class__(Constant(takes.law.mean() + 60), "duration"), stream)

    monkeypatch.setattr(carriage, "delay", slower)
    (found,) = held(LEG_IN_TWO, flows={"f": "08:00"}, steps=[LEG])
    # released at 8 h, 10 h on the way and a minute; cut in two, another minute
    assert (found.kind, found.expected, found.found) == ("broken", str(18 * 3600 + 60), str(18 * 3600 + 120))
    assert found.what == "delivered of consignment 0 (f) in replication 0, by its tick"


def test_a_world_that_cannot_be_simulated_with_two_legs_is_caught(held, monkeypatch):
    monkeypatch.setattr(legs, "LATER_HALF", "{}")
    monkeypatch.setattr(legs, "FREE", "1 CNY/ULD/km")
    (found,) = held(LEG_IN_TWO, flows={"f": "08:00"}, steps=[LEG])
    assert (found.kind, found.expected) == ("broken", "it can be simulated")


def test_a_world_without_legs_says_so(held):
    services = {"train": {"departs": "daily 20:00"}}
    (found,) = held(LEG_IN_TWO, flows={"f": "08:00"}, steps=[{"ride": {"board": "train"}}], services=services)
    assert (found.kind, found.what) == ("exception", "legs without timetable")


def test_the_parts_of_a_leg_take_as_long_as_the_leg():
    file = load(world(flows={"f": "08:00"}, steps=[{"leg": {"road": "A to B", "takes": "100 s"}}]))
    changed = legs._changed(file.base, legs._cut)
    first, rest = changed.routes["r"].steps.values()
    assert isinstance(first, Move) and isinstance(rest, Move)
    assert [each.takes.law.mean() for each in (first, rest)] == [Fraction(33), Fraction(67)]
    assert (first.origin, first.destination, rest.origin, rest.destination) == ("A", "B", "B", "B")
    assert list(changed.routes["r"].steps) == ["leg", "leg (the rest)"]
