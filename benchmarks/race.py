"""Runs entrants in alternation and compares their times: ratios within a round, and how they spread over rounds."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Entrant:
    """Who races: `work(turn)` does `years` years of work; turns are counted so that each meets other chance."""

    name: str
    work: Callable[[int], object]
    years: int = 1


@dataclass(frozen=True, slots=True)
class Spread:
    """A ratio over the rounds of a race."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return median, least and greatest of at least one value."""
        return cls(median(values), min(values), max(values))


def alternate(
    entrants: Sequence[Entrant], rounds: int, clock: Callable[[], float] = perf_counter
) -> dict[str, list[float]]:
    """Let everybody work once in each round, the order turned by one each time; return seconds a year by entrant."""
    seconds: dict[str, list[float]] = {entrant.name: [] for entrant in entrants}
    for turn in range(rounds):
        first = turn % len(entrants)
        for entrant in (*entrants[first:], *entrants[:first]):
            gc.collect()
            begun = clock()
            entrant.work(turn)
            seconds[entrant.name].append((clock() - begun) / entrant.years)
    return seconds


def times_as_fast(seconds: Mapping[str, Sequence[float]], name: str, as_fast_as: str) -> Spread:
    """Return how many times as fast one entrant was as another, round by round."""
    pairs = zip(seconds[name], seconds[as_fast_as], strict=True)
    return Spread.of([theirs / own for own, theirs in pairs])


def times_as_long(seconds: Mapping[str, Sequence[float]], name: str, as_long_as: str) -> Spread:
    """Return how many times as long one entrant took as another, round by round."""
    return times_as_fast(seconds, as_long_as, name)
