"""The cost chart: what a box costs by activity, stacked by alternative, with the totals of the three cost bases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.report.charts.base import (
    ALTERNATIVE,
    DESCRIBED,
    LABELS,
    NARROW_PIXELS,
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
    BASELINE_COLOUR,
    COLOURS,
    GREY,
    MARKS,
    SMALL,
    WIDTH_INCHES,
    caption,
    fitting,
    house_style,
    label_of,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.waterfall import SHOWN_BASE
from corridor_sim.report.words import BASES, CNY_PER_BOX, interval_text, number, row_with

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "cost_breakdown"
ROW_INCHES, TITLE_INCHES, LEGEND_INCHES = 0.95, 0.7, 1.5
LEFT, RIGHT = 0.19, 0.74
BAR_HEIGHT = 0.56
CASH = "cash"
OTHERS = {"cash": "other", "time": "other (time)", "carbon": "carbon"}
"""Base -> name of what is too small for a colour of its own."""
MOST_ACTIVITIES = 12
SHADES = (*COLOURS, "#F0E442", "#999999", "#88CCEE", "#882255", "#AA9944", "#44AA99")
"""Okabe & Ito's colours, then Paul Tol's muted ones."""
HATCHES = {"cash": "", "time": "////", "carbon": "...."}
LEGEND_COLUMNS = 4
LUMA_WEIGHTS = (0.299, 0.587, 0.114)
DARK_BELOW = 0.5
OUTLINE = 2.0
LINE_SPACING = 1.3
LONGEST_ACTIVITY = 28
NARROWEST_LABELLED = 0.085
"""Share of the axis that a bar needs to have its amount written in it."""
WHISKER_ROWS = (0.2, 0.0, -0.2)
TOTALS_AT = 1.02
SPEC_ROW_PIXELS, BAR_PIXELS, BAR_DROP_PIXELS, WHISKER_PIXELS = 76, 30, 16, 8
NAME_RISE_PIXELS, TOTAL_RISE_PIXELS = -24, -9
HALO_PIXELS, POINT_AREA, TICK_PIXELS = 4, 36, 80
LEGEND_COLUMNS_BY_WIDTH = (2, 5)
FADED = 0.15

Amounts = dict[tuple[str, str], float]
"""(base, activity) -> CNY per box."""
Colours = Mapping[tuple[str, str], str]


def colours_of(kept: Sequence[tuple[str, str]]) -> Colours:
    """Return the colour of each kept activity and of all others of its base, in the order of a bar."""
    shades = dict(zip(kept, SHADES, strict=False))
    order = list(HATCHES)
    keys = sorted([*kept, *OTHERS.items()], key=lambda key: order.index(key[0]))
    return {key: shades.get(key, GREY) for key in keys}


def words_of(run: Run, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Words]:
    """Return the words of (base, activity); what is no cash says so where its activity is paid in cash too."""
    listed = list(keys)
    found = {}
    for base, activity in listed:
        if activity == OTHERS[base]:
            found[base, activity] = say(f"charts.other_{base}")
            continue
        words = {language: text.replace("_", " ") for language, text in run.name(activity).items()}
        twice = sum(other == activity for _, other in listed) > 1
        found[base, activity] = say(f"charts.of_{base}", activity=words) if twice and base != CASH else words
    return found


def amounts_of(alternative: Mapping[str, Any], kept: Sequence[tuple[str, str]]) -> Amounts:
    """Return CNY per box of the kept activities and, for each base, of all others together."""
    amounts: Amounts = {}
    for row in alternative["activities"]:
        key = (row["base"], row["activity"])
        key = key if key in kept else (row["base"], OTHERS[row["base"]])
        amounts[key] = amounts.get(key, 0.0) + (row["value"] or 0.0)
    return amounts


def largest_activities(alternatives: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the (base, activity) that are largest in any alternative: as many as there are colours, in bar order."""
    largest: Amounts = {}
    for one in alternatives:
        totals: Amounts = {}
        for row in one["activities"]:
            key = (row["base"], row["activity"])
            totals[key] = totals.get(key, 0.0) + (row["value"] or 0.0)
        largest |= {key: max(abs(value), largest.get(key, 0.0)) for key, value in totals.items()}
    kept = sorted(largest, key=lambda key: (-largest[key], key))[:MOST_ACTIVITIES]
    order = list(HATCHES)
    return sorted(kept, key=lambda key: (order.index(key[0]), -largest[key], key))


def _draw(run: Run, language: str, _alternative: str) -> Figure:
    from matplotlib.figure import Figure

    alternatives = run.alternatives
    kept = largest_activities(alternatives)
    colours = colours_of(kept)
    height = ROW_INCHES * len(alternatives) + TITLE_INCHES + LEGEND_INCHES
    with house_style(language):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        axes = figure.subplots()
        figure.subplots_adjust(LEFT, LEGEND_INCHES / height, RIGHT, 1 - TITLE_INCHES / height)
        shown = [amounts_of(one, kept) for one in alternatives]
        span = max(sum(map(abs, amounts.values())) for amounts in shown)
        for place, (one, amounts) in enumerate(zip(alternatives, shown, strict=True)):
            _draw_bar(axes, -place, amounts, colours, span)
            _draw_totals(axes, -place, one, language)
        _finish(axes, run, language)
        used = {key for amounts in shown for key, amount in amounts.items() if amount}
        _legend(figure, {key: colours[key] for key in colours if key in used}, words_of(run, colours), language)
        caption(figure, run.summary, say(f"charts.{NAME}")[language], language)
        return figure


