"""The waterfall charts: where an alternative costs more or less than the baseline and, where it was asked for, why.

The second sets it against the alternative from which it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import (
    ALTERNATIVE,
    DESCRIBED,
    LABELS,
    Chart,
    Spec,
    alternative_names,
    named,
    names_param,
    one_alternative,
    told,
    tooltip,
)
from corridor_sim.report.charts.canvas import (
    BASELINE_COLOUR,
    COLOURS,
    EDGE_INCHES,
    GREY,
    SMALL,
    THIN,
    WIDTH_INCHES,
    caption,
    drawable,
    fitting,
    house_style,
    wrapped,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES, Words, say
from corridor_sim.report.waterfall import Shown, Tongue, Waterfall, signed, where_of, why_of
from corridor_sim.report.words import CNY_PER_BOX, has_interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 12
ROW_INCHES, TITLE_INCHES, PANEL_INCHES, FOOT_INCHES = 0.32, 0.42, 0.54, 0.55
LEFT, RIGHT = 0.44, 0.97
BAR_HEIGHT = 0.62
CHEAPER, DEARER = COLOURS[0], COLOURS[1]
ROOM = 0.13
"""Share of the span left free on each side for the amounts beside the bars."""
LABEL_GAP = 0.008
WHAT_AT = 0.015
PLACE_AT = {"where": 0.19, "why": 0.34}
"""Left ends of the two columns of names, as shares of the width."""
LONGEST_WHAT = {"where": 22, "why": 40}
LONGEST_PLACE, PLACE_LINES, PLACE_SIZE, PLACE_SPACING = 37, 2, 7.0, 1.05
LONGEST_SIDE = 46
NO_FRAME = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
PANEL_SIZE = 10.0
OUTLINE = 2.0
SIDES = ("alternative", "against")
SPEC_ROW_PIXELS, BAR_PIXELS, BAR_DROP_PIXELS, TICK_PIXELS = 46, 12, 13, 90
TEXT_RISES = (-14, -1)
PLACE_POINTS = 10
AMOUNT_PIXELS = 120
HALO_PIXELS = 4

Panels = list[tuple[str, Waterfall]]


@dataclass(frozen=True)
class _Kind:
    """One of the two charts: the list of the summary it shows, and against what its alternatives are set."""

    name: str
    pairs: str
    against: str

    def of(self, summary: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the comparisons; those with no baseline are missing in older folders."""
        pairs: Sequence[Mapping[str, Any]] = summary.get(self.pairs, ())
        return pairs


BASELINE = _Kind("cost_waterfall", "comparisons", "the_baseline")
ORIGIN = _Kind("change_waterfall", "changes", "its_origin")


def most_different(summary: Mapping[str, Any], kind: _Kind = BASELINE) -> Mapping[str, Any] | None:
    """Return the comparison whose cost differs most, None where nothing is compared or costs."""
    known = [(where_of(pair, MOST_BARS), pair) for pair in kind.of(summary)]
    costly = [(abs(waterfall.total.figure["value"]), pair) for waterfall, pair in known if waterfall is not None]
    return max(costly, key=lambda each: each[0])[1] if costly else None


def _first(kind: _Kind, run: Run) -> str:
    pair = most_different(run.summary, kind)
    return run.main if pair is None else str(pair["alternative"])


def _panels(pair: Mapping[str, Any], tongue: Tongue) -> Panels:
    found = {"where": where_of(pair, MOST_BARS, tongue=tongue), "why": why_of(pair, tongue=tongue)}
    return [(name, waterfall) for name, waterfall in found.items() if waterfall is not None]


def _draw(kind: _Kind, run: Run, language: str, alternative: str) -> Figure | None:
    """Draw an alternative, or the one that differs most where it is not compared; None without any."""
    from matplotlib.figure import Figure

    chosen = [pair for pair in kind.of(run.summary) if pair["alternative"] == alternative and _panels(pair, Tongue())]
    pair = chosen[0] if chosen else most_different(run.summary, kind)
    if pair is None:
        return None
    panels = _panels(pair, Tongue(language, run.name))
    rows = [ROW_INCHES * (len(waterfall.rows) + 1) for _, waterfall in panels]
    height = TITLE_INCHES + FOOT_INCHES + sum(PANEL_INCHES + inches for inches in rows)
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        left, top = EDGE_INCHES / WIDTH_INCHES, height - TITLE_INCHES
        for (name, waterfall), inches in zip(panels, rows, strict=True):
            top -= PANEL_INCHES + inches
            axes = figure.add_axes((LEFT, top / height, RIGHT - LEFT, inches / height))
            _draw_panel(axes, waterfall)
            _name(axes, waterfall, name)
            above = (top + inches + PANEL_INCHES / 4) / height
            figure.text(left, above, say(f"charts.{name}_panel")[language], weight="bold", size=PANEL_SIZE)
        foot = say("charts.waterfall_axis", against=say(f"charts.{kind.against}"))[language]
        figure.text(left, EDGE_INCHES / height, foot, size=SMALL, color=GREY)
        sides = {side: fitting(run.alternative(pair[side])[language], LONGEST_SIDE) for side in SIDES}
        title = say("charts.titled", title=say(f"charts.{kind.name}"), of=say("charts.against", **sides))
        caption(figure, run.summary, title[language], language)
        return figure


