"""Points, resamples and errors that the estimators draw for themselves, as pure functions of a seed, and intervals."""

from __future__ import annotations

from math import log2

import numpy as np

from corridor_sim.evidence.intervals import CONFIDENCE, Estimate
from corridor_sim.sampling.law import Floats
from corridor_sim.sampling.streams import UNIFORM_BITS, Ints, stream_key, uniforms

BOOTSTRAPS = 400
"""Resamples of the points for one interval."""
MANY_POINTS = 8192
"""Points of the inputs' ranges at which a metamodel is asked, a power of two."""


def uniform_draws(rows: int, columns: int, purpose: str, seed: int) -> Floats:
    """Return independent uniforms float64[rows, columns] in (0, 1); `purpose` keeps them apart from all others."""
    key = stream_key(seed, f"evidence/{purpose}")
    lots, _ = uniforms(key, np.arange(rows)[:, None], 0, np.arange(columns)[None, :], 0)
    half = 1 / 2
    return (lots + half) / (1 << UNIFORM_BITS)


def normal_draws(count: int, purpose: str, seed: int) -> Floats:
    """Return independent standard normals float64[count]."""
    from scipy.special import ndtri

    drawn: Floats = ndtri(uniform_draws(1, count, purpose, seed)[0])
    return drawn


def resampled(points: int, count: int = BOOTSTRAPS, seed: int = 0) -> Ints:
    """Return the points of each bootstrap sample, int64[count, points]."""
    return (uniform_draws(count, points, "bootstrap", seed) * points).astype(np.int64)


def sobol_points(coordinates: int, count: int = MANY_POINTS, seed: int = 0) -> Floats:
    """Return scrambled Sobol points float64[count, coordinates] in [0, 1).

    Raises ValueError unless `count` is a power of two, without which the points are not balanced.
    """
    from scipy.stats import qmc

    if count <= 0 or count & (count - 1):
        raise ValueError(f"{count} Sobol points; a power of two is needed")
    points: Floats = qmc.Sobol(coordinates, scramble=True, seed=seed).random_base2(int(log2(count)))
    return points


def bootstrapped(
    value: float,
    resamples: Floats,
    points: int,
    floor: float = -np.inf,
    ceiling: float = np.inf,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return a value with the spread of its `resamples` about their median, cut at `floor` and `ceiling`.

    The median is taken off because a resampled fit is a little noisier than the fit itself.
    """
    tail = (1 - confidence) / 2
    middle, low, high = np.quantile(resamples, [1 / 2, tail, 1 - tail])
    ends = np.clip([value + low - middle, value + high - middle], floor, ceiling)
    return Estimate(float(value), float(ends[0]), float(ends[1]), points, "bootstrap over points of the design")
