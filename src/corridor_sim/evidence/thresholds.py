"""Where a saving changes sign as one parameter varies, with an interval, or that it never does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Literal

from corridor_sim.evidence.intervals import Estimate

Verdict = Literal[
    "worth it below",
    "worth it above",
    "worth it throughout",
    "never worth it",
    "changes several times",
    "not available, some value has no saving",
]


@dataclass(frozen=True, slots=True)
class Crossing:
    """The value of the parameter at which the saving passes zero.

    `value` is None where it does not within `first` to `last`, or where it does more than once. `low` and `high` are
    where the ends of the savings' intervals pass zero, None where they do not within the range.
    """

    verdict: Verdict
    value: float | None
    low: float | None
    high: float | None
    first: float
    last: float

    def words(self, unit: str) -> str:
        """Return the verdict as a sentence, such as "worth it below 36 h (30 to at least 48 h)"."""
        span = f"{self.first:g} to {self.last:g} {unit}"
        if self.value is None:
            return f"{self.verdict} within the range {span}"
        low = f"{self.low:g}" if self.low is not None else f"at most {self.first:g}"
        high = f"{self.high:g}" if self.high is not None else f"at least {self.last:g}"
        return f"{self.verdict} {self.value:g} {unit} ({low} to {high} {unit})"


def find_crossing(values: Sequence[float], savings: Sequence[Estimate]) -> Crossing:
    """Return where the saving passes zero between grid values, by linear interpolation.

    `values` of the varied parameter, in any order, with the `savings` found there; where one of them is not available,
    as where nothing is released, neither is the verdict. Raises ValueError for fewer than two or repeated values.
    """
    grid = sorted(zip(map(float, values), savings, strict=True), key=lambda point: point[0])
    places = [place for place, _ in grid]
    if len(set(places)) != len(places) or len(places) <= 1:
        raise ValueError("a threshold needs at least two different values of the parameter")
    if any(isnan(saving.value) for _, saving in grid):
        return Crossing("not available, some value has no saving", None, None, None, places[0], places[-1])
    found = _zeros(places, [saving.value for _, saving in grid])
    ends = [_end_of(places, [saving.low for _, saving in grid]), _end_of(places, [saving.high for _, saving in grid])]
    if len(found) != 1:
        verdict: Verdict = "changes several times"
        if not found:
            verdict = "worth it throughout" if grid[0][1].value > 0 else "never worth it"
        return Crossing(verdict, None, None, None, places[0], places[-1])
    falling = grid[0][1].value > 0
    low, high = ends if falling else reversed(ends)
    return Crossing("worth it below" if falling else "worth it above", found[0], low, high, places[0], places[-1])


def _end_of(places: list[float], ends: list[float | None]) -> float | None:
    """Return where one end of the intervals passes zero, if it does so once."""
    known = [end for end in ends if end is not None]
    zeros = _zeros(places, known) if len(known) == len(ends) else []
    return zeros[0] if len(zeros) == 1 else None


def _zeros(places: list[float], heights: list[float]) -> list[float]:
    """Return the places at which a broken line goes from above zero to not above, or back."""
    points = list(zip(places, heights, strict=True))
    return [
        x + (next_x - x) * y / (y - next_y) for (x, y), (next_x, next_y) in pairwise(points) if (y > 0) != (next_y > 0)
    ]
