"""Time per step and leg: how long each measured consignment spent in each step, and on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Ints
from corridor_sim.metrics.journeys import Journeys
from corridor_sim.metrics.missed import Misses
from corridor_sim.metrics.spent import WAITING, Spent, time_spent
from corridor_sim.metrics.times import NEVER, Flags, Times
from corridor_sim.metrics.view import View
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats
from corridor_sim.units import SECONDS_PER_HOUR

STEP, READY = VISITS.index("step"), VISITS.index("ready")
BAND = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Spells:
    """Stays of measured consignments in a step, in the order (owner, time).

    `owner` counts the measured consignments (rows of Times), `step` is a row of Lowered.steps; from `begin` to
    `finish`, the stop where the stay was not `finished`; `spent` is int64[spells, Spent] and sums to its length.
    """

    owner: Ints
    step: Ints
    begin: Ints
    finish: Ints
    finished: Flags
    spent: Ints

    @property
    def ticks(self) -> Ints:
        """Length of each stay."""
        return self.finish - self.begin


def spells(view: View, trace: Trace, times: Times, travelled: Journeys, spent_at: Ints | None) -> Spells:
    """Return the Spells of one replication. A stay reaches from the step's first visit to the next step's first.

    Without `spent_at` (`spent_along`) nothing is said of what time was spent on.
    """
    step = view.instructions.step[trace.visits[travelled.visit, STEP]]
    turns = (np.diff(step, prepend=NONE) != 0) | (np.diff(travelled.owner, prepend=NONE) != 0)
    first = np.flatnonzero(turns)
    owner, step = travelled.owner[first], step[first]
    begin = trace.visits[travelled.visit[first], READY]
    final = np.diff(owner, append=NONE) != 0
    delivered = times.delivered[owner]
    end = np.where(delivered == NONE, trace.stop, delivered)
    finish = np.where(final, end, np.append(begin[1:], NONE)[: len(begin)])
    spent = np.zeros((0, len(Spent)), np.int64)
    if spent_at is not None and len(first):
        spent = _spent(view, trace, travelled, spent_at, first)
    return Spells(owner, step, begin, finish, ~final | (delivered != NONE), spent)


def spent_along(view: View, inputs: Inputs, trace: Trace, travelled: Journeys, missed: Misses) -> Ints:
    """Return int64[rows of travelled, Spent]: what the visits of journeys were spent on."""
    met = np.zeros(len(trace.visits), bool)
    met[travelled.visit] = True
    rows = np.flatnonzero(met)
    spent_at = time_spent(view, inputs, trace, missed, rows)
    if len(rows) < len(travelled.visit) or view.instructions.batches.any():
        spent_at = spent_at[np.cumsum(met)[travelled.visit] - 1]
    return spent_at


def _spent(view: View, trace: Trace, travelled: Journeys, spent_at: Ints, first: Ints) -> Ints:
    """Return what the stays that begin at `first` were spent on."""
    spent: Ints = np.add.reduceat(spent_at, first)
    found = view.inspection[trace.visits[travelled.visit, STEP]]
    inspected = np.logical_or.reduceat(found, first)
    spent[inspected, Spent.INSPECTION] = spent[inspected, Spent.HANDLING]
    spent[inspected, Spent.HANDLING] = 0
    return spent


def customs_ticks(view: View, stays: Spells, owners: int) -> Ints:
    """Return int64[owners]: ticks each measured consignment spent in customs and food-control steps."""
    customs = view.customs[stays.step]
    return _summed(stays.owner[customs], stays.ticks[customs], owners)


def dwell_ticks(view: View, stays: Spells) -> dict[str, int]:
    """Return by place the ticks stood there, all consignments together: waiting and work of the steps begun there."""
    still = stays.spent.sum(axis=1) - stays.spent[:, Spent.TRAVEL]
    at = view.origin[stays.step]
    ticks = _summed(at[at != NONE], still[at != NONE], len(view.places))
    return dict(zip(view.places, ticks.tolist(), strict=True))


def waiting_ticks(stays: Spells) -> Ints:
    """Return int64[spells]: ticks of each stay in which nothing was done to the goods."""
    waited: Ints = stays.spent[:, list(WAITING)].sum(axis=1)
    return waited


def elapsed_at_ends(view: View, times: Times, stays: Spells) -> tuple[Ints, Ints]:
    """Return (step, ticks since release) at the last end of each main-way step, by consignment.

    NEVER where an undelivered consignment still had the step before it on the route where it stood at the stop.
    """
    chosen = np.flatnonzero(stays.finished & view.main[stays.step])
    # of several laps the last counts, which is the last to be noted
    last = np.full(len(times.row) * len(view.main), NONE)
    last[stays.owner[chosen] * len(view.main) + stays.step[chosen]] = chosen
    kept = last[last != NONE]
    stuck = stays.step[~stays.finished].tolist()
    unreached = np.concatenate([*(view.ahead[step] for step in stuck), np.zeros(0, np.int64)])
    since_release = stays.finish[kept] - times.release[stays.owner[kept]]
    never = np.full(len(unreached), NEVER, np.int64)
    return np.concatenate((stays.step[kept], unreached)), np.concatenate((since_release, never))


@dataclass(frozen=True, slots=True)
class Profile:
    """The time/cost-distance profile of a route, at the end of each of its main-way steps that anyone reached.

    `step` rows of Lowered.steps, `km` from the beginning of the route, hours since release: mean and P10-P90 band,
    infinite ("not available") where they meet consignments that did not get so far.
    """

    step: tuple[int, ...]
    km: Floats
    mean_hours: Floats
    low_hours: Floats
    high_hours: Floats


def profile(lowered: Lowered, route: str, elapsed: Sequence[tuple[Ints, Ints]]) -> Profile:
    """Return the Profile of `route` from `elapsed_at_ends` of all replications, pooled."""
    pooled_step = np.concatenate([step for step, _ in elapsed])
    pooled_ticks = np.concatenate([ticks for _, ticks in elapsed])
    pooled_hours = np.where(pooled_ticks == NEVER, np.inf, pooled_ticks / SECONDS_PER_HOUR)
    ours = [number for number, info in enumerate(lowered.steps) if info.route == route and not info.lane]
    along = dict(zip(ours, np.cumsum([float(lowered.steps[number].km) for number in ours]), strict=True))
    hours: Mapping[int, Floats] = {number: pooled_hours[pooled_step == number] for number in ours}
    passed = tuple(number for number in ours if len(hours[number]))
    low, high = (
        np.array([np.quantile(hours[number], level, method="inverted_cdf") for number in passed]) for level in BAND
    )
    mean = np.array([hours[number].mean() for number in passed])
    return Profile(passed, np.array([along[number] for number in passed]), mean, low, high)


def _summed(place: Ints, values: Ints, size: int) -> Ints:
    total = np.zeros(size, np.int64)
    np.add.at(total, place, values)
    return total
