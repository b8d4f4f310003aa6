"""The string-line diagram: time across, places along the way down; departures, and our consignments on top of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import (
    ALTERNATIVE,
    Chart,
    Spec,
    alternative_names,
    named,
    named_axis,
    names_param,
    one_alternative,
)
from corridor_sim.report.charts.canvas import (
    COLOURS,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    wrapped,
)
from corridor_sim.report.charts.moments import (
    Span,
    draw_dates,
    moment_from,
    moment_text,
    origin_param,
    same_time,
    span_of,
    time_axis,
    zoom,
)
from corridor_sim.report.charts.string_rows import Departures, Strings, strings_of
from corridor_sim.report.charts.strips import UNSAID, cut, lines
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "string_line"
OUR_CARGO = "our consignments"
"""Under this name they stand in the legend of a specification."""
HEIGHT_INCHES, TITLE_INCHES, AXIS_INCHES, LEGEND_INCHES = 5.4, 1.15, 0.5, 0.35
LEFT, RIGHT = 0.2, 0.98
SPEC_PIXELS = 420
PLACE_COLUMNS, PLACE_LINES = 21, 2
TOLD_COLUMNS, TOLD_LINES = 62, 8
DRAWN_COLUMNS = 100
CROSS = "M-1,-1L1,1M-1,1L1,-1"
BOLD, OURS_WIDTH = 1.5, 1.1
FAINTER = 0.8
OURS = COLOURS[3]
SHADES = tuple(colour for colour in COLOURS if colour != OURS)
EDGE = 0.04


def _draw(run: Run, language: str, alternative: str) -> Figure | None:
    from matplotlib.figure import Figure

    span = span_of(run)
    one = next((each for each in run.alternatives if each["name"] == alternative), None)
    strings = strings_of(run, one, span) if span and one else None
    if span is None or strings is None:
        return None
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = figure.subplots()
        bottom, top = (AXIS_INCHES + LEGEND_INCHES) / HEIGHT_INCHES, 1 - TITLE_INCHES / HEIGHT_INCHES
        figure.subplots_adjust(LEFT, bottom, RIGHT, top)
        _draw_departures(axes, run, strings, language)
        for path in strings.paths.values():
            axes.plot(*zip(*path, strict=True), color=OURS, linewidth=OURS_WIDTH, zorder=3)
        axes.plot([], [], color=OURS, linewidth=OURS_WIDTH, label=say("flows.consignments")[language])
        labels = [
            "\n".join(cut(drawable(run.name(name)[language]), PLACE_COLUMNS, PLACE_LINES))
            for name in strings.way.places
        ]
        axes.set_yticks(strings.way.heights, labels, size=SMALL)
        axes.set_ylim(1 + EDGE, -EDGE)
        draw_dates(axes, span, span.first_shown(strings.end))
        axes.set_xlabel(say("flows.time")[language])
        figure.legend(loc="lower left", ncols=4, bbox_to_anchor=(0, 0))
        told = "\n".join(wrapped(drawable(_told(run, strings, span)[language], DRAWN_COLUMNS * 4), DRAWN_COLUMNS))
        axes.set_title(f"{drawable(run.alternative(alternative)[language])}\n{told}", size=SMALL, weight="normal")
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _draw_departures(axes: Axes, run: Run, strings: Strings, language: str) -> None:
    from matplotlib.collections import LineCollection

    for place, group in enumerate(strings.departures):
        colour = SHADES[place % len(SHADES)]
        ends = zip(group.left, group.arrived, strict=True)
        lines = [[(left, group.origin), (arrived, group.destination)] for left, arrived in ends]
        label = drawable(run.name(group.service)[language])
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=BOLD, alpha=FAINTER, label=label))
        axes.plot(group.not_run, [group.origin] * len(group.not_run), "x", color=colour, clip_on=True, zorder=4)


def _told(run: Run, strings: Strings, span: Span) -> Words:
    """Return what is shown and what is left out."""
    parts: dict[str, str | Words] = {
        "route": run.name(strings.way.route),
        "begin": span.date(span.begin),
        "end": span.date(strings.end - 1),
        "shown": str(len(strings.paths)),
        "loads": str(strings.loads),
        "every": str(strings.every),
    }
    return say("flows.string_line_shows" if strings.every > 1 else "flows.string_line_shows_all", **parts)


def _spec(run: Run) -> Spec | None:
    """Return a layer of places, of departures, of crosses for those that did not run, and of consignments."""
    span = span_of(run)
    if span is None:
        return None
    every = {one["name"]: strings_of(run, one, span) for one in run.alternatives}
    found = {name: strings for name, strings in every.items() if strings is not None}
    if not found:
        return None
    services = {group.service: run.name(group.service) for strings in found.values() for group in strings.departures}
    parameter, filtered = one_alternative(run)
    told = {name: lines(_told(run, strings, span), TOLD_COLUMNS, TOLD_LINES) for name, strings in found.items()}
    places = {
        name: [lines(run.name(place), PLACE_COLUMNS, PLACE_LINES) for place in strings.way.places]
        for name, strings in found.items()
    }
    params = [
        names_param({**alternative_names(run), **services, OUR_CARGO: say("flows.our_cargo")}),
        parameter,
        origin_param(span),
        {"name": "told", "value": told},
        {"name": "places", "value": places},
        {"name": "heights", "value": {name: list(strings.way.heights) for name, strings in found.items()}},
    ]
    return {
        "params": params,
        "title": {
            "text": {"expr": "split(told[alternative] || '', '\\n')"},
            "anchor": "start",
            "fontSize": 11,
            "fontWeight": "normal",
        },
        "height": SPEC_PIXELS,
        "data": {"values": [row for name, strings in found.items() for row in _rows(name, strings)]},
        "transform": [filtered],
        "layer": _layers(run, span, max(strings.end for strings in found.values())),
    }


def _rows(name: str, strings: Strings) -> Iterator[Spec]:
    """Yield a row for each service and for each consignment, with lists that the layers take apart."""
    for group in strings.departures:
        yield {
            ALTERNATIVE: name,
            "service": group.service,
            "y": group.origin,
            "y2": group.destination,
            **_packed(group),
            "not_run": group.not_run,
        }
    for number, path in strings.paths.items():
        yield {
            ALTERNATIVE: name,
            "consignment": number,
            "at": [minute for minute, _ in path],
            "height": [round(height, 4) for _, height in path],
        }


def _packed(group: Departures) -> Spec:
    """Return the departures that ran: minutes from the schedule to leaving and on to arriving are short to write."""
    return {
        "scheduled": group.scheduled,
        "late": [left - due for left, due in zip(group.left, group.scheduled, strict=True)],
        "takes": [end - left for left, end in zip(group.left, group.arrived, strict=True)],
        "teu": [int(teu) if teu == int(teu) else teu for teu in group.teu],
    }


def _layers(run: Run, span: Span, end: int) -> list[Spec]:
    colour = {
        "field": "service",
        "type": "nominal",
        "sort": None,
        "scale": {"range": list(SHADES)},
        "legend": named_axis(title=say("flows.service"), orient="bottom"),
    }
    x = time_axis(span, span.first_shown(end), say("flows.time"))
    return [_departures_layer(x, colour), _fallen_layer(), _paths_layer()]


def _height_axis() -> Mapping[str, Any]:
    """Return the y encoding: places from the top down, labelled in words."""
    axis = {
        "title": None,
        "values": {"expr": "heights[alternative] || []"},
        "labelExpr": "split((places[alternative] || [])[indexof(heights[alternative], datum.value)] || '', '\\n')",
        "labelLimit": 120,
        "labelOverlap": False,
    }
    return {"type": "quantitative", "scale": {"domain": [1 + EDGE, -EDGE], "nice": False}, "axis": axis}


def _departures_layer(x: Spec, colour: Spec) -> Spec:
    words = [named("service", "service_words"), moment_text("due", "due_text")]
    ends = [moment_text("time", "left_text"), moment_text("end", "arrived_text")]
    tip = [
        {"field": "service_words", "title": say("flows.service")},
        {"field": "due_text", "title": say("flows.scheduled")},
        {"field": "left_text", "title": say("flows.left")},
        {"field": "arrived_text", "title": say("flows.arrived")},
        {"field": "teu", "title": say("flows.our_teu")},
    ]
    return {
        "params": [zoom(), {"name": "picked", "select": {"type": "point", "fields": ["service"]}, "bind": "legend"}],
        "transform": [
            {"filter": "isValid(datum.service)"},
            {"flatten": ["scheduled", "late", "takes", "teu"]},
            {"filter": "isValid(datum.scheduled)"},
            {"calculate": "datum.scheduled + datum.late", "as": "left"},
            {"calculate": "datum.left + datum.takes", "as": "arrived"},
            moment_from("scheduled", "due"),
            moment_from("left", "time"),
            moment_from("arrived", "end"),
            *words,
            *ends,
        ],
        "mark": {"type": "rule", "strokeWidth": BOLD, **UNSAID},
        "encoding": {
            "x": x,
            "x2": {"field": "end"},
            "y": {"field": "y", **_height_axis()},
            "y2": {"field": "y2"},
            "color": colour,
            "opacity": {"condition": {"param": "picked", "value": FAINTER}, "value": 0.1},
            "tooltip": tip,
        },
    }


def _fallen_layer() -> Spec:
    tip = [
        {"field": "service_words", "title": say("flows.service")},
        {"field": "time_text", "title": say("flows.not_run")},
    ]
    return {
        "transform": [
            {"filter": "isValid(datum.service)"},
            {"flatten": ["not_run"]},
            {"filter": "isValid(datum.not_run)"},
            moment_from("not_run", "time"),
            moment_text("time", "time_text"),
            named("service", "service_words"),
        ],
        "mark": {"type": "point", "shape": CROSS, "size": 60, "strokeWidth": 2, "opacity": 1, **UNSAID},
        "encoding": {
            "x": same_time(),
            "y": {"field": "y", "type": "quantitative"},
            "color": {"field": "service", "type": "nominal", "sort": None},
            "tooltip": tip,
        },
    }


def _paths_layer() -> Spec:
    return {
        "transform": [
            {"filter": "isValid(datum.consignment)"},
            {"flatten": ["at", "height"]},
            moment_from("at", "time"),
            moment_text("time", "time_text"),
        ],
        "mark": {"type": "line", "strokeWidth": OURS_WIDTH, **UNSAID},
        "encoding": {
            "x": same_time(),
            "y": {"field": "height", "type": "quantitative"},
            "stroke": {
                "datum": OUR_CARGO,
                "scale": {"domain": [OUR_CARGO], "range": [OURS]},
                "legend": named_axis(title=None, orient="bottom", symbolType="stroke"),
            },
            "detail": {"field": "consignment", "type": "nominal"},
            "order": {"field": "at", "type": "quantitative"},
            "tooltip": [
                {"field": "consignment", "title": say("flows.consignment")},
                {"field": "time_text", "title": say("flows.moment")},
            ],
        },
    }


STRING_LINE = Chart(NAME, _draw, _spec, tables=("visits_0", "departures_0"), of_one=True)
