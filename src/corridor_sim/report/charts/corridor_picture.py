"""The map of the corridor as a picture: names beside their places, those of close neighbours on lines of their own."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.canvas import FAINT, GREY, SMALL, THIN, WIDTH_INCHES, caption, drawable, house_style
from corridor_sim.report.geography.atlas import Atlas, Leg, Spot
from corridor_sim.report.geography.land import land_in
from corridor_sim.report.geography.mercator import Point, Window, mercator
from corridor_sim.report.geography.modes import MODE_COLOURS, MODE_WORDS, colour_of
from corridor_sim.report.script.words import say
from corridor_sim.report.words import CNY_PER_BOX, number, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

MARGIN, LEAST_MARGIN_KM = 0.1, 15.0
NARROWEST, WIDEST = 1.3, 2.4
TITLE_INCHES, LEGEND_INCHES, EDGE_INCHES = 0.75, 0.95, 0.12
LAND = "#E4E4DC"
LEAST_LINE, MOST_LINE = 0.8, 5.0
LEAST_AREA, MOST_AREA = 14.0, 420.0
COLOURS = "YlOrRd"
NAME_POINTS = 7.0
LONGEST_NAME = 40
DIRECTIONS, FIRST_POINTS, STEP_POINTS, RINGS = 16, 9.0, 9.0, 14
LINE_FROM_POINTS = 14.0
HALO_POINTS, ROOM_PIXELS = 2.0, 2.0
SAMPLE_SHARES = (0.25, 0.5, 1.0)
HOURS = unit_of("h")


def draw_map(atlas: Atlas, language: str, alternative: str) -> Figure:
    """Return the map of an alternative in one language."""
    from matplotlib.figure import Figure

    window = atlas.window.wider(MARGIN, LEAST_MARGIN_KM)
    wide = WIDTH_INCHES - 2 * EDGE_INCHES
    shape = min(WIDEST, max(NARROWEST, window.width / window.height))
    window = window.shaped(shape, shape)
    high = wide / shape
    height = high + TITLE_INCHES + LEGEND_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.add_axes((EDGE_INCHES / WIDTH_INCHES, LEGEND_INCHES / height, wide / WIDTH_INCHES, high / height))
        _frame(axes, window)
        _draw_land(axes, atlas, window)
        legs, spots = atlas.legs(alternative), atlas.spots(alternative)
        _draw_legs(axes, atlas, legs)
        circles = _draw_spots(axes, atlas, spots)
        _draw_names(axes, atlas, spots, language)
        _draw_legends(figure, circles, legs, spots, language)
        title = f"{say('charts.corridor_map')[language]}: {drawable(atlas.run.alternative(alternative)[language])}"
        caption(figure, atlas.run.summary, title, language)
        return figure


def _frame(axes: Axes, window: Window) -> None:
    axes.set_xlim(window.west, window.east)
    axes.set_ylim(window.south, window.north)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)


def _draw_land(axes: Axes, atlas: Atlas, window: Window) -> None:
    from matplotlib.collections import PolyCollection

    polygons = land_in(window, list(atlas.places.values()))
    axes.add_collection(PolyCollection(polygons, facecolor=LAND, edgecolor="none", zorder=0))


def _draw_legs(axes: Axes, atlas: Atlas, legs: Sequence[Leg]) -> None:
    """Draw legs in their mode's colour, as wide as they are dear."""
    most = max((leg.cny for leg in legs), default=0.0) or 1.0
    for leg in legs:
        xs, ys = zip(*atlas.line(leg), strict=True)
        wide = LEAST_LINE + (MOST_LINE - LEAST_LINE) * (max(0.0, leg.cny) / most) ** 0.5
        colour = colour_of(leg.mode)
        axes.plot(xs, ys, color=colour, linewidth=wide, alpha=0.8, solid_capstyle="round", solid_joinstyle="round")


def _draw_spots(axes: Axes, atlas: Atlas, spots: Sequence[Spot]) -> Any:
    """Draw places as circles: area by hours, colour by cost; the small above the large."""
    most = max((spot.hours for spot in spots), default=0.0) or 1.0
    ordered = sorted(spots, key=lambda spot: spot.hours, reverse=True)
    xs, ys = zip(*(mercator(*atlas.places[spot.place]) for spot in ordered), strict=True)
    areas = [LEAST_AREA + (MOST_AREA - LEAST_AREA) * spot.hours / most for spot in ordered]
    costs = [spot.cny for spot in ordered]
    return axes.scatter(
        xs, ys, s=areas, c=costs, cmap=COLOURS, vmin=0, edgecolors=GREY, linewidths=THIN, zorder=3, alpha=0.9
    )


