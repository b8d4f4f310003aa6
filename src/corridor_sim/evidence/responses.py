"""What a design of input points answered: a figure per point, its noise of the world, and the split of the variance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.evidence.draws import BOOTSTRAPS, resampled
from corridor_sim.evidence.intervals import CONFIDENCE, Estimate
from corridor_sim.sampling.law import Floats

LEAST_POINTS = 32
LEAST_REPLICATIONS_A_POINT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The points of a design: float64[points, coordinates] in [0, 1], independent uniforms, with names and grades."""

    points: Floats
    names: tuple[str, ...]
    grades: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for points outside the unit cube, too few of them, or names that do not fit."""
        shape = np.shape(self.points)
        if shape != (len(self.points), len(self.names)) or len(self.names) != len(self.grades):
            raise ValueError(f"points {shape} do not fit {len(self.names)} names and {len(self.grades)} grades")
        if len(set(self.names)) != len(self.names):
            raise ValueError("two coordinates have the same name")
        if len(self.points) < LEAST_POINTS:
            raise ValueError(f"{len(self.points)} points; at least {LEAST_POINTS} are needed")
        if not (np.isfinite(self.points).all() and self.points.min(initial=0) >= 0 and self.points.max(initial=0) <= 1):
            raise ValueError("coordinates must lie between 0 and 1")

    def graded(self, grades: Collection[str]) -> tuple[int, ...]:
        """Return the coordinates that have one of these grades."""
        return tuple(place for place, grade in enumerate(self.grades) if grade in grades)


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """A figure at each point: `values` float64[points], and `noise`, the variance of each value by chance alone.

    `noise` float64[points] is unbiased for each point but known from few replications: only its mean is of use.
    """

    values: Floats
    noise: Floats
    replications: int

    def __post_init__(self) -> None:
        """Raise ValueError unless each point has a value and a noise."""
        if np.shape(self.values) != np.shape(self.noise) or np.ndim(self.values) != 1:
            raise ValueError("each point needs one value and one noise")
        if not np.isfinite([self.values, self.noise]).all():
            raise ValueError("values and noises must be finite")

    @property
    def noise_variance(self) -> float:
        """The mean variance of a point's value by chance alone."""
        return float(self.noise.mean())


def saving_responses(ours: npt.ArrayLike, theirs: npt.ArrayLike) -> Responses:
    """Return 1 - expected cost of ours / expected cost of theirs at each point, from paired replications.

    `ours`, `theirs`: float64[points, replications]. Raises ValueError as `ratio_responses` does.
    """
    ratio = ratio_responses(ours, theirs)
    return Responses(1 - ratio.values, ratio.noise, ratio.replications)


def ratio_responses(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> Responses:
    """Return the ratio of expectations at each point, such as cost per TEU, from float64[points, replications].

    The ratio of sums is freed of its first-order bias by the jackknife, its noise is the linearised variance. Raises
    ValueError for missing figures, fewer than two replications, or denominators that are not above zero.
    """
    above, below = _table(numerators), _table(denominators)
    if above.shape != below.shape:
        raise ValueError(f"both sides of a ratio must be paired, not {above.shape} and {below.shape}")
    if not (below > 0).all():
        raise ValueError("what a ratio is taken of must be above zero at every point")
    n = above.shape[1]
    ratio = above.sum(axis=1) / below.sum(axis=1)
    without = (above.sum(axis=1, keepdims=True) - above) / (below.sum(axis=1, keepdims=True) - below)
    influence = (above - ratio[:, None] * below) / below.mean(axis=1, keepdims=True)
    noise = (influence**2).sum(axis=1) / (n * (n - 1))
    return Responses(n * ratio - (n - 1) * without.mean(axis=1), noise, n)


def mean_responses(figures: npt.ArrayLike) -> Responses:
    """Return the mean figure of each point, such as a cost, from float64[points, replications]."""
    table = _table(figures)
    n = table.shape[1]
    return Responses(table.mean(axis=1), table.var(axis=1, ddof=1) / n, n)


def _table(figures: npt.ArrayLike) -> Floats:
    table = np.asarray(figures, np.float64)
    if table.ndim != len(("points", "replications")) or table.shape[1] < LEAST_REPLICATIONS_A_POINT:
        raise ValueError(f"at least {LEAST_REPLICATIONS_A_POINT} replications a point are needed, not {table.shape}")
    missing = int((~np.isfinite(table).all(axis=1)).sum())
    if missing:
        raise ValueError(f"{missing} of {len(table)} points have no value")
    return table


FENCES = 3.0
"""Quartile ranges beyond the quartiles: outer fences (Tukey, Exploratory Data Analysis, 1977, 2D)."""
QUARTILES = (0.25, 0.75)


def drawn_in(responses: Responses) -> tuple[Responses, int]:
    """Return responses with those beyond the outer fences moved onto them, and how many these are.

    Where a train is full for good, costs run away; a few such points would bend every polynomial.
    """
    low, high = np.quantile(responses.values, QUARTILES)
    room = FENCES * (high - low)
    values = np.clip(responses.values, low - room, high + room)
    moved = values != responses.values
    noise = np.where(moved, np.minimum(responses.noise, responses.noise[~moved].mean()), responses.noise)
    return Responses(values, noise, responses.replications), int(moved.sum())


@dataclass(frozen=True, slots=True)
class Split:
    """Variance of a figure: by doubt about inputs (of its expectation), and by noise of the world (one replication).

    `doubt_share` is doubt / (doubt + noise). Each with an interval by bootstrap over points.
    """

    doubt: Estimate
    noise: Estimate
    doubt_share: Estimate


def split_variance(responses: Responses, seed: int = 0, confidence: float = CONFIDENCE) -> Split:
    """Return how much of the variance is doubt about inputs and how much is noise of the world.

    Expected squares of a one-way layout with random effects: between points there is doubt and a part of the noise.
    """
    count = len(responses.values)
    picks = np.vstack([np.arange(count), resampled(count, BOOTSTRAPS, seed)])
    between = responses.values[picks].var(axis=1, ddof=1)
    within = responses.noise[picks].mean(axis=1)
    # A bootstrap sample has on average (n - 1) / n of the spread of what it is drawn from.
    between[1:] *= count / (count - 1)
    doubt = np.maximum(between - within, 0.0)
    noise = within * responses.replications
    total = doubt + noise
    share = np.divide(doubt, total, out=np.full_like(total, np.nan), where=total > 0)

    def estimate(series: Floats) -> Estimate:
        tail = (1 - confidence) / 2
        low, high = np.quantile(series[1:], [tail, 1 - tail])
        value = float(series[0])
        method = "bootstrap over points of the design"
        return Estimate(value, min(value, float(low)), max(value, float(high)), count, method)

    return Split(estimate(doubt), estimate(noise), estimate(share))
