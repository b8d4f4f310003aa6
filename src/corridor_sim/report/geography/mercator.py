"""Maps in Web Mercator's plane: kilometres at the equator, east and north; distances on the globe; windows of a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, asinh, atan, cos, degrees, hypot, radians, sin, sinh, tan

Point = tuple[float, float]
"""(x, y) in the plane, km, or (degrees east, degrees north), as the name says."""

RADIUS_KM = 6378.137
EARTH_RADIUS_KM = 6371.0
FULL_TURN = 360.0
NORTHERNMOST = 85.0
KM_PER_DEGREE = radians(RADIUS_KM)


def mercator(east: float, north: float) -> Point:
    """Return the place of a point (degrees) in the plane, km."""
    within = max(-NORTHERNMOST, min(NORTHERNMOST, north))
    return radians(east) * RADIUS_KM, asinh(tan(radians(within))) * RADIUS_KM


def on_globe(x: float, y: float) -> Point:
    """Return degrees east and north of a point in the plane."""
    return degrees(x / RADIUS_KM), degrees(atan(sinh(y / RADIUS_KM)))


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance between two points (degrees east, north)."""
    (east, north), (to_east, to_north) = ((radians(each[0]), radians(each[1])) for each in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, half**0.5))


def western_edge(easts: Iterable[float], legs: Sequence[tuple[float, float]] = ()) -> float:
    """Return the meridian at which to cut the globe: between places, where the fewest `legs` are cut.

    Legs (from, to) go the shorter way round; of equals the middle of the widest stretch without places is taken.
    """
    known = sorted({east % FULL_TURN for east in easts})
    if not known:
        return -FULL_TURN / 2
    gaps = [(after - before, (before + after) / 2) for before, after in pairwise([*known, known[0] + FULL_TURN])]
    _, _, edge = min((sum(_crosses(leg, middle) for leg in legs), -width, middle) for width, middle in gaps)
    return edge - FULL_TURN if edge >= FULL_TURN / 2 else edge


def _crosses(leg: tuple[float, float], meridian: float) -> bool:
    """Return whether the shorter way round between two meridians crosses another."""
    begin, end = leg
    turn = (end - begin + FULL_TURN / 2) % FULL_TURN - FULL_TURN / 2
    return (meridian - begin) % FULL_TURN < turn or (begin - meridian) % FULL_TURN < -turn


def east_of(edge: float, east: float) -> float:
    """Return the same meridian between `edge` and a full turn east of it."""
    return (east - edge) % FULL_TURN + edge


def nearest_turn(east: float, before: float) -> float:
    """Return the same meridian at most half a turn from `before`."""
    return east + round((before - east) / FULL_TURN) * FULL_TURN


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the plane, km."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """From west to east, km."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """From south to north, km."""
        return self.north - self.south

    @property
    def middle(self) -> Point:
        """Its centre."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def wider(self, share: float, least_km: float = 0.0) -> Window:
        """Return it with a margin on all sides: a share of its longer side, or `least_km`."""
        margin = max(share * max(self.width, self.height), least_km)
        return Window(self.west - margin, self.south - margin, self.east + margin, self.north + margin)

    def shaped(self, narrowest: float, widest: float) -> Window:
        """Return what is seen of it at most in frames whose width is `narrowest` to `widest` times their height."""
        (x, y), wide, high = (
            self.middle,
            max(self.width, self.height * widest),
            max(self.height, self.width / narrowest),
        )
        return Window(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def window_around(points: Iterable[Point]) -> Window:
    """Return the smallest window with all of some points (at least one) in it."""
    xs, ys = zip(*points, strict=True)
    return Window(min(xs), min(ys), max(xs), max(ys))


def clipped(ring: Sequence[Point], window: Window) -> list[Point]:
    """Return the part of a polygon inside a window (Sutherland and Hodgman), empty if there is none."""
    found = list(ring)
    for axis, end, sign in ((0, window.west, 1), (0, window.east, -1), (1, window.south, 1), (1, window.north, -1)):
        points, found = found, []
        for before, point in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            inside, was_inside = (sign * (each[axis] - end) >= 0 for each in (point, before))
            if inside != was_inside:
                share = (end - before[axis]) / (point[axis] - before[axis])
                found.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
            if inside:
                found.append(point)
    return found


def lengths_along(line: Sequence[Point]) -> list[float]:
    """Return how far each point of a line is from its beginning, km."""
    found = [0.0]
    for (x, y), (to_x, to_y) in pairwise(line):
        found.append(found[-1] + hypot(to_x - x, to_y - y))
    return found
