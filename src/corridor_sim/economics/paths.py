"""How long our consignments spent at every visit of the Trace, and what they share with those in the same load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.economics.passages import Mask, passages_of
from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints, Op
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

MASS = MEASURES.index("mass")


@dataclass(frozen=True)
class Paths:
    """Visits of our consignments; a member of a load goes on in the visits of its leader.

    By visit: `consignment`, `step` (instruction), `seconds` (together they cover all time from release to delivery or
    stop), `started`, `sizes` (MEASURES, thousandths) and `load` (a number, NONE for own cargo) as they came to it.
    `members` (pairs, 2) are load and consignment, `shares` the part of the load's gross mass that is theirs.
    By consignment: `released` before the stop, `ended` (tick of delivery, else of the stop).
    """

    consignment: Ints
    step: Ints
    seconds: Ints
    started: Mask
    sizes: Ints
    load: Ints
    members: Ints
    shares: Floats
    released: Mask
    ended: Ints

    def undergone(self, by_visit: Floats) -> Floats:
        """Return the sum by consignment of what each visit (visits,) does to everything in a load alike."""
        alone, loads = self.load == NONE, self.load.max(initial=NONE) + 1
        total, by_load = np.zeros(len(self.ended)), np.zeros(loads)
        np.add.at(total, self.consignment[alone], by_visit[alone])
        np.add.at(by_load, self.load[~alone], by_visit[~alone])
        np.add.at(total, self.members[:, 1], by_load[self.members[:, 0]])
        return total

    def divided(self, visits: Ints, column: Ints, amounts: Floats, columns: int) -> Floats:
        """Return (consignments, columns) sums of `amounts` (n, k) of some visits, a load's divided by gross mass."""
        load, kinds = self.load[visits], amounts.shape[1]
        total = np.zeros((len(self.ended), columns, kinds))
        by_load = np.zeros((self.load.max(initial=NONE) + 1, columns, kinds))
        alone = load == NONE
        np.add.at(total, (self.consignment[visits[alone]], column[alone]), amounts[alone])
        np.add.at(by_load, (load[~alone], column[~alone]), amounts[~alone])
        np.add.at(total, self.members[:, 1], by_load[self.members[:, 0]] * self.shares[:, None, None])
        return total


def follow(lowered: Lowered, inputs: Inputs, trace: Trace, count: int) -> Paths:
    """Return the paths of the first `count` consignments (ours; the background follows them)."""
    passages = passages_of(lowered, inputs, trace)
    ours = np.arange(np.searchsorted(passages.column("consignment"), count))
    who, step, ready, start, end = (
        passages.column(name)[ours] for name in ("consignment", "step", "ready", "start", "end")
    )
    batches = np.array([row.op is Op.BATCH for row in lowered.program.code])
    formed = batches[step] & (end != NONE)
    head, tail = np.diff(who, prepend=NONE) != 0, np.diff(who, append=NONE) != 0
    release = inputs.consignments.release[:count]
    delivered = trace.outcomes[:count, OUTCOMES.index("delivered")]
    ended = np.maximum(np.where(delivered == NONE, trace.stop, delivered), release)
    # what was waited for at a BATCH is each member's own; from then on the leader's time counts for all
    began = np.where(np.append(False, formed)[:-1], np.append(NONE, end)[:-1], ready)
    since = np.where(head, release[who], began)
    until = np.where(formed, end, np.where(tail, ended[who], np.append(since, NONE)[1:]))
    sizes, load = passages.at(ours, "ready")
    released = np.zeros(count, dtype=bool)
    released[who] = True
    members = passages.members
    shares = _shares(members, inputs.consignments.sizes[:, MASS])
    return Paths(who, step, until - since, start != NONE, sizes, load, members, shares, released, ended)


def _shares(members: Ints, mass: Ints) -> Floats:
    """Return for each (load, consignment) the consignment's share of the mass, equal where nothing has any."""
    load = members[:, 0]
    weight = mass[members[:, 1]].astype(np.float64)
    weight[np.bincount(load, weight)[load] == 0] = 1
    return weight / np.bincount(load, weight)[load]
