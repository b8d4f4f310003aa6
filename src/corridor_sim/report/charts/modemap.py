"""The mode map: which way is cheapest over value and urgency, hatched where it is not separated from another."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    FAINT,
    GREY,
    SMALL,
    WIDTH_INCHES,
    caption,
    drawable,
    house_style,
    png,
)
from corridor_sim.report.modemap import map_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = "Mode map"
HEIGHT_INCHES = 5.4
PLACES = {"left": 0.1, "right": 0.97, "top": 0.84, "bottom": 0.26}
FILL_ALPHA = 0.55
HATCH = "////"
OWN_GOODS = "as in the scenario"
HATCHED_BELOW = (-0.5, 0.5)
LEGEND_AT = (-0.04, -0.13)
LEGEND_COLUMNS = 2
ASKED_AT = (0.0, 1.03)
LONGEST_ASKED, LONGEST_LABEL, LABEL_WIDTH = 100, 110, 55
MARK_POINTS = 10
NEAR_POINTS = (8, 4)


def mode_map_chart(summary: Mapping[str, Any]) -> bytes:
    """Return the map as PNG."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    from matplotlib.ticker import FuncFormatter

    with house_style():
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES))
        axes = figure.subplots()
        figure.subplots_adjust(**PLACES)
        colours = _colours(summary)
        _fill(axes, summary, colours)
        _own(axes, summary)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(summary["values"][0], summary["values"][-1])
        axes.set_ylim(summary["urgencies"][0], summary["urgencies"][-1])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.set_xlabel("value of the goods, CNY/kg")
        axes.set_ylabel("urgency: a day in transit costs, % of value")
        axes.text(*ASKED_AT, drawable(map_words(summary), LONGEST_ASKED), transform=axes.transAxes, size=SMALL)
        patches = [
            Patch(color=colour, alpha=FILL_ALPHA, label=_label(way))
            for colour, way in zip(colours, summary["ways"], strict=True)
            if way["cheapest_share"]
        ]
        patches.append(Patch(fill=False, hatch=HATCH, edgecolor=GREY, label="not separated from another"))
        axes.legend(handles=patches, loc="upper left", bbox_to_anchor=LEGEND_AT, ncols=LEGEND_COLUMNS)
        caption(figure, summary, TITLE)
        return png(figure, summary, TITLE)


def _colours(summary: Mapping[str, Any]) -> list[str]:
    """Return a colour for each way; those that are on the map have different ones, as far as there are."""
    palette = (*COLOURS, GREY, FAINT)
    shown = [place for place, way in enumerate(summary["ways"]) if way["cheapest_share"]]
    chosen = {place: palette[number % len(palette)] for number, place in enumerate(shown)}
    return [chosen.get(place, BASELINE_COLOUR) for place in range(len(summary["ways"]))]


def _label(way: Mapping[str, Any]) -> str:
    return "\n".join(wrap(drawable(f"{way['alternative']} ({way['route']})", LONGEST_LABEL), LABEL_WIDTH))


def _fill(axes: Axes, summary: Mapping[str, Any], colours: list[str]) -> None:
    from matplotlib.colors import ListedColormap

    best, separated = np.array(summary["best"]).T, np.array(summary["separated"]).T
    values, urgencies = np.array(summary["values"]), np.array(summary["urgencies"])
    places: dict[str, Any] = {"cmap": ListedColormap(colours), "vmin": -1 / 2, "vmax": len(colours) - 1 / 2}
    axes.grid(False)
    axes.pcolormesh(
        values, urgencies, best, shading="nearest", alpha=FILL_ALPHA, linewidth=0, rasterized=True, **places
    )
    if not separated.all():
        levels = list(HATCHED_BELOW)
        axes.contourf(values, urgencies, separated.astype(float), levels=levels, colors="none", hatches=[HATCH])


def _own(axes: Axes, summary: Mapping[str, Any]) -> None:
    """Mark where the scenario's own goods stand: a star, or a line where their urgency is not one number."""
    own = summary["own"]
    if own["value"] is None or not summary["values"][0] <= own["value"] <= summary["values"][-1]:
        return
    urgencies = summary["urgencies"]
    if own["urgency"] is None or not urgencies[0] <= own["urgency"] <= urgencies[-1]:
        axes.axvline(own["value"], color=BASELINE_COLOUR, linewidth=1, linestyle=":")
        place = own["value"], urgencies[0]
    else:
        place = own["value"], own["urgency"]
        axes.plot(*place, marker="*", markersize=MARK_POINTS, color=BASELINE_COLOUR)
    right = place[0] > np.sqrt(summary["values"][0] * summary["values"][-1])
    near = (-NEAR_POINTS[0] if right else NEAR_POINTS[0], NEAR_POINTS[1])
    side = "right" if right else "left"
    axes.annotate(OWN_GOODS, place, near, textcoords="offset points", ha=side, size=SMALL, color=BASELINE_COLOUR)
