"""A break-even in a terminal: the answer in words, then the points it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil, log10
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.reading.located import printable
from corridor_sim.report.screen import Summary
from corridor_sim.report.sweeps import printable_line
from corridor_sim.report.terminal import Row, side_by_side
from corridor_sim.report.words import (
    BASES,
    DAYS,
    Footnotes,
    Unit,
    has_interval,
    number,
    text_of,
    unit_of,
    with_interval,
)

MOST_SHOWN = 24
"""Points that are shown."""
LABEL_COLUMNS = 44
LONGEST_VALUE = 40
TOLD_APART = 20
"""Values that can be told apart along the span of a figure."""
MOST_DECIMALS = 4
MANY_HOURS = 72
"""From so many on hours are shown as days."""
HOLDS = {True: "holds", False: "does not"}


def show_break_even(summary: Summary, folder: str, console: Console) -> None:
    """Print the answer of a break-even, its points and where its results are."""
    footnotes = Footnotes()
    console.print(Text(text_of(summary["scenario"]["title"]), style="bold"))
    console.print(Text(question_words(summary)))
    console.print(Text(f"over {vary_words(summary)}"))
    console.print()
    for line in answer_lines(summary):
        console.print(Text(line, style="bold"))
    console.print()
    heads = [[f"{figure_words(summary)}, {figure_unit(summary).words}"], ["target"]]
    console.print(side_by_side(console, heads, [("", list(_rows(summary, footnotes)))], LABEL_COLUMNS))
    console.print()
    for line in (*_precision(summary), *map(printable_line, summary["notes"]), *footnotes.lines()):
        console.print(Text(line))
    console.print(Text(_size(summary)))
    console.print(Text(f"Results: {folder}"), soft_wrap=True)


def question_words(summary: Summary) -> str:
    """Return what was asked, such as "rail against truck: saving at least 10 % (total logistics, chain)"."""
    target = summary["target"]
    whom = printable(target["of"]) + (f" against {printable(target['against'])}" if target["against"] else "")
    parts = [BASES.get(target["cost_base"], target["cost_base"]), target["perspective"]]
    about = f" ({', '.join(parts)})" if is_cost(summary) else ""
    flows = f", of {', '.join(map(printable, target['scope']))}" if target["scope"] else ""
    return f"{whom}: {printable(target['words'], LONGEST_VALUE)}{about}{flows}"


def is_cost(summary: Summary) -> bool:
    """Return whether the figure is a cost or a saving."""
    name: str = summary["target"]["figure"]
    return name.startswith(("saving", "cost"))


def vary_words(summary: Summary) -> str:
    """Return what varies, with the template of its values."""
    vary = summary["vary"]
    template = f" = {printable(vary['template'])}" if vary["template"] else ""
    return f"{printable(vary['path'], LONGEST_VALUE + LONGEST_VALUE)}{template}"


def answer_lines(summary: Summary) -> list[str]:
    """Return where the target holds, or that it does nowhere and what comes closest, a line for each stretch."""
    vary = summary["vary"]
    first, last = shown(vary, vary["low"]), shown(vary, vary["high"])
    if not summary["holds"]:
        return [f"Never reached from {first} to {last}; closest: {_reached(summary, summary['closest'])}."]
    lines = []
    for stretch in summary["holds"]:
        start, stop = stretch["start"], stretch["stop"]
        if start is None and stop is None:
            return [f"Holds everywhere from {first} to {last}; weakest: {_reached(summary, summary['weakest'])}."]
        begins = f"the beginning of the range, {first}," if start is None else edge_words(summary, start)
        ends = f"to the end of the range, {last}" if stop is None else f"up to {edge_words(summary, stop)}"
        lines.append(f"Holds from {begins} {ends}.")
    return lines


def _reached(summary: Summary, point: Mapping[str, Any]) -> str:
    """Return what was reached at a point, and whether its interval leaves the answer open."""
    unit, found, level = figure_unit(summary), point["figure"], summary["target"]["level"]
    if found["value"] is None:
        return f"not available at {shown(summary['vary'], point['number'])}"
    words = with_interval(found, unit) if has_interval(found) else number(found["value"], unit)
    is_open = has_interval(found) and found["low"] <= level <= found["high"]
    doubt = ", an interval that includes the target" if is_open else ""
    return f"{words} {unit.words} at {shown(summary['vary'], point['number'])}{doubt}"


def edge_words(summary: Summary, edge: Mapping[str, Any]) -> str:
    """Return a break-even with its interval, "36 h (30 to 48)"; an end outside the range is said to be open."""
    vary = summary["vary"]
    value = shown(vary, edge["value"])
    if not edge["has_interval"]:
        return f"{value} (no interval)"
    if {number_words(end) for end in (edge["low"], edge["high"]) if end is not None} == {number_words(edge["value"])}:
        return value
    low = number_words(edge["low"]) if edge["low"] is not None else f"below {number_words(vary['low'])}"
    high = number_words(edge["high"]) if edge["high"] is not None else f"above {number_words(vary['high'])}"
    return f"{value} ({low} to {high})"


def number_words(value: float) -> str:
    """Return a number with four significant digits."""
    return f"{value:,.4g}" if abs(value) < LARGE else f"{value:,.0f}"


LARGE = 10_000


def shown(vary: Mapping[str, Any], place: float) -> str:
    """Return a varied value with its unit, or as it was listed."""
    if vary["listed"] is not None:
        named = {number: text for number, text in vary["listed"]}
        return printable(named.get(place, number_words(place)), LONGEST_VALUE)
    after = vary["after"].replace("days", "day") if place == 1 else vary["after"]
    return f"{vary['before']}{number_words(place)}{after}"


def figure_words(summary: Summary) -> str:
    """Return the figure's name without what its unit says."""
    name: str = summary["target"]["figure"]
    return name.removesuffix("_per_kg").removesuffix("_per_box").removesuffix("_percent").removesuffix("_cny")


