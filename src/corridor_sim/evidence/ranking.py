"""Which of several alternatives may be the best: multiple comparisons with the best, never a bare minimum.

Hsu's constrained intervals (Multiple Comparisons, 1996, ch. 4) from paired differences, each with a variance of its
own; Bonferroni over the comparisons with the unknown best keeps the joint confidence whatever the correlation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy.typing as npt

from corridor_sim.evidence.intervals import CONFIDENCE, Estimate, paired_difference_of_ratios

Terms = tuple[npt.ArrayLike, npt.ArrayLike]
"""Numerators and denominators of a figure, one of each per replication."""


@dataclass(frozen=True, slots=True)
class Rank:
    """An alternative's figure minus the best of the others', simultaneously with all other alternatives.

    `worse_by`: its interval reaches from at most 0 to at least 0. `may_be_best`: it cannot be excluded. `is_best`:
    all others can.
    """

    name: str
    worse_by: Estimate
    may_be_best: bool
    is_best: bool

    def good_enough(self, indifference: float) -> bool:
        """Return whether it is certainly less than `indifference` worse than the best."""
        return self.worse_by.high is not None and self.worse_by.high <= indifference


@dataclass(frozen=True, slots=True)
class Ranking:
    """All alternatives, the smallest figure first, and the confidence of everything said about them together."""

    ranks: tuple[Rank, ...]
    confidence: float

    @property
    def candidates(self) -> tuple[str, ...]:
        """The alternatives that cannot be excluded as best."""
        return tuple(rank.name for rank in self.ranks if rank.may_be_best)

    @property
    def best(self) -> str | None:
        """The best alternative, None where more than one may be."""
        return next((rank.name for rank in self.ranks if rank.is_best), None)


def rank(alternatives: Mapping[str, Terms], confidence: float = CONFIDENCE, resolved: bool = True) -> Ranking:
    """Return which alternatives may have the smallest figure, such as a cost per TEU.

    `alternatives`: for each the (numerators, denominators) of the same replications in the same order, on common
    draws. From fewer than 10 replications, or where `resolved` is False, no one is excluded. Raises ValueError for
    fewer than two alternatives or unequal replications.
    """

    def paired(one: str, other: str, each: float) -> Estimate:
        return paired_difference_of_ratios(alternatives[one], alternatives[other], each)

    return rank_by(list(alternatives), paired, confidence, resolved)


def rank_by(
    names: Sequence[str],
    worse_by: Callable[[str, str, float], Estimate],
    confidence: float = CONFIDENCE,
    resolved: bool = True,
) -> Ranking:
    """Return the same of any figure: `worse_by(one, other, confidence)` says by how much one is worse than another.

    Raises ValueError for fewer than two names.
    """
    if len(names) <= 1:
        raise ValueError("a ranking needs at least two alternatives")
    # One-sided at (1 - confidence) / (k - 1) is the upper end of a two-sided interval at twice that.
    each = 1 - (1 + 1) * (1 - confidence) / (len(names) - 1)
    differences: dict[tuple[str, str], Estimate] = {}
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            found = worse_by(one, other, max(each, 0.0))
            differences[one, other] = found
            differences[other, one] = _turned(found)
    ranks = [
        _against_best(one, [differences[one, other] for other in names if other != one], resolved) for one in names
    ]
    certain = [rank for rank in ranks if rank.may_be_best]
    ranks = [Rank(each.name, each.worse_by, each.may_be_best, each.may_be_best and len(certain) == 1) for each in ranks]
    return Ranking(tuple(sorted(ranks, key=lambda rank: rank.worse_by.value)), confidence)


def _turned(estimate: Estimate) -> Estimate:
    low = None if estimate.high is None else -estimate.high
    high = None if estimate.low is None else -estimate.low
    return Estimate(-estimate.value, low, high, estimate.n, estimate.method, estimate.resolved)


def _against_best(name: str, differences: list[Estimate], resolved: bool) -> Rank:
    """Return an alternative beside the best of the others, from its differences to each of them."""
    nearest = max(differences, key=lambda each: each.value)
    lows = [each.low for each in differences if each.low is not None]
    highs = [inf if each.high is None else each.high for each in differences]
    excluded = resolved and any(low > 0 for low in lows)
    if len(lows) < len(differences):
        return Rank(name, Estimate(nearest.value, None, None, nearest.n, nearest.method, resolved), not excluded, False)
    low, high = min(0.0, max(lows)), max(0.0, *highs)
    method = f"comparisons with the best, Bonferroni; {nearest.method}"
    return Rank(name, Estimate(nearest.value, low, high, nearest.n, method, resolved), not excluded, False)
