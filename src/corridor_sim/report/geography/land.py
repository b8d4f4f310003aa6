"""Coastlines of a map: Natural Earth's land (data/land.json), as fine as the map needs it where it needs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.report.geography.mercator import FULL_TURN, Point, Window, clipped, mercator, on_globe

if TYPE_CHECKING:
    import numpy as np

FINEST_DEGREES, LEVEL_STEP, LEVELS = 0.02, 2.0, 7
LEVELS_DEGREES = tuple(FINEST_DEGREES * LEVEL_STEP**level for level in range(LEVELS))
"""A point of level n is lost on a map that shows nothing smaller than twice the n-th of these."""
DETAIL_BY_DISTANCE = 0.016
"""The further from all places, the coarser: who sees a coast and a place together sees no more than this share."""
STEPS_ACROSS = 330.0
"""Nothing is coarser than the window's width divided by this."""
LEAST_POINTS = 3


@cache
def _land() -> tuple[np.ndarray, tuple[int, ...]]:
    """Return float64[points, 3]: degrees east, north, level, of all rings, and where each ring begins and the end."""
    import numpy as np

    rings: list[Any] = json.loads((files("corridor_sim.report") / "data" / "land.json").read_bytes())["land"]
    begins = [0]
    for ring in rings:
        begins.append(begins[-1] + len(ring))
    return np.array([point for ring in rings for point in ring], np.float64), tuple(begins)


def land_in(window: Window, places: Sequence[Point]) -> list[list[Point]]:
    """Return the polygons (km in the plane) of the land in a window, finer near `places` (degrees east, north)."""
    import numpy as np

    points, begins = _land()
    west, _ = on_globe(window.west, 0.0)
    east, _ = on_globe(window.east, 0.0)
    polygons = []
    for turn in (-FULL_TURN, 0.0, FULL_TURN):
        moved = points[:, 0] + turn
        shown = points[:, 2] >= _least_level(moved, points[:, 1], places, (east - west) / STEPS_ACROSS)
        for first, last in pairwise(begins):
            if moved[first:last].max() < west or moved[first:last].min() > east:
                continue
            rows = np.flatnonzero(shown[first:last]) + first
            if len(rows) >= LEAST_POINTS:
                ring = [mercator(x, y) for x, y in zip(moved[rows].tolist(), points[rows, 1].tolist(), strict=True)]
                polygons.append(clipped(ring, window))
    return [polygon for polygon in polygons if len(polygon) >= LEAST_POINTS]


def _least_level(east: np.ndarray, north: np.ndarray, places: Sequence[Point], coarsest: float) -> np.ndarray:
    """Return by point the least level that is needed there."""
    import numpy as np

    nearest = np.full(len(east), np.inf)
    for to_east, to_north in places:
        nearest = np.minimum(nearest, np.hypot(east - to_east, north - to_north))
    needed = np.maximum(FINEST_DEGREES, np.minimum(nearest * DETAIL_BY_DISTANCE, coarsest))
    return np.ceil(np.log2(needed / FINEST_DEGREES)) - 1
