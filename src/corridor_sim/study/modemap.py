"""Maps the cheapest way of a flow over what its goods are worth and how urgent they are, by repricing alone.

Urgency is the share of the goods' value that a day in transit costs. It stands in the place of all that the scenario
itself says about time (carrying rates, reliability, decay, trade finance), so that one number means the same for every
way. Each way is simulated once. Its costs are straight in value and in urgency, so that the corners of the map tell the
rest; that is checked inside, and more points are priced where it does not hold.

results/<scenario>/modemap-<key>/  summary.json  cells.csv  figures/modemap.png
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import version
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np

from corridor_sim.economics.time_costs import transit_rates
from corridor_sim.errors import InputError
from corridor_sim.evidence.modemap import Map, between, cheapest
from corridor_sim.reading.located import path_text, printable, suggestion
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.answers import csv_bytes, key_of, write_answer
from corridor_sim.study.bundle import RESULTS_VERSION
from corridor_sim.study.design import decimal_of, read_quantity
from corridor_sim.study.evaluate import CONFIDENCE
from corridor_sim.study.figures import Figures
from corridor_sim.study.player import PlayedCase, Player
from corridor_sim.study.summary import PERCENT
from corridor_sim.study.targets import Sides
from corridor_sim.units import HOME_CURRENCY, SECONDS_PER_DAY

KIND, CELLS = "modemap", "cells.csv"
PER_DAY = ("%", "%/day")
KNOTS = 7
"""Values along each axis that are priced where costs are not straight."""
STRAIGHT = 1e-3
"""The largest error of a straight line, as a share of the cost."""
COLUMNS = ("value_cny_per_kg", "urgency_percent_per_day", "alternative", "cost_cny_per_kg", "cheapest", "separated")
Draw = Callable[[Figures], bytes]
Ends = tuple[float, float]
Place = tuple[float, float]
Played = dict[tuple[Hashable, str], PlayedCase]


@dataclass(frozen=True)
class Question:
    """What a map is to show: the flow, the ways (alternatives), CNY/kg and % of value a day, and cells per axis."""

    file: ScenarioFile = field(repr=False)
    flow: str
    ways: tuple[str, ...]
    sides: Sides
    values: Ends
    urgencies: Ends
    cells: int
    seed: int
    replications: int

    def overrides(self, place: Place) -> tuple[str, ...]:
        """Return the `path=value` arguments of a place (CNY/kg, % of value a day)."""
        value, urgency = (decimal_of(Fraction(each)) for each in place)
        money = self.file.base.money
        cleared = ["money.trade_finance=null"] if money.trade_finance is not None else []
        flows = [name for name, flow in self.file.base.flows.items() if flow.decay is not None]
        return (
            f"{path_text(('flows', self.flow, 'value'))}={value} {HOME_CURRENCY}/kg",
            f"money.time_cost={{hummels_schaur: {urgency} %}}",
            "money.reliability={none: true}",
            *cleared,
            *(f"{path_text(('flows', name, 'decay'))}=null" for name in flows),
        )


def ways_of(file: ScenarioFile, flow: str, named: Sequence[str]) -> tuple[str, ...]:
    """Return the alternatives to be compared: those named, else the first on each route of the flow.

    Raises InputError for an unknown flow, and where there is only one way.
    """
    flows = list(file.base.flows)
    if flow not in flows:
        hint = suggestion(flow, flows) or f"; expected one of {', '.join(flows)}"
        raise InputError(f"--flow {printable(flow)}: not known{hint}")
    if named:
        ways = tuple(dict.fromkeys(named))
    else:
        first: dict[str, str] = {}
        for name, scenario in file.alternatives.items():
            first.setdefault(scenario.flows[flow].route, name)
        ways = tuple(first.values())
    if len(ways) <= 1:
        raise InputError(f"--flow {printable(flow)}: all alternatives take one route; name two with --alternatives a,b")
    return ways


def read_ends(option: str, text: str, units: Sequence[str]) -> Ends:
    """Return the ends of a range above zero such as "1 CNY/kg:1000 CNY/kg". Raises InputError."""
    low, sign, high = text.partition(":")
    example = f"expected from:to above 0 in {units[0]}, such as 1 {units[0]}:10 {units[0]}"
    try:
        ends = [read_quantity(low), read_quantity(high)] if sign else []
    except InputError as error:
        raise InputError(f"{option} {printable(text)}: {error.problems[0].message}; {example}") from None
    if not ends or any(end.unit not in units for end in ends) or not 0 < ends[0].number < ends[1].number:
        raise InputError(f"{option} {printable(text)}: {example}")
    return float(ends[0].number), float(ends[1].number)


def mode_map(question: Question, player: Player) -> Figures:
    """Return the summary of a map. Raises InputError and ModelError."""
    corners = (list(question.values), list(question.urgencies))
    checks = [_middle(question, logarithms) for logarithms in (False, True)]
    played = _play(question, player, [*product(*corners), *checks], "corners")
    knots = corners
    if not _straight(question, corners, checks, played):
        knots = (_spread(question.values, KNOTS), _spread(question.urgencies, KNOTS))
        played |= _play(question, player, [*product(*knots)], "inside")
    axes = tuple(np.array(_spread(ends, question.cells)) for ends in (question.values, question.urgencies))
    tops = np.stack([between(knots, _tops(question, way, knots, played), *axes) for way in question.ways])
    bottoms = np.stack([_terms(question, played[next(iter(product(*knots))), way])[1] for way in question.ways])
    return _summary(question, cheapest(tops, bottoms), axes, knots, played)


def _middle(question: Question, logarithms: bool) -> Place:
    """Return the place in the middle of the map, as numbers or as logarithms go."""
    ends = (question.values, question.urgencies)
    value, urgency = (sqrt(low * high) if logarithms else (low + high) / 2 for low, high in ends)
    return value, urgency


def _spread(ends: Ends, count: int) -> list[float]:
    """Return places from end to end, each by the same factor above the last."""
    places = [ends[0] * (ends[1] / ends[0]) ** (part / (count - 1)) for part in range(count)]
    return [ends[0], *places[1:-1], ends[1]]


def _play(question: Question, player: Player, places: Sequence[Place], stage: str) -> Played:
    points: dict[Hashable, tuple[str, ...]] = {place: question.overrides(place) for place in places}
    return player.play(points, question.ways, question.replications, stage)


def _terms(question: Question, case: PlayedCase) -> tuple[Floats, Floats]:
    """Return CNY and kg by replication."""
    top, bottom = zip(*(rep.terms[question.sides.cost()] for rep in case.reps), strict=True)
    return np.array(top).sum(axis=1), np.array(bottom).sum(axis=1)


def _tops(question: Question, way: str, knots: tuple[list[float], list[float]], played: Played) -> Floats:
    """Return CNY by replication and knot."""
    rows = [_terms(question, played[place, way])[0] for place in product(*knots)]
    return np.array(rows).T.reshape(-1, len(knots[0]), len(knots[1]))


def _straight(
    question: Question, corners: tuple[list[float], list[float]], checks: Sequence[Place], played: Played
) -> bool:
    for place, way in product(checks, question.ways):
        x, y = (np.array([each]) for each in place)
        said = between(corners, _tops(question, way, corners, played), x, y).sum()
        right = _terms(question, played[place, way])[0].sum()
        if abs(said - right) > STRAIGHT * abs(right):
            return False
    return True


def _summary(
    question: Question,
    found: Map,
    axes: tuple[Floats, ...],
    knots: tuple[list[float], list[float]],
    played: Played,
) -> Figures:
    file, sides = question.file, question.sides
    rare = sorted({event for case in played.values() for event in case.rare})
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "kind": "modemap",
        "key": _key(question),
        "scenario": {
            "name": file.name,
            "title": dict(file.base.title),
            "question": dict(file.base.question),
            "file": file.file,
        },
        "run": {"seed": question.seed, "replications": question.replications, "confidence": CONFIDENCE},
        "flow": question.flow,
        "cost_base": sides.cost_base,
        "perspective": sides.perspective,
        "ways": [
            {
                "alternative": way,
                "route": file.alternatives[way].flows[question.flow].route,
                "cheapest_share": float((found.best == place).mean()),
                "separated_share": float(((found.best == place) & found.separated).mean()),
            }
            for place, way in enumerate(question.ways)
        ],
        "values": axes[0].tolist(),
        "urgencies": axes[1].tolist(),
        "best": found.best.tolist(),
        "separated": found.separated.tolist(),
        "cost": found.cost.tolist(),
        "own": _own(question),
        "priced": {"places": len({place for place, _ in played}), "straight": len(knots[0]) != KNOTS},
        "notes": [f"{event} was met in too few replications: the map is not resolved" for event in rare],
    }


def _own(question: Question) -> Figures:
    """Return where the flow stands by itself: CNY/kg where its price is per weight, % a day where it does not decay."""
    base = question.file.base
    flow = base.flows[question.flow]
    part = flow.value.parts[0]
    known = len(flow.value.parts) == 1 and part.currency == HOME_CURRENCY and part.per == ("kilogram",)
    rates = sum(transit_rates(base, flow), Fraction(0)) * SECONDS_PER_DAY * PERCENT
    return {
        "value": float(part.amount) if known else None,
        "urgency": float(rates) if flow.decay is None else None,
    }


def _key(question: Question) -> str:
    """Return 16 hex digits that name the question."""
    decisive = {
        "scenario": question.file.name,
        "inputs": {name: question.file.alternatives[name].model_dump(mode="json") for name in question.ways},
        "flow": question.flow,
        "cost": question.sides.cost(),
        "axes": [question.values, question.urgencies, question.cells],
        "run": [question.seed, question.replications],
    }
    return key_of(decisive)


def write_mode_map(summary: Figures, out: Path, draw: Draw) -> Path:
    """Write the table, the picture and at last the summary; return their folder. Raises ResultsError."""
    files = {"figures/modemap.png": draw(summary), CELLS: _table(summary)}
    return write_answer(KIND, summary, out, files)


def _table(summary: Figures) -> bytes:
    return csv_bytes(COLUMNS, _rows(summary))


def _rows(summary: Figures) -> Iterator[tuple[object, ...]]:
    for x, value in enumerate(summary["values"]):
        for y, urgency in enumerate(summary["urgencies"]):
            for place, way in enumerate(summary["ways"]):
                is_best = summary["best"][x][y] == place
                cost = summary["cost"][place][x][y]
                yield value, urgency, way["alternative"], cost, is_best, is_best and summary["separated"][x][y]
