"""Where a "can" claim holds: the share of flow-destination cells, by TEU and by value, and cells one by one.

Cells other than the primary one are exploratory: their intervals are Holm's, so that all decisions together err with
at most the stated probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.evidence.intervals import CONFIDENCE, LEAST_REPLICATIONS, Estimate, t_quantile
from corridor_sim.sampling.law import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A flow-destination cell: its weights, and its expected saving at each of many points of the inputs' ranges.

    `savings` float64[points], the same points in all cells (see `Metamodel.draw`).
    """

    name: str
    teu: float
    value_cny: float
    savings: Floats


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of the world a claim holds in: shares with the range that 95 % of the inputs' doubt leaves.

    `chance` is each cell's probability that its saving is at least the bound.
    """

    by_teu: Estimate
    by_value: Estimate
    by_cells: Estimate
    chance: Mapping[str, float]


def holding(cells: Sequence[Cell], bound: float, confidence: float = CONFIDENCE) -> Holding:
    """Return the share of cells whose expected saving is at least `bound`.

    Raises ValueError for no cells, unequal points, or weights that are negative or all zero.
    """
    if not cells:
        raise ValueError("no cells to look at")
    if len({len(cell.savings) for cell in cells}) != 1:
        raise ValueError("all cells need their savings at the same points")
    holds = np.stack([cell.savings >= bound for cell in cells])

    def share(weights: Sequence[float], what: str) -> Estimate:
        heavy = np.asarray(weights, np.float64)
        if (heavy < 0).any() or not np.isfinite(heavy).all() or heavy.sum() == 0:
            raise ValueError(f"weights by {what} must not be negative, nor all zero")
        shares = heavy @ holds / heavy.sum()
        tail = (1 - confidence) / 2
        low, high = np.quantile(shares, [tail, 1 - tail])
        return Estimate(float(shares.mean()), float(low), float(high), len(shares), "range over the inputs' doubt")

    return Holding(
        by_teu=share([cell.teu for cell in cells], "TEU"),
        by_value=share([cell.value_cny for cell in cells], "value"),
        by_cells=share([1.0] * len(cells), "cells"),
        chance={cell.name: float(row.mean()) for cell, row in zip(cells, holds, strict=True)},
    )


@dataclass(frozen=True, slots=True)
class Explored:
    """A cell's figure with its Holm interval, which excludes the bound exactly where Holm's test does."""

    estimate: Estimate
    p_value: float
    adjusted_p_value: float
    above: bool
    below: bool


def explored(estimates: Mapping[str, Estimate], bound: float, confidence: float = CONFIDENCE) -> dict[str, Explored]:
    """Return Holm's step-down test of each figure against `bound`, in the order given.

    `estimates` have t(n - 1) intervals at CONFIDENCE, as ratios of sums have. With the probability `confidence` none
    of the cells is wrongly said to lie above or below the bound, however they depend on each other. Figures without
    an interval stay without and count as tests that were not made.
    """
    tested = {name: _p_value(each, bound) for name, each in estimates.items() if _usable(each)}
    order = sorted(tested, key=lambda name: tested[name])
    result = {name: Explored(each, float("nan"), float("nan"), False, False) for name, each in estimates.items()}
    alpha, stopped, highest = 1 - confidence, False, 0.0
    level = alpha
    for rank, name in enumerate(order):
        left = len(order) - rank
        level = level if stopped else alpha / left
        highest = max(highest, min(1.0, left * tested[name]))
        stopped = stopped or tested[name] > level
        estimate = _widened(estimates[name], 1 - level)
        away = not stopped and estimate.resolved
        result[name] = Explored(
            estimate, tested[name], highest, away and estimate.value > bound, away and estimate.value < bound
        )
    return result


def _usable(estimate: Estimate) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.n >= LEAST_REPLICATIONS


def _half(estimate: Estimate) -> float:
    return 0.0 if estimate.low is None or estimate.high is None else (estimate.high - estimate.low) / 2


def _p_value(estimate: Estimate, bound: float) -> float:
    """Return the two-sided p-value of "the figure is `bound`"."""
    from scipy.special import stdtr

    error = _half(estimate) / t_quantile(estimate.n - 1)
    distance = abs(estimate.value - bound)
    if error == 0:
        return float(distance == 0)
    return (1 + 1) * float(stdtr(estimate.n - 1, -distance / error))


def _widened(estimate: Estimate, confidence: float) -> Estimate:
    half = _half(estimate) * t_quantile(estimate.n - 1, confidence) / t_quantile(estimate.n - 1)
    method = f"{estimate.method}, Holm"
    return replace(estimate, low=estimate.value - half, high=estimate.value + half, method=method)
