"""The two ways to a result: run a scenario, or read what was kept of a run."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corridor_sim.api.result import Result
from corridor_sim.errors import InputError, Problem, did_you_mean
from corridor_sim.report.run import run_of, stored_run
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.scenario.model import MOST_REPLICATIONS
from corridor_sim.study.engines import AUTO, ENGINES
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.stored import read_run
from corridor_sim.study.workers import Progress

SEEDS = 1 << 63
"""Seeds are below this, as `clock.seed` is in a scenario."""
MOST_WORKERS = 1024
OUT = "results"


def run(
    file: Path | str | ScenarioFile,
    *,
    set: Mapping[str, Any] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    noise: bool = True,
    lanes: Mapping[str, str] | None = None,
    engine: str = AUTO,
    why: bool = False,
    workers: int = 1,
    progress: Progress | None = None,
    out: Path | str = OUT,
) -> Result:
    """Simulate a scenario and return what was found. Nothing is written (see `Result.save`).

    file          path of a scenario, or what `load` gave, which also takes a scenario's text, overrides and a choice
                  of alternatives
    set           overrides, path -> value, as `--set` takes them: {"services.train.cutoff": "4 h"}
    replications  how many, from 1 to 1,000,000; by default the scenario's, as for `seed` (from 0, below 2 ** 63)
    noise         False: one replication in which everything is at its mean, along the `lanes` (step -> lane) chosen
    engine        auto, reference or compiled; the results are the same
    why           also find what each override of an alternative does to its cost
    workers       processes that share the work; more than one needs a script to be guarded by `if __name__ ==
                  "__main__"`, a notebook needs nothing
    progress      called with (replications done, replications in all)
    out           folder of results, where the answers to claims of the same run are looked for

    Raises InputError for a wrong file or argument, ModelError for a model that cannot run, EngineError for an engine
    that cannot run here or a run that gets stuck.
    """
    problems = list(_wrong(file, set, replications, seed, noise, lanes, engine, workers))
    if problems:
        raise InputError(problems)
    sets = [f"{path}={_text(value)}" for path, value in (set or {}).items()]
    results = evaluate(
        file if isinstance(file, ScenarioFile) else load(Path(file), sets),
        replications=replications,
        seed=seed,
        noise=noise,
        lanes=lanes,
        workers=workers,
        progress=progress,
        engine=engine,
        why=why,
    )
    command = "" if isinstance(file, ScenarioFile) else _command(file, sets, replications, seed, noise, lanes, why)
    return Result(run_of(results, Path(out), command))


def read(folder: Path | str) -> Result:
    """Return the result that is kept in a folder results/<scenario>/<key>.

    Raises ResultsError for a folder that is none of ours, a sweep's, incomplete, damaged or of another version; what
    is damaged in a table may come out only when that is asked for.
    """
    return Result(stored_run(read_run(Path(folder))))


def _wrong(
    file: object,
    set: Mapping[str, Any] | None,
    replications: int | None,
    seed: int | None,
    noise: bool,
    lanes: Mapping[str, str] | None,
    engine: str,
    workers: int,
) -> Iterator[Problem]:
    """Yield what is wrong with the arguments of a run."""
    if not isinstance(file, Path | str | ScenarioFile):
        yield Problem(f"expected a path of a scenario, or what load gave, not {type(file).__name__}", "file")
    if isinstance(file, ScenarioFile) and set:
        yield Problem("what load gave is resolved already; give load the overrides, as path=value", "set")
    if replications is not None and not _whole(replications, 1, MOST_REPLICATIONS):
        yield Problem(f"{replications!r} is no number from 1 to {MOST_REPLICATIONS:,}", "replications")
    if seed is not None and not _whole(seed, 0, SEEDS - 1):
        yield Problem(f"{seed!r} is no whole number from 0 to 2 ** 63 - 1", "seed")
    if not _whole(workers, 1, MOST_WORKERS):
        yield Problem(f"{workers!r} is no number from 1 to {MOST_WORKERS:,}", "workers")
    if engine not in ENGINES:
        yield Problem(
            f'"{engine}" is no engine{did_you_mean(engine, ENGINES)}; expected {", ".join(ENGINES)}', "engine"
        )
    if lanes and noise:
        yield Problem("lanes are chosen by chance unless noise is False", "lanes")


def _whole(number: object, least: int, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= most


def _text(value: Any) -> str:
    """Return a value as `--set` writes it: text as it is, everything else as JSON, which YAML contains."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _command(
    file: Path | str,
    sets: Sequence[str],
    replications: int | None,
    seed: int | None,
    noise: bool,
    lanes: Mapping[str, str] | None,
    why: bool,
) -> str:
    """Return the command line that makes the same result."""
    words = ["corridor-sim", "run", str(file), *(word for one in sets for word in ("--set", one))]
    words += [] if replications is None else ["--replications", str(replications)]
    words += [] if seed is None else ["--seed", str(seed)]
    words += [] if noise else ["--noise", "off"]
    words += [word for step, lane in (lanes or {}).items() for word in ("--lane", f"{step}={lane}")]
    return shlex.join([*words, *(["--why"] if why else [])])
