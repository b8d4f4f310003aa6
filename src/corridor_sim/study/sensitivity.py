"""Asks which inputs in doubt move a figure, and how far: plays what a screening asks for, and tells what it found.

tornado: each input alone at its low and high end; morris: elementary effects along trajectories, each input evenly over
its range; sobol: shares of the variance, each input by its law over its range. All points have the same draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version

import numpy as np

from corridor_sim.errors import InputError, ModelError, Problem
from corridor_sim.evidence.design import at_shares, at_uniforms, coordinates_of
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.screening import (
    TRAJECTORIES,
    MorrisPlan,
    SobolPlan,
    TornadoPlan,
    plan_morris,
    plan_sobol,
    plan_tornado,
)
from corridor_sim.network.usage import values_in_use
from corridor_sim.reading.located import printable, suggestion
from corridor_sim.scenario.doubts import Doubt, Values, dotted
from corridor_sim.study.bundle import RESULTS_VERSION
from corridor_sim.study.claim_known import softest
from corridor_sim.study.doubt import Doubted, PlayedPoints, play_at
from corridor_sim.study.evaluate import CONFIDENCE
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.kinds import Method
from corridor_sim.study.player import Player
from corridor_sim.study.response import Response

BASE = 256
"""Base points of Sobol indices unless told otherwise."""
FEW_REPLICATIONS = 10
"""Replications of a point of morris and sobol unless told otherwise: they have many points on the same draws."""
SIZES = {Method.TORNADO: 0, Method.MORRIS: TRAJECTORIES, Method.SOBOL: BASE}
LONGEST_NAME = 80


@dataclass(frozen=True)
class Question:
    """What is asked: of which alternatives and inputs, about which figure, how.

    `size`: trajectories of morris, base points of sobol, 0 for a tornado.
    """

    known: Doubted
    inputs: tuple[Doubt, ...]
    response: Response
    method: Method
    size: int
    seed: int
    replications: int

    @property
    def names(self) -> tuple[str, ...]:
        """The coordinates, each a group of inputs or a single one."""
        return tuple(coordinates_of(self.inputs))

    @property
    def points(self) -> int:
        """How many points it takes, the stated one included."""
        count = len(self.names)
        match self.method:
            case Method.TORNADO:
                return 1 + (1 + 1) * count
            case Method.MORRIS:
                return 1 + self.size * (count + 1)
            case Method.SOBOL:
                return 1 + self.size * (count + 1 + 1)

    @cached_property
    def plan(self) -> TornadoPlan | MorrisPlan | SobolPlan:
        """What the method asks for."""
        match self.method:
            case Method.TORNADO:
                return plan_tornado(self.names, middle=np.nan)
            case Method.MORRIS:
                return plan_morris(self.names, self.size, self.seed)
            case Method.SOBOL:
                return plan_sobol(self.names, self.size, self.seed)

    def values(self) -> list[Values]:
        """Return the values of the inputs at each point, first what is stated; those left out are as stated."""
        points = self.plan.points
        match self.method:
            case Method.TORNADO:
                return [self._at_shares(row) for row in points]
            case Method.MORRIS:
                return [{}, *(self._at_shares(row) for row in points)]
            case Method.SOBOL:
                design = at_uniforms(self.inputs, points)
                return [{}, *map(design.at, range(len(points)))]

    def _at_shares(self, row: np.ndarray) -> Values:
        shares = zip(self.names, row.tolist(), strict=True)
        return at_shares(self.inputs, {name: share for name, share in shares if np.isfinite(share)})


def inputs_asked(known: Doubted, names: Sequence[str]) -> tuple[Doubt, ...]:
    """Return the inputs in doubt of some coordinates, of all if none is named.

    Raises InputError for a name of none, and where nothing has a range.
    """
    coordinates = coordinates_of(known.inputs)
    if not coordinates:
        raise InputError(Problem("no value that is in use has a range; give at least one", file=known.file.file))
    problems = [_not_in_doubt(known, name) for name in names if name not in coordinates]
    if problems:
        raise InputError(problems)
    return tuple(one for one in known.inputs if not names or one.coordinate in names)


def _not_in_doubt(known: Doubted, name: str) -> Problem:
    """Return why a name is no coordinate."""
    label = f"--inputs {printable(name, LONGEST_NAME)}"
    members = {one.name: one.group for one in known.inputs if one.group}
    if name in members:
        return Problem(f'moves with the group "{printable(members[name])}": name that', file=label)
    values = [each for one in known.scenarios.values() for each in values_in_use(one)]
    if name in {text for path, value in values for text in (dotted(path), value.provenance.param)}:
        return Problem("has no range; give it one, such as range: [low, high]", file=label)
    both = " or ".join(map(printable, known.alternatives))
    hint = suggestion(name, coordinates_of(known.inputs))
    return Problem(f"no input with a range that {both} uses{hint}", file=label)


def sensitivity(question: Question, player: Player) -> Figures:
    """Return the summary: every input with what it does to the figure, the strongest first. Raises ModelError."""
    known, response = question.known, question.response
    stated = player.play({"stated": ()}, known.alternatives, question.replications, "as stated")
    rare = list(dict.fromkeys(event for case in stated.values() for event in case.rare))
    played = play_at(
        known,
        question.values(),
        question.replications,
        response.costs,
        question.seed,
        player.executor,
        lambda done, total: player.progress(question.method.value, done, total),
        figures=response.figures,
        engine=player.engine,
        tell=player.say,
        pass_over=True,
    )
    if 0 in played.wrong:
        raise ModelError(Problem(played.wrong[0], file=known.file.file))
    told = _Told(question, played, not rare)
    return {
        **_asked(question),
        "stated": told.figure(response.at(played, 0)),
        "inputs": _rows(told),
        "left_out": len(coordinates_of(known.inputs)) - len(question.names),
        "notes": [
            *(f"{event} was met in too few replications" for event in rare),
            *_held(played),
        ],
    }


@dataclass(frozen=True)
class _Told:
    """What was played for a question; `resolved`: every closure and outage was met often enough."""

    question: Question
    played: PlayedPoints
    resolved: bool

    def figure(self, estimate: Estimate, unit: str = "") -> Figures:
        """Return an estimate as figures, by default in the unit of the response."""
        marked = estimate if self.resolved else replace(estimate, resolved=False)
        return figure(marked, unit or self.question.response.unit)


def _rows(told: _Told) -> list[Figures]:
    question = told.question
    plan = question.plan
    if isinstance(plan, TornadoPlan):
        return _bars(told, plan)
    known = [question.response.at(told.played, point) for point in range(1, question.points)]
    answers = [each.value for each in known]
    lacking = [each for each in known if not np.isfinite(each.value)]
    if lacking:
        reason = f"at {len(lacking)} of {len(known)} points {lacking[0].method}"
        return [_row(question, name, _nothing(told, plan, reason)) for name in question.names]
    if isinstance(plan, MorrisPlan):
        return [
            _row(
                question,
                each.name,
                {
                    "mean_size": told.figure(each.mean_size),
                    "mean": told.figure(Estimate(each.mean, None, None, question.size, each.mean_size.method)),
                    "spread": told.figure(Estimate(each.spread, None, None, question.size, each.mean_size.method)),
                },
            )
            for each in plan.effects(answers)
        ]
    return [
        _row(
            question,
            each.name,
            {"first": told.figure(each.first, "share"), "total": told.figure(each.total, "share")},
        )
        for each in plan.indices(answers)
    ]


def _bars(told: _Told, plan: TornadoPlan) -> list[Figures]:
    response, played = told.question.response, told.played
    _, bars = plan.bars([response.at(played, point) for point in range(len(plan.points))])
    low_end = {name: 1 + (1 + 1) * place for place, name in enumerate(plan.names)}
    return [
        _row(
            told.question,
            bar.name,
            {
                "at_low": told.figure(bar.at_low),
                "at_high": told.figure(bar.at_high),
                "change": told.figure(response.change(played, low_end[bar.name], low_end[bar.name] + 1)),
            },
        )
        for bar in bars
    ]


def _nothing(told: _Told, plan: MorrisPlan | SobolPlan, reason: str) -> dict[str, Figures]:
    names = ("mean_size", "mean", "spread") if isinstance(plan, MorrisPlan) else ("first", "total")
    missing = Estimate(float("nan"), None, None, told.question.size, reason)
    return {name: told.figure(missing, "" if isinstance(plan, MorrisPlan) else "share") for name in names}


def _row(question: Question, name: str, found: dict[str, Figures]) -> Figures:
    """Return what a reader has to know of a coordinate, and what it does."""
    members = [one for one in question.inputs if one.coordinate == name]
    return {
        "input": name,
        "members": [one.name for one in members],
        "grade": softest([one.grade for one in members]),
        "price_only": all(one.is_money for one in members),
        "ranges": [
            {
                "input": one.name,
                "low": float(one.low),
                "stated": float(one.mode),
                "high": float(one.high),
                "unit": one.unit,
            }
            for one in members
        ],
        "found": found,
    }


def _held(played: PlayedPoints) -> list[str]:
    """Return what had to be held at what can be loaded."""
    counts: dict[str, int] = {}
    for held in played.held.values():
        for name in held:
            counts[name] = counts.get(name, 0) + 1
    return [f"{name} was held at what can be loaded at {count} point(s)" for name, count in counts.items()]


def _asked(question: Question) -> Figures:
    file, response = question.known.file, question.response
    sides = response.sides
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "kind": "sensitivity",
        "scenario": {
            "name": file.name,
            "title": dict(file.base.title),
            "question": dict(file.base.question),
            "file": file.file,
        },
        "run": {"seed": question.seed, "replications": question.replications, "confidence": CONFIDENCE},
        "method": question.method.value,
        "size": question.size,
        "points": question.points,
        "figure": {
            "name": response.name,
            "unit": response.unit,
            "of": sides.of,
            "against": sides.against,
            "cost_base": sides.cost_base,
            "perspective": sides.perspective,
            "scope": list(sides.scope),
        },
    }