def figure_unit(summary: Summary) -> Unit:
    """Return how the figure is shown, with so many decimals that its values can be told apart."""
    target = summary["target"]
    unit = DAYS if target["unit"] == "h" and target["level"] >= MANY_HOURS else unit_of(target["unit"])
    known = [point["figure"]["value"] for point in summary["points"] if point["figure"]["value"] is not None]
    return told_apart(unit, max(known) - min(known) if known else 0.0)


def told_apart(unit: Unit, span: float) -> Unit:
    """Return a unit with so many decimals that values along a span of the figure can be told apart."""
    span *= unit.factor
    decimals = ceil(-log10(span / TOLD_APART)) if span > 0 else 0
    return replace(unit, decimals=min(max(unit.decimals, decimals), MOST_DECIMALS))


def _rows(summary: Summary, footnotes: Footnotes) -> Iterator[Row]:
    for point in thinned(summary["points"]):
        cell = footnotes.cell(point["figure"], figure_unit(summary))
        yield shown(summary["vary"], point["number"]), [cell, HOLDS[point["holds"]]]


def thinned(points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the points that can be told apart, at most MOST_SHOWN: those next to a change, then evenly."""
    if len(points) <= MOST_SHOWN:
        return list(points)
    span = points[-1]["number"] - points[0]["number"]
    kept: list[Mapping[str, Any]] = []
    for place, point in enumerate(points):
        far = not kept or point["number"] - kept[-1]["number"] >= span / MOST_SHOWN
        change = any(
            points[near]["holds"] != point["holds"] for near in (place - 1, place + 1) if 0 <= near < len(points)
        )
        if far or change:
            kept.append(point)
    return kept


def _precision(summary: Summary) -> Iterator[str]:
    asked = summary["precision"]
    if asked is None:
        return
    if asked["not_reached"]:
        places = ", ".join(shown(summary["vary"], place) for place in asked["not_reached"])
        yield f"Not known to {asked['asked']} with {asked['cap']:,} replications at most (raise --cap): {places}"
    else:
        yield f"Known to {asked['asked']}."


def _size(summary: Summary) -> str:
    run, simulated = summary["run"], summary["simulated"]
    return (
        f"{len(summary['points'])} points, {run['replications']} replications each, the same draws at all; "
        f"{simulated['programs']} distinct models."
    )
