"""Where the screen goes: a terminal with colours and lines, or a pipe that gets plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

COLUMNS = 80
LABEL_COLUMNS = 29
MOST_SIDE_BY_SIDE = 4
WIDEST_CELL = 20
ASCII_HEAD = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)


def console_for(stream: IO[str]) -> Console:
    """Return a console of at most 80 columns that never reads markup, emoji or numbers in texts."""
    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    console.width = min(COLUMNS, console.width) if console.is_terminal else COLUMNS
    return console


def side_by_side(
    console: Console, heads: Sequence[Text], sections: Iterable[tuple[str, Iterable[tuple[str, Sequence[str]]]]]
) -> Table:
    """Return a table with a column per head; each section has a title (or none) and rows of (label, cells)."""
    lines = console.is_terminal and not console.options.ascii_only
    table = Table(box=box.SIMPLE_HEAD if lines else ASCII_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    label_columns = min(LABEL_COLUMNS, console.width // 2)
    table.add_column("", width=label_columns, overflow="fold")
    room = (console.width - label_columns) // max(1, len(heads)) - 1
    for head in heads:
        table.add_column(head, justify="right", width=min(WIDEST_CELL, room), overflow="fold")
    for title, rows in sections:
        if title:
            table.add_row(Text(title, style="bold"))
        for label, cells in rows:
            table.add_row(Text(f"  {label}" if title else label), *map(Text, cells))
    return table


def chunks(names: Sequence[str], most: int = MOST_SIDE_BY_SIDE) -> list[Sequence[str]]:
    """Return the names in groups that fit side by side."""
    return [names[start : start + most] for start in range(0, len(names), most)]
