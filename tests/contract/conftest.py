"""Plays small hand-made worlds through the public API with both engines and reads their traces in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from both_engines import play_both
from corridor_sim import load, lower
from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Op, Program
from corridor_sim.network.inputs import draw_inputs
from small_world import tick, world

Row = dict[str, int]


@dataclass(frozen=True)
class Played:
    """One replication with its words. Ticks that never came are None."""

    program: Program
    inputs: Inputs
    trace: Trace

    def numbers(self, flow: str) -> list[int]:
        """Return the consignments of a flow, by ordinal."""
        return np.flatnonzero(self.inputs.consignments.flow == self.program.flow_names.index(flow)).tolist()

    def delivered(self, flow: str) -> list[int | None]:
        """Return when the consignments of a flow were delivered."""
        return [_known(self.trace.outcomes[number, 0]) for number in self.numbers(flow)]

    def rows(self, flow: str, step: str, op: Op) -> list[Row]:
        """Return the visits by `flow` of the instructions `op` that a step became, by consignment."""
        numbers, program = set(self.numbers(flow)), self.program
        return [
            dict(zip(VISITS, row, strict=True))
            for row in self.trace.visits.tolist()
            if row[0] in numbers
            and program.code[row[2]].op is op
            and program.step_names[row[2]].split("/", 1)[1] == step
        ]

    def started(self, flow: str, step: str, op: Op = Op.SEIZE) -> list[int | None]:
        """Return when each visit of a step began: for a SEIZE the grant, for a BOARD the departure."""
        return [_known(row["start"]) for row in self.rows(flow, step, op)]

    def durations(self, flow: str, step: str) -> list[int]:
        """Return how long each DELAY of a step took."""
        return [row["end"] - row["start"] for row in self.rows(flow, step, Op.DELAY)]

    def departures(self, service: str) -> list[dict[str, int]]:
        """Return the departures of a service with the consignments each carried of ours."""
        number = self.program.service_names.index(service)
        table = zip(self.trace.departures.tolist(), self.trace.own.tolist(), strict=True)
        return [
            {**dict(zip(DEPARTURES, row, strict=True)), "own": own[-1] // 1000}
            for row, own in table
            if row[0] == number
        ]


def _known(ticks: int) -> int | None:
    return None if ticks == NONE else int(ticks)


Play = Callable[..., Played]


def play_text(
    text: str,
    seed: int = 1,
    replication: int = 0,
    noise: bool = True,
    lanes: Mapping[int, int] | None = None,
    departures: Mapping[str, Mapping[int, int]] | None = None,
) -> Played:
    """Run one replication of a scenario with both engines.

    `departures` overwrites drawn columns: {"notice": {row: tick}}.
    """
    file = load(text)
    lowered = lower(file.base, file.baseline)
    inputs = draw_inputs(lowered.program, lowered.plan, seed, replication, noise, lanes)
    for column, values in (departures or {}).items():
        changed = getattr(inputs.departures, column).copy()
        changed[list(values)] = list(values.values())
        inputs = replace(inputs, departures=replace(inputs.departures, **{column: changed}))
    return Played(lowered.program, inputs, play_both(lowered.program, inputs))


@pytest.fixture
def play() -> Play:
    """Build a world from its parts (see `world`) and run one replication of it."""
    how = ("seed", "replication", "noise", "lanes", "departures")

    def run(**parts: Any) -> Played:
        return play_text(
            world(**{key: part for key, part in parts.items() if key not in how}),
            **{key: part for key, part in parts.items() if key in how},
        )

    return run


@pytest.fixture
def at() -> Callable[[str], int]:
    """Read a moment in words as a tick."""
    return tick


@pytest.fixture(name="world")
def world_text() -> Callable[..., str]:
    """Write a world as scenario text."""
    return world


@pytest.fixture(name="play_text")
def play_a_text() -> Play:
    """Run one replication of a scenario text."""
    return play_text


@pytest.fixture
def as_text() -> Callable[[Any], str]:
    """Write a document as scenario text: JSON is YAML."""
    return lambda document: json.dumps(document, default=str)
