"""Timetabled vehicles and opening hours against exact solutions."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest

from closed_forms import left_behind, overflow, wait_for_next
from corridor_sim.engine.program import Op
from oracle_runs import HEAVY, LIGHT

HOUR = 3600
PLACES, EVERY_HOURS = 5, 6
HOURLY = "flows.f.arrives={every: 1 h, first: 2026-01-01 00:30}"


@pytest.mark.parametrize(
    ("tier", "rate", "times"),
    [pytest.param(LIGHT, 0.5, 1, id="light"), pytest.param(HEAVY, 0.75, 5.2, marks=pytest.mark.verify, id="heavy")],
    indirect=["tier"],
)
def test_a_shuttle_leaves_behind_and_makes_wait_as_many_as_bulk_service_has_it(runs, judge, rate, times):
    demand = rate * EVERY_HOURS
    expected = np.array([demand, *overflow(PLACES, demand)])
    found, controls = [], []
    for seen in runs("shuttle", sets=[f"flows.f.arrives.poisson={rate} consignments per hour"], times=times):
        table, program = seen.trace.departures, seen.program
        within = (table[:, 1] >= program.window_from) & (table[:, 1] < program.window_to)
        asked, _ = np.histogram(
            np.ceil(seen.inputs.consignments.release / (EVERY_HOURS * HOUR)), np.arange(len(table) + 1)
        )
        excess = np.maximum(asked - PLACES, 0)
        in_a_row = np.maximum(np.append(0, excess[:-1]) + asked - PLACES, 0)
        controls.append([column[within].mean() for column in (asked, excess, in_a_row)] - expected)
        found.append((table[within, 8].mean(), seen.waits("ride", op=Op.BOARD).mean()))
    left, waited = np.array(found).T
    truth = left_behind(PLACES, demand)
    name = f"shuttle with {PLACES} places at {demand / PLACES:.2g}"
    judge(f"{name}: left behind by a departure", truth, left, controls)
    # by Little's law: half an interval, and those left behind over the rate at which they come
    judge(f"{name}: hours of waiting", EVERY_HOURS / 2 + truth / rate, waited, controls)


@pytest.mark.parametrize(
    "tier", [pytest.param(LIGHT, id="light"), pytest.param(HEAVY, marks=pytest.mark.verify, id="heavy")], indirect=True
)
def test_uneven_departures_make_poisson_arrivals_wait_as_the_squares_of_the_gaps_have_it(runs, judge):
    waited, arrivals = [], []
    for seen in runs("uneven"):
        hours = seen.waits("sail", op=Op.BOARD)
        waited.append(hours.mean())
        arrivals.append(len(hours) / 0.4 / seen.window_hours - 1)
    judge("uneven departures: hours of waiting", wait_for_next([48, 48, 48, 24]), waited, arrivals)


def test_uneven_departures_make_hourly_arrivals_wait_exactly_so_long(runs):
    rides = next(runs("uneven", 1, [HOURLY])).visits("sail", Op.BOARD)
    assert len(rides) == 10 * 168
    waited = Fraction(int((rides[:, 5] - rides[:, 4]).sum()), len(rides) * 24 * HOUR)
    assert waited == Fraction(3 * 2**2 + 1, 2 * 7)


OPEN = {
    **dict.fromkeys(range(5), ((8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR + HOUR // 2))),
    5: ((22 * HOUR, 26 * HOUR),),
    6: (),
}
"""Hours of scenarios/calendar.yaml by weekday, in seconds after midnight."""


def stretched(start: int, work: int) -> int:
    """Return when `work` ends that begins at `start` and rests while the workshop is closed, window by window."""
    first = datetime(2026, 1, 1)
    day = (first + timedelta(seconds=start)).replace(hour=0, minute=0, second=0) - timedelta(days=1)
    while True:
        midnight = int((day - first).total_seconds())
        for opens, closes in OPEN[day.weekday()]:
            begin, end = max(start, midnight + opens), midnight + closes
            if begin < end:
                if work <= end - begin:
                    return begin + work
                work -= end - begin
        day += timedelta(days=1)


def test_pausable_work_is_stretched_over_closed_hours_to_the_second(runs):
    name = "calendar"
    plain = next(runs(name, 1, ["facilities.workshop.opens=always"])).visits("repair", Op.DELAY)
    work = (plain[:, 6] - plain[:, 5]).tolist()
    seen = next(runs(name, 1))
    rows = seen.visits("repair", Op.DELAY)
    assert len(rows) == len(work) > 2000
    ready = seen.visits("repair", Op.SEIZE)[:, 4].tolist()
    assert rows[:, 6].tolist() == [stretched(tick, ticks) for tick, ticks in zip(ready, work, strict=True)]
