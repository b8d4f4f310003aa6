"""What the time of each visit was spent on."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from corridor_sim.engine.base import CAPACITY, DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, AtClosing, Inputs, Ints, Op
from corridor_sim.metrics.missed import Misses
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import capacity_windows
from corridor_sim.scenario.calendars import open_time_between

STEP, READY, START, END, RESOURCE = (VISITS.index(name) for name in ("step", "ready", "start", "end", "resource"))
SERVICE, SCHEDULED, ACTUAL, ARRIVED, BERTHED = (
    DEPARTURES.index(name) for name in ("service", "scheduled", "actual", "arrived", "berthed")
)
FACILITY, TICK, UNITS = (CAPACITY.index(name) for name in ("facility", "tick", "units"))


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


def time_spent(lowered: Lowered, inputs: Inputs, trace: Trace, missed: Misses, rows: Ints) -> Ints:
    """Return int64[rows, Spent] ticks of the visits `rows` (rising); what is under way is counted to the stop.

    CLOSED is time in which a facility has no capacity at all (closing hours, closures and breakdowns) or a place
    is closed to vehicles; where work goes on after closing it is HANDLING.
    """
    pieces = np.zeros((len(rows), len(Spent)), np.int64)
    visits = trace.visits[rows]
    operation = np.array([instruction.op for instruction in lowered.program.code], np.int64)[visits[:, STEP]]
    until = np.where(visits[:, END] == NONE, trace.stop, visits[:, END])
    granted = np.where(visits[:, START] == NONE, trace.stop, visits[:, START])

    delays = operation == Op.DELAY
    pieces[delays] = _delays(lowered, trace, visits[delays], until[delays])
    seizes = operation == Op.SEIZE
    pieces[seizes] = _seizes(lowered, trace, visits[seizes], granted[seizes])
    batches = operation == Op.BATCH
    pieces[batches, Spent.CONSOLIDATION] = until[batches] - visits[batches, READY]
    boards = operation == Op.BOARD
    pieces[boards] = _boards(inputs, trace, missed, rows[boards], until[boards])
    return pieces


def _delays(lowered: Lowered, trace: Trace, visits: Ints, until: Ints) -> Ints:
    pieces = np.zeros((len(visits), len(Spent)), np.int64)
    moving = np.array([lowered.steps[step].kind == "move" for step in lowered.step_of], bool)[visits[:, STEP]]
    overtime = [rule.at_closing is AtClosing.FINISH for rule in lowered.program.facilities]
    place = visits[:, RESOURCE]
    rests = (place != NONE) & ~np.append(np.array(overtime, bool), True)[place]
    closed = np.where(rests, _closed(trace, place, visits[:, READY], until), 0)
    pieces[:, Spent.CLOSED] = closed
    active = until - visits[:, READY] - closed
    pieces[:, Spent.TRAVEL] = np.where(moving, active, 0)
    pieces[:, Spent.HANDLING] = np.where(moving, 0, active)
    return pieces


def _seizes(lowered: Lowered, trace: Trace, visits: Ints, granted: Ints) -> Ints:
    """Waiting at a facility; before a departure opens for delivery, its gate is the timetable's."""
    pieces = np.zeros((len(visits), len(Spent)), np.int64)
    infos = [lowered.steps[step] for step in lowered.step_of]
    gate = np.array([info.kind == "board" and row < info.main for row, info in enumerate(infos)], bool)
    closed = _closed(trace, visits[:, RESOURCE], visits[:, READY], granted)
    at_gate = gate[visits[:, STEP]]
    pieces[:, Spent.TIMETABLE] = np.where(at_gate, closed, 0)
    pieces[:, Spent.CLOSED] = np.where(at_gate, 0, closed)
    pieces[:, Spent.QUEUE] = granted - visits[:, READY] - closed
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
        ours = (rows[:, SERVICE] == service) & (rows[:, ACTUAL] != NONE)
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


def _closed(trace: Trace, facility: Ints, begin: Ints, end: Ints) -> Ints:
    """Return for each interval the ticks in which its facility had no capacity; 0 for facility NONE."""
    closed = np.zeros(len(facility), np.int64)
    for number in np.unique(facility[facility != NONE]):
        changes = trace.capacity[trace.capacity[:, FACILITY] == number]
        windows = capacity_windows(changes[:, TICK], changes[:, UNITS] > 0)
        ours = facility == number
        closed[ours] = end[ours] - begin[ours] - open_time_between(*windows, begin[ours], end[ours])
    return closed
