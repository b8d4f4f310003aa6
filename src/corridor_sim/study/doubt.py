"""Plays alternatives at many values of the inputs in doubt and keeps the sums: the one design for all doubt.

A worker gets the resolved scenarios once and the values of each point, rewrites, lowers, simulates, prices and
measures there. What comes back are numerators and denominators by replication, alternative and flow; a point is a pure
function of its values, the seed and the numbers of its replications, so neither workers nor cutting change a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice
from math import ceil
from pickle import dumps, loads

import numpy as np

from corridor_sim.economics.checks import check_money
from corridor_sim.errors import CorridorSimError, ModelError, Problem
from corridor_sim.evidence.design import POINTS, DoubtDesign, lay_out_doubt
from corridor_sim.metrics.kpis import COST_PER_BOX, Replication
from corridor_sim.network.feasible import check_runs
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.usage import values_in_use
from corridor_sim.sampling.law import Distribution, Floats
from corridor_sim.scenario.doubts import Doubt, Rewriter, Values, doubts_of
from corridor_sim.scenario.fitting import Fitting
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import AUTO, Tell, choose_engine, forget_programs, work_of
from corridor_sim.study.executors import Executor, Here
from corridor_sim.study.play import AFTER, FlowSums, cost_key, readers_of, settle_flows, without_looking_for_cycles
from corridor_sim.study.simulate import simulate
from corridor_sim.study.warmup import settled

REPLICATIONS = 2
"""Replications of a point of the design (EVIDENCE.md): each point has its own, so that noise is fresh."""
FIGURES = ("on_time", "undelivered", "transit_mean", "lateness_mean", "emissions")
"""KPIs that are kept beside costs."""
MOST_IN_TASK = 8
"""Points a worker is asked for at once."""
TASKS_PER_WORKER = 8
MOST_NAMED = 5
Progress = Callable[[int, int], None]
"""Told (points done, points in all)."""
CostKey = str
"""Cost base, perspective, and after or before subsidies: "total_logistics/chain/after" (see `sums.cost_key`)."""


@dataclass(frozen=True)
class Doubted:
    """Alternatives of a file, and what is in doubt about them."""

    file: ScenarioFile = field(repr=False)
    scenarios: Mapping[str, Scenario] = field(repr=False)
    inputs: tuple[Doubt, ...]

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The names of the alternatives."""
        return tuple(self.scenarios)

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows of all alternatives."""
        return tuple(sorted({name for scenario in self.scenarios.values() for name in scenario.flows}))


def doubted(file: ScenarioFile, alternatives: Sequence[str]) -> Doubted:
    """Return alternatives of a file with the inputs in doubt that any of them uses.

    A steady file without a warm-up gets the one that is found at what is stated.
    """
    clock = file.base.clock
    scenarios = settled(file, clock.replications, clock.seed).alternatives
    chosen = {name: scenarios[name] for name in dict.fromkeys(alternatives)}
    return Doubted(file, chosen, doubts_of({name: values_in_use(one) for name, one in chosen.items()}))


@dataclass(frozen=True)
class PlayedPoints:
    """What was played at points: float64[points, replications, alternatives, flows] each, over measured consignments.

    `consignments`, `boxes` (shares of their loads' boxes), `teu`, `kg` and `value_cny` (of the goods) say how much
    there was; `cost_cny` by cost key; `figures`: KPI -> (numerators, denominators), an infinite numerator where
    something was not delivered. `held`: by point the inputs whose drawn value had to be held at what can be loaded
    (see `scenario.fitting`), and the value it was played with.
    """

    alternatives: tuple[str, ...]
    flows: tuple[str, ...]
    consignments: Floats
    boxes: Floats
    teu: Floats
    kg: Floats
    value_cny: Floats
    cost_cny: Mapping[CostKey, Floats]
    figures: Mapping[str, tuple[Floats, Floats]]
    held: Mapping[int, Mapping[str, Fraction]]
    engine: str

    def of(self, alternative: str) -> int:
        """Return the place of an alternative in the third axis."""
        return self.alternatives.index(alternative)


@dataclass(frozen=True)
class PlayedDesign:
    """A design, and what was played at its points."""

    design: DoubtDesign
    played: PlayedPoints
    seed: int


@dataclass(frozen=True)
class _Asked:
    """What every task is about: scenarios and their doubts on their way to workers, and what to keep."""

    packed: bytes = field(repr=False)
    flows: tuple[str, ...]
    costs: tuple[CostKey, ...]
    figures: tuple[str, ...]
    seed: int
    engine: str
    noise: bool


@dataclass(frozen=True)
class _Task:
    """Points to play: number, values and replications of each."""

    asked: _Asked
    points: tuple[tuple[int, Values, range], ...]


def play_design(
    file: ScenarioFile,
    alternatives: Sequence[str],
    costs: Iterable[CostKey] = (cost_key("total_logistics", "chain", AFTER),),
    points: int = POINTS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    *,
    figures: Sequence[str] = FIGURES,
    replications: int = REPLICATIONS,
    engine: str = AUTO,
    tell: Tell | None = None,
) -> PlayedDesign:
    """Play the design over all inputs in doubt that one of the alternatives uses.

    `seed` (by default the scenario's) scrambles the points and draws the noise; point p has the replications
    2p and 2p + 1, which all alternatives share. Raises ValueError where nothing is in doubt; ModelError where an
    alternative cannot run at some points, which it names.
    """
    known = doubted(file, alternatives)
    chosen = file.base.clock.seed if seed is None else seed
    design = lay_out_doubt(known.inputs, points, chosen)
    wanted = [
        (point, design.at(point), range(point * replications, (point + 1) * replications)) for point in range(points)
    ]
    played = _play(known, wanted, tuple(costs), tuple(figures), chosen, executor, progress, engine, tell)
    return PlayedDesign(design, played, chosen)


def play_at(
    known: Doubted,
    values: Sequence[Values],
    replications: int,
    costs: Iterable[CostKey] = (cost_key("total_logistics", "chain", AFTER),),
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    *,
    first: int = 0,
    figures: Sequence[str] = FIGURES,
    engine: str = AUTO,
    noise: bool = True,
    tell: Tell | None = None,
) -> PlayedPoints:
    """Play alternatives at chosen values, of each point some inputs by name (the others as stated).

    All points and alternatives share the replications `first` to before `first + replications`. Points that differ in
    money alone are simulated once.
    """
    chosen = known.file.base.clock.seed if seed is None else seed
    wanted = [(point, each, range(first, first + replications)) for point, each in enumerate(values)]
    return _play(known, wanted, tuple(costs), tuple(figures), chosen, executor, progress, engine, tell, noise)


def _play(
    known: Doubted,
    wanted: Sequence[tuple[int, Values, range]],
    costs: tuple[CostKey, ...],
    figures: tuple[str, ...],
    seed: int,
    executor: Executor | None,
    progress: Progress | None,
    engine: str,
    tell: Tell | None,
    noise: bool = True,
) -> PlayedPoints:
    hands = executor or Here()
    each = len(wanted[0][2])
    lowered = [lower(one, name, with_tables=False) for name, one in known.scenarios.items()]
    choice = choose_engine(engine, work_of((one, len(wanted) * each) for one in lowered), tell)
    packed = dumps((dict(known.scenarios), known.inputs, known.file.written))
    asked = _Asked(packed, known.flows, costs, figures, seed, choice.name, noise)
    size = min(MOST_IN_TASK, max(1, ceil(len(wanted) / (TASKS_PER_WORKER * hands.workers))))
    tasks = [_Task(asked, tuple(wanted[begin : begin + size])) for begin in range(0, len(wanted), size)]
    columns = _Columns(costs, figures)
    table = np.zeros((len(wanted), each, len(known.alternatives), len(known.flows), len(columns.names)))
    held: dict[int, Mapping[str, Fraction]] = {}
    wrong: dict[int, list[Problem]] = {}
    done = 0
    for task, results in hands.run(_play_points, tasks):
        for (point, _, _), result in zip(task.points, results, strict=True):
            if isinstance(result, _Failed):
                wrong[point] = list(result.problems)
            else:
                table[point] = result.table
                held |= {point: result.held} if result.held else {}
        done += len(task.points)
        if progress is not None:
            progress(done, len(wanted))
    if wrong:
        raise ModelError(_told(known.file.file, wrong, len(wanted)))
    return columns.read(table, known.alternatives, known.flows, dict(sorted(held.items())), choice.name)


def _told(file: str, wrong: Mapping[int, Sequence[Problem]], points: int) -> list[Problem]:
    """Return what stands against some points: the first problem of the first of them, and how many there are."""
    named = sorted(wrong.items())[:MOST_NAMED]
    told = [
        Problem(f"point {point}: {problems[0].message}", problems[0].path, problems[0].file or file)
        for point, problems in named
    ]
    more = f"{len(wrong)} of {points} points cannot be played; a range reaches what cannot be: narrow it"
    return [*told, Problem(more, file=file)]


@dataclass(frozen=True)
class _Columns:
    """What is kept of each replication, alternative and flow: the last axis of a table."""

    costs: tuple[CostKey, ...]
    figures: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """One name for each column."""
        both = [f"{figure} {side}" for figure in self.figures for side in ("above", "below")]
        return ("consignments", "boxes", "teu", "kg", "value_cny", *self.costs, *both)

    def write(self, measured: Replication, sums: FlowSums) -> Floats:
        """Return float64[flows, columns] of one replication."""
        terms = measured.terms
        costs = [terms[f"{COST_PER_BOX}:{key}"] for key in self.costs]
        _, boxes = costs[0] if costs else next(term for name, term in terms.items() if name.startswith(COST_PER_BOX))
        columns = [sums.consignments, boxes, sums.teu, sums.kg, sums.value_cny, *(cny for cny, _ in costs)]
        columns += [side for name in self.figures for side in terms[name]]
        return np.column_stack(columns)

    def read(
        self,
        table: Floats,
        alternatives: tuple[str, ...],
        flows: tuple[str, ...],
        held: Mapping[int, Mapping[str, Fraction]],
        engine: str,
    ) -> PlayedPoints:
        """Return a table by what its columns are."""
        by_name = {name: np.ascontiguousarray(table[..., place]) for place, name in enumerate(self.names)}
        return PlayedPoints(
            alternatives,
            flows,
            **{name: by_name[name] for name in ("consignments", "boxes", "teu", "kg", "value_cny")},
            cost_cny={key: by_name[key] for key in self.costs},
            figures={name: (by_name[f"{name} above"], by_name[f"{name} below"]) for name in self.figures},
            held=held,
            engine=engine,
        )


@dataclass(frozen=True)
class _Point:
    """What one point gave: float64[replications, alternatives, flows, columns], and the inputs that were held."""

    table: Floats
    held: Mapping[str, Fraction]


@dataclass(frozen=True)
class _Failed:
    """Why a point cannot be played."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Shop:
    """What a worker keeps of a study: its alternatives, ready to be rewritten."""

    rewriters: Mapping[str, Rewriter]
    fitting: Fitting

    def lowered(self, values: Values) -> tuple[dict[str, Lowered], dict[str, Fraction]]:
        """Return each alternative at some values, and the inputs that had to be held.

        Raises InputError or ModelError where one cannot be built or run.
        """
        held = self.fitting.fitted(values)
        made: dict[str, Lowered] = {}
        laws: dict[str, Distribution] = {}
        for name, rewriter in self.rewriters.items():
            try:
                scenario = rewriter.at({**values, **held}, laws)
                made[name] = lower(scenario, name)
                problems = [*check_money(scenario), *check_runs(made[name])]
            except CorridorSimError as error:
                problems = list(error.problems)
            if problems:
                raise ModelError([Problem(f"{name}: {each.message}", each.path, each.file) for each in problems])
        return made, held


@lru_cache(maxsize=1)
def _shop(packed: bytes) -> _Shop:
    """Return what came from this program's own pipe; the tasks of a study follow each other, so one is kept."""
    scenarios, doubts, written = loads(packed)
    rewriters = {name: Rewriter.of(scenario, name, doubts) for name, scenario in scenarios.items()}
    return _Shop(rewriters, Fitting.of(scenarios, doubts, written))


@dataclass(frozen=True)
class _Member:
    """One alternative at one point of a task (their places), lowered."""

    point: int
    alternative: int
    lowered: Lowered


@dataclass(frozen=True)
class _Group:
    """Alternatives at points that are the same simulation with the same replications: played once, each then priced."""

    replications: range
    members: list[_Member]

    @cached_property
    def plan_digest(self) -> str:
        """What its inputs are drawn by, as a hash."""
        return digest_of(self.members[0].lowered.plan)


def _play_points(task: _Task) -> list[_Point | _Failed]:
    with without_looking_for_cycles():
        return _played(task)


def _played(task: _Task) -> list[_Point | _Failed]:
    asked, shop = task.asked, _shop(task.asked.packed)
    columns = len(_Columns(asked.costs, asked.figures).names)
    found: list[_Point | _Failed] = []
    groups: list[_Group] = []
    for place, (_, values, replications) in enumerate(task.points):
        if groups and groups[0].replications != replications:
            _play_groups(groups, asked, found)
            groups = []
        try:
            made, held = shop.lowered(values)
        except CorridorSimError as error:
            found.append(_Failed(error.problems))
            continue
        shape = (len(replications), len(made), len(asked.flows), columns)
        found.append(_Point(np.zeros(shape), held))
        for number, lowered in enumerate(made.values()):
            _put(groups, _Member(place, number, lowered), replications)
    _play_groups(groups, asked, found)
    return found


def _put(groups: list[_Group], member: _Member, replications: range) -> None:
    """Put a member where it is the same simulation, or into a group of its own."""
    lowered = member.lowered
    for group in groups:
        if group.members[0].lowered.program == lowered.program and group.plan_digest == digest_of(lowered.plan):
            group.members.append(member)
            return
    groups.append(_Group(replications, [member]))


def _play_groups(groups: Iterable[_Group], asked: _Asked, found: list[_Point | _Failed]) -> None:
    """Play and write down what groups give; a member that fails takes its whole point with it."""
    columns = _Columns(asked.costs, asked.figures)
    for group in groups:
        try:
            for member, place, rows in _rows(group, asked, columns):
                point = found[member.point]
                if isinstance(point, _Point):
                    names = member.lowered.flow_order
                    point.table[place, member.alternative, [asked.flows.index(name) for name in names]] = rows
        except CorridorSimError as error:
            for member in group.members:
                found[member.point] = _Failed(error.problems)
    forget_programs()


def _rows(group: _Group, asked: _Asked, columns: _Columns) -> Iterator[tuple[_Member, int, Floats]]:
    """Yield for each member and replication (its place) float64[flows, columns]."""
    alternatives = [member.lowered for member in group.members]
    few = len(group.replications) <= FEW
    readers = readers_of(alternatives, asked.seed, engine=asked.engine, few=few)
    made = simulate(alternatives[0], group.replications, asked.seed, asked.noise, engine=asked.engine)
    place = 0
    while together := list(islice(made, FEW)):
        promised = readers[0].promised_all([one.inputs for one in together])
        for one, told in zip(together, promised, strict=True):
            for member, reader in zip(group.members, readers, strict=True):
                yield member, place, columns.write(*settle_flows(reader, one.inputs, one.trace, told))
            place += 1


FEW = 4
"""Replications that are simulated before the first is read; from more on, promises are worked out for all releases."""
