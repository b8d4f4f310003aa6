"""The cheapest of several ways at each place of a map, and whether it is separated from all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.evidence.intervals import CONFIDENCE, paired_difference_of_ratios
from corridor_sim.sampling.law import Floats


@dataclass(frozen=True)
class Map:
    """By place of the map (two axes): the way that is cheapest, and whether it is separated from every other.

    `cost` by way and place.
    """

    best: npt.NDArray[np.int64]
    separated: npt.NDArray[np.bool_]
    cost: Floats


def cheapest(tops: Floats, bottoms: Floats, confidence: float = CONFIDENCE) -> Map:
    """Return the map of the ratios of sums `tops` (way, replication, x, y) over `bottoms` (way, replication).

    Replications are common to all ways. The best is separated where the paired interval of its difference to each
    other way excludes zero; the intervals hold together (Bonferroni over the other ways).
    """
    ways, _, width, height = tops.shape
    cost: Floats = tops.sum(axis=1) / bottoms.sum(axis=1)[:, None, None]
    best = np.asarray(cost.argmin(axis=0), np.int64)
    alone = 1 - (1 - confidence) / max(1, ways - 1)
    separated = np.ones((width, height), bool)
    for x, y in np.ndindex(width, height):
        first = int(best[x, y])
        for way in range(ways):
            if way == first:
                continue
            sides = [(tops[each, :, x, y], bottoms[each]) for each in (first, way)]
            difference = paired_difference_of_ratios(sides[0], sides[1], alone)
            separated[x, y] &= difference.high is not None and difference.high < 0
    return Map(best, separated, cost)


def between(knots: tuple[Sequence[float], Sequence[float]], known: Floats, x: Floats, y: Floats) -> Floats:
    """Return what is `known` at knots (last two axes: x, y) at other places, straight along both axes."""
    first = _weights(np.asarray(knots[0], np.float64), np.asarray(x, np.float64))
    second = _weights(np.asarray(knots[1], np.float64), np.asarray(y, np.float64))
    straight: Floats = np.einsum("ai,...ij,bj->...ab", first, known, second)
    return straight


def _weights(knots: Floats, places: Floats) -> Floats:
    """Return how much of the value at each knot (columns) a place (rows) has."""
    right = np.clip(np.searchsorted(knots, places, side="right"), 1, len(knots) - 1)
    share = (places - knots[right - 1]) / (knots[right] - knots[right - 1])
    weights = np.zeros((len(places), len(knots)))
    rows = np.arange(len(places))
    weights[rows, right - 1] = 1 - share
    weights[rows, right] = share
    return weights
