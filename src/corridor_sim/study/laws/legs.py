"""The law of a leg in two: a leg of fixed length, cut into two that take as long together, changes no delivery.

A leg without timetable takes no place, no server and no draw, so whoever rides it is at its end at the same second,
with the same priority, ready tick and tie rank, whether a stop was made on the way or not: everything that follows
is the same. Where chance decides how long every leg takes, the legs are first held at their means, and the law is
tried between that world and the same with its legs cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from corridor_sim.engine.base import OUTCOMES
from corridor_sim.engine.program import Ints
from corridor_sim.errors import CorridorSimError
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.usage import routes_in_use
from corridor_sim.sampling.distributions import Constant
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.steps import AnyStep, Branch, Move
from corridor_sim.study.laws.law import Finding, Judged, Law
from corridor_sim.study.laws.world import Trial, World, world_of
from corridor_sim.study.simulate import Replication
from corridor_sim.units import to_ticks

NAME = "a leg in two"
SAYS = "a leg of fixed length, cut into two that take as long together, changes no delivery"
SHORTEST = 2
"""Seconds of a leg that can be cut: a leg takes a second at least."""
FIRST_PART = 3
"""The first part is a third of the leg, so that the parts differ."""
LATER_HALF = "{} (the rest)"
HELD = "chance decides how long they take: held at their means first"
FREE = "0 CNY"
COMPARED = ("delivered", "leader")
Change = Callable[[str, Move], dict[str, AnyStep]]


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what cutting every leg of fixed length changes in each alternative."""
    world = world_of(file, replications)
    return [finding for trial in world.trials for finding in _trial(world, trial)]


def _trial(world: World, trial: Trial) -> Iterator[Finding]:
    judged, scenario, name = Judged(NAME, trial.names), trial.first.scenario, trial.first.alternative
    legs = [leg for leg in _legs(scenario) if _seconds(leg) >= SHORTEST]
    fixed = [leg for leg in legs if isinstance(leg.takes.law, Constant)]
    if not legs:
        yield judged.exception("legs without timetable", "there is none that could be cut")
        return
    before, why = trial.played, ""
    try:
        if not fixed:
            scenario = _changed(scenario, _held)
            before, why = world.play(lower(scenario, name)), HELD
        cut = lower(_changed(scenario, _cut), name)
    except CorridorSimError as error:
        yield judged.broken(f"{len(legs)} legs cut in two", "it can be simulated", error)
        return
    yield from judged.first_or_kept(
        _differences(judged, trial.first, before, world.play(cut)), f"{len(fixed or legs)} legs cut in two", why
    )


def _legs(scenario: Scenario) -> list[Move]:
    """Return the legs of the routes in use that need no timetable."""
    return [leg for name in routes_in_use(scenario) for leg in _moves(scenario.routes[name].steps)]


def _moves(steps: Mapping[str, AnyStep]) -> Iterator[Move]:
    for step in steps.values():
        if isinstance(step, Move):
            yield step
        elif isinstance(step, Branch):
            for lane in step.branch.values():
                yield from _moves(lane.steps)


def _seconds(leg: Move) -> int:
    return max(1, to_ticks(Fraction(leg.takes.law.mean())))


def _lasting(leg: Move, seconds: int) -> Move:
    takes = replace(leg.takes, law=Constant(Fraction(seconds)), text=f"{seconds} s")
    return leg.model_copy(update={"takes": takes})


def _held(name: str, leg: Move) -> dict[str, AnyStep]:
    """Return a leg that takes its mean."""
    return {name: _lasting(leg, _seconds(leg))}


def _cut(name: str, leg: Move) -> dict[str, AnyStep]:
    """Return a leg of fixed length as two; the first keeps its name, so that whoever joins or repeats it meets both."""
    seconds = _seconds(leg)
    if not isinstance(leg.takes.law, Constant) or seconds < SHORTEST:
        return {name: leg}
    first = max(1, seconds // FIRST_PART)
    rest = Move.model_validate(
        {
            "mode": leg.mode,
            "origin": leg.destination,
            "destination": leg.destination,
            "takes": f"{seconds - first} s",
            "price": FREE,
            "stream": LATER_HALF.format(name),
        }
    )
    return {name: _lasting(leg, first), LATER_HALF.format(name): rest}


def _changed(scenario: Scenario, change: Change) -> Scenario:
    """Return a scenario with every leg changed."""
    routes = {
        name: route.model_copy(update={"steps": _steps(route.steps, change)}) for name, route in scenario.routes.items()
    }
    return scenario.model_copy(update={"routes": routes})


def _steps(steps: Mapping[str, AnyStep], change: Change) -> dict[str, AnyStep]:
    found: dict[str, AnyStep] = {}
    for name, step in steps.items():
        if isinstance(step, Move):
            found |= change(name, step)
        elif isinstance(step, Branch):
            lanes = {
                key: lane.model_copy(update={"steps": _steps(lane.steps, change)}) for key, lane in step.branch.items()
            }
            found[name] = step.model_copy(update={"branch": lanes})
        else:
            found[name] = step
    return found


def _differences(
    judged: Judged, lowered: Lowered, before: tuple[Replication, ...], after: tuple[Replication, ...]
) -> Iterator[Finding]:
    """Yield the first consignment of each replication that is not delivered as before."""
    for was, now in zip(before, after, strict=True):
        for name in COMPARED:
            mine, yours = (_outcome(each, name) for each in (was, now))
            if len(mine) != len(yours):
                yield judged.broken("consignments", len(mine), len(yours))
                return
            for who in np.flatnonzero(mine != yours)[:1].tolist():
                flow = lowered.program.flow_names[int(was.inputs.consignments.flow[who])]
                yield judged.broken(
                    f"{name} of consignment {who} ({flow}) in replication {was.inputs.replication}, by its tick",
                    int(mine[who]),
                    int(yours[who]),
                )


def _outcome(played: Replication, name: str) -> Ints:
    return played.trace.outcomes[:, OUTCOMES.index(name)]


LEG_IN_TWO = Law(NAME, SAYS, test)
