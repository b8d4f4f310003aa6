"""What a sheet of the workbook is before it is written: its columns and lines, with words in every language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from corridor_sim.report.script.words import Words, room, say
from corridor_sim.report.words import PER_CENT, Figure, Unit

Value = str | Words | float | bool | None
"""What stands in a cell: a text, words in each language, a number, yes or no, or nothing."""


@dataclass(frozen=True)
class Shown:
    """A value with its looks: the unit of a number, a colour behind it, faint for what is not resolved, a live link."""

    value: Value
    unit: Unit | None = None
    fill: str = ""
    weak: bool = False
    link: bool = False


Cell = Value | Shown


@dataclass(frozen=True)
class Line:
    """One line of cells; `bold` for totals and titles."""

    cells: Sequence[Cell]
    bold: bool = False


@dataclass(frozen=True)
class Column:
    """The head of a column: its title, the unit of its numbers, and a note that a reader can open."""

    title: Words
    unit: Unit | None = None
    note: Words | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines above the table, heads over several columns, the table, and lines below it.

    `key` is that of its phrases ("excel.sheet_<key>", "excel.says_<key>"); `frozen` is how many columns stay in sight;
    `groups` are (title, first column, last column).
    """

    key: str
    columns: Sequence[Column]
    lines: Iterable[Line]
    above: Sequence[Line] = ()
    below: Sequence[Line] = ()
    groups: Sequence[tuple[Words, int, int]] = ()
    frozen: int = 1

    @property
    def title(self) -> Words:
        """Return its name."""
        return say(f"excel.sheet_{self.key}")

    @property
    def says(self) -> Words:
        """Return what it holds."""
        return say(f"excel.says_{self.key}")


@dataclass
class Cuts:
    """What did not fit: how many texts were shortened, and how many lines are missing by sheet."""

    texts: int = 0
    lines: dict[str, int] = field(default_factory=dict)


def column(key: str, unit: Unit | None = None, **parts: str | Words) -> Column:
    """Return the column of a phrase "excel.col_<key>", with its note "excel.note_<key>" where there is one."""
    note = f"note_{key}"
    return Column(say(f"excel.col_{key}", **parts), unit, say(f"excel.{note}") if note in room("excel") else None)


def known(value: Any) -> float | None:
    """Return a number, None where there is none (missing, NaN or infinite)."""
    return None if value is None or not isfinite(value) else float(value)


def in_cell(value: float, unit: Unit) -> float:
    """Return a number as a cell holds it: a share stays one, because its format shows it in per cent."""
    return value if unit.factor == PER_CENT else value * unit.factor


def number_format(unit: Unit) -> str:
    """Return the format under which a number in a cell reads as `report.words.number` writes it."""
    digits = "." + "0" * unit.decimals if unit.decimals else ""
    if unit.factor == PER_CENT:
        return f"0{digits}%"
    return f'0{digits}"%"' if unit.words == "%" else f"#,##0{digits}"


def quantity(value: Any, unit: Unit, weak: bool = False) -> Shown:
    """Return a number of the summary or a table in its unit, nothing where it is not known."""
    number = known(value)
    return Shown(None if number is None else in_cell(number, unit), unit, weak=weak)


def interval(figure: Figure | None, unit: Unit) -> list[Cell]:
    """Return value, low and high of an estimate; faint where it is not resolved."""
    if figure is None:
        return [None] * len(ENDS)
    return [quantity(figure[end], unit, weak=not figure["resolved"]) for end in ENDS]


ENDS = ("value", "low", "high")
