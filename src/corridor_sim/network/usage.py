"""Which routes, facilities and services an alternative uses: nothing else is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.steps import AnyStep, Board, Branch, Customs, Release, Seize, Switch, Work

GATE = "gate of {}"
"""Name of the facility that is open while a service accepts deliveries."""


@dataclass
class Usage:
    """Names of what the routes in use touch."""

    facilities: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)


def all_steps(steps: Mapping[str, AnyStep]) -> Iterator[AnyStep]:
    """Yield steps and the steps of their lanes."""
    for step in steps.values():
        yield step
        if isinstance(step, Branch):
            for lane in step.branch.values():
                yield from all_steps(lane.steps)


def routes_in_use(scenario: Scenario) -> list[str]:
    """Return the routes of the flows and those they can switch to, by name."""
    found: set[str] = set()
    wanted = {flow.route for flow in scenario.flows.values()}
    while wanted:
        name = wanted.pop()
        found.add(name)
        wanted |= {step.to for step in all_steps(scenario.routes[name].steps) if isinstance(step, Switch)} - found
    return sorted(found)


def things_in_use(scenario: Scenario) -> Usage:
    """Return the facilities and services that the routes in use touch, gates of services included."""
    usage = Usage()
    for name in routes_in_use(scenario):
        for step in all_steps(scenario.routes[name].steps):
            _note(usage, step)
    for name in usage.services:
        service = scenario.services[name]
        if service.opens is not None:
            usage.facilities.add(GATE.format(name))
        if service.berths is not None:
            usage.facilities |= {
                berth for berth in (service.berths.at_origin, service.berths.at_destination) if berth is not None
            }
    return usage


def _note(usage: Usage, step: AnyStep) -> None:
    match step:
        case Work():
            usage.facilities.add(step.at)
        case Seize():
            usage.facilities.add(step.seize)
        case Release():
            usage.facilities.add(step.release)
        case Customs(inspect_at=str(facility)):
            usage.facilities.add(facility)
        case Switch():
            usage.facilities |= {step.switch.queue_at} if step.switch.queue_at else set()
            usage.services |= {step.switch.next_departure_of} if step.switch.next_departure_of else set()
        case Board():
            usage.services.add(step.board)
            usage.facilities |= {yard for yard in (step.leaves, step.enters) if yard is not None}
