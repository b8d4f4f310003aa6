"""Departures that nobody boards: what became of them follows from the inputs, so it is worked out after the run."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.base import DEPARTURES
from corridor_sim.engine.program import NONE, Departures, DepartureState, Ints, ServiceRule

STATE, CLOSED, ACTUAL, ARRIVED, BERTHED, LEFT, LEFT_BEHIND = (
    DEPARTURES.index(name) for name in ("state", "closed", "actual", "arrived", "berthed", "left", "left_behind")
)
Intervals = tuple[tuple[int, int], ...]


def needs_no_berth(rule: ServiceRule) -> bool:
    """Return whether a departure of a service, when empty, changes nothing for anybody else."""
    return rule.berth_from == rule.berth_to == rule.loading == rule.unloading == NONE


def complete_rows(
    table: Ints, rows: slice, given: Departures, rule: ServiceRule, closed: tuple[Intervals, Intervals], stop: int
) -> None:
    """Complete the rows of one service that were left out because nobody waited when their load lists were fixed.

    `table` are the Trace's departures; `closed` the intervals in which origin and destination are closed. A row tells
    what happened up to the tick `stop`, inclusive.
    """
    scheduled, notice = given.scheduled[rows], given.notice[rows]
    closes = np.maximum(scheduled - rule.close, 0)
    known = (notice != NONE) & (notice <= closes)
    places = np.flatnonzero((table[rows, CLOSED] == NONE) & (closes <= stop) & ~known)
    part = table[rows][places]
    part[:, CLOSED], part[:, LEFT_BEHIND] = closes[places], 0
    light = _light(given.background[rows][places], rule)
    cancelled = (notice[places] != NONE) & ~light
    wanted = (scheduled + given.delay[rows])[places]
    reopens = reopening(closed[0], wanted)
    held = (reopens - wanted > rule.longest_hold) & ~light & ~cancelled
    ran = ~light & ~cancelled & ~held & (reopens <= stop)
    arrives = reopening(closed[1], reopens + given.transit[rows][places])
    part[light, STATE] = DepartureState.TOO_LIGHT
    part[cancelled & (notice[places] <= stop), STATE] = DepartureState.CANCELLED
    part[held & (wanted + rule.longest_hold <= stop), STATE] = DepartureState.HELD_TOO_LONG
    part[ran, STATE], part[ran, ACTUAL] = DepartureState.RAN, reopens[ran]
    there = ran & (arrives <= stop)
    for column in (ARRIVED, BERTHED, LEFT):
        part[there, column] = arrives[there]
    table[rows.start + places] = part


def _light(background: Ints, rule: ServiceRule) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if rule.minimum_measure == NONE or not rule.cancel_if_light:
        return np.zeros(len(background), bool)
    return np.asarray(background[:, rule.minimum_measure] < rule.minimum_load)


def reopening(closed: Intervals, ticks: Ints) -> Ints:
    """Return for each tick the first at or after it at which the place is open."""
    for start, end in closed:
        ticks = np.where((start <= ticks) & (ticks < end), end, ticks)
    return ticks
