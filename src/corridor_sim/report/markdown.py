"""Small pieces of Markdown that quote texts of a scenario without reading them as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corridor_sim.reading.located import printable

LONGEST_LINE = 4000


def plain(text: str) -> str:
    """Return a text on one line in which nothing is a tag."""
    return printable(text, LONGEST_LINE).replace("<", "&lt;")


def bullets(texts: Iterable[str]) -> list[str]:
    """Return the lines of a list."""
    return [f"* {plain(text)}" for text in texts]


def table_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(plain(cell).replace("|", "\\|") for cell in line) + " |" for line in lines]
