"""The map of the corridor: legs by mode and cost, places by the hours and the money they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from corridor_sim.report.charts.base import (
    ALTERNATIVE,
    NAMES,
    Chart,
    Spec,
    named,
    named_axis,
    names_param,
    one_alternative,
)
from corridor_sim.report.charts.corridor_picture import draw_map
from corridor_sim.report.geography.atlas import EMISSIONS, Atlas, Leg, Stay, told
from corridor_sim.report.geography.land import land_in
from corridor_sim.report.geography.mercator import Point, Window, mercator
from corridor_sim.report.geography.modes import MODE_COLOURS, MODE_WORDS, colour_of
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "corridor_map"
HEIGHT_PIXELS = 440
MARGIN, LEAST_MARGIN_KM = 0.06, 15.0
FRAMES = (0.6, 3.2)
"""The narrowest and the widest frame in which a page shows the map, width by height: that much land is kept."""
MODE = "mode:"
"""Before a mode's code in the data, which keeps it apart from steps of the same name."""
DECIMALS = 1
MOST_STAYS = 5
LETTER_PIXELS, LABEL_PIXELS, BESIDE_PIXELS = 6.4, 14.0, 8.0
LABELS_LEFT_FROM = 0.72
"""Names of places in the window's east stand on their left, in its west on their right."""
ALWAYS = 1e6
GRADIENT_PIXELS, LEGEND_PIXELS = 110, 150
LAND, LAND_OPACITY = "#8a8a7a", 0.22
LEG_COLUMNS = (
    "leg", "course", "mode", "cny", "route", "step", "origin", "destination", "hours", "waited", "cost", "emitted"
)  # fmt: skip
SPOT_COLUMNS = ("place", "x", "y", "hours", "cny", "side", "upto", "stays", "more")
STROKES, CIRCLES = [1.5, 7], [40, 900]


def _draw(run: Run, language: str, alternative: str) -> Figure | None:
    """Draw the map of one alternative, names beside their places."""
    atlas = Atlas(run)
    return draw_map(atlas, language, alternative) if atlas.places else None


def _spec(run: Run) -> Spec | None:
    """Return the map of every alternative in the plane of Web Mercator, which zooms by its scales."""
    atlas = Atlas(run)
    if not atlas.places:
        return None
    said = Said(run)
    used = {leg.mode for name in run.names for leg in atlas.legs(name)}
    modes = [mode for mode in MODE_COLOURS if mode in used] + sorted(used - MODE_COLOURS.keys())
    courses: dict[tuple[Any, ...], Spec] = {}
    legs = [_columns(name, LEG_COLUMNS, _leg_rows(atlas, name, courses, said)) for name in run.names]
    spots = [_columns(name, SPOT_COLUMNS, _spot_rows(atlas, name, said)) for name in run.names]
    alternative, shown = one_alternative(run)
    window = atlas.window.wider(MARGIN, LEAST_MARGIN_KM)
    land = land_in(window.shaped(*FRAMES).wider(MARGIN), list(atlas.places.values()))
    x, y = _axes(window)
    return {
        "height": HEIGHT_PIXELS,
        "params": [names_param(said.words), alternative],
        "datasets": {
            "land": [{"ring": number, **_line(ring, 0)} for number, ring in enumerate(land)],
            "courses": list(courses.values()),
            "legs": legs,
            "spots": spots,
        },
        "encoding": {"x": x, "y": y},
        "layer": [_land_layer(), _leg_layer(shown, modes), _spot_layer(shown), _name_layer(shown)],
        "resolve": {"scale": {"color": "independent", "size": "independent"}},
    }


class Said:
    """The words of names by number, in the order in which they were first asked for; modes by their codes."""

    def __init__(self, run: Run) -> None:
        self._run, self._numbers = run, dict[str, int]()
        self.words: dict[str, Words] = {MODE + mode: words for mode, words in MODE_WORDS.items()}

    def number(self, name: str) -> int:
        """Return the number of a name."""
        if name not in self._numbers:
            self._numbers[name] = len(self._numbers)
            self.words[str(self._numbers[name])] = self._run.name(name)
        return self._numbers[name]


