"""Queues over time: how many consignments wait in each place, in the first replication, one strip for each place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import COLOURS, WIDTH_INCHES, caption, drawable, house_style
from corridor_sim.report.charts.moments import (
    Span,
    draw_dates,
    minutes,
    moment_from,
    moment_text,
    origin_param,
    same_time,
    span_of,
    time_axis,
    zoom,
)
from corridor_sim.report.charts.queue_rows import FACILITY, SERVICE, STEP, Queue, queues_of
from corridor_sim.report.charts.strips import (
    FOOT,
    STRIP_INCHES,
    STRIP_PIXELS,
    UNSAID,
    Strips,
    counts_of,
    draw_labels,
    foot_of,
    height,
    height_axis,
    height_of,
    label_layer,
    lines,
    strips_spec,
    thinned,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, joined, say
from corridor_sim.report.words import UNITS, interval_text, row_with
from corridor_sim.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "queues_over_time"
TITLE_INCHES, AXIS_INCHES = 0.95, 0.55
LEFT, RIGHT = 0.03, 0.98
MEAN, MOST = COLOURS[1], COLOURS[5]
FILL = 0.55
DECIMALS = 2
WAITS = {FACILITY: "flows.waiting_at", SERVICE: "flows.waiting_for", STEP: "flows.waiting_at"}


def _draw(run: Run, language: str, alternative: str) -> Figure | None:
    from matplotlib.figure import Figure

    span = span_of(run)
    queues, left_out = queues_of(run, alternative, span) if span else ([], 0)
    if span is None or not queues:
        return None
    tall = STRIP_INCHES * len(queues) + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, tall))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / tall, RIGHT, 1 - TITLE_INCHES / tall)
        for place, queue in enumerate(queues):
            most = [height(place, amount, _top(queue)) for amount in queue.most]
            mean = [height(place, amount, _top(queue)) for amount in queue.mean]
            edges = minutes(queue.edges)
            axes.stairs(most, edges, baseline=place + FOOT, fill=True, color=MOST, alpha=FILL, label=f"most {place}")
            axes.stairs(mean, edges, baseline=None, color=MEAN, label=f"mean {place}")
        draw_labels(axes, [label[language] for label in _labels(run, alternative, queues)])
        draw_dates(axes, span, (span.begin, span.end))
        axes.set_xlabel(say("flows.time")[language])
        head = joined([run.alternative(alternative), _said(queues, left_out)], ": ")[language]
        axes.set_title(drawable(head, len(head)), size="medium", weight="normal")
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _top(queue: Queue) -> float:
    return float(queue.most.max())


def _said(queues: Sequence[Queue], left_out: int) -> Words:
    """Return what the two marks are, in which steps of time, and how many places are left out."""
    hours = f"{int(queues[0].edges[1] - queues[0].edges[0]) / SECONDS_PER_HOUR:g}"
    return say("flows.queues_show_cut" if left_out else "flows.queues_show", hours=hours, left_out=str(left_out))


def _labels(run: Run, alternative: str, queues: Sequence[Queue]) -> list[Words]:
    """Return for each queue its place, its scale, and what all replications say of it."""
    return [
        joined([say(WAITS[queue.place[0]], place=run.name(queue.place[1]), most=str(int(_top(queue)))), said], " ")
        for queue, said in ((queue, _of_all(run, alternative, queue)) for queue in queues)
    ]


def _of_all(run: Run, alternative: str, queue: Queue) -> Words:
    """Return the figures of the summary for a queue: those of all replications, with their intervals."""
    one = row_with(run.alternatives, name=alternative) or {}
    kind, name = queue.place
    if kind == FACILITY:
        row = row_with(one.get("facilities", []), facility=name)
        if row:
            figures = {key: _text(row[key]) for key in ("mean_queue", "longest_queue")}
            return say("flows.queue_of_all", mean=figures["mean_queue"], longest=figures["longest_queue"])
    if kind == SERVICE:
        row = row_with(one.get("services", []), service=name)
        if row:
            return say("flows.left_behind_of_all", count=_text(row["left_behind"]))
    return say("flows.nothing_more")


def _text(figure: Mapping[str, Any]) -> str:
    return "–" if figure["value"] is None else interval_text(figure, UNITS["count"])


def _spec(run: Run) -> Spec | None:
    """Return strips of the most that waited at once and of the mean, over the days of the measured window."""
    span = span_of(run)
    if span is None:
        return None
    every = {name: queues_of(run, name, span) for name in run.names}
    if not any(queues for queues, _ in every.values()):
        return None
    found = {
        name: Strips(
            lines(_said(queues, left_out) if queues else say("flows.no_queues")),
            _labels(run, name, queues),
            list(_rows(queues)),
        )
        for name, (queues, left_out) in every.items()
    }
    spec = strips_spec(run, found, STRIP_PIXELS)
    return {**spec, "params": [*spec["params"], origin_param(span)], "layer": _layers(run, span, counts_of(found))}


def _rows(queues: Sequence[Queue]) -> Iterator[Spec]:
    """Yield a row for each strip, whose lists the layers take apart."""
    for queue in queues:
        begins = minutes(queue.edges)
        amounts = [*zip(queue.mean.tolist(), queue.most.tolist(), strict=True), (0.0, 0)]
        points = thinned((at, round(mean, DECIMALS), most) for at, (mean, most) in zip(begins, amounts, strict=True))
        at, mean, most = zip(*points, strict=True)
        yield {
            "top": _top(queue),
            "at": list(at),
            "mean": list(mean),
            "most": list(most),
        }


def _layers(run: Run, span: Span, counts: Mapping[str, int]) -> list[Spec]:
    apart = [
        {"flatten": ["at", "mean", "most"]},
        moment_from("at", "time"),
        moment_text("time", "time_text"),
        *(height_of(amount, f"{amount}_height") for amount in ("mean", "most")),
        foot_of("foot"),
        {"calculate": "split(told[datum.label], '\\n')[0]", "as": "words"},
    ]
    x = time_axis(span, (span.begin, span.end), say("flows.time"))
    strip = {"field": "place", "type": "nominal"}
    tip = [
        {"field": "words", "title": say("flows.place")},
        {"field": "time_text", "title": say("flows.moment")},
        {"field": "mean", "title": say("flows.mean_waiting")},
        {"field": "most", "title": say("flows.most_waiting")},
    ]
    step = {"interpolate": "step-after", **UNSAID}
    return [
        {
            "params": [zoom()],
            "transform": apart,
            "mark": {"type": "area", "color": MOST, "opacity": FILL, **step},
            "encoding": {
                "x": x,
                "y": {"field": "most_height", **height_axis(counts)},
                "y2": {"field": "foot"},
                "detail": strip,
                "tooltip": tip,
            },
        },
        {
            "transform": apart,
            "mark": {"type": "line", "color": MEAN, "strokeWidth": 1.2, **step},
            "encoding": {
                "x": same_time(),
                "y": {"field": "mean_height", "type": "quantitative"},
                "detail": strip,
                "tooltip": tip,
            },
        },
        label_layer(),
    ]


QUEUES_OVER_TIME = Chart(NAME, _draw, _spec, tables=("visits_0",), of_one=True)
