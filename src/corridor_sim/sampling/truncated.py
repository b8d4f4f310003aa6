"""Laws without natural limits, conditioned on stated ones: truncated, never clipped.

The parameters describe a law before truncation; its moments are those after it.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from corridor_sim.sampling.law import (
    HALF,
    SQUARE,
    Floats,
    Law,
    Ranged,
    require,
    require_positive,
    require_rising,
)
from corridor_sim.units import decimal_text

LEAST_KEPT = 1e-9
"""Limits that keep less than this of a law are a mistake, and leave no digits for its moments."""
GAMMA_GRID = 1 << 40
"""A scale worked out with the gamma function is kept to this grid, so that the last bit of libm is lost."""


def _inverted(
    tail: Floats,
    upper: bool,
    ends: tuple[float, float, float],
    below: Callable[[Floats], Floats],
    above: Callable[[Floats], Floats],
) -> Floats:
    """Return quantiles (see Law.quantile) of a law of which `ends` = (share cut below, cut above, kept).

    `below` and `above` invert the whole law's distribution and survival function. Each value comes from
    whichever of the two has the smaller argument, because that one has kept its digits.
    """
    under, over, kept = ends
    from_low, from_high = (1 - tail, tail) if upper else (tail, 1 - tail)
    share_below, share_above = under + kept * from_low, over + kept * from_high
    is_low = share_below <= float(HALF)
    values = np.empty_like(tail)
    values[is_low], values[~is_low] = below(share_below[is_low]), above(share_above[~is_low])
    return values


def _normal_below(standard: float) -> float:
    return math.erfc(-standard / math.sqrt(SQUARE)) / SQUARE


def _normal_quantile(tail: Floats) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(tail))


def _normal_quantile_above(tail: Floats) -> Floats:
    return -_normal_quantile(tail)


def _check_kept(kept: float) -> float:
    require(kept >= LEAST_KEPT, "the limits keep practically nothing of the law")
    return kept


@dataclass(frozen=True)
class TruncatedNormal(Ranged):
    """A normal law with the given mean and standard deviation, conditioned on [`low`, `high`]."""

    untruncated_mean: Fraction
    sd: Fraction
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        require_positive("sd", self.sd)
        require_rising("low, high", self.low, self.high)
        if self.low < self.high:
            _check_kept(self._ends()[-1])

    def _limits(self) -> tuple[float, float]:
        below_mean, above_mean = self.untruncated_mean - self.low, self.high - self.untruncated_mean
        return -float(below_mean / self.sd), float(above_mean / self.sd)

    def _ends(self) -> tuple[float, float, float]:
        low, high = self._limits()
        under, over = _normal_below(low), _normal_below(-high)
        return under, over, _normal_below(high) - under

    def _moments(self) -> tuple[float, float]:
        """Return mean and mean square (Johnson, Kotz, Balakrishnan 1994, volume 1, section 13.10)."""
        if self.low == self.high:
            return float(self.low), float(self.low) ** SQUARE
        low, high = self._limits()
        density_low, density_high = (math.exp(-z * z / SQUARE) / math.sqrt(math.tau) for z in (low, high))
        kept, mean, sd = self._ends()[-1], float(self.untruncated_mean), float(self.sd)
        shift = sd * (density_low - density_high) / kept
        spread = sd**SQUARE * (1 + (low * density_low - high * density_high) / kept)
        return mean + shift, mean**SQUARE + SQUARE * mean * shift + spread

    def mean(self) -> float:
        return self._moments()[0]

    def second_moment(self) -> float:
        return self._moments()[1]

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        standard = _inverted(tail, upper, self._ends(), _normal_quantile, _normal_quantile_above)
        return float(self.untruncated_mean) + float(self.sd) * standard


class Capped(Law):
    """A law on the positive numbers, conditioned on at most `max`."""

    max: Fraction

    @abstractmethod
    def _tails(self) -> tuple[float, float]:
        """Return the untruncated law's probabilities of at most, and of more than, `max`."""

    @abstractmethod
    def _moment(self, order: int) -> float:
        """Return the mean of x**order * (x <= max) under the untruncated law."""

    @abstractmethod
    def _below(self, tail: Floats) -> Floats:
        """Invert the untruncated distribution function."""

    @abstractmethod
    def _above(self, tail: Floats) -> Floats:
        """Invert the untruncated survival function."""

    def mean(self) -> float:
        return self._moment(1) / _check_kept(self._tails()[0])

    def second_moment(self) -> float:
        return self._moment(SQUARE) / _check_kept(self._tails()[0])

    def smallest(self) -> Fraction:
        return Fraction(0)

    def largest(self) -> Fraction:
        return self.max

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        kept, over = self._tails()
        return _inverted(tail, upper, (0.0, over, _check_kept(kept)), self._below, self._above)


def _require_spread(cv: Fraction) -> None:
    require(cv > 0, f"cv {decimal_text(cv)} is not above 0; without spread use a constant")


