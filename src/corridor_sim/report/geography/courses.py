"""Where a leg is drawn: along sea lanes, the Yangtze or trunk railways (data/courses.json), or by the shortest way.

Courses are for drawing only: hours, distances and costs of a leg come from its scenario.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import heappop, heappush
from importlib.resources import files
from itertools import combinations, pairwise
from math import atan2, cos, degrees, hypot, pi, radians, sin
from typing import Any

from corridor_sim.report.geography.mercator import (
    EARTH_RADIUS_KM,
    Point,
    distance_km,
    lengths_along,
    mercator,
    nearest_turn,
)

AIR = "air"
GREAT_CIRCLE_FROM_KM = 800.0
"""Flights from this length on are drawn along the great circle, others straight."""
DIRECT_UP_TO_KM = 150.0
"""Nobody needs waypoints for shorter legs."""
GREAT_CIRCLE_POINTS = 17
BOW_POINTS = 13
BOW_STEP = 0.03
"""How far legs between the same places are bowed apart, of their length."""


@dataclass(frozen=True)
class Network:
    """Waypoints (degrees east, north) of a mode and what lies beside what; a place joins the nearest within reach."""

    points: Mapping[str, Point]
    beside: Mapping[str, frozenset[str]]
    reach_km: float
    may_be_closed: tuple[str, ...]


@cache
def networks() -> Mapping[str, Network]:
    """Return the networks by mode."""
    known: dict[str, Any] = json.loads((files("corridor_sim.report") / "data" / "courses.json").read_bytes())
    return {mode: _network(one) for mode, one in known.items() if isinstance(one, dict)}


def _network(one: Mapping[str, Any]) -> Network:
    beside: dict[str, set[str]] = {name: set() for name in one["points"]}
    for line in one["lines"]:
        for before, after in pairwise(line):
            beside[before].add(after)
            beside[after].add(before)
    points = {name: (float(east), float(north)) for name, (north, east) in one["points"].items()}
    neighbours = {name: frozenset(names) for name, names in beside.items()}
    return Network(points, neighbours, float(one["reach_km"]), tuple(one.get("may_be_closed", ())))


def course(mode: str, origin: Point, destination: Point, km: float) -> list[Point]:
    """Return the points (degrees east, north) of a leg from one place to another.

    Of a canal and the way round it, that whose length is nearer to the leg's `km` is taken. The line is not cut at any
    meridian; it ends where the destination's meridian is drawn.
    """
    return list(_course(mode, origin, destination, km))


@cache
def _course(mode: str, origin: Point, destination: Point, km: float) -> tuple[Point, ...]:
    far = distance_km(origin, destination)
    if mode == AIR and far > GREAT_CIRCLE_FROM_KM:
        found = _great_circle(origin, destination)
    elif mode in networks() and far > DIRECT_UP_TO_KM:
        found = _along(networks()[mode], origin, destination, km)
    else:
        found = [origin, destination]
    line = _unwrapped(found)
    return tuple(line) if round(line[-1][0] - destination[0]) == 0 else (origin, destination)


def _along(network: Network, origin: Point, destination: Point, km: float) -> list[Point]:
    """Return the way through a network's waypoints; straight where the network does not reach both ends."""
    ends = [
        min((distance_km(each, point), name) for name, point in network.points.items())
        for each in (origin, destination)
    ]
    (apart, first), (other_apart, last) = ends
    if max(apart, other_apart) > network.reach_km or first == last:
        return [origin, destination]
    ways: list[tuple[float, int, list[Point]]] = []
    canals = network.may_be_closed
    for count in range(len(canals) + 1):
        for closed in combinations(canals, count):
            line = [origin, *(network.points[name] for name in shortest(network, first, last, closed)), destination]
            if len(line) > 2 and round(_unwrapped(line)[-1][0] - destination[0]) == 0:
                ways.append((abs(_length(line) - km) if km > 0 else 0.0, len(ways), line))
    return min(ways)[-1] if ways else [origin, destination]


def shortest(network: Network, first: str, last: str, closed: Iterable[str]) -> list[str]:
    """Return the names of the waypoints on the shortest way, empty if there is none around what is `closed`."""
    todo: list[tuple[float, str, tuple[str, ...]]] = [(0.0, first, (first,))]
    seen: set[str] = set(closed)
    while todo:
        length, name, names = heappop(todo)
        if name == last:
            return list(names)
        if name not in seen:
            seen.add(name)
            here = network.points[name]
            for other in network.beside[name] - seen:
                heappush(todo, (length + distance_km(here, network.points[other]), other, (*names, other)))
    return []


def _length(line: Sequence[Point]) -> float:
    return sum(distance_km(one, other) for one, other in pairwise(line))


def _unwrapped(line: Iterable[Point]) -> list[Point]:
    found: list[Point] = []
    for east, north in line:
        found.append((nearest_turn(east, found[-1][0]) if found else east, north))
    return found


def _great_circle(origin: Point, destination: Point) -> list[Point]:
    """Return points of the great circle between two places."""
    angle = distance_km(origin, destination) / EARTH_RADIUS_KM
    ends = [tuple(radians(part) for part in each) for each in (origin, destination)]
    points = []
    for number in range(GREAT_CIRCLE_POINTS):
        share = number / (GREAT_CIRCLE_POINTS - 1)
        weights = (sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle))
        x, y, z = (
            sum(weight * part for weight, part in zip(weights, parts, strict=True))
            for parts in zip(*((cos(n) * cos(e), cos(n) * sin(e), sin(n)) for e, n in ends), strict=True)
        )
        points.append((degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y)))))
    return [origin, *points[1:-1], destination]


def drawn(line: Sequence[Point], place: float, gap_km: float) -> list[Point]:
    """Return a course (degrees) in the plane (km), bowed by `place` times a gap: at most `gap_km` in its middle."""
    flat = [mercator(*point) for point in line]
    if place == 0:
        return flat
    (x, y), (to_x, to_y) = flat[0], flat[-1]
    chord = hypot(to_x - x, to_y - y)
    if chord == 0:
        return flat
    if len(flat) == 2:
        shares = [number / (BOW_POINTS - 1) for number in range(BOW_POINTS)]
        flat = [(x + share * (to_x - x), y + share * (to_y - y)) for share in shares]
    lengths = lengths_along(flat)
    # the same side whichever way the leg goes
    side = 1 if (x, y) <= (to_x, to_y) else -1
    size = place * side * min(gap_km, BOW_STEP * chord) / chord
    across, up = -size * (to_y - y), size * (to_x - x)
    bows = [sin(pi * length / lengths[-1]) for length in lengths]
    return [(px + bow * across, py + bow * up) for (px, py), bow in zip(flat, bows, strict=True)]
