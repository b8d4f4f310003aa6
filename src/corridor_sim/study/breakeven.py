"""Runs a break-even: plays the points that the search asks for, and writes what it found.

results/<scenario>/breakeven-<key>/  summary.json  points.csv  figures/breakeven.png
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from corridor_sim.errors import InputError
from corridor_sim.evidence.breakeven import Edge, Search, Stretch
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.precision import Precision, next_round
from corridor_sim.reading.located import printable
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.answers import csv_bytes, key_of, write_answer
from corridor_sim.study.bundle import RESULTS_VERSION
from corridor_sim.study.design import read_quantity
from corridor_sim.study.evaluate import CONFIDENCE
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.goals import POINTS
from corridor_sim.study.player import PlayedCase, Player
from corridor_sim.study.summary import PERCENT
from corridor_sim.study.targets import Reach, Sides
from corridor_sim.study.vary import NUMBER, Varied

KIND = "breakeven"
POINTS_TABLE = "points.csv"
GRID_POINTS = 9
FEWEST_POINTS, MOST_POINTS = 3, 200
MOST_GROWTH_ROUNDS = 6
COLUMNS = ("value", "number", "figure", "low", "high", "unit", "n", "resolved", "holds")
PARTS_OF_EXAMPLE = 50
"""The width that a message suggests, as a part of the range."""
_PER_CENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")
Draw = Callable[[Figures], bytes]


@dataclass(frozen=True)
class Goal:
    """How well a break-even has to be known, as it was asked, with at most `cap` replications."""

    precision: Precision
    words: str
    cap: int


@dataclass(frozen=True)
class Question:
    """What a break-even is to find out; `points` the values of the coarse grid."""

    file: ScenarioFile = field(repr=False)
    varied: Varied
    reach: Reach
    sides: Sides
    seed: int
    replications: int
    points: int = GRID_POINTS
    goal: Goal | None = None


@dataclass
class _Found:
    """What was found so far, and what a reader must know of it."""

    search: Search
    replications: int
    rare: dict[str, int] = field(default_factory=dict)
    models: set[str] = field(default_factory=set)
    played: int = 0


def goal_of(words: str, varied: Varied, cap: int, replications: int) -> Goal:
    """Return the goal of `--precision words`, a width of the break-even itself. Raises InputError."""
    example = varied.quantity.at(Fraction(varied.high - varied.low) / PARTS_OF_EXAMPLE)
    expected = f'expected a share of the value such as "10%", or an amount such as "{example}"'
    label = f"--precision {printable(words)}"
    if varied.listed is not None:
        raise InputError(f"{label}: is for a range; listed values are known as they are")
    if cap < replications:
        raise InputError(f"--cap {cap}: less than the {replications} replications to begin with")
    share = _PER_CENT.fullmatch(words)
    try:
        given = read_quantity(share[1] if share else words)
    except InputError as error:
        raise InputError(f"{label}: {error.problems[0].message}; {expected}") from None
    points = POINTS if varied.unit == "%" else varied.unit.replace(" ", "")
    if (not share and given.unit not in (points, varied.quantity.unit)) or given.number <= 0:
        raise InputError(f"{label}: {expected}")
    amount = float(given.number)
    return Goal(Precision(amount / PERCENT if share else amount, relative=bool(share)), words, cap)


def break_even(question: Question, player: Player) -> Figures:
    """Return the summary of a break-even. Raises InputError and ModelError."""
    count = question.replications
    found = _search(question, player, count)
    for _ in range(MOST_GROWTH_ROUNDS if question.goal is not None else 0):
        wanted = _next(question, found)
        if wanted == count:
            break
        count = wanted
        found = _search(question, player, count)
    return _summary(question, found, player)


def _next(question: Question, found: _Found) -> int:
    goal = question.goal
    estimates = [_as_estimate(edge, found.replications) for edge in _edges(found.search.stretches())]
    if goal is None or not estimates:
        return found.replications
    return next_round(goal.precision, estimates, found.replications, goal.cap)


def _edges(stretches: tuple[Stretch, ...]) -> list[Edge]:
    return [edge for each in stretches for edge in (each.start, each.stop) if edge is not None]


def _as_estimate(edge: Edge, n: int) -> Estimate:
    ends = (edge.low, edge.high) if edge.has_interval else (None, None)
    return Estimate(edge.value, *ends, n, "where the ends of the interval reach the target")


def _search(question: Question, player: Player, replications: int) -> _Found:
    varied, sides = question.varied, question.sides
    names = [sides.of, sides.against] if question.reach.paired else [sides.of]
    search = Search(question.reach.target, varied.grid(question.points), varied.step)
    found = _Found(search, replications)
    rounds = 0
    while places := search.ask():
        rounds += 1
        overrides: dict[Hashable, tuple[str, ...]] = {place: (varied.override(place),) for place in places}
        cases = player.play(overrides, names, replications, f"round {rounds}")
        for place in places:
            search.tell(place, _estimate(question, cases, place, found))
        found.played += len(cases)
        found.models |= {case.model for case in cases.values()}
    return found


def _estimate(
    question: Question, cases: Mapping[tuple[Hashable, str], PlayedCase], place: float, found: _Found
) -> Estimate:
    sides, wanted = question.sides, question.reach.wanted
    of = cases[place, sides.of]
    against = cases.get((place, sides.against), of)
    estimate = wanted.estimate(of.reps, against.reps, is_baseline=not question.reach.paired)
    if estimate is None:
        raise InputError(f"--target {wanted.name}: {sides.of} has no such figure in this scenario")
    rare = {*of.rare, *against.rare}
    for event in rare:
        found.rare[event] = found.rare.get(event, 0) + 1
    return replace(estimate, resolved=estimate.resolved and not rare)


def _summary(question: Question, found: _Found, player: Player) -> Figures:
    file, varied, reach, sides, search = question.file, question.varied, question.reach, question.sides, found.search
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "kind": "breakeven",
        "key": _key(question),
        "scenario": {
            "name": file.name,
            "title": dict(file.base.title),
            "question": dict(file.base.question),
            "file": file.file,
        },
        "run": {"seed": question.seed, "replications": found.replications, "confidence": CONFIDENCE},
        "vary": {
            "path": varied.path,
            "template": None if varied.template == NUMBER else varied.template,
            "low": varied.low,
            "high": varied.high,
            **_words_around(varied),
            "step": varied.step if varied.listed is None else None,
            "listed": None if varied.listed is None else [list(each) for each in varied.listed.items()],
        },
        "target": {
            "words": reach.words,
            "figure": reach.wanted.name,
            "level": reach.target.level,
            "at_least": reach.target.at_least,
            "unit": reach.wanted.unit,
            "of": sides.of,
            "against": sides.against if reach.paired else None,
            "cost_base": sides.cost_base,
            "perspective": sides.perspective,
            "scope": list(sides.scope),
        },
        "holds": [{"start": _edge_figure(each.start), "stop": _edge_figure(each.stop)} for each in search.stretches()],
        "closest": _point(question, search.closest(), search),
        "weakest": _point(question, search.weakest(), search),
        "points": [_point(question, place, search) for place in sorted(search.found)],
        "precision": _precision_figure(question, found),
        "simulated": {"cases": found.played, "programs": len(found.models)},
        "notes": [
            f"{event} was met in too few replications: {count} of {len(search.found)} points are not resolved"
            for event, count in found.rare.items()
        ],
    }


def _words_around(varied: Varied) -> Figures:
    """Return what stands before and after a number as a reader sees it."""
    if varied.template == NUMBER:
        return {"before": varied.quantity.before, "after": varied.quantity.after, "unit": varied.unit}
    return {"before": "", "after": f" {varied.unit}".rstrip(), "unit": varied.unit}


def _edge_figure(edge: Edge | None) -> Figures | None:
    if edge is None:
        return None
    return {"value": edge.value, "low": edge.low, "high": edge.high, "has_interval": edge.has_interval}


def _point(question: Question, place: float, search: Search) -> Figures:
    wanted = question.reach.wanted
    return {
        "value": question.varied.value(place),
        "number": place,
        "holds": search.holds(place),
        "figure": figure(search.found[place], wanted.unit),
    }


def _precision_figure(question: Question, found: _Found) -> Figures | None:
    goal = question.goal
    if goal is None:
        return None
    edges = _edges(found.search.stretches())
    missed = [edge.value for edge in edges if not goal.precision.reached(_as_estimate(edge, found.replications))]
    return {"asked": goal.words, "cap": goal.cap, "not_reached": missed}


def _key(question: Question) -> str:
    """Return 16 hex digits that name the question: inputs, what varies, the target, seed and replications."""
    sides, varied, target = question.sides, question.varied, question.reach.target
    decisive = {
        "scenario": question.file.name,
        "inputs": {
            name: question.file.alternatives[name].model_dump(mode="json") for name in (sides.of, sides.against)
        },
        "vary": [varied.path, varied.template, varied.value(varied.low), varied.value(varied.high), question.points],
        "listed": list(varied.listed.values()) if varied.listed is not None else [],
        "target": [question.reach.wanted.of, question.reach.wanted.how, target.level, target.at_least],
        "scope": list(sides.scope),
        "run": [question.seed, question.replications, None if question.goal is None else question.goal.words],
    }
    return key_of(decisive)


def write_break_even(summary: Figures, out: Path, draw: Draw) -> Path:
    """Write the table, the picture and at last the summary; return their folder. Raises ResultsError."""
    files = {"figures/breakeven.png": draw(summary), POINTS_TABLE: _table(summary)}
    return write_answer(KIND, summary, out, files)


def _table(summary: Figures) -> bytes:
    return csv_bytes(COLUMNS, _rows(summary))


def _rows(summary: Figures) -> Iterator[tuple[object, ...]]:
    for point in summary["points"]:
        found = point["figure"]
        row = (found["value"], found["low"], found["high"], found["unit"], found["n"], found["resolved"])
        yield point["value"], point["number"], *row, point["holds"]
