"""Runs replications of one lowered alternative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corridor_sim.engine.base import Engine, Trace
from corridor_sim.engine.program import Inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.engines import REFERENCE, engine_named, inputs_for


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
    engine: str | Engine = REFERENCE,
) -> Iterator[Replication]:
    """Yield the given replications of an alternative, each a pure function of its number and the seed.

    `engine`: "reference" or "compiled" (see `engines`), which give the same; or one of your own.
    """
    name = engine if isinstance(engine, str) else REFERENCE
    run = engine_named(engine) if isinstance(engine, str) else engine
    draw = inputs_for(name, lowered, seed, noise, lanes)
    for replication in replications:
        inputs = draw(replication)
        yield Replication(inputs, run(lowered.program, inputs))
