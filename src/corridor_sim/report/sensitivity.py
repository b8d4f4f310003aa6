"""A sensitivity in a terminal: what moves the figure most, and how far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.reading.located import printable
from corridor_sim.report.breakeven import told_apart
from corridor_sim.report.claims_text import amount
from corridor_sim.report.screen import Summary
from corridor_sim.report.sweeps import printable_line
from corridor_sim.report.terminal import Row, side_by_side
from corridor_sim.report.words import BASES, Footnotes, Unit, number, reasons_of, text_of, unit_of

MOST_SHOWN = 15
LABEL_COLUMNS = 40
LONGEST_NAME = 120
LONGEST_FLOW = 40
HEADS = {
    "at_low": ["at its", "low end"],
    "at_high": ["at its", "high end"],
    "change": ["low to", "high"],
    "mean_size": ["mean size", "(mu*)"],
    "mean": ["mean", "(mu)"],
    "spread": ["spread", "(sigma)"],
    "first": ["alone,", "%"],
    "total": ["with", "others, %"],
}
WHAT = {
    "tornado": "Each input alone at the ends of its range, the others as stated.",
    "morris": "What each input does over its whole range, the others anywhere in theirs (Morris).",
    "sobol": "Shares of the variance over the inputs' ranges (Sobol).",
}


def show_sensitivity(summary: Summary, folder: str, console: Console) -> None:
    """Print the strongest inputs, and where all of them are."""
    footnotes = Footnotes()
    console.print(Text(text_of(summary["scenario"]["title"]), style="bold"))
    console.print(Text(figure_words(summary)))
    console.print(Text(WHAT[summary["method"]]))
    console.print(Text(f"As stated: {_stated(summary, footnotes)}", style="bold"))
    console.print()
    heads = [HEADS[name] for name in summary["inputs"][0]["found"]]
    console.print(side_by_side(console, heads, [("", list(_rows(summary, footnotes)))], LABEL_COLUMNS))
    console.print()
    said = (*map(printable_line, summary["notes"]), *sorted(common_reasons(summary)), *footnotes.lines())
    for line in (*_left(summary), *said, _size(summary)):
        console.print(Text(line))
    console.print(Text(f"Results: {folder}"), soft_wrap=True)


def figure_words(summary: Summary) -> str:
    """Return what moves, such as "saving of rail against truck (total logistics, chain), %"."""
    asked = summary["figure"]
    flows = f", of {', '.join(printable(flow, LONGEST_FLOW) for flow in asked['scope'])}" if asked["scope"] else ""
    sides = f"{printable(asked['of'])} against {printable(asked['against'])}"
    if asked["name"] != "saving":
        return f"{asked['name']} of {sides}, difference{flows}, {figure_unit(summary).words}"
    base = BASES.get(asked["cost_base"], asked["cost_base"])
    return f"saving of {sides} ({base}, {asked['perspective']}){flows}, {figure_unit(summary).words}"


def figure_unit(summary: Summary) -> Unit:
    """Return how the figure is shown: so that the strongest inputs can be told apart."""
    unit = unit_of(summary["figure"]["unit"])
    values = [figure["value"] for row in summary["inputs"] for name, figure in row["found"].items() if name in WIDTHS]
    sizes = [abs(value) for value in values if value is not None]
    return told_apart(unit, max(sizes, default=0.0))


WIDTHS = ("change", "mean_size")
"""Figures that say how far an input moves what is asked about."""


def unit_in_table(summary: Summary) -> Unit:
    """Return how the figures of the inputs are shown: shares of a variance, or as what is asked about."""
    return unit_of("share") if summary["method"] == "sobol" else figure_unit(summary)


def _stated(summary: Summary, footnotes: Footnotes) -> str:
    unit = figure_unit(summary)
    cell = footnotes.cell(summary["stated"], unit, common_reasons(summary))
    return cell if summary["stated"]["value"] is None else f"{cell} {unit.words}"


def _rows(summary: Summary, footnotes: Footnotes) -> Iterator[Row]:
    unit, said = unit_in_table(summary), common_reasons(summary)
    for row in summary["inputs"][:MOST_SHOWN]:
        cells = [
            number(figure["value"], unit)
            if name in NO_INTERVAL and figure["value"] is not None
            else footnotes.cell(figure, unit, said)
            for name, figure in row["found"].items()
        ]
        yield f"{printable(row['input'], LONGEST_NAME)}\n  {range_words(row)}", cells


def range_words(row: Mapping[str, Any]) -> str:
    """Return the range of an input, or of how many a group consists."""
    if len(row["ranges"]) > 1:
        return f"{len(row['ranges'])} inputs that move together"
    (one,) = row["ranges"]
    low, high = (amount(one[end], one["unit"]) for end in ("low", "high"))
    number_of_low, _, words = low.partition(" ")
    return f"{number_of_low if high.endswith(words) else low} to {high}"


def common_reasons(summary: Summary) -> frozenset[str]:
    """Return what a reader must know of every figure that there is; it is said once, without marks."""
    found = [figure for row in summary["inputs"] for name, figure in row["found"].items() if name not in NO_INTERVAL]
    known = [frozenset(reasons_of(one)) for one in (summary["stated"], *found) if one["value"] is not None]
    return frozenset.intersection(*known) if known else frozenset()


NO_INTERVAL = ("mean", "spread")
"""Figures that are shown as they are."""


def _left(summary: Summary) -> Iterator[str]:
    """Yield what is not in the table."""
    rows = summary["inputs"]
    if len(rows) > MOST_SHOWN:
        yield f"The first {MOST_SHOWN} of {len(rows)}; all of them are in inputs.csv."
    if summary["left_out"]:
        yield f"{summary['left_out']} others were left as stated (--inputs)."
    lacking = [row for row in rows if any(one["value"] is None for one in row["found"].values())]
    if lacking:
        names = ", ".join(printable(row["input"], LONGEST_FLOW) for row in lacking[:MOST_SHOWN])
        yield f"n/a for {len(lacking)}: {names}"


def _size(summary: Summary) -> str:
    replications = summary["run"]["replications"]
    return f"{summary['points']:,} points, {replications:,} replications each, the same draws at all."
