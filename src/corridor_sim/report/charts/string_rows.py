"""What a string-line diagram shows of one alternative: its places, departures, and the paths of our consignments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.program import MEASURES, NONE, DepartureState
from corridor_sim.report.charts.base import ALTERNATIVE
from corridor_sim.report.charts.moments import Span, minutes
from corridor_sim.report.run import Run

if TYPE_CHECKING:
    import pandas as pd

MOST_DEPARTURES = 1200
MOST_PATHS = 80
LEAST_GAP = 0.085
"""Of the height of the picture, between neighbours on the way."""
TEU = f"own_{MEASURES[0]}"
NOT_RUN = (DepartureState.CANCELLED, DepartureState.TOO_LIGHT, DepartureState.HELD_TOO_LONG)
BOARD, LANE = "board", "lane"
DEPARTURE_COLUMNS = ("service_name", "scheduled", "state", "actual", "arrived", TEU)
VISIT_COLUMNS = ("consignment", "step_name", "ready", "start", "end")


@dataclass(frozen=True)
class Way:
    """The main route of an alternative: its places in order and how high each stands, from 0 to 1.

    `legs` are (from, to) heights by step; `boards` (service, from, to) of those that go by a timetable.
    """

    route: str
    places: tuple[str, ...]
    heights: tuple[float, ...]
    legs: Mapping[str, tuple[float, float]]
    boards: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Departures:
    """Departures of a service on the way, in minutes: those that ran and arrived, and those that did not run."""

    service: str
    origin: float
    destination: float
    scheduled: list[int]
    left: list[int]
    arrived: list[int]
    teu: list[float]
    not_run: list[int]


@dataclass(frozen=True)
class Strings:
    """What is shown of an alternative until the tick `end`: `paths` of every `every`th of `loads`, (minute, height)."""

    way: Way
    departures: list[Departures]
    paths: dict[int, list[tuple[int, float]]]
    loads: int
    every: int
    end: int


def strings_of(run: Run, alternative: Mapping[str, Any], span: Span) -> Strings | None:
    """Return what is shown of an alternative; None where nothing goes anywhere."""
    way = way_of(run, alternative)
    if way is None:
        return None
    table = rows_of(run.tables["departures_0"], alternative["name"], DEPARTURE_COLUMNS)
    services = {service for service, _, _ in way.boards}
    table = table[table["service_name"].isin(services) & (table["scheduled"] >= span.begin)]
    end = end_of(table["scheduled"].sort_values().tolist(), span)
    table = table[table["scheduled"] < end]
    departures = [_departures(table[table["service_name"] == board[0]], board) for board in way.boards]
    found = paths_of(rows_of(run.tables["visits_0"], alternative["name"], VISIT_COLUMNS), way, span.begin, end)
    every = max(1, -(-len(found) // MOST_PATHS))
    kept = {consignment: found[consignment] for consignment in list(found)[::every]}
    return Strings(way, departures, kept, len(found), every, end)


def rows_of(table: pd.DataFrame, alternative: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of the rows of an alternative."""
    ours: pd.DataFrame = table.loc[(table[ALTERNATIVE] == alternative).to_numpy(), list(columns)]
    return ours


def way_of(run: Run, alternative: Mapping[str, Any]) -> Way | None:
    """Return the main route of an alternative, without the lanes that only some take; None if it leads nowhere."""
    route = alternative["main_route"]
    steps = run.scenario(alternative["name"]).get("routes", {}).get(route, {}).get("steps", {})
    legs = [
        step
        for step in alternative["steps"]
        if step["route"] == route and not step[LANE] and step["origin"] != step["destination"]
    ]
    if not legs:
        return None
    kms = [legs[0]["km_from"], *(step["km_to"] for step in legs)]
    heights = heights_of(kms)
    between = {step["step"]: (heights[place], heights[place + 1]) for place, step in enumerate(legs)}
    boards = [(steps[name][BOARD], *ends) for name, ends in between.items() if BOARD in steps.get(name, {})]
    places = (legs[0]["origin"], *(step["destination"] for step in legs))
    return Way(route, places, heights, between, tuple(boards))


def heights_of(kms: Sequence[float]) -> tuple[float, ...]:
    """Return how high places stand from 0 to 1: as far apart as their km, but no closer than the least gap."""
    lengths = [max(0.0, end - begin) for begin, end in pairwise(kms)]
    least = min(LEAST_GAP, 1 / len(lengths))
    gaps = [length / (sum(lengths) or 1.0) for length in lengths]
    while True:
        short = [gap <= least for gap in gaps]
        room = 1 - least * sum(short)
        long_km = sum(length for length, is_short in zip(lengths, short, strict=True) if not is_short)
        new = [least if is_short else room * length / long_km for length, is_short in zip(lengths, short, strict=True)]
        if new == gaps or all(short):
            break
        gaps = new
    total = sum(new)
    return (0.0, *(sum(new[: place + 1]) / total for place in range(len(new))))


def end_of(scheduled: Sequence[int], span: Span) -> int:
    """Return until when departures (rising ticks) are shown: the measured window, cut where there are too many."""
    inside = [tick for tick in scheduled if tick < span.end]
    return inside[MOST_DEPARTURES] if len(inside) > MOST_DEPARTURES else span.end


def _departures(table: pd.DataFrame, board: tuple[str, float, float]) -> Departures:
    ran = table[(table["state"] == DepartureState.RAN) & (table["arrived"] != NONE)]
    fallen = table[table["state"].isin([int(state) for state in NOT_RUN])]
    return Departures(
        *board,
        minutes(ran["scheduled"]),
        minutes(ran["actual"]),
        minutes(ran["arrived"]),
        [round(float(teu), 1) for teu in ran[TEU]],
        minutes(fallen["scheduled"]),
    )


def paths_of(visits: pd.DataFrame, way: Way, begin: int, end: int) -> dict[int, list[tuple[int, float]]]:
    """Return the (minute, height) of consignments that leave on the way within [begin, end), by the first such leg.

    Those that travel in somebody else's load have no legs of their own and so no path.
    """
    steps = {f"{way.route}/{step}": ends for step, ends in way.legs.items()}
    moves = visits[visits["step_name"].isin(steps) & (visits["start"] != NONE) & (visits["end"] > visits["start"])]
    paths: dict[int, list[tuple[int, float]]] = {}
    columns = (moves[name].tolist() for name in ("consignment", "step_name", "start", "end"))
    for consignment, step, left, arrived in zip(*columns, strict=True):
        path = paths.setdefault(consignment, [])
        path += [(left, steps[step][0]), (arrived, steps[step][1])]
    chosen = {who: path for who, path in paths.items() if begin <= path[0][0] < end}
    ours = visits[visits["consignment"].isin(chosen)].groupby("consignment")
    first, last = ours["ready"].min().to_dict(), ours[["start", "end"]].max().max(axis=1).to_dict()
    return {
        who: _simple([(first[who], path[0][1]), *path, (last[who], path[-1][1])])
        for who, path in sorted(chosen.items(), key=lambda item: (item[1][0][0], item[0]))
    }


def _simple(path: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return a path in minutes without the points that stand on a level line between their neighbours."""
    points = [(minute, height) for (tick, height) in path for minute in minutes([tick])]
    kept: list[tuple[int, float]] = []
    for point in points:
        if len(kept) > 1 and kept[-1][1] == kept[-2][1] == point[1]:
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept
