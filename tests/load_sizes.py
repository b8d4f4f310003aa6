"""What travelled together: sizes of loads after consolidation, from the Trace alone."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Ints, Op, Program


def load_sizes(program: Program, inputs: Inputs, trace: Trace) -> Ints:
    """Return (consignments, MEASURES) sizes in thousandths as they travelled last.

    The leader of a load has the load's size, its other members have 0, who travels alone keeps its own.
    """
    sizes: Ints = inputs.consignments.sizes.copy()
    column = {name: number for number, name in enumerate(VISITS)}
    steps = trace.visits[:, column["step"]]
    batch_steps = [row for row, instruction in enumerate(program.code) if instruction.op is Op.BATCH]
    formed = trace.visits[np.isin(steps, batch_steps) & (trace.visits[:, column["end"]] != NONE)]
    loads, place = np.unique(
        formed[:, [column[name] for name in ("end", "resource", "step")]], axis=0, return_inverse=True
    )
    for number, (_, leader, step) in enumerate(loads.tolist()):
        rows = formed[place.ravel() == number, column["consignment"]]
        fixed = np.asarray(program.batches[program.code[step].a].becomes)
        total = sizes[rows].sum(axis=0)
        sizes[rows] = 0
        sizes[leader] = np.where(fixed == NONE, total, fixed)
    return sizes
