"""Plays alternatives at many values of the inputs in doubt and keeps the sums: the one design for all doubt.

A worker gets the resolved scenarios once and the values of each point, rewrites, lowers, simulates, prices and
measures there. What comes back are numerators and denominators by replication, alternative and flow; a point is a pure
function of its values, the seed and the numbers of its replications, so neither workers nor cutting change a bit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import ceil
from pickle import dumps

import numpy as np

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.errors import InputError, ModelError, Problem
from corridor_sim.evidence.design import POINTS, DoubtDesign, lay_out_doubt
from corridor_sim.network.lower import lower
from corridor_sim.network.usage import values_in_use
from corridor_sim.reading.located import suggestion
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.doubts import Doubt, Values, doubts_of
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.study.doubt_points import TERMS, Asked, Columns, CostKey, Failed, Task, play_points
from corridor_sim.study.engines import AUTO, Tell, choose_engine, work_of
from corridor_sim.study.executors import Executor, Here
from corridor_sim.study.play import AFTER, BEFORE, cost_key
from corridor_sim.study.warmup import settled

REPLICATIONS = 2
"""Replications of a point of the design (EVIDENCE.md): each point has its own, so that noise is fresh."""
FIGURES = ("on_time", "undelivered", "transit_mean", "lateness_mean", "emissions")
"""KPIs that are kept beside costs."""
MOST_IN_TASK = 8
"""Points a worker is asked for at once."""
TASKS_PER_WORKER = 8
LEAST_REPLICATIONS, MOST_REPLICATIONS = 4, 24
"""Replications of a point a worker is asked for at once, where all points have the same."""
MOST_NAMED = 5
Progress = Callable[[int, int], None]
"""Told (replications of points done, how many there are)."""
Asking = tuple[int, Values, range]
"""A point's number, the values of its inputs, its replications."""


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

    A steady file without a warm-up gets the one that is found at what is stated. Raises InputError for a name of no
    alternative.
    """
    clock = file.base.clock
    scenarios = settled(file, clock.replications, clock.seed).alternatives
    for name in alternatives:
        if name not in scenarios:
            raise InputError(f'"{name}" is no alternative{suggestion(name, scenarios)}')
    chosen = {name: scenarios[name] for name in dict.fromkeys(alternatives)}
    return Doubted(file, chosen, doubts_of({name: values_in_use(one) for name, one in chosen.items()}))


@dataclass(frozen=True)
class PlayedPoints:
    """What was played at points: float64[points, replications, alternatives, flows] each, over measured consignments.

    `consignments`, `boxes` (shares of their loads' boxes), `teu`, `kg` and `value_cny` (of the goods) say how much
    there was; `cost_cny` by cost key; `figures`: KPI -> (numerators, denominators), an infinite numerator where
    something was not delivered. `held`: by point the inputs whose drawn value had to be held at what can be loaded
    (see `scenario.fitting`), and the value it was played with. `wrong`: by point why it cannot be played; all of it is
    NaN then.
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
    wrong: Mapping[int, str] = field(default_factory=dict)

    def of(self, alternative: str) -> int:
        """Return the place of an alternative in the third axis."""
        return self.alternatives.index(alternative)


@dataclass(frozen=True)
class PlayedDesign:
    """A design, and what was played at its points."""

    design: DoubtDesign
    played: PlayedPoints
    seed: int


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
    pass_over: bool = False,
) -> PlayedPoints:
    """Play alternatives at chosen values, of each point some inputs by name (the others as stated).

    All points and alternatives share the replications `first` to before `first + replications`. Points that differ in
    money alone are simulated once. With `pass_over` a point that cannot be played is told in `PlayedPoints.wrong`.
    Raises InputError for names of no input in doubt, and ModelError as `play_design`.
    """
    chosen = known.file.base.clock.seed if seed is None else seed
    if not values or replications < 1:
        raise ValueError("nothing to play: expected at least one point and one replication")
    wanted = [(point, each, range(first, first + replications)) for point, each in enumerate(values)]
    return _play(
        known, wanted, tuple(costs), tuple(figures), chosen, executor, progress, engine, tell, noise, pass_over
    )


