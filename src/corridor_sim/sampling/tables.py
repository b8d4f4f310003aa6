"""Integer quantile tables: a 53-bit uniform goes in, a fixed-point number comes out, and no float takes part.

Each continuous part of a distribution has two rows of knots, one for each half of the probability, counted
from its own end: with t = k below the middle and t = 2**53 - 1 - k above it, u = t + 1 runs over [1, 2**52].
A row has 64 cells for every octave of u, so that cells shrink with the probability left in the tail:

    octave = floor(log2 u);  the 26 bits of u below its leading one  =  6 bits of cell, 20 bits of fraction

Between knots the quantile is linear. A knot is the law's quantile in float64, rounded to 26 significant bits.
The last of 53 bits, in which libm differs between machines, moves a knot only where it lies within 2**-52 of
the edge between two such numbers: in about one table in ten thousand, then by one part in 2**26, and the
table's digest tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from corridor_sim.sampling.distributions import Constant, Distribution, Empirical, Law, Mixture
from corridor_sim.sampling.law import HALF, Floats, exact_mean, snapped
from corridor_sim.sampling.moved import Moved
from corridor_sim.sampling.streams import UNIFORM_BITS, Ints

UNIFORMS = 1 << UNIFORM_BITS
HALF_BITS = UNIFORM_BITS - 1
CELL_BITS = 6
FRACTION_BITS = 20
PLACE_BITS = CELL_BITS + FRACTION_BITS
ENDS = 1 + 1
KNOTS = (HALF_BITS << CELL_BITS) + 1 + 1
"""Knots in a row; the last is a copy: u = 2**52, exactly on the last real knot, needs a right neighbour."""
VALUE_BITS = 41
"""Bits of the largest fixed-point value: a step between knots times a fraction then stays below 2**62."""
CACHED_SAMPLERS = 512
SHARE_BITS = 20
"""A moved table goes a share of 2 x 20 bits of the way: a distance times half of them stays below 2**63."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampler:
    """A distribution as integers. Fixed-point values count units of 1/`one` of the base unit.

    part_upto     int64[parts]            part p is drawn when k2 is below part_upto[p] and no earlier one
    part_table    int64[parts]            its place in `knots`, or -1 where the part is a constant
    part_value    int64[parts]            the constant, fixed point (0 where there is a table)
    knots         int64[tables, 2, KNOTS] quantiles counted from the lower and from the upper end, fixed point
    one           a power of two
    mean, largest in the base unit; the mean is exact, or rounded as the knots are
    """

    part_upto: Ints
    part_table: Ints
    part_value: Ints
    knots: Ints
    one: int
    mean: Fraction
    largest: Fraction


def cumulative_weights(weights: tuple[Fraction, ...]) -> Ints:
    """Return int64[parts] for `choose`: the weights (above 0) summed and scaled; the last is 2**53."""
    sums = list(accumulate(weights))
    return np.array([round(upto / sums[-1] * UNIFORMS) for upto in sums], np.int64)


def choose(upto: Ints, k: npt.ArrayLike) -> Ints:
    """Return the index of the part that each uniform `k` (int64 in [0, 2**53)) falls into."""
    return np.asarray(np.searchsorted(upto, k, side="right"), np.int64)


@lru_cache(maxsize=CACHED_SAMPLERS)
def build_sampler(distribution: Distribution) -> Sampler:
    """Return the tables of `distribution`. Raises ValueError when its values are too large to be counted."""
    if isinstance(distribution, Moved):
        return _moved(distribution)
    one = _one(distribution)
    weights, parts = zip(*_parts(distribution), strict=True)
    laws = [part for part in parts if isinstance(part, Law)]
    is_law = np.array([isinstance(part, Law) for part in parts])
    arrays = (
        cumulative_weights(weights),
        np.where(is_law, np.cumsum(is_law) - 1, -1).astype(np.int64),
        np.array([0 if isinstance(part, Law) else _fixed(part.value, one) for part in parts], np.int64),
        np.array([_knots(law, one) for law in laws], np.int64).reshape(len(laws), ENDS, KNOTS),
    )
    for array in arrays:
        array.setflags(write=False)
    return Sampler(*arrays, one, exact_mean(distribution), distribution.largest())


