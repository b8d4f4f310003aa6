"""Where the screen goes: a terminal with colours and lines, or a pipe that gets plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import StringIO
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
PADDING = re.compile(r" +$", re.MULTILINE)
NAME_PART = re.compile(r"[^_\- ]*[_\- ]*")
ASCII_HEAD = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)


class Unpadded(StringIO):
    """A pipe that gets no spaces at the ends of lines, which only a terminal's columns need."""

    def __init__(self, stream: IO[str]) -> None:
        """Write to this stream, whole lines at a time."""
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text without the spaces at the ends of its lines."""
        return self._stream.write(PADDING.sub("", text))

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()


class Screen(Console):
    """A console that leaves it to its user what happens when nobody reads on."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        raise BrokenPipeError


def console_for(stream: IO[str]) -> Console:
    """Return a console of at most 80 columns that never reads markup, emoji or numbers in texts."""
    console = Screen(file=stream, markup=False, emoji=False, highlight=False)
    if console.is_terminal:
        console.width = min(COLUMNS, console.width)
        return console
    return Screen(file=Unpadded(stream), markup=False, emoji=False, highlight=False, width=COLUMNS)


def say(console: Console, text: str, hanging: int = 0, style: str = "") -> None:
    """Print a text in lines that fit; those after the first begin `hanging` spaces further in."""
    console.print(paragraph(console, text, console.width, hanging, style))


def paragraph(console: Console, text: str, width: int, hanging: int, style: str = "") -> Text:
    """Return a text in lines of at most `width` cells without spaces at their ends; see `say`."""
    if cell_len(text) <= width and "\n" not in text:
        return Text(text, style=style)
    body = text.lstrip(" ")
    begins = min(len(text) - len(body), width // 2)
    indent = min(begins + hanging, width // 2)
    lines = Text(body, style=style).wrap(console, width - indent)
    for line in lines:
        line.rstrip()
    return Text(" " * begins).append_text(Text(f"\n{' ' * indent}").join(lines))


def side_by_side(
    console: Console, heads: Sequence[Sequence[str]], sections: Iterable[Section], label_columns: int = LABEL_COLUMNS
) -> Table:
    """Return a table with a column per head (lines, the first a name); labels get what room the columns leave."""
    lines = console.is_terminal and not console.options.ascii_only
    table = Table(box=box.SIMPLE_HEAD if lines else ASCII_HEAD, padding=0, show_edge=False)
    told = [(title, [(f" {label}" if title else label, cells) for label, cells in rows]) for title, rows in sections]
    longest = max((cell_len(label) for _, rows in told for label, _ in rows), default=0)
    spare = console.width - len(heads) * (WIDEST_CELL + 1)
    label_columns = min(max(label_columns, min(longest, spare)), console.width // 2)
    table.add_column("", width=label_columns, overflow="fold")
    room = min(WIDEST_CELL, (console.width - label_columns) // max(1, len(heads)) - 1)
    for name, *marks in heads:
        head = Text("\n".join([*wrap_name(name, room), *marks]), style="bold")
        table.add_column(head, justify="right", width=room, overflow="fold")
    for title, rows in told:
        if title:
            table.add_row(Text(title, style="bold"))
        for label, cells in rows:
            table.add_row(paragraph(console, label, label_columns, 1), *map(Text, cells))
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
