"""A figure as the summary writes it: value, interval, unit, how it was estimated."""

from __future__ import annotations

from math import isfinite
from typing import Any

from corridor_sim.evidence.intervals import Estimate

Figures = dict[str, Any]
ONE_BOX = 1000
"""Boxes and kilograms are kept in thousandths."""
KG_PER_TONNE = 1000


def figure(estimate: Estimate, unit: str) -> Figures:
    """Return an Estimate as JSON-able figures; what is not available is None."""

    def known(value: float | None) -> float | None:
        return float(value) if value is not None and isfinite(value) else None

    return {
        "value": known(estimate.value),
        "low": known(estimate.low),
        "high": known(estimate.high),
        "unit": unit,
        "n": estimate.n,
        "resolved": estimate.resolved,
        "method": estimate.method,
    }


def estimate_of(told: Figures) -> Estimate:
    """Return the Estimate of figures; what is not available is NaN."""
    value = float("nan") if told["value"] is None else float(told["value"])
    return Estimate(value, told["low"], told["high"], int(told["n"]), str(told["method"]), bool(told["resolved"]))
