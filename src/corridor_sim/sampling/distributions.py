"""The distributions a scenario may name; those without natural limits are defined in `truncated`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from corridor_sim.sampling.law import (
    HALF,
    SQUARE,
    Distribution,
    Floats,
    Law,
    Ranged,
    require,
    require_positive,
    require_rising,
)
from corridor_sim.sampling.truncated import Exponential, Gamma, Lognormal, TruncatedNormal, Weibull

__all__ = [
    "Constant",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "Law",
    "Lognormal",
    "Mixture",
    "Pert",
    "Triangular",
    "TruncatedNormal",
    "Uniform",
    "Weibull",
]

CORNERS = 3
PERT_LAMBDA = 4
PERT_WEIGHTS = PERT_LAMBDA + 1 + 1
"""The mean of a PERT law is (low + 4 mode + high) / 6; the two shapes of its Beta law also add up to 6."""


@dataclass(frozen=True)
class Constant(Distribution):
    """Always `value`."""

    value: Fraction

    def mean(self) -> Fraction:
        return self.value

    def second_moment(self) -> float:
        return float(self.value**SQUARE)

    def smallest(self) -> Fraction:
        return self.value

    def largest(self) -> Fraction:
        return self.value


@dataclass(frozen=True)
class Uniform(Ranged):
    """Anything from `low` to `high`, equally likely."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        require_rising("low, high", self.low, self.high)

    def mean(self) -> Fraction:
        return (self.low + self.high) * HALF

    def second_moment(self) -> float:
        return float((self.low**SQUARE + self.low * self.high + self.high**SQUARE) / CORNERS)

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        distance = tail * float(self.high - self.low)
        return float(self.high) - distance if upper else float(self.low) + distance


@dataclass(frozen=True)
class Triangular(Ranged):
    """From `low` to `high`, the density rising to `mode` and falling again along straight lines."""

    low: Fraction
    mode: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        require_rising("low, mode, high", self.low, self.mode, self.high)

    def mean(self) -> Fraction:
        return (self.low + self.mode + self.high) / CORNERS

    def second_moment(self) -> float:
        low, mode, high = self.low, self.mode, self.high
        squares = low**SQUARE + mode**SQUARE + high**SQUARE
        return float((squares + low * mode + low * high + mode * high) * HALF / CORNERS)

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        width = self.high - self.low
        to_mode = self.high - self.mode if upper else self.mode - self.low
        before = np.sqrt(tail * float(width * to_mode))
        behind = float(width) - np.sqrt((1 - tail) * float(width * (width - to_mode)))
        distance = np.where(tail * float(width) < float(to_mode), before, behind)
        return float(self.high) - distance if upper else float(self.low) + distance


@dataclass(frozen=True)
class Pert(Ranged):
    """A Beta law from `low` to `high` around the likeliest value `mode` (Malcolm et al. 1959, lambda 4)."""

    low: Fraction
    mode: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        require_rising("low, mode, high", self.low, self.mode, self.high)

    def mean(self) -> Fraction:
        return (self.low + PERT_LAMBDA * self.mode + self.high) / PERT_WEIGHTS

    def second_moment(self) -> float:
        mean = self.mean()
        return float(mean**SQUARE + (mean - self.low) * (self.high - mean) / (PERT_WEIGHTS + 1))

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        from scipy.special import betaincinv

        if self.low == self.high:
            return np.full_like(tail, float(self.low))
        to_mode = self.high - self.mode if upper else self.mode - self.low
        shape = float(1 + PERT_LAMBDA * to_mode / (self.high - self.low))
        distance = float(self.high - self.low) * np.asarray(betaincinv(shape, PERT_WEIGHTS - shape, tail))
        return float(self.high) - distance if upper else float(self.low) + distance


@dataclass(frozen=True)
class Empirical(Distribution):
    """One of the measured `values`, in proportion to its weight."""

    values: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        require(
            len(self.values) == len(self.weights) > 0,
            f"{len(self.values)} values with {len(self.weights)} weights; give one weight for each",
        )
        for weight in self.weights:
            require_positive("weight", weight)

    def _average(self, values: tuple[Fraction, ...]) -> Fraction:
        weighted = (value * weight for value, weight in zip(values, self.weights, strict=True))
        return sum(weighted, Fraction(0)) / sum(self.weights)

    def mean(self) -> Fraction:
        return self._average(self.values)

    def second_moment(self) -> float:
        return float(self._average(tuple(value**SQUARE for value in self.values)))

    def smallest(self) -> Fraction:
        return min(self.values)

    def largest(self) -> Fraction:
        return max(self.values)


@dataclass(frozen=True)
class Mixture(Distribution):
    """One of several distributions, given as (weight, distribution), in proportion to its weight."""

    parts: tuple[tuple[Fraction, Distribution], ...]

    def __post_init__(self) -> None:
        require(bool(self.parts), "a mixture needs at least one part")
        for weight, part in self.parts:
            require_positive("weight", weight)
            require(not isinstance(part, Mixture), "a part of a mixture cannot be a mixture; list all in one")

    def mean(self) -> Fraction | float:
        total = sum((weight for weight, _ in self.parts), Fraction(0))
        means = [(weight / total, part.mean()) for weight, part in self.parts]
        exact = [share * mean for share, mean in means if isinstance(mean, Fraction)]
        if len(exact) == len(means):
            return sum(exact, Fraction(0))
        return sum(float(share) * float(mean) for share, mean in means)

    def second_moment(self) -> float:
        total = float(sum(weight for weight, _ in self.parts))
        return sum(float(weight) * part.second_moment() for weight, part in self.parts) / total

    def smallest(self) -> Fraction:
        return min(part.smallest() for _, part in self.parts)

    def largest(self) -> Fraction:
        return max(part.largest() for _, part in self.parts)