def _columns(alternative: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Spec:
    """Return the rows of an alternative as columns, which take much less room."""
    table = list(rows)
    return {ALTERNATIVE: alternative, **{name: [row[at] for row in table] for at, name in enumerate(columns)}}


def _line(line: Iterable[Point], decimals: int = DECIMALS) -> Spec:
    """Return the points of a line as columns, km."""
    xs, ys = zip(*line, strict=True)
    return {"x": [_short(x, decimals) for x in xs], "y": [_short(y, decimals) for y in ys]}


def _short(km: float, decimals: int = DECIMALS) -> float:
    """Return a number without digits nobody sees, and without an idle point."""
    found = round(km, decimals)
    return int(found) if found == int(found) else found


def _axes(window: Window) -> tuple[Spec, Spec]:
    """Return x and y whose domains hold the window in a frame of any width, a kilometre as long on both."""
    width, height = round(window.width), round(window.height)
    wide = f"max({width}, {height} * width / {HEIGHT_PIXELS}) / 2"
    high = f"max({height}, {width} * {HEIGHT_PIXELS} / width) / 2"
    found = []
    for at, half in zip(map(round, window.middle), (wide, high), strict=True):
        ends = [{"expr": f"{at} - {half}"}, {"expr": f"{at} + {half}"}]
        found.append({"type": "quantitative", "axis": None, "scale": {"domain": ends, "zero": False, "nice": False}})
    return {"field": "x", **found[0]}, {"field": "y", **found[1]}


def _leg_rows(
    atlas: Atlas, alternative: str, courses: dict[tuple[Any, ...], Spec], said: Said
) -> Iterable[Sequence[Any]]:
    """Yield LEG_COLUMNS of each leg; its line is added to `courses`, once for all that share it."""
    for number, leg in enumerate(atlas.legs(alternative)):
        key = (leg.mode, leg.origin, leg.destination, leg.km, leg.bow)
        courses.setdefault(key, {"course": len(courses), **_line(atlas.line(leg))})
        names = (said.number(name) for name in (leg.route, leg.step, leg.origin, leg.destination))
        yield number, courses[key]["course"], MODE + leg.mode, round(leg.cny), *names, *_told(leg)


def _told(leg: Leg) -> tuple[str, ...]:
    """Return a leg's figures as text."""
    step = leg.figures
    return told(step["hours"]), told(step["waiting"]), told(step["cost"]), told(step["emissions"], EMISSIONS)


def _spot_rows(atlas: Atlas, alternative: str, said: Said) -> Iterable[Sequence[Any]]:
    """Yield SPOT_COLUMNS of each place, with its longest stays and how far one may be away to read its name."""
    spots = sorted(atlas.spots(alternative), key=lambda spot: spot.hours, reverse=True)
    widths = [LETTER_PIXELS * max(map(cell_len, atlas.run.name(spot.place).values())) for spot in spots]
    points = [mercator(*atlas.places[spot.place]) for spot in spots]
    names = readable_upto(points, widths, [_sides(atlas, point) for point in points])
    for spot, (x, y), (side, upto) in zip(spots, points, names, strict=True):
        stays = [_stay(stay, said) for stay in spot.stays[:MOST_STAYS]]
        more = max(0, len(spot.stays) - MOST_STAYS)
        shown = (_short(x), _short(y), _short(spot.hours), round(spot.cny))
        yield said.number(spot.place), *shown, side, _short(upto, 3), stays, more


def _stay(stay: Stay, said: Said) -> tuple[int, int, str]:
    """Return step, route and figures of a stay; before a leg it is the wait for it."""
    waits = bool(stay.figures["mode"])
    figures = told(stay.figures["waiting"]) if waits else f"{told(stay.figures['hours'])}, {told(stay.figures['cost'])}"
    return said.number(stay.step), said.number(stay.route), figures


def _sides(atlas: Atlas, point: Point) -> tuple[int, ...]:
    """Return on which sides a name may stand: east (1) or west (-1) of its place, at the edges only inwards."""
    window = atlas.window
    share = (point[0] - window.west) / window.width if window.width else 1 / 2
    if share > LABELS_LEFT_FROM:
        return (-1,)
    return (1, -1) if share > 1 - LABELS_LEFT_FROM else (1,)


def readable_upto(
    points: Sequence[Point], widths: Sequence[float], sides: Sequence[Sequence[int]]
) -> list[tuple[int, float]]:
    """Return by label its side, and at how many km a pixel, at most, it stands clear of those before it shown then.

    A label (of `widths` pixels) begins beside its point (km) and goes on to the east (side 1) or west (-1); of the
    sides it may take it stands on the one where it is readable from further off.
    """
    found: list[tuple[int, float]] = []
    for number, (x, y) in enumerate(points):
        choices = []
        for side in sides[number]:
            west, east = _reach(widths[number], side)
            upto = ALWAYS
            for other, (other_side, other_upto) in enumerate(found):
                other_west, other_east = _reach(widths[other], other_side)
                across, up = x - points[other][0], abs(y - points[other][1])
                room = other_east + west if across >= 0 else other_west + east
                clear = max(abs(across) / room, up / LABEL_PIXELS)
                if clear < other_upto:
                    upto = min(upto, clear)
            choices.append((side, upto))
        found.append(max(choices, key=lambda choice: choice[1]))
    return found


def _reach(width: float, side: int) -> tuple[float, float]:
    """Return how many pixels a label takes west and east of its point."""
    beside = BESIDE_PIXELS + width
    return (BESIDE_PIXELS, beside) if side > 0 else (beside, BESIDE_PIXELS)


def _land_layer() -> Spec:
    return {
        "data": {"name": "land"},
        "params": [{"name": "closer", "select": "interval", "bind": "scales"}],
        "transform": [{"flatten": ["x", "y"]}],
        "mark": {
            "type": "line",
            "filled": True,
            "fill": LAND,
            "fillOpacity": LAND_OPACITY,
            "strokeWidth": 0,
            "clip": True,
            "interpolate": "linear-closed",
            "tooltip": None,
        },
        "encoding": {"detail": {"field": "ring"}, "order": {"value": None}},
    }


def _leg_layer(shown: Spec, modes: Sequence[str]) -> Spec:
    width = {"field": "cny", "type": "quantitative", "scale": {"type": "sqrt", "range": STROKES, "zero": True}}
    both = f"{NAMES}[datum.origin] + ' – ' + {NAMES}[datum.destination]"
    told_of = ("mode", "step", "route", "from_to", "hours", "waiting", "cost", "emissions")
    columns = ("mode_words", "step_words", "route_words", "both", "hours", "waited", "cost", "emitted")
    return {
        "data": {"name": "legs"},
        "params": [{"name": "modes", "select": {"type": "point", "fields": ["mode"]}, "bind": "legend"}],
        "transform": [
            shown,
            {"flatten": list(LEG_COLUMNS)},
            {"lookup": "course", "from": {"data": {"name": "courses"}, "key": "course", "fields": ["x", "y"]}},
            {"flatten": ["x", "y"]},
            *(named(column, f"{column}_words") for column in ("mode", "step", "route")),
            {"calculate": both, "as": "both"},
        ],
        "mark": {"type": "line", "clip": True, "strokeJoin": "round", "strokeCap": "round"},
        "encoding": {
            "detail": {"field": "leg"},
            "order": {"value": None},
            "color": {
                "field": "mode",
                "type": "nominal",
                "scale": {"domain": [MODE + mode for mode in modes], "range": [colour_of(mode) for mode in modes]},
                "legend": named_axis(title=say("map.mode"), symbolType="stroke", symbolStrokeWidth=3),
            },
            "size": {**width, "legend": None},
            "opacity": {"condition": {"param": "modes", "value": 0.85}, "value": 0.1},
            "tooltip": [
                {"field": column, "title": say(f"map.{title}")} for column, title in zip(columns, told_of, strict=True)
            ],
        },
    }


def _spot_layer(shown: Spec) -> Spec:
    lines = "".join(
        f" + (length(datum.stays) > {at} ? {NAMES}[datum.stays[{at}][0]] + ' (' + {NAMES}[datum.stays[{at}][1]] + '): '"
        f" + datum.stays[{at}][2] + '\\n' : '')"
        for at in range(MOST_STAYS)
    )
    return {
        "data": {"name": "spots"},
        "transform": [
            shown,
            {"flatten": list(SPOT_COLUMNS)},
            named("place", "place_words"),
            {"calculate": f"''{lines} + (datum.more > 0 ? '+ ' + datum.more : '')", "as": "all_stays"},
        ],
        "mark": {"type": "circle", "clip": True, "opacity": 0.9, "stroke": "#666666", "strokeWidth": 0.8},
        "encoding": {
            "size": {
                "field": "hours",
                "type": "quantitative",
                "scale": {"range": CIRCLES, "zero": True},
                "legend": {
                    "title": say("map.hours_here"),
                    "tickCount": 3,
                    "symbolFillColor": "transparent",
                    "symbolStrokeColor": "#888888",
                    **_small("bottom-left"),
                },
            },
            "color": {
                "field": "cny",
                "type": "quantitative",
                "scale": {"scheme": "yelloworangered"},
                "legend": {
                    "title": say("map.cny_here"),
                    "direction": "horizontal",
                    "gradientLength": GRADIENT_PIXELS,
                    "gradientThickness": 10,
                    "tickCount": 2,
                    **_small("bottom"),
                },
            },
            "tooltip": [
                {"field": "place_words", "title": say("map.place")},
                {"field": "all_stays", "title": say("map.stays")},
            ],
        },
    }


def _small(where: str) -> Spec:
    """Return the look of a legend that needs little room, and where it stands: on a phone two fit below the map."""
    return {"orient": where, "columns": 1, "titleLimit": LEGEND_PIXELS, "titleFontSize": 10, "labelFontSize": 10}


def _name_layer(shown: Spec) -> Spec:
    near = "(domain('x')[1] - domain('x')[0]) / width <= datum.upto"
    return {
        "data": {"name": "spots"},
        "transform": [shown, {"flatten": list(SPOT_COLUMNS)}, named("place", "place_words")],
        "mark": {
            "type": "text",
            "clip": True,
            "fontSize": 11,
            "align": {"expr": "datum.side > 0 ? 'left' : 'right'"},
            "dx": {"expr": f"datum.side * {BESIDE_PIXELS}"},
            "opacity": {"expr": f"{near} ? 1 : 0"},
            "tooltip": None,
        },
        "encoding": {"text": {"field": "place_words"}},
    }


CORRIDOR_MAP = Chart(NAME, _draw, _spec, tables=("time_cost_distance",), of_one=True)
