"""A Program's instructions as columns, made once for all replications that are priced and measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.program import MEASURES, NONE, Ints, Op
from corridor_sim.network.lowered import Lowered

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Instructions:
    """Arrays by instruction: its operation `op` and operand `a`, the row of Lowered.steps it belongs to.

    `batches` and `boards` tell the operation; `becomes` (instructions, MEASURES) is what a BATCH makes of its members,
    NONE where that is their sum.
    """

    op: Ints
    a: Ints
    step: Ints
    batches: Flags
    boards: Flags
    becomes: Ints


def instructions_of(lowered: Lowered) -> Instructions:
    """Return the Instructions of an alternative."""
    program = lowered.program
    op = np.array([row.op for row in program.code], np.int64)
    a = np.array([row.a for row in program.code], np.int64)
    becomes = np.full((len(program.code), len(MEASURES)), NONE, np.int64)
    for number, row in enumerate(program.code):
        if row.op is Op.BATCH:
            becomes[number] = program.batches[row.a].becomes
    return Instructions(op, a, np.array(lowered.step_of, np.int64), op == Op.BATCH, op == Op.BOARD, becomes)
