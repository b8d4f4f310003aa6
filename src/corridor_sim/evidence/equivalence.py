"""Whether a run says the same as blessed statistics: two one-sided tests (TOST) with a stated margin.

Two figures are equivalent where the interval of their difference, with MISSED_CHANGES outside at either end, lies
inside +/- margin (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15). The margin is the greatest of

* a practical one, by the figure's unit (`PRACTICAL`),
* LEAST_ERRORS standard errors of the run's difference,
* as many as keep the chance that any figure of the family fails without a change at FALSE_ALARMS (Bonferroni).

The standard error of the difference is that of the blessed replications, scaled to both numbers of replications: the
same model has the same spread, and a spread estimated anew from a few replications would be the weaker witness. How
far a difference may go by chance is found by the expansion of Cornish and Fisher (1938) in the blessed skewness and
excess kurtosis, without the term that would bring it nearer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, isfinite, nan, sqrt

import numpy as np

from corridor_sim.evidence.intervals import CONFIDENCE
from corridor_sim.sampling.law import Floats

MISSED_CHANGES = 1 - CONFIDENCE
"""The chance that a change as large as the margin passes."""
FALSE_ALARMS = 0.01
"""The chance that any figure of a family fails although nothing changed."""
LEAST_ERRORS = 6.0
MOST_SKEWED = 1.0
"""Skewness and excess kurtosis of a difference up to which the expansion is trusted."""
PRACTICAL: Mapping[str, tuple[float, float]] = {
    "h": (0.01, 0.25),
    "h2": (0.02, 1.0),
    "share": (0.0, 0.005),
    "count": (0.01, 0.01),
    "CNY": (0.005, 0.001),
    "kg CO2e": (0.01, 0.1),
}
"""What nobody would act upon, by unit: a share of the blessed figure, and at least this much."""
DIGITS_EQUAL = 1e-9
"""Floats that differ less than this share of the figure are the same figure summed in another order."""


class Verdict(StrEnum):
    """What a comparison came to."""

    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over replications, with the standard deviation, skewness and excess of one replication's influence.

    All but `replications` are NaN where the figure is not available.
    """

    value: float
    deviation: float
    skewness: float
    excess: float
    replications: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One figure compared: the run's difference, its standard error, the margin, and the verdict with its reason."""

    verdict: Verdict
    expected: float
    found: float
    error: float
    margin: float
    because: str = ""


def spread_of(value: float, influence: Floats) -> Spread:
    """Return a figure with the spread of its influences, float64[replications] (see `intervals.linearised`)."""
    from scipy.stats import kurtosis, skew

    count = len(influence)
    if not isfinite(value) or not np.isfinite(influence).all() or count <= 1:
        return Spread(nan, nan, nan, nan, count)
    deviation = float(influence.std(ddof=1))
    if deviation <= DIGITS_EQUAL * abs(value):
        return Spread(value, 0.0, 0.0, 0.0, count)
    return Spread(value, deviation, float(skew(influence)), float(kurtosis(influence)), count)


def judge(blessed: Spread, run: Spread, unit: str, family: int) -> Judged:
    """Return whether a run's figure is equivalent to the blessed one; `family` figures are judged together."""
    if not isfinite(blessed.value) or not isfinite(run.value):
        same = not isfinite(blessed.value) and not isfinite(run.value)
        verdict = Verdict.UNJUDGED if same else Verdict.DIFFERENT
        return Judged(verdict, blessed.value, run.value, nan, nan, "not available")
    error, skewness, excess = _difference(blessed, run.replications)
    margin = practical_margin(unit, blessed.value)
    if abs(skewness) > MOST_SKEWED or excess > MOST_SKEWED:
        wanted = ceil(max(blessed.skewness**2, blessed.excess))
        because = f"one replication in a few decides it: from {wanted} replications on it can be judged"
        return Judged(Verdict.UNJUDGED, blessed.value, run.value, error, margin, because)
    certain = normal_quantile(MISSED_CHANGES)
    by_chance = farthest(normal_quantile(FALSE_ALARMS / family / 2), skewness, excess)
    margin = max(margin, max(LEAST_ERRORS, certain + by_chance) * error)
    inside = abs(run.value - blessed.value) + certain * error <= margin
    return Judged(Verdict.EQUIVALENT if inside else Verdict.DIFFERENT, blessed.value, run.value, error, margin)


def practical_margin(unit: str, value: float) -> float:
    """Return the difference that nobody would act upon. Raises KeyError for a unit of no figure."""
    share, least = PRACTICAL[unit]
    return max(share * abs(value), least)


def farthest(normal: float, skewness: float, excess: float) -> float:
    """Return how many standard errors a difference may go where a normal one goes `normal`, to either side.

    Cornish and Fisher 1938, first terms in skewness and excess kurtosis; the one in skewness squared only brings it
    nearer and is left out.
    """
    by_skewness = (normal**2 - 1) * abs(skewness) / SIXTH
    by_excess = normal * (normal**2 - NORMAL_FOURTH) * max(excess, 0.0) / TWENTY_FOURTH
    return normal + by_skewness + by_excess


NORMAL_FOURTH, SIXTH, TWENTY_FOURTH = 3, 6, 24


def _difference(blessed: Spread, replications: int) -> tuple[float, float, float]:
    """Return standard error, skewness and excess of a run's mean minus the blessed one, if nothing changed."""
    ours, theirs = 1 / replications, 1 / blessed.replications
    share = ours + theirs
    skewness = blessed.skewness * (ours**2 - theirs**2) / (share * sqrt(share))
    excess = blessed.excess * (ours**2 * ours + theirs**2 * theirs) / share**2
    return blessed.deviation * sqrt(share), skewness, excess


def normal_quantile(tail: float) -> float:
    """Return the standard normal quantile that is exceeded with a small chance."""
    from scipy.special import ndtri

    return -float(ndtri(tail))
