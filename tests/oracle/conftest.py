"""Runs oracle scenarios through the public API, by both engines, and judges what comes out against closed forms.

All statistical statements of one tier are judged jointly at 99 %: each interval has the level 1 - 1 % / JUDGED
(Bonferroni). An interval is Student's over independent replications, after regression on control variates, whose
expectation is known exactly (Lavenberg and Welch, Management Science 27, 1981): here the number of arrivals and the
mean of the service times drawn. Worlds start empty; what is released in the first 31 days is not measured. That is
more than 20 relaxation times of a single server with mean service 1 h at load 0.7: 1 h / (1 - sqrt(0.7))^2 = 37 h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from both_engines import play_both
from corridor_sim import load, lower, simulate
from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Op, Program

SEED = 20260422
REPLICATIONS = 50
JUDGED = 14
"""Statistical statements in CI."""
JUDGED_IN_VERIFY = 13
JOINT_LEVEL = 0.99
WIDEST = 0.02
"""The half-width of an interval as a share of the truth, unless told otherwise."""
FURTHEST = 5
"""Standard errors that the mean of a control may be off its expectation."""
SCENARIOS = Path(__file__).parent / "scenarios"
HOUR = 3600
COLUMN = {name: number for number, name in enumerate(VISITS)}


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
        wanted = [
            number
            for number, name in enumerate(self.program.step_names)
            if name.partition("/")[2] == step and self.program.code[number].op is op
        ]
        table = self.trace.visits
        return table[np.isin(table[:, COLUMN["step"]], wanted) & self.measured[table[:, 0]]]

    def waits(self, step: str, flow: str | None = None) -> np.ndarray:
        """Return the hours that measured consignments (of a flow) waited for the server of a step."""
        return self._between(self.visits(step, Op.SEIZE), "ready", "start", flow)

    def services(self, step: str, flow: str | None = None) -> np.ndarray:
        """Return the hours for which they were served."""
        return self._between(self.visits(step, Op.DELAY), "start", "end", flow)

    def _between(self, rows: np.ndarray, first: str, second: str, flow: str | None) -> np.ndarray:
        if flow is not None:
            rows = rows[self.inputs.consignments.flow[rows[:, 0]] == self.program.flow_names.index(flow)]
        # a mean over those who got so far would leave out the longest waits
        assert (rows[:, COLUMN[second]] != NONE).all()
        return (rows[:, COLUMN[second]] - rows[:, COLUMN[first]]) / HOUR


Runs = Callable[..., Iterator[Seen]]
Judge = Callable[..., None]


def run_scenario(name: str, replications: int = REPLICATIONS, sets: Sequence[str] = ()) -> Iterator[Seen]:
    """Yield the replications of a scenario in tests/oracle/scenarios, with overrides."""
    file = load(SCENARIOS / f"{name}.yaml", sets)
    lowered = lower(file.base, file.baseline)
    for replication in simulate(lowered, range(replications), SEED, engine=play_both):
        yield Seen(lowered.program, replication.inputs, replication.trace)


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


@pytest.fixture
def runs() -> Runs:
    """Run a scenario (see `run_scenario`)."""
    return run_scenario


@pytest.fixture(scope="session")
def statements() -> dict[bool, int]:
    """How many statements were judged so far in CI (False) and in `make verify` (True)."""
    return {False: 0, True: 0}


@pytest.fixture
def judge(request: pytest.FixtureRequest, statements: dict[bool, int]) -> Judge:
    """Assert that an interval is narrow enough and holds the truth."""
    heavy = request.node.get_closest_marker("verify") is not None
    judged = JUDGED_IN_VERIFY if heavy else JUDGED

    def assert_true(truth: float, values: Any, controls: Any, widest: float = WIDEST) -> None:
        statements[heavy] += 1
        assert statements[heavy] <= judged, "more statements than the joint level was divided by"
        estimate, half = interval(values, controls, judged)
        print(f"{request.node.name}: {estimate:.4f} ± {half / truth:.2%}, truth {truth:.4f}")
        assert half <= widest * truth
        assert abs(estimate - truth) <= half

    return assert_true


@pytest.fixture(scope="session")
def every_alternative() -> Callable[[str, int], dict[str, list[Seen]]]:
    """Run all alternatives of a scenario."""

    def run(name: str, replications: int) -> dict[str, list[Seen]]:
        file = load(SCENARIOS / f"{name}.yaml")
        found = {}
        for alternative, scenario in file.alternatives.items():
            lowered = lower(scenario, alternative)
            played = simulate(lowered, range(replications), SEED, engine=play_both)
            found[alternative] = [Seen(lowered.program, one.inputs, one.trace) for one in played]
        return found

    return run
