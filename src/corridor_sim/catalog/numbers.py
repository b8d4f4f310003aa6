"""One number with its unit, read from a file within the limits that integers of an engine can hold."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from corridor_sim.units import DAYS_PER_YEAR, MEASURES, SECONDS_PER_DAY, UnitProblem, parse_quantity

LONGEST_YEARS = 100
MOST = 10**12
"""The largest amount of any measure in its base unit; thousandths of it, summed over a run, stay below 2**63."""
MOST_MONEY = 10**10
"""The largest amount of money in one price, in units of its currency."""
COLDEST, HOTTEST = -100, 100
LIMITS: dict[str, tuple[int, int]] = {
    "duration": (0, LONGEST_YEARS * DAYS_PER_YEAR * SECONDS_PER_DAY),
    "temperature": (COLDEST, HOTTEST),
}
"""Measure -> least and largest amount in its base unit, where they are not 0 and MOST."""


def scalar_text(raw: Any) -> str:
    """Return a scalar as the text a planner wrote; booleans and nothing are no numbers. Raises ValueError."""
    if isinstance(raw, bool) or raw is None:
        raise ValueError(f"{'nothing' if raw is None else str(raw).lower()} is not a number")
    if isinstance(raw, Mapping | list):
        raise ValueError("expected one value, found a list or mapping")
    # the shortest text of a small float has an exponent, which no planner wrote
    return format(Decimal(repr(raw)), "f") if isinstance(raw, float) else str(raw)


def read_number(raw: Any, measure: str) -> Fraction:
    """Return one exact number of `measure` in its base unit. Raises ValueError with what would be accepted."""
    text = scalar_text(raw)
    try:
        value = parse_quantity(text, measure)
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    return within_limits(text, value, measure)


def within_limits(text: str, value: Fraction, measure: str) -> Fraction:
    """Return `value`, read from `text`. Raises ValueError where it is negative or absurd."""
    least, most = LIMITS.get(measure, (0, MOST))
    if value < least == 0:
        raise ValueError(f'"{text}" is negative; expected 0 or more')
    if not least <= value <= most:
        limit = f"{LONGEST_YEARS} years" if measure == "duration" else f"{max(least, min(value, most))}"
        unit = "" if measure in ("duration", "share") else f" {MEASURES[measure]}"
        raise ValueError(f'"{text}" is out of all proportion; expected at {_end(value, most)} {limit}{unit}')
    return value


def _end(value: Fraction, most: int) -> str:
    return "most" if value > most else "least"
