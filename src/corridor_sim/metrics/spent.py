"""What the time of each visit was spent on."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Ints, Op
from corridor_sim.metrics.hours import open_hours
from corridor_sim.metrics.missed import Misses
from corridor_sim.metrics.view import View

STEP, READY, START, END, RESOURCE = (VISITS.index(name) for name in ("step", "ready", "start", "end", "resource"))
SERVICE, SCHEDULED, ACTUAL, ARRIVED, BERTHED = (
    DEPARTURES.index(name) for name in ("service", "scheduled", "actual", "arrived", "berthed")
)


class Spent(IntEnum):
    """What time is spent on; the pieces of a journey sum to its door-to-door time."""

    CONSOLIDATION = 0
    TIMETABLE = 1
    MISSED_CUTOFF = 2
    NO_ROOM = 3
    CANCELLED = 4
    LATE_DEPARTURE = 5
    CLOSED = 6
    QUEUE = 7
    HANDLING = 8
    INSPECTION = 9
    TRAVEL = 10


WAITING = tuple(spent for spent in Spent if spent < Spent.HANDLING)
WORKING = (Spent.HANDLING, Spent.INSPECTION)
TRAVELLING = (Spent.TRAVEL,)
WORDS = {
    Spent.CONSOLIDATION: "consolidation wait",
    Spent.TIMETABLE: "wait for the timetable",
    Spent.MISSED_CUTOFF: "missed cut-off",
    Spent.NO_ROOM: "no room",
    Spent.CANCELLED: "cancelled departure",
    Spent.LATE_DEPARTURE: "late departure",
    Spent.CLOSED: "closure",
    Spent.QUEUE: "queue at facility",
    Spent.HANDLING: "slow handling",
    Spent.INSPECTION: "inspection hold",
    Spent.TRAVEL: "slow transit",
}


def time_spent(view: View, inputs: Inputs, trace: Trace, missed: Misses, rows: Ints) -> Ints:
    """Return int64[rows, Spent] ticks of the visits `rows` (rising); what is under way is counted to the stop.

    CLOSED is time in which a facility has no capacity at all (closing hours, closures and breakdowns) or a place
    is closed to vehicles; where work goes on after closing it is HANDLING.
    """
    pieces = np.zeros((len(rows), len(Spent)), np.int64)
    columns = (trace.visits[rows, column] for column in (STEP, READY, START, END, RESOURCE))
    step, ready, start, end, resource = columns
    operation = view.instructions.op[step]
    until = np.where(end == NONE, trace.stop, end)
    granted = np.where(start == NONE, trace.stop, start)

    delays, seizes = operation == Op.DELAY, operation == Op.SEIZE
    stands = np.flatnonzero(delays | seizes)
    waits = seizes[stands]
    # work that goes on after closing never rests
    works_on = ~waits & np.append(view.overtime, False)[resource[stands]]
    through = np.where(waits, granted[stands], until[stands])
    closed = open_hours(trace).closed_time(np.where(works_on, NONE, resource[stands]), ready[stands], through)
    active = through - ready[stands] - closed
    moving, at_gate = view.moving[step[stands]], view.gate[step[stands]]
    pieces[stands, np.where(waits & at_gate, Spent.TIMETABLE, Spent.CLOSED)] = closed
    busy = np.where(moving, Spent.TRAVEL, Spent.HANDLING)
    pieces[stands, np.where(waits, Spent.QUEUE, busy)] = active

    batches = np.flatnonzero(operation == Op.BATCH)
    pieces[batches, Spent.CONSOLIDATION] = until[batches] - ready[batches]
    boards = np.flatnonzero(operation == Op.BOARD)
    pieces[boards] = _boards(inputs, trace, missed, rows[boards], until[boards])
    return pieces


def _boards(inputs: Inputs, trace: Trace, missed: Misses, rows: Ints, until: Ints) -> Ints:
    pieces = np.zeros((len(rows), len(Spent)), np.int64)
    found = np.searchsorted(missed.visit, rows)
    pieces[:, Spent.TIMETABLE] = missed.timetable[found]
    pieces[:, Spent.MISSED_CUTOFF] = missed.cutoff[found]
    pieces[:, Spent.NO_ROOM] = missed.no_room[found]
    pieces[:, Spent.CANCELLED] = missed.cancelled[found]
    left = np.flatnonzero(trace.visits[rows, START] != NONE)
    taken = trace.visits[rows[left], RESOURCE]
    held, kept_out, in_roads = _vehicle_delays(inputs, trace)
    pieces[left, Spent.CLOSED] = held[taken] + kept_out[taken]
    pieces[left, Spent.LATE_DEPARTURE] = missed.late[found[left]] - held[taken]
    pieces[left, Spent.QUEUE] = in_roads[taken]
    riding = until[left] - trace.visits[rows[left], START]
    pieces[left, Spent.TRAVEL] = riding - kept_out[taken] - in_roads[taken]
    return pieces


def _vehicle_delays(inputs: Inputs, trace: Trace) -> tuple[Ints, Ints, Ints]:
    """Return by departure the ticks its origin was closed, its destination was closed, it waited for a berth."""
    rows = trace.departures
    held = np.zeros(len(rows), np.int64)
    for service, closures in enumerate(inputs.origin_closed):
        ours = (rows[:, SERVICE] == service) & (rows[:, ACTUAL] != NONE) if closures else []
        for start, end in closures:
            overlap = np.minimum(rows[ours, ACTUAL], end) - np.maximum(rows[ours, SCHEDULED], start)
            held[ours] += np.maximum(overlap, 0)
    sailed = rows[:, ACTUAL] != NONE
    due = rows[:, ACTUAL] + inputs.departures.transit
    arrived = np.where(rows[:, ARRIVED] == NONE, np.maximum(due, trace.stop), rows[:, ARRIVED])
    kept_out = np.where(sailed, np.maximum(np.minimum(arrived, trace.stop) - due, 0), 0)
    berthed = np.where(rows[:, BERTHED] == NONE, trace.stop, rows[:, BERTHED])
    in_roads = np.where(rows[:, ARRIVED] == NONE, 0, berthed - rows[:, ARRIVED])
    return held, kept_out, in_roads
