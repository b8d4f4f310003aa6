"""The transit-time chart: how door-to-door days are spread, one alternative below the other, P50 and P90 marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import ALTERNATIVE, Chart, Spec, alternative_names, named, named_axis, names_param
from corridor_sim.report.charts.canvas import SMALL, WIDTH_INCHES, caption, house_style, label_of, looks
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import say
from corridor_sim.report.words import DAYS, interval_text, number

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "transit_times"
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 1.15, 0.75, 0.55
LEFT, RIGHT, ROW_GAP = 0.2, 0.98, 0.15
SPEC_ROW_PIXELS = 60
LABEL_AT = (-0.02, 0.4)
BINS = 80
HEADROOM = 1.45
WHISKER_AT = (1.12, 1.28)
"""Heights of P50 and P90 with their intervals, in units of the highest bar."""
MARKS = (("transit_p50", "P50", "right"), ("transit_p90", "P90", "left"))
FILL_ALPHA = 0.55
LABEL_POINTS = 5
SIDE_ROOM = 1.12


def _draw(run: Run, language: str, _alternative: str) -> Figure:
    from matplotlib.figure import Figure

    alternatives = run.alternatives
    days = _days(run)
    height = ROW_INCHES * len(alternatives) + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        rows = figure.subplots(len(alternatives), 1, sharex=True, squeeze=False)[:, 0]
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height, hspace=ROW_GAP)
        style = looks(alternatives)
        for axes, one in zip(rows, alternatives, strict=True):
            colour = style[one["name"]]["color"]
            _draw_row(axes, one, days[one["name"]], _last_day(days), colour, language)
            label = label_of(run, one, language)
            axes.text(*LABEL_AT, label, transform=axes.transAxes, ha="right", va="center", color=colour)
        rows[-1].set_xlabel(say("charts.transit_times_axis_marked")[language])
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _days(run: Run) -> dict[str, np.ndarray]:
    """Return by alternative the days of its delivered consignments, of all replications."""
    from corridor_sim.units import SECONDS_PER_DAY

    table = run.tables["consignments"]
    table = table[table["delivered"] >= 0]
    days = (table["delivered"] - table["release"]) / SECONDS_PER_DAY
    return {name: days[table[ALTERNATIVE] == name].to_numpy() for name in run.names}


def _last_day(days: Mapping[str, np.ndarray]) -> int:
    """Return the end of the axis: what is beyond the longest way."""
    return ceil(max((float(each.max()) for each in days.values() if len(each)), default=1.0) * SIDE_ROOM)


def _spec(run: Run) -> Spec:
    """Return bars of equal days by alternative, as shares of its consignments, and P50 and P90 with intervals."""
    days = _days(run)
    last = _last_day(days)
    names = alternative_names(run)
    colours = {name: look["color"] for name, look in looks(run.alternatives).items()}
    paint = {"field": ALTERNATIVE, "legend": None, "scale": {"domain": list(colours), "range": list(colours.values())}}
    header = {**named_axis(), "title": None, "labelAngle": 0, "labelAnchor": "start", "labelOrient": "top"}
    return {
        "params": [names_param(names)],
        "data": {"values": [*_bars(run, days, last), *_marks(run)]},
        "transform": [named(ALTERNATIVE, "alternative_words")],
        "facet": {"row": {"field": ALTERNATIVE, "sort": list(names), "header": header}},
        "spec": {"height": SPEC_ROW_PIXELS, "layer": _layers(last, paint)},
        "resolve": {"scale": {"y": "independent"}},
    }


def _bars(run: Run, days: Mapping[str, np.ndarray], last: int) -> Iterator[Spec]:
    """Yield the share of an alternative's consignments in each stretch of days."""
    import numpy as np

    for name in run.names:
        counts, edges = np.histogram(days[name], bins=BINS, range=(0, last))
        shares = (counts / max(1, len(days[name]))).tolist()
        for share, low, high in zip(shares, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            if share:
                yield {ALTERNATIVE: name, "from": low, "to": high, "share": share}


def _marks(run: Run) -> Iterator[Spec]:
    """Yield P50 and P90 of each alternative, and both with their intervals as one text."""
    for one in run.alternatives:
        told = []
        for kpi, words, _ in MARKS:
            figure = one["kpis"].get(kpi)
            if figure is not None and figure["value"] is not None:
                told.append(f"{words} {interval_text(figure, DAYS)}")
                yield {ALTERNATIVE: one["name"], "days": figure["value"] * DAYS.factor, "shown": told[-1]}
        yield {ALTERNATIVE: one["name"], "told": ", ".join(told)}


def _layers(last: int, paint: Spec) -> list[Spec]:
    """Return bars, then a line and a text at each mark."""
    axis = {"title": say("charts.transit_times_axis"), "grid": False}
    days = {"field": "from", "type": "quantitative", "scale": {"domain": [0, last]}, "axis": axis}
    share = {"field": "share", "type": "quantitative", "axis": None, "stack": None}
    who = {"field": "alternative_words", "title": say("charts.alternative")}
    tip = [
        who,
        {"field": "from", "title": say("charts.days_from"), "format": ".1f"},
        {"field": "to", "title": say("charts.days_to"), "format": ".1f"},
        {"field": "share", "title": say("charts.share_of_consignments"), "format": ".1%"},
    ]
    marked = {"x": {"field": "days", "type": "quantitative"}, "tooltip": [who, {"field": "shown", "title": " "}]}
    return [
        {
            "transform": [{"filter": "isValid(datum.share)"}],
            "mark": {"type": "rect"},
            "encoding": {
                "x": days,
                "x2": {"field": "to"},
                "y": share,
                "y2": {"datum": 0},
                "color": paint,
                "tooltip": tip,
            },
        },
        {
            "transform": [{"filter": "isValid(datum.days)"}],
            "mark": {"type": "rule", "strokeWidth": 2},
            "encoding": marked,
        },
        {
            "transform": [{"filter": "isValid(datum.told)"}],
            "mark": {"type": "text", "align": "right", "baseline": "bottom", "y": -3},
            "encoding": {"x": {"value": "width"}, "text": {"field": "told"}},
        },
    ]


def _draw_row(
    axes: Axes, one: Mapping[str, Any], days: np.ndarray, last_day: float, colour: str, language: str
) -> None:
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
    if not len(days):
        axes.text(last_day / 2, LABEL_AT[1], say("charts.nothing_delivered")[language], ha="center", size=SMALL)
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
            f"{words} {number(figure['value'], DAYS)} {say('charts.d')[language]}",
            (edge, height),
            (-LABEL_POINTS if side == "right" else LABEL_POINTS, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            size=SMALL,
        )


TRANSIT_TIMES = Chart(NAME, _draw, _spec, tables=("consignments",))
