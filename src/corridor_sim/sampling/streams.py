"""Streams and entities by name: one draw is a pure function of (seed, replication, stream, entity, visit)."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from corridor_sim.errors import ModelError
from corridor_sim.sampling.philox import WORD_BITS, WORD_MASK, Words, philox4x32

Ints = npt.NDArray[np.int64]

UNIFORM_BITS = 53
"""A draw is an integer k in [0, 2**53) and stands for the open uniform (k + 1/2) / 2**53."""
LOW_WORD_BITS = 11
HIGH_SHIFT = UNIFORM_BITS - WORD_BITS
VISIT_BITS = 16
WORD_BYTES = WORD_BITS // 8
TIE_STREAM = "corridor_sim/tie rank"


def _words_of(text: str, words: int) -> list[int]:
    digest = blake2b(text.encode(), digest_size=words * WORD_BYTES).digest()
    return [int.from_bytes(digest[start : start + WORD_BYTES], "little") for start in range(0, len(digest), WORD_BYTES)]


def stream_key(seed: int, stream: str) -> tuple[int, int]:
    """Return the two 32-bit key words of a stream; `stream` reads "owner/purpose"."""
    first, second = _words_of(f"{seed}/{stream}", 1 + 1)
    return first, second


def name_word(name: str) -> int:
    """Return the 32-bit word that stands for a flow, service or facility in the counter."""
    return _words_of(name, 1)[0]


def uniforms(
    key: tuple[int, int],
    replication: npt.ArrayLike,
    entity_word: npt.ArrayLike,
    ordinal: npt.ArrayLike,
    visit: npt.ArrayLike,
    container: npt.ArrayLike = 0,
) -> tuple[Ints, Ints]:
    """Return two independent arrays of integers k in [0, 2**53) from one Philox call.

    All but `key` (see stream_key) are integers or integer arrays that broadcast together: the replication;
    the name_word of the flow, service or facility; the consignment's number, a scheduled tick or a failure's
    number (modulo 2**32); the entity's earlier draws from this stream; and, where a consignment's containers
    draw one by one, the container's number. Raises ModelError when a visit or container passes 2**16.
    """
    visit, container = np.asarray(visit, np.int64), np.asarray(container, np.int64)
    # The counter has one word for both, so each takes half of it.
    if visit.size and container.size and max(visit.max(), container.max()) >> VISIT_BITS:
        raise ModelError(
            f"a consignment has more than {1 << VISIT_BITS} containers or draws at one step; bound its cycles"
        )
    turn = visit | (container << VISIT_BITS)
    words = philox4x32((_word(replication), _word(entity_word), _word(ordinal), _word(turn)), key)
    return _join(words[0], words[1]), _join(words[1 + 1], words[-1])


def _word(value: npt.ArrayLike) -> Words:
    return (np.asarray(value, np.int64) & WORD_MASK).astype(np.uint64)


def _join(high: Words, low: Words) -> Ints:
    return ((high << np.uint64(HIGH_SHIFT)) | (low >> np.uint64(LOW_WORD_BITS))).astype(np.int64)


def tie_ranks(seed: int, replication: npt.ArrayLike, flow_word: npt.ArrayLike, ordinals: npt.ArrayLike) -> Ints:
    """Return each consignment's tie rank in [0, 2**53), the same in all alternatives (WORLD.md, Order)."""
    return uniforms(stream_key(seed, TIE_STREAM), replication, flow_word, ordinals, 0)[0]


class StreamRegister:
    """Sees to it that no two things of one model share a stream or a counter word."""

    def __init__(self) -> None:
        self._owner_of_stream = {TIE_STREAM: "the tie ranks"}
        self._name_of_word: dict[int, str] = {}

    def claim(self, stream: str, owner: str) -> str:
        """Return `stream` after noting its `owner`. Raises ModelError when another owner has it."""
        holder = self._owner_of_stream.setdefault(stream, owner)
        if holder != owner:
            raise ModelError(f'"{owner}" and "{holder}" both draw from the stream "{stream}"; rename one')
        return stream

    def word(self, name: str) -> int:
        """Return the name_word of `name`. Raises ModelError when another name has the same word."""
        holder = self._name_of_word.setdefault(name_word(name), name)
        if holder != name:
            raise ModelError(f'the names "{name}" and "{holder}" share a random stream; rename one of them')
        return name_word(name)
