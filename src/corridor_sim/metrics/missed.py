"""Missed cut-offs and departures, and the biggest cause of lateness.

Of a visit to a BOARD step: the departures it saw are those scheduled from its arrival at the step (`ready`) on.
* missed cut-off: the first of them, and perhaps more, was already closed to it by one of its cut-offs;
* no room: it was in time for a departure that ran without it;
* cancelled: it was in time for a departure that did not run (cancelled, too light, held too long).
The wait from `ready` to the real departure is cut at the scheduled ticks between, and each piece given to the
reason why the departure at its beginning was not taken; so the pieces sum to the wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import MARK_KINDS, NONE, DepartureState, Inputs, Ints, Op, Program
from corridor_sim.metrics.times import Flags

CONSIGNMENT, STEP, READY, START, RESOURCE = (
    VISITS.index(name) for name in ("consignment", "step", "ready", "start", "resource")
)
STATE, ACTUAL = DEPARTURES.index("state"), DEPARTURES.index("actual")


@dataclass(frozen=True, slots=True)
class Misses:
    """Arrays over the visits to BOARD steps (`visit`: row of visits, `service`), in ticks of waiting.

    `timetable` until the first departure seen, `cutoff`, `no_room`, `cancelled` for those not taken, `late` from
    the schedule of the one taken to its leaving. A visit still waiting is counted to the stop.
    `missed_cutoff`, `left_behind`, `was_cancelled` say whether that happened at all.
    """

    visit: Ints
    service: Ints
    timetable: Ints
    cutoff: Ints
    no_room: Ints
    cancelled: Ints
    late: Ints
    missed_cutoff: Flags
    left_behind: Flags
    was_cancelled: Flags


def misses(program: Program, inputs: Inputs, trace: Trace) -> Misses:
    """Return the Misses of one replication, background included, in the order of visits."""
    is_board = np.array([instruction.op is Op.BOARD for instruction in program.code], bool)
    service_of = np.array([instruction.a for instruction in program.code], np.int64)
    visit = np.flatnonzero(is_board[trace.visits[:, STEP]])
    service = service_of[trace.visits[visit, STEP]]
    earliest = _earliest(program, trace, visit, service)
    ticks = np.zeros((1 + len(Misses.__slots__[2:7]), len(visit)), np.int64)
    columns: dict[str, Ints] = {name: np.zeros(len(visit), np.int64) for name in Misses.__slots__[2:]}
    del ticks
    for number in range(len(program.services)):
        ours = np.flatnonzero(service == number)
        for name, values in _of_service(inputs, trace, number, visit[ours], earliest[ours]).items():
            columns[name][ours] = values
    flags = {name: columns[name] > 0 for name in Misses.__slots__[-3:]}
    return Misses(visit, service, **(columns | flags))