def _play(
    known: Doubted,
    wanted: Sequence[Asking],
    costs: tuple[CostKey, ...],
    figures: tuple[str, ...],
    seed: int,
    executor: Executor | None,
    progress: Progress | None,
    engine: str,
    tell: Tell | None,
    noise: bool = True,
    pass_over: bool = False,
) -> PlayedPoints:
    _check(known, dict.fromkeys(name for _, values, _ in wanted for name in values), costs, figures)
    hands = executor or Here()
    each = len(wanted[0][2])
    lowered = [lower(one, name, with_tables=False) for name, one in known.scenarios.items()]
    choice = choose_engine(engine, work_of((one, len(wanted) * each) for one in lowered), tell, hands)
    packed = dumps((dict(known.scenarios), known.inputs, known.file.written))
    asked = Asked(packed, known.flows, costs, figures, seed, choice.name, noise)
    money = {one.name for one in known.inputs if one.is_money}
    tasks = [Task(asked, part) for part in _cut(wanted, money, TASKS_PER_WORKER * hands.workers)]
    columns = Columns(costs, figures)
    table = np.zeros((len(wanted), each, len(known.alternatives), len(known.flows), len(columns.names)))
    held: dict[int, Mapping[str, Fraction]] = {}
    wrong: dict[int, list[Problem]] = {}
    done, total = 0, len(wanted) * each
    for task, results in hands.run(play_points, tasks):
        for (point, _, replications), result in zip(task.points, results, strict=True):
            if isinstance(result, Failed):
                wrong[point] = list(result.problems)
                table[point] = np.nan
            else:
                begin = replications.start - wanted[point][2].start
                table[point, begin : begin + len(replications)] = result.table
                held |= {point: result.held} if result.held else {}
            done += len(replications)
        if progress is not None:
            progress(done, total)
    if wrong and not pass_over:
        raise ModelError(_told(known.file.file, wrong, len(wanted)))
    played = _read(columns, table, known, dict(sorted(held.items())), choice.name)
    return replace(played, wrong={point: problems[0].message for point, problems in sorted(wrong.items())})


def _cut(wanted: Sequence[Asking], money: Collection[str], parts: int) -> Iterator[tuple[Asking, ...]]:
    """Yield about so many parts of the work; points that differ in `money` inputs alone stay together."""
    whole = wanted[0][2]
    shared = all(replications == whole for _, _, replications in wanted)
    size = min(MOST_REPLICATIONS, max(LEAST_REPLICATIONS, ceil(len(whole) / parts))) if shared else len(whole)
    starts = range(0, len(whole), size)
    many = min(MOST_IN_TASK, max(1, ceil(len(wanted) * len(starts) / parts)))
    alike: dict[object, list[Asking]] = {}
    for asking in wanted:
        rest = frozenset((name, value) for name, value in asking[1].items() if name not in money)
        alike.setdefault(rest if shared else asking[0], []).append(asking)
    for start in starts:
        part: list[Asking] = []
        for together in alike.values():
            for begin in range(0, len(together), MOST_IN_TASK):
                more = together[begin : begin + MOST_IN_TASK]
                part += [(point, values, of[start : start + size]) for point, values, of in more]
                if len(part) >= many:
                    yield tuple(part)
                    part = []
        if part:
            yield tuple(part)


def _check(known: Doubted, values: Iterable[str], costs: Iterable[CostKey], figures: Iterable[str]) -> None:
    """Raise InputError for names of inputs, costs and figures that there are not."""
    keys = [cost_key(*key) for key in product(COST_BASES, PERSPECTIVES, (AFTER, BEFORE))]
    inputs = [one.name for one in known.inputs]
    for what, names, all_of_them in (
        ("input in doubt", values, inputs),
        ("cost", costs, keys),
        ("figure", figures, TERMS),
    ):
        for name in names:
            if name not in all_of_them:
                raise InputError(f'"{name}" is no {what} here{suggestion(name, all_of_them)}')


def _told(file: str, wrong: Mapping[int, Sequence[Problem]], points: int) -> list[Problem]:
    """Return what stands against some points: the first problem of the first of them, and how many there are."""
    named = sorted(wrong.items())[:MOST_NAMED]
    told = [
        Problem(f"point {point}: {problems[0].message}", problems[0].path, problems[0].file or file)
        for point, problems in named
    ]
    more = f"{len(wrong)} of {points} points cannot be played; a range reaches what cannot be: narrow it"
    return [*told, Problem(more, file=file)]


def _read(
    columns: Columns, table: Floats, known: Doubted, held: Mapping[int, Mapping[str, Fraction]], engine: str
) -> PlayedPoints:
    """Return a table (points, replications, alternatives, flows, columns) by what its columns are."""
    by_name = {name: np.ascontiguousarray(table[..., place]) for place, name in enumerate(columns.names)}
    return PlayedPoints(
        known.alternatives,
        known.flows,
        consignments=by_name["consignments"],
        boxes=by_name["boxes"],
        teu=by_name["teu"],
        kg=by_name["kg"],
        value_cny=by_name["value_cny"],
        cost_cny={key: by_name[key] for key in columns.costs},
        figures={name: (by_name[f"{name} above"], by_name[f"{name} below"]) for name in columns.figures},
        held=held,
        engine=engine,
    )
