"""A distribution whose mean is in doubt: the same shape, drawn towards one end until its mean is where it should be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from corridor_sim.sampling.distributions import Constant
from corridor_sim.sampling.law import SQUARE, Distribution, exact_mean, require

CACHED_MEANS = 4096


@dataclass(frozen=True)
class Moved(Distribution):
    """What `law` draws, gone the share `weight` of the way to `end`: x + weight (end - x).

    `end` lies at or beyond one end of the law, so that every draw stays between the law's other end and `end`.
    """

    law: Distribution
    end: Fraction
    weight: Fraction

    def __post_init__(self) -> None:
        require(0 < self.weight < 1, f"the weight {float(self.weight):g} is not between 0 and 1")
        beyond = not self.law.smallest() < self.end < self.law.largest()
        require(beyond, f"the end {float(self.end):g} lies inside what it should be an end of")
        require(not isinstance(self.law, Moved | Constant), "what is moved is neither constant nor moved already")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.law, self.end, self.weight))

    def of(self, value: Fraction) -> Fraction:
        """Return where a value of the law goes."""
        return value + self.weight * (self.end - value)

    def mean(self) -> Fraction:
        return self.of(exact_mean(self.law))

    def second_moment(self) -> float:
        shift, stretch = float(self.weight * self.end), float(1 - self.weight)
        mean, square = float(exact_mean(self.law)), self.law.second_moment()
        return shift**SQUARE + shift * stretch * (mean + mean) + stretch**SQUARE * square

    def smallest(self) -> Fraction:
        return self.of(self.law.smallest())

    def largest(self) -> Fraction:
        return self.of(self.law.largest())


def with_mean(law: Distribution, mean: Fraction, low: Fraction, high: Fraction) -> Distribution:
    """Return `law` with another `mean`, which may lie anywhere in [low, high].

    A constant becomes the mean. Anything else keeps its shape and is drawn towards the greater of its largest value
    and `high`, or towards the least of its smallest and `low`. Raises ValueError for a mean beyond these.
    """
    stated = _mean_of(law)
    if mean == stated:
        return law
    end = max(law.largest(), high) if mean > stated else min(law.smallest(), low)
    require(mean <= end if mean > stated else mean >= end, f"a mean of {float(mean):g} is out of range")
    if isinstance(law, Constant) or mean == end:
        return Constant(mean)
    return Moved(law, end, (mean - stated) / (end - stated))


@lru_cache(maxsize=CACHED_MEANS)
def _mean_of(law: Distribution) -> Fraction:
    return exact_mean(law)
