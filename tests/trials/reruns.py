"""Reruns of shipped scenarios at other seeds, judged against their blessed statistics: how many false alarms?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.tables import Section
from scipy import stats

from corridor_sim.evidence.equivalence import FALSE_ALARMS, Verdict
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.engines import COMPILED
from corridor_sim.study.executors import local_executor
from corridor_sim.study.kinds import Where
from corridor_sim.study.prepare import prepare
from corridor_sim.study.regression.baseline import Baseline, read_baseline
from corridor_sim.study.regression.statistics import family_of, judged, statistics_of
from corridor_sim.study.warmup import settled

BASELINES = Path("results/baselines")
FIRST_SEED = 900_000
"""Seeds from here on are nobody else's."""
CERTAIN = 0.99


@dataclass(frozen=True)
class Rerun:
    """One scenario at one seed; `family` figures are judged together."""

    file: str
    seed: int
    replications: int
    family: int


@dataclass(frozen=True)
class Outcome:
    """How many figures were judged and how many could not be, and which were said to differ."""

    judged: int
    unjudged: int
    alarms: tuple[str, ...]


@lru_cache(maxsize=2)
def ready(file: str) -> tuple[ScenarioFile, dict[str, Lowered], Baseline]:
    """Return a scenario, lowered, with its baseline."""
    loaded = load(Path(file))
    baseline = read_baseline(BASELINES, loaded.name)
    assert baseline is not None, f"bless {file} first"
    loaded = settled(loaded, loaded.base.clock.replications, baseline.seed)
    return loaded, prepare(loaded), baseline


def rerun(task: Rerun) -> Outcome:
    """Play a scenario at another seed and judge it."""
    file, lowered, baseline = ready(task.file)
    found = statistics_of(file, lowered, task.replications, task.seed, COMPILED, baseline)
    rows = list(judged(baseline, found, task.family))
    verdicts = [row[-1].verdict for row in rows]
    alarms = tuple(f"{name}: {figure}" for name, figure, one in rows if one.verdict is Verdict.DIFFERENT)
    unjudged = verdicts.count(Verdict.UNJUDGED)
    return Outcome(len(rows) - unjudged, unjudged, alarms)


def trial(arguments: list[str]) -> Section:
    """Return a row for each scenario and one for all together."""
    parser = argparse.ArgumentParser(prog="reruns")
    parser.add_argument("--reruns", type=int, default=200)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("files", nargs="*", default=sorted(map(str, Path("scenarios").glob("*.yaml"))))
    asked = parser.parse_args(arguments)
    family = sum(family_of(ready(file)[-1]) for file in asked.files)
    seeds = range(FIRST_SEED, FIRST_SEED + asked.reruns)
    tasks = [Rerun(file, seed, asked.replications, family) for file in asked.files for seed in seeds]
    found: dict[tuple[str, int], Outcome] = {}
    with local_executor(Where.PROCESSES, asked.workers) as hands:
        for task, outcome in hands.run(rerun, tasks):
            found[task.file, task.seed] = outcome
            if len(found) % 100 == 0:
                print(f"reruns: {len(found)} of {len(tasks)}", file=sys.stderr, flush=True)
    rows = [_row(Path(file).stem, [found[file, seed] for seed in seeds]) for file in asked.files]
    whole = [_together([found[file, seed] for file in asked.files]) for seed in seeds]
    rows.append(_row("all together", whole))
    most = int(stats.binom.ppf(CERTAIN, asked.reruns, FALSE_ALARMS))
    alarmed = sum(bool(one.alarms) for one in whole)
    said = (
        f"{asked.reruns} reruns of {asked.replications} replications each at other seeds, {family:,} figures judged "
        f"together. Stated: at most {FALSE_ALARMS:.0%} of reruns with a false alarm; up to {most} of {asked.reruns} "
        f"agree with that at {CERTAIN:.0%}. Found: {alarmed}."
    )
    alarms = sorted({f"{Path(file).stem}, {alarm}" for (file, _), one in found.items() for alarm in one.alarms})
    remarks = [said, *([f"Alarms: {'; '.join(alarms)}."] if alarms else [])]
    head = ["", "figures judged", "not judged", "reruns with a false alarm", "false alarms"]
    return Section("Reruns at other seeds against blessed statistics", head, rows, remarks)


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(
        sum(one.judged for one in outcomes),
        sum(one.unjudged for one in outcomes),
        tuple(alarm for one in outcomes for alarm in one.alarms),
    )


def _row(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    alarmed, alarms = sum(bool(one.alarms) for one in outcomes), sum(len(one.alarms) for one in outcomes)
    return [
        name,
        f"{outcomes[0].judged:,}",
        f"{outcomes[0].unjudged:,}",
        f"{alarmed:,} of {len(outcomes):,}",
        f"{alarms:,}",
    ]
