"""Runs of oracle worlds through the public API, what is read of them, and intervals for what is read.

Statistical statements of one tier are judged jointly at 99 %: each interval has the level 1 - 1 % / their number
(Bonferroni). An interval is Student's over independent replications, after regression on control variates, whose
expectation is known exactly (Lavenberg and Welch, Management Science 27, 1981): here the number of arrivals and the
mean of the service times drawn. Worlds start empty; what is released before the window is not measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from both_engines import play_both
from corridor_sim import load, lower, simulate
from corridor_sim.engine.base import VISITS, Engine, Trace
from corridor_sim.engine.program import NONE, Inputs, Op, Program
from corridor_sim.study.engines import COMPILED, inputs_for

SEED = 20260422
JOINT_LEVEL = 0.99
FURTHEST = 5
"""Standard errors that the mean of a control may be off its expectation."""
SCENARIOS = Path(__file__).parent / "oracle" / "scenarios"
HOUR = 3600
COLUMN = {name: number for number, name in enumerate(VISITS)}


@dataclass(frozen=True)
class Tier:
    """How much of the oracle worlds is played, by which engine, and how many statements are judged together.

    Without an engine it is the compiled one.
    `widest`, `widest_share`: the half-width of an interval as a share of the truth, for means and for shares.
    """

    name: str
    judged: int
    engine: Engine | None
    replications: int
    sets: tuple[str, ...]
    widest: float
    widest_share: float


LIGHT = Tier("light", 14, play_both, 50, (), 0.02, 0.02)
"""Both engines, loads up to 0.7, in CI. The 31 days left out are more than 20 relaxation times of a single server
with mean service 1 h at load 0.7: 1 h / (1 - sqrt(0.7))^2 = 37 h."""
QUICK = Tier("quick", 18, None, 20, ("clock.measure=2027-01-01 to 2031-12-31", "clock.warm_up=365 days"), 0.05, 0.03)
HEAVY = Tier("heavy", 32, None, 50, ("clock.measure=2030-01-01 to 2045-09-30", "clock.warm_up=1461 days"), 0.01, 0.005)
"""The compiled engine, loads from 0.9 on, in `make verify`. Near its limit a queue forgets slowly: at load 0.95 with
a mean service of 1 h the relaxation time is 1 h / (1 - sqrt(0.95))^2 = 1,560 h, 22 times which are the four years
that are left out. The window ends where the longest run that there may be, of 20 years, does."""


@dataclass(frozen=True)
class Seen:
    """One replication, and what of it is measured: consignments released within the window."""

    program: Program
    inputs: Inputs
    trace: Trace

    @cached_property
    def measured(self) -> np.ndarray:
        """For each consignment whether it is ours and was released within the window."""
        release, ours = self.inputs.consignments.release, [flow.measured for flow in self.program.flows]
        within = (release >= self.program.window_from) & (release < self.program.window_to)
        return within & np.array(ours)[self.inputs.consignments.flow]

    @property
    def window_hours(self) -> float:
        """The length of the window."""
        return (self.program.window_to - self.program.window_from) / HOUR

    def visits(self, step: str, op: Op) -> np.ndarray:
        """Return the visits of measured consignments at a step's instruction `op`."""
        return np.asarray(self.trace.visits[self._rows(step, op)])

    def waits(self, step: str, flow: str | None = None, op: Op = Op.SEIZE) -> np.ndarray:
        """Return the hours that measured consignments (of a flow) waited for the server, or the vehicle, of a step."""
        return self.between(step, op, "ready", "start", flow)

    def services(self, step: str, flow: str | None = None) -> np.ndarray:
        """Return the hours for which they were served."""
        return self.between(step, Op.DELAY, "start", "end", flow)

    def passed(self) -> np.ndarray:
        """Return the hours from the release of measured consignments until they were delivered."""
        delivered = self.trace.outcomes[self.measured, 0]
        assert (delivered != NONE).all()
        return np.asarray((delivered - self.inputs.consignments.release[self.measured]) / HOUR)

    def between(self, step: str, op: Op, first: str, second: str, flow: str | None = None) -> np.ndarray:
        """Return the hours from one column of visits (of a flow) to another."""
        rows, table = self._rows(step, op), self.trace.visits
        if flow is not None:
            who = table[rows, COLUMN["consignment"]]
            rows = rows[self.inputs.consignments.flow[who] == self.program.flow_names.index(flow)]
        begins, ends = table[rows, COLUMN[first]], table[rows, COLUMN[second]]
        # a mean over those who got so far would leave out the longest waits
        assert (ends != NONE).all()
        return np.asarray((ends - begins) / HOUR)

    def _rows(self, step: str, op: Op) -> np.ndarray:
        named = [name.partition("/")[2] == step for name in self.program.step_names]
        wanted = np.array(named) & np.array([instruction.op is op for instruction in self.program.code])
        rows = np.flatnonzero(wanted[self.trace.visits[:, COLUMN["step"]]])
        return rows[self.measured[self.trace.visits[rows, COLUMN["consignment"]]]]


def run_world(
    world: str | Path, engine: Engine | None = play_both, replications: int = 50, sets: Sequence[str] = ()
) -> Iterator[Seen]:
    """Yield the replications of a world, given as text or as a file, with overrides.

    Without an engine of one's own it is the compiled one, each of whose traces is overwritten by the next.
    """
    file = load(world, sets)
    lowered = lower(file.base, file.baseline)
    if engine is not None:
        for one in simulate(lowered, range(replications), SEED, engine=engine):
            yield Seen(lowered.program, one.inputs, one.trace)
        return
    from corridor_sim.engine.compiled import CompiledEngine

    compiled, draw = CompiledEngine(keep=False), inputs_for(COMPILED, lowered, SEED, True, None)
    for replication in range(replications):
        inputs = draw(replication)
        yield Seen(lowered.program, inputs, compiled(lowered.program, inputs))


def interval(values: Any, controls: Any, judged: int) -> tuple[float, float]:
    """Return (estimate, half-width) from one value per replication.

    `controls`: for each replication what it drew, less its expectation; columns or nothing.
    """
    means = np.asarray(values, float)
    drawn = np.atleast_2d(np.asarray(controls, float).T)
    # a control that is off its expectation would hide an error instead of noise
    assert (np.abs(drawn.mean(axis=1)) <= FURTHEST * stats.sem(drawn, axis=1)).all()
    terms = np.column_stack([np.ones(len(means)), *drawn])
    fitted, *_ = np.linalg.lstsq(terms, means)
    freedom = len(means) - terms.shape[1]
    residual = means - terms @ fitted
    variance = residual @ residual / freedom * np.linalg.inv(terms.T @ terms)[0, 0]
    quantile = stats.t.ppf(1 - (1 - JOINT_LEVEL) / judged / 2, freedom)
    return float(fitted[0]), float(quantile * variance**0.5)
