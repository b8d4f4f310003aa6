"""The time/cost-distance chart (UNESCAP): how hours and costs add up along the way from origin to market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, nan
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import (
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    end_labels,
    house_style,
    looks,
    stagger,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import say
from corridor_sim.report.words import CNY_PER_BOX, HOURS_PER_DAY, SUPPOSITION, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "time_cost_distance"
TIME_INCHES, COST_INCHES, MAP_INCHES, TITLE_INCHES, AXIS_INCHES = 3.4, 2.6, 0.75, 0.9, 0.5
LEFT, RIGHT, PANEL_GAP = 0.1, 0.78, 0.18
LABEL_INCHES = 0.4
"""Room for the two lines of a label at the end of an alternative's line."""
MOST_DAY_TICKS = 10
LABEL_ROWS = 3
LABEL_DROP_POINTS = 5
ROW_POINTS = 10
ABOVE_LINE, BELOW_LINE = 0.3, 0.8
LONGEST_NAME = 22
LONGEST_PLACE = 20
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
    """Return the way along the route of most boxes, or else the first that anyone finished; None if there is none.

    Lanes are left out.
    """
    walked = [step for step in alternative["steps"] if not step["lane"] and step["elapsed"] is not None]
    main = [step for step in walked if step["route"] == alternative["main_route"]]
    steps = main or [step for step in walked if step["route"] == walked[0]["route"]]
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
        _hours(steps, "mean"),
        _hours(steps, "p10"),
        _hours(steps, "p90"),
        cny,
        list(dict.fromkeys(places)),
    )


def _hours(steps: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    elapsed = [step["elapsed"][key] for step in steps]
    return [0.0, *(nan if hours is None else hours for hours in elapsed)]


def _draw(run: Run, language: str, _alternative: str) -> Figure:
    """Draw hours with a P10-P90 band, cash cost per box, and a strip map, over km."""
    from matplotlib.figure import Figure

    alternatives = run.alternatives
    found = [(one, journey_of(one)) for one in alternatives]
    journeys = [(one, journey) for one, journey in found if journey is not None]
    routes = list({tuple(journey.places): journey for _, journey in journeys}.values())
    map_inches = MAP_INCHES * max(1, len(routes))
    labels_inches = LABEL_INCHES * len(journeys)
    time_inches, cost_inches = max(TIME_INCHES, labels_inches), max(COST_INCHES, labels_inches)
    height = time_inches + cost_inches + map_inches + TITLE_INCHES + AXIS_INCHES
    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, height))
        times, costs, strip = figure.subplots(3, 1, sharex=True, height_ratios=[time_inches, cost_inches, map_inches])
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height, hspace=PANEL_GAP)
        style = looks(alternatives)
        _draw_times(times, journeys, style)
        _draw_costs(costs, journeys, style)
        for _, journey in journeys:
            for km, _ in journey.places:
                for axes in (times, costs):
                    axes.axvline(km, color=FAINT, linewidth=0.6, zorder=0)
        _draw_strip(strip, routes)
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


Drawn = Sequence[tuple[Mapping[str, Any], Journey]]


def _draw_times(axes: Axes, journeys: Drawn, style: Mapping[str, Mapping[str, Any]]) -> None:
    from matplotlib.ticker import MultipleLocator

    for _, way in journeys:
        axes.fill_between(way.km, way.low, way.high, color=style[way.name]["color"], alpha=BAND_ALPHA, linewidth=0)
        axes.plot(way.km, way.hours, **style[way.name])
    top = axes.get_ylim()[1]
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MultipleLocator(HOURS_PER_DAY * ceil(top / HOURS_PER_DAY / MOST_DAY_TICKS)))
    axes.set_ylabel("hours since release")
    axes.set_title("Time: mean, band from P10 to P90")
    _label_ends(
        axes, [(one, way, way.hours, f"{way.hours[-1] / HOURS_PER_DAY:.1f} days") for one, way in journeys], style
    )


def _draw_costs(axes: Axes, journeys: Drawn, style: Mapping[str, Mapping[str, Any]]) -> None:
    for _, way in journeys:
        axes.plot(way.km, way.cny, **style[way.name])
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_ylabel("CNY per box")
    axes.set_title("Cash cost of the chain, mean")
    _label_ends(axes, [(one, way, way.cny, f"{number(way.cny[-1], CNY_PER_BOX)} CNY") for one, way in journeys], style)


def _label_ends(
    axes: Axes,
    rows: Sequence[tuple[Mapping[str, Any], Journey, list[float], str]],
    style: Mapping[str, Mapping[str, Any]],
) -> None:
    ends = []
    for one, way, heights, words in rows:
        if isfinite(heights[-1]):
            mark = f", {SUPPOSITION}" if one["supposition"] else ""
            label = f"{drawable(way.name, LONGEST_NAME)}\n{words}{mark}"
            ends.append((way.km[-1], heights[-1], label, style[way.name]["color"]))
    end_labels(axes, ends)


def _draw_strip(axes: Axes, routes: Sequence[Journey]) -> None:
    """Draw each route as a line with its places, their names staggered below it."""
    axes.set_ylim(-len(routes) + 1 - BELOW_LINE, ABOVE_LINE)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.set_xlabel("km along the way")
    for level, way in enumerate(routes):
        kms = [km for km, _ in way.places]
        axes.plot(kms, [-level] * len(kms), color=GREY, marker="o", markersize=4, linewidth=1)
        texts = [
            axes.annotate(name, (km, -level), (0, 0), textcoords="offset points", ha="center", va="top", size=SMALL)
            for km, name in _merged(way.places)
        ]
        for text, row in zip(texts, stagger(texts, LABEL_ROWS), strict=True):
            text.set_position((0, -LABEL_DROP_POINTS - row * ROW_POINTS))
        axes.annotate(
            "\n".join(wrap(drawable(way.route), LONGEST_PLACE)),
            (1, -level),
            (ROW_POINTS, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            size=SMALL,
            color=GREY,
            va="center",
            annotation_clip=False,
        )


def _merged(places: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return (km, names) with the names of places at the same km joined."""
    names: dict[float, list[str]] = {}
    for km, name in places:
        names.setdefault(km, []).append(drawable(name, LONGEST_PLACE))
    return [(km, " / ".join(known)) for km, known in sorted(names.items())]


def _spec(run: Run) -> Spec | None:
    return None


TIME_COST_DISTANCE = Chart(NAME, _draw, _spec)
