"""The biggest cause of lateness: for each late consignment the step that took longest beyond its usual time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.program import NONE, Ints
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.steps import Spells
from corridor_sim.metrics.times import Times
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

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


def biggest_cause_of_lateness(lowered: Lowered, times: Times, stays: Spells) -> Lateness:
    """Return for each late consignment the step with the largest excess over that step's median, refined.

    The median is over the finished stays of all measured consignments of this replication; those of the same
    route who never entered a lane count 0 there. Within the step, the cause is what exceeds its own median most.
    """
    totals = _by_owner_and_step(lowered, stays)
    usual, usual_spent = _medians(lowered, totals)
    excess = totals.ticks - usual[totals.step]
    order = np.lexsort((-excess, totals.owner))
    _, first = np.unique(totals.owner[order], return_index=True)
    worst = order[first]
    late = ~times.on_time[totals.owner[worst]]
    worst = worst[late]
    stands_out = excess[worst] > np.maximum(times.plan_overrun[totals.owner[worst]], 0)
    unusual = worst[stands_out]
    cause = (totals.spent[unusual] - usual_spent[totals.step[unusual]]).argmax(axis=1)
    by_step = np.zeros((len(lowered.steps), len(Spent)), np.int64)
    np.add.at(by_step, (totals.step[unusual], cause), 1)
    return Lateness(by_step, int((~times.on_time).sum() - len(unusual)))


def _by_owner_and_step(lowered: Lowered, stays: Spells) -> Spells:
    """Return one row per consignment and step: several laps through a step are one long stay."""
    keys, place = np.unique(stays.owner * len(lowered.steps) + stays.step, return_inverse=True)
    spent = np.zeros((len(keys), len(Spent)), np.int64)
    np.add.at(spent, place, stays.spent)
    finished = np.ones(len(keys), bool)
    np.logical_and.at(finished, place, stays.finished)
    owner, step = np.divmod(keys, len(lowered.steps))
    return Spells(owner, step, np.zeros(len(keys), np.int64), spent.sum(axis=1), finished, spent)


def _medians(lowered: Lowered, totals: Spells) -> tuple[Floats, Floats]:
    """Return the median ticks of each step, and of each thing they were spent on there."""
    usual, usual_spent = np.zeros(len(lowered.steps)), np.zeros((len(lowered.steps), len(Spent)))
    routes = np.array([info.route for info in lowered.steps])
    for step, info in enumerate(lowered.steps):
        here = totals.spent[(totals.step == step) & totals.finished]
        if info.lane:
            on_route = len(np.unique(totals.owner[routes[totals.step] == info.route]))
            passed_by = on_route - int((totals.step == step).sum())
            here = np.concatenate((here, np.zeros((max(passed_by, 0), len(Spent)), np.int64)))
        if len(here):
            usual[step] = np.median(here.sum(axis=1))
            usual_spent[step] = np.median(here, axis=0)
    return usual, usual_spent


def cause_name(lowered: Lowered, step: int, words: str) -> str:
    """Return "step: cause" as a reader knows it; `step` NONE for the usual course."""
    return words if step == NONE else f"{lowered.steps[step].name}: {words}"
