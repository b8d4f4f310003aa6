"""Figures of one alternative, and paired differences of two, from their replications."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar, overload

import numpy as np

from corridor_sim.engine.program import NONE, Ints
from corridor_sim.evidence.intervals import (
    BUFFER_LEVEL,
    Estimate,
    Pool,
    Statistic,
    buffer_index,
    cuts_of,
    deviation,
    paired_difference_of_ratios,
    paired_relative_saving,
    planning_time_index,
    pooled,
    pooled_difference,
    quantile,
    ratio_of_sums,
)
from corridor_sim.metrics.causes import USUAL, Chain
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG, KPIS, SAVING_PER_BOX, SAVING_PER_KG, Replication
from corridor_sim.metrics.times import NEVER, UNPROMISED
from corridor_sim.sampling.law import Floats
from corridor_sim.units import SECONDS_PER_HOUR

Replications = Sequence[Replication]
Read = Callable[[Replication], Floats]
"""Gives a value (or a row) for every measured consignment of a replication; NaN (or NaN first) for one not to count."""
Told = TypeVar("Told", bound=Hashable)
MEDIAN, NINE_TENTHS, ONE_TENTH = 0.5, 0.9, 0.1
SAVINGS = {COST_PER_BOX: SAVING_PER_BOX, COST_PER_KG: SAVING_PER_KG}


class Sample(Sequence[Replication]):
    """Replications of one alternative that keep what was once read of them, for those who ask for many figures."""

    def __init__(self, reps: Replications) -> None:
        """Hold these replications, which must not change."""
        self._reps = tuple(reps)
        self._terms: dict[str, tuple[Floats, Floats]] = {}
        self._read: dict[str, Floats] = {}
        self._pools: dict[tuple[str, int | None], Pool] = {}

    @overload
    def __getitem__(self, place: int) -> Replication: ...

    @overload
    def __getitem__(self, place: slice) -> Replications: ...

    def __getitem__(self, place: int | slice) -> Replication | Replications:
        """Return one replication, or some."""
        return self._reps[place]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._reps)

    def terms(self, name: str) -> tuple[Floats, Floats]:
        """Return the numerators and denominators of a figure, by replication and flow."""
        if name not in self._terms:
            top, bottom = (np.array([rep.terms[name][side] for rep in self._reps]) for side in (0, 1))
            self._terms[name] = top, bottom
        return self._terms[name]

    def pool(self, read: Read, flow: int | None) -> Pool:
        """Return what `read` finds of a flow (all own flows if None); pools of other flows are not kept."""
        key = read.__name__, flow
        if key not in self._pools:
            self._pools = {known: pool for known, pool in self._pools.items() if known[1] == flow}
            values = self._read.get(read.__name__)
            if values is None:
                values = self._read[read.__name__] = np.concatenate([read(rep) for rep in self._reps])
            chosen = ~np.isnan(values if values.ndim == 1 else values[:, 0])
            if flow is not None:
                chosen &= self._flow == flow
            self._pools[key] = Pool(values[chosen], np.append(0, np.cumsum(chosen))[self._cuts])
        return self._pools[key]

    @cached_property
    def _flow(self) -> Ints:
        return np.concatenate([rep.flow for rep in self._reps])

    @cached_property
    def _cuts(self) -> Ints:
        return cuts_of([rep.flow for rep in self._reps])

    @cached_property
    def decays(self) -> bool:
        """Whether any goods lose shelf life."""
        return any(not np.isnan(rep.remaining_life).all() for rep in self._reps)


def sample_of(reps: Replications) -> Sample:
    """Return replications as a Sample."""
    return reps if isinstance(reps, Sample) else Sample(reps)


def transit_hours(rep: Replication) -> Floats:
    """Return door-to-door hours of the measured consignments; infinite where undelivered."""
    return np.where(rep.door_to_door == NONE, np.inf, rep.door_to_door / SECONDS_PER_HOUR)


def lateness_hours(rep: Replication) -> Floats:
    """Return hours after the promise; infinite where undelivered, NaN for those that had none."""
    hours = np.where(rep.late_promised == NEVER, np.inf, rep.late_promised / SECONDS_PER_HOUR)
    return np.where(rep.late_promised == UNPROMISED, np.nan, hours)


def planned_hours(rep: Replication) -> Floats:
    """Return float64[consignments, 2]: door-to-door hours, and those promised at release.

    The promise is the time in free flow: timetable, hours and mean durations, with nobody in the way (`network.plan`).
    It is NaN where none could be made, or nothing was delivered that it could be told from.
    """
    known = (rep.door_to_door != NONE) & (rep.late_promised != UNPROMISED)
    late = rep.late_promised.astype(np.float64)
    planned = np.where(known, (rep.door_to_door - late) / SECONDS_PER_HOUR, np.nan)
    return np.column_stack((transit_hours(rep), planned))


def remaining_life(rep: Replication) -> Floats:
    """Return the share of shelf life left; NaN for goods that do not decay, and where economics did not run."""
    return rep.remaining_life if len(rep.remaining_life) else np.full(len(rep.flow), np.nan)


POOLED: dict[str, tuple[Read, Statistic]] = {
    "transit_p50": (transit_hours, quantile(MEDIAN)),
    "transit_p90": (transit_hours, quantile(NINE_TENTHS)),
    "transit_p95": (transit_hours, quantile(BUFFER_LEVEL)),
    "transit_sd": (transit_hours, deviation),
    "buffer_index": (transit_hours, buffer_index),
    "planning_time_index": (planned_hours, planning_time_index),
    "latest_departure": (transit_hours, quantile(NINE_TENTHS)),
    "lateness_sd": (lateness_hours, deviation),
    "remaining_life_p10": (remaining_life, quantile(ONE_TENTH)),
}
"""KPIs of pooled values; all others are ratios of sums (`Replication.terms`)."""


def summarise(reps: Replications, flow: int | None = None, resolved: bool = True) -> dict[str, Estimate]:
    """Return every KPI and cost figure of one alternative, over all own flows or one of them (its number).

    `resolved` False marks all of them (see `met`).
    """
    sample = sample_of(reps)
    figures = {name: figure_of(sample, name, flow) for name in names_of(sample)}
    return _marked(figures, resolved)


def figure_of(reps: Replications, name: str, flow: int | None = None) -> Estimate:
    """Return one KPI or cost figure of one alternative. Raises KeyError where the replications do not hold it."""
    if name in POOLED:
        read, statistic = POOLED[name]
        return pooled(sample_of(reps).pool(read, flow), statistic)
    return ratio_of_sums(*_terms(reps, name, flow))


def compare(
    baseline: Replications, alternative: Replications, flow: int | None = None, resolved: bool = True
) -> dict[str, Estimate]:
    """Return alternative minus baseline for every KPI and cost figure, and the relative savings of costs.

    Raises ValueError unless both have the same replications in the same order.
    """
    if [rep.number for rep in baseline] != [rep.number for rep in alternative]:
        raise ValueError("only the same replications of two alternatives can be compared")
    baseline, alternative = sample_of(baseline), sample_of(alternative)
    figures: dict[str, Estimate] = {}
    known = set(names_of(baseline))
    for name in filter(known.__contains__, names_of(alternative)):
        figures[name] = difference_of(baseline, alternative, name, flow)
        cost, _, key = name.partition(":")
        if cost in SAVINGS:
            figures[f"{SAVINGS[cost]}:{key}"] = saving_of(baseline, alternative, name, flow)
    return _marked(figures, resolved)


def difference_of(baseline: Replications, alternative: Replications, name: str, flow: int | None = None) -> Estimate:
    """Return alternative minus baseline of one KPI or cost figure, on paired replications."""
    if name in POOLED:
        read, statistic = POOLED[name]
        above, below = (sample_of(reps).pool(read, flow) for reps in (alternative, baseline))
        return pooled_difference(above, below, statistic)
    return paired_difference_of_ratios(_terms(alternative, name, flow), _terms(baseline, name, flow))


def saving_of(baseline: Replications, alternative: Replications, cost: str, flow: int | None = None) -> Estimate:
    """Return the relative saving in a cost figure, as a share of the baseline's."""
    return paired_relative_saving(_terms(alternative, cost, flow), _terms(baseline, cost, flow))


