"""Which visits each measured consignment went through: its own, then those of the loads it joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.metrics.view import Flags

CONSIGNMENT, STEP, END, RESOURCE = (VISITS.index(name) for name in ("consignment", "step", "end", "resource"))


@dataclass(frozen=True, slots=True)
class Journeys:
    """Rows in the order (owner, travel): `owner` counts the measured consignments, `visit` is a row of visits."""

    owner: Ints
    visit: Ints


def journeys(batches: Flags, trace: Trace, rows: Ints) -> Journeys:
    """Return the journeys of the consignments `rows` (of Inputs.consignments, rising); `batches` by instruction."""
    visits = trace.visits
    if not batches.any():
        # nobody joins anybody
        number = np.full(len(trace.outcomes), NONE)
        number[rows] = np.arange(len(rows))
        owner = number[visits[:, CONSIGNMENT]]
        own = np.flatnonzero(owner != NONE)
        return Journeys(owner[own], own)
    ends = np.searchsorted(visits[:, CONSIGNMENT], rows, side="right")
    begins = np.searchsorted(visits[:, CONSIGNMENT], rows, side="left")
    lead = _Leads(batches, trace)
    owner = np.arange(len(rows))
    owners, places = [], []
    while len(owner):
        lengths = ends - begins
        owners.append(np.repeat(owner, lengths))
        ahead = np.cumsum(lengths) - lengths
        places.append(np.arange(lengths.sum()) + np.repeat(begins - ahead, lengths))
        owner, last = owner[lengths > 0], (ends - 1)[lengths > 0]
        joined = lead.joined[last]
        owner, begins = owner[joined], lead.rows_of(last[joined]) + 1
        ends = np.searchsorted(visits[:, CONSIGNMENT], visits[last[joined], RESOURCE], side="right")
    every_owner = np.concatenate(owners) if owners else np.zeros(0, np.int64)
    every_place = np.concatenate(places) if places else np.zeros(0, np.int64)
    order = np.argsort(every_owner, kind="stable")
    return Journeys(every_owner[order], every_place[order])


class _Leads:
    """Finds, for the visit in which a consignment joined a load, the visit of its leader in the same batch."""

    def __init__(self, batches: Flags, trace: Trace) -> None:
        visits = trace.visits
        formed = batches[visits[:, STEP]] & (visits[:, END] != NONE)
        leads = visits[:, RESOURCE] == visits[:, CONSIGNMENT]
        self.joined = formed & ~leads
        """By visit: whether the consignment went on in another's load."""
        self._visits, self._ticks, self._steps = visits, trace.stop + 1, len(batches)
        leaders = np.flatnonzero(formed & leads)
        keys = self._keys(visits[leaders, CONSIGNMENT], leaders)
        order = np.argsort(keys)
        self._leaders, self._sorted = leaders[order], keys[order]

    def rows_of(self, members: Ints) -> Ints:
        """Return the leaders' visits for the `members` visits."""
        keys = self._keys(self._visits[members, RESOURCE], members)
        return self._leaders[np.searchsorted(self._sorted, keys)]

    def _keys(self, leader: Ints, rows: Ints) -> Ints:
        visits = self._visits[rows]
        keys: Ints = (leader * self._ticks + visits[:, END]) * self._steps + visits[:, STEP]
        return keys
