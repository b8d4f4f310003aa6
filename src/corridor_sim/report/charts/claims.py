"""The claims chart: what is saved over all that is in doubt, against what was claimed, for all cargo and each kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    SMALL,
    THIN,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    png,
)
from corridor_sim.report.words import BASES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Claimed and found"
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 0.24, 0.95, 0.75
LEFT, RIGHT = 0.34, 0.97
LONGEST_LABEL = 44
LINE_POINTS, BULK_POINTS, MARK_POINTS = 1.2, 4.0, 5.0
BAND_ALPHA = 0.35
ALL_CARGO = "all cargo"
MOST_SPAN = 60.0
"""Points of saving shown to either side at most; lines that go on end in an arrow."""
MARGIN = 0.04
FOOT = (
    "Line: expected saving in 90 of 100 cases over the inputs' ranges; thick: in 50; tick: median.\n"
    "Dot: at the stated inputs. Band: what is claimed. An arrow goes on beyond the picture."
)


def claims_chart(answers: Mapping[str, Any], answer: Mapping[str, Any]) -> bytes:
    """Return the chart of one claim as PNG."""
    from matplotlib.figure import Figure

    rows = [(ALL_CARGO, answer["stated"]["value"], answer["doubt"])]
    rows += [(cell["flow"], cell["stated"]["value"], cell) for cell in answer["cells"]["cells"]]
    height = ROW_INCHES * len(rows) + TITLE_INCHES + AXIS_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height)
        low, high = _limits(rows, answer["interval"])
        axes.axvspan(*answer["interval"], color=COLOURS[2], alpha=BAND_ALPHA, linewidth=0)
        axes.axvline(0, color=BASELINE_COLOUR, linewidth=THIN)
        for place, (_, stated, spread) in enumerate(rows):
            colour = BASELINE_COLOUR if not place else COLOURS[0]
            _draw_row(axes, -place, stated, spread, colour, (low, high))
        axes.set_yticks([-place for place in range(len(rows))], [drawable(name, LONGEST_LABEL) for name, *_ in rows])
        axes.set_xlim(low, high)
        axes.set_ylim(-len(rows) + 1 / 2, 1 / 2)
        base = BASES[answer["cost_base"]]
        axes.set_xlabel(f"saving in {base} cost against “{drawable(answer['against'])}”, %\n{FOOT}", size=SMALL)
        caption(figure, answers, f"{TITLE}: {drawable(answer['name'])}")
        return png(figure, answers, TITLE)


def _limits(rows: list[tuple[str, Any, Mapping[str, Any]]], interval: tuple[float, float]) -> tuple[float, float]:
    """Return what is shown: everything, but at most so far beyond the claim."""
    ends = [end for _, stated, spread in rows for end in (spread["low"], spread["high"], stated) if end is not None]
    margin = (max(*ends, *interval) - min(*ends, *interval)) * MARGIN
    low, high = min(*ends, *interval, 0) - margin, max(*ends, *interval, 0) + margin
    return max(low, interval[0] - MOST_SPAN), min(high, interval[1] + MOST_SPAN)


def _draw_row(
    axes: Axes, at: float, stated: float | None, spread: Mapping[str, Any], colour: str, limits: tuple[float, float]
) -> None:
    low, high = limits
    axes.plot([spread["low"], spread["high"]], [at, at], color=colour, linewidth=LINE_POINTS)
    axes.plot(spread["quartiles"], [at, at], color=colour, linewidth=BULK_POINTS, solid_capstyle="butt")
    axes.plot([spread["median"]], [at], marker="|", color="white", markersize=MARK_POINTS)
    for beyond, end, marker in ((spread["low"] < low, low, "<"), (spread["high"] > high, high, ">")):
        if beyond:
            axes.plot([end], [at], marker=marker, color=colour, markersize=MARK_POINTS, clip_on=False)
    if stated is not None:
        axes.plot([stated], [at], marker="o", color=COLOURS[1], markersize=MARK_POINTS, markeredgecolor="white")
