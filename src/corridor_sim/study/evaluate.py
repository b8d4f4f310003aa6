"""The one way from a scenario file to results: lower, play, compare, answer the thresholds, summarise."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from corridor_sim.evidence.compare import compare
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.thresholds import Crossing, find_crossing
from corridor_sim.evidence.waterfall import Side
from corridor_sim.metrics.kpis import COST_PER_KG
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Threshold
from corridor_sim.study.bundle import RESULTS_VERSION, resolved_scenarios
from corridor_sim.study.cases import Case, model_digest, play_cases
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import AUTO, Tell, choose_engine, work_of
from corridor_sim.study.executors import local_executor
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.kinds import Where
from corridor_sim.study.lanes import check_lanes
from corridor_sim.study.listing import inputs_of
from corridor_sim.study.notes import note_rows, note_text
from corridor_sim.study.operations import anomaly_figures
from corridor_sim.study.play import AFTER, Played, cost_key
from corridor_sim.study.prepare import prepare, prepare_scenarios
from corridor_sim.study.summary import (
    alternative_summary,
    comparison_summary,
    listed,
    samples,
    sources_of,
    unresolved_events,
)
from corridor_sim.study.warmup import settled
from corridor_sim.study.where import Told, side_of, where_figures
from corridor_sim.study.why import Plan, plan_why, play_with, why_figures
from corridor_sim.study.workers import Progress
from corridor_sim.units import parse_number

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
THRESHOLD_REPLICATIONS = 10
JUDGED_BY = f"{COST_PER_KG}:{cost_key('total_logistics', 'chain', AFTER)}"
"""Thresholds are judged by the total logistics cost per kg of the whole chain."""


@dataclass(frozen=True)
class Results:
    """What a run found: `summary` for readers, `samples` by alternative, and what the bundle needs."""

    summary: Figures
    samples: Mapping[str, Mapping[str, Any]]
    manifest_recipe: Figures
    resolved: Mapping[str, Any]
    played: Mapping[str, Sequence[Played]] = field(repr=False)
    lowered: Mapping[str, Lowered] = field(repr=False)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables of the bundle: consignments of all replications, and the first replication in full."""
        from corridor_sim.study.tables import result_tables

        return result_tables(self)


@dataclass(frozen=True)
class Settings:
    """How often, from which seed and how a file is run."""

    replications: int
    seed: int
    noise: bool
    lanes: Mapping[str, str]
    engine: str = AUTO


def evaluate(
    file: ScenarioFile,
    *,
    replications: int | None = None,
    seed: int | None = None,
    noise: bool = True,
    lanes: Mapping[str, str] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    engine: str = AUTO,
    tell: Tell | None = None,
    why: bool = False,
) -> Results:
    """Run all alternatives of a file and return its Results.

    `replications` and `seed` default to the scenario's; without `noise` one replication tells all, and `lanes`
    (step -> lane) choose branches; `workers` processes share the work. `engine`: auto, reference or compiled (see
    `engines`); `tell` gets a line when that takes time or is not what one would expect; `why` also plays what explains
    each difference by the alternative's overrides. Raises InputError, ModelError, and EngineError for an engine that
    cannot run here.
    """
    clock = file.base.clock
    settings = Settings(
        replications=(replications or clock.replications) if noise else 1,
        seed=clock.seed if seed is None else seed,
        noise=noise,
        lanes=lanes or {},
    )
    with local_executor(Where.PROCESSES, workers) as hands:
        if noise:
            file = settled(file, settings.replications, settings.seed)
        lowered = prepare(file)
        check_lanes({name: one.program for name, one in lowered.items()}, settings.lanes)
        cases: dict[Hashable, Case] = {name: Case(one, settings.replications) for name, one in lowered.items()}
        if noise:
            cases |= _threshold_cases(file, min(THRESHOLD_REPLICATIONS, settings.replications))
        plans = {name: plan_why(file, name) for name in lowered if why and name != file.baseline}
        asked = [
            *cases.values(),
            *(case for plan in plans.values() for case in plan.keyed(settings.replications).values()),
        ]
        choice = choose_engine(engine, work_of((case.lowered, case.replications) for case in asked), tell, hands)
        if choice.remark and tell is not None:
            tell(choice.remark)
        settings = replace(settings, engine=choice.name)
        play = partial(
            play_cases,
            seed=settings.seed,
            noise=noise,
            lanes=settings.lanes,
            executor=hands,
            progress=progress,
            engine=choice.name,
        )
        played, plans = play_with(plans, cases, settings.replications, play)
    main = {name: played[name] for name in lowered}
    return Results(
        summary=_summary(file, settings, lowered, played, plans),
        samples={name: samples(reps) for name, reps in main.items()},
        manifest_recipe=_recipe(file, settings, lowered, main),
        resolved=resolved_scenarios(file),
        played=main,
        lowered=lowered,
    )


def _threshold_cases(file: ScenarioFile, replications: int) -> dict[Hashable, Case]:
    """Return for each threshold and value the two alternatives compared there: (threshold, value, name) -> Case."""
    cases: dict[Hashable, Case] = {}
    for name, threshold in file.base.thresholds.items():
        wanted = (threshold.of, threshold.against or file.baseline)
        for value in map(str, threshold.values):
            lowered = prepare_scenarios(file.file, file.varied(threshold.vary, value, wanted))
            cases |= {(name, value, key): Case(lowered[key], replications, details=False) for key in wanted}
    return cases


