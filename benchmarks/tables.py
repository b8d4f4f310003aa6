"""Markdown tables, and the section of a docs page that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.race import Spread

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


@dataclass(frozen=True)
class Section:
    """One table with its heading, and remarks under it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str] = field(default=())

    def markdown(self) -> str:
        """Return the section as Markdown."""
        parts = [f"### {self.title}"]
        if self.rows:
            rule = ["---"] + ["---:"] * (len(self.head) - 1)
            parts.append("\n".join("| " + " | ".join(row) + " |" for row in (self.head, rule, *self.rows)))
        return "\n\n".join([*parts, *self.remarks])


def ratio(spread: Spread) -> str:
    """Return a ratio with its range over the rounds."""
    return f"{number(spread.middle)} ({number(spread.low)} to {number(spread.high)})"


def number(value: float) -> str:
    """Return a number with three digits, more where it is larger."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def with_section(page: str, tables: str) -> str:
    """Return a page with the text between its two marks replaced. Raises ValueError where the marks are not there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f'the page needs the lines "{BEGIN}" and "{END}"')
    return f"{before}{BEGIN}\n\n{tables.strip()}\n\n{END}{after}"
