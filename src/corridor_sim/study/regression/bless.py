"""Blesses a scenario file: what it gives now is right from now on, for a reason that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corridor_sim.errors import CheckFailed, Problem
from corridor_sim.evidence.equivalence import Judged, Verdict
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.bundle import RESULTS_VERSION
from corridor_sim.study.executors import Executor
from corridor_sim.study.prepare import prepare
from corridor_sim.study.regression.baseline import Baseline, Blessed, baseline_file, read_baseline, write_baseline
from corridor_sim.study.regression.chain import BEHIND_THE_FILE
from corridor_sim.study.regression.check import Looked, differences, first_stage, look, not_equivalent, unjudged
from corridor_sim.study.regression.statistics import Statistics, family_of, judged, statistics_of
from corridor_sim.study.warmup import settled
from corridor_sim.study.workers import Progress

HASHED, REPLICATIONS = 10, 1000
"""Replications whose hashes are kept, and replications of the KPI statistics."""


@dataclass(frozen=True)
class Blessing:
    """What became of one file: the baseline before and after (the same where nothing changed), and what was judged."""

    file: str
    before: Baseline | None
    after: Baseline
    path: Path
    rows: tuple[tuple[str, str, Judged], ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether anything was written."""
        return self.after is not self.before

    def verdicts(self, verdict: Verdict) -> list[tuple[str, str, Judged]]:
        """Return the figures of a verdict."""
        return [row for row in self.rows if row[-1].verdict is verdict]


def bless(
    file: ScenarioFile,
    folder: Path,
    reason: str,
    *,
    replications: int = REPLICATIONS,
    engine: str,
    hands: Executor | None = None,
    progress: Progress | None = None,
) -> Blessing:
    """Renew the baseline of a file below `folder` and return what changed; nothing is written where nothing did.

    Raises CheckFailed where the code gives other results under the same results version, and ResultsError.
    """
    before = read_baseline(folder, file.name)
    seed = file.base.clock.seed
    file = settled(file, file.base.clock.replications, seed)
    lowered = prepare(file)
    found = look(lowered, HASHED, seed, engine)
    if before is not None and _is_blessed(before, found, seed, replications):
        return Blessing(file.file, before, before, baseline_file(folder, file.name))
    if before is not None and before.results_version == RESULTS_VERSION and before.seed == seed:
        _refuse_changed_code(file, before, found)
    counted = statistics_of(file, lowered, replications, seed, engine, before, hands, progress)
    rows = () if before is None else tuple(judged(before, counted, family_of(before)))
    entry = _entry(reason, rows)
    history = (*(before.history if before else ()), entry)
    alternatives = {name: _blessed(found, counted, name) for name in lowered}
    after = Baseline(file.name, RESULTS_VERSION, seed, HASHED, replications, history, alternatives)
    return Blessing(file.file, before, after, write_baseline(folder, after), rows)


def _is_blessed(before: Baseline, found: Looked, seed: int, replications: int) -> bool:
    same = (before.results_version, before.seed, before.hashed, before.replications)
    return same == (RESULTS_VERSION, seed, HASHED, replications) and not any(differences(before, found))


def _refuse_changed_code(file: ScenarioFile, before: Baseline, found: Looked) -> None:
    """Raise CheckFailed where a stage behind the file is the first that differs."""
    for name, blessed in before.alternatives.items():
        stage = first_stage(blessed, found.links[name]) if name in found.links else ""
        if stage in BEHIND_THE_FILE:
            message = (
                f"alternative {name}: the same program, tables and tariffs give another {stage}: the code changed; "
                f"mend it, or raise the results version, which is still {RESULTS_VERSION}"
            )
            raise CheckFailed(Problem(message, file=file.file))


def _blessed(found: Looked, counted: Mapping[str, Statistics], name: str) -> Blessed:
    return Blessed(found.links[name].chain, found.noise_off[name], counted[name].marks, counted[name].spreads)


def _entry(reason: str, rows: tuple[tuple[str, str, Judged], ...]) -> dict[str, Any]:
    """Return a page of the history: why, under which version, and what was no longer equivalent."""
    entry: dict[str, Any] = {
        "reason": reason,
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
    }
    if not rows:
        return entry
    different = [not_equivalent(*row) for row in rows if row[-1].verdict is Verdict.DIFFERENT]
    entry["equivalent"] = sum(row[-1].verdict is Verdict.EQUIVALENT for row in rows)
    entry["different"] = [
        {
            "alternative": one.alternative,
            "kpi": one.kpi,
            "expected": one.expected,
            "found": one.found,
            "margin": one.margin,
        }
        for one in different
    ]
    entry["not_judged"] = list(unjudged(list(rows)))
    return entry
