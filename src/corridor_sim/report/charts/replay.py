"""The replay of one replication on the map: where each consignment stands and moves, as data for html/replay.js.

    data["alternatives"][n]["tracks"][m] = [path, release, stay, ride, stay, ride, ..., stay]

`path` is a row of the alternative's `paths`: the place where the goods are released, then their legs in order. The
others are minutes: release since the scenario's start, then how long the goods stay before each leg and ride on it,
and stay after the last. A track that ends early was so when the replication ended. Lengths on the map are counted in
`unit_km`, x to the east and y to the south.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from corridor_sim.report.geography.atlas import Atlas, Leg
from corridor_sim.report.geography.land import land_in
from corridor_sim.report.geography.mercator import Point, mercator
from corridor_sim.report.geography.modes import MODE_COLOURS, MODE_WORDS
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES, Words, say
from corridor_sim.scenario.calendars import parse_clock
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_HOUR

if TYPE_CHECKING:
    import pandas as pd

MOST_TRACKS = 8000
"""Consignments shown, of all alternatives together; of more, every second, third, ..."""
NONE = -1
UNIT_KM = 0.1
SECONDS_PER_MINUTE = 60
MARGIN, LEAST_MARGIN_KM = 0.07, 15.0
FRAMES = (0.6, 3.2)
TELLING = ["consignment", "step", "ready", "start", "end", "resource", "step_name"]
BATCH, BOARD = "batch", "board"
SPEEDS = ((6, "speed_hours"), (24, "speed_day"), (72, "speed_days"), (168, "speed_days"))
"""Hours that pass in a second, and the phrase that says so."""
FIRST_SPEED = 1
TEXTS = (
    "picture", "time", "play", "pause", "speed", "look_at", "whole", "closer", "wider", "delivered", "on_the_way",
    "standing", "not_yet", "how_sized", "schematic", "none", "colon", "space",
)  # fmt: skip


@dataclass(frozen=True)
class Ride:
    """A leg's number and the ticks of its beginning and end; `end` is NONE for one that was still under way."""

    leg: int
    begin: int
    end: int


@dataclass(frozen=True)
class Track:
    """A consignment's way: released at a place, its rides in order, and the tick of its delivery or NONE."""

    origin: str
    release: int
    rides: tuple[Ride, ...]
    delivered: int


