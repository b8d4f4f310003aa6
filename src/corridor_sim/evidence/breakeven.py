"""Finds where along one varied value a target holds: asks for points, is told what was found there, and answers.

First a coarse grid, then points around each place where the target starts or stops to hold, until that place is known
far better than its interval. All points are estimated from the same draws, so that the response is a plain function of
the varied value. A stretch that begins and ends between two neighbours of the grid is not seen, unless it is the only
one: where the target holds nowhere (or everywhere), the surroundings of the closest point are looked at too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, isfinite, isnan

from corridor_sim.evidence.intervals import Estimate

TOLERANCE = 1e-4
"""How well a place is known in the end, as a share of the range."""
OF_INTERVAL = 0.2
"""No better than this share of its interval is worth a simulation."""
NARROWING = 32
"""The width of a bracket over the distance of the points asked around where its line crosses."""
PARTS = 4
"""Parts into which a bracket is cut where lines do not tell where the response crosses."""
MOST_ROUNDS = 14
LOOKS_AROUND = 3
"""Rounds of points around the closest one where the target holds nowhere, or everywhere."""
SLOW = 0.5
"""A round that leaves more of the brackets' width than this has not been led by their lines."""

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Target:
    """A level that a response has to reach from below, or to stay under."""

    level: float
    at_least: bool = True

    def margin(self, found: Estimate) -> tuple[float, float | None, float | None]:
        """Return how far the response is on the good side: (value, low, high) of its estimate; negative falls short.

        What is not available falls short by infinitely much.
        """
        ends = (found.low, found.high) if self.at_least else (found.high, found.low)
        value, low, high = (None if end is None else self._signed(end) for end in (found.value, *ends))
        return (-inf if value is None or isnan(value) else value), low, high

    def _signed(self, value: float) -> float:
        return value - self.level if self.at_least else self.level - value


