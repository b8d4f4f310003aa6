"""Integer quantile tables: a 53-bit uniform goes in, a fixed-point number comes out, and no float takes part.

Each continuous part of a distribution has two rows of knots, one for each half of the probability, counted from
its own end: with t = k below the middle and t = 2**53 - 1 - k above it, u = t + 1 runs over [1, 2**52]. A row
has 64 cells for every octave of u, so that the cells shrink in proportion to the probability left in the tail:

    octave = floor(log2 u);  the 26 bits of u below its leading one  =  6 bits of cell, 20 bits of fraction

Between knots the quantile is linear. A knot is the law's quantile in float64, rounded to 26 significant bits:
libm and scipy differ between machines in the last one or two of 53 bits, which moves a knot only where it lies
within 2**-52 of the edge between two such numbers; that happens to about one table in ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from corridor_sim.sampling.distributions import Constant, Distribution, Empirical, Law, Mixture
from corridor_sim.sampling.streams import UNIFORM_BITS, Ints

HALF_BITS = UNIFORM_BITS - 1
CELL_BITS = 6
FRACTION_BITS = 20
PLACE_BITS = CELL_BITS + FRACTION_BITS
KNOTS = (HALF_BITS << CELL_BITS) + 1 + 1
"""Knots in a row; the last is a copy, so that u = 2**52, exactly on the last real knot, has a right neighbour."""
VALUE_BITS = 41
"""Bits of the largest fixed-point value: a step between knots times a fraction then stays below 2**62."""
SIGNIFICANT_BITS = 26
CACHED_SAMPLERS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Sampler:
    """A distribution as integers. Fixed-point values are in units of 1/`one` of the base unit.

    part_upto     int64[parts]            part p is drawn when k2 is below part_upto[p] and no earlier one
    part_table    int64[parts]            its row in `knots`, or -1 where the part is a constant
    part_value    int64[parts]            the constant, fixed point (0 where there is a table)
    knots         int64[tables, 2, KNOTS] quantiles counted from the lower and from the upper end, fixed point
    one           a power of two; mean, largest: in the base unit, the mean exact or snapped as the knots are
    """

    part_upto: Ints
    part_table: Ints
    part_value: Ints
    knots: Ints
    one: int
    mean: Fraction
    largest: Fraction


def cumulative_weights(weights: tuple[Fraction, ...]) -> Ints:
    """Return int64[parts]: the weights summed and scaled so that the last is 2**53 (for `choose`)."""
    total = sum(weights)
    sums = [sum(weights[: place + 1]) for place in range(len(weights))]
    return np.array([round((upto << UNIFORM_BITS) / total) for upto in sums], np.int64)


def choose(upto: Ints, k: Ints) -> Ints:
    """Return the index of the part that each uniform `k` (int64, 53 bits) falls into."""
    return np.searchsorted(upto, k, side="right")


@lru_cache(maxsize=CACHED_SAMPLERS)
def build_sampler(distribution: Distribution) -> Sampler:
    """Return the tables of `distribution`. Raises ValueError when its values are too large to count."""
    one = _one(distribution)
    parts = _flat(distribution, Fraction(1))
    laws = [part for _, part in parts if isinstance(part, Law)]
    rows = iter(range(len(laws)))
    knots = np.array([_knots(law, one) for law in laws], np.int64).reshape(len(laws), 1 + 1, KNOTS)
    mean = distribution.mean()
    sampler = Sampler(
        part_upto=cumulative_weights(tuple(weight for weight, _ in parts)),
        part_table=np.array([next(rows) if isinstance(part, Law) else -1 for _, part in parts], np.int64),
        part_value=np.array(
            [0 if isinstance(part, Law) else _fixed(part.smallest(), one) for _, part in parts], np.int64
        ),
        knots=knots,
        one=one,
        mean=mean if isinstance(mean, Fraction) else Fraction(float(_snapped(np.float64(mean)))),
        largest=distribution.largest(),
    )
    for array in (sampler.part_upto, sampler.part_table, sampler.part_value, sampler.knots):
        array.setflags(write=False)
    return sampler