def _draw_bar(axes: Axes, at: float, amounts: Amounts, colours: Colours, span: float) -> None:
    """Stack what is paid to the right of zero and what is received (subsidies) to its left."""
    ends = {True: 0.0, False: 0.0}
    for key in (key for key in colours if amounts.get(key)):
        amount = amounts[key]
        bar = axes.barh(
            at,
            amount,
            BAR_HEIGHT,
            ends[amount > 0],
            color=colours[key],
            hatch=HATCHES[key[0]],
            edgecolor="white",
            linewidth=0.5,
        )
        if abs(amount) > NARROWEST_LABELLED * span:
            ink = "black" if HATCHES[key[0]] else _ink(colours[key])
            (label,) = axes.bar_label(bar, [number(amount, CNY_PER_BOX)], label_type="center", size=SMALL, color=ink)
            if HATCHES[key[0]]:
                label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0})
        ends[amount > 0] += amount


def _totals(one: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """Return by cost base what a box costs the whole chain after subsidy."""
    costs = one["costs"]
    return {base: row_with(costs, base=base, perspective="chain", per="box", subsidy="after") for base in BASES}


def _draw_totals(axes: Axes, at: float, one: Mapping[str, Any], language: str) -> None:
    """Mark the totals of the cost bases on a bar, and write them beside it."""
    lines = []
    for (base, cost), offset in zip(_totals(one).items(), WHISKER_ROWS, strict=True):
        known = cost is not None and cost["value"] is not None
        amount = interval_text(cost, CNY_PER_BOX) if cost is not None and known else say("charts.not_available")
        lines.append(say("charts.total_line", base=say(f"charts.base_{base}"), amount=amount)[language])
        _draw_whisker(axes, at + offset, cost)
    place = axes.get_yaxis_transform()
    axes.text(TOTALS_AT, at, "\n".join(lines), transform=place, size=SMALL, va="center", linespacing=LINE_SPACING)


def _draw_whisker(axes: Axes, at: float, cost: Mapping[str, Any] | None) -> None:
    if cost is None or cost["value"] is None:
        return
    low, high = (cost["value"] if cost[end] is None else cost[end] for end in ("low", "high"))
    for colour, extra in (("white", OUTLINE), (BASELINE_COLOUR, 0.0)):
        axes.plot([low, high], [at, at], color=colour, linewidth=1.2 + extra, marker="|", markersize=5 + extra)
        axes.plot([cost["value"]], [at], color=colour, marker="o", markersize=3 + extra)


def _ink(colour: str) -> str:
    """Return black or white, whichever reads better on a colour (luma of ITU-R BT.601)."""
    from matplotlib.colors import to_rgb

    luma = sum(weight * part for weight, part in zip(LUMA_WEIGHTS, to_rgb(colour), strict=True))
    return "white" if luma < DARK_BELOW else "black"


def _legend(figure: Figure, colours: Colours, words: Mapping[tuple[str, str], Words], language: str) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=colour,
            hatch=HATCHES[key[0]],
            edgecolor="white",
            label=fitting(words[key][language], LONGEST_ACTIVITY),
        )
        for key, colour in colours.items()
    ]
    figure.legend(handles=handles, loc="lower left", ncols=LEGEND_COLUMNS, bbox_to_anchor=(0, 0), handlelength=1.2)


