"""A mode map in a terminal: a letter for each way, small where it is not separated from the second."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

import numpy as np
from rich.console import Console
from rich.text import Text

from corridor_sim.reading.located import printable
from corridor_sim.report.breakeven import number_words
from corridor_sim.report.screen import Summary
from corridor_sim.report.sweeps import printable_line
from corridor_sim.report.words import BASES, PER_CENT, text_of

SHOWN_COLUMNS, SHOWN_ROWS = 60, 16
LABEL = 10
LONGEST_NAME, LONGEST_ROUTE = 40, 75


def show_mode_map(summary: Summary, folder: str, console: Console) -> None:
    """Print the map, its letters and where its results are."""
    console.print(Text(text_of(summary["scenario"]["title"]), style="bold"))
    console.print(Text(map_words(summary)))
    console.print()
    for line in (*_letters(summary), "", *_legend(summary), "", *map(printable_line, summary["notes"])):
        console.print(Text(line))
    run, priced = summary["run"], summary["priced"]
    console.print(
        Text(
            f"{run['replications']} replications, the same draws for all; {priced['places']} places priced, "
            "the rest in straight lines between them."
        )
    )
    console.print(Text(f"Results: {folder}"), soft_wrap=True)


def map_words(summary: Summary) -> str:
    """Return what the map shows, such as "plums: lowest total logistics cost per kg (chain)"."""
    base = BASES.get(summary["cost_base"], summary["cost_base"])
    return f"{printable(summary['flow'])}: lowest {base} cost per kg ({summary['perspective']})"


def _letters(summary: Summary) -> Iterator[str]:
    best, separated = np.array(summary["best"]), np.array(summary["separated"])
    columns = np.linspace(0, best.shape[0] - 1, min(SHOWN_COLUMNS, best.shape[0])).round().astype(int)
    rows = np.linspace(0, best.shape[1] - 1, min(SHOWN_ROWS, best.shape[1])).round().astype(int)
    yield "% of value a day"
    for row in rows[::-1]:
        signs = (ascii_uppercase[best[x, row]] for x in columns)
        line = "".join(sign if separated[x, row] else sign.lower() for sign, x in zip(signs, columns, strict=True))
        yield f"{number_words(summary['urgencies'][row]):>{LABEL}} |{line}"
    first, last = number_words(summary["values"][0]), number_words(summary["values"][-1])
    room = len(columns) - len(last)
    yield f"{'':>{LABEL}}  {first:<{room}}{last} CNY/kg"


def _legend(summary: Summary) -> Iterator[str]:
    never = []
    for letter, way in zip(ascii_uppercase, summary["ways"], strict=False):
        name = printable(way["alternative"], LONGEST_NAME)
        if not way["cheapest_share"]:
            never.append(name)
            continue
        cheapest, separated = (way[share] * PER_CENT for share in ("cheapest_share", "separated_share"))
        yield f"{letter}  {name}: {cheapest:.0f} % of the map, {separated:.0f} % separated"
        yield f"   {printable(way['route'], LONGEST_ROUTE)}"
    if never:
        yield f"never cheapest: {', '.join(never)}"
    yield "small letters: cheapest, but not separated from another way"
    own = summary["own"]
    if own["value"] is not None:
        urgency = f", {number_words(own['urgency'])} % a day" if own["urgency"] is not None else ""
        yield f"the scenario's own {printable(summary['flow'])}: {number_words(own['value'])} CNY/kg{urgency}"
