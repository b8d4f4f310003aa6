"""Whether two models of a corridor give the same answers, so that a race between them is one between equals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance

COMPARED = ("transit_mean", "transit_p90", "on_time", "cost_per_box")
ERRORS, SHARE = 5.0, 0.002
"""Means may differ by so many standard errors of their difference and this share of the value besides."""
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in two models: means over replications and what their difference may be."""

    name: str
    ours: float
    theirs: float
    margin: float

    @property
    def agrees(self) -> bool:
        """Whether the means are as close as they should be."""
        return abs(self.ours - self.theirs) <= self.margin


def differences(ours: Sequence[Figures], theirs: Sequence[Figures]) -> list[Difference]:
    """Return the compared figures of two models from at least two replications of each."""
    found = []
    for name in COMPARED:
        columns = [[figures[name] for figures in side] for side in (ours, theirs)]
        error = sqrt(sum(variance(column) / len(column) for column in columns))
        means = [fmean(column) for column in columns]
        found.append(Difference(name, *means, ERRORS * error + SHARE * abs(means[0])))
    return found