def _moved(moved: Moved) -> Sampler:
    """Return the tables of a moved law: those of the law itself, each knot moved in integer arithmetic."""
    base = build_sampler(moved.law)
    one = min(base.one, _one_up_to(abs(moved.end)))
    parts = [part for _, part in _parts(moved.law)]
    values = [0 if isinstance(part, Law) else _fixed(moved.of(part.value), one) for part in parts]
    knots = base.knots >> (base.one.bit_length() - one.bit_length())
    arrays = np.array(values, np.int64), _gone(knots, moved, one)
    for array in arrays:
        array.setflags(write=False)
    return Sampler(base.part_upto, base.part_table, *arrays, one, moved.mean(), moved.largest())


def _gone(knots: Ints, moved: Moved, one: int) -> Ints:
    """Return knots (fixed point) gone the moved law's share of the way to its end; what rises goes on rising.

    Knots and end have VALUE_BITS each, so that a distance has one more.
    """
    end, share = _floor(moved.end * one), _floor(moved.weight * (1 << SHARE_BITS + SHARE_BITS))
    high, low = share >> SHARE_BITS, share & ((1 << SHARE_BITS) - 1)
    distance = np.abs(end - knots)
    gone = (distance * high + (distance * low >> SHARE_BITS)) >> SHARE_BITS
    return np.asarray(knots + gone if moved.end >= moved.law.largest() else knots - gone)


def outline(distribution: Distribution) -> Sampler:
    """Return a Sampler that knows mean and limit but has no tables: enough to check a model, not to draw with noise."""
    none, knots = np.zeros(0, np.int64), np.zeros((0, ENDS, KNOTS), np.int64)
    return Sampler(none, none, none, knots, _one(distribution), exact_mean(distribution), distribution.largest())


def _parts(distribution: Distribution) -> list[tuple[Fraction, Constant | Law]]:
    """Return the distribution as weighted constants and laws; an empirical one by rising value."""
    match distribution:
        case Mixture(parts):
            total = sum(weight for weight, _ in parts)
            return [(weight / total * share, leaf) for weight, part in parts for share, leaf in _parts(part)]
        case Empirical(values, weights):
            total = sum(weights)
            measured = sorted(zip(values, weights, strict=True))
            return [(weight / total, Constant(value)) for value, weight in measured]
        case Law() if distribution.smallest() < distribution.largest():
            return [(Fraction(1), distribution)]
        case _:
            return [(Fraction(1), Constant(distribution.smallest()))]


def _one(distribution: Distribution) -> int:
    return _one_up_to(max(abs(distribution.smallest()), abs(distribution.largest())))


def _one_up_to(largest: Fraction) -> int:
    spare_bits = VALUE_BITS - int(largest).bit_length()
    if spare_bits < 0:
        raise ValueError(f"values up to {float(largest):g} are too large to be drawn; use a larger unit or a max")
    return 1 << spare_bits


def _fixed(value: Fraction, one: int) -> int:
    """Return the fixed-point number below `value`, with its last bit set where digits were lost.

    Rounded to odd in this way, a value never lands on a tie it was not on, and `to_whole` rounds it as if it
    were exact.
    """
    scaled = value * one
    below = _floor(scaled)
    return below | (below != scaled)


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


