"""Whether a claimed interval holds: chances over the inputs' ranges, and the verdict by the rules of EVIDENCE.md.

The verdict is about our ignorance of the inputs. Noise of the world only decides whether more replications are needed:
where it is too wide at the stated inputs, or where the chances are not known well enough to say on which side of a
threshold they lie, which is what keeps every other verdict as it is when replications are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf, isfinite, isnan
from typing import Literal

import numpy as np

from corridor_sim.evidence.draws import BOOTSTRAPS, bootstrapped, resampled
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.metamodel import Guess
from corridor_sim.sampling.law import Floats

Word = Literal["supported", "exceeds", "falls short", "contradicted", "inconclusive", "more replications needed"]
SURE = 0.9
UNLIKELY = 0.1
PARTS_OF_WIDTH = 4
"""The noise's half-width may be one part in so many of the claimed width."""
NARROW = 1e-12
"""A standard deviation below this is none."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The interval that a claim names, in the unit of the metric; `high` infinite for "at least `low`"."""

    low: float
    high: float = inf

    def __post_init__(self) -> None:
        """Raise ValueError unless low < high."""
        if isnan(self.low) or isnan(self.high) or self.low >= self.high or self.low == -inf:
            raise ValueError(
                f"a claim from {self.low:g} to {self.high:g}; the lower end must be a number below the upper"
            )

    @property
    def width(self) -> float:
        """High - low; for "at least", the distance of `low` from zero, infinite where that is none."""
        return self.high - self.low if isfinite(self.high) else (abs(self.low) or inf)


@dataclass(frozen=True, slots=True)
class Chances:
    """Probabilities over the inputs' ranges that the expected figure lies there; the first three sum to 1."""

    below: Estimate
    inside: Estimate
    above: Estimate
    at_least: Estimate


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict.

    `by_inputs` is what the chances say whatever the noise; `verdict` is that, or "more replications needed" unless the
    noise is `quiet` and the chances are `firm`. `firm`: no chances within their intervals say otherwise. `quiet`: the
    figure at the stated inputs is resolved and `noise_half_width` of its interval, None where it has none, is at most
    `allowed_half_width`.
    """

    verdict: Word
    by_inputs: Word
    firm: bool
    quiet: bool
    chances: Chances
    noise_half_width: float | None
    allowed_half_width: float


def chances(guess: Guess, claimed: Claimed, seed: int = 0) -> Chances:
    """Return where the expected figure lies over the inputs' ranges, of which the design's points are even draws.

    Intervals resample the points.
    """
    picks = resampled(len(guess.expected), BOOTSTRAPS, seed)
    deviation = np.sqrt(guess.uncertainty)
    under = _under(guess.expected, deviation, claimed.low)
    beyond = 1 - _under(guess.expected, deviation, claimed.high)

    def estimate(each: Floats) -> Estimate:
        return bootstrapped(float(each.mean()), each[picks].mean(axis=1), len(each), 0.0, 1.0)

    return Chances(
        below=estimate(under),
        inside=estimate(1 - under - beyond),
        above=estimate(beyond),
        at_least=estimate(1 - under),
    )


def judge(found: Chances, stated: Estimate, claimed: Claimed) -> Judgement:
    """Return the verdict; `stated` is the figure at the stated inputs, with the interval of the world's noise."""
    by_inputs = verdict_of(found.below.value, found.inside.value, found.above.value)
    firm = all(verdict_of(*corner) == by_inputs for corner in _corners(found))
    half = None if stated.low is None or stated.high is None else (stated.high - stated.low) / 2
    allowed = claimed.width / PARTS_OF_WIDTH
    quiet = half is not None and half <= allowed and stated.resolved
    verdict: Word = by_inputs if quiet and firm else "more replications needed"
    return Judgement(verdict, by_inputs, firm, quiet, found, half, allowed)


def verdict_of(below: float, inside: float, above: float) -> Word:
    """Return what three chances say."""
    if inside >= SURE:
        return "supported"
    if above >= SURE:
        return "exceeds"
    if below >= SURE:
        return "falls short"
    return "contradicted" if inside <= UNLIKELY else "inconclusive"


def _corners(found: Chances) -> Iterator[tuple[float, float, float]]:
    """Yield the chances at the ends of their intervals, in all combinations."""
    below, inside, above = (
        [each.value if end is None else end for end in (each.low, each.high)]
        for each in (found.below, found.inside, found.above)
    )
    yield from product(below, inside, above)


def _under(expected: Floats, deviation: float, bound: float) -> Floats:
    """Return the chance of each point to lie under `bound`."""
    from scipy.special import ndtr

    if not isfinite(bound):
        return np.full(len(expected), float(bound > 0))
    apart = bound - expected
    chance: Floats = np.asarray(apart > 0, np.float64) if deviation <= NARROW else ndtr(apart / deviation)
    return chance
