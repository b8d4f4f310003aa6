"""Strips: quantities over time, one above the other on a common axis, each to its own scale and with its words on top.

A strip stands between two whole numbers; its own height is a share of that, from `FOOT` upwards (down the axis).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridor_sim.report.charts.base import ALTERNATIVE, Spec, one_alternative
from corridor_sim.report.charts.canvas import SMALL, drawable, wrapped
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOOT, FULL = 0.94, 0.46
"""Where a strip's nought lies below its upper edge, and how high its greatest amount stands above that."""
HEAD = 0.06
STRIP_PIXELS, STRIP_INCHES = 84, 0.9
LABEL_COLUMNS, LABEL_LINES = 58, 2
DRAWN_COLUMNS = 120
TOLD = "told"
UNSAID = {"clip": True, "aria": False}
"""Of marks by the hundred, which a reader of screens is spared, and which may be none at all."""
LABEL_FONT = 11
LABEL_FROM = 0.006
"""Of the width."""
LEAST_FILLED = 0.6
"""Of the picture: strips of an alternative that has few grow to fill so much, and no more."""


@dataclass(frozen=True)
class Strips:
    """The strips of an alternative: what is said above them all, and the label and the row of each."""

    head: Words
    labels: Sequence[Words]
    rows: Sequence[Spec]


def strips_spec(run: Run, found: Mapping[str, Strips], pixels: int) -> Spec:
    """Return a specification of strips by alternative but for its layers, each strip so many pixels high.

    A row gets its `alternative`, `place` and `label` here; layers look words up in `told` by the label.
    """
    told: dict[str, Words] = {}
    rows: list[Spec] = []
    for number, (name, strips) in enumerate(found.items()):
        told[str(number)] = strips.head
        told |= {key(number, place): lines(label) for place, label in enumerate(strips.labels)}
        rows += [
            {ALTERNATIVE: name, "place": place, "label": key(number, place), **row}
            for place, row in enumerate(strips.rows)
        ]
    counts = counts_of(found)
    parameter, filtered = one_alternative(run)
    numbers = {"name": "numbers", "value": {name: str(number) for number, name in enumerate(found)}}
    return {
        "params": [parameter, told_param(told), strips_param(counts), numbers],
        "title": {
            "text": {"expr": "split(told[numbers[alternative]] || '', '\\n')"},
            "anchor": "start",
            "fontSize": LABEL_FONT,
            "fontWeight": "normal",
        },
        "height": pixels * max(counts.values()),
        "data": {"values": rows},
        "transform": [filtered],
    }


def counts_of(found: Mapping[str, Strips]) -> dict[str, int]:
    """Return how many strips each alternative has."""
    return {name: len(strips.labels) for name, strips in found.items()}


def height(place: int, amount: float, top: float) -> float:
    """Return where an amount of the strip at `place` stands on the common axis, which points down."""
    return round(place + FOOT - FULL * amount / (top or 1.0), 4)


def height_of(column: str, into: str) -> Spec:
    """Return the transform that does the same for a column, of rows with `place` and `top`."""
    return {"calculate": f"datum.place + {FOOT} - {FULL} * datum['{column}'] / (datum.top || 1)", "as": into}


def foot_of(into: str) -> Spec:
    """Return the transform that writes where the nought of a row's strip stands."""
    return {"calculate": f"datum.place + {FOOT}", "as": into}


def lines(words: Words, columns: int = LABEL_COLUMNS, most: int = LABEL_LINES) -> Words:
    """Return words broken into at most so many lines."""
    return {language: "\n".join(cut(words[language], columns, most)) for language in words}


def cut(text: str, columns: int, most: int) -> list[str]:
    """Return a text in lines; what is beyond the last one is left out with a mark."""
    found = wrapped(text, columns)
    return found if len(found) <= most else [*found[: most - 1], f"{found[most - 1]}…"]


def told_param(words: Mapping[str, Words]) -> Spec:
    """Return the parameter that holds what is said of strips, by a key of our own making."""
    return {"name": TOLD, "value": dict(words)}


def key(number: int, place: int) -> str:
    """Return the key of the strip at `place` of the alternative of a number."""
    return f"{number}/{place}"


def label_layer() -> Spec:
    """Return the layer that writes the words of rows with a `label` above their strips."""
    return {
        "transform": [
            {"filter": "isValid(datum.label)"},
            {"calculate": f"{TOLD}[datum.label] || ''", "as": "words"},
            {"calculate": f"datum.place + {HEAD}", "as": "head"},
        ],
        "mark": {"type": "text", "align": "left", "baseline": "top", "x": 4, "fontSize": LABEL_FONT, "lineBreak": "\n"},
        "encoding": {"y": {"field": "head", "type": "quantitative"}, "text": {"field": "words"}},
    }


def height_axis(counts: Mapping[str, int]) -> Spec:
    """Return what the y encoding of strips has besides its field; `counts` of strips by alternative."""
    values = {"expr": f"sequence(0, (strips[{ALTERNATIVE}] || 0) + 1)"}
    axis = {"title": None, "values": values, "labels": False, "ticks": False, "domain": False}
    least = max(1.0, max(counts.values(), default=1) * LEAST_FILLED)
    domain = {"expr": f"[max(strips[{ALTERNATIVE}] || 0, {least}), 0]"}
    scale = {"domain": domain, "nice": False, "zero": False}
    return {"type": "quantitative", "scale": scale, "axis": axis}


def strips_param(counts: Mapping[str, int]) -> Spec:
    """Return the parameter that says how many strips an alternative has."""
    return {"name": "strips", "value": dict(counts)}


def draw_labels(axes: Axes, labels: Sequence[str]) -> None:
    """Write the words of each strip above it and make the y axis that of strips."""
    for place, words in enumerate(labels):
        text = "\n".join(cut(drawable(words, DRAWN_COLUMNS * LABEL_LINES), DRAWN_COLUMNS, LABEL_LINES))
        axes.text(LABEL_FROM, place + HEAD, text, transform=axes.get_yaxis_transform(), size=SMALL, va="top", zorder=5)
    axes.set_ylim(max(1, len(labels)), 0)
    axes.set_yticks(range(len(labels) + 1), [""] * (len(labels) + 1))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def thinned(values: Iterable[Sequence[float]]) -> list[Sequence[float]]:
    """Return the points (moment, amounts...) of a step line without those at which no amount changes but the last."""
    kept: list[Sequence[float]] = []
    last: Sequence[float] | None = None
    for point in values:
        if not kept or tuple(kept[-1][1:]) != tuple(point[1:]):
            kept.append(point)
        last = point
    if last is not None and kept[-1] is not last:
        kept.append(last)
    return kept
