"""Words and numbers as HTML: every text in all scripts, every number with the place in the summary it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from corridor_sim.report.script.words import LANGUAGES, Words, room, same
from corridor_sim.report.waterfall import signed
from corridor_sim.report.words import Figure, Unit, interval_text, number

Told = Mapping[str, Markup]
"""Words as HTML: each already escaped."""


NOT_RESOLVED_MARK = Markup('<span class="mark" aria-hidden="true">*</span>')
"""Stands behind a figure whose rare events were met too seldom."""


class Numbers:
    """Writes the figures of a summary as `<data>` elements that name their place in it."""

    def __init__(self, summary: Mapping[str, Any]) -> None:
        self._summary = summary

    @cached_property
    def _places(self) -> dict[int, str]:
        return {id(figure): place for place, figure in _figures(self._summary, "")}

    def text(self, figure: Figure | None, unit: Unit, sign: bool = False) -> Markup:
        """Return an estimate with its interval, a dash where there is none; `sign` shows a plus."""
        if figure is None or figure["value"] is None:
            return Markup("–")
        shown = signed(figure, unit) if sign else interval_text(figure, unit)
        mark = "" if figure.get("resolved", True) else NOT_RESOLVED_MARK
        return self._data(figure["value"], self._places.get(id(figure), ""), shown) + mark

    def plain(self, value: float, place: str, unit: Unit) -> Markup:
        """Return a number of the summary that is no estimate; `place` is its path."""
        return self._data(value, place, number(value, unit))

    def _data(self, value: float, place: str, shown: str) -> Markup:
        return Markup('<data value="{}" data-at="{}">{}</data>').format(repr(value), place, shown)


def _figures(tree: Any, place: str) -> Iterator[tuple[str, Figure]]:
    """Yield every estimate below a part of the summary, with its path."""
    if isinstance(tree, Mapping):
        if "value" in tree and "low" in tree:
            yield place, tree
        for key, part in tree.items():
            yield from _figures(part, f"{place}/{key}" if place else str(key))
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        for number_, part in enumerate(tree):
            yield from _figures(part, f"{place}/{number_}")


def spans(words: Words | str) -> Markup:
    """Return words as one element for each script, of which the page shows one; a text alone where all are the same."""
    told = same(words) if isinstance(words, str) else words
    if len({told[language] for language in LANGUAGES}) == 1:
        return escape(told[LANGUAGES[0]])
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, told[language]) for language in LANGUAGES
    )


def tell(phrase: str, **parts: str | Words | Markup) -> Told:
    """Return a phrase ("<room>.<key>") as HTML, its parts escaped but for those that are markup already."""
    place, _, key = phrase.partition(".")
    texts = room(place)[key]
    return {
        language: Markup(texts[language]).format(
            **{name: part if isinstance(part, str) else part[language] for name, part in parts.items()}
        )
        for language in LANGUAGES
    }
