"""Arrivals: a process of unit rate, one per flow and replication, read through the flow's cumulative rate.

Arrival n has the same place on the unit line whatever the rate, so growth moves arrivals and keeps
who they are. Places and cumulative rates count in units of 2**-30 of one arrival.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from corridor_sim.errors import ModelError
from corridor_sim.sampling.distributions import Exponential
from corridor_sim.sampling.streams import UNIFORM_BITS, Ints, uniforms
from corridor_sim.sampling.tables import build_sampler, sample_amounts
from corridor_sim.units import Tick

POSITION_BITS = 30
ONE_ARRIVAL = 1 << POSITION_BITS
UNIT_GAP = Exponential(Fraction(1), Fraction(UNIFORM_BITS))
"""Its limit lies beyond the largest gap that a 53-bit uniform can give, 54 ln 2."""
CHUNK_BITS = 8
CHUNKS = 4
LONGEST_SEGMENT_BITS = CHUNKS * CHUNK_BITS
MOST_ARRIVALS_BITS = 54
SPREADS = 6


def unit_positions(
    key: tuple[int, int], replication: npt.ArrayLike, flow_word: int, count: int, noise: bool = True
) -> Ints:
    """Return int64[..., count]: the places of the first `count` arrivals on the line, in 2**-30 arrivals.

    `replication`: an integer, or an array whose axes come first. Without `noise` arrival n, counted from 0,
    stands at n + 1/2.
    """
    numbers = np.arange(count, dtype=np.int64)
    replications = np.asarray(replication, np.int64)[..., np.newaxis]
    if not noise:
        middles = (numbers << POSITION_BITS) + (ONE_ARRIVAL >> 1)
        return np.broadcast_to(middles, (*replications.shape[:-1], count))
    sampler = build_sampler(UNIT_GAP)
    gaps = sample_amounts(sampler, *uniforms(key, replications, flow_word, numbers, 0))
    unit = sampler.one // ONE_ARRIVAL
    return np.cumsum((gaps + (unit >> 1)) // unit, axis=-1)


def cumulative_rate(segments: list[tuple[Tick, Tick, Fraction]]) -> tuple[Ints, Ints]:
    """Return (ticks int64[n + 1], arrivals expected up to each in 2**-30 arrivals, int64[n + 1]).

    `segments`: (from tick, to tick, arrivals a second), in order of time and apart; nothing arrives between
    them. Raises ValueError when they are not so, and ModelError when there are too many arrivals to count.
    """
    corners: list[tuple[Tick, int]] = []
    for start, stop, rate in segments:
        known = corners[-1][1] if corners else 0
        if stop <= start or rate < 0 or (corners and start < corners[-1][0]):
            raise ValueError(f"the segment {start} to {stop} at rate {rate} is empty, negative or out of order")
        # With a corner at the last tick where the sum is a whole number, even spacing is exact up to there.
        period = rate.denominator // math.gcd(rate.denominator, ONE_ARRIVAL)
        exact = start + (stop - start) // period * period
        for tick in (start, exact, stop):
            if not corners or tick > corners[-1][0]:
                corners.append((tick, known + round(rate * (tick - start) * ONE_ARRIVAL)))
        _check_size(corners[-1][1] - known, stop - start)
    ticks, cumulative = zip(*(corners or [(0, 0)]), strict=True)
    return np.array(ticks, np.int64), np.array(cumulative, np.int64)


def _check_size(expected: int, length: Tick) -> None:
    if expected >> MOST_ARRIVALS_BITS or length >> LONGEST_SEGMENT_BITS:
        raise ModelError(
            f"a flow of {expected // ONE_ARRIVAL} arrivals in {length} s is too large to be counted; "
            "lower its rate or shorten its season"
        )


def invert_rate(positions: Ints, segment_ticks: Ints, segment_cumulative: Ints) -> Ints:
    """Return the tick at which the cumulative rate reaches each position, to the nearest tick, ties to even.

    `positions`: int64[...] in 2**-30 arrivals, in any order, below the last of `segment_cumulative`; the
    other two come from `cumulative_rate`. Larger positions never get earlier ticks; one on a level stretch of
    the curve gets its end. Raises ValueError for positions beyond the curve.
    """
    if positions.size and positions.max() >= segment_cumulative[-1]:
        raise ValueError("a position lies beyond the end of the cumulative rate")
    segment = np.searchsorted(segment_cumulative, positions, side="right") - 1
    start = segment_ticks[segment]
    length = segment_ticks[segment + 1] - start
    height = segment_cumulative[segment + 1] - segment_cumulative[segment]
    past = positions - segment_cumulative[segment]
    # past * length overflows, so the length is taken in four chunks of 8 bits, as in long division:
    # past < height < 2**54 and a chunk < 2**8 keep every product below 2**62, and the sum below 2**63.
    ticks, rest = start, np.zeros_like(past)
    for shift in range(LONGEST_SEGMENT_BITS - CHUNK_BITS, -1, -CHUNK_BITS):
        chunk = (length >> shift) & ((1 << CHUNK_BITS) - 1)
        whole, rest = np.divmod((rest << CHUNK_BITS) + past * chunk, height)
        ticks = ticks + (whole << shift)
    twice = rest + rest
    return np.asarray(ticks + ((twice > height) | ((twice == height) & ((ticks & 1) == 1))))


def likely_count(curve: tuple[Ints, Ints]) -> int:
    """Return what the number of arrivals hardly ever exceeds: SPREADS standard deviations above its mean."""
    expected = int(curve[1][-1]) / ONE_ARRIVAL
    return int(expected + SPREADS * math.sqrt(expected)) + SPREADS


def arrival_ticks(
    key: tuple[int, int], replication: int, flow_word: int, curve: tuple[Ints, Ints], noise: bool = True
) -> Ints:
    """Return int64[arrivals]: the ticks of all arrivals of one flow and replication, in order.

    `key` and `flow_word`: see `streams`; `curve`: see `cumulative_rate`.
    """
    ticks, cumulative = curve
    count = likely_count(curve)
    positions = unit_positions(key, replication, flow_word, count, noise)
    while positions[-1] < cumulative[-1]:
        count += count
        positions = unit_positions(key, replication, flow_word, count, noise)
    return invert_rate(positions[: np.searchsorted(positions, cumulative[-1])], ticks, cumulative)
