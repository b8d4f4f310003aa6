"""Missed cut-offs and departures.

Of a visit to a BOARD step: the departures it saw are those scheduled from its arrival at the step (`ready`) on.
* missed cut-off: the first of them, and perhaps more, was already closed to it by one of its cut-offs;
* no room: it was in time for a departure that ran without it;
* cancelled: it was in time for a departure that did not run (cancelled, too light, held too long).
The wait from `ready` to leaving is cut at the scheduled ticks between, and each piece given to the reason why the
departure at its beginning was not taken; so the pieces sum to the wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, DepartureState, Inputs, Ints
from corridor_sim.metrics.view import Flags, View

CONSIGNMENT, STEP, READY, START, RESOURCE = (
    VISITS.index(name) for name in ("consignment", "step", "ready", "start", "resource")
)
STATE = DEPARTURES.index("state")
APART = 1 << 40
"""More than any tick: keeps services, or consignments, apart in one rising key."""


@dataclass(frozen=True, slots=True)
class Misses:
    """Arrays over the visits to BOARD steps, in the order of visits; times are ticks of waiting.

    `visit` is a row of visits. `timetable` until the first departure seen; `cutoff`, `no_room`, `cancelled` for
    those not taken; `late` from the schedule of the one taken to its leaving. A visit still waiting is counted to
    the stop. A cut-off, departure or cancellation was met where its ticks are above 0.
    `last` is the row of the departure taken, of a visit still waiting one past those seen until the stop.
    """

    visit: Ints
    timetable: Ints
    cutoff: Ints
    no_room: Ints
    cancelled: Ints
    late: Ints
    last: Ints


def misses(view: View, inputs: Inputs, trace: Trace) -> Misses:
    """Return the Misses of one replication, of every consignment that reached a BOARD step."""
    visit = np.flatnonzero(view.instructions.boards[trace.visits[:, STEP]])
    service = view.boards[trace.visits[visit, STEP]]
    ready, start, taken = (trace.visits[visit, column] for column in (READY, START, RESOURCE))
    earliest = earliest_met(view, trace, visit, ready)

    line = Line(inputs, trace)
    left = start != NONE
    last = np.where(left, taken, line.first_from(service, np.full(len(visit), trace.stop + 1)))
    seen = np.minimum(line.first_from(service, ready), last)
    open_ = np.minimum(line.first_from(service, earliest), last)
    begin, closed, end = (line.tick(rows, service) for rows in (seen, open_, last))
    ran, not_run = line.gaps_of(line.ran), line.gaps_of(~line.ran)
    return Misses(
        visit,
        begin - ready,
        closed - begin,
        ran[last] - ran[open_],
        not_run[last] - not_run[open_],
        np.where(left, start - end, 0),
        last,
    )


def departure_tables(view: View, inputs: Inputs, trace: Trace) -> tuple[Ints, Ints]:
    """Return the services and the departures for compiled loops.

    (services, columns): its first departure, one past its last, `close`, then `cutoffs`; (departures + 1, columns):
    scheduled tick, and the gaps so far after departures that ran, and that did not.
    """
    line, scheduled = Line(inputs, trace), inputs.departures.scheduled
    ends = np.searchsorted(inputs.departures.service, np.arange(len(view.close) + 1))
    gaps = line.gaps_of(line.ran), line.gaps_of(~line.ran)
    return (
        np.column_stack((ends[:-1], ends[1:], view.close, view.cutoffs)),
        np.column_stack((np.append(scheduled, trace.stop), *gaps)),
    )


def earliest_met(view: View, trace: Trace, visit: Ints, ready: Ints) -> Ints:
    """Return for each BOARD visit the earliest scheduled tick whose cut-offs it can meet, being there at `ready`."""
    service = view.boards[trace.visits[visit, STEP]]
    earliest: Ints = ready + view.close[service]
    marks = np.flatnonzero((view.marks != NONE)[trace.visits[:, STEP]])
    of_kind = view.marks[trace.visits[marks, STEP]]
    for kind in np.flatnonzero((view.cutoffs != NONE).any(axis=0)).tolist():
        before = view.cutoffs[service, kind]
        mark = _last_mark(trace, marks[of_kind == kind], visit)
        met = np.where(mark == NONE, ready, mark)
        earliest = np.where(before == NONE, earliest, np.maximum(earliest, met + before))
    return earliest


def _last_mark(trace: Trace, marks: Ints, visit: Ints) -> Ints:
    """Return for each of the visits `visit` the tick of its consignment's last one of `marks` until then, or NONE."""
    noted = np.append(NONE, marks)
    last = noted[np.searchsorted(noted, visit, side="right") - 1]
    same = (last != NONE) & (trace.visits[last, CONSIGNMENT] == trace.visits[visit, CONSIGNMENT])
    return np.where(same, trace.visits[last, READY], NONE)


class Line:
    """The departures of all services as one rising line of keys (service, scheduled)."""

    def __init__(self, inputs: Inputs, trace: Trace) -> None:
        departures = inputs.departures
        self._stop = trace.stop
        self._service = departures.service
        self._scheduled = np.minimum(departures.scheduled, trace.stop)
        self._keys = departures.service * APART + departures.scheduled
        self.ran: Flags = trace.departures[:, STATE] == DepartureState.RAN

    def first_from(self, service: Ints, tick: Ints) -> Ints:
        """Return the row of the first departure of `service` scheduled at `tick` or later, or one past its last."""
        keys: Ints = service * APART + tick
        return np.searchsorted(self._keys, keys)

    def tick(self, rows: Ints, service: Ints) -> Ints:
        """Return the scheduled tick of departures, at most the stop; the stop past the service's last one."""
        inside = np.append(self._service, NONE)[rows] == service
        return np.where(inside, np.append(self._scheduled, self._stop)[rows], self._stop)

    def gaps_of(self, chosen: Flags) -> Ints:
        """Return int64[departures + 1]: ticks from each of the `chosen` departures to the next one, summed up."""
        gaps = self.tick(np.arange(1, len(chosen) + 1), self._service) - self._scheduled
        return np.concatenate(([0], np.cumsum(gaps * chosen)))
