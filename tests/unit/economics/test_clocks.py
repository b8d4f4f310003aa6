"""Charge clocks: units on paper and on the calendar, and what a journey runs up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridor_sim.economics.clocks import charge_units
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.passages import passages_of
from corridor_sim.economics.price import post_charges, price_tables
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import NONE, Inputs
from corridor_sim.network.charge_rules import ClockRule, Event
from corridor_sim.network.instructions import instructions_of
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.tariffs import lower_tariffs
from corridor_sim.scenario.calendars import parse_clock


def charge(lowered: Lowered, inputs: Inputs, trace: Trace, postings: Postings) -> None:
    instructions, tables = instructions_of(lowered), price_tables(lowered)
    postings.headings = tables.headings.copy()
    post_charges(tables, instructions, passages_of(lowered, instructions, inputs, trace), postings)


HOUR = 3600
DAY = 24 * HOUR
EVENT = Event("end", "lift")
SHANGHAI = parse_clock("2026-06-01 00:00", "Asia/Shanghai")
"""A Monday. The Dragon Boat Festival of 2026 is Friday 19 June, closed to Sunday the 21st."""


def units(begin: int, end: int, unit: str, closed: tuple[tuple[int, int], ...] = (), **changed: Any) -> int:
    rule = ClockRule(EVENT, EVENT, False, 0, unit, "Asia/Shanghai", "none", (), ())
    rule = replace(rule, **changed)
    return int(charge_units(rule, np.array([begin]), np.array([end]), SHANGHAI, closed)[0])


@pytest.mark.parametrize(
    ("begin", "end", "unit", "expected"),
    [
        (0, DAY, "24 h", 1),
        (0, DAY + 1, "24 h", 2),
        (5, 5, "24 h", 0),
        (10 * HOUR, 12 * HOUR, "hour", 2),
        (10 * HOUR, 12 * HOUR + 1, "hour", 3),
        # Monday 23:00 to Tuesday 01:00 touches two days; up to midnight only one
        (23 * HOUR, 25 * HOUR, "calendar day", 2),
        (23 * HOUR, 24 * HOUR, "calendar day", 1),
        (24 * HOUR, 24 * HOUR, "calendar day", 0),
        # Friday noon to the following Monday noon: Friday and Monday work
        (4 * DAY + 12 * HOUR, 7 * DAY + 12 * HOUR, "calendar day", 4),
        (4 * DAY + 12 * HOUR, 7 * DAY + 12 * HOUR, "working day", 2),
        (5 * DAY, 7 * DAY, "working day", 0),
    ],
)
def test_a_unit_that_has_started_counts(begin: int, end: int, unit: str, expected: int) -> None:
    assert units(begin, end, unit) == expected


def test_a_clock_can_wait_for_midnight() -> None:
    # an event at Monday 15:00, or at Monday 00:00, starts the clock on Tuesday 00:00
    assert units(15 * HOUR, 2 * DAY, "24 h", at_midnight=True) == 1
    assert units(0, 2 * DAY, "calendar day", at_midnight=True) == 1
    assert units(15 * HOUR, 20 * HOUR, "calendar day", at_midnight=True) == 0


def test_holidays_do_not_count_as_working_days() -> None:
    # Thursday 18 to Monday 22 June, end of day: Thursday and Monday
    assert units(17 * DAY, 22 * DAY, "working day", holidays="CN") == 2
    assert units(17 * DAY, 22 * DAY, "working day") == 3


def test_days_are_those_of_the_tariffs_zone() -> None:
    # Monday 22:00 to Tuesday 02:00 in Shanghai is Monday 14:00 to 18:00 in UTC
    assert units(22 * HOUR, 26 * HOUR, "calendar day") == 2
    assert units(22 * HOUR, 26 * HOUR, "calendar day", zone="UTC") == 1


def test_closures_stop_the_clock() -> None:
    # 30 h with 8 h closed are 22 h
    assert units(0, 30 * HOUR, "24 h", ((4 * HOUR, 12 * HOUR),)) == 1
    # all of Tuesday is closed; Monday counts although it closes at 20:00
    assert units(12 * HOUR, 3 * DAY, "calendar day", ((20 * HOUR, 2 * DAY),)) == 2
    assert units(21 * HOUR, 2 * DAY, "calendar day", ((20 * HOUR, 2 * DAY),)) == 0


LEGS = [
    {"name": "rail", "kind": "wait", "origin": "A", "destination": "B"},
    {"name": "stuff", "kind": "batch", "origin": "B"},
    {"name": "pickup", "kind": "wait", "origin": "B"},
]
STORAGE = {
    "starts": "end of rail",
    "stops": "start of pickup",
    "free": 2,
    "tiers": [{"up_to": 3, "price": "40 CNY/box"}, {"price": "100 CNY/box"}],
}
STEPS = [{"rail": {"wait": "1 h"}}, {"stuff": {"batch": "2 boxes"}}, {"pickup": {"wait": "1 h"}}]


def storage_cents(
    journey: Callable[..., Any],
    visits: list[tuple[int, int, int, int, int, int]],
    delivered: list[int],
    tariff: dict[str, Any] | None = None,
    clock: dict[str, Any] | None = None,
    drawn: tuple[tuple[int, int, int], ...] = (),
    **parts: Any,
) -> dict[int, int]:
    """Return what storage costs each consignment of one box, in CNY cents."""
    yard = {"activity": "storage", "clock": STORAGE | (clock or {}), "tax": {"basis": "exempt"}} | (tariff or {})
    pickup = {"wait": "1 h", "charges": ["yard"]}
    parts = {"routes": {"way": {"steps": [*STEPS[:2], {"pickup": pickup}]}}, "steps": LEGS} | parts
    sizes = {"box": 1, "teu": 1, "mass": 1}
    made = journey(visits=visits, delivered=delivered, sizes=sizes, tariffs={"yard": yard}, **parts)
    tariffs = lower_tariffs(made.lowered.scenario, made.lowered.steps, made.lowered.clock)
    lowered = replace(made.lowered, tariffs=tariffs)
    postings = Postings()
    charge(lowered, replace(made.inputs, closures=drawn), made.trace, postings)
    columns = postings.ledger().columns
    return dict(zip(columns["consignment"].tolist(), columns["amount_cny"].tolist(), strict=True))


def alone(arrives: int, leaves: int) -> list[tuple[int, int, int, int, int, int]]:
    return [(0, 0, 0, 0, arrives, NONE), (0, 2, arrives, leaves, leaves + HOUR, NONE)]


def test_free_units_then_tiers(journey: Callable[..., Any]) -> None:
    # 6.5 days are 7 units: 2 free, 3 at 40 CNY, 2 at 100 CNY
    assert storage_cents(journey, alone(0, 156 * HOUR), [157 * HOUR]) == {0: 32_000}
    assert storage_cents(journey, alone(0, 2 * DAY), [3 * DAY]) == {}


def test_minimum_and_maximum_of_a_clock(journey: Callable[..., Any]) -> None:
    limits = {"minimum": "50 CNY", "maximum": "300 CNY"}
    assert storage_cents(journey, alone(0, 3 * DAY), [4 * DAY], limits) == {0: 5_000}
    assert storage_cents(journey, alone(0, 156 * HOUR), [157 * HOUR], limits) == {0: 30_000}
    assert storage_cents(journey, alone(0, 2 * DAY), [3 * DAY], limits) == {}


def test_a_clock_runs_to_the_stop_of_the_run(journey: Callable[..., Any]) -> None:
    # 4 days to the stop: 2 x 40 CNY
    waiting = [(0, 0, 0, 0, DAY, NONE), (0, 2, DAY, NONE, NONE, NONE)]
    assert storage_cents(journey, waiting, [NONE], stop=5 * DAY) == {0: 8_000}
    assert storage_cents(journey, [(0, 0, 0, 0, NONE, NONE)], [NONE], stop=5 * DAY) == {}


def test_a_clock_without_its_stop_event_runs_to_the_delivery(journey: Callable[..., Any]) -> None:
    # delivered after 4 days by a way that has no pickup: 2 x 40 CNY
    assert storage_cents(journey, [(0, 0, 0, 0, 0, NONE)], [4 * DAY], stop=9 * DAY) == {0: 8_000}


def test_a_clock_in_a_lane_is_for_those_who_pass_it(journey: Callable[..., Any]) -> None:
    lane = {"share": "50 %", "steps": [{"yard hold": {"wait": "1 h", "charges": "yard"}}]}
    steps = [STEPS[0], {"chosen": {"branch": {"held": lane, "free": {}}}}, {"pickup": {"wait": "1 h"}}]
    legs = [LEGS[0], {"name": "yard hold", "kind": "wait", "lane": "chosen/held"}, LEGS[2]]
    visits = [(who, 0, 0, 0, 0, NONE) for who in range(2)] + [(1, 1, 0, 0, HOUR, NONE)]
    visits += [(who, 2, HOUR, 3 * DAY, 4 * DAY, NONE) for who in range(2)]
    assert storage_cents(journey, visits, [4 * DAY] * 2, steps=legs, routes={"way": {"steps": steps}}) == {1: 4_000}


def test_a_members_clock_stops_with_its_load(journey: Callable[..., Any]) -> None:
    # boxes come after 1 and 3 days, leave together after 6: 5 - 2 units and 3 - 2 units at 40 CNY
    visits = [
        (0, 0, 0, 0, DAY, NONE),
        (0, 1, DAY, 3 * DAY, 3 * DAY, 1),
        (1, 0, 0, 0, 3 * DAY, NONE),
        (1, 1, 3 * DAY, 3 * DAY, 3 * DAY, 1),
        (1, 2, 3 * DAY, 6 * DAY, 7 * DAY, NONE),
    ]
    assert storage_cents(journey, visits, [7 * DAY, 7 * DAY]) == {0: 12_000, 1: 4_000}


def test_closures_at_the_place_of_the_charge_stop_it(journey: Callable[..., Any]) -> None:
    act = {"modes": ["sea"]}
    named = {
        "typhoon": {"on": ["2026-06-02"], "acts": [act | {"places": ["B"]}]},
        "flood": {"on": ["2026-06-02"], "acts": [act | {"places": ["A"]}]},
    }
    # 6 days with one of them closed: 3 x 40 CNY instead of 3 x 40 + 100; drawn closures are numbered by name
    for number, cents in ((1, 12_000), (0, 22_000)):
        found = storage_cents(
            journey,
            alone(0, 6 * DAY),
            [7 * DAY],
            clock={"closures_stop_it": True},
            drawn=((number, DAY, 2 * DAY),),
            closures=named,
        )
        assert found == {0: cents}
