"""Runs replications of one lowered alternative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corridor_sim.engine.base import Engine, Trace
from corridor_sim.engine.program import Inputs
from corridor_sim.engine.reference import run as reference
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered


@dataclass(frozen=True)
class Replication:
    """What one replication was given and what happened."""

    inputs: Inputs
    trace: Trace


def simulate(
    lowered: Lowered,
    replications: range,
    seed: int,
    noise: bool = True,
    lanes: Mapping[int, int] | None = None,
    engine: Engine = reference,
) -> Iterator[Replication]:
    """Yield the given replications of an alternative, each a pure function of its number and the seed."""
    for replication in replications:
        inputs = draw_inputs(lowered.program, lowered.plan, seed, replication, noise, lanes)
        yield Replication(inputs, engine(lowered.program, inputs))
