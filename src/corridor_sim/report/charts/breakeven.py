"""The break-even chart: the figure over the varied value with its interval, the target, and where it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.report.breakeven import edge_words, figure_unit, figure_words, question_words, shown, vary_words
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    png,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Break-even"
HEIGHT_INCHES = 4.6
PLACES = {"left": 0.1, "right": 0.97, "top": 0.8, "bottom": 0.14}
BAND_ALPHA, HOLDS_ALPHA, EDGE_ALPHA = 0.25, 0.6, 0.3
LINE_POINTS, MARK_POINTS = 1.4, 3.5
LONGEST_LABEL = 70
LONGEST_QUESTION = 118
LONGEST_TICK = 16
QUESTION_AT = (0.0, 1.04)
SIDE_MARGIN = 0.02
LABEL_UP, LABEL_STEP = 0.97, 0.07


def break_even_chart(summary: Mapping[str, Any]) -> bytes:
    """Return the chart as PNG."""
    from matplotlib.figure import Figure

    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = figure.subplots()
        figure.subplots_adjust(**PLACES)
        _response(axes, summary)
        _stretches(axes, summary)
        unit = figure_unit(summary)
        level = summary["target"]["level"] * unit.factor
        axes.axhline(level, color=BASELINE_COLOUR, linewidth=1, linestyle="--", label="target")
        axes.set_ylabel(drawable(f"{figure_words(summary)}, {unit.words}", LONGEST_LABEL))
        axes.set_xlabel(drawable(_across(summary), LONGEST_LABEL))
        axes.text(
            *QUESTION_AT, drawable(question_words(summary), LONGEST_QUESTION), transform=axes.transAxes, size=SMALL
        )
        axes.legend(loc="lower right")
        caption(figure, summary, TITLE)
        return png(figure, summary, TITLE)


def _across(summary: Mapping[str, Any]) -> str:
    unit = summary["vary"]["unit"]
    return f"{vary_words(summary)}{f', {unit}' if unit else ''}"


def _response(axes: Axes, summary: Mapping[str, Any]) -> None:
    """Draw the figure with its interval over what is available of it."""
    unit, points = figure_unit(summary), [each for each in summary["points"] if each["figure"]["value"] is not None]
    places = np.array([each["number"] for each in points])

    def heights(name: str) -> np.ndarray:
        ends = [each["figure"][name] for each in points]
        return np.array([np.nan if end is None else end * unit.factor for end in ends])

    axes.fill_between(places, heights("low"), heights("high"), color=COLOURS[0], alpha=BAND_ALPHA, linewidth=0)
    axes.plot(places, heights("value"), color=COLOURS[0], linewidth=LINE_POINTS, marker="o", markersize=MARK_POINTS)
    margin = (summary["vary"]["high"] - summary["vary"]["low"]) * SIDE_MARGIN
    axes.set_xlim(summary["vary"]["low"] - margin, summary["vary"]["high"] + margin)
    listed = summary["vary"]["listed"]
    if listed is not None:
        labels = [drawable(text, LONGEST_TICK) for _, text in listed]
        axes.set_xticks([place for place, _ in listed], labels)


def _stretches(axes: Axes, summary: Mapping[str, Any]) -> None:
    """Shade where the target holds, and mark each break-even with its interval."""
    vary = summary["vary"]
    first, last = vary["low"], vary["high"]
    row = 0
    for stretch in summary["holds"]:
        ends = [None if edge is None else edge["value"] for edge in (stretch["start"], stretch["stop"])]
        begin, end = (first if ends[0] is None else ends[0]), (last if ends[1] is None else ends[1])
        axes.axvspan(begin, end, color=FAINT, alpha=HOLDS_ALPHA, zorder=0)
        for edge, word in ((stretch["start"], "from"), (stretch["stop"], "up to")):
            if edge is None:
                continue
            axes.axvline(edge["value"], color=COLOURS[1], linewidth=LINE_POINTS)
            if edge["has_interval"]:
                low, high = (edge["low"], edge["high"])
                low, high = (first if low is None else low), (last if high is None else high)
                axes.axvspan(low, high, color=COLOURS[1], alpha=EDGE_ALPHA, linewidth=0, zorder=0)
            right = edge["value"] > (first + last) / 2
            axes.annotate(
                f" {word} {edge_words(summary, edge)} ",
                (edge["value"], LABEL_UP - row * LABEL_STEP),
                xycoords=("data", "axes fraction"),
                ha="right" if right else "left",
                color=COLOURS[1],
                size=SMALL,
                va="top",
            )
            row += 1
    if not summary["holds"]:
        words = f"never reached; closest at {shown(vary, summary['closest']['number'])}"
        place = (1 / 2, 1 - LABEL_UP)
        axes.annotate(words, place, xycoords="axes fraction", ha="center", va="bottom", color=GREY, size=SMALL)
