"""Reads the numbers of a report page: each stands as `<data value="..." data-at="path in summary.json">text</data>`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

Shown = tuple[str, float, str]
"""Path in summary.json, number, and the text that a reader sees."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Shown] = []
        self._open: list[tuple[str, float, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "data" and "data-at" in said:
            self._open.append((said["data-at"] or "", float(said["value"] or "nan"), []))

    def handle_data(self, data: str) -> None:
        for _, _, parts in self._open:
            parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._open:
            path, value, parts = self._open.pop()
            self.found.append((path, value, " ".join("".join(parts).split())))


def numbers_in_html(html: str) -> list[Shown]:
    """Return every number that a page marks, in the order in which their elements end."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def at_path(tree: Any, path: str) -> Any:
    """Return what stands at "alternatives/1/kpis/transit_p50"; "/" and "~" in keys are "~1" and "~0" (RFC 6901)."""
    for part in path.split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, Mapping):
            tree = tree[key]
        elif isinstance(tree, Sequence):
            tree = tree[int(key)]
        else:
            raise KeyError(path)
    return tree


def wrong_numbers(html: str, summary: Mapping[str, Any]) -> list[str]:
    """Return what a page shows otherwise than the summary: one line for each number that is not the one at its path.

    The path leads to a number, or to an estimate, whose value is meant.
    """
    wrong = []
    for path, value, text in numbers_in_html(html):
        try:
            found = at_path(summary, path)
        except (KeyError, IndexError, ValueError):
            wrong.append(f"{path}: the summary has nothing there, the page says {text!r}")
            continue
        known = found["value"] if isinstance(found, Mapping) else found
        if known != value:
            wrong.append(f"{path}: {known!r} in the summary, {value!r} on the page ({text!r})")
    return wrong
