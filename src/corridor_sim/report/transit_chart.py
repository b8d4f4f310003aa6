"""The transit-time chart: how door-to-door days are spread, one alternative below the other, P50 and P90 marked."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.program import NONE
from corridor_sim.report.canvas import SMALL, WIDTH_INCHES, caption, house_style, label_of, looks, png
from corridor_sim.report.words import DAYS, number
from corridor_sim.units import SECONDS_PER_DAY

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

TITLE = "Door-to-door time"
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 1.15, 0.75, 0.55
LEFT, RIGHT, ROW_GAP = 0.2, 0.98, 0.15
LABEL_AT = (-0.02, 0.4)
BINS = 80
HEADROOM = 1.45
WHISKER_AT = (1.12, 1.28)
"""Heights of P50 and P90 with their intervals, in units of the highest bar."""
MARKS = (("transit_p50", "P50", "right"), ("transit_p90", "P90", "left"))
FILL_ALPHA = 0.55
LABEL_POINTS = 5
SIDE_ROOM = 1.12


def transit_times(summary: Mapping[str, Any], samples: Mapping[str, Mapping[str, np.ndarray]]) -> bytes:
    """Return the chart as PNG.

    `samples`: by alternative, arrays over the consignments of all replications, `release` and `delivered` in ticks.
    """
    from matplotlib.figure import Figure

    alternatives = summary["alternatives"]
    days = {one["name"]: _days(samples[one["name"]]) for one in alternatives}
    top = max((float(each.max()) for each in days.values() if len(each)), default=1.0)
    height = ROW_INCHES * len(alternatives) + TITLE_INCHES + AXIS_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        rows = figure.subplots(len(alternatives), 1, sharex=True, squeeze=False)[:, 0]
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height, hspace=ROW_GAP)
        style = looks(alternatives)
        for axes, one in zip(rows, alternatives, strict=True):
            _draw_row(axes, one, days[one["name"]], ceil(top * SIDE_ROOM), style[one["name"]]["color"])
        rows[-1].set_xlabel("days from release to delivery (bars: consignments; whiskers: intervals of P50 and P90)")
        caption(figure, summary, TITLE)
        return png(figure, summary, TITLE)


def _days(sample: Mapping[str, np.ndarray]) -> np.ndarray:
    there = sample["delivered"] != NONE
    days: np.ndarray = (sample["delivered"][there] - sample["release"][there]) / SECONDS_PER_DAY
    return days


def _draw_row(axes: Axes, one: Mapping[str, Any], days: np.ndarray, last_day: float, colour: str) -> None:
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    counts, edges = np.histogram(days, bins=BINS, range=(0, last_day))
    shares = counts / max(1, counts.max())
    axes.stairs(shares, edges, fill=True, color=colour, alpha=FILL_ALPHA)
    axes.set_xlim(0, last_day)
    axes.set_ylim(0, HEADROOM)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines["left"].set_visible(False)
    axes.text(*LABEL_AT, label_of(one), transform=axes.transAxes, ha="right", va="center", color=colour)
    if not len(days):
        axes.text(last_day / 2, LABEL_AT[1], "nothing was delivered", ha="center", size=SMALL)
    for (kpi, words, side), height in zip(MARKS, WHISKER_AT, strict=True):
        figure = one["kpis"].get(kpi)
        if figure is None or figure["value"] is None:
            continue
        at = figure["value"] * DAYS.factor
        axes.vlines(at, 0, height, color=colour, linewidth=1.2)
        ends = [figure[end] * DAYS.factor for end in ("low", "high") if figure[end] is not None]
        axes.plot(ends, [height] * len(ends), color=colour, marker="|", markersize=LABEL_POINTS, linewidth=1.2)
        edge = {"right": min([at, *ends]), "left": max([at, *ends])}[side]
        axes.annotate(
            f"{words} {number(figure['value'], DAYS)} d",
            (edge, height),
            (-LABEL_POINTS if side == "right" else LABEL_POINTS, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            size=SMALL,
        )
