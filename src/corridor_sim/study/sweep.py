"""Runs a design: looks at every point, plays what is missing in chunks, and makes the tables from what is kept.

Every distinct Program is simulated once and priced for all cases that share it, on the same draws at all points. A
chunk is a pure function of its inputs, and the tables are one of the kept chunks; so neither the number of workers
nor the cutting into chunks nor an interruption changes a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from math import ceil
from pathlib import Path

from corridor_sim.errors import CorridorSimError, InputError, ModelError, Problem
from corridor_sim.evidence.compare import Sample
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.precision import next_round
from corridor_sim.reading.located import capped
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.aside import as_results_error, locked, write_bytes_whole, write_whole
from corridor_sim.study.bundle import KEY_DIGITS, RESULTS_VERSION, json_bytes
from corridor_sim.study.dataset import Tables, rows_of
from corridor_sim.study.design import Design
from corridor_sim.study.engines import AUTO, choose_engine
from corridor_sim.study.engines import Tell as Say
from corridor_sim.study.evaluate import CONFIDENCE
from corridor_sim.study.executors import Executor
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.goals import Goal
from corridor_sim.study.layout import REPLICATIONS, SUMMARY, SWEEP, SWEEP_PREFIX
from corridor_sim.study.place import below
from corridor_sim.study.points import Asked, CaseInfo, ChunkTask, Overrides, PointTask, look_at, play_chunk
from corridor_sim.study.store import Store, batch_key
from corridor_sim.study.summary import rare_events

MOST_CASES = 32
"""Cases that are priced from one simulation; more are simulated again, so that no worker holds too many."""
MOST_IN_CHUNK = 20
"""Replications a worker is asked for at once."""
PRICED_IN_CHUNK = 64
"""Replications times cases a worker is asked for at once, unless one replication has more."""
CHUNKS_PER_WORKER = 8
Progress = Callable[[str, int, int], None]
"""Told (what is done, how much of it is done, how much there is)."""


@dataclass(frozen=True)
class Question:
    """What a sweep is to find out."""

    file: ScenarioFile = field(repr=False)
    design: Design
    seed: int
    replications: int
    goal: Goal | None = None
    most_in_chunk: int = MOST_IN_CHUNK
    engine: str = AUTO
    say: Say | None = None
    """Called with a line where somebody waits for the compiler, or another engine plays than one would expect."""


@dataclass(frozen=True)
class _Batch:
    """Cases that share a Program: their digests, and one point and alternative that each stands for."""

    cases: tuple[str, ...]
    members: tuple[tuple[Overrides, str], ...]


@dataclass
class _State:
    """How far a sweep is: what its points are made of, where that is kept, and replications by point."""

    question: Question
    asked: Asked
    points: Sequence[tuple[CaseInfo, ...]]
    batches: Mapping[str, _Batch]
    batch_of: Mapping[str, str]
    store: Store
    counts: list[int]

    def replications(self, point: int, info: CaseInfo) -> Sample:
        """Return the replications of one alternative at a point."""
        return Sample(self.store.replications(self.batch_of[info.case], info.case, self.counts[point]))

    def alternatives(self, point: int) -> Iterator[tuple[CaseInfo, Sample, Sample]]:
        """Yield each alternative of a point with its replications and the baseline's."""
        against = self.replications(point, self.points[point][0])
        for place, info in enumerate(self.points[point]):
            yield info, self.replications(point, info) if place else against, against


def sweep(question: Question, out: Path, executor: Executor, progress: Progress | None = None) -> tuple[Path, Figures]:
    """Run what of a sweep has not been run yet and return its folder and summary.

    Raises InputError and ModelError before anything runs, ResultsError where the folder cannot be used.
    """
    tell = progress or (lambda what, done, total: None)
    asked = Asked.of(question.file)
    points = _look(question, asked, executor, tell)
    batches = _batches(question.design, points)
    recipe = _recipe(question, asked, points)
    folder = below(out, question.file.name, f"{SWEEP_PREFIX}{recipe['key']}")
    with locked(folder):
        store = Store(folder, recipe, [batch.cases for batch in batches.values()])
        batch_of = {case: key for key, batch in batches.items() for case in batch.cases}
        counts = [question.replications] * len(points)
        state = _State(question, asked, points, batches, batch_of, store, counts)
        _play(state, executor, tell)
        while question.goal is not None and _grow(state, question.goal):
            _play(state, executor, tell)
        return folder, _finish(state, folder, recipe, tell)


