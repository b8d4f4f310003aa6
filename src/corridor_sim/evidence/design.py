"""One design for all doubt: scrambled Sobol points over what moves together, and each input's value at each point.

An input lies in its range by a PERT law around what is stated, or anywhere in it with the same density where nothing
is. Inputs of a group share one coordinate, so that all are low together. Pure: nothing is played here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import log2

import numpy as np

from corridor_sim.engine.program import Ints
from corridor_sim.sampling.distributions import PERT_LAMBDA
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.doubts import Doubt

POINTS = 1024
"""Points of the whole design (EVIDENCE.md)."""
STEPS_OF_A_RANGE = 1_000_000
"""A value stands at a whole number of so many steps from low to high: exact, and free of the last bits of libm."""
HALF_STEP = 0.5
"""Sobol points are 0 or more; half a step of their grid above, none stands on an end."""
GRID_BITS = 30


@dataclass(frozen=True)
class DoubtDesign:
    """Points over inputs in doubt.

    `x`: float64[points, coordinates], uniforms in (0, 1); `coordinates` their names, those of groups or single inputs;
    `inputs` what is in doubt; `coordinate`: int64[inputs], the coordinate each input moves with; `steps`:
    int64[points, inputs], where its value stands in its range, in 1/STEPS_OF_A_RANGE.
    """

    x: Floats
    coordinates: tuple[str, ...]
    inputs: tuple[Doubt, ...]
    coordinate: Ints = field(repr=False)
    steps: Ints = field(repr=False)

    def at(self, point: int) -> dict[str, Fraction]:
        """Return the value of every input at a point, in base units."""
        return {
            one.name: one.low + (one.high - one.low) * Fraction(step, STEPS_OF_A_RANGE)
            for one, step in zip(self.inputs, self.steps[point].tolist(), strict=True)
        }

    @property
    def values(self) -> Floats:
        """float64[points, inputs]: all values in base units."""
        low, high = (np.array([float(end) for end in ends]) for ends in zip(*map(_ends, self.inputs), strict=True))
        return np.asarray(low + (high - low) * self.steps / STEPS_OF_A_RANGE)


def _ends(one: Doubt) -> tuple[Fraction, Fraction]:
    return one.low, one.high


def coordinates_of(inputs: Sequence[Doubt]) -> dict[str, int]:
    """Return the number of each coordinate by its name, in the order in which inputs need them."""
    found: dict[str, int] = {}
    for one in inputs:
        found.setdefault(one.coordinate, len(found))
    return found


def lay_out_doubt(inputs: Sequence[Doubt], points: int = POINTS, seed: int = 1) -> DoubtDesign:
    """Return a design of so many points (a power of two), scrambled by `seed`.

    Raises ValueError where nothing is in doubt, or for another number of points.
    """
    if not inputs:
        raise ValueError("no input is in doubt; give at least one value a range")
    if points < 1 or points & (points - 1):
        raise ValueError(f"{points} points: expected a power of two, such as {POINTS}")
    from scipy.stats.qmc import Sobol

    numbers = coordinates_of(inputs)
    grid = Sobol(len(numbers), scramble=True, bits=GRID_BITS, seed=seed).random_base2(round(log2(points)))
    return at_uniforms(inputs, np.asarray(grid + HALF_STEP / (1 << GRID_BITS)))


def at_uniforms(inputs: Sequence[Doubt], x: Floats) -> DoubtDesign:
    """Return the design whose points are `x`: float64[points, coordinates], the columns as of `coordinates_of`."""
    numbers = coordinates_of(inputs)
    coordinate = np.array([numbers[one.coordinate] for one in inputs], np.int64)
    columns = [share_of_range(one, x[:, number]) for one, number in zip(inputs, coordinate, strict=True)]
    steps = np.rint(np.column_stack(columns) * STEPS_OF_A_RANGE).astype(np.int64)
    return DoubtDesign(x, tuple(numbers), tuple(inputs), coordinate, steps)


def share_of_range(one: Doubt, uniforms: Floats) -> Floats:
    """Return where in its range (0 low, 1 high) an input stands at uniforms in (0, 1): the quantiles of its law."""
    width = one.high - one.low
    if not width:
        return np.zeros_like(uniforms)
    from scipy.stats import beta

    to_mode = float(PERT_LAMBDA * (one.mode - one.low) / width)
    return np.asarray(beta.ppf(uniforms, 1 + to_mode, 1 + PERT_LAMBDA - to_mode))


def at_shares(inputs: Sequence[Doubt], shares: Mapping[str, float]) -> dict[str, Fraction]:
    """Return the values of the inputs of some coordinates at a share (0 low to 1 high) of their ranges."""
    return {
        one.name: one.low
        + (one.high - one.low) * Fraction(round(shares[one.coordinate] * STEPS_OF_A_RANGE), STEPS_OF_A_RANGE)
        for one in inputs
        if one.coordinate in shares
    }
