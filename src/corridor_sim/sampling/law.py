"""What every distribution answers, and the checks of parameters that all of them share."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from corridor_sim.units import decimal_text

Floats = npt.NDArray[np.float64]

HALF = Fraction(1, 2)
SQUARE = 2
SIGNIFICANT_BITS = 26
"""Bits that are kept of a number from libm, in whose last of 53 machines differ."""


class Distribution(ABC):
    """What a number is drawn from. Parameters are `Fraction`, in the base unit of what is drawn."""

    @abstractmethod
    def mean(self) -> Fraction | float:
        """Return the mean, a Fraction where it is exact."""

    @abstractmethod
    def second_moment(self) -> float:
        """Return the mean of the square."""

    @abstractmethod
    def smallest(self) -> Fraction:
        """Return a bound that no draw falls below."""

    @abstractmethod
    def largest(self) -> Fraction:
        """Return a bound that no draw exceeds."""


class Law(Distribution):
    """A distribution with a continuous quantile function."""

    @abstractmethod
    def quantile(self, tail: Floats, upper: bool) -> Floats:
        """Return the values that are undercut (`upper`: exceeded) with probability `tail`.

        `tail`: float64[any shape] in (0, 1/2], so that both ends of the law keep all their digits.
        """


class Ranged(Law):
    """A law from `low` to `high`."""

    low: Fraction
    high: Fraction

    def smallest(self) -> Fraction:
        return self.low

    def largest(self) -> Fraction:
        return self.high


def snapped(values: Floats) -> Floats:
    """Round to SIGNIFICANT_BITS; frexp and ldexp are exact on every machine."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.rint(np.ldexp(mantissa, SIGNIFICANT_BITS)), exponent - SIGNIFICANT_BITS))


def exact_mean(distribution: Distribution) -> Fraction:
    """Return the mean, rounded as `snapped` does where it is not exact."""
    mean = distribution.mean()
    return mean if isinstance(mean, Fraction) else Fraction(snapped(np.array([mean])).item())


def require(fine: bool, message: str) -> None:
    """Raise ValueError with `message` unless all is `fine`."""
    if not fine:
        raise ValueError(message)


def require_positive(name: str, value: Fraction) -> None:
    """Raise ValueError unless the parameter `name` has a `value` above 0."""
    require(value > 0, f"{name} {decimal_text(value)} is not above 0")


def require_rising(names: str, *values: Fraction) -> None:
    """Raise ValueError unless the parameters called `names` have `values` that never fall."""
    fine = all(first <= second for first, second in itertools.pairwise(values))
    require(fine, f"{names} must not fall, but are {', '.join(map(decimal_text, values))}")
