"""Intervals of all kinds of figures contain the truth as often as they say, in synthetic worlds that know it.

A replication has a bad or a good season, shared by all of its consignments, and each has luck of its own: hours from
door to door are normal about 100, and so are those of an alternative that shares the season and half of the luck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.intervals import (
    BUFFER_LEVEL,
    Estimate,
    Pool,
    Statistic,
    buffer_index,
    deviation,
    paired_difference_of_ratios,
    paired_relative_saving,
    pooled,
    pooled_difference,
    quantile,
    ratio_of_sums,
    weighted_sum_of_ratios,
)
from corridor_sim.evidence.ranking import rank

MEAN, SEASON, LUCK = 100.0, 6.0, 8.0
SPREAD = sqrt(SEASON**2 + LUCK**2)
SOONER, NARROWER = 5.0, 0.5
"""The alternative's mean is so many hours less; half of its luck is that of the baseline."""
DUE = 110.0
CONSIGNMENTS = 20
"""In a replication on average, of which one is there at least."""
LEVELS = (0.5, 0.9, BUFFER_LEVEL)
Hours = list[np.ndarray]
REPLICATIONS = (10, 30, 100)
"""Ten is the fewest from which there is an interval at all."""


def seasons(draws: np.random.Generator, replications: int) -> tuple[Hours, Hours]:
    """Return the hours of each replication's consignments, of the baseline and of the alternative."""
    ours, theirs = [], []
    for season in draws.normal(0, SEASON, replications):
        count = 1 + draws.poisson(CONSIGNMENTS - 1)
        shared, base, own = draws.normal(0, LUCK, (3, count))
        mine, its = (sqrt(NARROWER) * shared + sqrt(1 - NARROWER) * luck for luck in (base, own))
        theirs.append(MEAN + season + mine)
        ours.append(MEAN - SOONER + season + its)
    return theirs, ours


def sums(hours: Hours, of: Callable[[np.ndarray], float] = np.sum) -> tuple[list[float], list[int]]:
    return [float(of(each)) for each in hours], [len(each) for each in hours]


def on_time(hours: np.ndarray) -> float:
    return float((hours <= DUE).sum())


def found(theirs: Hours, ours: Hours) -> Iterator[tuple[str, float, Estimate]]:
    """Yield (what it is, truth, estimate) of every kind of figure."""
    base, alternative = Pool.of(theirs), Pool.of(ours)
    due = stats.norm.cdf((DUE - MEAN) / SPREAD), stats.norm.cdf((DUE - MEAN + SOONER) / SPREAD)
    yield "mean", MEAN, ratio_of_sums(*sums(theirs))
    yield "difference of means", -SOONER, paired_difference_of_ratios(sums(ours), sums(theirs))
    yield "relative saving", SOONER / MEAN, paired_relative_saving(sums(ours), sums(theirs))
    half = [(0.5, *sums(ours)), (-0.5, *sums(theirs))]
    yield "weighted sum of means", -SOONER / 2, weighted_sum_of_ratios(half)
    yield "on-time share", due[0], ratio_of_sums(*sums(theirs, on_time))
    shares = paired_difference_of_ratios(sums(ours, on_time), sums(theirs, on_time))
    yield "difference of on-time shares", due[1] - due[0], shares
    statistics: list[tuple[str, Statistic, float, float]] = [
        (f"P{level:.0%}"[:-1], quantile(level), MEAN + SPREAD * stats.norm.ppf(level), -SOONER) for level in LEVELS
    ]
    index = SPREAD * stats.norm.ppf(BUFFER_LEVEL) / MEAN
    statistics += [
        ("standard deviation", deviation, SPREAD, 0.0),
        ("buffer index", buffer_index, index, index * (MEAN / (MEAN - SOONER) - 1)),
    ]
    for name, statistic, truth, difference in statistics:
        yield name, truth, pooled(base, statistic)
        yield f"difference of {name}", difference, pooled_difference(alternative, base, statistic)


def covered(worlds: int, replications: int, seed: int) -> Counter[str]:
    """Return in how many worlds each kind of interval held the truth."""
    draws, held = np.random.default_rng(seed), Counter[str]()
    for _ in range(worlds):
        for name, truth, estimate in found(*seasons(draws, replications)):
            assert estimate.low is not None and estimate.high is not None
            held[name] += estimate.low <= truth <= estimate.high
    return held
