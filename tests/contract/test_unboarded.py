"""Departures that nobody boards: worked out after the run as if they had been simulated."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.base import DEPARTURES
from corridor_sim.engine.program import MEASURES, NONE, Departures, DepartureState, ServiceRule
from corridor_sim.engine.unboarded import complete_rows

NO_CUTOFFS = (NONE,) * 4
BOX = MEASURES.index("box")


def completed(rule, stop, closed=((), ()), **columns):
    """Return the rows of one service whose departures are scheduled at 100, 200, ... and take 50 ticks."""
    count = len(next(iter(columns.values())))
    plain = {
        "service": [0] * count,
        "scheduled": [100 * (place + 1) for place in range(count)],
        "delay": [0] * count,
        "notice": [NONE] * count,
        "transit": [50] * count,
        "tie": [0] * count,
    }
    wide = np.zeros((count, len(MEASURES)), np.int64)
    loads = columns.pop("boxes_of_others", [0] * count)
    background = wide.copy()
    background[:, BOX] = loads
    arrays = {name: np.array(columns.get(name, usual), np.int64) for name, usual in plain.items()}
    given = Departures(**arrays, capacity=wide, background=background)
    table = np.full((count, len(DEPARTURES)), NONE, np.int64)
    table[:, :3] = np.column_stack([arrays["service"], arrays["scheduled"], np.zeros(count, np.int64)])
    complete_rows(table, slice(0, count), given, rule, closed, stop)
    return [dict(zip(DEPARTURES[2:], row, strict=True)) for row in table[:, 2:].tolist()]


def row(state, closed=NONE, actual=NONE, arrived=NONE):
    left_behind = NONE if closed == NONE else 0
    times = {"arrived": arrived, "berthed": arrived, "left": arrived}
    return {"state": state, "closed": closed, "actual": actual, **times, "left_behind": left_behind}


def test_it_closes_leaves_late_and_arrives_until_the_stop():
    rule = ServiceRule(strict=False, cutoffs=NO_CUTOFFS, close=10)
    assert completed(rule, 280, delay=[0, 30, 5, 0]) == [
        row(DepartureState.RAN, 90, 100, 150),
        # 200 and 30 late; it arrives at 280, the very tick of the stop
        row(DepartureState.RAN, 190, 230, 280),
        # its load list would be fixed at 290
        row(DepartureState.PLANNED),
        row(DepartureState.PLANNED),
    ]


def test_it_is_under_way_at_the_stop():
    rule = ServiceRule(strict=False, cutoffs=NO_CUTOFFS, close=10)
    assert completed(rule, 149, delay=[0])[0] == row(DepartureState.RAN, 90, 100)
    assert completed(rule, 99, delay=[0])[0] == row(DepartureState.PLANNED, 90)


def test_cancellations_known_after_the_load_list_was_fixed_and_light_ones():
    rule = ServiceRule(
        strict=False, cutoffs=NO_CUTOFFS, close=10, minimum_measure=BOX, minimum_load=5, cancel_if_light=True
    )
    found = completed(rule, 1000, notice=[95, NONE, 295, 390], boxes_of_others=[5, 4, 4, 5])
    assert found == [
        row(DepartureState.CANCELLED, 90),
        row(DepartureState.TOO_LIGHT, 190),
        row(DepartureState.TOO_LIGHT, 290),
        # known when its load list is fixed: noted before the run, left alone here
        row(DepartureState.PLANNED),
    ]


def test_closed_ends_hold_it_and_too_long_is_too_long():
    rule = ServiceRule(strict=False, cutoffs=NO_CUTOFFS, close=0, longest_hold=20)
    closed = (((95, 120), (195, 221)), ((160, 175),))
    assert completed(rule, 1000, closed, delay=[0, 0, 0]) == [
        # held 20 ticks at the origin, arrives at 170 and is let in at 175
        row(DepartureState.RAN, 100, 120, 175),
        # the origin opens 21 ticks late
        row(DepartureState.HELD_TOO_LONG, 200),
        row(DepartureState.RAN, 300, 300, 350),
    ]
    assert completed(rule, 219, closed, delay=[0, 0])[1] == row(DepartureState.PLANNED, 200)


def test_rows_that_were_simulated_are_left_alone():
    table = np.array([[0, 100, DepartureState.RAN, 90, 111, 222, 222, 222, 3]], np.int64)
    one, wide = np.array([100]), np.zeros((1, len(MEASURES)), np.int64)
    given = Departures(one * 0, one, one * 0, one * 0 + NONE, one, wide, wide, one * 0)
    before = table.copy()
    complete_rows(table, slice(0, 1), given, ServiceRule(False, NO_CUTOFFS, 10), ((), ()), 1000)
    assert (table == before).all()