@lru_cache(maxsize=1)
def _knot_tails() -> Floats:
    """Return float64[KNOTS]: the tail probability of each knot, (u - 1/2) / 2**53."""
    place = np.arange(KNOTS - 1)
    cells = 1 << CELL_BITS
    u = np.ldexp(1 + (place % cells) / cells, place // cells)
    return (np.append(u, u[-1]) - float(HALF)) / UNIFORMS


def _knots(law: Law, one: int) -> Ints:
    """Return int64[2, KNOTS]: the law's quantiles from both ends, fixed point."""
    ends = np.array([law.quantile(_knot_tails(), upper) for upper in (False, True)])
    inside = np.clip(snapped(ends), float(law.smallest()), float(law.largest()))
    return np.rint(inside * one).astype(np.int64)


def interpolate(knots: Ints, table: npt.ArrayLike, k: npt.ArrayLike) -> Ints:
    """Return fixed-point draws.

    `knots`: int64[tables, 2, KNOTS]; `table` and `k`: integers that broadcast together, the table to use and
    the uniform in [0, 2**53).
    """
    k, table = np.asarray(k, np.int64), np.asarray(table, np.int64)
    upper = k >> HALF_BITS
    u = np.where(upper, UNIFORMS - k, k + 1)
    # frexp gives the place of the leading bit exactly, because u has at most 53 bits.
    octave = np.frexp(u.astype(np.float64))[1].astype(np.int64) - 1
    below_leading = u - (np.int64(1) << octave)
    place = below_leading >> np.maximum(octave - PLACE_BITS, 0) << np.maximum(PLACE_BITS - octave, 0)
    cell = (octave << CELL_BITS) + (place >> FRACTION_BITS)
    fraction = place & ((1 << FRACTION_BITS) - 1)
    start = knots[table, upper, cell]
    step = (knots[table, upper, cell + 1] - start) * fraction
    return np.asarray(start + ((step + (1 << FRACTION_BITS >> 1)) >> FRACTION_BITS))


def sample_amounts(sampler: Sampler, k1: npt.ArrayLike, k2: npt.ArrayLike, noise: bool = True) -> Ints:
    """Return fixed-point draws, in units of 1/`sampler.one` of the base unit.

    `k1`, `k2`: integers in [0, 2**53) that broadcast together (see `streams.uniforms`). k2 picks the part of
    a mixture or the value of an empirical distribution, k1 the value within a continuous part. Without
    `noise` every draw is the mean.
    """
    k1, k2 = np.broadcast_arrays(np.asarray(k1, np.int64), np.asarray(k2, np.int64))
    if not noise:
        return np.full(k1.shape, _fixed(sampler.mean, sampler.one), np.int64)
    part = choose(sampler.part_upto, k2)
    table, value = sampler.part_table[part], sampler.part_value[part]
    if not len(sampler.knots):
        return value
    return np.where(table < 0, value, interpolate(sampler.knots, np.maximum(table, 0), k1))


def sample_ticks(sampler: Sampler, k1: npt.ArrayLike, k2: npt.ArrayLike, noise: bool = True) -> Ints:
    """Return drawn durations in ticks, rounded half to even, at least 1; arguments as of sample_amounts."""
    return to_whole(sample_amounts(sampler, k1, k2, noise), sampler.one, 1)


@lru_cache(maxsize=CACHED_SAMPLERS)
def mean_ticks(sampler: Sampler) -> int:
    """Return the mean of a duration in ticks, which every draw without noise is."""
    return int(sample_ticks(sampler, 0, 0, noise=False))


def to_whole(values: Ints, one: int, least: int) -> Ints:
    """Round fixed-point `values` (units of 1/`one`, a power of two) half to even, to at least `least`."""
    whole, rest = values >> (one.bit_length() - 1), values & (one - 1)
    twice = rest + rest
    up = (twice > one) | ((twice == one) & ((whole & 1) == 1))
    return np.asarray(np.maximum(whole + up, least))


def digest(sampler: Sampler) -> str:
    """Return the SHA-256 of everything that decides a draw, for the manifest."""
    arrays = (sampler.part_upto, sampler.part_table, sampler.part_value, sampler.knots)
    state = sha256(f"{sampler.one} {sampler.mean} {[array.shape for array in arrays]}".encode())
    for array in arrays:
        state.update(array.astype("<i8").tobytes())
    return state.hexdigest()
