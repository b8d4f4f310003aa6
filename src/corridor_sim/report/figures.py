"""The pictures of a run, as PNG bytes by name; the same run gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.report.cost_chart import cost_breakdown
from corridor_sim.report.journey_chart import time_cost_distance
from corridor_sim.report.transit_chart import transit_times
from corridor_sim.report.waterfall_chart import cost_waterfall
from corridor_sim.study.executors import Executor, Here

if TYPE_CHECKING:
    import numpy as np

Picture = tuple[Callable[..., bytes | None], tuple[Any, ...]]
"""What draws, and what it shows."""
__all__ = ["cost_breakdown", "cost_waterfall", "draw_figures", "time_cost_distance", "transit_times"]


def draw_figures(
    summary: Mapping[str, Any], samples: Mapping[str, Mapping[str, np.ndarray]], hands: Executor | None = None
) -> dict[str, bytes]:
    """Return every picture of a run by name (without ending); the waterfall where something is compared.

    They are drawn by `hands`, or else here.
    """
    tasks: list[Picture] = [
        (time_cost_distance, (summary,)),
        (transit_times, (summary, samples)),
        (cost_breakdown, (summary,)),
        (cost_waterfall, (summary,)),
    ]
    drawn = {draw.__name__: png for (draw, _), png in (hands or Here()).run(_draw, tasks)}
    pictures = ((draw.__name__, drawn[draw.__name__]) for draw, _ in tasks)
    return {name: png for name, png in pictures if png is not None}


def _draw(picture: Picture) -> bytes | None:
    draw, shown = picture
    return draw(*shown)
