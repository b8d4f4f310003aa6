"""The picture of a sensitivity: bars of the strongest inputs with their intervals; of a tornado to both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    png,
)
from corridor_sim.report.sensitivity import MOST_SHOWN, figure_words, range_words, unit_in_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = Mapping[str, Any]
TITLES = {"tornado": "Tornado", "morris": "Morris screening", "sobol": "Sobol indices"}
BARS = {
    "tornado": {"at_low": "at its low end", "at_high": "at its high end"},
    "morris": {"mean_size": "mean size of its effect"},
    "sobol": {"first": "alone", "total": "with others"},
}
ACROSS = {"morris": "over its whole range: {}", "sobol": "share of the variance of: {}"}
ROW_INCHES, EDGES_INCHES = 0.36, 1.35
TOP_INCHES, BOTTOM_INCHES = 0.75, 0.6
LEFT, RIGHT = 0.37, 0.97
BAR_HEIGHT = 0.62
LONGEST_LABEL, LONGEST_AXIS = 46, 100
WHISKER: dict[str, Any] = {"color": GREY, "linewidth": 0.9, "capsize": 2.0, "fmt": "none", "zorder": 3}


def sensitivity_chart(summary: Mapping[str, Any]) -> bytes:
    """Return the picture as PNG."""
    from matplotlib.figure import Figure

    rows = [row for row in summary["inputs"] if _is_known(row, summary["method"])][:MOST_SHOWN]
    title = TITLES[summary["method"]]
    height = EDGES_INCHES + ROW_INCHES * max(len(rows), 1)
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, BOTTOM_INCHES / height, RIGHT, 1 - TOP_INCHES / height)
        _bars(axes, summary, rows)
        words = ACROSS.get(summary["method"], "{}").format(figure_words(summary))
        figure.text(1 / 2, EDGE_OF_WORDS / height, drawable(words, LONGEST_AXIS), ha="center", size=SMALL)
        caption(figure, summary, title)
        return png(figure, summary, title)


EDGE_OF_WORDS = 0.14
"""Inches from the lower edge."""


def _is_known(row: Row, method: str) -> bool:
    return all(row["found"][name]["value"] is not None for name in BARS[method])


def _bars(axes: Axes, summary: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Draw the rows from above, each bar from what is stated (of a tornado) or from nought."""
    method, unit = summary["method"], unit_in_table(summary)
    kinds = BARS[method]
    together = method == "tornado"
    middle = (summary["stated"]["value"] or 0.0) * unit.factor if together else 0.0
    thick = BAR_HEIGHT if together else BAR_HEIGHT / len(kinds)
    for number, (name, words) in enumerate(kinds.items()):
        found = [row["found"][name] for row in rows]
        shift = 0.0 if together else (number - (len(kinds) - 1) / 2) * thick
        places = [place + shift for place in range(len(rows))]
        values = [one["value"] * unit.factor for one in found]
        widths = [value - middle for value in values]
        bars = axes.barh(places, widths, thick, middle, color=COLOURS[number], label=words)
        for bar, width in zip(bars, widths, strict=True):
            # where both ends are on one side the shorter bar stands before the longer
            bar.set_zorder(1 + 1 / (1 + abs(width)))
        ends = [
            [abs(one["value"] - one[end]) * unit.factor if one[end] is not None else 0.0 for one in found]
            for end in ("low", "high")
        ]
        if any(ends[0]):
            axes.errorbar(values, places, xerr=ends, **WHISKER)
    labels = [f"{drawable(row['input'], LONGEST_LABEL)}\n{drawable(range_words(row), LONGEST_LABEL)}" for row in rows]
    axes.set_yticks(range(len(rows)), labels, size=SMALL)
    axes.set_ylim(max(len(rows), 1) - 1 / 2, -1 / 2)
    axes.axvline(middle, color=BASELINE_COLOUR, linewidth=1, zorder=3)
    axes.grid(visible=False, axis="y")
    if rows:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(kinds))
    else:
        axes.text(1 / 2, 1 / 2, "not available", transform=axes.transAxes, ha="center", color=GREY)
