"""Loads over time: what each departure carried of our cargo in the first replication, one strip for each service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import COLOURS, GREY, WIDTH_INCHES, caption, drawable, house_style
from corridor_sim.report.charts.load_rows import Loads, loads_of
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
from corridor_sim.report.charts.strips import (
    FOOT,
    STRIP_INCHES,
    STRIP_PIXELS,
    UNSAID,
    Strips,
    counts_of,
    cut,
    draw_labels,
    foot_of,
    height,
    height_axis,
    height_of,
    label_layer,
    lines,
    strips_spec,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, joined, say
from corridor_sim.report.words import PERCENT, interval_text, row_with

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "loads_over_time"
TITLE_INCHES, AXIS_INCHES = 0.95, 0.55
LEFT, RIGHT = 0.03, 0.98
OURS, BEHIND, FULL = COLOURS[0], COLOURS[1], COLOURS[2]
CROSS = "M-1,-1L1,1M-1,1L1,-1"
BAR_WIDTH = 1.6
MARK_AREA = 30
MARK_ABOVE = 0.055
"""How far above its bar a departure that left consignments behind is marked, in strips."""
HEAD_COLUMNS = 110
HEAD_LINES = 3


def _draw(run: Run, language: str, alternative: str) -> Figure | None:
    from matplotlib.figure import Figure

    span = span_of(run)
    strips, left_out = loads_of(run, alternative, span) if span else ([], 0)
    if span is None or not strips:
        return None
    tall = STRIP_INCHES * len(strips) + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, tall))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / tall, RIGHT, 1 - TITLE_INCHES / tall)
        for place, loads in enumerate(strips):
            _draw_strip(axes, place, loads)
        draw_labels(axes, [label[language] for label in _labels(run, alternative, strips)])
        draw_dates(axes, span, (span.begin, span.end))
        axes.set_xlabel(say("flows.time")[language])
        head = joined([run.alternative(alternative), _said(left_out)], ": ")[language]
        text = cut(drawable(head, len(head)), HEAD_COLUMNS, HEAD_LINES)
        axes.set_title("\n".join(text), size="small", weight="normal")
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _draw_strip(axes: Axes, place: int, loads: Loads) -> None:
    tops = [height(place, load, loads.top) for load in loads.load]
    axes.vlines(loads.scheduled, place + FOOT, tops, color=OURS, linewidth=BAR_WIDTH)
    marks = [height(place, 0.0, loads.top)] * len(loads.not_run)
    axes.plot(loads.not_run, marks, "x", color=GREY, markersize=4)
    behind = [height(place, loads.top, loads.top) - MARK_ABOVE] * len(loads.behind)
    axes.plot([minute for minute, _ in loads.behind], behind, "v", color=BEHIND, markersize=4)
    if loads.shows_capacity and loads.capacity is not None:
        axes.axhline(height(place, loads.capacity, loads.top), color=FULL, linewidth=1, linestyle="--")


def _said(left_out: int) -> Words:
    """Return what the marks are, and how many services are left out."""
    if left_out:
        return say("flows.loads_show_cut", left_out=str(left_out))
    return say("flows.loads_show")


def _labels(run: Run, alternative: str, strips: Sequence[Loads]) -> list[Words]:
    return [joined([_scale(run, loads), _of_all(run, alternative, loads)], " ") for loads in strips]


def _scale(run: Run, loads: Loads) -> Words:
    """Return a service with its greatest load of ours and its capacity."""
    unit = say(f"flows.unit_{loads.measure}")
    parts: dict[str, str | Words] = {
        "service": run.name(loads.service),
        "most": f"{max(loads.load, default=0.0):g}",
        "unit": unit,
    }
    if loads.capacity is None:
        return say("flows.load_up_to", **parts)
    return say("flows.load_up_to_of", **parts, capacity=f"{loads.capacity:g}")


def _of_all(run: Run, alternative: str, loads: Loads) -> Words:
    """Return what the summary says of a service in all replications, or that not all departures are shown."""
    one = row_with(run.alternatives, name=alternative) or {}
    row = row_with(one.get("services", []), service=loads.service)
    if loads.left_out:
        return say("flows.departures_left_out", count=str(loads.left_out))
    if row is None or row["load_factor"]["value"] is None:
        return say("flows.nothing_more")
    shown = {name: f"{interval_text(row[name], PERCENT)} %" for name in ("load_factor", "own_load_factor")}
    return say("flows.load_of_all", full=shown["load_factor"], ours=shown["own_load_factor"])


def _spec(run: Run) -> Spec | None:
    """Return strips with a bar for each departure that carried ours, marks of those left behind and not run."""
    span = span_of(run)
    if span is None:
        return None
    every = {name: loads_of(run, name, span) for name in run.names}
    if not any(strips for strips, _ in every.values()):
        return None
    found = {
        name: Strips(
            lines(_said(left_out) if strips else say("flows.no_loads"), most=HEAD_LINES),
            _labels(run, name, strips),
            list(_rows(strips)),
        )
        for name, (strips, left_out) in every.items()
    }
    spec = strips_spec(run, found, STRIP_PIXELS)
    return {**spec, "params": [*spec["params"], origin_param(span)], "layer": _layers(run, span, counts_of(found))}


def _rows(strips: Sequence[Loads]) -> Iterator[Spec]:
    """Yield a row for each strip, whose lists the layers take apart."""
    for loads in strips:
        yield {
            "top": loads.top,
            "capacity": loads.capacity if loads.shows_capacity else None,
            "at": loads.scheduled,
            "load": [int(load) if load.is_integer() else load for load in loads.load],
            "teu": [int(teu) if teu.is_integer() else teu for teu in loads.teu],
            "behind_at": [minute for minute, _ in loads.behind],
            "behind": [count for _, count in loads.behind],
            "not_run": loads.not_run,
            "others": loads.others,
        }


def _layers(run: Run, span: Span, counts: Mapping[str, int]) -> list[Spec]:
    x = time_axis(span, (span.begin, span.end), say("flows.time"))
    bars = {
        "params": [zoom()],
        "transform": [*_apart(["at", "load", "teu"]), height_of("load", "height")],
        "mark": {"type": "rule", "color": OURS, "strokeWidth": BAR_WIDTH, **UNSAID},
        "encoding": {
            "x": x,
            "y": {"field": "height", **height_axis(counts)},
            "y2": {"field": "foot"},
            "tooltip": _tip(("load", "our_load"), ("teu", "our_teu"), ("others", "others_take")),
        },
    }
    capacity = {
        "transform": [{"filter": "isValid(datum.capacity)"}, height_of("capacity", "height")],
        "mark": {"type": "rule", "color": FULL, "strokeDash": [4, 3], **UNSAID},
        "encoding": {"y": {"field": "height", "type": "quantitative"}},
    }
    behind = {
        "transform": [
            *_apart(["behind_at", "behind"]),
            {"calculate": f"datum.place + {height(0, 1.0, 1.0) - MARK_ABOVE}", "as": "height"},
        ],
        "mark": _mark("triangle-down", BEHIND),
        "encoding": {
            "x": same_time(),
            "y": {"field": "height", "type": "quantitative"},
            "tooltip": _tip(("behind", "left_behind")),
        },
    }
    fallen = {
        "transform": _apart(["not_run"]),
        "mark": {**_mark(CROSS, GREY), "filled": False, "strokeWidth": 1.5},
        "encoding": {"x": same_time(), "y": {"field": "foot", "type": "quantitative"}, "tooltip": _tip(of="not_run")},
    }
    return [bars, capacity, fallen, behind, label_layer()]


def _apart(columns: Sequence[str]) -> list[Spec]:
    """Return the transforms that make a row of each entry of lists, the first of which are minutes."""
    return [
        {"flatten": list(columns)},
        {"filter": f"isValid(datum.{columns[0]})"},
        moment_from(columns[0], "time"),
        moment_text("time", "time_text"),
        foot_of("foot"),
        {"calculate": "split(told[datum.label], '\\n')[0]", "as": "words"},
    ]


def _mark(shape: str, colour: str) -> Spec:
    return {"type": "point", "shape": shape, "size": MARK_AREA, "color": colour, "filled": True, **UNSAID}


def _tip(*fields: tuple[str, str], of: str = "scheduled") -> list[Any]:
    """Return the tooltip of a departure: its service, when it was scheduled, and columns under their phrases."""
    head = [
        {"field": "words", "title": say("flows.service")},
        {"field": "time_text", "title": say(f"flows.{of}")},
    ]
    return [*head, *({"field": column, "title": say(f"flows.{phrase}")} for column, phrase in fields)]


LOADS_OVER_TIME = Chart(NAME, _draw, _spec, tables=("departures_0",), of_one=True)
