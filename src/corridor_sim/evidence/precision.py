"""How precise a figure has to be, whether it is, and how many replications that may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite

from corridor_sim.evidence.intervals import Estimate

SAFETY = 1.1
"""A half-width estimated from few replications is itself uncertain."""
LEAST_GROWTH, MOST_GROWTH = 1.25, 4.0
WITHOUT_INTERVAL = 2.0
"""Growth of a round from which no half-width is known."""


@dataclass(frozen=True, slots=True)
class Precision:
    """The largest half-width of an interval: a share of the value's size, or an amount in the figure's own unit."""

    amount: float
    relative: bool

    def reached(self, estimate: Estimate) -> bool:
        """Return whether the interval exists and is narrow enough."""
        half = _half_width(estimate)
        return half is not None and half <= self._target(estimate)

    def growth(self, estimate: Estimate) -> float:
        """Return by what factor replications may have to grow, as half-widths fall with their square root."""
        half, target = _half_width(estimate), self._target(estimate)
        if half is None or not isfinite(target) or target == 0:
            return WITHOUT_INTERVAL
        return (half / target) ** 2

    def _target(self, estimate: Estimate) -> float:
        return self.amount * abs(estimate.value) if self.relative else self.amount


def _half_width(estimate: Estimate) -> float | None:
    if estimate.low is None or estimate.high is None or not isfinite(estimate.high - estimate.low):
        return None
    return (estimate.high - estimate.low) / 2


def next_round(precision: Precision, estimates: Sequence[Estimate], replications: int, cap: int) -> int:
    """Return how many replications to try next; the same number where all are reached or the cap is."""
    wide = [estimate for estimate in estimates if not precision.reached(estimate)]
    if not wide or replications >= cap:
        return replications
    wanted = SAFETY * max(precision.growth(estimate) for estimate in wide)
    return min(cap, ceil(replications * min(max(wanted, LEAST_GROWTH), MOST_GROWTH)))
