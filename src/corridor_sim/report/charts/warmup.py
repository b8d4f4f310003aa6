"""The warm-up chart: weekly mean door-to-door time of each alternative, what MSER removes, and its statistic below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from corridor_sim.report.charts.canvas import (
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    looks,
    png,
)

TITLE = "Warm-up"
HEIGHT_INCHES = 5.0
PLACES = {"left": 0.1, "right": 0.98, "top": 0.86, "bottom": 0.1, "hspace": 0.25}
HEIGHTS = (2, 1)
HEADROOM = 1.1
LINE_POINTS, MARK_POINTS = 1.2, 3.0


def warm_up_chart(
    summary: Mapping[str, Any], weeks: int, hours: Mapping[str, np.ndarray], statistics: Mapping[str, np.ndarray]
) -> bytes:
    """Return the chart as PNG; `hours` weekly means and `statistics` MSER by weeks removed, by alternative."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=HEIGHTS)
        figure.subplots_adjust(**PLACES)
        style = looks(summary["alternatives"])
        for name, weekly in hours.items():
            look = {**style[name], "linewidth": LINE_POINTS, "marker": "o", "markersize": MARK_POINTS}
            above.plot(np.arange(len(weekly)) + 1 / 2, weekly, label=drawable(name), **look)
            below.plot(np.arange(len(statistics[name])), statistics[name], **{**look, "marker": ""})
        for axes in (above, below):
            axes.axvspan(0, weeks, color=FAINT, zorder=0)
            axes.axvline(weeks, color=GREY, linewidth=LINE_POINTS)
        above.set_xlim(0, max(map(len, hours.values())))
        above.set_ylabel("hours door to door, weekly mean")
        below.set_ylabel("MSER")
        below.set_ylim(0, max(float(each.max()) for each in statistics.values()) * HEADROOM or 1)
        below.set_xlabel("weeks since the start of the scenario (grey: removed)")
        below.xaxis.set_major_locator(MaxNLocator(integer=True))
        above.legend(loc="best", fontsize=SMALL)
        caption(figure, summary, f"{TITLE}: {weeks} {'week' if weeks == 1 else 'weeks'}")
        return png(figure, summary, TITLE)
