"""Values with their intervals: ratios of sums over replications, and pooled quantiles by sectioning.

Consignments of one replication share trains and storms, so only replications count as independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt

from corridor_sim.engine.program import Ints
from corridor_sim.sampling.law import Floats

CONFIDENCE = 0.95
LEAST_REPLICATIONS = 10
LEAST_MET = 20
GROUPS = 10
BUFFER_LEVEL = 0.95
TOO_FEW = f"no interval from fewer than {LEAST_REPLICATIONS} replications"
NOT_AVAILABLE = "not available"


@dataclass(frozen=True)
class Values:
    """Values (or rows of them) in the order in which they came; undelivered ones are infinite."""

    as_met: Floats

    @cached_property
    def ordered(self) -> Floats:
        """The values from least to greatest, sorted once for all quantiles; none is NaN."""
        return np.sort(self.as_met)


Statistic = Callable[[Values], float]
"""A figure of pooled values."""


@dataclass(frozen=True)
class Pool:
    """The values of replications, one replication after the other.

    `cuts` int64[replications + 1]: where in `values` each replication begins, and where the last one ends.
    """

    values: Floats
    cuts: Ints

    @classmethod
    def of(cls, values_per_rep: Sequence[Floats]) -> Pool:
        """Return replications as a Pool."""
        together = np.concatenate(values_per_rep) if len(values_per_rep) else np.zeros(0)
        return cls(together, cuts_of(values_per_rep))

    def __len__(self) -> int:
        """Return the number of replications."""
        return len(self.cuts) - 1

    @cached_property
    def together(self) -> Values:
        """All values."""
        return Values(self.values)

    @cached_property
    def groups(self) -> list[Values]:
        """The values of GROUPS groups of neighbouring replications."""
        cuts = [int(self.cuts[number * len(self) // GROUPS]) for number in range(GROUPS + 1)]
        return [Values(self.values[begin:end]) for begin, end in pairwise(cuts)]


def cuts_of(arrays: Sequence[npt.NDArray[np.generic]]) -> Ints:
    """Return int64[arrays + 1]: where each begins when they are laid end to end, and where the last one ends."""
    return np.cumsum([0, *map(len, arrays)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval.

    `low` and `high` are None where none can be given; `n` replications; `method` says how the interval was made or
    why there is none; `value` is infinite or NaN where it is not available; `resolved` is False where a closure or
    outage that touches it was met too rarely.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    method: str
    resolved: bool = True


def not_resolved(met_in_replications: int, total: int) -> bool:
    """Return whether a closure or outage type was met in too few replications to be judged.

    One met in every replication is no matter of chance and always resolved.
    """
    return met_in_replications < min(LEAST_MET, total)


def t_quantile(degrees: float, confidence: float = CONFIDENCE) -> float:
    """Return the two-sided quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + confidence) / 2))


