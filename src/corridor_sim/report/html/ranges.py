"""Ranges of inputs in the unit in which the value itself is written: "3 to 12 h" beside "6 h"."""

from __future__ import annotations

import re

from corridor_sim.report.words import short_number
from corridor_sim.units import UnitProblem, parse_any, parse_price

AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[^\d,]*)")


def range_text(text: str, low: float | None, high: float | None) -> str:
    """Return the ends of a range, which are in base units, in the unit of the first amount of a value's text."""
    if low is None or high is None:
        return ""
    found = AMOUNT.search(text)
    unit = found["unit"].strip() if found else ""
    factor = _base_of(unit) if unit else 1.0
    if factor is None:
        factor, unit = 1.0, ""
    return f"{short_number(low / factor)} – {short_number(high / factor)} {unit}".strip()


def _base_of(unit: str) -> float | None:
    """Return how many base units one of a unit is, None for what is neither a quantity nor a price."""
    try:
        return float(parse_any(f"1 {unit}")[1])
    except UnitProblem:
        pass
    try:
        return float(parse_price(f"1 {unit}").amount)
    except UnitProblem:
        return None