def _draw_names(axes: Axes, atlas: Atlas, spots: Sequence[Spot], language: str) -> None:
    """Write names where no other stands, as near to their places as they can; those further off with a line."""
    from matplotlib.patheffects import withStroke

    taken: list[Any] = []
    points = [mercator(*atlas.places[spot.place]) for spot in spots]
    for spot, point in sorted(zip(spots, points, strict=True), key=lambda each: each[0].hours, reverse=True):
        name = drawable(atlas.run.name(spot.place)[language], LONGEST_NAME)
        note = axes.annotate(
            name,
            point,
            (0, 0),
            textcoords="offset points",
            size=NAME_POINTS,
            va="center",
            annotation_clip=False,
            zorder=5,
        )
        note.set_path_effects([withStroke(linewidth=HALO_POINTS, foreground="white")])
        taken.append(_put(axes, note, point, taken, points))


def _put(axes: Axes, note: Annotation, point: Point, taken: Sequence[Any], points: Sequence[Point]) -> Any:
    """Move a name to the first free place around its point, and return what it covers."""
    inside = axes.get_window_extent()
    pixels = axes.transData.transform(points)
    for ring in range(RINGS):
        away = FIRST_POINTS + ring * STEP_POINTS
        for turn in range(DIRECTIONS):
            angle = pi * (turn // 2 + turn % 2) * (1 if turn % 2 else -1) / DIRECTIONS * 2
            across, up = away * cos(angle), away * sin(angle)
            note.set_horizontalalignment("left" if across >= 0 else "right")
            note.set_position((across, up))
            extent = note.get_window_extent().padded(ROOM_PIXELS)
            free = not any(extent.overlaps(other) for other in taken)
            clear = not any(extent.contains(x, y) for x, y in pixels)
            if free and clear and inside.contains(extent.x0, extent.y0) and inside.contains(extent.x1, extent.y1):
                if away > LINE_FROM_POINTS:
                    _join(axes, note, point)
                return extent
    note.set_visible(False)
    return note.get_window_extent()


def _join(axes: Axes, note: Annotation, point: Point) -> None:
    axes.annotate(
        "",
        point,
        note.get_position(),
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": THIN, "shrinkA": 0, "shrinkB": 0},
        zorder=4,
    )


def _draw_legends(figure: Figure, circles: Any, legs: Sequence[Leg], spots: Sequence[Spot], language: str) -> None:
    """Explain colours of modes, areas of circles and colours of circles below the map."""
    from matplotlib.lines import Line2D

    used = [mode for mode in MODE_COLOURS if any(leg.mode == mode for leg in legs)]
    lines = [Line2D([], [], color=MODE_COLOURS[mode], linewidth=3, label=MODE_WORDS[mode][language]) for mode in used]
    dearest = max((leg.cny for leg in legs), default=0.0)
    title = f"{say('map.mode')[language]}; {say('map.cny_leg')[language]}: 0–{number(dearest, CNY_PER_BOX)}"
    height = figure.get_size_inches()[1]
    top = (LEGEND_INCHES - EDGE_INCHES / 2) / height
    figure.legend(
        handles=lines,
        loc="upper left",
        bbox_to_anchor=(0, top),
        ncols=3,
        title=title,
        title_fontsize=SMALL,
        alignment="left",
    )
    longest = max((spot.hours for spot in spots), default=0.0)
    sizes = [
        Line2D(
            [], [], marker="o", linestyle="", color="none", markeredgecolor=GREY, label=number(share * longest, HOURS)
        )
        for share in SAMPLE_SHARES
    ]
    for share, handle in zip(SAMPLE_SHARES, sizes, strict=True):
        handle.set_markersize((LEAST_AREA + (MOST_AREA - LEAST_AREA) * share) ** 0.5)
    figure.legend(
        handles=sizes, loc="upper center", bbox_to_anchor=(0.56, top), ncols=len(sizes), handletextpad=0.9,
        columnspacing=1.6, borderpad=0.7, title=say("map.hours_here")[language], title_fontsize=SMALL,
    )  # fmt: skip
    bar = figure.add_axes((0.76, 0.42 * LEGEND_INCHES / height, 0.2, 0.1 / height))
    figure.colorbar(circles, cax=bar, orientation="horizontal")
    bar.set_title(say("map.cny_here")[language], size=SMALL, weight="normal")
    bar.tick_params(labelsize=SMALL - 1)
    bar.locator_params(nbins=4)