@dataclass(frozen=True)
class Lognormal(Capped):
    """A lognormal law with the given mean and coefficient of variation, up to `max`."""

    untruncated_mean: Fraction
    cv: Fraction
    max: Fraction

    def __post_init__(self) -> None:
        require_positive("mean", self.untruncated_mean)
        _require_spread(self.cv)
        require_positive("max", self.max)

    def _logs(self) -> tuple[float, float]:
        """Return the mean and the standard deviation of the logarithm."""
        variance = math.log1p(self.cv**SQUARE)
        return math.log(self.untruncated_mean) - variance / SQUARE, math.sqrt(variance)

    def _tails(self) -> tuple[float, float]:
        log_mean, log_sd = self._logs()
        limit = (math.log(self.max) - log_mean) / log_sd
        return _normal_below(limit), _normal_below(-limit)

    def _moment(self, order: int) -> float:
        log_mean, log_sd = self._logs()
        limit = (math.log(self.max) - log_mean) / log_sd
        whole = math.exp(order * log_mean + (order * log_sd) ** SQUARE / SQUARE)
        return whole * _normal_below(limit - order * log_sd)

    def _below(self, tail: Floats) -> Floats:
        log_mean, log_sd = self._logs()
        return np.exp(log_mean + log_sd * _normal_quantile(tail))

    def _above(self, tail: Floats) -> Floats:
        log_mean, log_sd = self._logs()
        return np.exp(log_mean - log_sd * _normal_quantile(tail))


@dataclass(frozen=True)
class Gamma(Capped):
    """A gamma law with the given mean and coefficient of variation, up to `max`; Erlang k: cv 1/sqrt(k)."""

    untruncated_mean: Fraction
    cv: Fraction
    max: Fraction

    def __post_init__(self) -> None:
        require_positive("mean", self.untruncated_mean)
        _require_spread(self.cv)
        require_positive("max", self.max)

    def _shape_and_scale(self) -> tuple[float, float]:
        return float(1 / self.cv**SQUARE), float(self.untruncated_mean * self.cv**SQUARE)

    def _tails(self) -> tuple[float, float]:
        from scipy.special import gammainc, gammaincc

        shape, scale = self._shape_and_scale()
        limit = float(self.max) / scale
        return float(gammainc(shape, limit)), float(gammaincc(shape, limit))

    def _moment(self, order: int) -> float:
        from scipy.special import gammainc

        shape, scale = self._shape_and_scale()
        rising = math.prod(shape + step for step in range(order))
        return scale**order * rising * float(gammainc(shape + order, float(self.max) / scale))

    def _below(self, tail: Floats) -> Floats:
        from scipy.special import gammaincinv

        shape, scale = self._shape_and_scale()
        return scale * np.asarray(gammaincinv(shape, tail), np.float64)

    def _above(self, tail: Floats) -> Floats:
        from scipy.special import gammainccinv

        shape, scale = self._shape_and_scale()
        return scale * np.asarray(gammainccinv(shape, tail), np.float64)


@dataclass(frozen=True)
class Weibull(Capped):
    """A Weibull law with the given scale and shape, up to `max`."""

    scale: Fraction
    shape: Fraction
    max: Fraction

    def __post_init__(self) -> None:
        require_positive("scale", self.scale)
        require_positive("shape", self.shape)
        require_positive("max", self.max)

    @classmethod
    def of_mean(cls, mean: Fraction, shape: Fraction, max: Fraction) -> Weibull:
        """Return the Weibull law whose mean before truncation is `mean`. Raises ValueError likewise."""
        require_positive("shape", shape)
        mean_of_unit_scale = math.gamma(1 + float(1 / shape))
        return cls(mean / Fraction(round(mean_of_unit_scale * GAMMA_GRID), GAMMA_GRID), shape, max)

    def _tails(self) -> tuple[float, float]:
        hazard = float(self.max / self.scale) ** float(self.shape)
        return -math.expm1(-hazard), math.exp(-hazard)

    def _moment(self, order: int) -> float:
        from scipy.special import gammainc

        power = 1 + order / float(self.shape)
        hazard = float(self.max / self.scale) ** float(self.shape)
        return float(self.scale) ** order * math.gamma(power) * float(gammainc(power, hazard))

    def _below(self, tail: Floats) -> Floats:
        return float(self.scale) * (-np.log1p(-tail)) ** float(1 / self.shape)

    def _above(self, tail: Floats) -> Floats:
        return float(self.scale) * (-np.log(tail)) ** float(1 / self.shape)


@dataclass(frozen=True)
class Exponential(Law):
    """An exponential law with the given mean, up to `max`: the Weibull law of shape 1."""

    untruncated_mean: Fraction
    max: Fraction

    def __post_init__(self) -> None:
        require_positive("mean", self.untruncated_mean)
        require_positive("max", self.max)

    def _weibull(self) -> Weibull:
        return Weibull(self.untruncated_mean, Fraction(1), self.max)

    def mean(self) -> float:
        return self._weibull().mean()

    def second_moment(self) -> float:
        return self._weibull().second_moment()

    def smallest(self) -> Fraction:
        return Fraction(0)

    def largest(self) -> Fraction:
        return self.max

    def quantile(self, tail: Floats, upper: bool) -> Floats:
        return self._weibull().quantile(tail, upper)
