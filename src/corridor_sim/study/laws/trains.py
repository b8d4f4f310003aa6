"""The law of more trains: under the same draws a service that runs more often lengthens no wait for it.

Tried for each service that carried anything, by one more departure midway between each two. Wait is from ready at
the boarding to the departure of the vehicle; of measured loads, because a run ends when what is measured is there.

Proof. Let what waits become ready at the same ticks with and without the new departures. A load list takes, of those
eligible, the first in (priority, ready tick, tie rank) that fit. Claim: at every tick the waiting of the world with
more departures are among the waiting of the other. It holds at the start, and whoever becomes ready joins both. A new
departure only takes from the first. At a common one the same room is left. (a) Where all who wait take up the same of
what binds, both take the first c of those eligible; who is left behind with more departures has c eligible before it,
all of whom wait in the other world too, so it is left behind there. (b) Where in the world with more departures
nobody is ever left behind, nobody eligible stays. So everybody is on the same or an earlier load list. Vehicles that
leave in the order of their load lists leave no later with what is on an earlier list, if common departures leave when
they left: q.e.d., for each load and so for the mean.

It does not hold, and is shown as an exception with the means, where one of this is not so:
* what follows the ride is shared with what comes before it (a yard, a pool, a desk, a switch by the timetable): the
  roads paradox of Braess, more departures can bring everybody to a desk at once;
* the gate opens by the timetable: the hours of deliveries would change too;
* loads take up unlike shares of what binds, and somebody was left behind: one that fits sooner can cost another its
  place;
* a departure is cancelled after its list was fixed, is too light or is held too long: the load goes back, and more
  departures are lighter;
* departures block each other for good, each with what the other waits for;
* vehicles overtake each other, or wait for berths: then only the load lists are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.economics.passages import passages_of
from corridor_sim.engine.base import DEPARTURES, VISITS
from corridor_sim.engine.program import NONE, DepartureState, Ints
from corridor_sim.errors import EngineError
from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.instructions import instructions_of
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.laws.influence import felt_from
from corridor_sim.study.laws.law import Finding, Judged, Law
from corridor_sim.study.laws.world import Trial, World, world_of
from corridor_sim.study.simulate import Replication
from corridor_sim.units import SECONDS_PER_HOUR

NAME = "more trains"
SAYS = "a service that runs more often under the same draws lengthens no wait for it, where that can be proved"
TWO_PARTS = 2
WORDS = {"listed": "on a load list", "left": "gone"}
WENT_BACK = (DepartureState.TOO_LIGHT, DepartureState.HELD_TOO_LONG)
"""A departure after whose load list the load waits again."""


@dataclass(frozen=True)
class Waits:
    """Measured loads at the boardings of a service: who and where (rows of consignments, steps, visits), and when.

    `listed` is the scheduled tick of the departure that took them; each load list is fixed as long before.
    """

    who: Ints
    ready: Ints
    listed: Ints
    left: Ints


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what more departures of each service do to the waits for it, in each alternative."""
    world = world_of(file, replications)
    return [finding for trial in world.trials for finding in by_reason(_trial(world, trial))]


def by_reason(found: Iterable[Finding]) -> list[Finding]:
    """Return findings with the exceptions of one reason told together."""
    alike: dict[str, list[Finding]] = {}
    others: list[Finding] = []
    for each in found:
        if each.kind == "exception":
            alike.setdefault(each.because, []).append(each)
        else:
            others.append(each)
    for same in alike.values():
        told = "; ".join(f"{each.what}: {each.found}" for each in same if each.found)
        others.append(replace(same[0], what=", ".join(each.what for each in same), found=told))
    return others


