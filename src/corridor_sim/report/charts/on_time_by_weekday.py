"""On time by weekday of release: a table of shares with their intervals, coloured, a row for each alternative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridor_sim.evidence.intervals import pooled_quantile, ratio_of_sums
from corridor_sim.report.charts.base import ALTERNATIVE, Chart, Spec, alternative_names, named, named_axis, names_param
from corridor_sim.report.charts.canvas import SMALL, WIDTH_INCHES, caption, house_style, label_of
from corridor_sim.report.charts.moments import clock_of
from corridor_sim.report.charts.strips import lines, told_param
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.words import DAYS, PERCENT, Figure, has_interval, interval_text, number
from corridor_sim.scenario.calendars import WEEKDAYS as DAY_KEYS
from corridor_sim.study.figures import figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Picture

NAME = "on_time_by_weekday"
COLUMNS = ("replication", "hours", "on_time")
ROW_INCHES, TITLE_INCHES, AXIS_INCHES = 0.62, 0.75, 0.45
LEFT, RIGHT = 0.2, 0.98
SPEC_ROW_PIXELS = 40
SHADES = ("#F7C6A3", "#FBEFD5", "#BFE3D0")
"""Of no share, half, all: all light, so that the black words on them are read in either theme."""
INK = "#000000"
LEVELS = {"P50": 0.5, "P90": 0.9}
ABOVE, BELOW = -7, 8
NAME_COLUMNS, NAME_LINES = 20, 2


@dataclass(frozen=True)
class Cell:
    """One weekday of release (0 Monday to 6 Sunday) of an alternative: share on time, P50 and P90 of hours."""

    alternative: str
    weekday: int
    on_time: Figure
    hours: Mapping[str, Figure]
    consignments: int


def cells_of(run: Run) -> list[Cell]:
    """Return the weekdays on which anything was released, by alternative; intervals are over replications."""
    clock, table = clock_of(run), run.tables["consignments"]
    if clock is None or not len(table):
        return []
    weekdays = _weekdays(table["release"], str(run.scenario()["clock"]["start"]), clock.zone.key)
    table = table[[ALTERNATIVE, *COLUMNS]].assign(weekday=weekdays)
    replications = int(run.summary["run"]["replications"])
    groups = {key: rows for key, rows in table.groupby([ALTERNATIVE, "weekday"])}
    return [
        _cell(name, weekday, groups[name, weekday], replications)
        for name in run.names
        for weekday in range(len(DAY_KEYS))
        if (name, weekday) in groups
    ]


def _weekdays(ticks: pd.Series, start: str, zone: str) -> pd.Series:
    """Return the local weekday of ticks, also where clocks are changed."""
    import pandas as pd

    moments = pd.Timestamp(start).tz_localize(zone).tz_convert("UTC") + pd.to_timedelta(ticks, unit="s")
    return moments.dt.tz_convert(zone).dt.day_of_week


def _cell(alternative: str, weekday: int, rows: pd.DataFrame, replications: int) -> Cell:
    """Return one cell; replications in which nothing was released on that weekday count as nought of nought."""
    import numpy as np

    replication = rows["replication"].to_numpy()
    released = np.bincount(replication, minlength=replications)
    on_time = np.bincount(replication, rows["on_time"].to_numpy(), replications)
    hours = rows["hours"].to_numpy()[np.argsort(replication, kind="stable")]
    # what was never delivered took longer than anything
    apart = np.split(np.where(np.isnan(hours), np.inf, hours), np.cumsum(released)[:-1])
    quantiles = {words: figure(pooled_quantile(apart, level), "h") for words, level in LEVELS.items()}
    return Cell(alternative, weekday, figure(ratio_of_sums(on_time, released), "share"), quantiles, len(rows))


def weekday_words(weekday: int) -> Words:
    """Return a short name of a weekday: "Mon", "周一", "星期一"."""
    key = DAY_KEYS[weekday]
    return say(f"flows.weekday_{key}")


def half_width(share: Figure) -> str:
    """Return "±1.2" for a share in per cent; nothing without an interval."""
    return f"±{number(share['high'] - share['value'], PERCENT)}" if has_interval(share) else ""


def _draw(run: Run, language: str, _alternative: str) -> Picture | None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    cells = cells_of(run)
    if not cells:
        return None
    alternatives = run.alternatives
    shade = LinearSegmentedColormap.from_list(NAME, list(SHADES))
    height = ROW_INCHES * len(alternatives) + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height)
        for cell in cells:
            row, share = run.names.index(cell.alternative), cell.on_time
            at = (cell.weekday - 0.5, row - 0.5)
            axes.add_patch(Rectangle(at, 1, 1, facecolor=shade(share["value"]), edgecolor="white"))
            axes.text(cell.weekday, row - 0.12, number(share["value"], PERCENT), ha="center", va="center")
            axes.text(cell.weekday, row + 0.26, half_width(share), ha="center", va="center", size=SMALL)
        axes.set_xlim(-0.5, len(DAY_KEYS) - 0.5)
        axes.set_ylim(len(alternatives) - 0.5, -0.5)
        axes.set_xticks(range(len(DAY_KEYS)), [weekday_words(day)[language] for day in range(len(DAY_KEYS))])
        axes.set_yticks(range(len(alternatives)), [label_of(run, one, language) for one in alternatives])
        axes.tick_params(length=0)
        axes.grid(False)
        axes.set_xlabel(say("flows.weekday_axis")[language])
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _spec(run: Run) -> Spec | None:
    """Return a cell for each alternative and weekday: its share as words and colour, the rest in its tooltip."""
    cells = cells_of(run)
    if not cells:
        return None
    days = {key: weekday_words(place) for place, key in enumerate(DAY_KEYS)}
    told = {name: lines(words, NAME_COLUMNS, NAME_LINES) for name, words in alternative_names(run).items()}
    header: Spec = {"labelAngle": 0, "orient": "top", "ticks": False, "domain": False, "grid": False}
    x = {
        "field": "weekday",
        "type": "nominal",
        "sort": list(DAY_KEYS),
        "axis": named_axis(title=say("flows.weekday_axis"), **header),
    }
    y = {
        "field": ALTERNATIVE,
        "type": "nominal",
        "sort": run.names,
        "axis": {
            "title": None,
            "labelExpr": "split(told[datum.value] || datum.value, '\\n')",
            "labelLimit": 130,
            "ticks": False,
            "domain": False,
        },
    }
    share = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 0.5, 1], "range": list(SHADES)},
        "legend": None,
    }
    return {
        "params": [names_param({**alternative_names(run), **days}), told_param(told)],
        "height": SPEC_ROW_PIXELS * len({cell.alternative for cell in cells}),
        "data": {"values": [_row(cell) for cell in cells]},
        "transform": [named(ALTERNATIVE, "alternative_words"), named("weekday", "weekday_words")],
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "stroke": "white"}, "encoding": {"color": share, "tooltip": _tip()}},
            _text("shown", ABOVE, 12),
            _text("half", BELOW, 10),
        ],
    }


def _row(cell: Cell) -> Spec:
    hours = {words: _shown(quantile) for words, quantile in cell.hours.items()}
    return {
        ALTERNATIVE: cell.alternative,
        "weekday": DAY_KEYS[cell.weekday],
        "share": cell.on_time["value"],
        "shown": number(cell.on_time["value"], PERCENT),
        "half": half_width(cell.on_time),
        "interval": f"{interval_text(cell.on_time, PERCENT)} %",
        "consignments": cell.consignments,
        **hours,
    }


def _shown(quantile: Figure) -> str:
    return "–" if quantile["value"] is None else interval_text(quantile, DAYS)


def _tip() -> Sequence[Spec]:
    return [
        {"field": "alternative_words", "title": say("charts.alternative")},
        {"field": "weekday_words", "title": say("flows.weekday_axis")},
        {"field": "interval", "title": say("flows.on_time")},
        *({"field": words, "title": say("flows.quantile_days", level=words)} for words in LEVELS),
        {"field": "consignments", "title": say("flows.consignments_counted")},
    ]


def _text(field: str, dy: int, size: int) -> Spec:
    """Return the layer that writes a column into the cells."""
    mark = {"type": "text", "dy": dy, "fontSize": size, "color": INK, "tooltip": None}
    return {"mark": mark, "encoding": {"text": {"field": field}}}


ON_TIME_BY_WEEKDAY = Chart(NAME, _draw, _spec, tables=("consignments",))
