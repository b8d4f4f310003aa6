"""Moments of each customs passage, between which the WCO's Time Release Study measures intervals."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Ints, Op
from corridor_sim.metrics.journeys import Journeys
from corridor_sim.metrics.view import View

STEP, READY, START, END, UNITS = (VISITS.index(name) for name in ("step", "ready", "start", "end", "units"))
PASSAGES = ("step", "lane", "arrived", "accepted", "inspected_from", "inspected_to", "released")
"""One row per passage of a customs step by a measured consignment that was released. `step` is a row of
Lowered.steps, `lane` of `network.customs.LANES`. Ticks:

arrived         papers begin: the goods are presented and the declaration is lodged
accepted        papers are done, and it is decided whether the goods are inspected
inspected_from  the inspection begins, after hold and queue; NONE without one
inspected_to    it ends; NONE without one
released        the goods may go
"""


def customs_passages(view: View, trace: Trace, travelled: Journeys) -> Ints:
    """Return int64[passages, PASSAGES] of one replication, in the order of travel. A load's passage is its members'."""
    code = trace.visits[travelled.visit, STEP]
    step = view.instructions.step[code]
    rows = np.flatnonzero(view.customs[step])
    if not len(rows):
        return np.zeros((0, len(PASSAGES)), np.int64)
    code, step, visit = code[rows], step[rows], travelled.visit[rows]
    follows = (np.diff(rows, prepend=NONE) == 1) & (np.diff(step, prepend=NONE) == 0)
    first = np.flatnonzero(~follows | (np.diff(travelled.owner[rows], prepend=NONE) != 0))
    main = np.array([info.main for info in view.lowered.steps], np.int64)[step]
    decided, inspected = view.instructions.op[code] == Op.BRANCH, view.inspection[code]

    def noted(column: int, where: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
        latest: Ints = np.maximum.reduceat(np.where(where, trace.visits[visit, column], NONE), first)
        return latest

    found = np.column_stack(
        (
            step[first],
            noted(UNITS, decided),
            trace.visits[visit[first], READY],
            noted(READY, decided),
            noted(START, inspected),
            noted(END, inspected),
            noted(READY, code == main),
        )
    )
    kept: Ints = found[found[:, PASSAGES.index("released")] != NONE]
    return kept