def _trial(world: World, trial: Trial) -> Iterator[Finding]:
    judged, lowered = Judged(NAME, trial.names), trial.first
    names = lowered.program.service_names
    if not names:
        yield judged.exception("services", "no route boards any")
    idle = []
    for number, name in enumerate(names):
        if not any(len(waits_for(lowered, each, number).who) for each in trial.played):
            idle.append(name)
        elif len(lowered.plan.services[number].scheduled) <= 1:
            yield judged.exception(name, "it departs once, so there is nothing between its departures")
        else:
            try:
                after = world.play(lowered, with_more(lowered.plan, number))
            except EngineError as error:
                yield judged.exception(name, f"with more departures {error}")
                continue
            yield from _service(judged, lowered, number, list(zip(trial.played, after, strict=True)))
    if idle:
        yield judged.exception(", ".join(idle), "nothing measured waited for it in what was played")


def with_more(plan: InputPlan, service: int) -> InputPlan:
    """Return a plan with one more departure midway between each two of a service."""
    line = plan.services[service]
    scheduled = line.scheduled
    between = scheduled[:-1] + (scheduled[1:] - scheduled[:-1]) // TWO_PARTS
    every = np.unique(np.concatenate((scheduled, between)))
    lines = (*plan.services[:service], replace(line, scheduled=every), *plan.services[service + 1 :])
    return replace(plan, services=lines)


def _service(
    judged: Judged, lowered: Lowered, service: int, pairs: list[tuple[Replication, Replication]]
) -> Iterator[Finding]:
    name = lowered.program.service_names[service]
    before, after = ([waits_for(lowered, each[place], service) for each in pairs] for place in (0, 1))
    means = f"mean wait {_mean(before)}, {_mean(after)} with departures in between"
    if lowered.scenario.services[name].opens is not None:
        yield judged.exception(name, "its gate opens by the timetable", means)
        return
    may_come_back = felt_from(lowered.program, service).comes_back
    for was, now in zip(before, after, strict=True):
        if not np.array_equal(was.who, now.who) or not np.array_equal(was.ready, now.ready):
            if not may_come_back:
                yield judged.broken(f"when cargo is ready for {name}", "the same ticks", "others", means)
            else:
                yield judged.exception(name, "what follows the ride is shared with what comes before it", means)
            return
    reasons = [reason for pair in pairs if (reason := obstacle(lowered, service, *pair))]
    if reasons:
        yield judged.exception(name, reasons[0], means)
        return
    loads = sum(len(each.who) for each in before)
    lists = [late for was, now in zip(before, after, strict=True) for late in _later(judged, name, was, now, "listed")]
    out_of_order = [reason for pair in pairs if (reason := disorder(service, *pair))]
    if lists or out_of_order:
        yield from judged.first_or_kept(lists, f"{name}: {loads} loads on the same or an earlier load list")
    if out_of_order:
        yield judged.exception(name, f"{out_of_order[0]}, so an earlier load list may leave later", means)
    elif not lists:
        late = (late for was, now in zip(before, after, strict=True) for late in _later(judged, name, was, now, "left"))
        yield from judged.first_or_kept(late, f"{name}: {loads} waits, {means}")


def _later(judged: Judged, name: str, was: Waits, now: Waits, moment: str) -> Iterator[Finding]:
    """Yield the loads that leave (or are listed) later, or not at all, though the service runs more often."""
    before, after = getattr(was, moment), getattr(now, moment)
    later = np.flatnonzero((before != NONE) & ((after == NONE) | (after > before)))
    for place in later[:1].tolist():
        left = "never" if after[place] == NONE else f"{_hours(int(after[place] - now.ready[place]))} h"
        yield judged.broken(
            f"wait of consignment {int(was.who[place, 0])} for {name}, until it is {WORDS[moment]}",
            f"at most {_hours(int(before[place] - was.ready[place]))} h",
            left,
            f"{len(later)} of {len(was.who)} loads wait longer",
        )


