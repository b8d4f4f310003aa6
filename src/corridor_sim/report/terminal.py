"""Where the screen goes: a terminal with colours and lines, or a pipe that gets plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import IO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = tuple[str, Sequence[str]]
"""A label and a cell for each column."""
Section = tuple[str, Iterable[Row]]
"""A title, which may be empty, and rows."""
COLUMNS = 80
LABEL_COLUMNS = 20
MOST_SIDE_BY_SIDE = 5
WIDEST_CELL = 20
NAME_PART = re.compile(r"[^_\- ]*[_\- ]*")
ASCII_HEAD = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)


class Screen(Console):
    """A console that leaves it to its user what happens when nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        raise BrokenPipeError


def console_for(stream: IO[str]) -> Console:
    """Return a console of at most 80 columns that never reads markup, emoji or numbers in texts."""
    console = Screen(file=stream, markup=False, emoji=False, highlight=False)
    console.width = min(COLUMNS, console.width) if console.is_terminal else COLUMNS
    return console


def side_by_side(
    console: Console, heads: Sequence[Sequence[str]], sections: Iterable[Section], label_columns: int = LABEL_COLUMNS
) -> Table:
    """Return a table with a column per head (lines, the first a name)."""
    lines = console.is_terminal and not console.options.ascii_only
    table = Table(box=box.SIMPLE_HEAD if lines else ASCII_HEAD, padding=0, show_edge=False)
    label_columns = min(label_columns, console.width // 2)
    table.add_column("", width=label_columns, overflow="fold")
    room = min(WIDEST_CELL, (console.width - label_columns) // max(1, len(heads)) - 1)
    for name, *marks in heads:
        head = Text("\n".join([*wrap_name(name, room), *marks]), style="bold")
        table.add_column(head, justify="right", width=room, overflow="fold")
    for title, rows in sections:
        if title:
            table.add_row(Text(title, style="bold"))
        for label, cells in rows:
            table.add_row(Text(f" {label}" if title else label), *map(Text, cells))
    return table


def wrap_name(name: str, width: int) -> list[str]:
    """Return a name in lines of at most `width` cells where it can be broken after "_", "-" or a space."""
    lines = [""]
    for part in NAME_PART.findall(name):
        if lines[-1] and cell_len(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return lines


def chunks(names: Sequence[str], most: int = MOST_SIDE_BY_SIDE) -> list[Sequence[str]]:
    """Return the names in groups, as even as can be, that fit side by side."""
    groups = ceil(len(names) / most)
    cuts = [len(names) * group // max(1, groups) for group in range(groups + 1)]
    return [names[begin:end] for begin, end in pairwise(cuts)]
