"""Makes report/data/land.json from Natural Earth's land: `python -m corridor_sim.report.geography.make_land SOURCE`.

SOURCE is land-50m.json (TopoJSON) of the npm package world-atlas. Run once; data/README.md says what was made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from corridor_sim.report.geography.land import LEVELS_DEGREES

Ring = list[tuple[float, float]]

HEADER = {
    "source": "Natural Earth, land, 1:50m, version 4.1.0, public domain (naturalearthdata.com)",
    "by_way_of": "npm package world-atlas 2.0.2, land-50m.json",
    "made_by": "python -m corridor_sim.report.geography.make_land land-50m.json",
    "rings": "[degrees east, degrees north, level] in order; a level tells how coarse a map still needs the point",
    "levels_degrees": list(LEVELS_DEGREES),
}
SOUTHERNMOST = -60.0
"""Antarctica is left out."""
FULL_TURN = 360.0
NEAR_EAST, NEAR_NORTH = (94.0, 150.0), (-12.0, 50.0)
"""Where corridors begin or pass: here all levels are kept, elsewhere those from FAR_LEVEL on."""
NEAR_LEVEL, FAR_LEVEL = 0, 2
DECIMALS = 2


def polygons_of(topology: Mapping[str, Any]) -> Iterator[list[Ring]]:
    """Yield the polygons of a TopoJSON file's land in degrees, a coast and its inland seas, without jumps at 180."""
    (scale_x, scale_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        line: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale_x + from_x, y * scale_y + from_y))
        arcs.append(line)
    for shape in topology["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            yield [
                _unwrapped([point for number in numbers for point in _arc(arcs, number)[:-1]]) for numbers in polygon
            ]


def _arc(arcs: Sequence[Ring], number: int) -> Ring:
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def _unwrapped(ring: Ring) -> Ring:
    found: Ring = []
    for east, north in ring:
        turns = round((found[-1][0] - east) / FULL_TURN) if found else 0
        found.append((east + turns * FULL_TURN, north))
    home = round(sum(east for east, _ in found) / len(found) / FULL_TURN) * FULL_TURN
    return [(east - home, north) for east, north in found]


def significances(ring: Ring) -> list[float]:
    """Return by point the size in degrees of what a map loses without it (Douglas and Peucker's distances)."""
    squeeze = cos(radians(sum(north for _, north in ring) / len(ring)))
    flat = [(east * squeeze, north) for east, north in ring]
    far = max(range(len(flat)), key=lambda place: _apart(flat[0], flat[place]))
    found = [0.0] * len(flat)
    found[0] = found[far] = _apart(flat[0], flat[far])
    closed = [*flat, flat[0]]
    todo = [(0, far, found[0]), (far, len(flat), found[0])]
    while todo:
        first, last, most = todo.pop()
        if last - first > 1:
            offsets = [(_offset(closed[place], closed[first], closed[last]), place) for place in range(first + 1, last)]
            distance, place = max(offsets)
            found[place] = min(distance, most)
            todo += [(first, place, found[place]), (place, last, found[place])]
    return found


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _offset(point: tuple[float, float], begin: tuple[float, float], end: tuple[float, float]) -> float:
    """Return a point's distance from a stretch."""
    along, across = end[0] - begin[0], end[1] - begin[1]
    length = along * along + across * across
    share = ((point[0] - begin[0]) * along + (point[1] - begin[1]) * across) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return _apart(point, (begin[0] + share * along, begin[1] + share * across))


def kept(ring: Ring) -> list[list[float]]:
    """Return a ring's points that are kept, with their levels; empty for an island too small to be."""
    points = []
    for (east, north), size in zip(ring, significances(ring), strict=True):
        level = sum(size >= least for least in LEVELS_DEGREES) - 1
        near = NEAR_EAST[0] <= east <= NEAR_EAST[1] and NEAR_NORTH[0] <= north <= NEAR_NORTH[1]
        if level >= (NEAR_LEVEL if near else FAR_LEVEL):
            points.append([round(east, DECIMALS), round(north, DECIMALS), level])
    return points if len(points) > 2 else []


def with_seas(coast: list[list[float]], seas: Sequence[list[list[float]]]) -> list[list[float]]:
    """Return a coast as one ring that goes out to each inland sea and around it and back, so that it stays unfilled."""
    for sea in seas:
        _, at, there = min(
            (_apart((one[0], one[1]), (other[0], other[1])), at, there)
            for at, one in enumerate(coast)
            for there, other in enumerate(sea)
        )
        top = len(LEVELS_DEGREES) - 1
        gate, shore = [*coast[at][:2], top], [*sea[there][:2], top]
        coast = [*coast[:at], gate, shore, *sea[there + 1 :], *sea[:there], shore, gate, *coast[at + 1 :]]
    return coast


def main(source: Path) -> None:
    """Write land.json."""
    polygons = [[kept(ring) for ring in rings] for rings in polygons_of(json.loads(source.read_bytes()))]
    shown = [rings for rings in polygons if rings[0] and max(point[1] for point in rings[0]) > SOUTHERNMOST]
    found = [with_seas(rings[0], [sea for sea in rings[1:] if sea]) for rings in shown]
    lines = ",\n".join(json.dumps(points, separators=(",", ":")) for points in found)
    head = json.dumps(HEADER, indent=1)[:-2]
    text = f'{head},\n "land": [\n{lines}\n]}}\n'
    Path(str(files("corridor_sim.report") / "data" / "land.json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
