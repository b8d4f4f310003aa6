"""Finds the warm-up of a steady scenario: MSER on weekly mean hours, one truncation for all alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.engine.base import OUTCOMES
from corridor_sim.engine.program import NONE
from corridor_sim.errors import ModelError, Problem
from corridor_sim.evidence.warmup import LEAST_BATCHES, Truncation, mser
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.cases import model_digest
from corridor_sim.study.engines import AUTO, choose_engine, work_of
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import simulate
from corridor_sim.study.workers import Progress
from corridor_sim.units import SECONDS_PER_HOUR, SECONDS_PER_WEEK

DELIVERED = OUTCOMES.index("delivered")
STEADY = "steady"


@dataclass(frozen=True)
class WarmUp:
    """The weeks to remove from all alternatives, and what that rests on, by alternative.

    `hours`: mean door-to-door hours of the consignments released in each whole week from the start of the scenario.
    """

    weeks: int
    hours: Mapping[str, Floats]
    truncations: Mapping[str, Truncation]


def find_warm_up(file: ScenarioFile, replications: int, seed: int, progress: Progress | None = None) -> WarmUp:
    """Return the warm-up of a file, found with so many replications.

    Raises ModelError where there are too few whole weeks, something is not delivered, or no first half is enough.
    """
    lowered = prepare(file)
    models = {name: model_digest(one) for name, one in lowered.items()}
    distinct = {model: lowered[name] for name, model in models.items()}
    found: dict[str, Floats] = {}
    for place, (model, one) in enumerate(distinct.items()):
        if progress is not None:
            progress(place, len(distinct))
        found[model] = weekly_hours(one, replications, seed)
    hours = {name: found[model] for name, model in models.items()}
    truncations = {name: _truncation(file.file, name, weekly) for name, weekly in hours.items()}
    late = [Problem(_too_late(name, each), file=file.file) for name, each in truncations.items() if each.too_late]
    if late:
        raise ModelError(late)
    return WarmUp(max(each.removed for each in truncations.values()), hours, truncations)


def weekly_hours(lowered: Lowered, replications: int, seed: int) -> Floats:
    """Return by whole week before the end of measurement the mean hours of what is released in it, NaN if nothing is.

    Infinite where anything is not delivered.
    """
    weeks = lowered.program.window_to // SECONDS_PER_WEEK
    total, count = np.zeros(weeks), np.zeros(weeks)
    engine = choose_engine(AUTO, work_of([(lowered, replications)])).name
    for one in simulate(lowered, range(replications), seed, engine=engine):
        people = one.inputs.consignments
        week = people.release // SECONDS_PER_WEEK
        own = (people.flow < len(lowered.flow_order)) & (week < weeks)
        delivered = one.trace.outcomes[own, DELIVERED]
        ticks = np.where(delivered == NONE, np.inf, delivered - people.release[own])
        np.add.at(total, week[own], ticks)
        np.add.at(count, week[own], 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        hours: Floats = total / count / SECONDS_PER_HOUR
    return hours


def _truncation(file: str, name: str, weekly: Floats) -> Truncation:
    released = weekly[~np.isnan(weekly)]
    if len(released) < LEAST_BATCHES:
        message = f"alternative {name}: only {len(released)} whole weeks with releases; MSER needs {LEAST_BATCHES}"
        raise ModelError(Problem(f"{message}: let the run begin earlier or measure longer", "clock", file))
    if len(released) < len(weekly):
        message = f"alternative {name}: nothing is released in some weeks; a steady run has releases in every week"
        raise ModelError(Problem(message, "clock", file))
    if not np.isfinite(released).all():
        message = f"alternative {name}: some consignments are never delivered; nothing has settled"
        raise ModelError(Problem(message, "clock.follow_up", file))
    return mser(released)


def _too_late(name: str, truncation: Truncation) -> str:
    return (
        f"alternative {name}: MSER would remove {truncation.removed} of {truncation.batches} weeks, "
        "past half the run: it is too short, or never settles"
    )


def settled(file: ScenarioFile, replications: int, seed: int, progress: Progress | None = None) -> ScenarioFile:
    """Return a steady file that states no warm-up with the one that is found; any other as it is."""
    clock = file.base.clock
    if clock.kind != STEADY or clock.warm_up is not None:
        return file
    weeks = find_warm_up(file, replications, seed, progress).weeks
    if not weeks:
        return file
    argument = f"clock.warm_up={weeks} weeks"
    return replace(file, sets=(*file.sets, argument), alternatives=file.overridden([argument], file.alternatives))
