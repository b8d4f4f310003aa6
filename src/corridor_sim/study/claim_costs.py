"""Where a claimed saving arises, and how much of the cost is the same on both sides."""

from __future__ import annotations

import numpy as np

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.evidence.intervals import ratio_of_sums
from corridor_sim.evidence.waterfall import Side
from corridor_sim.study.claim_known import Known, Tested, percent
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.where import Told, side_of, where_figures

CHAIN = "chain"


def where_it_arises(known: Known, tested: Tested) -> Figures:
    """Return the *where* waterfall of the two alternatives: all flows, the whole chain."""
    before, after = _sides(known, tested)
    return where_figures(before, after, known.resolved(tested.claim.of, tested.against))


def common_costs(known: Known, tested: Tested) -> Figures | None:
    """Return the saving with and without what costs the same on both sides, to the cent in every replication.

    None for a claim about some of the flows or one side of the chain: postings by place are kept for all together.
    """
    if tested.claim.perspective != CHAIN or len(tested.flows) != len(known.flows):
        return None
    theirs, ours = (side.cents for side in _sides(known, tested))
    parts = COST_BASES[tested.claim.cost_base]
    spots = {spot for rep in (*theirs, *ours) for spot in rep if spot[0] in parts}
    equal = {
        spot
        for spot in spots
        if all(one.get(spot, 0) == other.get(spot, 0) for one, other in zip(ours, theirs, strict=True))
    }
    before, after, common = (
        np.array([sum(rep.get(spot, 0) for spot in wanted) for rep in reps], np.float64)
        for reps, wanted in ((theirs, spots), (ours, spots), (theirs, equal))
    )
    return {
        "share": figure(ratio_of_sums(common, before), "share"),
        "with": percent(ratio_of_sums(before - after, before)),
        "without": percent(ratio_of_sums(before - after, before - common)),
    }


def _sides(known: Known, tested: Tested) -> tuple[Side, Side]:
    """Return what the baseline and what is claimed to save cost by place, at the stated inputs."""
    before, after = (
        side_of(Told(known.lowered[name], known.stated[name])) for name in (tested.against, tested.claim.of)
    )
    return before, after