def _draw_panel(axes: Axes, waterfall: Waterfall) -> None:
    """Draw each bar from where the one above it ends, and their sum from nought at the foot, with its interval."""
    values = [bar.figure["value"] for bar in waterfall.rows]
    ends = [0.0, *accumulate(values)]
    total = waterfall.total.figure
    whisker = [total["low"], total["high"]] if has_interval(total) else []
    reach = [*ends, *whisker]
    low, high = min(reach), max(reach)
    span = (high - low) or 1.0
    for place, (value, (begin, end)) in enumerate(zip(values, pairwise(ends), strict=True)):
        axes.barh(-place, value, BAR_HEIGHT, begin, color=DEARER if value > 0 else CHEAPER)
        axes.plot([end, end], [-place - 1, -place], color=GREY, linewidth=THIN, zorder=0)
        _write(axes, -place, [begin, end], value, span)
    foot = -len(values)
    axes.barh(foot, total["value"], BAR_HEIGHT, color=BASELINE_COLOUR)
    for colour, extra in (("white", OUTLINE), (BASELINE_COLOUR, 0.0)) if whisker else ():
        axes.plot(whisker, [foot, foot], color=colour, linewidth=1.2 + extra, marker="|", markersize=5 + extra)
    _write(axes, foot, [0.0, total["value"], *whisker], total["value"], span)
    _finish(axes, waterfall, (low - ROOM * span, high + ROOM * span))


def _write(axes: Axes, at: float, ends: Sequence[float], value: float, span: float) -> None:
    """Write an amount beside its bar, on the side to which it goes."""
    up = value > 0
    place = max(ends) + LABEL_GAP * span if up else min(ends) - LABEL_GAP * span
    words = f"{'+' if up else ''}{number(value, CNY_PER_BOX)}"
    axes.text(place, at, words, size=SMALL, va="center", ha="left" if up else "right", bbox=NO_FRAME)


def _finish(axes: Axes, waterfall: Waterfall, limits: tuple[float, float]) -> None:
    axes.set_xlim(*limits)
    axes.set_ylim(-len(waterfall.rows) - 1 / 2, 1 / 2)
    axes.axvline(0, color=BASELINE_COLOUR, linewidth=THIN)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def _name(axes: Axes, waterfall: Waterfall, panel: str) -> None:
    """Write to the left of each bar what it is and where, in columns."""
    for place, bar in enumerate([*waterfall.rows, waterfall.total]):
        weight = "bold" if bar is waterfall.total else "normal"
        what = fitting(bar.what, LONGEST_WHAT[panel])
        lines = wrapped(drawable(bar.place, LONGEST_PLACE * PLACE_LINES), LONGEST_PLACE)[:PLACE_LINES]
        size = SMALL if len(lines) == 1 else PLACE_SIZE
        for column, words, points in ((WHAT_AT, what, SMALL), (PLACE_AT[panel], "\n".join(lines), size)):
            axes.text(
                (column - LEFT) / (RIGHT - LEFT),
                -place,
                words,
                transform=axes.get_yaxis_transform(),
                size=points,
                va="center",
                weight=weight,
                linespacing=PLACE_SPACING,
            )


@dataclass
class _Labels:
    """Words that rows of a specification refer to by a key, each kept once."""

    said: dict[str, Words] = field(default_factory=dict)
    keys: dict[tuple[str, ...], str] = field(default_factory=dict)

    def key(self, words: Words) -> str:
        """Return the key of words."""
        texts = tuple(words[language] for language in LANGUAGES)
        key = self.keys.setdefault(texts, str(len(self.keys)))
        self.said[key] = words
        return key


def _spec(kind: _Kind, run: Run) -> Spec | None:
    """Return the bars of one alternative below each other, each under what it is and where."""
    if most_different(run.summary, kind) is None:
        return None
    labels = _Labels()
    rows = [row for name in run.names for row in _rows(kind, run, name, labels)]
    lines = list(range(1, max(row["row"] for row in rows) + 1))
    parameter, chosen = one_alternative(run)
    return {
        "params": [parameter, names_param(alternative_names(run)), names_param(labels.said, LABELS)],
        "height": SPEC_ROW_PIXELS * len(lines),
        "data": {"values": rows},
        "transform": [
            chosen,
            named("what", "what_words", LABELS),
            named("place", "place_words", LABELS),
            told("what_words", "place_words", "shown"),
        ],
        "encoding": {"y": {"field": "row", "type": "ordinal", "scale": {"domain": lines}, "axis": None}},
        "layer": [*_bars(), *_texts()],
    }


