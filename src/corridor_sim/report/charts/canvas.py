"""What all pictures share: size, colours, letters that can be drawn, and PNG bytes that repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from corridor_sim.reading.located import printable
from corridor_sim.report.charts.fonts import families
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH, say, text_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

WIDTH_INCHES = 8.0
DPI = 150
BASELINE_COLOUR = "#333333"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe & Ito's colours, told apart by the colour-blind."""
GREY = "#777777"
FAINT = "#DDDDDD"
WHOLE_LINE = (1.0, 0.0)
DASH_PIXELS = 2.0
PARTS = re.compile(r"[⺀-鿿＀-￯][、。，；：！？）」』》]*|\s+|[^\s⺀-鿿＀-￯]+")
"""Where a text may be broken into lines: at blanks and between Chinese letters, but not before a closing sign."""
LINES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
UNDRAWABLE = "?"
CUT = "..."
MARKS = ("is_baseline", "supposition")
"""What an alternative may be, said beside its name unless that says so itself."""
LONGEST_NAME = 40
LONGEST_TEXT = 400
LABEL_WIDTH = 19
SMALL = 8.0
TITLE_SIZE = 12.0
LINE_SPACING = 1.4
POINTS_PER_INCH = 72
EDGE_INCHES = 0.12
LONGEST_SUBTITLE = 90
LABELS_FROM = 1.03
LEFT_MIDDLE = (0.0, 0.5)
THIN = 0.6
STYLE = {
    "text.parse_math": False,
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": THIN,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "svg.hashsalt": "corridor_sim",
    "svg.fonttype": "none",
}


@contextmanager
def house_style(language: str = ENGLISH) -> Iterator[None]:
    """Draw in the style of this house, whatever the user's own settings; formulas in texts are not read."""
    from matplotlib import style

    with style.context(["default", {**STYLE, "font.family": list(families(language))}]):
        yield


@cache
def _letters_of(names: tuple[str, ...]) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset().union(*(get_font(findfont(FontProperties(family=[name]))).get_charmap() for name in names))


