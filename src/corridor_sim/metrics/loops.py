"""The hot loop of measuring, compiled: one walk along the journeys of the measured consignments.

Only used where the compiled engine plays, which compiles it once (`functions`). numba's disk cache does not see
changes in other files, so constants stand here again; a test holds them against those of the other rooms.
"""

from __future__ import annotations

from typing import Any

from numba import boolean, float64, int64, njit

from corridor_sim.engine.jitted import Typed

NONE = -1
# columns of Trace.visits
CONSIGNMENT, STEP, READY, START, END, RESOURCE = 0, 2, 4, 5, 6, 7
# columns of the instruction table
I_STEP, I_CUSTOMS, I_BATCH, I_SERVICE, I_MARK, INSTRUCTION_COLUMNS = range(6)
# columns of the service table; then what is before its cut-offs, by kind of mark
S_FIRST, S_LAST, S_CLOSE, S_CUTOFFS = range(4)
# columns of the departure table: sums of the gaps after departures that ran, and that did not
D_SCHEDULED, D_RAN, D_NOT_RUN, DEPARTURE_COLUMNS = range(4)
# rows of the counts and hours
CUTOFF, NO_ROOM, CANCELLED = range(3)
FEW = 8
"""Departures that are looked at one by one before a search is worth it."""
SECONDS_PER_HOUR = 3600
INNER: dict[str, Any] = {
    "nogil": True,
    "_nrt": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "error_model": "numpy",
}


@njit(**INNER)
def departure_from(services, departures, service, tick, last):
    """Return the row of the first departure of `service` scheduled at `tick` or later, at most `last`."""
    low, high = services[service, S_FIRST], last
    # mostly it is one of the last few
    for _ in range(FEW):
        if high <= low or departures[high - 1, D_SCHEDULED] < tick:
            return high
        high -= 1
    while low < high:
        middle = (low + high) >> 1
        if departures[middle, D_SCHEDULED] < tick:
            low = middle + 1
        else:
            high = middle
    return low


@njit(**INNER)
def scheduled(services, departures, service, departure, stop):
    """Return the scheduled tick of a departure, at most the stop; the stop past the service's last one."""
    if services[service, S_FIRST] <= departure < services[service, S_LAST]:
        return min(departures[departure, D_SCHEDULED], stop)
    return stop


@njit(**INNER)
def add_misses(visits, row, service, services, departures, marks, stop, flow, missed):
    """Add what the passenger of a BOARD visit missed to `missed` (reasons, counts and hours, flows)."""
    ready, start = visits[row, READY], visits[row, START]
    earliest = ready + services[service, S_CLOSE]
    for kind in range(len(marks)):
        before = services[service, S_CUTOFFS + kind]
        if before != NONE:
            earliest = max(earliest, before + (ready if marks[kind] == NONE else marks[kind]))
    last = visits[row, RESOURCE]
    if start == NONE:
        last = departure_from(services, departures, service, stop + 1, services[service, S_LAST])
    seen = departure_from(services, departures, service, ready, last)
    opened = departure_from(services, departures, service, earliest, last)
    begin = scheduled(services, departures, service, seen, stop)
    closed = scheduled(services, departures, service, opened, stop)
    waits = (
        closed - begin,
        departures[last, D_RAN] - departures[opened, D_RAN],
        departures[last, D_NOT_RUN] - departures[opened, D_NOT_RUN],
    )
    for reason in range(len(waits)):
        if waits[reason] > 0:
            missed[reason, 0, flow] += 1
        missed[reason, 1, flow] += waits[reason] / SECONDS_PER_HOUR


@njit(**INNER)
def led(visits, begins, leader, step, end):
    """Return the row of the visit in which `leader` formed a load at an instruction and tick."""
    row, last = begins[leader], begins[leader + 1] - 1
    while row < last and (visits[row, STEP] != step or visits[row, END] != end or visits[row, RESOURCE] != leader):
        row += 1
    return row


@njit(**INNER)
def note_marks(visits, first, last, instructions, marks):
    """Note in `marks` (kinds) the last ticks at which marks were passed in some visits."""
    marks[:] = NONE
    for row in range(first, last):
        mark = instructions[visits[row, STEP], I_MARK]
        if 0 <= mark < len(marks):
            marks[mark] = visits[row, READY]


@njit(cache=True, nogil=True, error_model="numpy")
def walk(visits, begins, rows, flow, until, stop, instructions, services, departures, marks, missed, customs):
    """Walk the journeys of the consignments `rows`, own visits first, then those of the loads they joined.

    until    int64[rows] delivery, or the stop
    marks    int64[kinds], room for the marks that cut-offs compare with
    missed   float64[reasons, counts and hours, flows], to which is added
    customs  int64[rows] ticks in customs and food-control steps, to which is added
    """
    for owner in range(len(rows)):
        who = rows[owner]
        row = begins[who]
        marks[:] = NONE
        here, since, in_customs = NONE - 1, 0, False
        while row < begins[who + 1]:
            code = visits[row, STEP]
            instruction = instructions[code]
            ready = visits[row, READY]
            if instruction[I_STEP] != here:
                if in_customs:
                    customs[owner] += ready - since
                here, since, in_customs = instruction[I_STEP], ready, instruction[I_CUSTOMS] != 0
            if 0 <= instruction[I_MARK] < len(marks):
                marks[instruction[I_MARK]] = ready
            if instruction[I_SERVICE] != NONE:
                service = instruction[I_SERVICE]
                add_misses(visits, row, service, services, departures, marks, stop, flow[owner], missed)
            row += 1
            joins = instruction[I_BATCH] and visits[row - 1, END] != NONE and visits[row - 1, RESOURCE] != who
            if joins and row == begins[who + 1]:
                who = visits[row - 1, RESOURCE]
                row = led(visits, begins, who, code, visits[row - 1, END]) + 1
                note_marks(visits, begins[who], row, instructions, marks)
        if in_customs:
            customs[owner] += until[owner] - since


@njit(cache=True, nogil=True)
def add_by_flow(flow, values, total):
    """Add values to the total of their flow, one after another."""
    for place in range(len(flow)):
        total[flow[place]] += values[place]


def functions() -> list[Typed]:
    """Return the loops that are called, with the types of the arguments."""
    table, column, floats = int64[:, ::1], int64[::1], float64[::1]
    of_walk = (table, column, column, column, column, int64, table, table, table, column, float64[:, :, ::1], column)
    return [
        (walk, of_walk),
        (add_by_flow, (column, floats, floats)),
        (add_by_flow, (column, column, floats)),
        (add_by_flow, (column, boolean[::1], floats)),
    ]
