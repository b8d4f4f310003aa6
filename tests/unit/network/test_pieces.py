"""Rising functions of a tick, piece by piece, against what each tick gives when it is worked out on its own."""

from __future__ import annotations

import numpy as np
import pytest

from corridor_sim.engine.program import NONE, AtClosing, Ints
from corridor_sim.network.pieces import Pieces
from corridor_sim.network.plan import _Hours

TICKS = np.arange(60)
OPENS, CLOSES = np.array([8, 20, 40]), np.array([12, 30, 50])


def hours(at_closing: AtClosing) -> _Hours:
    """Open from 8 to 12, from 20 to 30 and from 40 to 50."""
    return _Hours(OPENS, CLOSES, at_closing)


def opening(ticks: Ints) -> Ints:
    return hours(AtClosing.PAUSE).opening(ticks)


def test_waiting_for_opening_hours() -> None:
    found = Pieces.of(opening, np.concatenate((OPENS, CLOSES)))
    # before 8 everything waits until then; who comes at 9 goes on at once, at 12 it has closed; after 50 never
    assert found.at(np.array([0, 7, 8, 9, 11, 12, 19, 20, 49, 50])).tolist() == [8, 8, 8, 9, 11, 20, 20, 20, 49, NONE]


@pytest.mark.parametrize("at_closing", [AtClosing.PAUSE, AtClosing.RESTART])
@pytest.mark.parametrize("work", [1, 3, 4, 5, 10, 11, 14, 24])
def test_work_that_rests_or_begins_anew(at_closing: AtClosing, work: int) -> None:
    """Tick by tick: paused work goes on after each closing, restarted work needs one window that holds all of it."""

    def by_tick(start: int) -> int:
        done = 0
        for tick in range(start, 50):
            is_open = any(begin <= tick < end for begin, end in zip(OPENS, CLOSES, strict=True))
            done = done + 1 if is_open else done if at_closing is AtClosing.PAUSE else 0
            if done == work:
                return tick + 1
        return NONE

    place = hours(at_closing)
    found = Pieces.of(lambda start: place.done(start, work), place.turns(work))
    assert found.at(TICKS).tolist() == [by_tick(int(tick)) for tick in TICKS]


def test_one_after_the_other_and_the_later_of_two() -> None:
    wait = Pieces.of(opening, np.concatenate((OPENS, CLOSES)))
    late = wait.plus(3).then(wait)
    # in at 10, through at 13, which waits for 20; a piece that is lost stays lost
    assert late.at(np.array([10, 28, 48, 55])).tolist() == [20, 40, NONE, NONE]
    both = Pieces.at_once().plus(5).or_later(wait)
    assert both.at(TICKS).tolist() == [
        NONE if opens == NONE else max(int(tick) + 5, int(opens))
        for tick, opens in zip(TICKS, opening(TICKS), strict=True)
    ]
