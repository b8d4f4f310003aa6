"""Holds every derived value of the catalog against a derivation written without sight of it."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.catalog import audit, store
from corridor_sim.catalog.numbers import scalar_text

_WRITTEN = runpy.run_path(str(Path(__file__).with_name("derivations.py")))
DERIVED: dict[str, tuple[Fraction, ...]] = _WRITTEN["DERIVED"]
NOT_DETERMINED: dict[str, str] = _WRITTEN["NOT_DETERMINED"]

NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")
WITHIN_RANGE = Fraction(1, 100)
"""Share by which a value may be off that prints a range, or that prints a whole number ending in zeros."""


def _derived() -> dict[str, Mapping[str, Any]]:
    return {
        f"{entry.id} @ {path}" if path else entry.id: value
        for room in store.room_names()
        for entry in store.room(room).values()
        for path, value in audit.graded_of(entry)
        if "derived" in value
    }


CATALOG = _derived()


def _leaves(raw: Any) -> Iterator[str]:
    if isinstance(raw, Mapping | list):
        for part in raw.values() if isinstance(raw, Mapping) else raw:
            yield from _leaves(part)
    else:
        yield scalar_text(raw)


def _printed(value: Mapping[str, Any]) -> list[tuple[Fraction, Fraction]]:
    """Return (number, how far the derivation may be off) of each number in the value's text."""
    found = [NUMBER.match(text) for text in _leaves(value["derived"])]
    return [_with_tolerance(match[1], match[2], "range" in value) for match in found if match]


def _with_tolerance(digits: str, percent: str, ranged: bool) -> tuple[Fraction, Fraction]:
    whole, _, decimals = digits.partition(".")
    unit = Fraction(1, 100 if percent else 1)
    number, half = Fraction(digits) * unit, unit / 2 / 10 ** len(decimals)
    if not number:
        return number, number
    zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
    rounded = min(half * 10**zeros, number * WITHIN_RANGE)
    return number, max(half, rounded, number * WITHIN_RANGE if ranged else Fraction(0))


def test_every_derived_value_is_derived_twice_or_known_not_to_follow() -> None:
    known = set(DERIVED) | set(NOT_DETERMINED)
    assert sorted(set(CATALOG) - known) == [], "derive these from the published figures as well"
    assert sorted(known - set(CATALOG)) == [], "the catalog holds no such derived value"
    assert sorted(set(DERIVED) & set(NOT_DETERMINED)) == []


@pytest.mark.parametrize("key", sorted(DERIVED))
def test_a_derived_value_is_what_the_published_figures_give(key: str) -> None:
    value = CATALOG[key]
    printed = _printed(value)
    again = DERIVED[key]
    said = f"{value['derived']} in the catalog, {[float(number) for number in again]} derived again"
    assert len(printed) == len(again), said
    off = [abs(number - other) > most for (number, most), other in zip(printed, again, strict=True)]
    assert not any(off), said


@pytest.mark.parametrize(
    ("digits", "percent", "ranged", "number", "most"),
    [
        ("17", "", False, Fraction(17), Fraction(1, 2)),
        ("34.8", "%", False, Fraction("0.348"), Fraction("0.0005")),
        ("183000", "", False, Fraction(183_000), Fraction(500)),
        ("0", "", False, Fraction(0), Fraction(0)),
        ("110", "", False, Fraction(110), Fraction("1.1")),
        ("90", "", False, Fraction(90), Fraction("0.9")),
        ("0.0684", "", True, Fraction("0.0684"), Fraction("0.000684")),
    ],
)
def test_a_derivation_may_be_off_by_no_more_than_the_print(
    digits: str, percent: str, ranged: bool, number: Fraction, most: Fraction
) -> None:
    assert _with_tolerance(digits, percent, ranged) == (number, most)
