"""The least that any compiled engine has to do for a run: its draws and its writes, the simulation left out.

A yardstick for benchmarks. The loop uses the kernel's own functions but no cache on the disk, for numba's cache does
not see changes in other files; it is compiled in the first call of every process.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

from corridor_sim.engine import kernel as k
from corridor_sim.engine.base import VISITS
from corridor_sim.engine.compiled import CompiledEngine
from corridor_sim.engine.layout import Memory
from corridor_sim.engine.program import Inputs, Ints, Program

KEPT_RUNS = 64
"""Runs whose visits are remembered, so that only the first call for a run simulates it."""


@lru_cache(maxsize=KEPT_RUNS)
def _known_run(run: _Run) -> tuple[Memory, Ints, Ints]:
    """Return the memory of a run, the steps of its visits in order, and a table for as many visits."""
    engine = CompiledEngine()
    steps = engine(run.program, run.inputs).visits[:, k.STEP].copy()
    return engine.memory_of(run.program), steps, np.empty((len(steps), len(VISITS)), np.int64)


class _Run:
    """A Program with Inputs, the same only where both are the same objects."""

    def __init__(self, program: Program, inputs: Inputs) -> None:
        self.program, self.inputs = program, inputs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Run) and self.program is other.program and self.inputs is other.inputs

    def __hash__(self) -> int:
        return hash((id(self.program), id(self.inputs)))


def floor(program: Program, inputs: Inputs) -> Ints:
    """Draw and write what a run draws and writes; return (visits, 9), whose ticks are those of nobody waiting.

    The first call for a Program and Inputs runs the engine, to learn which steps were visited; the next ones do not.
    """
    memory, steps, visits = _known_run(_Run(program, inputs))
    draw_and_write(memory.cells, steps, visits)
    return visits


@njit(nogil=True)
def draw_and_write(cells, steps, visits):
    """Draw every release, departure, duration and lane of a run and write its visits, all in the order of the rows."""
    m = k.pointer(cells)
    ties, target = m[k.KEYS + k.HEAD - 1] - 1, 0
    for d in range(m[k.SCHEDULED + k.HEAD - 1]):
        line, scheduled = k.service_of(m, d), m[k.at(m, k.SCHEDULED, d)]
        m[k.at(m, k.TRANSITS, d)] = k.whole(duration(m, ties, m[line + k.S_WORD], scheduled), 0, 1)
        m[k.at(m, k.VEHICLE_TIES, d)] = k.uniforms_of(m, ties, m[line + k.S_WORD], scheduled, 0)[0]
    for i in range(m[k.CONSIGNMENTS]):
        word, ordinal = m[k.at(m, k.FLOWS, m[k.at(m, k.FLOW_OF, i)]) + k.Q_WORD], m[k.at(m, k.ORDINALS, i)]
        gap = duration(m, ties, word, ordinal)
        tie = k.uniforms_of(m, ties, word, ordinal, 0)[0]
        now = m[k.at(m, k.RELEASES, i)] + (gap & tie & 1)
        counts = k.at(m, k.COUNTS, i)
        for slot in range(m[k.COUNTS + 1]):
            m[counts + slot] = 0
        for seq in range(m[k.at(m, k.SEQS, i)]):
            step = steps[target]
            code = k.at(m, k.CODE, step)
            after = now + ticks_of(m, i, step, code, word, ordinal)
            visits[target, k.CONSIGNMENT], visits[target, k.SEQ], visits[target, k.STEP] = i, seq, step
            visits[target, k.VISIT], visits[target, k.READY], visits[target, k.START] = 0, now, now
            visits[target, k.END], visits[target, k.RESOURCE], visits[target, k.UNITS] = after, m[code + k.A], k.ONE
            now, target = after, target + 1
        outcome = k.at(m, k.OUTCOMES, i)
        m[outcome + k.DELIVERED], m[outcome + k.LEADER], m[outcome + k.AT_STEP] = now, i, k.NONE


@njit(nogil=True)
def duration(m, stream, word, ordinal):
    """Draw from the first of all laws: what a release or a transit costs, whatever its law is."""
    k1, k2 = k.uniforms_of(m, stream, word, ordinal, 0)
    return k.drawn_amount(m, 0, k1, k2)


@njit(nogil=True)
def ticks_of(m, i, step, code, word, ordinal):
    """Draw as the kernel does at a step; return how long the step lasts."""
    op = m[code + k.OP]
    if op == k.DELAY:
        containers = m[k.at(m, k.CONTAINERS, i)] if m[code + k.C] else 1
        return k.cargo_ticks(m, i, step, m[code + k.A], containers)
    if op == k.BRANCH and m[k.NOISE]:
        key = k.at(m, k.KEYS, m[code + k.STREAM])
        visit = k.next_draw(m, i, step)
        return k.philox(m[k.REPLICATION], word, ordinal, visit, m[key], m[key + 1])[0] & 1
    if op == k.RELEASE and m[code + k.B] != k.NONE:
        return k.cargo_ticks(m, i, step, m[code + k.B], 1)
    return np.int64(0)
