"""The words of reports in three scripts: phrases kept as data, names of things, and texts of a scenario.

    phrases/<room>.yaml   key -> words, said as "<room>.<key>"; names.yaml: the English name of a thing -> words

Words are one text for each of LANGUAGES. Nothing is translated by a program: what nobody has put into words is told
as it is written, in every script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from corridor_sim.reading.located import printable

ENGLISH, SIMPLIFIED, HONG_KONG = LANGUAGES = ("en", "zh-Hans", "zh-Hant-HK")
Words = Mapping[str, str]
"""A text in each of LANGUAGES."""
NAMES = "names"
LONGEST_TEXT = 400
ELSE = {ENGLISH: (SIMPLIFIED, HONG_KONG), SIMPLIFIED: (HONG_KONG, ENGLISH), HONG_KONG: (SIMPLIFIED, ENGLISH)}
"""Which text stands in for one that is missing."""


@cache
def room(name: str) -> Mapping[str, Words]:
    """Return the phrases of one file by key."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files(__package__) / "phrases" / f"{name}.yaml").read_text(encoding="utf-8")
    return {str(key): dict(words) for key, words in yaml.load(text, Loader=loader).items()}


def say(phrase: str, **parts: str | Words) -> Words:
    """Return a phrase ("<room>.<key>") with its parts filled in: each a text, or words in each language.

    Raises KeyError for a phrase that nobody has put into words.
    """
    place, _, key = phrase.partition(".")
    words = room(place)[key]
    return {
        language: words[language].format_map({name: in_language(part, language) for name, part in parts.items()})
        for language in LANGUAGES
    }


def in_language(part: str | Words, language: str) -> str:
    """Return a text in one language."""
    return part if isinstance(part, str) else part[language]


def same(text: str) -> Words:
    """Return a text that reads the same in every script, such as a number or a code."""
    return dict.fromkeys(LANGUAGES, text)


def name_words(name: str, own: Mapping[str, Mapping[str, str]] | None = None) -> Words:
    """Return the words of a thing's name: those of its scenario (`own`), else those of the house, else as it is."""
    shown = printable(name, LONGEST_TEXT)
    found = (own or {}).get(name) or room(NAMES).get(name)
    return text_words(found, shown) if found else same(shown)


def as_written(name: str) -> Words:
    """Return a name in English as the scenario writes it, and in Chinese in the words of the house."""
    return {**name_words(name), ENGLISH: same(printable(name, LONGEST_TEXT))[ENGLISH]}


def spaced(words: Words) -> Words:
    """Return a name to be set into a sentence: in Chinese with a space beside Latin letters and digits."""
    return {language: text if language == ENGLISH else _apart(text) for language, text in words.items()}


def _apart(text: str) -> str:
    before, after = (" " if end.isascii() and end.isalnum() else "" for end in (text[:1], text[-1:]))
    return f"{before}{text}{after}"


def text_words(texts: Mapping[str, str] | None, otherwise: str) -> Words:
    """Return a text of a scenario in each language, a missing one in the nearest there is, all on one line."""
    known = {language: text for language, text in (texts or {}).items() if text}
    return {
        language: printable(
            next((known[one] for one in (language, *ELSE[language]) if one in known), otherwise), LONGEST_TEXT
        )
        for language in LANGUAGES
    }


def joined(texts: Iterable[str | Words], between: Words | str = " ") -> Words:
    """Return texts one after the other with something between them."""
    parts = list(texts)
    return {
        language: in_language(between, language).join(in_language(part, language) for part in parts)
        for language in LANGUAGES
    }