def ratio_of_sums(numerators: npt.ArrayLike, denominators: npt.ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Return sum(numerators) / sum(denominators), one of each per replication.

    The interval is value +- t(n-1) of the linearised variance (Cochran, Sampling Techniques, 3rd ed., 6.4).
    """
    top, bottom = _floats(numerators), _floats(denominators)
    ratio, influence = linearised(top, bottom)
    return _estimate(ratio, influence, confidence, "ratio of sums, linearised, t")


def paired_difference_of_ratios(
    alternative: tuple[npt.ArrayLike, npt.ArrayLike],
    baseline: tuple[npt.ArrayLike, npt.ArrayLike],
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the ratio of sums of the alternative minus that of the baseline.

    Each is (numerators, denominators) per replication, made on common draws in the same order.
    """
    above, below = _paired(alternative, baseline)
    ratio, influence = linearised(*above)
    base_ratio, base_influence = linearised(*below)
    return _estimate(_minus(ratio, base_ratio), influence - base_influence, confidence, "paired ratios, linearised, t")


def weighted_sum_of_ratios(
    terms: Sequence[tuple[float, npt.ArrayLike, npt.ArrayLike]], confidence: float = CONFIDENCE
) -> Estimate:
    """Return the sum of weight x ratio of sums over (weight, numerators, denominators), all of them paired.

    Each has one numerator and denominator per replication, made on common draws in the same order.
    """
    value, total = 0.0, np.zeros(0)
    for place, (weight, numerators, denominators) in enumerate(terms):
        ratio, influence = linearised(_floats(numerators), _floats(denominators))
        if place and len(influence) != len(total):
            raise ValueError("paired replications must be equally many")
        value += weight * ratio
        total = weight * influence + (total if place else 0.0)
    return _estimate(value, total, confidence, "paired ratios, linearised, t")


def paired_relative_saving(
    alternative: tuple[npt.ArrayLike, npt.ArrayLike],
    baseline: tuple[npt.ArrayLike, npt.ArrayLike],
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return 1 - ratio of the alternative / ratio of the baseline, by the delta method on paired replications."""
    saving, influence = linearised_saving(alternative, baseline)
    return _estimate(saving, influence, confidence, "paired saving, delta method, t")


def linearised_saving(
    alternative: tuple[npt.ArrayLike, npt.ArrayLike], baseline: tuple[npt.ArrayLike, npt.ArrayLike]
) -> tuple[float, Floats]:
    """Return 1 - ratio of the alternative / ratio of the baseline, and each paired replication's influence on it."""
    above, below = _paired(alternative, baseline)
    ratio, influence = linearised(*above)
    base_ratio, base_influence = linearised(*below)
    if base_ratio == 0 or not np.isfinite(base_ratio) or not np.isfinite(ratio):
        return float("nan"), np.full(len(influence), np.nan)
    quotient = ratio / base_ratio
    return 1 - quotient, (quotient * base_influence - influence) / base_ratio


def quantile(level: float) -> Statistic:
    """Return the statistic "smallest value that at least the share `level` does not exceed"."""

    def of(values: Values) -> float:
        count = len(values.as_met)
        return float(values.ordered[max(ceil(count * level - 1), 0)]) if count else float("nan")

    return of


def mean(values: Values) -> float:
    """Return the mean; infinite where any value is."""
    return float(values.as_met.mean()) if len(values.as_met) else float("nan")


def deviation(values: Values) -> float:
    """Return the standard deviation (divisor n - 1); infinite where any value is."""
    if len(values.as_met) <= 1:
        return float("nan")
    return float(values.as_met.std(ddof=1)) if np.isfinite(values.as_met).all() else float("inf")


def buffer_index(values: Values) -> float:
    """Return (P95 - mean) / mean; infinite where anything was undelivered."""
    middle = mean(values)
    return (quantile(BUFFER_LEVEL)(values) - middle) / middle if np.isfinite(middle) and middle else middle


def planning_time_index(pairs: Values) -> float:
    """Return P95 of the first column over the mean of the second, where it is known (NaN elsewhere).

    With travel times and free-flow travel times as columns it is the planning time index of the Federal Highway
    Administration (FHWA 2006, Travel Time Reliability: Making It There On Time, All The Time, FHWA-HOP-06-070).
    """
    if not len(pairs.as_met):
        return float("nan")
    hours, free_flow = pairs.as_met.T
    planned = mean(Values(free_flow[~np.isnan(free_flow)]))
    return quantile(BUFFER_LEVEL)(Values(hours)) / planned if planned else float("nan")


def pooled(pool: Pool, statistic: Statistic, confidence: float = CONFIDENCE) -> Estimate:
    """Return a statistic of all values pooled, with an interval by sectioning (Asmussen & Glynn 2007, III.5a).

    Replications are cut into groups of neighbours; the groups' statistics vary about the pooled one.
    """
    value = statistic(pool.together)
    parts = np.array([statistic(group) for group in pool.groups])
    return _sectioned(value, parts, len(pool), confidence)


def pooled_quantile(values_per_rep: Sequence[Floats], level: float, confidence: float = CONFIDENCE) -> Estimate:
    """Return a quantile of all values pooled; infinite, "not available", where it falls on undelivered ones."""
    return pooled(Pool.of(values_per_rep), quantile(level), confidence)


def pooled_difference(
    alternative: Pool, baseline: Pool, statistic: Statistic, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the statistic of the alternative minus that of the baseline, by sectioning paired replications."""
    if len(alternative) != len(baseline):
        raise ValueError("paired replications must be equally many")
    value = _minus(statistic(alternative.together), statistic(baseline.together))
    pairs = zip(alternative.groups, baseline.groups, strict=True)
    parts = np.array([_minus(statistic(group), statistic(base)) for group, base in pairs])
    return _sectioned(value, parts, len(alternative), confidence)


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, np.float64)


def _minus(one: float, other: float) -> float:
    """Return one - other; NaN where neither is available."""
    return one - other if np.isfinite(one) or np.isfinite(other) else float("nan")


def _paired(
    alternative: tuple[npt.ArrayLike, npt.ArrayLike], baseline: tuple[npt.ArrayLike, npt.ArrayLike]
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    above = (_floats(alternative[0]), _floats(alternative[1]))
    below = (_floats(baseline[0]), _floats(baseline[1]))
    if len(above[0]) != len(below[0]):
        raise ValueError("paired replications must be equally many")
    return above, below


def linearised(top: Floats, bottom: Floats) -> tuple[float, Floats]:
    """Return the ratio of sums and each replication's influence on it (NaN where there is none).

    Influences sum to zero; their variance over the number of replications is that of the ratio (linearisation).
    """
    if len(top) != len(bottom):
        raise ValueError("each replication needs a numerator and a denominator")
    total = float(bottom.sum())
    if total == 0 or not np.isfinite(top).all():
        return (float(top.sum()) / total if total else float("nan")), np.full(len(top), np.nan)
    ratio = float(top.sum()) / total
    return ratio, (top - ratio * bottom) * len(top) / total


def _estimate(value: float, influence: Floats, confidence: float, method: str) -> Estimate:
    n = len(influence)
    if not np.isfinite(value):
        return Estimate(value, None, None, n, NOT_AVAILABLE)
    if n < LEAST_REPLICATIONS:
        return Estimate(value, None, None, n, TOO_FEW)
    half = t_quantile(n - 1, confidence) * float(np.sqrt((influence**2).sum() / (n * (n - 1))))
    return Estimate(value, value - half, value + half, n, method)


def _sectioned(value: float, parts: Floats, n: int, confidence: float) -> Estimate:
    if not np.isfinite(value):
        return Estimate(value, None, None, n, NOT_AVAILABLE)
    if n < LEAST_REPLICATIONS:
        return Estimate(value, None, None, n, TOO_FEW)
    if not np.isfinite(parts).all():
        return Estimate(value, None, None, n, "no interval: a group of replications has no value of its own")
    half = t_quantile(GROUPS - 1, confidence) * float(np.sqrt(((parts - value) ** 2).sum() / (GROUPS * (GROUPS - 1))))
    return Estimate(value, value - half, value + half, n, f"sectioning, {GROUPS} groups, t")