def _answer(
    name: str, threshold: Threshold, points: Mapping[str, tuple[Sequence[Played], Sequence[Played]]]
) -> Figures:
    """Return where the saving of a threshold passes zero, from the savings at its values."""
    savings: dict[str, Estimate] = {}
    for value, (of, against) in points.items():
        difference = compare([one.measured for one in against], [one.measured for one in of])[JUDGED_BY]
        savings[value] = _saving(difference)
    numbers = {value: float(parse_number(value.split()[0])) for value in points}
    crossing = find_crossing(list(numbers.values()), list(savings.values()))
    unit = next(iter(points)).partition(" ")[2]
    tried = min(len(of) for of, _ in points.values())
    return {
        "name": name,
        "says": dict(threshold.says),
        "vary": threshold.vary,
        "of": threshold.of,
        "against": threshold.against,
        "unit": unit,
        "crossing": None if crossing.value is None else _crossing_figure(crossing, unit, tried),
        "verdict": crossing.verdict,
        "points": [
            {"value": value, "number": numbers[value], "saving": figure(savings[value], "CNY/kg")} for value in points
        ],
    }


def _saving(difference: Estimate) -> Estimate:
    low, high = (None if end is None else -end for end in (difference.high, difference.low))
    return replace(difference, value=-difference.value, low=low, high=high)


def _crossing_figure(crossing: Crossing, unit: str, replications: int) -> Figures:
    return {
        "value": crossing.value,
        "low": crossing.low,
        "high": crossing.high,
        "unit": unit,
        "n": replications,
        "resolved": True,
        "method": "linear between the values tried",
    }


@dataclass(frozen=True)
class _Pairs:
    """Alternatives that are compared; what each costs by place is found once."""

    file: ScenarioFile
    lowered: Mapping[str, Lowered]
    played: Mapping[Any, Sequence[Played]]

    @cached_property
    def _sides(self) -> Mapping[str, Side]:
        return {name: side_of(Told(one, self.played[name])) for name, one in self.lowered.items()}

    def row(self, name: str, against: str, plan: Plan | None = None) -> Figures:
        """Return an alternative against another: differences, savings, where they arise and, where planned, why."""
        ours, theirs = self.played[name], self.played[against]
        resolved = not unresolved_events(self.lowered[name], ours)
        row = comparison_summary(self.lowered[name], against, ours, theirs, resolved)
        row["where"] = where_figures(self._sides[against], self._sides[name], resolved)
        if plan is not None:
            row["why"] = why_figures(plan, self.played, (theirs, ours), resolved)
        return row

    def compared(self, plans: Mapping[str, Plan]) -> list[Figures]:
        """Return each alternative against the baseline."""
        baseline = self.file.baseline
        return [self.row(name, baseline, plans.get(name)) for name in self.lowered if name != baseline]

    def changes(self) -> list[Figures]:
        """Return each alternative that starts from another one, but not from the baseline, against that other one."""
        parents = {name: self.file.base.alternatives[name].like for name in self.lowered}
        return [
            self.row(name, parent)
            for name, parent in parents.items()
            if parent is not None and parent != self.file.baseline and parent in self.lowered
        ]


def _summary(
    file: ScenarioFile,
    settings: Settings,
    lowered: Mapping[str, Lowered],
    played: Mapping[Any, Sequence[Played]],
    plans: Mapping[str, Plan],
) -> Figures:
    base = lowered[file.baseline]
    main = {name: played[name] for name in lowered}
    pairs = _Pairs(file, lowered, played)
    thresholds = []
    for name, threshold in file.base.thresholds.items() if settings.noise else ():
        points = {
            str(value): (
                played[name, str(value), threshold.of],
                played[name, str(value), threshold.against or file.baseline],
            )
            for value in threshold.values
        }
        thresholds.append(_answer(name, threshold, points))
    notes = note_rows(lowered, main)
    inputs = {item.path: item for scenario in file.alternatives.values() for item in inputs_of(scenario)}
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "scenario": {
            "name": file.name,
            "title": dict(file.base.title),
            "question": dict(file.base.question),
            "file": file.file,
        },
        "run": {
            "seed": settings.seed,
            "replications": settings.replications,
            "engine": settings.engine,
            "noise": settings.noise,
            "lanes": dict(settings.lanes),
            "measure": file.base.clock.measure.split(" to "),
            "confidence": CONFIDENCE,
        },
        "baseline": file.baseline,
        "alternatives": [alternative_summary(one, main[name]) for name, one in lowered.items()],
        "comparisons": pairs.compared(plans),
        "changes": pairs.changes(),
        "thresholds": thresholds,
        "anomalies": anomaly_figures(base),
        "inputs": listed(list(inputs.values())),
        "sources": sources_of(base),
        "notes": [note_text(row) for row in notes],
        "note_rows": notes,
    }


def _recipe(
    file: ScenarioFile, settings: Settings, lowered: Mapping[str, Lowered], played: Mapping[Any, Sequence[Played]]
) -> Figures:
    """Return how the run was made: settings and the chain of hashes from program to KPIs."""
    chain = {
        name: {
            "program": model_digest(one),
            "tariffs": digest_of(one.tariffs),
            "draw_tables": digest_of(one.program.samplers),
            "trace": digest_of([rep.trace_digest for rep in played[name]]),
            "ledger": digest_of([rep.ledger_digest for rep in played[name]]),
            "kpis": digest_of([rep.measured.terms for rep in played[name]]),
        }
        for name, one in lowered.items()
    }
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "file": file.file,
        "engine": settings.engine,
        "seed": settings.seed,
        "replications": settings.replications,
        "noise": settings.noise,
        "lanes": dict(settings.lanes),
        "chain": chain,
    }
