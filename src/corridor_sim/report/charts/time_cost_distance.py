"""The time/cost-distance chart (UNESCAP): how hours and costs add up along the way from origin to market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, isfinite, nan
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import (
    ALTERNATIVE,
    DESCRIBED,
    Chart,
    Spec,
    alternative_names,
    below_legend,
    if_picked,
    named,
    names_param,
    pick_param,
    told,
    tooltip,
)
from corridor_sim.report.charts.canvas import (
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    dashes,
    drawable,
    end_labels,
    fitting,
    house_style,
    looks,
    stagger,
    wrapped,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.words import CNY_PER_BOX, DAYS, HOURS_PER_DAY, UNITS, number

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
LONGEST_NAME = 27
LONGEST_PLACE = 34
LONGEST_ROUTE, ROUTE_WIDTH = 70, 26
BAND_ALPHA = 0.13
NEAR_AN_END = 0.15
SPEC_PIXELS = 460
TIME_PART, COST_FROM = 0.58, 0.66
"""Of the height of the view: where time ends and cost begins."""
HEADROOM = 1.05
COST_TICKS, TICK_PIXELS = 5, 90
SIDE_ROOM = 0.015
AXIS_PIXELS = 48
POINT_AREA, LEGEND_LINE_AREA = 45, 300
FADED, HIDDEN = 0.12, 0.02


@dataclass(frozen=True)
class Journey:
    """The main way of an alternative, a point at its start and after each step.

    `km` and `hours` (with `low` and `high`, P10 and P90) since release, `cny` cumulative cash per box; NaN where not
    known. `steps` are what was done up to each point and `at` where it is; `places` are (km, name) in order.
    """

    name: str
    route: str
    km: list[float]
    hours: list[float]
    low: list[float]
    high: list[float]
    cny: list[float]
    steps: list[str]
    at: list[str]
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
        ["", *(step["step"] for step in steps)],
        [steps[0]["origin"], *(step["destination"] for step in steps)],
        list(dict.fromkeys(places)),
    )


def _hours(steps: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    elapsed = [step["elapsed"][key] for step in steps]
    return [0.0, *(nan if hours is None else hours for hours in elapsed)]


def _found(run: Run) -> list[tuple[Mapping[str, Any], Journey]]:
    """Return the alternatives with a way, and that way."""
    found = [(one, journey_of(one)) for one in run.alternatives]
    return [(one, journey) for one, journey in found if journey is not None]


def _draw(run: Run, language: str, _alternative: str) -> Figure:
    """Draw hours with a P10-P90 band, cash cost per box, and a strip map, over km."""
    from matplotlib.figure import Figure

    journeys = _found(run)
    routes = list({tuple(journey.places): journey for _, journey in journeys}.values())
    map_inches = MAP_INCHES * max(1, len(routes))
    labels_inches = LABEL_INCHES * len(journeys)
    time_inches, cost_inches = max(TIME_INCHES, labels_inches), max(COST_INCHES, labels_inches)
    height = time_inches + cost_inches + map_inches + TITLE_INCHES + AXIS_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        times, costs, strip = figure.subplots(3, 1, sharex=True, height_ratios=[time_inches, cost_inches, map_inches])
        figure.subplots_adjust(LEFT, AXIS_INCHES / height, RIGHT, 1 - TITLE_INCHES / height, hspace=PANEL_GAP)
        style = looks(run.alternatives)
        shown = _Shown(run, language, style)
        _draw_times(times, journeys, shown)
        _draw_costs(costs, journeys, shown)
        for _, journey in journeys:
            for km, _ in journey.places:
                for axes in (times, costs):
                    axes.axvline(km, color=FAINT, linewidth=0.6, zorder=0)
        _draw_strip(strip, routes, shown)
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


@dataclass(frozen=True)
class _Shown:
    """For whom the picture is drawn: a run in one language, with the look of each alternative."""

    run: Run
    language: str
    style: Mapping[str, Mapping[str, Any]]

    def say(self, phrase: str, **parts: str) -> str:
        return say(f"charts.{phrase}", **parts)[self.language]


Drawn = Sequence[tuple[Mapping[str, Any], Journey]]


def _draw_times(axes: Axes, journeys: Drawn, shown: _Shown) -> None:
    from matplotlib.ticker import MultipleLocator

    for _, way in journeys:
        look = shown.style[way.name]
        axes.fill_between(way.km, way.low, way.high, color=look["color"], alpha=BAND_ALPHA, linewidth=0)
        axes.plot(way.km, way.hours, **look)
    top = axes.get_ylim()[1]
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MultipleLocator(_tick_hours(top)))
    axes.set_ylabel(shown.say("hours_since_release"))
    axes.set_title(shown.say("time_panel"))
    ends = [(one, way, way.hours, shown.say("in_days", days=number(way.hours[-1], DAYS))) for one, way in journeys]
    _label_ends(axes, ends, shown)


def _tick_hours(top: float) -> float:
    """Return the hours between ticks: whole days, not too many."""
    return HOURS_PER_DAY * max(1, ceil(top / HOURS_PER_DAY / MOST_DAY_TICKS))


def _draw_costs(axes: Axes, journeys: Drawn, shown: _Shown) -> None:
    for _, way in journeys:
        axes.plot(way.km, way.cny, **shown.style[way.name])
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_ylabel(shown.say("cny_per_box"))
    axes.set_title(shown.say("cost_panel"))
    ends = [(one, way, way.cny, shown.say("in_cny", amount=number(way.cny[-1], CNY_PER_BOX))) for one, way in journeys]
    _label_ends(axes, ends, shown)


def _label_ends(axes: Axes, rows: Sequence[tuple[Mapping[str, Any], Journey, list[float], str]], shown: _Shown) -> None:
    ends = []
    for one, way, heights, words in rows:
        if isfinite(heights[-1]):
            if one["supposition"]:
                words = shown.say("with_mark", amount=words, mark=shown.say("supposition"))
            name = fitting(shown.run.alternative(way.name)[shown.language], LONGEST_NAME)
            ends.append((way.km[-1], heights[-1], f"{name}\n{words}", shown.style[way.name]["color"]))
    end_labels(axes, ends)


def _draw_strip(axes: Axes, routes: Sequence[Journey], shown: _Shown) -> None:
    """Draw each route as a line with its places, their names staggered below it."""
    axes.set_ylim(-len(routes) + 1 - BELOW_LINE, ABOVE_LINE)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(False)
    axes.set_xlabel(shown.say("km_along"))
    end = max((way.km[-1] for way in routes), default=0.0)
    for level, way in enumerate(routes):
        kms = [km for km, _ in way.places]
        axes.plot(kms, [-level] * len(kms), color=GREY, marker="o", markersize=4, linewidth=1)
        texts = [
            axes.annotate(
                name, (km, -level), (0, 0), textcoords="offset points", ha=_side(km, end), va="top", size=SMALL
            )
            for km, name in _merged(way.places, shown)
        ]
        for text, row in zip(texts, stagger(texts, LABEL_ROWS), strict=True):
            text.set_position((0, -LABEL_DROP_POINTS - row * ROW_POINTS))
        axes.annotate(
            "\n".join(wrapped(drawable(shown.run.name(way.route)[shown.language], LONGEST_ROUTE), ROUTE_WIDTH)),
            (1, -level),
            (ROW_POINTS, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            size=SMALL,
            color=GREY,
            va="center",
            annotation_clip=False,
        )


def _side(km: float, end: float) -> str:
    """Return how a name stands at its place, so that those at the ends stay in the picture."""
    if km < NEAR_AN_END * end:
        return "left"
    return "right" if km > (1 - NEAR_AN_END) * end else "center"


def _merged(places: Sequence[tuple[float, str]], shown: _Shown) -> list[tuple[float, str]]:
    """Return (km, names) with the names of places at the same km joined."""
    names: dict[float, list[str]] = {}
    for km, name in places:
        names.setdefault(km, []).append(fitting(shown.run.name(name)[shown.language], LONGEST_PLACE))
    return [(km, " / ".join(known)) for km, known in sorted(names.items())]


def _spec(run: Run) -> Spec | None:
    """Return hours above and costs below over km: one view, so that both move together and take any width."""
    journeys = _found(run)
    if not journeys:
        return None
    names: dict[str, Words] = {"": say("charts.start")}
    names |= {name: run.name(name) for _, way in journeys for name in (*way.steps[1:], *way.at)}
    ways = [way for _, way in journeys]
    style = {name: look for name, look in looks(run.alternatives).items() if name in {way.name for way in ways}}
    return {
        "params": [names_param({**names, **alternative_names(run)})],
        "height": SPEC_PIXELS,
        "data": {"values": [row for way in ways for row in _rows(way)]},
        "transform": [
            named(ALTERNATIVE, "who"),
            named("step", "step_words"),
            named("place", "place_words"),
            told("who", "step_words", "place_words", "hours_shown", "cny_shown"),
        ],
        "layer": _layers(ways, style),
        "resolve": {"scale": {"y": "independent"}},
    }


def _rows(way: Journey) -> Iterator[Spec]:
    """Yield the points of a way, with their figures also as they are read; what is not known is left out."""
    for place, (step, at, km) in enumerate(zip(way.steps, way.at, way.km, strict=True)):
        figures = {"hours": way.hours[place], "low": way.low[place], "high": way.high[place], "cny": way.cny[place]}
        row: Spec = {name: figure for name, figure in figures.items() if isfinite(figure)}
        if "hours" in row:
            row |= {"hours_shown": number(row["hours"], UNITS["h"]), "days_shown": number(row["hours"], DAYS)}
        if "low" in row and "high" in row:
            row["band_shown"] = " – ".join(number(row[end], UNITS["h"]) for end in ("low", "high"))
        if "cny" in row:
            row["cny_shown"] = number(row["cny"], CNY_PER_BOX)
        yield {ALTERNATIVE: way.name, "order": place, "km": km, "step": step, "place": at, **row}


def _layers(ways: Sequence[Journey], style: Mapping[str, Mapping[str, Any]]) -> list[Spec]:
    """Return lines, band and points; the legend takes its look from the first."""
    names = list(style)
    paint = {"domain": names, "range": [look["color"] for look in style.values()]}
    strokes = {"domain": names, "range": [dashes(look["linestyle"]) for look in style.values()]}
    legend = below_legend(symbolType="stroke", symbolStrokeWidth=2, symbolSize=LEGEND_LINE_AREA)
    look = {
        "color": {"field": ALTERNATIVE, "scale": paint, "legend": legend},
        "strokeDash": {"field": ALTERNATIVE, "scale": strokes, "legend": legend},
    }
    end = max(km for way in ways for km in way.km)
    ticks = {"expr": f"width / {TICK_PIXELS}"}
    axis = {"title": say("charts.km_along"), "grid": False, "format": ",.0f", "tickCount": ticks}
    scale = {"domain": [-SIDE_ROOM * end, (1 + SIDE_ROOM) * end], "nice": False}
    x = {"x": {"field": "km", "type": "quantitative", "scale": scale, "axis": axis}}
    hours, costs = _heights(ways)
    line = {"type": "line", "aria": False, "clip": True, "strokeWidth": 2}
    order = {"order": {"field": "order"}}
    move = {"name": "moved", "select": {"type": "interval", "encodings": ["x"]}, "bind": "scales"}
    band = {"y": {**hours, "field": "low"}, "y2": {"field": "high"}, "color": look["color"]}
    return [
        {
            "params": [pick_param(ALTERNATIVE), move],
            "mark": line,
            "encoding": {**x, "y": hours, **look, **order, "opacity": if_picked(1, FADED)},
        },
        {"mark": line, "encoding": {**x, "y": costs, **look, **order, "opacity": if_picked(1, FADED)}},
        {
            "mark": {"type": "area", "aria": False, "clip": True},
            "encoding": {**x, **band, "opacity": if_picked(BAND_ALPHA, HIDDEN)},
        },
        *(_points({**x, "y": height, "color": look["color"]}) for height in (hours, costs)),
    ]


def _points(encoding: Spec) -> Spec:
    """Return points that tell what they are of, drawn above all lines."""
    tip = tooltip(
        who="alternative",
        step_words="step",
        place_words="place",
        hours_shown="hours_since_release",
        band_shown="band",
        days_shown="days",
        cny_shown="cost_so_far",
    )
    mark = {"type": "point", "filled": True, "clip": True, "size": POINT_AREA}
    return {"mark": mark, "encoding": {**encoding, "opacity": if_picked(1, 0), "tooltip": tip, **DESCRIBED}}


def _heights(ways: Sequence[Journey]) -> tuple[Spec, Spec]:
    """Return the upper axis, of hours, and the lower, of costs."""
    hours = [hour for way in ways for hour in (*way.hours, *way.high) if isfinite(hour)]
    costs = [cny for way in ways for cny in way.cny if isfinite(cny)]
    top, dearest, cheapest = max(hours, default=1.0), max(costs, default=1.0), min(0.0, *costs)
    step = _tick_hours(top)
    ticks = [place * step for place in range(ceil(top / step) + 1)]
    parts = {
        "hours": ([0, ticks[-1]], [{"expr": f"height * {TIME_PART}"}, 0]),
        "cny": ([cheapest, dearest * HEADROOM], [{"expr": "height"}, {"expr": f"height * {COST_FROM}"}]),
    }
    axes: dict[str, Spec] = {
        "hours": {"title": say("charts.hours_since_release"), "values": ticks},
        "cny": {"title": say("charts.cny_per_box"), "format": ",.0f", "tickCount": COST_TICKS},
    }
    found = [
        {
            "field": field,
            "type": "quantitative",
            "scale": {"domain": domain, "range": heights, "nice": False, "zero": False},
            "axis": {"orient": "left", "minExtent": AXIS_PIXELS, **axes[field]},
        }
        for field, (domain, heights) in parts.items()
    ]
    return found[0], found[1]


TIME_COST_DISTANCE = Chart(NAME, _draw, _spec)
