"""Draws made while a replication runs: in blocks of a whole flow, because one draw alone costs microseconds."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.program import Inputs, Program
from corridor_sim.sampling.streams import stream_key, uniforms
from corridor_sim.sampling.tables import sample_ticks


class Draws:
    """Durations and uniforms of one replication, each a pure function of stream, entity and visit."""

    def __init__(self, program: Program, inputs: Inputs) -> None:
        self.noise = inputs.noise
        self._program = program
        self._inputs = inputs
        self._keys = [stream_key(inputs.seed, name) for name in program.streams]
        people = inputs.consignments
        self._first: list[int] = np.searchsorted(people.flow, np.arange(len(program.flows) + 1)).tolist()
        self._flow: list[int] = people.flow.tolist()
        self._ordinal = people.ordinal
        self._blocks: dict[tuple[int, int, int, int, int], list[int]] = {}
        self._lots: dict[tuple[int, int, int], list[int]] = {}

    def cargo_ticks(self, consignment: int, stream: int, sampler: int, visit: int, containers: int) -> int:
        """Return the duration drawn by a consignment; with several containers the sum of a draw for each."""
        total = 0
        flow = self._flow[consignment]
        for container in range(containers):
            key = (flow, stream, sampler, visit, container)
            block = self._blocks.get(key)
            if block is None:
                block = self._blocks[key] = self._ticks_of_flow(*key)
            total += block[consignment - self._first[flow]]
        return total

    def cargo_uniform(self, consignment: int, stream: int, visit: int) -> int:
        """Return a uniform in [0, 2^53) drawn by a consignment, for a branch."""
        flow = self._flow[consignment]
        key = (flow, stream, visit)
        block = self._lots.get(key)
        if block is None:
            block = self._lots[key] = self._uniforms_of_flow(flow, stream, visit, 0)[0].tolist()
        return block[consignment - self._first[flow]]

    def single_ticks(self, stream: int, sampler: int, word: int, number: int, visit: int = 0) -> int:
        """Return a duration drawn by a departure (number = scheduled tick) or by a facility's n-th failure."""
        lots = uniforms(self._keys[stream], self._inputs.replication, word, number, visit)
        return int(sample_ticks(self._program.samplers[sampler], *lots, noise=self._inputs.noise))

    def _ticks_of_flow(self, flow: int, stream: int, sampler: int, visit: int, container: int) -> list[int]:
        lots = self._uniforms_of_flow(flow, stream, visit, container)
        ticks: list[int] = sample_ticks(self._program.samplers[sampler], *lots, noise=self._inputs.noise).tolist()
        return ticks

    def _uniforms_of_flow(self, flow: int, stream: int, visit: int, container: int) -> tuple[np.ndarray, np.ndarray]:
        ordinals = self._ordinal[self._first[flow] : self._first[flow + 1]]
        word = self._program.flows[flow].word
        return uniforms(self._keys[stream], self._inputs.replication, word, ordinals, visit, container)
