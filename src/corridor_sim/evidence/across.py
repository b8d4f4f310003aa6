"""Differences of figures between replications that were not made in one run, and which of them may be the best.

Replications of the same number under the same seed share their draws, as far as both models have the same things to
draw; so they must be paired, whether or not they were made by one run. Other seeds are other worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite, sqrt

from corridor_sim.evidence.compare import POOLED
from corridor_sim.evidence.intervals import (
    CONFIDENCE,
    GROUPS,
    NOT_AVAILABLE,
    Estimate,
    Pool,
    paired_difference_of_ratios,
    pooled,
    pooled_difference,
    ratio_of_sums,
    t_quantile,
)
from corridor_sim.evidence.ranking import Ranking, Terms, rank_by
from corridor_sim.metrics.kpis import kpi_of

HIGHER = "higher"


class Sampling(StrEnum):
    """How the replications of two samples belong together.

    PAIRED: replication by replication, of one seed and equally many; INDEPENDENT: of two seeds; IN_PART: of one seed,
    but not equally many, or not kept by replication: how much they share is not known.
    """

    PAIRED = "paired"
    INDEPENDENT = "independent"
    IN_PART = "shared in part"


@dataclass(frozen=True)
class Observed:
    """What is known of a figure: its Estimate at CONFIDENCE, and what it was made from where that was kept.

    `kept`: numerators and denominators by replication, or the Pool of its values; None where only the Estimate is.
    """

    name: str
    estimate: Estimate
    kept: Terms | Pool | None = None

    @property
    def degrees(self) -> int:
        """The degrees of freedom of its interval."""
        return (GROUPS if self.name in POOLED else self.estimate.n) - 1

    @property
    def standard_error(self) -> float | None:
        """Half the interval over Student's t; None without an interval."""
        low, high = self.estimate.low, self.estimate.high
        return None if low is None or high is None else (high - low) / 2 / t_quantile(self.degrees)


def observe(name: str, kept: Terms | Pool, resolved: bool = True) -> Observed:
    """Return a figure of replications that are at hand."""
    made = pooled(kept, POOLED[name][1]) if isinstance(kept, Pool) else ratio_of_sums(*kept)
    return Observed(name, replace(made, resolved=resolved), kept)


def difference(one: Observed, other: Observed, sampling: Sampling, confidence: float = CONFIDENCE) -> Estimate:
    """Return the figure of one minus that of the other; resolved where both are.

    Paired where `sampling` says so and both are kept by replication. Otherwise from both estimates: by Welch (1938)
    where they are independent; where they may share draws, the half-widths are added, which no correlation exceeds.
    """
    resolved = one.estimate.resolved and other.estimate.resolved
    if sampling is Sampling.PAIRED and one.kept is not None and other.kept is not None:
        if isinstance(one.kept, Pool) and isinstance(other.kept, Pool):
            found = pooled_difference(one.kept, other.kept, POOLED[one.name][1], confidence)
        elif not isinstance(one.kept, Pool) and not isinstance(other.kept, Pool):
            found = paired_difference_of_ratios(one.kept, other.kept, confidence)
        else:
            raise ValueError("a figure is either pooled or a ratio")
        return replace(found, resolved=resolved)
    return replace(_unpaired(one, other, sampling is Sampling.INDEPENDENT, confidence), resolved=resolved)


def _unpaired(one: Observed, other: Observed, independent: bool, confidence: float) -> Estimate:
    value, n = one.estimate.value - other.estimate.value, min(one.estimate.n, other.estimate.n)
    if not isfinite(value):
        return Estimate(value, None, None, n, NOT_AVAILABLE)
    errors = one.standard_error, other.standard_error
    if errors[0] is None or errors[1] is None:
        reason = one if errors[0] is None else other
        return Estimate(value, None, None, n, reason.estimate.method)
    degrees = one.degrees, other.degrees
    if independent:
        half, method = _welch(errors[0], errors[1], degrees, confidence), "independent samples, Welch, t"
    else:
        half = sum(
            t_quantile(count, confidence) * error for count, error in zip(degrees, (errors[0], errors[1]), strict=True)
        )
        method = "draws may be shared: half-widths added"
    return Estimate(value, value - half, value + half, n, method)


def _welch(one: float, other: float, degrees: tuple[int, int], confidence: float) -> float:
    """Return the half-width of a difference from two standard errors and their degrees of freedom."""
    variance = one**2 + other**2
    if not variance:
        return 0.0
    effective = variance**2 / ((one**2) ** 2 / degrees[0] + (other**2) ** 2 / degrees[1])
    return t_quantile(effective, confidence) * sqrt(variance)


def best_of(
    name: str,
    observed: Mapping[str, Observed],
    sampling: Callable[[str, str], Sampling],
    confidence: float = CONFIDENCE,
) -> Ranking | None:
    """Return which of several may be the best in a figure, all compared at once (see `ranking.rank_by`).

    `sampling` of two of them by name. Where one is not resolved, no one is excluded. None where there are fewer than
    two, one is not available, or the figure is neither better high nor low.
    """
    better = kpi_of(name).better
    known = [each.estimate for each in observed.values()]
    if len(known) <= 1 or better is None or not all(isfinite(each.value) for each in known):
        return None

    def worse_by(one: str, other: str, each: float) -> Estimate:
        first, second = (other, one) if better == HIGHER else (one, other)
        return difference(observed[first], observed[second], sampling(one, other), each)

    return rank_by(list(observed), worse_by, confidence, all(each.resolved for each in known))
