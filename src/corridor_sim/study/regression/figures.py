"""The figures that a baseline keeps statistics of: each a ratio of sums over replications, so that laws of means hold.

KPIs of pooled values are judged at marks that the blessed run sets: a quantile by the share that is not above the
blessed quantile, a standard deviation by the mean square about the blessed mean. What follows from other figures
(buffer index, planning time index, latest departure) is not judged a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.evidence.compare import POOLED, SAVINGS, Sample, names_of
from corridor_sim.evidence.equivalence import Spread, spread_of
from corridor_sim.evidence.intervals import Pool, linearised, linearised_saving, mean
from corridor_sim.metrics.kpis import COST_PER_KG, kpi_of
from corridor_sim.sampling.law import Floats
from corridor_sim.study.sums import AFTER, cost_key

QUANTILES = ("transit_p50", "transit_p90", "transit_p95", "remaining_life_p10")
DEVIATIONS = ("transit_sd", "lateness_sd")
FOLLOWING = ("buffer_index", "planning_time_index", "latest_departure")
"""KPIs of pooled values that follow from those above."""
COSTS = tuple(
    f"{COST_PER_KG}:{cost_key(base, perspective, AFTER)}" for base in COST_BASES for perspective in PERSPECTIVES
)
CHAIN_COSTS = tuple(f"{COST_PER_KG}:{cost_key(base, 'chain', AFTER)}" for base in COST_BASES)
"""Savings against the baseline are judged in these."""
Marks = Mapping[str, float]


def marks_of(sample: Sample) -> dict[str, float]:
    """Return the marks that the replications of an alternative set: quantiles and means of pooled values."""
    marks = {}
    for name in (*QUANTILES, *DEVIATIONS):
        if name in names_of(sample):
            read, statistic = POOLED[name]
            values = sample.pool(read, None).together
            marks[name] = statistic(values) if name in QUANTILES else mean(values)
    return marks


def spreads_of(sample: Sample, baseline: Sample | None, marks: Marks) -> dict[str, Spread]:
    """Return every figure of an alternative that is judged, by name; savings where there is a `baseline`."""
    known = names_of(sample)
    spreads = spreads_at(sample, marks)
    for name in known:
        if name in COSTS or (":" not in name and name not in POOLED):
            spreads[name] = spread_of(*linearised(*_summed(sample, name)))
    for cost in CHAIN_COSTS if baseline is not None else ():
        if baseline is not None and cost in known:
            saving = linearised_saving(_summed(sample, cost), _summed(baseline, cost))
            spreads[saving_name(cost)] = spread_of(*saving)
    return spreads


def spreads_at(sample: Sample, marks: Marks) -> dict[str, Spread]:
    """Return the figures of pooled values, counted at marks."""
    known = names_of(sample)
    return {name: _at_mark(sample, name, mark) for name, mark in marks.items() if name in known}


def unit_of(name: str) -> str:
    """Return the unit in which a figure is judged, as `evidence.equivalence.PRACTICAL` knows it."""
    if name in QUANTILES:
        return "share"
    return "h2" if name in DEVIATIONS else kpi_of(name).unit


def saving_name(cost: str) -> str:
    """Return the name of the saving in a cost figure."""
    per, _, key = cost.partition(":")
    return f"{SAVINGS[per]}:{key}"


def _summed(sample: Sample, name: str) -> tuple[Floats, Floats]:
    """Return numerators and denominators of a figure by replication, over all flows."""
    top, bottom = sample.terms(name)
    return top.sum(axis=1), bottom.sum(axis=1)


def _at_mark(sample: Sample, name: str, mark: float) -> Spread:
    """Return the share not above a mark, or the mean square about it."""
    pool = sample.pool(POOLED[name][0], None)
    if not isfinite(mark):
        return spread_of(mark, np.zeros(len(pool)))
    values = pool.values
    counted = values <= mark if name in QUANTILES else np.square(values - mark)
    count = np.diff(pool.cuts).astype(np.float64)
    return spread_of(*linearised(_sums(pool, counted.astype(np.float64)), count))


def _sums(pool: Pool, values: Floats) -> Floats:
    """Return the sum of values by replication; NaN from the first on that has an infinite one."""
    with np.errstate(invalid="ignore"):
        running = np.append(0.0, np.cumsum(values))
        sums: Floats = running[pool.cuts[1:]] - running[pool.cuts[:-1]]
    return sums
