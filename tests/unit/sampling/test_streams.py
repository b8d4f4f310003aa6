"""Streams: what a draw depends on and what it does not."""

import hashlib

import numpy as np
import pytest

from corridor_sim.errors import ModelError
from corridor_sim.sampling.philox import philox4x32
from corridor_sim.sampling.streams import StreamRegister, name_word, stream_key, tie_ranks, uniforms

KEY = stream_key(1, "customs/inspection")
FLOW = name_word("fruit")


def test_key_is_blake2b_of_seed_and_stream():
    digest = hashlib.blake2b(b"1/customs/inspection", digest_size=8).digest()
    assert KEY[0] + (KEY[1] << 32) == int.from_bytes(digest, "little")
    assert name_word("fruit") == int.from_bytes(hashlib.blake2b(b"fruit", digest_size=4).digest(), "little")


def test_the_two_uniforms_are_the_leading_53_bits_of_the_word_pairs():
    words = [int(word) for word in philox4x32((2, FLOW, 17, 3), KEY)]
    k1, k2 = uniforms(KEY, 2, FLOW, 17, 3)
    assert int(k1) == ((words[0] << 32) + words[1]) >> 11
    assert int(k2) == ((words[2] << 32) + words[3]) >> 11


def test_draws_do_not_depend_on_block_size():
    whole = uniforms(KEY, 4, FLOW, np.arange(1000), 0)[0]
    blocks = [uniforms(KEY, 4, FLOW, np.arange(start, start + 125), 0)[0] for start in range(0, 1000, 125)]
    assert whole.tolist() == np.concatenate(blocks).tolist()


def test_the_first_n_of_2n_replications_are_the_n():
    ordinals = np.arange(20)
    ten = uniforms(KEY, np.arange(10)[:, None], FLOW, ordinals, 0)[0]
    twenty = uniforms(KEY, np.arange(20)[:, None], FLOW, ordinals, 0)[0]
    assert twenty[:10].tolist() == ten.tolist()


def test_every_coordinate_changes_the_draw():
    draws = [
        uniforms(KEY, 1, FLOW, 1, 1),
        uniforms(stream_key(2, "customs/inspection"), 1, FLOW, 1, 1),
        uniforms(stream_key(1, "customs/duration"), 1, FLOW, 1, 1),
        uniforms(KEY, 2, FLOW, 1, 1),
        uniforms(KEY, 1, name_word("steel"), 1, 1),
        uniforms(KEY, 1, FLOW, 2, 1),
        uniforms(KEY, 1, FLOW, 1, 2),
        uniforms(KEY, 1, FLOW, 1, 1, container=1),
    ]
    assert len({int(k) for pair in draws for k in pair}) == 2 * len(draws)


def test_uniforms_are_even_and_uncorrelated():
    from scipy.stats import kstest, pearsonr

    k1, k2 = (k / 2.0**53 for k in uniforms(KEY, np.arange(50)[:, None], FLOW, np.arange(1000), 0))
    assert k1.min() >= 0
    assert k1.max() < 1
    assert kstest(k1.ravel(), "uniform").pvalue > 0.001
    assert kstest(k2.ravel(), "uniform").pvalue > 0.001
    assert pearsonr(k1.ravel(), k2.ravel()).pvalue > 0.001
    assert pearsonr(k1[:-1].ravel(), k1[1:].ravel()).pvalue > 0.001


@pytest.mark.parametrize("place", ["visit", "container"])
def test_a_visit_too_many_is_an_error_not_another_containers_draw(place):
    with pytest.raises(ModelError, match="65536 containers or draws"):
        uniforms(KEY, 0, FLOW, 0, **{"visit": 0, place: 2**16})


def test_tie_ranks_are_the_same_for_all_alternatives_and_favour_no_flow():
    ordinals = np.arange(20_000)
    fruit, steel = (tie_ranks(1, 0, name_word(name), ordinals) for name in ("fruit", "steel"))
    assert fruit[:5].tolist() == tie_ranks(1, 0, name_word("fruit"), np.arange(5)).tolist()
    assert abs((fruit < steel).mean() - 0.5) < 4 * 0.5 / np.sqrt(20_000)


def test_register_refuses_a_stream_with_two_owners():
    register = StreamRegister()
    assert register.claim("gate/duration", "gate of Qinzhou") == "gate/duration"
    register.claim("gate/duration", "gate of Qinzhou")
    with pytest.raises(ModelError, match='"gate of Hong Kong" and "gate of Qinzhou" both draw'):
        register.claim("gate/duration", "gate of Hong Kong")


def test_register_refuses_two_names_of_one_word():
    # Found by trying names in turn: the first two of "flow 0", "flow 1", ... that share their 32 bits.
    first, second = "flow 10793", "flow 40563"
    assert name_word(first) == name_word(second)
    register = StreamRegister()
    assert register.word(first) == register.word(first) == name_word(first)
    with pytest.raises(ModelError, match="share a random stream"):
        register.word(second)