@dataclass(frozen=True, slots=True)
class Edge:
    """Where the target starts or stops to hold.

    `low` and `high` are where the ends of the response's interval reach the target, None where they do not within the
    range; without `has_interval` there is none at all. Of values in steps it is the first or last that holds.
    """

    value: float
    low: float | None
    high: float | None
    has_interval: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values from `start` to `stop` at which the target holds; None where that is the end of the range."""

    start: Edge | None
    stop: Edge | None


@dataclass
class Search:
    """Looks for the stretches in which `target` holds.

    `grid`: rising values to begin with, their ends the range; `step`: 0, or the distance of the values there are, or
    infinite if there are no others than those of the grid. Use: `while places := search.ask(): search.tell(...)`.
    """

    target: Target
    grid: Sequence[float]
    step: float = 0.0
    found: dict[float, Estimate] = field(default_factory=dict)
    _rounds: int = 0
    _looks: int = 0
    _width: float = inf

    def ask(self) -> tuple[float, ...]:
        """Return the values at which the response is wanted next; none when the search is over."""
        missing = tuple(place for place in self.grid if place not in self.found)
        if missing:
            return missing
        self._rounds += 1
        if self._rounds > MOST_ROUNDS:
            return ()
        changes = self._changes()
        wanted = {place for ends in changes for place in self._between(ends)}
        if not changes and self._looks < LOOKS_AROUND:
            self._looks += 1
            wanted = self._around_closest()
        if changes and not wanted:
            wanted = {place for ends in changes for place in self._at_bands(ends)}
        self._width = sum(high - low for low, high in changes)
        return tuple(sorted(wanted - self.found.keys()))

    def tell(self, place: float, found: Estimate) -> None:
        """Take what was found at a value."""
        self.found[place] = found

    def stretches(self) -> tuple[Stretch, ...]:
        """Return the stretches in which the target holds, rising."""
        changes = self._changes()
        edges = [self._edge(ends) for ends in changes]
        open_ended: list[Edge | None] = list(edges)
        if self.holds(self._places()[0]):
            open_ended.insert(0, None)
        if self.holds(self._places()[-1]):
            open_ended.append(None)
        return tuple(Stretch(*open_ended[at : at + 1 + 1]) for at in range(0, len(open_ended), 1 + 1))

    def holds(self, place: float) -> bool:
        """Return whether the target holds at a value that was told."""
        return self._margin(place) >= 0

    def closest(self) -> float:
        """Return the value at which the response is best; of equals the first."""
        return max(self._places(), key=self._margin)

    def weakest(self) -> float:
        """Return the value at which the response is worst; of equals the first."""
        return min(self._places(), key=self._margin)

    def _places(self) -> list[float]:
        return sorted(self.found)

    def _margin(self, place: float) -> float:
        return self.target.margin(self.found[place])[0]

    def _changes(self) -> list[Ends]:
        """Return the neighbours between which the target starts or stops to hold."""
        return [ends for ends in pairwise(self._places()) if self.holds(ends[0]) != self.holds(ends[1])]

    def _between(self, ends: Ends) -> set[float]:
        """Return points inside a bracket, none where it is narrow enough."""
        low, high = ends
        if high - low <= max(self.step, self._tolerance(ends)):
            return set()
        heights = self._margin(low), self._margin(high)
        quick = sum(right - left for left, right in self._changes()) <= SLOW * self._width
        if quick and all(map(isfinite, heights)):
            place = _zero(ends, heights)
            near = (high - low) / NARROWING
            return self._inside(ends, [place - near, place, place + near])
        return self._inside(ends, [low + (high - low) * part / PARTS for part in range(1, PARTS)])

    def _inside(self, ends: Ends, places: Sequence[float]) -> set[float]:
        low, high = ends
        if self.step:
            # a value in steps next to an end still halves what is left
            places = [*(self.grid[0] + round((place - self.grid[0]) / self.step) * self.step for place in places)]
            places = [min(max(place, low + self.step), high - self.step) for place in places]
        return {place for place in places if low < place < high}

    def _tolerance(self, ends: Ends) -> float:
        """Return how narrow a bracket has to be: a small part of the interval of what is in it, or of the range."""
        edge = self._edge(ends)
        least = TOLERANCE * (self.grid[-1] - self.grid[0])
        if edge.low is None or edge.high is None:
            return least
        return max(least, OF_INTERVAL * (edge.high - edge.low))

    def _around_closest(self) -> set[float]:
        """Return the points half-way to the neighbours of the one that is nearest to changing the answer."""
        places = self._places()
        at = places.index(min(places, key=lambda place: abs(self._margin(place))))
        if not 0 < at < len(places) - 1 or self.step > places[-1] - places[0]:
            return set()
        halves = [(places[at - 1], places[at]), (places[at], places[at + 1])]
        wide = [ends for ends in halves if ends[1] - ends[0] > max(self.step, TOLERANCE * (places[-1] - places[0]))]
        return {place for ends in wide for place in self._inside(ends, [sum(ends) / len(ends)])}

    def _at_bands(self, ends: Ends) -> set[float]:
        """Return a point where each end of the interval seems to reach the target, if that is not known well."""
        edge = self._edge(ends)
        if edge.low is None or edge.high is None or self.step:
            return set()
        places, wide = self._places(), OF_INTERVAL * (edge.high - edge.low)
        wanted = set()
        for at in (edge.low, edge.high):
            below = max((place for place in places if place <= at), default=at)
            above = min((place for place in places if place >= at), default=at)
            if min(at - below, above - at) > max(wide, TOLERANCE * (places[-1] - places[0])):
                wanted.add(at)
        return wanted

    def _edge(self, ends: Ends) -> Edge:
        """Return the edge between two neighbours, one of which holds."""
        rising = self.holds(ends[1])
        good = ends[1] if rising else ends[0]
        heights = self._margin(ends[0]), self._margin(ends[1])
        value = good if self.step or not all(map(isfinite, heights)) else _zero(ends, heights)
        bands = [self.target.margin(self.found[place]) for place in ends]
        if any(end is None for _, *band in bands for end in band):
            return Edge(value, None, None, False)
        # beyond the bad end the upper end of the interval falls short too; beyond the good end the lower one holds
        bad = self._reached(ends[0] if rising else ends[1], not rising, upper=True)
        sure = self._reached(good, rising, upper=False)
        return Edge(value, *((bad, sure) if rising else (sure, bad)), True)

    def _reached(self, start: float, upwards: bool, upper: bool) -> float | None:
        """Return where, walking from `start`, the interval's upper end falls short, or its lower end holds.

        Of values in steps: the last before the upper end falls short, or the first at which the lower end holds.
        None where that is not within the range or the interval is missing.
        """
        bands = {place: self.target.margin(found)[1:][upper] for place, found in self.found.items()}
        places = self._places() if upwards else self._places()[::-1]
        way = places[places.index(start) :]
        before = places[places.index(start) - 1]
        for place in way:
            height, height_before = bands[place], bands[before]
            if height is None or height_before is None:
                return None
            if height < 0 if upper else height >= 0:
                if self.step:
                    return before if upper else place
                ends, heights = (before, place), (height_before, height)
                known = all(map(isfinite, heights)) and heights[0] != heights[1]
                return _zero(ends, heights) if known else place
            before = place
        return None


def _zero(ends: Ends, heights: Ends) -> float:
    """Return where the line between two points passes zero."""
    share = heights[0] / (heights[0] - heights[1])
    return ends[0] + (ends[1] - ends[0]) * min(max(share, 0.0), 1.0)
