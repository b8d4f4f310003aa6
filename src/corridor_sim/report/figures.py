"""The pictures of a run, as PNG bytes by name; the same run gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.report.cost_chart import cost_breakdown
from corridor_sim.report.journey_chart import time_cost_distance
from corridor_sim.report.transit_chart import transit_times
from corridor_sim.report.waterfall_chart import cost_waterfall

if TYPE_CHECKING:
    import numpy as np

__all__ = ["cost_breakdown", "cost_waterfall", "draw_figures", "time_cost_distance", "transit_times"]


def draw_figures(summary: Mapping[str, Any], samples: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, bytes]:
    """Return every picture of a run by name (without ending); the waterfall where something is compared."""
    waterfall = cost_waterfall(summary)
    pictures = {
        "time_cost_distance": time_cost_distance(summary),
        "transit_times": transit_times(summary, samples),
        "cost_breakdown": cost_breakdown(summary),
    }
    return pictures if waterfall is None else {**pictures, "cost_waterfall": waterfall}
