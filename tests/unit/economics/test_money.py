"""Cents are exact: products, exchange and division, against hand calculations."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from corridor_sim.economics.money import (
    Factors,
    amount_cents,
    divide_groups,
    half_even,
    largest_remainder,
    to_cny_cents,
)
from corridor_sim.errors import InputError
from corridor_sim.network.rates import MILLION, DatedRates

HKD = {"HKD": DatedRates((0, 86_400), (Fraction("0.898"), Fraction("0.915")), 172_800)}


def test_halves_go_to_the_even_neighbour() -> None:
    assert half_even(np.array([5, 15, 25, -5, -15, 7]), 10).tolist() == [0, 2, 2, 0, -2, 1]


def test_quantity_times_price_is_rounded_once() -> None:
    # 25.555 t at 0.3456 CNY/kg: 25,555 kg x 0.3456 = 8,831.808 CNY
    cents = amount_cents(np.array([[25_555_000]]), [Fraction("0.3456") * MILLION])
    assert cents.tolist() == [883_181]


def test_rates_of_a_charge_are_summed_before_rounding() -> None:
    # 0.004 CNY + 0.004 CNY = 0.008 CNY, one cent; each alone would be none
    cents = amount_cents(np.array([[1000, 1000]]), [Fraction("0.004") * MILLION] * 2)
    assert cents.tolist() == [1]


def test_products_above_int64_stay_exact() -> None:
    # seven thirds of a millionth of a CNY each, 3e15 of them: 7e9 CNY
    cents = amount_cents(np.array([[3 * 10**18]]), [Fraction(7, 3)])
    assert cents.tolist() == [7 * 10**11]


def test_exchange_uses_the_rate_of_the_posting_date() -> None:
    # HKD 2,140.00 at 0.898 is 1,921.72 CNY; at 0.915 it is 1,958.10 CNY
    cents = to_cny_cents("HKD", np.array([214_000, 214_000, 214_000]), np.array([0, 86_399, 86_400]), HKD)
    assert cents.tolist() == [192_172, 192_172, 195_810]


def test_a_date_without_a_rate_is_an_error() -> None:
    with pytest.raises(InputError, match="HKD"):
        to_cny_cents("HKD", np.array([1]), np.array([172_800]), HKD)
    with pytest.raises(InputError, match="USD"):
        to_cny_cents("USD", np.array([1]), np.array([0]), HKD)


def test_left_over_cents_go_to_the_largest_remainders() -> None:
    # 100 cents over 1 : 2 : 4 are 14.28, 28.57, 57.14; the cent left goes to the second
    assert largest_remainder(100, np.array([1, 2, 4]), np.array([0, 1, 2])).tolist() == [14, 29, 57]


def test_equal_remainders_are_settled_by_tie_rank() -> None:
    assert largest_remainder(100, np.array([1, 1, 1]), np.array([9, 4, 7])).tolist() == [33, 34, 33]
    assert largest_remainder(-100, np.array([1, 1, 1]), np.array([9, 4, 7])).tolist() == [-33, -34, -33]


def test_groups_are_divided_apart_and_lose_nothing() -> None:
    group = np.array([1, 0, 1, 0, 1])
    shares = divide_groups(np.array([101, 10]), group, np.array([1, 1, 1, 1, 1]), np.array([0, 1, 2, 3, 4]))
    # 101 over rows 1 and 3: 51, 50; 10 over rows 0, 2 and 4: 4, 3, 3
    assert shares.tolist() == [4, 51, 3, 50, 3]


def test_large_weights_divide_exactly() -> None:
    shares = largest_remainder(10**12, np.array([10**12, 10**12 + 1]), np.array([0, 1]))
    assert shares.sum() == 10**12
    assert shares.tolist() == [500_000_000_000, 500_000_000_000]


def test_a_total_without_weights_is_an_error() -> None:
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(5, np.array([0, 0]), np.array([0, 1]))


def test_rows_of_factors_are_exact_whether_they_fit_or_not() -> None:
    rows = [
        [Fraction(1, 3), Fraction(2)],
        [Fraction(10**13 + 1, 10**12), Fraction(1, 7)],
        [Fraction(1, 10**20), Fraction(0)],
    ]
    quantities = np.array([[1, 0], [10**12, 3], [10**17, 10**15], [25 * 10**17, 1], [15, -2]])
    row = np.array([0, 1, 1, 2, 0])
    expected = [
        round(sum(int(count) * factor for count, factor in zip(counts, rows[place], strict=True)))
        for counts, place in zip(quantities, row, strict=True)
    ]
    # 25/1000 = 0.025 rounds to 0; 10**20 does not fit 64 bits, nor does 10**17 times 10**13
    assert Factors.of(rows).rounded(row, quantities).tolist() == expected
