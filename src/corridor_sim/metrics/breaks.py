"""What breaks under growing demand: queues that never empty again before the measured window ends.

A facility or service is broken in a replication when its queue was never empty during the last four weeks of the
window: nobody clears a backlog that outlives a month of departures. It broke where that last stretch began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, DepartureState, Program
from corridor_sim.metrics.resources import seize_rows
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


def breaks(program: Program, trace: Trace) -> list[Break]:
    """Return what broke in one replication, the first first (ties by kind and name)."""
    begin, end = program.window_from, min(program.window_to, trace.stop)
    latest = end - WEEKS_WITHOUT_RELIEF * SECONDS_PER_WEEK
    since = {("facility", name): _full_since(program, trace, n, end) for n, name in enumerate(program.facility_names)}
    since |= {("service", name): _behind_since(trace, n, end) for n, name in enumerate(program.service_names)}
    found = [
        Break(kind, name, max(0, tick - begin) / SECONDS_PER_DAY)
        for (kind, name), tick in since.items()
        if tick != NONE and tick <= latest
    ]
    return sorted(found, key=lambda each: (each.day, each.kind, each.name))


def _full_since(program: Program, trace: Trace, facility: int, end: int) -> int:
    """Return since when somebody has always waited for a facility at `end`, NONE if nobody waits then."""
    rows = trace.visits[seize_rows(program, trace, facility)]
    served = np.where(rows[:, START] == NONE, trace.stop, rows[:, START])
    waits = (rows[:, READY] < end) & (served > rows[:, READY])
    order = np.argsort(-served[waits], kind="stable")
    ready, until = rows[waits, READY][order], served[waits][order]
    since = end
    # backwards in time: each wait that reaches into the stretch prolongs it
    for first, last in zip(ready.tolist(), until.tolist(), strict=True):
        if last < since:
            break
        since = min(since, first)
    return since if since < end else NONE


def _behind_since(trace: Trace, service: int, end: int) -> int:
    """Return the first departure from which on every one before `end` left cargo behind, NONE if the last did not."""
    rows = trace.departures
    ran = (rows[:, SERVICE] == service) & (rows[:, STATE] == DepartureState.RAN) & (rows[:, SCHEDULED] < end)
    scheduled, behind = rows[ran, SCHEDULED], rows[ran, BEHIND] > 0
    if not len(behind) or not behind[-1]:
        return NONE
    cleared = np.flatnonzero(~behind)
    first = int(cleared[-1]) + 1 if len(cleared) else 0
    return int(scheduled[first])
