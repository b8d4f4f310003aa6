"""The field's corridor indicators: CAREC's TFI1-TFI4, time over distance, and the intervals of a Time Release Study.

CAREC: Asian Development Bank, Corridor Performance Measurement and Monitoring, annual reports (four trade facilitation
indicators). Time/cost-distance: United Nations ESCAP's method of legs and nodes. Time release: World Customs
Organization, Guide to Measure the Time Required for the Release of Goods, version 3 (2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.program import NONE, Ints
from corridor_sim.evidence.compare import Replications
from corridor_sim.evidence.intervals import Estimate, Pool, pooled, quantile, ratio_of_sums
from corridor_sim.metrics.releases import PASSAGES
from corridor_sim.metrics.times import NEVER, Whole
from corridor_sim.sampling.law import Floats
from corridor_sim.units import SECONDS_PER_HOUR

SECTION_KM, SECTION_TONNES = 500, 20
"""The corridor section and the cargo for which TFI3 is told."""
MEDIAN, NINETIETH, NINETY_FIFTH = 0.5, 0.9, 0.95
FIFTH = 1 - NINETY_FIFTH
DECIDED = "decided"
INTERVALS = {
    "lodgement to acceptance": ("arrived", "accepted"),
    "acceptance to inspection": ("accepted", "inspected_from"),
    "inspection": ("inspected_from", "inspected_to"),
    "decision to release": (DECIDED, "released"),
    "arrival to release": ("arrived", "released"),
}
"""Interval -> the moments between which it lies; "decided" is the end of the inspection, or acceptance without one."""


def passage_hours(reps: Replications, steps: Sequence[str]) -> Estimate:
    """Return the mean hours of a passage of customs steps (their names in `details`): TFI1, time to clear a border."""
    return _over(reps, [(f"{step}/hours", 0, 1.0) for step in steps], [(f"{step}/hours", 1, 1.0) for step in steps])


def speed(reps: Replications, km: Mapping[str, float], delays: bool) -> Estimate:
    """Return km/h over steps, by their `km`: TFI4, with delay (all time) or without (time in motion only).

    Of the finished passages of all measured consignments: kilometres of all together over hours of all together.
    """
    hours = "hours" if delays else "travelling_hours"
    made = [(f"{step}/hours", 1, length) for step, length in km.items() if length]
    return _over(reps, made, [(f"{step}/{hours}", 0, 1.0) for step in km])


def section_cost(cny_by_flow: Sequence[Floats], tonnes_by_flow: Sequence[Floats], km: Floats) -> Estimate:
    """Return the cost of a corridor section, per 500 km and 20 tonnes: TFI3.

    `cny_by_flow`, `tonnes_by_flow`: by replication, float64[flows]; `km` float64[flows] of each flow's way. Flows
    without kilometres do not count.
    """
    far = km > 0
    cny = [float(row[far].sum()) for row in cny_by_flow]
    tonne_km = [float((row * km)[far].sum()) for row in tonnes_by_flow]
    return ratio_of_sums(cny, [each / (SECTION_KM * SECTION_TONNES) for each in tonne_km])


def _over(
    reps: Replications, above: Sequence[tuple[str, int, float]], below: Sequence[tuple[str, int, float]]
) -> Estimate:
    """Return a ratio of weighted sums of details: (name, 0 for its numerator or 1 for its denominator, weight)."""

    def total(parts: Sequence[tuple[str, int, float]]) -> list[float]:
        return [sum(rep.details[name][side] * weight for name, side, weight in parts) for rep in reps]

    return ratio_of_sums(total(above), total(below))


@dataclass(frozen=True, slots=True)
class Reached:
    """Hours since release at the end of a step (row of Lowered.steps), of all who have it on their way.

    The undelivered who have not come so far are infinite; then mean and maximum are not available.
    """

    step: int
    mean: Estimate
    p5: Estimate
    p95: Estimate
    least: float
    most: float
    count: int


def hours_along(reps: Replications) -> Iterator[Reached]:
    """Yield for each step of a main way that anybody reached when that was, in the order of steps."""
    parts = [_by_step(*rep.elapsed) for rep in reps]
    for step in sorted(set().union(*parts)):
        hours = [part.get(step, np.zeros(0)) for part in parts]
        every = np.concatenate(hours)
        mean = ratio_of_sums([each.sum() for each in hours], [len(each) for each in hours])
        pool = Pool.of(hours)
        low, high = (pooled(pool, quantile(level)) for level in (FIFTH, NINETY_FIFTH))
        yield Reached(step, mean, low, high, float(every.min()), float(every.max()), len(every))


def _by_step(step: Ints, ticks: Ints) -> dict[int, Floats]:
    hours = np.where(ticks == NEVER, np.inf, ticks / SECONDS_PER_HOUR)
    order = np.argsort(step, kind="stable")
    numbers, begins = np.unique(step[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(hours[order], begins[1:]), strict=True)) if len(step) else {}


@dataclass(frozen=True, slots=True)
class Interval:
    """Hours between two moments of customs passages, of `count` of them."""

    mean: Estimate
    p50: Estimate
    p90: Estimate
    count: int


def release_intervals(passages: Sequence[Whole], lane: int | None) -> dict[str, Interval]:
    """Return the intervals of a Time Release Study in one lane, or in all, from `passages_of` a customs step.

    An interval that no passage had (an inspection, in the lane without) is left out.
    """
    place = PASSAGES.index("lane")
    chosen = [rows if lane is None else rows[rows[:, place] == lane] for rows in passages]
    found = {}
    for name, (begin, end) in INTERVALS.items():
        hours = [_between(rows, begin, end) for rows in chosen]
        count = sum(map(len, hours))
        if count:
            mean = ratio_of_sums([each.sum() for each in hours], [len(each) for each in hours])
            pool = Pool.of(hours)
            p50, p90 = (pooled(pool, quantile(level)) for level in (MEDIAN, NINETIETH))
            found[name] = Interval(mean, p50, p90, count)
    return found


def passages_of(reps: Replications, step: int) -> list[Whole]:
    """Return the passages of a customs step (row of Lowered.steps) by replication (see `releases.PASSAGES`)."""
    place = PASSAGES.index("step")
    return [rep.releases[rep.releases[:, place] == step] for rep in reps]


def _between(rows: Whole, begin: str, end: str) -> Floats:
    since, until = (_moment(rows, name) for name in (begin, end))
    hours: Floats = (until - since)[(since != NONE) & (until != NONE)] / SECONDS_PER_HOUR
    return hours


def _moment(rows: Whole, name: str) -> Whole:
    if name != DECIDED:
        return rows[:, PASSAGES.index(name)]
    inspected = rows[:, PASSAGES.index("inspected_to")]
    return np.where(inspected == NONE, rows[:, PASSAGES.index("accepted")], inspected)