def flow_saving(baseline: Replications, alternative: Replications, cost: str, flow: int, resolved: bool) -> Estimate:
    """Return the relative saving of one flow in a cost figure, baseline over alternative, as a share."""
    return _marked_one(saving_of(baseline, alternative, cost, flow), resolved)


def flow_cost(reps: Replications, cost: str, flow: int, resolved: bool) -> Estimate:
    """Return a cost figure of one flow."""
    return _marked_one(ratio_of_sums(*_terms(reps, cost, flow)), resolved)


def separated(estimate: Estimate) -> bool:
    """Return whether the interval exists and excludes zero."""
    return estimate.low is not None and estimate.high is not None and (estimate.low > 0 or estimate.high < 0)


def details(reps: Replications) -> dict[str, Estimate]:
    """Return the figures of steps, places, facilities and services (`Replication.details`) that anything met."""
    figures: dict[str, Estimate] = {}
    for name in reps[0].details:
        top, bottom = zip(*(rep.details[name] for rep in reps), strict=True)
        if any(bottom):
            figures[name] = ratio_of_sums(top, bottom)
    return figures


def lateness_causes(reps: Replications, told: Callable[[Chain], Told]) -> dict[Told, Estimate]:
    """Return the share of late consignments by what is `told` of their Chain (USUAL for the usual course).

    The biggest first. The shares sum to 1; nothing where nobody was late.
    """
    late = [rep.lateness.late for rep in reps]
    if not any(late):
        return {}
    counts: dict[Told, list[int]] = {}
    for place, rep in enumerate(reps):
        for chain, count in {**rep.lateness.chains, USUAL: rep.lateness.usual_course}.items():
            counts.setdefault(told(chain), [0] * len(late))[place] += count
    shares = {words: ratio_of_sums(of_each, late) for words, of_each in counts.items() if any(of_each)}
    return dict(sorted(shares.items(), key=lambda item: (-item[1].value, str(item[0]))))