def drawable(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text of a scenario as it can be drawn: one line, no letters that the fonts lack."""
    letters = _letters_of(families())
    return "".join(sign if ord(sign) in letters else UNDRAWABLE for sign in printable(text, longest))


def fitting(text: str, columns: int) -> str:
    """Return a text as it can be drawn, cut to so many columns (a Chinese letter takes two)."""
    shown = drawable(text, LONGEST_TEXT)
    if cell_len(shown) <= columns:
        return shown
    kept = [place for place in range(len(shown)) if cell_len(shown[:place]) <= columns - len(CUT)]
    return f"{shown[: kept[-1]].rstrip()}{CUT}"


def label_of(run: Run, alternative: Mapping[str, Any], language: str) -> str:
    """Return an alternative's name, in lines, with its mark."""
    name = drawable(run.alternative(alternative["name"])[language], LONGEST_NAME)
    marks = [say(f"charts.mark_{mark}")[language] for mark in MARKS if alternative[mark]]
    return "\n".join([*wrapped(name, LABEL_WIDTH), *(mark for mark in marks if mark not in name)])


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many columns; Chinese, which has no blanks, is broken anywhere."""
    lines = [""]
    for part in PARTS.findall(text):
        if lines[-1] and cell_len(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def looks(alternatives: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return colour and line style by alternative; the baseline is dark, neighbours differ in both."""
    others = [one["name"] for one in alternatives if not one["is_baseline"]]
    found = {one["name"]: {"color": BASELINE_COLOUR, "linestyle": LINES[0]} for one in alternatives}
    for place, name in enumerate(others):
        found[name] = {"color": COLOURS[place % len(COLOURS)], "linestyle": LINES[place % len(LINES)]}
    return found


def dashes(linestyle: Any) -> list[float]:
    """Return a line style of `looks` as Vega writes it: lengths of dashes and gaps."""
    return list(WHOLE_LINE if isinstance(linestyle, str) else (DASH_PIXELS * part for part in linestyle[1]))


PNG, SVG = FORMATS = ("png", "svg")
MADE_BY = {PNG: "Software", SVG: "Creator"}


def png(figure: Figure, summary: Mapping[str, Any], title: str) -> bytes:
    """Return the figure as PNG with what it was made from in its metadata, and no date."""
    return picture(figure, summary, title, PNG)


def picture(figure: Figure, summary: Mapping[str, Any], title: str, form: str) -> bytes:
    """Return the figure in one of FORMATS, with scenario, seed and version in its metadata, and no date."""
    scenario, run = summary["scenario"], summary["run"]
    name = printable(scenario["name"])
    metadata: dict[str, Any] = {
        "Title": title,
        MADE_BY[form]: f"corridor_sim {summary['version']}",
        "Source": name,
        "Description": f"scenario {name}, seed {run['seed']}, {run['replications']} replications",
    }
    stream = BytesIO()
    with house_style():
        figure.savefig(stream, format=form, dpi=DPI, metadata=metadata | ({"Date": None} if form == SVG else {}))
    return stream.getvalue()


def caption(figure: Figure, summary: Mapping[str, Any], title: str, language: str = ENGLISH) -> None:
    """Write the picture's title, and under it which run it shows."""
    run, width, height = summary["run"], *figure.get_size_inches()
    words = drawable(text_words(summary["scenario"]["title"], "")[language], LONGEST_SUBTITLE)
    below = EDGE_INCHES + TITLE_SIZE * LINE_SPACING / POINTS_PER_INCH
    left = EDGE_INCHES / width
    figure.text(left, 1 - EDGE_INCHES / height, title, weight="bold", size=TITLE_SIZE, va="top")
    made = {"replications": str(run["replications"]), "seed": str(run["seed"])}
    subtitle = say("charts.made", scenario=words, **made)[language]
    figure.text(left, 1 - below / height, subtitle, size=SMALL, color=GREY, va="top")


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places moved apart to be `gap` apart, in the same order as given, between `low` and `high` if they fit.

    Neighbours that are too close become a group that stands evenly around the middle of its members.
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    groups: list[list[int]] = []
    for number in order:
        groups.append([number])
        while len(groups) > 1 and _end(groups[-1], places, -gap) < _end(groups[-2], places, gap) + gap:
            last = groups.pop()
            groups[-1] += last
    moved = {number: _end(group, places, -gap) + place * gap for group in groups for place, number in enumerate(group)}
    for number in reversed(order):
        moved[number] = high = min(high, moved[number])
        high -= gap
    for number in order:
        moved[number] = low = max(low, moved[number])
        low += gap
    return [moved[number] for number in range(len(places))]


def _end(group: Sequence[int], places: Sequence[float], gap: float) -> float:
    """Return the last place of a group that stands `gap` apart around its middle; the first for a negative gap."""
    return sum(places[number] for number in group) / len(group) + gap * (len(group) - 1) / 2


def end_labels(axes: Axes, ends: Sequence[tuple[float, float, str, str]]) -> None:
    """Write labels to the right of the axes for line ends (x, y, words, colour), joined by thin lines."""
    low, high = axes.get_ylim()
    points = axes.get_window_extent().height / axes.figure.dpi * POINTS_PER_INCH
    most_lines = max((words.count("\n") + 1 for _, _, words, _ in ends), default=1)
    gap = most_lines * SMALL * LINE_SPACING / points * (high - low)
    heights = spread([end[1] for end in ends], gap, low, high)
    for (x, y, words, colour), height in zip(ends, heights, strict=True):
        axes.annotate(
            words,
            (x, y),
            (LABELS_FROM, (height - low) / (high - low)),
            textcoords="axes fraction",
            color=colour,
            size=SMALL,
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": THIN,
                "shrinkA": 0,
                "shrinkB": 0,
                "relpos": LEFT_MIDDLE,
            },
        )


def stagger(texts: Sequence[Text], rows: int) -> list[int]:
    """Return a row for each text (from left to right) such that neighbours in a row do not touch."""
    ends = [float("-inf")] * rows
    chosen = []
    for text in texts:
        extent = text.get_window_extent()
        free = [row for row in range(rows) if ends[row] < extent.x0]
        row = free[0] if free else min(range(rows), key=ends.__getitem__)
        ends[row] = extent.x1
        chosen.append(row)
    return chosen
