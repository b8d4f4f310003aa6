"""Philox 4x32-10, a counter-based generator: four random words are a pure function of a counter and a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
"""32-bit words, held in 64 bits so that the product of two of them fits."""

WORD_BITS = 32
WORD_MASK = 0xFFFF_FFFF
ROUNDS = 10
MULTIPLIERS = (0xD251_1F53, 0xCD9E_8D57)
KEY_STEPS = (0x9E37_79B9, 0xBB67_AE85)


def philox4x32(
    counter: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike], key: tuple[int, int]
) -> tuple[Words, Words, Words, Words]:
    """Return four arrays of random 32-bit words.

    `counter`: four integers or integer arrays in [0, 2**32) that broadcast together; `key`: two integers in
    [0, 2**32). Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
    """
    shift, mask = np.uint64(WORD_BITS), np.uint64(WORD_MASK)
    multiplier_0, multiplier_1 = map(np.uint64, MULTIPLIERS)
    word_0, word_1, word_2, word_3 = np.broadcast_arrays(*(np.asarray(word, np.uint64) for word in counter))
    key_0, key_1 = key
    for _ in range(ROUNDS):
        product_0, product_1 = multiplier_0 * word_0, multiplier_1 * word_2
        word_0, word_1 = (product_1 >> shift) ^ word_1 ^ np.uint64(key_0), product_1 & mask
        word_2, word_3 = (product_0 >> shift) ^ word_3 ^ np.uint64(key_1), product_0 & mask
        key_0, key_1 = (key_0 + KEY_STEPS[0]) & WORD_MASK, (key_1 + KEY_STEPS[1]) & WORD_MASK
    return np.asarray(word_0), np.asarray(word_1), np.asarray(word_2), np.asarray(word_3)
