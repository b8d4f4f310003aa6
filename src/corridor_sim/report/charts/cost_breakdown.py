"""The cost chart: what a box costs by activity, stacked by alternative, with the totals of the three cost bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    label_of,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import say
from corridor_sim.report.words import BASES, CNY_PER_BOX, Footnotes, number, row_with

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "cost_breakdown"
ROW_INCHES, TITLE_INCHES, LEGEND_INCHES = 0.95, 0.7, 1.5
LEFT, RIGHT = 0.19, 0.74
BAR_HEIGHT = 0.56
OTHERS = {"cash": "other", "time": "other (time)", "carbon": "carbon"}
"""Base -> name of what is too small for a colour of its own."""
MOST_ACTIVITIES = 12
SHADES = (*COLOURS, "#F0E442", "#999999", "#88CCEE", "#882255", "#AA9944", "#44AA99")
"""Okabe & Ito's colours, then Paul Tol's muted ones."""
HATCHES = {"cash": "", "time": "////", "carbon": "...."}
LEGEND_COLUMNS = 4
LUMA_WEIGHTS = (0.299, 0.587, 0.114)
DARK_BELOW = 0.5
OUTLINE = 2.0
LINE_SPACING = 1.3
NARROWEST_LABELLED = 0.085
"""Share of the axis that a bar needs to have its amount written in it."""
WHISKER_ROWS = (0.2, 0.0, -0.2)
TOTALS_AT = 1.02

Amounts = dict[tuple[str, str], float]
"""(base, activity) -> CNY per box."""
Colours = Mapping[tuple[str, str], str]


def amounts_of(alternative: Mapping[str, Any], kept: Sequence[tuple[str, str]]) -> Amounts:
    """Return CNY per box of the kept activities and, for each base, of all others together."""
    amounts: Amounts = {}
    for row in alternative["activities"]:
        key = (row["base"], row["activity"])
        key = key if key in kept else (row["base"], OTHERS[row["base"]])
        amounts[key] = amounts.get(key, 0.0) + (row["value"] or 0.0)
    return amounts


def largest_activities(alternatives: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the (base, activity) that are largest in any alternative: as many as there are colours, in bar order."""
    largest: Amounts = {}
    for one in alternatives:
        totals: Amounts = {}
        for row in one["activities"]:
            key = (row["base"], row["activity"])
            totals[key] = totals.get(key, 0.0) + (row["value"] or 0.0)
        largest |= {key: max(abs(value), largest.get(key, 0.0)) for key, value in totals.items()}
    kept = sorted(largest, key=lambda key: (-largest[key], key))[:MOST_ACTIVITIES]
    order = list(HATCHES)
    return sorted(kept, key=lambda key: (order.index(key[0]), -largest[key], key))


def _draw(run: Run, language: str, _alternative: str) -> Figure:
    from matplotlib.figure import Figure

    alternatives = run.alternatives
    kept = largest_activities(alternatives)
    shades = dict(zip(kept, SHADES, strict=False))
    bases = [*kept, *OTHERS.items()]
    colours = {key: shades.get(key, GREY) for key in sorted(bases, key=lambda key: list(HATCHES).index(key[0]))}
    height = ROW_INCHES * len(alternatives) + TITLE_INCHES + LEGEND_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, LEGEND_INCHES / height, RIGHT, 1 - TITLE_INCHES / height)
        shown = [amounts_of(one, kept) for one in alternatives]
        span = max(sum(map(abs, amounts.values())) for amounts in shown)
        for place, (one, amounts) in enumerate(zip(alternatives, shown, strict=True)):
            _draw_bar(axes, -place, one, amounts, colours, span)
        _finish(axes, run, language)
        _legend(figure, colours, {key for amounts in shown for key, amount in amounts.items() if amount})
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _draw_bar(axes: Axes, at: float, one: Mapping[str, Any], amounts: Amounts, colours: Colours, span: float) -> None:
    """Stack what is paid to the right of zero and what is received (subsidies) to its left; mark the totals."""
    ends = {True: 0.0, False: 0.0}
    for key in (key for key in colours if amounts.get(key)):
        amount = amounts[key]
        bar = axes.barh(
            at,
            amount,
            BAR_HEIGHT,
            ends[amount > 0],
            color=colours[key],
            hatch=HATCHES[key[0]],
            edgecolor="white",
            linewidth=0.5,
        )
        if abs(amount) > NARROWEST_LABELLED * span:
            ink = "black" if HATCHES[key[0]] else _ink(colours[key])
            (label,) = axes.bar_label(bar, [number(amount, CNY_PER_BOX)], label_type="center", size=SMALL, color=ink)
            if HATCHES[key[0]]:
                label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        ends[amount > 0] += amount
    footnotes = Footnotes()
    lines = []
    for (base, words), offset in zip(BASES.items(), WHISKER_ROWS, strict=True):
        cost = row_with(one["costs"], base=base, perspective="chain", per="box", subsidy="after")
        lines.append(f"{words}: {footnotes.cell(cost, CNY_PER_BOX).split(' [')[0]}")
        _draw_whisker(axes, at + offset, cost)
    place = axes.get_yaxis_transform()
    axes.text(TOTALS_AT, at, "\n".join(lines), transform=place, size=SMALL, va="center", linespacing=LINE_SPACING)


def _draw_whisker(axes: Axes, at: float, cost: Mapping[str, Any] | None) -> None:
    if cost is None or cost["value"] is None:
        return
    low, high = (cost["value"] if cost[end] is None else cost[end] for end in ("low", "high"))
    for colour, extra in (("white", OUTLINE), (BASELINE_COLOUR, 0.0)):
        axes.plot([low, high], [at, at], color=colour, linewidth=1.2 + extra, marker="|", markersize=5 + extra)
        axes.plot([cost["value"]], [at], color=colour, marker="o", markersize=3 + extra)


def _ink(colour: str) -> str:
    """Return black or white, whichever reads better on a colour (luma of ITU-R BT.601)."""
    from matplotlib.colors import to_rgb

    luma = sum(weight * part for weight, part in zip(LUMA_WEIGHTS, to_rgb(colour), strict=True))
    return "white" if luma < DARK_BELOW else "black"


def _legend(figure: Figure, colours: Colours, used: set[tuple[str, str]]) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=colour,
            hatch=HATCHES[base],
            edgecolor="white",
            label=drawable(activity.replace("_", " ")),
        )
        for (base, activity), colour in colours.items()
        if (base, activity) in used
    ]
    figure.legend(handles=handles, loc="lower left", ncols=LEGEND_COLUMNS, bbox_to_anchor=(0, 0), handlelength=1.2)


def _finish(axes: Axes, run: Run, language: str) -> None:
    labels = [label_of(run, one, language) for one in run.alternatives]
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.axvline(0, color=BASELINE_COLOUR, linewidth=1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("CNY per box; dots and whiskers: totals with intervals, as listed on the right")


def _spec(run: Run) -> Spec | None:
    return None


COST_BREAKDOWN = Chart(NAME, _draw, _spec)
