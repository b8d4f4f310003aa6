"""The time/cost-distance chart (UNESCAP): how hours and costs add up along the way from origin to market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, Any

from corridor_sim.report.canvas import (
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    end_labels,
    house_style,
    label_of,
    looks,
    png,
    stagger,
)
from corridor_sim.report.words import HOURS_PER_DAY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Time and cost along the way"
TIME_INCHES, COST_INCHES, MAP_INCHES, OTHER_INCHES = 3.4, 2.4, 0.75, 1.5
MOST_DAY_TICKS = 10
LABEL_ROWS = 3
ROW_POINTS = 10
BAND_ALPHA = 0.13


@dataclass(frozen=True)
class Journey:
    """The main way of an alternative, a point at its start and after each step.

    `km` and `hours` (with `low` and `high`, P10 and P90) since release, `cny` cumulative cash per box; NaN where not
    known. `places` are (km, name) in order.
    """

    name: str
    route: str
    km: list[float]
    hours: list[float]
    low: list[float]
    high: list[float]
    cny: list[float]
    places: list[tuple[float, str]]


def journey_of(alternative: Mapping[str, Any]) -> Journey | None:
    """Return the way along the first route that anyone finished, without its lanes; None if there is none."""
    walked = [step for step in alternative["steps"] if not step["lane"] and step["elapsed"] is not None]
    steps = [step for step in walked if step["route"] == walked[0]["route"]]
    if not steps:
        return None
    cny, total = [0.0], 0.0
    for step in steps:
        cost = (step["cost"] or {}).get("value")
        total += nan if cost is None else cost
        cny.append(total)
    places = [(step["km_from"], step["origin"]) for step in steps] + [(steps[-1]["km_to"], steps[-1]["destination"])]
    return Journey(
        alternative["name"],
        steps[0]["route"],
        [steps[0]["km_from"], *(step["km_to"] for step in steps)],
        *([0.0, *(_known(step["elapsed"][key]) for step in steps)] for key in ("mean", "p10", "p90")),
        cny,
        list(dict.fromkeys(places)),
    )


def _known(hours: float | None) -> float:
    return nan if hours is None else hours


def time_cost_distance(summary: Mapping[str, Any]) -> bytes:
    """Return the chart as PNG: hours with a P10-P90 band, cash cost per box, and a strip map, over km."""
    from matplotlib.figure import Figure

    alternatives = summary["alternatives"]
    found = [(one, journey_of(one)) for one in alternatives]
    journeys = [(one, journey) for one, journey in found if journey is not None]
    routes = list({tuple(journey.places): journey for _, journey in journeys}.values())
    map_inches = MAP_INCHES * max(1, len(routes))
    height = TIME_INCHES + COST_INCHES + map_inches + OTHER_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        times, costs, strip = figure.subplots(
            3, 1, sharex=True, height_ratios=[TIME_INCHES, COST_INCHES, map_inches]
        )
        figure.subplots_adjust(0.09, 0.5 / height, 0.78, 1 - 0.9 / height, hspace=0.18)
        style = looks(alternatives)
        _draw_times(times, journeys, style)
        _draw_costs(costs, journeys, style)
        for _, journey in journeys:
            for km, _ in journey.places:
                for axes in (times, costs):
                    axes.axvline(km, color=FAINT, linewidth=0.6, zorder=0)
        _draw_strip(figure, strip, routes)
        caption(figure, summary, TITLE)
        return png(figure, summary, TITLE)