def _rows(kind: _Kind, run: Run, name: str, labels: _Labels) -> Iterator[Spec]:
    """Yield the lines of an alternative's waterfalls from top to bottom."""
    place = 0

    def line(what: Words, **rest: Any) -> Spec:
        nonlocal place
        place += 1
        return {ALTERNATIVE: name, "row": place, "what": labels.key(what), **rest}

    tongues = [Tongue(language, run.name) for language in LANGUAGES]
    pair = next((pair for pair in kind.of(run.summary) if pair["alternative"] == name), None)
    said = [] if pair is None else [_panels(pair, tongue) for tongue in tongues]
    if pair is None or not said[0]:
        yield line(say("charts.nothing_compared", alternative=run.alternative(name)), head=True, nothing=True)
        return
    sides = say("charts.against", **{side: run.alternative(pair[side]) for side in SIDES})
    for panels in zip(*said, strict=True):
        yield line(sides, place=labels.key(say(f"charts.{panels[0][0]}_panel")), head=True)
        begin = 0.0
        for bars in zip(*([*fall.rows, fall.total] for _, fall in panels), strict=True):
            what = {language: bar.what for language, bar in zip(LANGUAGES, bars, strict=True)}
            where = {language: bar.place for language, bar in zip(LANGUAGES, bars, strict=True)}
            place_key = {"place": labels.key(where)} if any(where.values()) else {}
            total = bars[0] is panels[0][1].total
            yield line(what, **place_key, **_span(bars[0], 0.0 if total else begin, total))
            begin += bars[0].figure["value"]


def _span(bar: Shown, begin: float, total: bool) -> Spec:
    """Return from where to where a bar goes, and its amount as it is read; of the sum also its interval."""
    value = bar.figure["value"]
    row: Spec = {"from": begin, "to": begin + value, "shown": signed(bar.figure)}
    if not total:
        return {**row, "kind": "dearer" if value > 0 else "cheaper"}
    ends: Spec = {end: bar.figure[end] for end in ("low", "high")} if has_interval(bar.figure) else {}
    return {**row, **ends, "kind": "total"}


def _bars() -> list[Spec]:
    """Return bars from where the one above ends, and the interval of their sum."""
    ticks = {"expr": f"width / {TICK_PIXELS}"}
    axis = {"orient": "top", "title": say("charts.cny_per_tonne"), "format": ",f", "tickCount": ticks}
    paint = {"domain": ["cheaper", "dearer", "total"], "range": [CHEAPER, DEARER, GREY]}
    bar = {
        "transform": [{"filter": "isValid(datum.to)"}],
        "mark": {"type": "bar", "height": BAR_PIXELS, "yOffset": BAR_DROP_PIXELS},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "axis": axis},
            "x2": {"field": "to"},
            "color": {"field": "kind", "type": "nominal", "scale": paint, "legend": None},
            "tooltip": tooltip(what_words="activity", place_words="where", shown="cny_per_tonne"),
            **DESCRIBED,
        },
    }
    ends = {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    strokes = (
        {"color": "white", "strokeWidth": HALO_PIXELS},
        {"color": BASELINE_COLOUR, "strokeWidth": 2},
    )
    whiskers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "aria": False, "yOffset": BAR_DROP_PIXELS, **look},
            "encoding": ends,
        }
        for look in strokes
    ]
    return [bar, *whiskers]


def _texts() -> list[Spec]:
    """Return what a bar is, where, and its amount at the other side; headings stand alone."""
    weight = {"expr": "datum.head || datum.kind === 'total' ? 'bold' : 'normal'"}
    left = {"align": "left", "x": 0, "fontWeight": weight}
    lines = (
        ("what", "what_words", {**left, "limit": {"expr": f"datum.head ? width : width - {AMOUNT_PIXELS}"}}, 0),
        ("place", "place_words", {**left, "limit": {"expr": "width"}, "fontSize": PLACE_POINTS}, 1),
        ("shown", "shown", {**left, "align": "right", "x": {"expr": "width"}}, 0),
    )
    return [
        {
            "transform": [{"filter": f"isValid(datum.{needs})"}],
            "mark": {"type": "text", "aria": False, "yOffset": TEXT_RISES[line], **look},
            "encoding": {"text": {"field": column}},
        }
        for needs, column, look, line in lines
    ]


def _chart(kind: _Kind) -> Chart:
    return Chart(kind.name, partial(_draw, kind), partial(_spec, kind), of_one=True, first=partial(_first, kind))


COST_WATERFALL, CHANGE_WATERFALL = _chart(BASELINE), _chart(ORIGIN)
