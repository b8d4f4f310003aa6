"""Late because: the biggest causes of lateness of an alternative in a sentence each, with a bar and its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    GREY,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
)
from corridor_sim.report.charts.strips import (
    UNSAID,
    Strips,
    counts_of,
    draw_labels,
    height_axis,
    label_layer,
    strips_spec,
)
from corridor_sim.report.lateness import late_sentences
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES, Words, say
from corridor_sim.report.words import PERCENT, row_with

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "late_because"
MOST_CAUSES = 8
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 0.62, 0.95, 0.5
LEFT, RIGHT = 0.03, 0.97
ROW_PIXELS = 62
BAR_FROM, BAR_TO = 0.62, 0.9
CAUSE, REST = COLOURS[1], GREY
ROOM = 1.02


@dataclass(frozen=True)
class Cause:
    """A cause with its share of the late as the summary has it; the last may be all others together, with no ends."""

    said: Words
    share: float
    low: float | None
    high: float | None
    is_rest: bool


def causes_of(run: Run, alternative: str) -> list[Cause]:
    """Return the biggest causes of an alternative and the rest of them; none where nothing was late."""
    one = row_with(run.alternatives, name=alternative)
    rows = list(one["late_because"]) if one else []
    told = {
        language: late_sentences([_in_words(run, row, language) for row in rows], language, MOST_CAUSES)
        for language in LANGUAGES
    }
    said: Iterator[Words] = (dict(zip(LANGUAGES, each, strict=True)) for each in zip(*told.values(), strict=True))
    causes = [
        Cause(words, row["share"], row["low"], row["high"], False)
        for row, words in zip(rows[:MOST_CAUSES], said, strict=False)
    ]
    rest = sum(row["share"] for row in rows[MOST_CAUSES:])
    if rest:
        words = {language: sentences[-1] for language, sentences in told.items()}
        causes.append(Cause(words, rest, None, None, True))
    return causes


def _in_words(run: Run, row: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Return a row of the summary with its step and service in words."""
    return {**row, **{part: run.name(row[part])[language] for part in ("step", "service") if row[part]}}


def _draw(run: Run, language: str, alternative: str) -> Figure | None:
    from matplotlib.figure import Figure

    causes = causes_of(run, alternative)
    if not causes:
        return None
    tall = ROW_INCHES * len(causes) + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, tall))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / tall, RIGHT, 1 - TITLE_INCHES / tall)
        for place, cause in enumerate(causes):
            middle = place + (BAR_FROM + BAR_TO) / 2
            axes.barh(middle, _percent(cause.share), BAR_TO - BAR_FROM, color=REST if cause.is_rest else CAUSE)
            if cause.low is not None and cause.high is not None:
                ends = [_percent(cause.low), _percent(cause.high)]
                axes.plot(ends, [middle, middle], color=BASELINE_COLOUR, linewidth=1, marker="|", markersize=4)
        axes.set_xlim(0, _end(causes))
        draw_labels(axes, [cause.said[language] for cause in causes])
        axes.set_xlabel(say("flows.share_of_late")[language])
        axes.set_title(drawable(run.alternative(alternative)[language]), size="medium", weight="normal")
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _percent(share: float) -> float:
    return share * PERCENT.factor


def _end(causes: Sequence[Cause]) -> float:
    """Return the end of the axis in per cent."""
    return min(PERCENT.factor, _percent(max(cause.high or cause.share for cause in causes)) * ROOM)


def _spec(run: Run) -> Spec | None:
    """Return a bar for each cause, its sentence above it."""
    every = {name: causes_of(run, name) for name in run.names}
    if not any(every.values()):
        return None
    found = {
        name: Strips(
            say("flows.nothing_more" if causes else "flows.nothing_late"),
            [cause.said for cause in causes],
            [_row(cause) for cause in causes],
        )
        for name, causes in every.items()
    }
    spec = strips_spec(run, found, ROW_PIXELS)
    ends = {"name": "ends", "value": {name: _end(causes) for name, causes in every.items() if causes}}
    return {
        **spec,
        "params": [*spec["params"], ends],
        "transform": [
            *spec["transform"],
            {"calculate": f"datum.place + {BAR_FROM}", "as": "from"},
            {"calculate": f"datum.place + {BAR_TO}", "as": "to"},
            {"calculate": f"datum.place + {(BAR_FROM + BAR_TO) / 2}", "as": "middle"},
            {"calculate": "replace(told[datum.label] || '', '\\n', ' ')", "as": "sentence"},
        ],
        "layer": _layers(counts_of(found), any(cause.low is not None for causes in every.values() for cause in causes)),
    }


def _row(cause: Cause) -> Spec:
    return {
        "share": _percent(cause.share),
        "low": None if cause.low is None else _percent(cause.low),
        "high": None if cause.high is None else _percent(cause.high),
        "rest": cause.is_rest,
    }


def _layers(counts: Mapping[str, int], with_intervals: bool) -> list[Spec]:
    tip = [{"field": "sentence", "title": say("flows.reason")}]
    share = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": {"expr": "[0, ends[alternative] || 1]"}, "nice": False},
        "axis": {"title": say("flows.share_of_late")},
    }
    paint = {"condition": {"test": "datum.rest", "value": REST}, "value": CAUSE}
    bars = {
        "mark": {"type": "rect"},
        "encoding": {
            "x": share,
            "x2": {"datum": 0},
            "y": {"field": "from", **height_axis(counts)},
            "y2": {"field": "to"},
            "color": paint,
            "tooltip": tip,
        },
    }
    whiskers = {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "strokeWidth": 1.5, **UNSAID},
        "encoding": {
            "x": {"field": "low", "type": "quantitative"},
            "x2": {"field": "high"},
            "y": {"field": "middle", "type": "quantitative"},
            "tooltip": tip,
        },
    }
    return [bars, *([whiskers] if with_intervals else []), label_layer()]


LATE_BECAUSE = Chart(NAME, _draw, _spec, of_one=True)
