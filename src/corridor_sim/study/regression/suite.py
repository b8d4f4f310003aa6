"""Checks many scenario files at once; each file is one task for whoever is free, the largest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from corridor_sim.errors import CorridorSimError, InputError
from corridor_sim.scenario.load import load
from corridor_sim.study.engines import SMALL_STUDY, Tell, choose_engine
from corridor_sim.study.executors import Executor
from corridor_sim.study.regression.baseline import read_baseline
from corridor_sim.study.regression.check import Checked, CheckTask, check_file
from corridor_sim.study.regression.statistics import family_of

Done = Callable[[int, int], None]
"""Told how many files are checked, of how many."""


def check_files(
    tasks: Sequence[CheckTask], hands: Executor, engine: str, say: Tell | None = None, done: Done | None = None
) -> list[Checked]:
    """Return what became of each file, in the order of the tasks, whose `engine` and `family` are set here.

    Raises InputError where a file is named twice, EngineError where the engine that is asked for cannot run.
    """
    twice = {task.file for task in tasks if sum(task.file == other.file for other in tasks) > 1}
    if twice:
        raise InputError(f"named twice: {', '.join(sorted(twice))}")
    # a study of many replications, so that the fast engine is compiled where it is not yet
    chosen = choose_engine(engine, SMALL_STUDY, say, hands)
    if chosen.remark and say is not None:
        say(chosen.remark)
    family = _family(tasks) if any(task.seed is not None for task in tasks) else 1
    ready = [replace(task, engine=chosen.name, family=family) for task in tasks]
    found: dict[str, Checked] = {}
    for task, checked in hands.run(check_file, sorted(ready, key=_size, reverse=True)):
        found[task.file] = checked
        if done is not None:
            done(len(found), len(tasks))
    return [found[task.file] for task in tasks]


def _family(tasks: Sequence[CheckTask]) -> int:
    """Return how many figures are judged together: those of all baselines that can be read."""
    total = 0
    for task in tasks:
        try:
            baseline = read_baseline(Path(task.against), load(Path(task.file)).name)
        except CorridorSimError:
            # the check of this file will say so
            continue
        total += 0 if baseline is None else family_of(baseline)
    return max(total, 1)


def _size(task: CheckTask) -> int:
    """Return the size of a file, 0 where there is none."""
    path = Path(task.file)
    return path.stat().st_size if path.is_file() else 0
