"""The waterfall chart: where an alternative costs more or less than the baseline and, where it was asked for, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    EDGE_INCHES,
    GREY,
    LONGEST_NAME,
    SMALL,
    THIN,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import say
from corridor_sim.report.waterfall import Waterfall, where_of, why_of
from corridor_sim.report.words import CNY_PER_BOX, has_interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "cost_waterfall"
MOST_BARS = 12
ROW_INCHES, TITLE_INCHES, PANEL_INCHES, FOOT_INCHES = 0.27, 0.42, 0.54, 0.55
LEFT, RIGHT = 0.44, 0.97
BAR_HEIGHT = 0.62
CHEAPER, DEARER = COLOURS[0], COLOURS[1]
ROOM = 0.13
"""Share of the span left free on each side for the amounts beside the bars."""
LABEL_GAP = 0.008
WHAT_AT = 0.015
PLACE_AT = {"where": 0.19, "why": 0.34}
"""Left ends of the two columns of names, as shares of the width."""
LONGEST_WHAT = {"where": 22, "why": 40}
LONGEST_PLACE = 36
NO_FRAME = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
PANEL_SIZE = 10.0
OUTLINE = 2.0
AXIS_WORDS = "CNY per tonne of all cargo more (or less) than the baseline: total logistics cost of the whole chain"
PANELS = {"where": "Where: by activity and leg", "why": "Why: by what the alternative sets otherwise"}


def most_different(summary: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the comparison whose cost differs most from the baseline's, None where nothing is compared or costs."""
    known = [(where_of(pair, MOST_BARS), pair) for pair in summary["comparisons"]]
    costly = [(abs(waterfall.total.figure["value"]), pair) for waterfall, pair in known if waterfall is not None]
    return max(costly, key=lambda each: each[0])[1] if costly else None


def _draw(run: Run, language: str, _alternative: str) -> Figure | None:
    """Draw the alternative that differs most, where and (if known) why; None without any."""
    from matplotlib.figure import Figure

    pair = most_different(run.summary)
    if pair is None:
        return None
    found = {"where": where_of(pair, MOST_BARS), "why": why_of(pair)}
    panels = [(name, waterfall) for name, waterfall in found.items() if waterfall is not None]
    rows = [ROW_INCHES * (len(waterfall.rows) + 1) for _, waterfall in panels]
    height = TITLE_INCHES + FOOT_INCHES + sum(PANEL_INCHES + inches for inches in rows)
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        top = height - TITLE_INCHES
        for (name, waterfall), inches in zip(panels, rows, strict=True):
            top -= PANEL_INCHES + inches
            axes = figure.add_axes((LEFT, top / height, RIGHT - LEFT, inches / height))
            _draw_panel(axes, waterfall)
            _name(axes, waterfall, name)
            above = (top + inches + PANEL_INCHES / 4) / height
            figure.text(EDGE_INCHES / WIDTH_INCHES, above, PANELS[name], weight="bold", size=PANEL_SIZE)
        figure.text(EDGE_INCHES / WIDTH_INCHES, EDGE_INCHES / height, AXIS_WORDS, size=SMALL, color=GREY)
        sides = " against ".join(drawable(pair[side], LONGEST_NAME) for side in ("alternative", "against"))
        caption(figure, run.summary, f"{say(f'charts.{NAME}')[language]}: {sides}", language)
        return figure


def _draw_panel(axes: Axes, waterfall: Waterfall) -> None:
    """Draw each bar from where the one above it ends, and their sum from nought at the foot, with its interval."""
    values = [bar.figure["value"] for bar in waterfall.rows]
    ends = [0.0, *accumulate(values)]
    total = waterfall.total.figure
    whisker = [total["low"], total["high"]] if has_interval(total) else []
    reach = [*ends, *whisker]
    low, high = min(reach), max(reach)
    span = (high - low) or 1.0
    for place, (value, (begin, end)) in enumerate(zip(values, pairwise(ends), strict=True)):
        axes.barh(-place, value, BAR_HEIGHT, begin, color=DEARER if value > 0 else CHEAPER)
        axes.plot([end, end], [-place - 1, -place], color=GREY, linewidth=THIN, zorder=0)
        _write(axes, -place, [begin, end], value, span)
    foot = -len(values)
    axes.barh(foot, total["value"], BAR_HEIGHT, color=BASELINE_COLOUR)
    for colour, extra in (("white", OUTLINE), (BASELINE_COLOUR, 0.0)) if whisker else ():
        axes.plot(whisker, [foot, foot], color=colour, linewidth=1.2 + extra, marker="|", markersize=5 + extra)
    _write(axes, foot, [0.0, total["value"], *whisker], total["value"], span)
    _finish(axes, waterfall, (low - ROOM * span, high + ROOM * span))


def _write(axes: Axes, at: float, ends: Sequence[float], value: float, span: float) -> None:
    """Write an amount beside its bar, on the side to which it goes."""
    up = value > 0
    place = max(ends) + LABEL_GAP * span if up else min(ends) - LABEL_GAP * span
    words = f"{'+' if up else ''}{number(value, CNY_PER_BOX)}"
    axes.text(place, at, words, size=SMALL, va="center", ha="left" if up else "right", bbox=NO_FRAME)


def _finish(axes: Axes, waterfall: Waterfall, limits: tuple[float, float]) -> None:
    axes.set_xlim(*limits)
    axes.set_ylim(-len(waterfall.rows) - 1 / 2, 1 / 2)
    axes.axvline(0, color=BASELINE_COLOUR, linewidth=THIN)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def _name(axes: Axes, waterfall: Waterfall, panel: str) -> None:
    """Write to the left of each bar what it is and where, in columns."""
    columns = ((WHAT_AT, LONGEST_WHAT[panel]), (PLACE_AT[panel], LONGEST_PLACE))
    for place, bar in enumerate([*waterfall.rows, waterfall.total]):
        weight = "bold" if bar is waterfall.total else "normal"
        for (column, longest), words in zip(columns, (bar.what, bar.place), strict=True):
            at = (column - LEFT) / (RIGHT - LEFT)
            text = drawable(words, longest)
            axes.text(at, -place, text, transform=axes.get_yaxis_transform(), size=SMALL, va="center", weight=weight)


def _spec(run: Run) -> Spec | None:
    return None


COST_WATERFALL = Chart(NAME, _draw, _spec)
