"""Quantities and their units against arithmetic by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from corridor_sim.units import DEFINITIONS, Price, UnitProblem, measure_of, parse_price, parse_quantity, parse_rate


@pytest.mark.parametrize(
    ("text", "measure", "amount"),
    [
        ("1.1 h", "duration", 3960),
        ("2 weeks", "duration", 2 * 7 * 24 * 3600),
        ("1 month", "duration", 365 * 86_400 // 12),
        ("10 nm", "distance", Fraction("18.52")),
        ("250 m", "distance", Fraction(1, 4)),
        ("1.5 t", "mass", 1500),
        ("2 m3", "volume", 2000),
        ("70 %", "share", Fraction(7, 10)),
        ("3 containers", "box", 3),
    ],
)
def test_amounts_are_exact_in_base_units(text: str, measure: str, amount: Fraction) -> None:
    assert (measure_of(text), parse_quantity(text, measure)) == (measure, amount)


def test_rates_and_prices_are_per_what_follows_each_stroke() -> None:
    assert parse_rate("30 pallets per week") == ("pallet", Fraction(30, 604_800))
    assert parse_rate("7 boxes/day") == ("box", Fraction(7, 86_400))
    assert parse_price("3.185 CNY/km/box") == Price(Fraction("3.185"), "CNY", ("box", "kilometre"))
    assert parse_price("HKD 36/h") == Price(Fraction(1, 100), "HKD", ("second",))
    assert parse_price("USD 5/t") == Price(Fraction(5, 1000), "USD", ("kilogram",))
    assert parse_price("80 RMB") == Price(Fraction(80), "CNY")


@pytest.mark.parametrize(
    ("text", "word"),
    [("HKD 5/", '""'), ("HKD 5/2box", '"2box"'), ("HKD 5/km**2", '"km\\*\\*2"'), ("HKD 5/bax", '"bax" .*"box"')],
)
def test_what_is_no_unit_is_said(text: str, word: str) -> None:
    with pytest.raises(UnitProblem, match=f"{word}.*"):
        parse_price(text)


def test_no_word_stands_for_two_units() -> None:
    words = [
        word for line in DEFINITIONS for word in (line.partition(":")[0].split()[0], *line.partition(":")[2].split())
    ]
    assert len(words) == len(set(words))
