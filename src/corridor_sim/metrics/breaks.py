"""What breaks under growing demand: queues that never empty again before the measured window ends.

A facility or service is broken in a replication when its queue was never empty during the last four weeks of the
window: nobody clears a backlog that outlives a month of departures. It broke where that last stretch began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, DepartureState
from corridor_sim.metrics.resources import seize_rows
from corridor_sim.metrics.view import View
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_WEEK

WEEKS_WITHOUT_RELIEF = 4
READY, START = (VISITS.index(name) for name in ("ready", "start"))
SERVICE, SCHEDULED, STATE, BEHIND = (
    DEPARTURES.index(name) for name in ("service", "scheduled", "state", "left_behind")
)


@dataclass(frozen=True, slots=True)
class Break:
    """A facility or service that broke, `day` days after the measured window began."""

    kind: str
    name: str
    day: float


def breaks(view: View, trace: Trace) -> list[Break]:
    """Return what broke in one replication, the first first (ties by kind and name)."""
    program = view.lowered.program
    begin, end = program.window_from, min(program.window_to, trace.stop)
    latest = end - WEEKS_WITHOUT_RELIEF * SECONDS_PER_WEEK
    since = {("facility", program.facility_names[number]): tick for number, tick in _full_since(view, trace, end)}
    since |= {("service", program.service_names[number]): tick for number, tick in _behind_since(trace, end)}
    found = [
        Break(kind, name, max(0, tick - begin) / SECONDS_PER_DAY)
        for (kind, name), tick in since.items()
        if tick <= latest
    ]
    return sorted(found, key=lambda each: (each.day, each.kind, each.name))


def _full_since(view: View, trace: Trace, end: int) -> Iterator[tuple[int, int]]:
    """Yield each facility for which somebody waits at `end`, and since when somebody has always waited."""
    rows, facility = seize_rows(view, trace)
    ready, start = trace.visits[rows, READY], trace.visits[rows, START]
    served = np.where(start == NONE, trace.stop, start)
    waits = (ready < end) & (served > ready)
    for number in np.unique(facility[waits & (served >= end)]).tolist():
        ours = np.flatnonzero(waits & (facility == number))
        order = ours[np.argsort(-served[ours], kind="stable")]
        since = end
        # backwards in time: each wait that reaches into the stretch prolongs it
        for first, last in zip(ready[order].tolist(), served[order].tolist(), strict=True):
            if last < since:
                break
            since = min(since, first)
        yield number, since


def _behind_since(trace: Trace, end: int) -> Iterator[tuple[int, int]]:
    """Yield each service whose last departure before `end` left cargo behind, and the first from which on all did."""
    rows = trace.departures
    ran = np.flatnonzero((rows[:, STATE] == DepartureState.RAN) & (rows[:, SCHEDULED] < end))
    service, behind = rows[ran, SERVICE], rows[ran, BEHIND] > 0
    last = np.flatnonzero(np.diff(service, append=NONE))
    for place in last[behind[last]].tolist():
        ours = np.flatnonzero(service == service[place])
        cleared = np.flatnonzero(~behind[ours])
        first = int(cleared[-1]) + 1 if len(cleared) else 0
        yield int(service[place]), int(rows[ran[ours[first]], SCHEDULED])
