"""When facilities were open in one replication: all of them on one line, so that many intervals are asked at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import CAPACITY, Trace
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.metrics.view import Flags
from corridor_sim.scenario.calendars import open_time_between

FACILITY, TICK, UNITS = (CAPACITY.index(name) for name in ("facility", "tick", "units"))
APART = 1 << 40
"""More than any tick: keeps facilities apart in one rising key."""


@dataclass(frozen=True)
class OpenHours:
    """Opening windows of all facilities, in the order (facility, tick), as keys facility x APART + tick."""

    opens: Ints
    closes: Ints

    def closed_time(self, facility: Ints, begin: Ints, end: Ints) -> Ints:
        """Return for each interval the ticks in which its facility had no capacity; 0 for facility NONE."""
        line = np.maximum(facility, 0) * APART
        closed = end - begin - open_time_between(self.opens, self.closes, line + begin, line + end)
        return np.where(facility == NONE, 0, closed)


def open_hours(trace: Trace) -> OpenHours:
    """Return when each facility had any capacity; one that is open at its last change stays so."""
    facility, tick = trace.capacity[:, FACILITY], trace.capacity[:, TICK]
    is_open: Flags = trace.capacity[:, UNITS] > 0
    first = np.diff(facility, prepend=NONE) != 0
    before = np.where(first, False, np.append(False, is_open)[:-1])
    last = np.diff(facility, append=NONE) != 0
    opens = (facility * APART + tick)[is_open & ~before]
    closings = ~is_open & before
    ends = np.where(closings, facility * APART + tick, (facility + 1) * APART - 1)
    return OpenHours(opens, ends[closings | (last & is_open)])
