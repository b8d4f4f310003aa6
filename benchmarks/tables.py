"""Markdown tables, and the section of a docs page that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.race import Spread

BENCHMARKS = "benchmarks"


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
            parts.append("\n".join(_line(row) for row in (self.head, rule, *self.rows)))
        return "\n\n".join([*parts, *self.remarks])


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def ratio(spread: Spread) -> str:
    """Return a ratio with its range over the rounds."""
    return f"{number(spread.middle)} ({number(spread.low)} to {number(spread.high)})"


def number(value: float) -> str:
    """Return a number with three digits, more where it is larger."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def with_section(page: str, tables: str, name: str = BENCHMARKS) -> str:
    """Return a page with the text between the two marks of a name replaced. Raises ValueError where they are not."""
    begins, ends = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.partition(begins)
    _, end, after = rest.partition(ends)
    if not begin or not end:
        raise ValueError(f'the page needs the lines "{begins}" and "{ends}"')
    return f"{before}{begins}\n\n{tables.strip()}\n\n{ends}{after}"
