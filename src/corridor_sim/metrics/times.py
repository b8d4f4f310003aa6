"""Door-to-door times, lateness against the due time and against the promise, by measured consignment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.program import NONE, Inputs, Ints
from corridor_sim.metrics.view import Flags, View

__all__ = ["NEVER", "UNPROMISED", "Flags", "Times", "Whole", "door_to_door", "measured_rows", "short"]

NEVER = int(np.iinfo(np.int64).max)
"""Lateness of what was not delivered: infinitely late."""
UNPROMISED = int(np.iinfo(np.int64).min)
"""Lateness against a promise that could not be made."""


@dataclass(frozen=True, slots=True)
class Times:
    """Arrays over the measured consignments, in ticks.

    `row` in Inputs.consignments; `delivered` and `transit` are NONE where undelivered; `late_due` and
    `late_promised` count from the due and the promised tick (early is negative; NEVER, UNPROMISED);
    `plan_overrun` is how much later the promise is than the due tick (0 where it is not).
    """

    row: Ints
    flow: Ints
    release: Ints
    delivered: Ints
    transit: Ints
    late_due: Ints
    late_promised: Ints
    plan_overrun: Ints

    @property
    def on_time(self) -> Flags:
        """Whether delivered by the due time; undelivered is late."""
        return self.late_due <= 0


Whole = NDArray[np.integer]
SHORTEST, LONGEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def short(values: Ints | Flags) -> Whole:
    """Return integers in half the room where they fit, since those of thousands of replications are kept."""
    fits = not len(values) or (values.min() >= SHORTEST and values.max() <= LONGEST)
    return values.astype(np.int32 if fits else np.int64)


def measured_rows(view: View, inputs: Inputs) -> Ints:
    """Return the rows of consignments of measured own flows that are released in the window."""
    cargo, program = inputs.consignments, view.lowered.program
    inside = (cargo.release >= program.window_from) & (cargo.release < program.window_to)
    return np.flatnonzero(inside & view.measured[cargo.flow])


def door_to_door(view: View, inputs: Inputs, trace: Trace, promised: Ints) -> Times:
    """Return the Times of one replication.

    `promised`: int64[consignments], the promised delivery tick or NONE (`network.plan`).
    """
    row = measured_rows(view, inputs)
    flow, release = inputs.consignments.flow[row], inputs.consignments.release[row]
    delivered, promise = trace.outcomes[row, OUTCOMES.index("delivered")], promised[row]
    there = delivered != NONE
    due = release + view.within[flow]
    against_promise = np.where(there, delivered - promise, NEVER)
    return Times(
        row,
        flow,
        release,
        delivered,
        np.where(there, delivered - release, NONE),
        np.where(there, delivered - due, NEVER),
        np.where(promise == NONE, UNPROMISED, against_promise),
        np.where(promise == NONE, 0, np.maximum(promise - due, 0)),
    )
