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
    order = np.lexsort((formed[:, column["consignment"]], formed[:, column["end"]]))
    for end in np.unique(formed[order, column["end"]]):
        group = formed[formed[:, column["end"]] == end]
        for leader in np.unique(group[:, column["resource"]]):
            members = group[group[:, column["resource"]] == leader]
            rows = members[:, column["consignment"]]
            rule = program.batches[program.code[int(members[0, column["step"]])].a]
            total = sizes[rows].sum(axis=0)
            sizes[rows] = 0
            fixed = np.asarray(rule.becomes)
            sizes[leader] = np.where(fixed == NONE, total, fixed)
    return sizes
