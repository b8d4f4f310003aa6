"""What an engine gives back: the Trace, integer tables in canonical order, the same from every engine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from corridor_sim.engine.program import Inputs, Ints, Program

VISITS = ("consignment", "seq", "step", "visit", "ready", "start", "end", "resource", "units")
"""One row per step a consignment passed, in the order (consignment, seq).

`consignment` row of Inputs.consignments; `seq` counts its steps from 0; `step` row of Program.code; `visit` counts
its earlier passages of this step. By operation (resource, units):
DELAY    ready = start = begin, end = done; resource = facility worked at or NONE; units = 0
SEIZE    ready = joined the queue, start = granted, end = given back (NONE while held); resource = facility; units held
RELEASE  ready = start, end = back in the pool; resource = facility; units given back
BOARD    ready = joined, start = vehicle left, end = cargo free at destination; resource = row of departures; units = 0
BATCH    ready = joined, start = end = load formed; resource = consignment that leads the load; units = members
BRANCH   ready = start = end; resource = branch; units = lane
SWITCH   ready = start = end; resource = switch; units = 1 if it left its route
MARK     ready = start = end; resource = mark; units = 0
A consignment still waiting or under way at the stop has NONE for what has not happened yet.
"""

DEPARTURES = ("service", "scheduled", "state", "closed", "actual", "arrived", "berthed", "left", "left_behind")
"""One row per departure, in the order (service, scheduled): `closed` = load list fixed, `actual` = left the origin,
`arrived` = at the destination and let in, `berthed` = berth granted, `left` = unloaded and berth given back,
`left_behind` = consignments that were eligible but did not fit. NONE where it did not happen."""

OUTCOMES = ("delivered", "leader", "step")
"""One row per consignment: `delivered` tick or NONE; `leader` the consignment whose load it joined, itself where it
leads one or travels alone; `step` where it stood at the stop, NONE if delivered."""

CAPACITY = ("facility", "tick", "units", "cause")
"""Every change of a facility's capacity that took place, in the order (facility, tick)."""


@dataclass(frozen=True)
class Trace:
    """What happened in one replication. `own` is (departures, MEASURES): what each departure carried of ours."""

    visits: Ints
    departures: Ints
    own: Ints
    outcomes: Ints
    capacity: Ints
    stop: int

    @cached_property
    def begins(self) -> Ints:
        """int64[consignments + 1]: the row at which the visits of each begin, and last how many there are."""
        count = np.bincount(self.visits[:, VISITS.index("consignment")], minlength=len(self.outcomes))
        return np.concatenate((np.zeros(1, np.int64), np.cumsum(count)))

    def digest(self) -> str:
        """Return the SHA-256 of all tables, the same wherever and by whichever engine they were made."""
        total = hashlib.sha256()
        stop = np.asarray([self.stop])
        for table in (self.visits, self.departures, self.own, self.outcomes, self.capacity, stop):
            total.update(np.asarray(table.shape, dtype="<i8").tobytes())
            total.update(np.ascontiguousarray(table, dtype="<i8").tobytes())
        return total.hexdigest()


class Engine(Protocol):
    """A pure function from rules and inputs to what happens."""

    def __call__(self, program: Program, inputs: Inputs) -> Trace:
        """Run one replication. Raises EngineError when holds form a cycle."""
        ...
