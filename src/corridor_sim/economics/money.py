"""Money in whole cents: exact products, one rounding half to even, and division without a lost cent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.program import ONE, Ints
from corridor_sim.errors import InputError
from corridor_sim.network.rates import MILLION, DatedRates
from corridor_sim.units import CENTS, HOME_CURRENCY

LARGEST = 1 << 61
"""Integers below it can be doubled in int64."""
CENTS_TO_PRODUCT = ONE * MILLION // CENTS
"""One cent in units of quantity (thousandths) times unit price (millionths)."""


def half_even(numerators: NDArray[Any], denominator: int | Ints) -> Ints:
    """Return numerators / denominator (> 0) rounded to integers, ties to even; int64 or Python integers."""
    quotient = numerators // denominator
    twice = (numerators - quotient * denominator) * (1 + 1)
    up = (twice > denominator) | ((twice == denominator) & (quotient % (1 + 1) == 1))
    return np.asarray(quotient + up, dtype=np.int64)


def scaled(values: Ints, factor: Fraction) -> Ints:
    """Return values * factor rounded half to even, exact also where the product exceeds int64."""
    return weighted(values[:, None], [factor])


def weighted(quantities: Ints, factors: Sequence[Fraction]) -> Ints:
    """Return sum over k of quantities[:, k] * factors[k], exact, then rounded half to even."""
    denominator = lcm(*(factor.denominator for factor in factors))
    weights = [int(factor * denominator) for factor in factors]
    most = int(np.abs(quantities).max(initial=0)) * max(1, sum(map(abs, weights)))
    kind = np.int64 if max(most, denominator) < LARGEST else np.object_
    return half_even(quantities.astype(kind) @ np.array(weights, dtype=kind), denominator)


def amount_cents(quantities: Ints, prices_millionths: Sequence[Fraction]) -> Ints:
    """Return cents: `quantities` (n, k) in thousandths times k unit prices in millionths, rounded once."""
    return weighted(quantities, [price / CENTS_TO_PRODUCT for price in prices_millionths])


def to_cny_cents(currency: str, cents: Ints, ticks: Ints, exchange: dict[str, DatedRates]) -> Ints:
    """Return `cents` of a currency in CNY cents by the rate of each posting's tick.

    Raises InputError where the currency has no rate on a posting's date.
    """
    if currency == HOME_CURRENCY or not len(cents):
        return cents
    dated = exchange.get(currency)
    if dated is None or ticks.min() < dated.starts[0] or ticks.max() >= dated.until:
        raise InputError(f"money.rates.{currency}: no rate for a posting's date; add one, or say `hold_last: ...`")
    period = np.searchsorted(dated.starts, ticks, side="right") - 1
    converted = np.zeros_like(cents)
    for number in np.unique(period):
        mask = period == number
        converted[mask] = scaled(cents[mask], dated.rates[int(number)])
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
    order = np.lexsort((tie, -remainders, group))
    ranked = group[order]
    place = np.arange(len(order)) - np.searchsorted(ranked, ranked, side="left")
    shares[order] += place < (size - given)[ranked]
    return np.asarray(shares * np.sign(totals)[group], dtype=np.int64)
