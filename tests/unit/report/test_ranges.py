"""Ranges are told in the unit of their value, not in the base units in which they are kept."""

from __future__ import annotations

import pytest

from corridor_sim.report.html.ranges import range_text


@pytest.mark.parametrize(
    ("text", "low", "high", "told"),
    [
        ("6 h", 3 * 3600.0, 12 * 3600.0, "3 – 12 h"),
        ("pert 1 h, 4 h, 24 h", 3600.0, 86400.0, "1 – 24 h"),
        ("6 days", 5 * 86400.0, 7 * 86400.0, "5 – 7 days"),
        ("4.6 t", 4400.0, 4900.0, "4.4 – 4.9 t"),
        ("5 %", 0.03, 0.15, "3 – 15 %"),
        ("pert 20 %, 60 %, 100 %", 0.2, 1.0, "20 – 100 %"),
        ("8000 CNY/t", 5.0, 12.0, "5,000 – 12,000 CNY/t"),
        ("0.238 CNY/box/km", 0.0, 0.238, "0 – 0.238 CNY/box/km"),
        ("30 plugs", 10.0, 80.0, "10 – 80 plugs"),
        ("0.3", 0.1, 0.6, "0.1 – 0.6"),
        ("first fit", 1.0, 2.0, "1 – 2"),
        ("6 h", None, None, ""),
    ],
)
def test_a_range_is_told_in_the_unit_of_its_value(text: str, low: float, high: float, told: str) -> None:
    assert range_text(text, low, high) == told
