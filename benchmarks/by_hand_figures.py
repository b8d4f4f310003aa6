"""What a user computes after a run of a model written by hand: figures and costs from the boxes' times, with NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmarks.size import YEAR_HOURS

GATE_CNY, RAIL_CNY, BARGE_CNY, HAULAGE_CNY, INSPECTION_CNY = 50.0, 4200.0, 900.0, 1500.0, 800.0
LIFT_CNY, LORRY_CNY = 80.0, 5200.0
INTEREST_PER_YEAR = 0.06
PENALTY_CNY_PER_DAY = 200.0
DAY_HOURS = 24.0
Column = NDArray[np.float64]


def time_figures(transit: Column, due: Column | float, no_room: Column) -> dict[str, float]:
    """Return door-to-door times in hours, and the shares on time and left behind at least once."""
    p50, p90, p95 = np.percentile(transit, [50, 90, 95])
    return {
        "transit_mean": float(transit.mean()),
        "transit_p50": float(p50),
        "transit_p90": float(p90),
        "transit_p95": float(p95),
        "on_time": float((transit <= due).mean()),
        "no_room": float((no_room > 0).mean()),
    }


def time_costs(transit: Column, due: Column | float, value_cny: Column | float) -> Column:
    """Return CNY of stock in transit and late penalty (by started day) of each box."""
    stock = value_cny * INTEREST_PER_YEAR * transit / YEAR_HOURS
    return stock + PENALTY_CNY_PER_DAY * np.ceil(np.maximum(transit - due, 0.0) / DAY_HOURS)


def shares(busy: Mapping[str, float], staffed: Mapping[str, float]) -> dict[str, float]:
    """Return the utilisation of each facility from busy and staffed server-hours."""
    return {f"utilisation_{name}": hours / staffed[name] for name, hours in busy.items()}


def within_the_year(starts: Column, ends: Column) -> float:
    """Return the hours of work from `starts` to `ends` that lie within the year."""
    return float((np.minimum(ends, YEAR_HOURS) - np.minimum(starts, YEAR_HOURS)).sum())