def _finish(axes: Axes, run: Run, language: str) -> None:
    labels = [label_of(run, one, language) for one in run.alternatives]
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.axvline(0, color=BASELINE_COLOUR, linewidth=1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel(say("charts.cost_breakdown_axis")[language])


def _spec(run: Run) -> Spec:
    """Return a bar of amounts for each alternative under its name, with the totals as points with intervals."""
    kept = largest_activities(run.alternatives)
    used = {key for one in run.alternatives for key, amount in amounts_of(one, kept).items() if amount}
    colours = {key: colour for key, colour in colours_of(kept).items() if key in used}
    labels = {str(place): words for place, words in enumerate(words_of(run, colours).values())}
    labels |= {base: say(f"charts.base_{base}") for base in BASES}
    labels |= {mark: say(f"charts.mark_{mark}") for mark in MARKS}
    return {
        "params": [names_param(alternative_names(run)), names_param(labels, LABELS)],
        "height": SPEC_ROW_PIXELS * len(run.names),
        "data": {"values": [*_amount_rows(run, kept, colours), *_total_rows(run), *_heads(run)]},
        "transform": [
            named(ALTERNATIVE, "who"),
            named("what", "what_words", LABELS),
            told("who", "what_words", "shown"),
        ],
        "encoding": {
            "y": {"field": ALTERNATIVE, "type": "nominal", "sort": run.names, "axis": None},
        },
        "layer": [_bars(colours), *(layer for place in enumerate(BASES) for layer in _whisker(*place)), *_words()],
    }


def _amount_rows(run: Run, kept: Sequence[tuple[str, str]], colours: Colours) -> Iterator[Spec]:
    """Yield the amount of each activity, by its place among those with colours, of each alternative."""
    places = {key: place for place, key in enumerate(colours)}
    for one in run.alternatives:
        for key, amount in amounts_of(one, kept).items():
            if amount:
                row = {"what": str(places[key]), "order": places[key], "cny": amount}
                yield {ALTERNATIVE: one["name"], **row, "shown": number(amount, CNY_PER_BOX)}


def _known_totals(one: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {base: cost for base, cost in _totals(one).items() if cost is not None and cost["value"] is not None}


def _total_rows(run: Run) -> Iterator[Spec]:
    """Yield the totals of each alternative, with their intervals."""
    for one in run.alternatives:
        for base, cost in _known_totals(one).items():
            ends = {end: cost["value"] if cost[end] is None else cost[end] for end in ("low", "high")}
            row = {"what": base, "total": cost["value"], **ends, "shown": interval_text(cost, CNY_PER_BOX)}
            yield {ALTERNATIVE: one["name"], **row}


def _heads(run: Run) -> Iterator[Spec]:
    """Yield what stands above each bar: the marks of an alternative and its totals."""
    for one in run.alternatives:
        shown = {base: interval_text(cost, CNY_PER_BOX) for base, cost in _known_totals(one).items()}
        yield {ALTERNATIVE: one["name"], "totals": shown, **{mark: bool(one[mark]) for mark in MARKS}}


def _bars(colours: Colours) -> Spec:
    """Return the stacked amounts."""
    paint = {"domain": [str(place) for place in range(len(colours))], "range": list(colours.values())}
    axis = {"title": say("charts.cny_per_box"), "format": ",.0f", "tickCount": {"expr": f"width / {TICK_PIXELS}"}}
    legend = below_legend(LABELS, LEGEND_COLUMNS_BY_WIDTH, symbolType="square")
    return {
        "params": [pick_param("what")],
        "transform": [{"filter": "isValid(datum.cny)"}],
        "mark": {"type": "bar", "height": BAR_PIXELS, "yOffset": BAR_DROP_PIXELS},
        "encoding": {
            "x": {"field": "cny", "type": "quantitative", "stack": "zero", "axis": axis},
            "color": {"field": "what", "scale": paint, "legend": legend},
            "order": {"field": "order"},
            **DESCRIBED,
            "opacity": if_picked(1, FADED),
            "tooltip": tooltip(who="alternative", what_words="activity", shown="cny_per_box"),
        },
    }


def _whisker(place: int, base: str) -> list[Spec]:
    """Return the total of a cost base as a point with its interval, at its height on the bar."""
    at = BAR_DROP_PIXELS + (place - 1) * WHISKER_PIXELS
    x = {"field": "low", "type": "quantitative"}
    lines = [
        {"mark": {"type": "rule", "aria": False, "yOffset": at, **look}, "encoding": {"x": x, "x2": {"field": "high"}}}
        for look in ({"color": "white", "strokeWidth": HALO_PIXELS}, {"color": BASELINE_COLOUR, "strokeWidth": 2})
    ]
    look = {"size": POINT_AREA, "color": BASELINE_COLOUR, "stroke": "white", "strokeWidth": 1}
    point = {
        "mark": {"type": "point", "filled": True, "yOffset": at, **look},
        "encoding": {
            "x": {"field": "total", "type": "quantitative"},
            **DESCRIBED,
            "tooltip": tooltip(who="alternative", what_words="counted_as", shown="cny_per_box"),
        },
    }
    return [{"transform": [{"filter": f"datum.what === '{base}'"}], "layer": [*lines, point]}]


def _words() -> list[Spec]:
    """Return the name and the totals of each alternative above its bar; where it is narrow, one of the totals."""
    said = f"(datum.{{0}} && indexof(datum.who, {LABELS}.{{0}}) < 0 ? ' ' + {LABELS}.{{0}} : '')"
    marks = "".join(f" + {said.format(mark)}" for mark in MARKS)
    parts = [f"(datum.totals['{base}'] ? {LABELS}['{base}'] + ' ' + datum.totals['{base}'] : '')" for base in BASES]
    judged = parts[list(BASES).index(SHOWN_BASE)]
    totals = f"width < {NARROW_PIXELS} ? {judged} : " + " + '  ·  ' + ".join(parts)
    whole = {"align": "left", "x": 0, "limit": {"expr": "width"}}
    lines = ((f"datum.who{marks}", NAME_RISE_PIXELS, "bold"), (totals, TOTAL_RISE_PIXELS, "normal"))
    return [
        {
            "transform": [{"filter": "isObject(datum.totals)"}, {"calculate": words, "as": "line"}],
            "mark": {"type": "text", "aria": False, "yOffset": rise, "fontWeight": weight, **whole},
            "encoding": {"text": {"field": "line"}},
        }
        for words, rise, weight in lines
    ]


COST_BREAKDOWN = Chart(NAME, _draw, _spec)
