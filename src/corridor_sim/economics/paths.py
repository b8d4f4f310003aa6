"""How long our consignments spent at every visit of the Trace, and what they share with those in the same load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridor_sim.economics.passages import Mask, Passages
from corridor_sim.engine.base import OUTCOMES
from corridor_sim.engine.program import MEASURES, NONE, Ints
from corridor_sim.network.instructions import Instructions
from corridor_sim.sampling.law import Floats

MASS = MEASURES.index("mass")


@dataclass(frozen=True)
class Paths:
    """Visits of our consignments; a member of a load goes on in the visits of its leader.

    By consignment: `released` before the stop, `ended` (tick of delivery, else of the stop). The rest is worked out
    when it is asked for.
    """

    instructions: Instructions
    passages: Passages
    released: Mask
    ended: Ints

    def _column(self, name: str) -> Ints:
        return self.passages.column(name)[: self.passages.trace.begins[len(self.ended)]]

    @cached_property
    def consignment(self) -> Ints:
        """Of each visit."""
        return self._column("consignment")

    @cached_property
    def step(self) -> Ints:
        """Instruction of each visit."""
        return self._column("step")

    @cached_property
    def started(self) -> Mask:
        """Whether each visit got started."""
        started: Mask = self._column("start") != NONE
        return started

    @cached_property
    def held(self) -> Ints:
        """Row of Passages.things as its consignment came to each visit."""
        held = self.passages.held[: len(self.consignment)]
        return np.where(self._head, self.consignment, np.append(NONE, held)[:-1])

    @cached_property
    def _head(self) -> Mask:
        head: Mask = np.diff(self.consignment, prepend=NONE) != 0
        return head

    @cached_property
    def seconds(self) -> Ints:
        """What each visit took; together they cover all time from release to delivery or stop."""
        who, end, release = self.consignment, self._column("end"), self.passages.inputs.consignments.release
        formed = self.instructions.batches[self.step] & (end != NONE)
        tail = np.diff(who, append=NONE) != 0
        # what was waited for at a BATCH is each member's own; from then on the leader's time counts for all
        began = np.where(np.append(False, formed)[:-1], np.append(NONE, end)[:-1], self._column("ready"))
        since = np.where(self._head, release[who], began)
        until = np.where(formed, end, np.where(tail, self.ended[who], np.append(since, NONE)[1:]))
        return until - since

    @cached_property
    def load(self) -> Ints:
        """Number of the load that came to each visit, NONE for own cargo; empty where there are no loads."""
        return self.passages.load_of(self.held) if len(self.members) else np.full(0, NONE)

    @property
    def members(self) -> Ints:
        """(pairs, 2) load and consignment."""
        return self.passages.members

    @cached_property
    def shares(self) -> Floats:
        """The part of the load's gross mass that is theirs, by pair of `members`."""
        return _shares(self.members, self.passages.inputs.consignments.sizes[:, MASS])

    def undergone(self, by_visit: Floats) -> Floats:
        """Return the sum by consignment of what each visit (visits,) does to everything in a load alike."""
        people = len(self.ended)
        if not len(self.members):
            return _summed(self.consignment, by_visit, people)
        alone = self.load == NONE
        total = _summed(self.consignment[alone], by_visit[alone], people)
        by_load = _summed(self.load[~alone], by_visit[~alone], int(self.members[-1, 0]) + 1)
        np.add.at(total, self.members[:, 1], by_load[self.members[:, 0]])
        return total

    def divided(self, visits: Ints, column: Ints, amounts: Floats, columns: int) -> Floats:
        """Return (consignments, columns) sums of `amounts` (n,) of some visits, a load's divided by gross mass."""
        people, place = len(self.ended), self.consignment[visits] * columns + column
        if not len(self.members):
            return _summed(place, amounts, people * columns).reshape(people, columns)
        load = self.load[visits]
        alone, loads = load == NONE, int(self.members[-1, 0]) + 1
        total = _summed(place[alone], amounts[alone], people * columns).reshape(people, columns)
        shared = _summed(load[~alone] * columns + column[~alone], amounts[~alone], loads * columns)
        self.add_shares(total, shared.reshape(loads, columns))
        return total

    def add_shares(self, total: Floats, of_loads: Floats) -> None:
        """Add to `total` (consignments, columns) each member's part by gross mass of its loads' (loads, columns)."""
        np.add.at(total, self.members[:, 1], of_loads[self.members[:, 0]] * self.shares[:, None])


def follow(instructions: Instructions, passages: Passages, count: int) -> Paths:
    """Return the paths of the first `count` consignments (ours; the background follows them)."""
    release = passages.inputs.consignments.release[:count]
    delivered = passages.trace.outcomes[:count, OUTCOMES.index("delivered")]
    ended = np.maximum(np.where(delivered == NONE, passages.trace.stop, delivered), release)
    begins = passages.trace.begins[: count + 1]
    return Paths(instructions, passages, begins[1:] > begins[:-1], ended)


def _shares(members: Ints, mass: Ints) -> Floats:
    """Return for each (load, consignment) the consignment's share of the mass, equal where nothing has any."""
    load = members[:, 0]
    weight = mass[members[:, 1]].astype(np.float64)
    loads = int(load[-1]) + 1 if len(load) else 0
    weight[_summed(load, weight, loads)[load] == 0] = 1
    return weight / _summed(load, weight, loads)[load]


def _summed(place: Ints, values: Floats, size: int) -> Floats:
    """Return the sums of `values` by place, each in the order of the values."""
    # of nothing at all bincount makes integers
    return np.bincount(place, values, size).astype(np.float64)
