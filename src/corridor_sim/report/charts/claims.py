"""The claims chart: what is saved over all that is in doubt, against what was claimed, for all cargo and each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import DESCRIBED, LABELS, Chart, Spec, named, names_param, told, tooltip
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    GREY,
    SMALL,
    THIN,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    png,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH, Words, same, say
from corridor_sim.report.words import READY_PERCENT, interval_text, number, short_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "claims"
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 0.24, 0.95, 0.75
PANEL_INCHES, UNDER_INCHES, FOOT_INCHES = 0.4, 0.55, 0.2
LEFT, RIGHT = 0.34, 0.97
LONGEST_LABEL = 44
LINE_POINTS, BULK_POINTS, MARK_POINTS = 1.2, 4.0, 5.0
BAND_ALPHA = 0.35
MOST_SPAN = 60.0
"""Points of saving shown to either side at most; lines that go on end in an arrow."""
MARGIN = 0.04
FOOT_LINES = ("claims_foot_line", "claims_foot_dot")
SPEC_ROW_PIXELS, LINE_PIXELS, BULK_PIXELS, MEDIAN_PIXELS = 20, 1.5, 6, 8
DOT_AREA, ARROW_AREA, LABEL_PIXELS = 55, 50, 190
HEADING_PIXELS = 140
TICK_PIXELS = 60
LONGEST_HEADING = 110

Answer = Mapping[str, Any]
Row = tuple[str | None, Mapping[str, Any], Mapping[str, Any]]
"""Kind of cargo (None: all of it), what is saved at the stated inputs, and how it is spread over the doubt."""


@dataclass(frozen=True)
class _Speech:
    """How names are said, and in which language."""

    language: str = ENGLISH
    name: Callable[[str], Words] = same
    alternative: Callable[[str], Words] = same

    def cargo(self, flow: str | None) -> Words:
        return say("charts.all_cargo") if flow is None else self.name(flow)

    def axis(self, answer: Answer) -> Words:
        base = say(f"charts.base_{answer['cost_base']}")
        return say("charts.claims_axis", base=base, against=self.alternative(answer["against"]))

    @property
    def foot(self) -> str:
        return "\n".join(say(f"charts.{line}")[self.language] for line in FOOT_LINES)


def claims_chart(answers: Mapping[str, Any], answer: Answer) -> bytes:
    """Return the chart of one claim as PNG, in English, names as they are written."""
    from matplotlib.figure import Figure

    speech, rows = _Speech(), _rows(answer)
    height = ROW_INCHES * len(rows) + TITLE_INCHES + AXIS_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height)
        _draw_panel(axes, answer, speech)
        axes.set_xlabel(f"{_axis(answer, speech)}\n{speech.foot}", size=SMALL)
        caption(figure, answers, say("charts.claims_one", name=drawable(answer["name"]))[ENGLISH])
        return png(figure, answers, say("charts.claims")[ENGLISH])


def _draw(run: Run, language: str, _alternative: str) -> Figure | None:
    """Draw a panel for each claim; None where no answers are kept."""
    from matplotlib.figure import Figure

    if not run.claims or not run.claims["claims"]:
        return None
    speech = _Speech(language, run.name, run.alternative)
    answers = run.claims["claims"]
    inches = [ROW_INCHES * len(_rows(answer)) for answer in answers]
    height = TITLE_INCHES + sum(inches) + (PANEL_INCHES + UNDER_INCHES) * len(answers) + FOOT_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        top = height - TITLE_INCHES + PANEL_INCHES
        for answer, high in zip(answers, inches, strict=True):
            top -= PANEL_INCHES + high
            axes = figure.add_axes((LEFT, top / height, RIGHT - LEFT, high / height))
            _draw_panel(axes, answer, speech)
            axes.set_title(drawable(_heading(answer, speech)[language], LONGEST_HEADING))
            axes.set_xlabel(_axis(answer, speech), size=SMALL)
            top -= UNDER_INCHES
        figure.text(LEFT, FOOT_INCHES / height / 2, speech.foot, size=SMALL)
        caption(figure, run.claims, say(f"charts.{NAME}")[language], language)
        return figure


def _rows(answer: Answer) -> list[Row]:
    cells = answer["cells"]["cells"]
    return [(None, answer["stated"], answer["doubt"]), *((cell["flow"], cell["stated"], cell) for cell in cells)]


def _heading(answer: Answer, speech: _Speech) -> Words:
    verdict = say(f"charts.verdict_{answer['verdict'].replace(' ', '_')}")
    low, high = map(short_number, answer["interval"])
    return say("charts.claims_heading", name=speech.name(answer["name"]), low=low, high=high, verdict=verdict)


def _axis(answer: Answer, speech: _Speech) -> str:
    against = drawable(speech.alternative(answer["against"])[speech.language])
    base = say(f"charts.base_{answer['cost_base']}")
    return say("charts.claims_axis", base=base, against=against)[speech.language]


def _draw_panel(axes: Axes, answer: Answer, speech: _Speech) -> None:
    """Draw the claimed band and a line for all cargo and each kind."""
    rows = _rows(answer)
    low, high = _limits(rows, answer["interval"])
    axes.axvspan(*answer["interval"], color=COLOURS[2], alpha=BAND_ALPHA, linewidth=0)
    axes.axvline(0, color=BASELINE_COLOUR, linewidth=THIN)
    for place, (_, stated, spread) in enumerate(rows):
        colour = BASELINE_COLOUR if not place else COLOURS[0]
        _draw_row(axes, -place, stated["value"], spread, colour, (low, high))
    labels = [drawable(speech.cargo(flow)[speech.language], LONGEST_LABEL) for flow, *_ in rows]
    axes.set_yticks([-place for place in range(len(rows))], labels)
    axes.set_xlim(low, high)
    axes.set_ylim(-len(rows) + 1 / 2, 1 / 2)


def _limits(rows: list[Row], interval: tuple[float, float]) -> tuple[float, float]:
    """Return what is shown: everything, but at most so far beyond the claim."""
    shown = [(spread["low"], spread["high"], stated["value"]) for _, stated, spread in rows]
    ends = [end for row in shown for end in row if end is not None]
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


def _spec(run: Run) -> Spec | None:
    """Return the claims below each other on one axis, each a heading and a row for all cargo and each kind."""
    if not run.claims or not run.claims["claims"]:
        return None
    answers = run.claims["claims"]
    speech = _Speech(ENGLISH, run.name, run.alternative)
    labels: dict[str, Words] = {}
    limits = [_limits(_rows(answer), answer["interval"]) for answer in answers]
    low, high = min(low for low, _ in limits), max(high for _, high in limits)
    rows = [row for answer in answers for row in _claim_rows(answer, speech, labels, (low, high))]
    axis = {"title": None, "grid": False, "ticks": False, "domain": False, "labelLimit": LABEL_PIXELS}
    return {
        "params": [names_param(labels, LABELS)],
        "height": SPEC_ROW_PIXELS * len(rows),
        "data": {"values": rows},
        "transform": [named("key", "cargo", LABELS), told("cargo", "stated_shown")],
        "encoding": {
            "y": {
                "field": "row",
                "type": "ordinal",
                "scale": {"padding": 0},
                "axis": {**axis, "labelExpr": f"{LABELS}[datum.value] || ''"},
            }
        },
        "layer": [*_bands((low, high)), *_lines(), *_points(), *_headings()],
    }


def _claim_rows(
    answer: Answer, speech: _Speech, labels: dict[str, Words], limits: tuple[float, float]
) -> Iterator[Spec]:
    """Yield two lines of heading, then a row for each kind of cargo; their words go into `labels` by row."""
    for place, words in enumerate((_heading(answer, speech), speech.axis(answer))):
        key = f"heading {len(labels)}"
        labels[key] = words
        yield {"row": len(labels), "key": key, "line": place}
    claimed = " – ".join(map(short_number, answer["interval"]))
    for flow, stated, spread in _rows(answer):
        row = len(labels) + 1
        labels[str(row)] = speech.cargo(flow)
        first, third = spread["quartiles"]
        found = {"low": spread["low"], "first": first, "median": spread["median"], "third": third}
        shown = {
            "claimed": claimed,
            "nine_of_ten": " – ".join(number(spread[end], READY_PERCENT) for end in ("low", "high")),
            "half": " – ".join(number(end, READY_PERCENT) for end in (first, third)),
            "median_shown": number(spread["median"], READY_PERCENT),
        }
        if stated["value"] is not None:
            shown |= {"stated": stated["value"], "stated_shown": interval_text(stated, READY_PERCENT)}
        beyond = {"beyond_low": spread["low"] < limits[0], "beyond_high": spread["high"] > limits[1]}
        ends = {"band_low": answer["interval"][0], "band_high": answer["interval"][1], "high": spread["high"]}
        whose = {"row": row, "key": str(row), "who": "one" if flow else "all"}
        yield {**whose, **found, **ends, **shown, **beyond}


def _tip() -> list[Spec]:
    return tooltip(
        cargo="cargo",
        claimed="claimed",
        stated_shown="at_stated_inputs",
        median_shown="median",
        half="in_half",
        nine_of_ten="in_nine_of_ten",
    )


def _bands(limits: tuple[float, float]) -> list[Spec]:
    """Return the claimed band behind the rows of each claim, and nought."""
    axis = {"title": say("charts.saving_percent"), "tickCount": {"expr": f"width / {TICK_PIXELS}"}}
    x: Spec = {"type": "quantitative", "scale": {"domain": list(limits), "nice": False}, "axis": axis}
    look: Spec = {"color": COLOURS[2], "opacity": BAND_ALPHA}
    band = {"x": {"field": "band_low", **x}, "x2": {"field": "band_high"}, "tooltip": _tip()}
    rows = [{"filter": "isValid(datum.low)"}]
    return [
        {"transform": rows, "mark": {"type": "rect", "aria": False, **look}, "encoding": band},
        {
            "transform": rows,
            "mark": {"type": "tick", "thickness": 1, "color": GREY},
            "encoding": {"x": {"datum": 0, **x}},
        },
    ]


def _lines() -> list[Spec]:
    """Return a line over nine of ten cases, a thick one over half of them, and the median as a tick."""
    paint: Spec = {"domain": ["all", "one"], "range": [BASELINE_COLOUR, COLOURS[0]]}
    colour: Spec = {"color": {"field": "who", "type": "nominal", "scale": paint, "legend": None}}
    lines: list[Spec] = [
        {
            "transform": [{"filter": f"isValid(datum.{begin})"}],
            "mark": {"type": "rule", "strokeWidth": width, "aria": False, "clip": True},
            "encoding": {
                "x": {"field": begin, "type": "quantitative"},
                "x2": {"field": end},
                **colour,
                "tooltip": _tip(),
            },
        }
        for begin, end, width in (("low", "high", LINE_PIXELS), ("first", "third", BULK_PIXELS))
    ]
    median: Spec = {
        "mark": {"type": "tick", "aria": False, "color": "white", "size": MEDIAN_PIXELS, "thickness": 2, "clip": True},
        "encoding": {"x": {"field": "median", "type": "quantitative"}},
    }
    return [*lines, median]


def _points() -> list[Spec]:
    """Return a dot at the stated inputs, and arrows where a line goes on."""
    dot: Spec = {
        "type": "point",
        "filled": True,
        "size": DOT_AREA,
        "color": COLOURS[1],
        "stroke": "white",
        "opacity": 1,
        "clip": True,
    }
    sides = {"low": ("triangle-left", {"value": 0}), "high": ("triangle-right", {"value": "width"})}
    arrows = [
        {
            "transform": [{"filter": f"datum.beyond_{side}"}],
            "mark": {
                "type": "point",
                "filled": True,
                "size": ARROW_AREA,
                "shape": shape,
                "color": COLOURS[0],
                "aria": False,
            },
            "encoding": {"x": x},
        }
        for side, (shape, x) in sides.items()
    ]
    return [
        {"mark": dot, "encoding": {"x": {"field": "stated", "type": "quantitative"}, "tooltip": _tip(), **DESCRIBED}},
        *arrows,
    ]


def _headings() -> list[Spec]:
    """Return the name and verdict of each claim, and under them what is saved against what."""
    weight = {"expr": "datum.line ? 'normal' : 'bold'"}
    mark: Spec = {"type": "text", "aria": False, "align": "left", "x": -HEADING_PIXELS, "fontWeight": weight}
    return [
        {
            "transform": [{"filter": "isValid(datum.line)"}],
            "mark": {**mark, "limit": {"expr": f"width + {HEADING_PIXELS}"}},
            "encoding": {"text": {"field": "cargo"}},
        }
    ]


CLAIMS = Chart(NAME, _draw, _spec)
