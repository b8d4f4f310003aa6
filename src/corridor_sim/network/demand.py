"""Flows of consignments: when they are released and how big they are; and others' work at facilities."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from corridor_sim.engine.program import MEASURES, ONE, Ints
from corridor_sim.network.boxes import Sizes
from corridor_sim.network.world import FacilityPlan, date_window
from corridor_sim.sampling.arrivals import cumulative_rate
from corridor_sim.scenario.calendars import WEEKDAYS, Clock, Window, parse_moment
from corridor_sim.scenario.model import Background, Flow, Seasonal
from corridor_sim.units import SECONDS_PER_DAY, parse_rate, to_ticks

CACHED_CURVES = 256


@dataclass(frozen=True)
class FlowPlan:
    """How the consignments of a flow come: by a cumulative rate, or at fixed ticks."""

    name: str
    word: int
    priority: int
    sizes: Sizes
    containers: int
    curve: tuple[Ints, Ints] | None
    fixed: Ints
    background: bool
    stream: int


def release_season(flow: Flow, clock: Clock, horizon: int) -> Window:
    """Return the ticks in which a flow releases consignments."""
    start, end = date_window(flow.season, clock) if flow.season is not None else (0, horizon)
    return max(0, start), min(horizon, end)


def plan_releases(flow: Flow, clock: Clock, horizon: int) -> tuple[tuple[Ints, Ints] | None, Ints]:
    """Return (cumulative rate or None, fixed ticks) of a flow's releases."""
    none = np.zeros(0, np.int64)
    start, end = release_season(flow, clock, horizon)
    arrives = flow.arrives
    if arrives.on:
        ticks = np.array(sorted(clock.tick_of(parse_moment(text)) for text in arrives.on), np.int64)
        return None, ticks[(ticks >= start) & (ticks < end)]
    if start >= end:
        return None, none
    if arrives.every is not None:
        first = clock.tick_of(parse_moment(arrives.first)) if arrives.first is not None else start
        ticks = np.arange(first, end, to_ticks(arrives.every.value), dtype=np.int64)
        return None, ticks[ticks >= start]
    profile = arrives.profile.model_dump_json() if arrives.profile is not None else ""
    return _curve(release_rate(flow), start, end, clock, profile), none


@lru_cache(maxsize=CACHED_CURVES)
def _curve(rate: Fraction, start: int, end: int, clock: Clock, profile: str) -> tuple[Ints, Ints]:
    """Return the cumulative rate of a flow; alternatives of a file share most of them. `profile` is JSON or empty."""
    seasonal = Seasonal.model_validate_json(profile) if profile else None
    return cumulative_rate(_segments(rate, start, end, clock, seasonal))


def release_rate(flow: Flow) -> Fraction:
    """Return consignments per second of a Poisson flow: its rate over the size of a consignment in that measure."""
    measure, per_second = parse_rate(flow.arrives.poisson or "")
    if flow.arrives.times is not None:
        per_second *= flow.arrives.times.value
    stated = {amount.measure: amount.value for amount in flow.size}
    if measure == "mass":
        return per_second / flow.weight.value
    return per_second / stated.get(measure, Fraction(1))


def _segments(
    rate: Fraction, start: int, end: int, clock: Clock, profile: Seasonal | None
) -> list[tuple[int, int, Fraction]]:
    """Return stretches of constant rate: one without a profile, else one a day, equal neighbours merged."""
    if profile is None:
        return [(start, end, rate)]
    weekly: dict[str, Fraction] = {day: Fraction(str(share)) for day, share in profile.weekly.items()}
    total = sum(weekly.values(), Fraction(0))
    segments: list[tuple[int, int, Fraction]] = []
    for day in clock.days(end):
        begin, stop = max(start, clock.tick_at(day, 0)), min(end, clock.tick_at(day, SECONDS_PER_DAY))
        if begin >= stop:
            continue
        factor = Fraction(str(profile.monthly.get(f"{day:%Y-%m}", 1)))
        if weekly:
            factor *= weekly.get(WEEKDAYS[day.weekday()], Fraction(0)) * len(WEEKDAYS) / total
        if segments and segments[-1][1] == begin and segments[-1][2] == rate * factor:
            segments[-1] = (segments[-1][0], stop, rate * factor)
        else:
            segments.append((begin, stop, rate * factor))
    return segments


def plan_background(
    name: str, background: Background, plan: FacilityPlan, mean_seconds: Fraction, word: int, stream: int
) -> FlowPlan:
    """Return others' work at a facility: Poisson while it is open, at load x servers / mean service."""
    rate = background.load.value * plan.units / ONE / mean_seconds
    curve = cumulative_rate([(start, end, rate) for start, end in plan.windows]) if plan.windows else None
    one_box = tuple(ONE if measure in ("box", "consignment") else 0 for measure in MEASURES)
    return FlowPlan(name, word, background.priority, one_box, 1, curve, np.zeros(0, np.int64), True, stream)
