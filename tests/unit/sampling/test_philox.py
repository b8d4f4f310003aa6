"""Philox against the known answers published with Random123."""

import numpy as np
import pytest

from corridor_sim.sampling.philox import philox4x32

ONES = 0xFFFFFFFF
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_known_answers(counter, key, answer):
    assert tuple(int(word) for word in philox4x32(counter, key)) == answer


def test_arrays_give_what_their_elements_give():
    ordinals = np.array([[0, 7], [9, ONES]])
    block = np.array(philox4x32((3, 5, ordinals, 1), (11, 13)))
    for place in np.ndindex(ordinals.shape):
        single = philox4x32((3, 5, int(ordinals[place]), 1), (11, 13))
        assert [int(word[place]) for word in block] == [int(word) for word in single]
