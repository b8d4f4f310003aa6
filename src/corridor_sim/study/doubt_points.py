"""What a worker does for a study of doubt: rewrite, lower, simulate, price and measure alternatives at points.

It gets the resolved scenarios once and the values of each point. A point is a pure function of its values, the seed and
the numbers of its replications.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice
from pickle import loads

import numpy as np

from corridor_sim.economics.checks import check_money
from corridor_sim.errors import CorridorSimError, ModelError, Problem
from corridor_sim.metrics.kpis import COST_PER_BOX, Replication
from corridor_sim.network.feasible import check_runs
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Distribution, Floats
from corridor_sim.scenario.doubts import Rewriter, Values
from corridor_sim.scenario.fitting import Fitting
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import forget_programs
from corridor_sim.study.play import FlowSums, readers_of, settle_flows, without_looking_for_cycles
from corridor_sim.study.simulate import simulate

CostKey = str
"""Cost base, perspective, and after or before subsidies: "total_logistics/chain/after" (see `sums.cost_key`)."""

TERMS = (
    "transit_mean", "on_time", "undelivered", "lateness_mean", "customs_hours", "missed_cutoffs", "missed_cutoff_hours",
    "no_room", "no_room_hours", "cancelled", "cancelled_hours", "emissions", "unsaleable",
)  # fmt: skip
"""KPIs that are ratios of sums by flow, and so can be kept."""


@dataclass(frozen=True)
class Asked:
    """What every task is about: scenarios and their doubts on their way to workers, and what to keep."""

    packed: bytes = field(repr=False)
    flows: tuple[str, ...]
    costs: tuple[CostKey, ...]
    figures: tuple[str, ...]
    seed: int
    engine: str
    noise: bool


@dataclass(frozen=True)
class Task:
    """Points to play: number, values and replications of each."""

    asked: Asked
    points: tuple[tuple[int, Values, range], ...]


@dataclass(frozen=True)
class Columns:
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


@dataclass(frozen=True)
class Point:
    """What one point gave: float64[replications, alternatives, flows, columns], and the inputs that were held."""

    table: Floats
    held: Mapping[str, Fraction]


@dataclass(frozen=True)
class Failed:
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


def play_points(task: Task) -> list[Point | Failed]:
    with without_looking_for_cycles():
        return _played(task)


def _played(task: Task) -> list[Point | Failed]:
    asked, shop = task.asked, _shop(task.asked.packed)
    columns = len(Columns(asked.costs, asked.figures).names)
    found: list[Point | Failed] = []
    groups: list[_Group] = []
    for place, (_, values, replications) in enumerate(task.points):
        if groups and groups[0].replications != replications:
            _play_groups(groups, asked, found)
            groups = []
        try:
            made, held = shop.lowered(values)
        except CorridorSimError as error:
            found.append(Failed(error.problems))
            continue
        shape = (len(replications), len(made), len(asked.flows), columns)
        found.append(Point(np.zeros(shape), held))
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


def _play_groups(groups: Iterable[_Group], asked: Asked, found: list[Point | Failed]) -> None:
    """Play and write down what groups give; a member that fails takes its whole point with it."""
    columns = Columns(asked.costs, asked.figures)
    for group in groups:
        try:
            for member, place, rows in _rows(group, asked, columns):
                point = found[member.point]
                if isinstance(point, Point):
                    names = member.lowered.flow_order
                    point.table[place, member.alternative, [asked.flows.index(name) for name in names]] = rows
        except CorridorSimError as error:
            for member in group.members:
                found[member.point] = Failed(error.problems)
    forget_programs()


def _rows(group: _Group, asked: Asked, columns: Columns) -> Iterator[tuple[_Member, int, Floats]]:
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
