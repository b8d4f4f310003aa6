"""The biggest cause of lateness: for each late consignment the step that took longest beyond its usual time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.program import NONE, Ints
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.steps import Spells
from corridor_sim.metrics.times import Times
from corridor_sim.metrics.view import View
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

HALVES = 2
USUAL_COURSE = "the usual course is later than due"


@dataclass(frozen=True, slots=True)
class Lateness:
    """Late consignments (after the due time, undelivered included) by cause.

    `by_step` is int64[steps, Spent]; `usual_course` counts those whose promise was later than due by more than
    any step went beyond its usual time, or for whom no step did.
    """

    by_step: Ints
    usual_course: int

    @property
    def late(self) -> int:
        """Number of late consignments."""
        return int(self.by_step.sum()) + self.usual_course


def biggest_cause_of_lateness(view: View, times: Times, stays: Spells) -> Lateness:
    """Return for each late consignment the step with the largest excess over that step's median, refined.

    The median is over the finished stays of all measured consignments of this replication; those of the same
    route who never entered a lane count 0 there. Within the step, the cause is what exceeds its own median most.
    """
    steps = len(view.main)
    by_step = np.zeros((steps, len(Spent)), np.int64)
    late = int((~times.on_time).sum())
    if not late or not len(stays.owner):
        return Lateness(by_step, late)
    totals = _by_owner_and_step(steps, stays)
    passed_by = _passed_by(view, totals)
    ticks, (finished,) = totals.ticks, np.nonzero(totals.finished)
    usual = _medians(steps, totals.step[finished], ticks[finished], passed_by)
    worst = _worst(totals.owner, ticks - usual[totals.step])
    worst = worst[~times.on_time[totals.owner[worst]]]
    excess = ticks[worst] - usual[totals.step[worst]]
    unusual = worst[excess > np.maximum(times.plan_overrun[totals.owner[worst]], 0)]
    needed = np.zeros(steps, bool)
    needed[totals.step[unusual]] = True
    finished = finished[needed[totals.step[finished]]]
    usual_spent = np.zeros((steps, len(Spent)))
    for spent in Spent if len(unusual) else ():
        spent_so = totals.spent[finished, spent]
        usual_spent[:, spent] = _medians(steps, totals.step[finished], spent_so, np.where(needed, passed_by, 0))
    cause = (totals.spent[unusual] - usual_spent[totals.step[unusual]]).argmax(axis=1)
    np.add.at(by_step, (totals.step[unusual], cause), 1)
    return Lateness(by_step, late - len(unusual))


def _worst(owner: Ints, excess: Floats) -> Ints:
    """Return for each owner, whose rows stand together, the row of its largest excess, the first of equal ones."""
    first = np.flatnonzero(np.diff(owner, prepend=NONE))
    most = np.maximum.reduceat(excess, first)
    group = np.repeat(np.arange(len(first)), np.diff(first, append=len(owner)))
    best = np.flatnonzero(excess == most[group])
    return best[np.flatnonzero(np.diff(group[best], prepend=NONE))]


def _by_owner_and_step(steps: int, stays: Spells) -> Spells:
    """Return one row per consignment and step: several laps through a step are one long stay."""
    keys = stays.owner * steps + stays.step
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.diff(keys[order], prepend=NONE))
    spent = np.add.reduceat(stays.spent[order], first)
    finished = np.logical_and.reduceat(stays.finished[order], first)
    owner, step = np.divmod(keys[order[first]], steps)
    return Spells(owner, step, np.zeros(len(first), np.int64), spent.sum(axis=1), finished, spent)


def _passed_by(view: View, totals: Spells) -> Ints:
    """Return by step how many consignments of its route never entered it, 0 on the main way."""
    steps, routes = len(view.main), int(view.route.max(initial=NONE)) + 1
    entered = np.bincount(totals.step, minlength=steps)
    route = view.route[totals.step]
    # an owner's rows stand together, so those of its routes do not repeat once they are marked
    travelled = np.zeros((int(totals.owner.max(initial=NONE)) + 1, routes), bool)
    travelled[totals.owner, route] = True
    on_route = travelled.sum(axis=0)
    return np.where(view.main, 0, np.maximum(on_route[view.route] - entered, 0))


def _medians(steps: int, step: Ints, values: Ints, zeros: Ints) -> Floats:
    """Return the median of `values` by step, where `zeros` (by step) more are 0; 0 of nothing."""
    step = np.concatenate((step, np.repeat(np.arange(steps), zeros)))
    values = np.concatenate((values, np.zeros(len(step) - len(values), np.int64)))
    lowest = int(values.min(initial=0))
    room = int(values.max(initial=0)) - lowest + 1
    # one plain sort of (step, value) as one number
    ordered = np.sort(step * room + (values - lowest)) % room + lowest
    count = np.bincount(step, minlength=steps)
    begin = np.cumsum(count) - count
    low, high = begin + np.maximum(count - 1, 0) // HALVES, begin + count // HALVES
    padded = np.append(ordered, 0)
    middle = (padded[np.minimum(low, len(ordered))] + padded[np.minimum(high, len(ordered))]) / HALVES
    return np.where(count > 0, middle, 0.0)


def cause_name(lowered: Lowered, step: int, words: str) -> str:
    """Return "step: cause" as a reader knows it; `step` NONE for the usual course."""
    return words if step == NONE else f"{lowered.steps[step].name}: {words}"
