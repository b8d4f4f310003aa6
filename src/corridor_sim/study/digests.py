"""Hashes of what a run is made of: the same model gives the same text, wherever and whenever."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np

from corridor_sim.engine.program import CapacityChange
from corridor_sim.sampling.tables import Sampler, digest

PLAIN = (int, float, str, bool, Fraction, type(None), CapacityChange)


def digest_of(thing: Any) -> str:
    """Return the SHA-256 of dataclasses, containers, numbers, texts and arrays, field by field."""
    total = sha256()
    for piece in _pieces(thing):
        total.update(piece.encode() if isinstance(piece, str) else piece)
        total.update(b"\0")
    return total.hexdigest()


def _pieces(thing: Any) -> list[str | bytes]:
    if isinstance(thing, Sampler):
        return [digest(thing)]
    if isinstance(thing, np.ndarray):
        return [str(thing.shape), np.ascontiguousarray(thing).tobytes()]
    if is_dataclass(thing) and not isinstance(thing, type):
        inner = [(field.name, getattr(thing, field.name)) for field in fields(thing)]
        return [type(thing).__name__, *(piece for pair in inner for part in pair for piece in _pieces(part))]
    if isinstance(thing, dict):
        return ["{", *(piece for pair in thing.items() for part in pair for piece in _pieces(part)), "}"]
    if isinstance(thing, frozenset | set):
        return _pieces(sorted(thing))
    if isinstance(thing, tuple | list) and _is_plain(thing):
        return [repr(thing)]
    if isinstance(thing, tuple | list):
        return ["(", *(piece for part in thing for piece in _pieces(part)), ")"]
    if isinstance(thing, Enum):
        return [thing.name]
    return [repr(thing)]


def _is_plain(things: tuple[Any, ...] | list[Any]) -> bool:
    """Return whether a sequence holds only numbers and words, so that its repr says all; long ones are common."""
    return all(isinstance(one, PLAIN) or (isinstance(one, tuple) and _is_plain(one)) for one in things)
