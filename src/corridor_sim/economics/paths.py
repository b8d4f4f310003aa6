"""How long our consignments spent at every visit of the Trace, and what they share with those in the same load."""

from __future__ import annotations

from dataclasses import dataclass

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

    By visit: `consignment`, `step` (instruction), `seconds` (together they cover all time from release to delivery or
    stop), `started`, `held` (row of Passages.things) and `load` (a number, NONE for own cargo; empty where there are
    no loads) as they came to it.
    `members` (pairs, 2) are load and consignment, `shares` the part of the load's gross mass that is theirs.
    By consignment: `released` before the stop, `ended` (tick of delivery, else of the stop).
    """

    consignment: Ints
    step: Ints
    seconds: Ints
    started: Mask
    held: Ints
    load: Ints
    members: Ints
    shares: Floats
    released: Mask
    ended: Ints

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
        theirs = shared.reshape(loads, columns)[self.members[:, 0]] * self.shares[:, None]
        np.add.at(total, self.members[:, 1], theirs)
        return total


def follow(instructions: Instructions, passages: Passages, count: int) -> Paths:
    """Return the paths of the first `count` consignments (ours; the background follows them)."""
    ours = int(np.searchsorted(passages.column("consignment"), count))
    who, step, ready, start, end = (
        passages.column(name)[:ours] for name in ("consignment", "step", "ready", "start", "end")
    )
    formed = instructions.batches[step] & (end != NONE)
    head, tail = np.diff(who, prepend=NONE) != 0, np.diff(who, append=NONE) != 0
    people = passages.inputs.consignments
    release = people.release[:count]
    delivered = passages.trace.outcomes[:count, OUTCOMES.index("delivered")]
    ended = np.maximum(np.where(delivered == NONE, passages.trace.stop, delivered), release)
    # what was waited for at a BATCH is each member's own; from then on the leader's time counts for all
    began = np.where(np.append(False, formed)[:-1], np.append(NONE, end)[:-1], ready)
    since = np.where(head, release[who], began)
    until = np.where(formed, end, np.where(tail, ended[who], np.append(since, NONE)[1:]))
    held = np.where(head, who, np.append(NONE, passages.held[:ours])[:-1])
    released = np.zeros(count, dtype=bool)
    released[who] = True
    members = passages.members
    return Paths(
        who,
        step,
        until - since,
        start != NONE,
        held,
        passages.load_of(held) if len(members) else np.full(0, NONE),
        members,
        _shares(members, people.sizes[:, MASS]),
        released,
        ended,
    )


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
