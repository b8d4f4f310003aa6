"""A small sweep that the tests of this folder run in several ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.design import lay_out
from corridor_sim.study.executors import Executor, Here
from corridor_sim.study.figures import Figures
from corridor_sim.study.goals import Goal
from corridor_sim.study.kinds import Kind
from corridor_sim.study.sweep import Progress, Question, sweep

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
VARY = ("tariffs.lift.price=HKD 300/box,HKD 600/box", "services.train.cutoff=6 h,12 h")
"""A price, whose points share their simulations, and a rule of the world, whose points do not."""
TABLES = ("sweep.parquet", "replications.parquet", "summary.json")
Bytes = dict[str, bytes]
Swept = tuple[Path, Figures]
RunSweep = Callable[..., Swept]


@pytest.fixture(scope="session")
def small() -> ScenarioFile:
    """Return the small scenario."""
    return load(SMALL)


@pytest.fixture(scope="session")
def question(small: ScenarioFile) -> Question:
    """Return two by two points with eleven replications."""
    return Question(small, lay_out(VARY, Kind.GRID, None, 7), 7, 11)


@pytest.fixture(scope="session")
def run_sweep(question: Question) -> RunSweep:
    """Return a function that runs the sweep below a folder, with changes."""

    def run(
        out: Path,
        executor: Executor | None = None,
        progress: Progress | None = None,
        replications: int = 11,
        most_in_chunk: int = 4,
        goal: Goal | None = None,
    ) -> Swept:
        changes = {"replications": replications, "most_in_chunk": most_in_chunk, "goal": goal}
        return sweep(replace(question, **changes), out, executor or Here(), progress)

    return run


@pytest.fixture(scope="session")
def finished(run_sweep: RunSweep, tmp_path_factory: pytest.TempPathFactory) -> Swept:
    """Return the folder and the summary of the sweep, run once without any trouble. Not to be changed."""
    return run_sweep(tmp_path_factory.mktemp("finished"))


def tables_of(folder: Path) -> Bytes:
    """Return the bytes of what a finished sweep consists of."""
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="session")
def expected(finished: Swept) -> Bytes:
    """Return the bytes that every way of running the sweep has to give."""
    return tables_of(finished[0])


@pytest.fixture(scope="session")
def same_bytes(expected: Bytes) -> Callable[[Path], None]:
    """Return a check that a folder holds these very bytes."""

    def check(folder: Path) -> None:
        assert {name: content == expected[name] for name, content in tables_of(folder).items()} == dict.fromkeys(
            TABLES, True
        )

    return check
