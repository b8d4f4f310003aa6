"""Plays a file for its KPI statistics, and judges them against blessed ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from corridor_sim.evidence.compare import Sample
from corridor_sim.evidence.equivalence import Judged, Spread, judge
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.cases import Case, model_digest, play_cases
from corridor_sim.study.executors import Executor
from corridor_sim.study.regression.baseline import Baseline
from corridor_sim.study.regression.figures import Marks, marks_of, spreads_at, spreads_of, unit_of
from corridor_sim.study.workers import Progress


@dataclass(frozen=True)
class Statistics:
    """The figures of one alternative over many replications, and the marks at which they were counted.

    `at_blessed`: the same figures counted at the blessed marks, where there are any.
    """

    marks: Marks
    spreads: Mapping[str, Spread]
    at_blessed: Mapping[str, Spread]


def grouped(lowered: Mapping[str, Lowered]) -> list[dict[str, Lowered]]:
    """Return alternatives by the Program they share, that of the first alternative first."""
    groups: dict[str, dict[str, Lowered]] = {}
    for name, one in lowered.items():
        groups.setdefault(model_digest(one), {})[name] = one
    return list(groups.values())


def statistics_of(
    file: ScenarioFile,
    lowered: Mapping[str, Lowered],
    replications: int,
    seed: int,
    engine: str,
    blessed: Baseline | None = None,
    hands: Executor | None = None,
    progress: Progress | None = None,
) -> dict[str, Statistics]:
    """Return the statistics of each alternative, at marks of its own and at those of `blessed`."""
    known = {} if blessed is None else {name: one.marks for name, one in blessed.alternatives.items()}
    found: dict[str, Statistics] = {}
    against: Sample | None = None
    done, total = 0, replications * len(lowered)
    # the baseline comes first, for the others' savings
    for group in sorted(grouped(lowered), key=lambda group: file.baseline not in group):
        cases: dict[Hashable, Case] = {name: Case(one, replications, details=False) for name, one in group.items()}
        played = play_cases(cases, seed, True, {}, hands, None, engine)
        samples = {name: Sample([one.measured for one in played[name]]) for name in group}
        against = samples.get(file.baseline, against)
        for name, sample in samples.items():
            marks, base = marks_of(sample), None if name == file.baseline else against
            spreads = spreads_of(sample, base, marks)
            found[name] = Statistics(marks, spreads, {**spreads, **spreads_at(sample, known.get(name, {}))})
        done += replications * len(group)
        if progress is not None:
            progress(done, total)
    return {name: found[name] for name in lowered}


def judged(baseline: Baseline, found: Mapping[str, Statistics], family: int) -> Iterator[tuple[str, str, Judged]]:
    """Yield (alternative, figure, judgement) of all that both know; `family` figures are judged together."""
    for name, blessed in baseline.alternatives.items():
        spreads = found[name].at_blessed if name in found else {}
        for figure, spread in blessed.statistics.items():
            if figure in spreads:
                yield name, figure, judge(spread, spreads[figure], unit_of(figure), family)


def family_of(baseline: Baseline) -> int:
    """Return how many figures of a baseline are judged."""
    return sum(len(one.statistics) for one in baseline.alternatives.values())