def met(reps: Replications) -> tuple[dict[int, int], dict[int, int]]:
    """Return in how many replications each closure (number) and each outage (facility) was met, for `not_resolved`."""
    closures = {number: 0 for number in sorted(frozenset().union(*(rep.closures for rep in reps)))}
    outages = {number: 0 for number in sorted(frozenset().union(*(rep.outages for rep in reps)))}
    for rep in reps:
        for number in rep.closures:
            closures[number] += 1
        for number in rep.outages:
            outages[number] += 1
    return closures, outages


def names_of(reps: Replications) -> list[str]:
    """Return the figures that the replications hold, in the order of reports, costs last."""
    terms, decays = reps[0].terms, sample_of(reps).decays
    plain = [kpi.name for kpi in KPIS if kpi.name in POOLED or kpi.name in terms]
    return [name for name in plain if decays or name != "remaining_life_p10"] + [name for name in terms if ":" in name]


def _terms(reps: Replications, name: str, flow: int | None) -> tuple[Floats, Floats]:
    top, bottom = sample_of(reps).terms(name)
    return (top.sum(axis=1), bottom.sum(axis=1)) if flow is None else (top[:, flow], bottom[:, flow])


def _marked(figures: dict[str, Estimate], resolved: bool) -> dict[str, Estimate]:
    return {name: _marked_one(figure, resolved) for name, figure in figures.items()}


def _marked_one(figure: Estimate, resolved: bool) -> Estimate:
    return figure if resolved else replace(figure, resolved=False)
