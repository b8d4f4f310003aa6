"""Checks of a route as a whole: what is seized and given back, where lanes end, loops and switches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from corridor_sim.reading.located import FieldPath, suggestion
from corridor_sim.scenario.check_steps import facility_of, places_of
from corridor_sim.scenario.findings import Findings, written_steps
from corridor_sim.scenario.steps import (
    AnyStep,
    Board,
    Branch,
    Customs,
    Lane,
    Move,
    Release,
    Seize,
    Switch,
    Wait,
    Work,
)

Held = dict[str, FieldPath]
"""Facility -> path of the step that took it."""
State = tuple[str, frozenset[str]]
"""Place and what is held there."""


@dataclass(slots=True)
class _Walk:
    """One route from its first step on: where a consignment is, what it holds, what it has passed."""

    found: Findings
    route: str
    place: str = ""
    held: Held = field(default_factory=dict)
    passed: dict[str, AnyStep] = field(default_factory=dict)
    before: dict[str, State] = field(default_factory=dict)
    """Step -> state before it."""
    switches: list[tuple[FieldPath, Switch, State]] = field(default_factory=list)

    def state(self) -> State:
        return self.place, frozenset(self.held)

    def walk(self, steps: Mapping[str, AnyStep], path: FieldPath) -> None:
        """Pass `steps`, which stand at `path`."""
        for name, step in steps.items():
            self.place = self._begins(step) or self.place
            self.before.setdefault(name, self.state())
            self._pass_step((*path, name), name, step)
            self.passed[name] = step

    def _begins(self, step: AnyStep) -> str:
        scenario = self.found.scenario
        if isinstance(step, Move):
            return step.origin
        if isinstance(step, Board):
            return scenario.services[step.board].origin if step.board in scenario.services else ""
        name = facility_of(step)
        return scenario.facilities[name].at if name in scenario.facilities else ""

    def _pass_step(self, path: FieldPath, name: str, step: AnyStep) -> None:
        match step:
            case Move():
                self.place = step.destination
            case Work():
                self._refuse_held((*path, "at"), step.at)
            case Customs():
                self._refuse_held((*path, "inspect_at"), step.inspect_at)
            case Seize():
                self._take((*path, "seize"), step.seize)
            case Release():
                self._give_back((*path, "release"), step.release)
            case Board():
                self._board(path, step)
            case Switch():
                self.switches.append((path, step, self.state()))
            case Branch():
                self._branch(path, name, step)
            case _:
                pass

    def _refuse_held(self, path: FieldPath, facility: str | None) -> None:
        if facility in self.held:
            self.found.add(path, f'"{facility}" is held here already')

    def _take(self, path: FieldPath, facility: str) -> None:
        self._refuse_held(path, facility)
        self.held.setdefault(facility, path)

    def _give_back(self, path: FieldPath, facility: str) -> None:
        if facility not in self.held:
            hint = suggestion(facility, self.held) or "; seize it at a step before"
            self.found.add(path, f'"{facility}" is given back but not held here{hint}')
        self.held.pop(facility, None)

    def _board(self, path: FieldPath, step: Board) -> None:
        if step.leaves is not None:
            self._give_back((*path, "leaves"), step.leaves)
        if step.enters is not None:
            self._take((*path, "enters"), step.enters)
        services = self.found.scenario.services
        self.place = services[step.board].destination if step.board in services else ""

    def _branch(self, path: FieldPath, name: str, step: Branch) -> None:
        _check_shares(self.found, path, step)
        place, held, passed = self.place, dict(self.held), {**self.passed, name: step}
        ends: list[tuple[str, Held]] = []
        for key, lane in step.branch.items():
            lane_path = (*path, "branch", key)
            self.place, self.held, self.passed = place, dict(held), dict(passed)
            self.walk(lane.steps, (*lane_path, "steps"))
            if lane.again is not None:
                self._loop((*lane_path, "again"), lane, lane.again, passed)
                # once the bound is reached, the consignment goes on from the branch
                self.place, self.held = place, dict(held)
            ends.append((self.place, self.held))
        if len({end for end, _ in ends if end}) > 1:
            self.found.add(path, f"its lanes end at different places: {', '.join(dict.fromkeys(e for e, _ in ends))}")
        if len({frozenset(kept) for _, kept in ends}) > 1:
            self.found.add(path, "its lanes do not end with the same things held; give back in each of them, or behind")
        self.place, self.held = ends[0]
        self.passed = passed

    def _loop(self, path: FieldPath, lane: Lane, again: str, passed: Mapping[str, AnyStep]) -> None:
        """Check a lane of the last step in `passed` that goes back to the step `again`."""
        if again not in passed:
            hint = suggestion(again, passed)
            self.found.add(path, f'"{again}" is no earlier step of this route{hint}')
            return
        place, held = self.before[again]
        if held != frozenset(self.held) or (self.place and place and self.place != place):
            self.found.add(path, f'the loop goes back to "{again}" from another place, or with other things held')
        *names, branch = passed
        since = names[names.index(again) :] if again != branch else []
        inside = written_steps({**lane.steps} | {name: passed[name] for name in since}, ())
        if not any(self._takes_time(step) for _, _, step in inside):
            self.found.add(path, "the loop takes no time; it needs a step that does")

    def _takes_time(self, step: AnyStep) -> bool:
        if isinstance(step, Customs):
            channel = self.found.scenario.customs_channels.get(step.channel)
            return channel is None or any(
                (channel.documents, channel.manifest, channel.declaration, channel.arrival_report, channel.release)
            )
        return isinstance(step, Move | Work | Wait | Board)


def _check_shares(found: Findings, path: FieldPath, step: Branch) -> None:
    stated = [lane.share.value for lane in step.branch.values() if lane.share is not None]
    total, left_out = sum(stated, Fraction(0)), len(step.branch) - len(stated)
    if left_out > 1:
        found.add((*path, "branch"), f"{left_out} lanes have no `share`; only one may leave it out and takes the rest")
    elif total > 1 or (total < 1 and not left_out):
        found.add((*path, "branch"), f"the shares of the lanes add up to {float(total):.6g}; expected 1")


def _check_contracts(found: Findings, name: str) -> None:
    on_route = places_of(found, name)
    for number, contract in enumerate(found.scenario.routes[name].contracts):
        for key, place in (("from", contract.origin), ("to", contract.destination)):
            found.refer(("routes", name, "contracts", number, key), place, on_route, "place of this route")


def check_routes(found: Findings, sound: Collection[str]) -> None:
    """Check the `sound` routes from their first step to their last, then the switches between them."""
    walks: dict[str, _Walk] = {}
    for name, route in found.scenario.routes.items():
        notes = found if name in sound else found.quiet()
        _check_contracts(notes, name)
        walk = walks[name] = _Walk(notes, name)
        walk.walk(route.steps, ("routes", name, "steps"))
        for facility, path in walk.held.items():
            notes.add(path, f'"{facility}" is never given back; add a step `release: {facility}`')
    for name in sound:
        for path, step, state in walks[name].switches:
            if step.to in sound:
                _check_join(found, path, step, state, walks[step.to])
    _check_circles(found, walks)


def _check_join(found: Findings, path: FieldPath, step: Switch, state: State, target: _Walk) -> None:
    if step.join not in target.before:
        found.refer((*path, "join"), step.join, target.before, f'step of route "{step.to}"')
        return
    place, held = target.before[step.join]
    if place != state[0] and place and state[0]:
        found.add((*path, "join"), f'step "{step.join}" of route "{step.to}" is at {place}, this one at {state[0]}')
    elif held != state[1]:
        here, there = (", ".join(sorted(each)) or "nothing" for each in (state[1], held))
        found.add((*path, "join"), f'this route holds {here} here, route "{step.to}" at "{step.join}" holds {there}')


def _check_circles(found: Findings, walks: Mapping[str, _Walk]) -> None:
    """Refuse switches by which a consignment may come back to where it was."""
    order = {name: {step: place for place, step in enumerate(walk.before)} for name, walk in walks.items()}

    def next_switches(step: Switch) -> list[tuple[FieldPath, Switch]]:
        if step.to not in walks or step.join not in order[step.to]:
            return []
        joined = order[step.to][step.join]
        later = [(path, other) for path, other, _ in walks[step.to].switches]
        return [(path, other) for path, other in later if order[step.to][str(_step_name(path))] >= joined]

    for walk in walks.values():
        for path, step, _ in walk.switches:
            seen: set[FieldPath] = set()
            waiting = [step]
            while waiting:
                fresh = [(at, other) for at, other in next_switches(waiting.pop()) if at not in seen]
                seen |= {at for at, _ in fresh}
                waiting += [other for _, other in fresh]
            if path in seen:
                found.add((*path, "to"), "switches lead back here: a consignment could go in a circle for ever")


def _step_name(path: FieldPath) -> str | int:
    return path[-1]
