"""Hashes of what a run is made of: the same model gives the same text, wherever and whenever."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np

from corridor_sim.engine.program import CapacityChange
from corridor_sim.sampling.tables import Sampler, digest

DATACLASS = "__dataclass_fields__"
"""Where a dataclass keeps its fields by name; asking `fields` each time takes longer than all the rest."""
SIMPLE = frozenset({int, float, str, bool, Fraction, type(None)})
EXACT = SIMPLE | {CapacityChange}
"""Kinds that are met so often that nothing else is asked about them."""
PLAIN = (int, float, str, bool, Fraction, type(None), CapacityChange)


def digest_of(thing: Any) -> str:
    """Return the SHA-256 of dataclasses, containers, numbers, texts and arrays, field by field."""
    pieces: list[bytes] = []
    _collect(thing, pieces)
    return sha256(b"".join(piece + b"\0" for piece in pieces)).hexdigest()


def _collect(thing: Any, pieces: list[bytes]) -> None:
    """Add what tells one thing from another."""
    kind = type(thing)
    names = getattr(kind, DATACLASS, None)
    if kind in SIMPLE:
        pieces.append(repr(thing).encode())
    elif kind is Sampler:
        pieces.append(digest(thing).encode())
    elif isinstance(thing, np.ndarray):
        pieces += str(thing.shape).encode(), np.ascontiguousarray(thing).tobytes()
    elif names is not None:
        pieces.append(kind.__name__.encode())
        for name in names:
            pieces.append(repr(name).encode())
            _collect(getattr(thing, name), pieces)
    elif isinstance(thing, dict):
        _collect_all("{", (part for pair in thing.items() for part in pair), "}", pieces)
    elif isinstance(thing, frozenset | set):
        _collect(sorted(thing), pieces)
    elif isinstance(thing, tuple | list) and not _is_plain(thing):
        _collect_all("(", thing, ")", pieces)
    else:
        pieces.append((thing.name if isinstance(thing, Enum) else repr(thing)).encode())


def _collect_all(begin: str, things: Iterable[Any], end: str, pieces: list[bytes]) -> None:
    pieces.append(begin.encode())
    for thing in things:
        _collect(thing, pieces)
    pieces.append(end.encode())


def _is_plain(things: tuple[Any, ...] | list[Any]) -> bool:
    """Return whether a sequence holds only numbers and words, so that its repr says all; long ones are common."""
    return all(
        type(one) in EXACT or isinstance(one, PLAIN) or (isinstance(one, tuple) and _is_plain(one)) for one in things
    )