def _look(question: Question, asked: Asked, executor: Executor, tell: Progress) -> list[tuple[CaseInfo, ...]]:
    """Return what every point is made of. Raises InputError or ModelError with the problems of all points."""
    points = [question.design.overrides(point) for point in range(len(question.design.points))]
    tasks = list(_point_tasks(asked, points, executor.workers))
    found: dict[PointTask, tuple[CaseInfo, ...] | CorridorSimError] = {}
    for task, infos in executor.run(_look_safely, tasks):
        found[task] = infos
        tell("points", len(found) * len(points) // len(tasks), len(points))
    looked = [found[task] for task in tasks]
    wrong = [each for each in looked if isinstance(each, CorridorSimError)]
    for kind in (InputError, ModelError):
        problems: dict[tuple[str, str], Problem] = {}
        for problem in (problem for each in wrong if isinstance(each, kind) for problem in each.problems):
            problems.setdefault((problem.path, problem.message), problem)
        if problems:
            raise kind(capped(list(problems.values())))
    of_point: dict[Overrides, list[CaseInfo]] = {overrides: [] for overrides in points}
    for task, each in zip(tasks, looked, strict=True):
        of_point[task.overrides] += () if isinstance(each, CorridorSimError) else each
    return [tuple(infos) for infos in of_point.values()]


def _point_tasks(asked: Asked, points: Sequence[Overrides], workers: int) -> Iterator[PointTask]:
    """Yield every point; where there are few, in parts, so that no worker is idle."""
    names = asked.alternatives
    most = min(len(names), ceil(len(points) * len(names) / workers))
    for overrides in points:
        for begin in range(0, len(names), most):
            yield PointTask(asked, overrides, names[begin : begin + most])


def _look_safely(task: PointTask) -> tuple[CaseInfo, ...] | CorridorSimError:
    try:
        return look_at(task)
    except (InputError, ModelError) as error:
        return error


def _batches(design: Design, points: Sequence[Sequence[CaseInfo]]) -> dict[str, _Batch]:
    """Return the distinct cases by Program, in the order of points and alternatives, at most MOST_CASES together."""
    groups: dict[str, dict[str, tuple[Overrides, str]]] = {}
    for point, infos in enumerate(points):
        for info in infos:
            groups.setdefault(info.model, {}).setdefault(info.case, (design.overrides(point), info.alternative))
    batches = {}
    for group in groups.values():
        cases = list(group)
        for begin in range(0, len(cases), MOST_CASES):
            part = tuple(cases[begin : begin + MOST_CASES])
            batches[batch_key(part)] = _Batch(part, tuple(group[case] for case in part))
    return batches


def _recipe(question: Question, asked: Asked, points: Sequence[Sequence[CaseInfo]]) -> Figures:
    """Return what decides the numbers, and under `key` the hash of all of it but the results version."""
    design = question.design
    decisive = {
        "scenario": question.file.name,
        "seed": question.seed,
        "alternatives": list(asked.alternatives),
        "design": {
            "kind": str(design.kind),
            "paths": list(design.paths),
            "points": [list(each) for each in design.points],
        },
        "inputs": [[info.inputs for info in infos] for infos in points],
    }
    key = sha256(json_bytes(decisive)).hexdigest()[:KEY_DIGITS]
    return {"results_version": RESULTS_VERSION, "key": key, **decisive}


def _play(state: _State, executor: Executor, tell: Progress) -> None:
    """Play and keep every replication that is missing."""
    wanted = dict.fromkeys(state.batches, 0)
    for infos, count in zip(state.points, state.counts, strict=True):
        for info in infos:
            batch = state.batch_of[info.case]
            wanted[batch] = max(wanted[batch], count)
    gaps = [(key, gap) for key, count in wanted.items() for gap in state.store.missing(key, count)]
    engine = _engine(state, gaps, executor)
    total = sum(count * len(state.batches[key].cases) for key, count in wanted.items())
    done = total - sum(len(gap) * len(state.batches[key].cases) for key, gap in gaps)
    share = ceil(sum(len(gap) for _, gap in gaps) / (CHUNKS_PER_WORKER * executor.workers))
    tell("replications", done, total)
    tasks = _tasks(state, gaps, min(state.question.most_in_chunk, max(share, 1)), engine)
    for task, content in executor.run(play_chunk, tasks):
        state.store.keep(batch_key(task.label.cases), content)
        done += len(task.label.replications) * len(task.members)
        tell("replications", done, total)


def _engine(state: _State, gaps: Sequence[tuple[str, range]], executor: Executor) -> str:
    """Return the engine that plays what is missing."""
    work = {state.batch_of[info.case]: info.work for infos in state.points for info in infos}
    question = state.question
    choice = choose_engine(question.engine, sum(len(gap) * work[key] for key, gap in gaps), question.say, executor)
    if choice.remark and gaps and question.say is not None:
        question.say(choice.remark)
    return choice.name


def _tasks(state: _State, gaps: Iterable[tuple[str, range]], most: int, engine: str) -> Iterator[ChunkTask]:
    for key, gap in gaps:
        batch = state.batches[key]
        each = max(1, min(most, PRICED_IN_CHUNK // len(batch.cases)))
        for start in range(gap.start, gap.stop, each):
            label = state.store.label(key, start, min(start + each, gap.stop))
            yield ChunkTask(state.asked, batch.members, label, engine)


def _grow(state: _State, goal: Goal) -> bool:
    """Raise the replications of the points that are not precise enough; return whether there are any."""
    before = list(state.counts)
    for point, count in enumerate(before):
        found = [each for each in _goal_figures(state, goal, point) if each is not None]
        state.counts[point] = next_round(goal.precision, found, count, goal.cap)
    return state.counts != before


def _goal_figures(state: _State, goal: Goal, point: int) -> list[Estimate | None]:
    """Return the estimate of the wanted figure for each alternative of a point; None where it has none.

    Raises InputError where no alternative has it.
    """
    first = state.points[point][0]
    found = [goal.wanted.estimate(reps, against, info is first) for info, reps, against in state.alternatives(point)]
    if not any(found):
        raise InputError(f"--kpi {goal.wanted.name}: no alternative of this scenario has this figure")
    return found


def _finish(state: _State, folder: Path, recipe: Figures, tell: Progress) -> Figures:
    """Write the tables and the summary, and return the summary."""
    found = _Found()

    def fill(sweep_aside: Path) -> None:
        write_whole(folder / REPLICATIONS, lambda aside: _fill(state, sweep_aside, aside, found, tell))

    write_whole(folder / SWEEP, fill)
    with as_results_error(folder, "read"):
        files = {name: sha256((folder / name).read_bytes()).hexdigest() for name in (SWEEP, REPLICATIONS)}
    summary = _summary(state, recipe, found, files)
    write_bytes_whole(folder / SUMMARY, json_bytes(summary))
    return summary


@dataclass
class _Found:
    """What turns up while the tables are written: figures that are not precise enough, and events met too rarely."""

    imprecise: list[Figures] = field(default_factory=list)
    rare: dict[str, int] = field(default_factory=dict)


def _fill(state: _State, sweep_aside: Path, replications_aside: Path, found: _Found, tell: Progress) -> None:
    goal, total = state.question.goal, len(state.points)
    tables = Tables(state.question.design, sweep_aside, replications_aside)
    try:
        for point, infos in enumerate(state.points):
            tell("tables", point, total)
            against = infos[0].alternative
            for info, reps, baseline in state.alternatives(point):
                tables.add(point, info, list(rows_of(info, against, reps, baseline)), reps)
                for event in rare_events(reps, info.closures, info.facilities):
                    found.rare[event] = found.rare.get(event, 0) + 1
                wanted = goal.wanted.estimate(reps, baseline, info is infos[0]) if goal else None
                if goal and wanted is not None and not goal.precision.reached(wanted):
                    found.imprecise.append(_imprecise(point, info, wanted))
        tell("tables", total, total)
    finally:
        tables.close()


def _imprecise(point: int, info: CaseInfo, estimate: Estimate) -> Figures:
    shown = figure(estimate, "")
    return {"point": point, "alternative": info.alternative, **{name: shown[name] for name in ("value", "low", "high")}}


def _summary(state: _State, recipe: Figures, found: _Found, files: Mapping[str, str]) -> Figures:
    question, goal = state.question, state.question.goal
    base, design = question.file.base, question.design
    cases = sum(len(infos) for infos in state.points)
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "kind": "sweep",
        "key": recipe["key"],
        "scenario": {
            "name": question.file.name,
            "title": dict(base.title),
            "question": dict(base.question),
            "file": question.file.file,
        },
        "baseline": question.file.baseline,
        "alternatives": list(state.asked.alternatives),
        "run": {"seed": question.seed, "replications": question.replications, "confidence": CONFIDENCE},
        "design": {
            "kind": str(design.kind),
            "vary": list(design.paths),
            "points": [
                {"values": list(values), "replications": count}
                for values, count in zip(design.points, state.counts, strict=True)
            ],
        },
        "simulated": {
            "alternatives_at_points": cases,
            "distinct": len(state.batch_of),
            "programs": len({info.model for infos in state.points for info in infos}),
        },
        "precision": None
        if goal is None
        else {"kpi": goal.wanted.name, "asked": goal.words, "cap": goal.cap, "not_reached": found.imprecise},
        "notes": [
            f"{event} was met in too few replications: {count} of {cases} alternatives at points are not resolved"
            for event, count in found.rare.items()
        ],
        "files": dict(files),
    }
