"""Where things were written, and how paths, values and problems with positions are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from corridor_sim.errors import Problem, did_you_mean

FieldPath = tuple[str | int, ...]
"""Keys and list positions from the top of a file down to one value."""

LONGEST_SHOWN = 40
LONGEST_NAME = 80
LONGEST_FILE = 1000
MOST_PROBLEMS = 50
MOST_NAMES_SEARCHED = 1000
_BARE_SEGMENT = re.compile(r'[^."\[\]\s](?:[^."\[\]]*[^."\[\]\s])?')


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: line and column from 1, or 0 if `file` is an argument; `note` adds."""

    file: str
    line: int = 0
    column: int = 0
    note: str = ""


class Located(Protocol):
    """A tree of plain data that knows where each part of it was written (a Document or an Overlay)."""

    @property
    def data(self) -> Any: ...

    @property
    def file(self) -> str: ...

    def locate(self, path: FieldPath, at_key: bool = False) -> Place: ...


def printable(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return `text` on one line: control and invisible characters escaped, at most `longest` characters."""
    if len(text) <= longest and text.isprintable():
        return text
    signs = (sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[: longest + 1])
    escaped = "".join(signs)
    return escaped if len(escaped) <= longest else escaped[: longest - len("...")] + "..."


def shown(value: object) -> str:
    """Return a value of a file as a message shows it: one short line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, dict):
        return "the mapping " + printable(f"{{{', '.join(list(map(str, value))[:LONGEST_SHOWN])}}}")
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return printable(str(value))


def path_text(path: FieldPath) -> str:
    """Return a path as users write it: `routes.rail.steps[2].departs`, `parameters."rail.transit".value`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        name = printable(part, LONGEST_NAME)
        text += ("." if text else "") + (name if _BARE_SEGMENT.fullmatch(name) else f'"{name}"')
    return text


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "x"?)` or nothing; long words and long lists are not searched."""
    if len(word) > LONGEST_NAME:
        return ""
    return did_you_mean(word, [name for name, _ in zip(known, range(MOST_NAMES_SEARCHED), strict=False)])


def capped(problems: Sequence[Problem], uncounted: int = 0) -> list[Problem]:
    """Return the first problems and, if there are more (or `uncounted` others), a line that counts them."""
    kept = list(problems[:MOST_PROBLEMS])
    rest = len(problems) - len(kept) + uncounted
    return [*kept, Problem(f"and {rest} more", file=kept[-1].file)] if kept and rest else kept
