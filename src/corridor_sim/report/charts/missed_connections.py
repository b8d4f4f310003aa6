"""Missed connections: hours a consignment waits on average because it missed a departure, by why it was missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import ALTERNATIVE, Chart, Spec, alternative_names, named, names_param
from corridor_sim.report.charts.canvas import BASELINE_COLOUR, COLOURS, WIDTH_INCHES, caption, house_style, label_of
from corridor_sim.report.charts.strips import lines, told_param
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.words import UNITS, Figure, interval_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

NAME = "missed_connections"
KINDS = {"cut-off": "missed_cutoff", "no room": "missed_no_room", "cancelled": "missed_cancelled"}
"""Reason of the summary -> its phrase."""
SHADES = dict(zip(KINDS, (COLOURS[0], COLOURS[4], COLOURS[1]), strict=True))
ROW_INCHES, TITLE_INCHES, AXIS_INCHES, LEGEND_INCHES = 0.75, 0.75, 0.5, 0.35
LEFT, RIGHT = 0.2, 0.96
BAR = 0.26
SPEC_ROW_PIXELS = 50
NAME_COLUMNS, NAME_LINES = 20, 2


@dataclass(frozen=True)
class Missed:
    """Hours lost per consignment of an alternative for one reason, and what they cost; both as the summary has them."""

    alternative: str
    kind: str
    hours: Figure
    cost: Figure


def missed_of(run: Run) -> list[Missed]:
    """Return the rows of all alternatives; none where no alternative lost any time to a missed departure."""
    rows = [
        Missed(one["name"], kind, one["missed"][kind]["hours"], one["missed"][kind]["cost"])
        for one in run.alternatives
        for kind in KINDS
        if kind in one.get("missed", {}) and one["missed"][kind]["hours"]["value"] is not None
    ]
    return rows if any(row.hours["value"] for row in rows) else []


def _draw(run: Run, language: str, _alternative: str) -> Picture | None:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    rows = missed_of(run)
    if not rows:
        return None
    alternatives = run.alternatives
    tall = ROW_INCHES * len(alternatives) + TITLE_INCHES + AXIS_INCHES + LEGEND_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, tall))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, (AXIS_INCHES + LEGEND_INCHES) / tall, RIGHT, 1 - TITLE_INCHES / tall)
        for row in rows:
            at = run.names.index(row.alternative) + (list(KINDS).index(row.kind) - 1) * BAR
            axes.barh(at, row.hours["value"], BAR, color=SHADES[row.kind])
            if row.hours["low"] is not None:
                ends = [row.hours["low"], row.hours["high"]]
                axes.plot(ends, [at, at], color=BASELINE_COLOUR, linewidth=1, marker="|", markersize=4)
        axes.set_ylim(len(alternatives) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.set_yticks(range(len(alternatives)), [label_of(run, one, language) for one in alternatives])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(say("flows.missed_axis")[language])
        legend = [Patch(color=SHADES[kind], label=say(f"flows.{KINDS[kind]}")[language]) for kind in KINDS]
        figure.legend(handles=legend, loc="lower left", ncols=len(legend), bbox_to_anchor=(0, 0))
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _spec(run: Run) -> Spec | None:
    """Return a bar with its interval for each alternative and reason."""
    rows = missed_of(run)
    if not rows:
        return None
    kinds: dict[str, Words] = {kind: say(f"flows.{phrase}") for kind, phrase in KINDS.items()}
    told = {name: lines(words, NAME_COLUMNS, NAME_LINES) for name, words in alternative_names(run).items()}
    axis = {
        "title": None,
        "labelExpr": "split(told[datum.value] || datum.value, '\\n')",
        "labelLimit": 130,
        "ticks": False,
        "domain": False,
    }
    return {
        "params": [names_param({**alternative_names(run), **kinds}), told_param(told)],
        "height": SPEC_ROW_PIXELS * len({row.alternative for row in rows}),
        "data": {"values": [_row(row) for row in rows]},
        "transform": [named(ALTERNATIVE, "alternative_words"), named("kind", "kind_words")],
        "encoding": {
            "y": {"field": ALTERNATIVE, "type": "nominal", "sort": run.names, "axis": axis},
            "yOffset": {"field": "kind", "type": "nominal", "sort": list(KINDS)},
        },
        "layer": _layers()[: None if any(row.hours["low"] is not None for row in rows) else 1],
    }


def _row(row: Missed) -> Spec:
    ends = {end: row.hours[end] for end in ("low", "high") if row.hours[end] is not None}
    return {
        ALTERNATIVE: row.alternative,
        "kind": row.kind,
        "hours": row.hours["value"],
        **ends,
        "hours_text": interval_text(row.hours, UNITS["h"]),
        "cost_text": "–" if row.cost["value"] is None else interval_text(row.cost, UNITS["CNY"]),
    }


def _layers() -> list[Spec]:
    legend = {"title": None, "orient": "bottom", "labelExpr": "names[datum.value] || datum.value"}
    colour = {
        "field": "kind",
        "type": "nominal",
        "sort": list(KINDS),
        "scale": {"domain": list(KINDS), "range": list(SHADES.values())},
        "legend": legend,
    }
    tip: list[Any] = [
        {"field": "alternative_words", "title": say("charts.alternative")},
        {"field": "kind_words", "title": say("flows.reason")},
        {"field": "hours_text", "title": say("flows.missed_axis")},
        {"field": "cost_text", "title": say("flows.missed_cost")},
    ]
    picked = {"name": "picked", "select": {"type": "point", "fields": ["kind"]}, "bind": "legend"}
    opacity = {"condition": {"param": "picked", "value": 1}, "value": 0.1}
    hours = {"field": "hours", "type": "quantitative", "axis": {"title": say("flows.missed_axis")}}
    return [
        {
            "params": [picked],
            "mark": {"type": "bar"},
            "encoding": {"x": hours, "color": colour, "opacity": opacity, "tooltip": tip},
        },
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": {
                "x": {"field": "low", "type": "quantitative"},
                "x2": {"field": "high"},
                "opacity": opacity,
                "tooltip": tip,
            },
        },
    ]


MISSED_CONNECTIONS = Chart(NAME, _draw, _spec)
