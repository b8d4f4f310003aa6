"""Replications as some flows alone have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corridor_sim.metrics.kpis import Replication


def of_flows(rep: Replication, flows: Sequence[int]) -> Replication:
    """Return a replication with the consignments and sums of some flows (their numbers) only.

    Figures of all flows together (`flow=None`) are then those of these flows together.
    """
    chosen = np.isin(rep.flow, flows)
    kept = list(flows)
    return replace(
        rep,
        flow=rep.flow[chosen],
        door_to_door=rep.door_to_door[chosen],
        late_due=rep.late_due[chosen],
        late_promised=rep.late_promised[chosen],
        remaining_life=rep.remaining_life[chosen] if len(rep.remaining_life) else rep.remaining_life,
        terms={name: (top[kept], bottom[kept]) for name, (top, bottom) in rep.terms.items()},
    )
