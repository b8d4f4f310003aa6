"""Rising functions of a tick that stand still or go with it, piece by piece: when something begun then is through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.program import NONE, Ints

FOREVER = 1 << 60
"""The closing tick of what stays open; far from overflow when ticks are added."""
LOST = 1 << 61
"""Later than everything: what is never through."""


@dataclass(frozen=True)
class Pieces:
    """A function of ticks from 0 on: from `start` (rising, the first is 0) it is `value`, and with `slope` 1 it goes
    on with the tick, with 0 it stays. LOST stays LOST."""

    start: Ints
    value: Ints
    slope: Ints

    @staticmethod
    def of(function: Callable[[Ints], Ints], turns: Ints) -> Pieces:
        """Return the pieces of a `function` that changes its way at some of `turns` only; it gives NONE for LOST."""
        start = np.unique(np.concatenate(([0], turns[(turns > 0) & (turns < FOREVER)])))
        last = np.append(start[1:] - 1, start[-1] + 1)
        first_value, last_value = function(start), function(last)
        value = np.where(first_value == NONE, LOST, first_value)
        slope = ((first_value != NONE) & (last_value > first_value)).astype(np.int64)
        return Pieces(start, value, slope).short()

    @staticmethod
    def at_once() -> Pieces:
        """Return the function that is through when it begins."""
        return Pieces(np.array([0]), np.array([0]), np.array([1]))

    def at(self, ticks: Ints) -> Ints:
        """Return the function at each of `ticks`, NONE where it is LOST."""
        value = self.through(ticks)
        return np.where(value >= FOREVER, NONE, value)

    def through(self, ticks: Ints) -> Ints:
        """Return the function at each of `ticks`, LOST or later where it never is."""
        place = np.searchsorted(self.start, ticks, side="right") - 1
        return self.value[place] + self.slope[place] * (ticks - self.start[place])

    def plus(self, ticks: int) -> Pieces:
        """Return the function that is through `ticks` later."""
        return Pieces(self.start, np.where(self.value >= FOREVER, LOST, self.value + ticks), self.slope)

    def then(self, after: Pieces) -> Pieces:
        """Return the function `after` of this one: what begins when this is through."""
        length = np.append(np.diff(self.start), FOREVER)
        lost = self.value >= FOREVER
        low = np.where(lost, 0, self.value)
        high = np.where(self.slope == 1, low + length - 1, low)
        first = np.searchsorted(after.start, low, side="right") - 1
        count = np.searchsorted(after.start, high, side="right") - first
        piece = np.repeat(np.arange(len(self.start)), count)
        inner = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count) + first[piece]
        begin = np.maximum(after.start[inner], low[piece])
        value = after.value[inner] + after.slope[inner] * (begin - after.start[inner])
        return Pieces(
            self.start[piece] + begin - low[piece],
            np.where(lost[piece], LOST, value),
            np.where(lost[piece], 0, after.slope[inner] * self.slope[piece]),
        ).short()

    def or_later(self, other: Pieces) -> Pieces:
        """Return the later of the two at each tick."""
        start = np.union1d(self.start, other.start)
        mine, theirs = self._cut(start), other._cut(start)
        # where one stands still and the other goes on, the later one may change between two starts
        crossing = start + np.abs(mine.value - theirs.value)
        crosses = (mine.slope != theirs.slope) & (crossing < np.append(start[1:], FOREVER))
        start = np.union1d(start, crossing[crosses])
        mine, theirs = self._cut(start), other._cut(start)
        slope = np.where(mine.value > theirs.value, mine.slope, theirs.slope)
        slope = np.where(mine.value == theirs.value, np.maximum(mine.slope, theirs.slope), slope)
        return Pieces(start, np.maximum(mine.value, theirs.value), slope).short()

    def _cut(self, start: Ints) -> Pieces:
        place = np.searchsorted(self.start, start, side="right") - 1
        return Pieces(start, self.through(start), self.slope[place])

    def short(self) -> Pieces:
        """Return the same function without starts at which nothing changes."""
        length = np.diff(self.start)
        goes_on = (self.value[:-1] + self.slope[:-1] * length == self.value[1:]) & (self.slope[1:] == self.slope[:-1])
        keep = np.append(True, ~goes_on)
        return Pieces(self.start[keep], self.value[keep], self.slope[keep])


@dataclass(frozen=True)
class Moments:
    """Certain ticks on their way through such functions: `when` (int64[n], LOST where never) they are through."""

    when: Ints

    def ticks(self) -> Ints:
        """Return when each is through, NONE where it is LOST."""
        return np.where(self.when >= FOREVER, NONE, self.when)

    def plus(self, ticks: int) -> Moments:
        """Return them `ticks` later."""
        return Moments(np.where(self.when >= FOREVER, LOST, self.when + ticks))

    def then(self, after: Pieces) -> Moments:
        """Return when what begins as they are through is through by `after`."""
        lost = self.when >= FOREVER
        return Moments(np.where(lost, LOST, after.through(np.where(lost, 0, self.when))))

    def or_later(self, other: Moments) -> Moments:
        """Return the later of the two."""
        return Moments(np.maximum(self.when, other.when))