def replay_data(run: Run) -> dict[str, Any] | None:
    """Return what html/replay.js shows of replication 0 of each alternative, None where nothing can be shown."""
    atlas = Atlas(run)
    visits = run.tables.get("visits_0")
    if not atlas.places or visits is None or visits.empty:
        return None
    clock = run.scenario()["clock"]
    legs: dict[tuple[Any, ...], int] = {}
    tracks = {name: tracks_of(run, name, atlas, legs) for name in run.names}
    every = max(1, ceil(sum(map(len, tracks.values())) / MOST_TRACKS))
    places = {name: number for number, name in enumerate(atlas.places)}
    alternatives = [_alternative(name, all_of, every, places) for name, all_of in tracks.items()]
    ticks = [tick for all_of in tracks.values() for track in all_of for tick in _ticks(track)]
    window = atlas.window.wider(MARGIN, LEAST_MARGIN_KM)
    land = land_in(window.shaped(*FRAMES).wider(MARGIN), list(atlas.places.values()))
    return {
        "start_ms": round(parse_clock(clock["start"], clock["timezone"]).start.astimezone(UTC).timestamp() * 1000),
        "timezone": clock["timezone"],
        "from": min(ticks, default=0) // SECONDS_PER_MINUTE,
        "to": ceil(max(ticks, default=0) / SECONDS_PER_MINUTE),
        "unit_km": UNIT_KM,
        "window": [*_units((window.west, window.north)), *_units((window.east, window.south))],
        "land": "".join(_outline(polygon) for polygon in land),
        "places": [_units(mercator(*point)) for point in atlas.places.values()],
        "modes": [{"mode": mode, "colour": colour} for mode, colour in MODE_COLOURS.items()],
        "legs": [_leg(atlas, key, places) for key in legs],
        "speeds": [hours * SECONDS_PER_HOUR // SECONDS_PER_MINUTE for hours, _ in SPEEDS],
        "speed": FIRST_SPEED,
        "alternatives": alternatives,
    }


def replay_words(run: Run, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return all texts of a replay, as words, in the order of the lists in its data."""
    day = SECONDS_PER_DAY // SECONDS_PER_HOUR
    return {
        "language": dict(zip(LANGUAGES, LANGUAGES, strict=True)),
        **{key: say(f"map.{key}") for key in TEXTS},
        "speeds": [say(f"map.{key}", count=str(hours // day if hours > day else hours)) for hours, key in SPEEDS],
        "places": [run.name(name) for name in Atlas(run).places],
        "modes": list(MODE_WORDS.values()),
        "shown": [_shown(one) for one in data["alternatives"]],
    }


def _shown(one: Mapping[str, Any]) -> Words:
    """Return which consignments of an alternative are shown."""
    if one["every"] == 1:
        return say("map.all_shown", all=str(one["all"]))
    return say("map.some_shown", every=str(one["every"]), shown=str(len(one["tracks"])), all=str(one["all"]))


def tracks_of(run: Run, alternative: str, atlas: Atlas, legs: dict[tuple[Any, ...], int]) -> list[Track]:
    """Return the tracks of all consignments in replication 0, by their numbers; new legs are added to `legs`.

    A consignment that joined a load goes on as the load's leader does; cargo of others that takes room is left out.
    """
    visits = run.tables["visits_0"]
    visits = visits[visits["alternative"] == alternative]
    steps = {f"{step['route']}/{step['step']}": step for step in _steps(run, alternative)}
    numbers = {}
    for leg in atlas.legs(alternative):
        key = (leg.mode, leg.origin, leg.destination, leg.km)
        numbers[f"{leg.route}/{leg.step}"] = legs.setdefault(key, len(legs))
    arrivals = _arrivals(run, alternative)
    boards = _boardings(visits, {name for name, step in steps.items() if step["kind"] == BOARD})
    loads = {name for name, step in steps.items() if step["kind"] == BATCH}
    own: dict[int, list[Any]] = {}
    telling = _telling(visits, loads | numbers.keys())
    for number, row in zip(telling["consignment"].tolist(), telling.itertuples(index=False), strict=True):
        own.setdefault(number, []).append(row)
    found = []
    for rows in own.values():
        whole = _with_leader(rows, own, loads)
        rides = (_ride(row, steps[row.step_name], numbers, boards, arrivals) for row in whole if row.step_name in steps)
        last = whole[-1]
        delivered = NONE if NONE in (last.start, last.end) else int(last.end)
        origin = steps[rows[0].step_name]["origin"] if rows[0].step_name in steps else ""
        if origin in atlas.places:
            found.append(Track(origin, int(rows[0].ready), tuple(ride for ride in rides if ride), delivered))
    return found


def _steps(run: Run, alternative: str) -> Sequence[Mapping[str, Any]]:
    return next(one["steps"] for one in run.alternatives if one["name"] == alternative)


def _arrivals(run: Run, alternative: str) -> list[int]:
    """Return by departure when it was let in at its destination, NONE where it was not."""
    table = run.tables.get("departures_0")
    return [] if table is None else table.loc[table["alternative"] == alternative, "arrived"].tolist()


def _telling(visits: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    """Return each consignment's first and last visit and those of the named steps."""
    numbers = visits["consignment"]
    ends = (numbers != numbers.shift()) | (numbers != numbers.shift(-1))
    return visits.loc[ends | visits["step_name"].isin(names), TELLING]


def _boardings(visits: pd.DataFrame, names: set[str]) -> set[int]:
    """Return the instructions that are rides: the first of each boarding step that holds no units, as a gate does."""
    rides = visits[visits["step_name"].isin(names) & (visits["units"] == 0) & (visits["start"] != NONE)]
    return set(rides.groupby("step_name")["step"].min().tolist())


def _with_leader(rows: Sequence[Any], own: Mapping[int, Sequence[Any]], loads: set[str]) -> Sequence[Any]:
    """Return a consignment's visits and, after it joined a load, those of the load's leader."""
    last = rows[-1]
    if last.step_name not in loads or last.end == NONE or last.resource in (NONE, last.consignment):
        return rows
    leader = _with_leader(own[last.resource], own, loads)
    joined = next(
        (at for at, row in enumerate(leader) if row.step == last.step and row.end == last.end), len(leader) - 1
    )
    return [*rows, *leader[joined + 1 :]]


def _ride(
    row: Any, step: Mapping[str, Any], numbers: Mapping[str, int], boards: set[int], arrivals: Sequence[int]
) -> Ride | None:
    """Return the ride that a visit is, None for one that stays where it is or has not begun."""
    leg = numbers.get(row.step_name)
    if leg is None or row.start == NONE:
        return None
    if step["kind"] != BOARD:
        return Ride(leg, int(row.start), int(row.end))
    if row.step not in boards:
        return None
    arrived = arrivals[row.resource] if 0 <= row.resource < len(arrivals) else NONE
    known = [tick for tick in (arrived, row.end) if tick != NONE]
    return Ride(leg, int(row.start), int(max(row.start, min(known))) if known else NONE)


def _ticks(track: Track) -> Iterable[int]:
    """Return the ticks of all that happened to a consignment."""
    ends = (tick for ride in track.rides for tick in (ride.begin, ride.end))
    return (tick for tick in (track.release, *ends, track.delivered) if tick != NONE)


def _alternative(name: str, tracks: Sequence[Track], every: int, places: Mapping[str, int]) -> dict[str, Any]:
    """Return the tracks of an alternative that are shown, paths told once."""
    paths: dict[tuple[int, ...], int] = {}
    rows = []
    for track in tracks[::every]:
        path = (places[track.origin], *(ride.leg for ride in track.rides))
        minutes = [tick // SECONDS_PER_MINUTE for tick in _ticks(track)]
        steps = (after - before for before, after in pairwise(minutes))
        rows.append([paths.setdefault(path, len(paths)), minutes[0], *steps])
    return {"name": name, "paths": [list(path) for path in paths], "tracks": rows, "every": every, "all": len(tracks)}


def _leg(atlas: Atlas, key: tuple[Any, ...], places: Mapping[str, int]) -> dict[str, Any]:
    """Return a leg's ends, mode and line; the line as a point and steps from each point to the next."""
    mode, origin, destination, km = key
    line = [_units(point) for point in atlas.line(Leg("", "", mode, origin, destination, km, 0.0, {}))]
    steps = [[x - px, y - py] for (px, py), (x, y) in pairwise(line)]
    modes = list(MODE_COLOURS)
    return {
        "ends": [places[origin], places[destination]],
        "mode": modes.index(mode) if mode in modes else NONE,
        "line": [part for point in (line[0], *steps) for part in point],
    }


def _units(point: Point) -> list[int]:
    """Return a point of the plane in units to the east and south."""
    return [round(point[0] / UNIT_KM), round(-point[1] / UNIT_KM)]


def _outline(polygon: Sequence[Point]) -> str:
    """Return a polygon as a path of SVG."""
    points = [_units(point) for point in polygon]
    (x, y), *rest = points
    steps = []
    for to_x, to_y in rest:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps).replace(' -', '-')}z" if steps else ""
