"""Money in whole cents: exact products, one rounding half to even, and division without a lost cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.errors import InputError
from corridor_sim.network.rates import MILLION, DatedRates
from corridor_sim.units import CENTS, HOME_CURRENCY

DATED_COLUMNS = 4
KEPT_FACTORS = 64
LARGEST = 1 << 61
"""Integers below it can be doubled in int64."""
CENTS_TO_PRODUCT = ONE * MILLION // CENTS
"""One cent in units of quantity (thousandths) times unit price (millionths)."""


def half_even(numerators: NDArray[Any], denominator: int | Ints) -> Ints:
    """Return numerators / denominator (> 0) rounded to integers, ties to even; int64 or Python integers."""
    if isinstance(denominator, int) and denominator == 1:
        return np.asarray(numerators, dtype=np.int64)
    quotient: NDArray[Any] = numerators // denominator
    twice = (numerators - quotient * denominator) * (1 + 1)
    up = (twice > denominator) | ((twice == denominator) & (quotient % (1 + 1) == 1))
    return np.asarray(quotient + up, dtype=np.int64)


def scaled(values: Ints, factor: Fraction) -> Ints:
    """Return values * factor rounded half to even, exact also where the product exceeds int64."""
    return _one_factor(factor).rounded(np.zeros(len(values), np.int64), values[:, None])


def weighted(quantities: Ints, factors: Sequence[Fraction]) -> Ints:
    """Return sum over k of quantities[:, k] * factors[k], exact, then rounded half to even."""
    return Factors.of([factors]).rounded(np.zeros(len(quantities), np.int64), quantities)


@lru_cache(maxsize=KEPT_FACTORS)
def _one_factor(factor: Fraction) -> Factors:
    return Factors.of([[factor]])


@dataclass(frozen=True)
class Factors:
    """Rows of exact factors, each over one denominator: what is counted is multiplied with one of the rows.

    `weights` (rows, k) and `denominators` (rows,) are Python integers, `small_weights` and `small_denominators` the
    same in int64. `largest` (rows,): quantities up to it are sure to stay within int64; NONE where none is.
    """

    weights: NDArray[Any]
    denominators: NDArray[Any]
    small_weights: Ints
    small_denominators: Ints
    largest: Ints

    @staticmethod
    def of(rows: Sequence[Sequence[Fraction]]) -> Factors:
        """Return the factors of rows of equal length."""
        denominators = [lcm(*(factor.denominator for factor in row)) for row in rows]
        weights = [
            [int(factor * denominator) for factor in row] for row, denominator in zip(rows, denominators, strict=True)
        ]
        sizes = [max(1, sum(map(abs, row))) for row in weights]
        fits = [max(size, below) < LARGEST for size, below in zip(sizes, denominators, strict=True)]
        shape = (len(rows), len(rows[0]) if rows else 0)
        return Factors(
            np.array(weights, object).reshape(shape),
            np.array(denominators, object),
            np.array(
                [row if fit else [0] * len(row) for row, fit in zip(weights, fits, strict=True)], np.int64
            ).reshape(shape),
            np.array([below if fit else 1 for below, fit in zip(denominators, fits, strict=True)], np.int64),
            np.array([(LARGEST - 1) // size if fit else NONE for size, fit in zip(sizes, fits, strict=True)], np.int64),
        )

    def rounded(self, row: Ints, quantities: Ints) -> Ints:
        """Return sum over k of quantities[:, k] * factors[row, k], exact, then rounded half to even.

        row         int64[n], which factors count
        quantities  int64[n, k]
        """
        if not len(row):
            return np.zeros(0, np.int64)
        most = self.largest.min()
        if quantities.max(initial=0) <= most and quantities.min(initial=0) >= -most:
            return self._small(row, quantities)
        fits = (np.abs(quantities) <= self.largest[row, None]).all(axis=1)
        if fits.all():
            return self._small(row, quantities)
        result = np.zeros(len(row), np.int64)
        result[fits] = self.rounded(row[fits], quantities[fits])
        exact = (quantities[~fits].astype(object) * self.weights[row[~fits]]).sum(axis=1)
        result[~fits] = half_even(exact, self.denominators[row[~fits]])
        return result

    def _small(self, row: Ints, quantities: Ints) -> Ints:
        """Return what `rounded` returns, of quantities that stay within int64."""
        total = np.zeros(len(row), np.int64)
        for column, weights in zip(quantities.T, self.small_weights.T, strict=True):
            if weights.any():
                total = total + column * (weights[row] if len(weights) > 1 else weights)
        if self._divisor is not None:
            # NumPy divides many times faster by one number than by as many numbers
            return half_even(total, self._divisor)
        return half_even(total, self.small_denominators[row])

    @cached_property
    def _divisor(self) -> int | None:
        """The denominator of all rows, None where they differ."""
        known = set(self.small_denominators.tolist())
        return known.pop() if len(known) == 1 else None


def amount_cents(quantities: Ints, prices_millionths: Sequence[Fraction]) -> Ints:
    """Return cents: `quantities` (n, k) in thousandths times k unit prices in millionths, rounded once."""
    return weighted(quantities, [price / CENTS_TO_PRODUCT for price in prices_millionths])


def to_cny_cents(currency: str, cents: Ints, ticks: Ints, exchange: Mapping[str, DatedRates]) -> Ints:
    """Return `cents` of a currency in CNY cents by the rate of each posting's tick.

    Raises InputError where the currency has no rate on a posting's date.
    """
    return Exchange.of((currency,), exchange).cny_cents(np.zeros(len(cents), np.int64), cents, ticks)


@dataclass(frozen=True)
class Exchange:
    """Dated rates of some currencies, ready for many postings: per currency where its rates start, and the rates.

    The home currency, and one without rates, has none.
    """

    currencies: tuple[str, ...]
    starts: tuple[Ints, ...]
    until: tuple[int, ...]
    rates: tuple[Factors, ...]

    @staticmethod
    def of(currencies: tuple[str, ...], exchange: Mapping[str, DatedRates]) -> Exchange:
        """Return the rates of `currencies`."""
        dated = [exchange.get(currency, DatedRates((), (), 0)) for currency in currencies]
        return Exchange(
            currencies,
            tuple(np.array(each.starts, np.int64) for each in dated),
            tuple(each.until for each in dated),
            tuple(Factors.of([[rate] for rate in each.rates]) for each in dated),
        )

    @cached_property
    def tables(self) -> tuple[Ints, Ints]:
        """The same for compiled loops: (currencies, columns) and (dated rates, columns).

        Of each currency whether it is foreign, its first dated rate and the one past its last, and until when they
        hold; of each dated rate its start, weight, denominator and the largest number that stays within int64.
        """
        ends = np.cumsum([len(starts) for starts in self.starts], dtype=np.int64)
        foreign = [name != HOME_CURRENCY for name in self.currencies]
        first = ends - [len(starts) for starts in self.starts]
        parts = [
            (starts, rates.small_weights.ravel(), rates.small_denominators, rates.largest)
            for starts, rates in zip(self.starts, self.rates, strict=True)
        ]
        dated = np.concatenate([np.zeros((0, DATED_COLUMNS), np.int64), *(np.column_stack(part) for part in parts)])
        return np.column_stack((foreign, first, ends, np.array(self.until, np.int64))).astype(np.int64), dated

    def cny_cents(self, currency: Ints, cents: Ints, ticks: Ints) -> Ints:
        """Return CNY cents; `currency` int64[n] is a place in `currencies`. Raises InputError as `to_cny_cents`."""
        foreign = [place for place, name in enumerate(self.currencies) if name != HOME_CURRENCY]
        converted = cents if not foreign else cents.copy()
        for place in foreign:
            rows = np.flatnonzero(currency == place)
            if not len(rows):
                continue
            starts, when, name = self.starts[place], ticks[rows], self.currencies[place]
            if not len(starts) or when.min() < starts[0] or when.max() >= self.until[place]:
                raise InputError(f"money.rates.{name}: no rate for a posting's date; add one, or say `hold_last: ...`")
            period = np.searchsorted(starts, when, side="right") - 1
            converted[rows] = self.rates[place].rounded(period, cents[rows, None])
        return converted


def largest_remainder(total_cents: int, weights: Ints, tie: Ints) -> Ints:
    """Return shares of `total_cents` by `weights` that sum to it exactly; see `divide_groups`."""
    return divide_groups(np.array([total_cents]), np.zeros(len(weights), np.int64), weights, tie)


def divide_groups(totals: Ints, group: Ints, weights: Ints, tie: Ints) -> Ints:
    """Divide each group's total among its members by weight, without a lost cent.

    totals   int64[groups], may be negative
    group    int64[n], the place in `totals` of each member
    weights  int64[n], 0 or more
    tie      int64[n], tie ranks
    A member gets the whole cents of its share; the cents left go one each to the largest remainders, among equal
    ones to the lowest tie rank (largest remainder method, Hamilton). Raises ValueError for a group that has a
    total but no weight.
    """
    whole = np.zeros(len(totals), dtype=np.int64)
    np.add.at(whole, group, weights)
    if np.any((whole == 0) & (totals != 0)):
        raise ValueError("a total cannot be divided by weights that are all 0")
    size, divisor = np.abs(totals), np.maximum(whole, 1)[group]
    most = int(size.max(initial=0)) * int(weights.max(initial=0))
    kind = np.int64 if most < LARGEST else np.object_
    product = size[group].astype(kind) * weights.astype(kind)
    shares = np.asarray(product // divisor, dtype=np.int64)
    remainders = np.asarray(product % divisor, dtype=np.int64)
    given = np.zeros_like(size)
    np.add.at(given, group, shares)
    left = size - given
    open_ = np.flatnonzero(left[group])
    order = open_[np.lexsort((tie[open_], -remainders[open_], group[open_]))]
    ranked = group[order]
    place = np.arange(len(order)) - np.searchsorted(ranked, ranked, side="left")
    shares[order] += place < left[ranked]
    return np.asarray(shares * np.sign(totals)[group], dtype=np.int64)