def waits_for(lowered: Lowered, played: Replication, service: int) -> Waits:
    """Return the waits of measured loads for a service."""
    visits, people, program = played.trace.visits, played.inputs.consignments, lowered.program
    boards = [number for number in felt_from(program, service).boards]
    columns = {name: visits[:, place] for place, name in enumerate(VISITS)}
    who = columns["consignment"]
    release, flow = people.release[who], people.flow[who]
    measured = (flow < len(lowered.flow_order)) & (release >= program.window_from) & (release < program.window_to)
    rows = np.flatnonzero(measured & np.isin(columns["step"], boards) & (columns["ready"] != NONE))
    key = np.column_stack([columns[name][rows] for name in ("consignment", "step", "visit")])
    taken_by, scheduled = columns["resource"][rows], played.inputs.departures.scheduled
    listed = np.where(taken_by != NONE, scheduled[taken_by], NONE)
    return Waits(key, columns["ready"][rows], listed, columns["start"][rows])


def obstacle(lowered: Lowered, service: int, was: Replication, now: Replication) -> str:
    """Return in words what the proof needs and this replication does not have; "" where it has all."""
    few, many = _Departures.of(was, service), _Departures.of(now, service)
    closes = many.scheduled - lowered.program.services[service].close
    if np.any((many.notice != NONE) & (many.notice > closes)):
        return "a departure is cancelled after its load list was fixed"
    if np.isin(few.state, WENT_BACK).any() or np.isin(many.state, WENT_BACK).any():
        return "a departure was too light or held too long, and its load waited again"
    if np.any(many.left_behind > 0) and not alike(lowered, service, was, now):
        return "somebody was left behind, and loads take up unlike shares of the room"
    return ""


def disorder(service: int, was: Replication, now: Replication) -> str:
    """Return in words why vehicles do not leave in the order of their load lists, or not as they did; "" if they do."""
    few, many = _Departures.of(was, service), _Departures.of(now, service)
    ran = many.actual[many.actual != NONE]
    if np.any(np.diff(ran) < 0):
        return "vehicles overtake each other"
    left = dict(zip(many.scheduled.tolist(), many.actual.tolist(), strict=True))
    known = [
        (actual, left.get(tick, NONE)) for tick, actual in zip(few.scheduled.tolist(), few.actual.tolist(), strict=True)
    ]
    if any(NONE not in pair and pair[0] != pair[1] for pair in known):
        return "vehicles wait for berths or for each other"
    return ""


@dataclass(frozen=True)
class _Departures:
    """The departures of a service in the order of their timetable."""

    scheduled: Ints
    notice: Ints
    state: Ints
    actual: Ints
    left_behind: Ints

    @staticmethod
    def of(played: Replication, service: int) -> _Departures:
        """Return those of a replication."""
        inputs, happened = played.inputs.departures, played.trace.departures
        rows = np.flatnonzero(inputs.service == service)
        state, actual, left = (happened[rows, DEPARTURES.index(name)] for name in ("state", "actual", "left_behind"))
        return _Departures(inputs.scheduled[rows], inputs.notice[rows], state, actual, left)


def alike(lowered: Lowered, service: int, *played: Replication) -> bool:
    """Return whether everything that waited for a service takes up the same of whatever binds there."""
    binding = [place for place, most in enumerate(lowered.plan.services[service].capacity) if most != NONE]
    boards = list(felt_from(lowered.program, service).boards)
    kinds: set[tuple[int, ...]] = set()
    for each in played:
        passages = passages_of(lowered, instructions_of(lowered), each.inputs, each.trace)
        rows = np.flatnonzero(np.isin(passages.column("step"), boards))
        kinds |= set(map(tuple, np.unique(passages.sizes[rows][:, binding], axis=0).tolist()))
    return len(kinds) <= 1


def _mean(waits: list[Waits]) -> str:
    known = [each.left[each.left != NONE] - each.ready[each.left != NONE] for each in waits]
    every = np.concatenate(known)
    return f"{_hours(float(every.mean()))} h" if len(every) else "unknown"


def _hours(seconds: float) -> str:
    return f"{seconds / SECONDS_PER_HOUR:.2f}"


MORE_TRAINS = Law(NAME, SAYS, test)
