"""Which routes, facilities, services and values an alternative uses: nothing else is simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.findings import Value, values_of
from corridor_sim.scenario.model import Closure, Scenario
from corridor_sim.scenario.steps import AnyStep, Board, Branch, Customs, Move, Release, Seize, Switch, Work

GATE = "gate of {}"
"""Name of the facility that is open while a service accepts deliveries."""


@dataclass
class Usage:
    """Names of what the routes in use touch."""

    facilities: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)


def all_steps(steps: Mapping[str, AnyStep]) -> Iterator[AnyStep]:
    """Yield steps and the steps of their lanes."""
    return (step for _, step in named_steps(steps))


def named_steps(steps: Mapping[str, AnyStep]) -> Iterator[tuple[str, AnyStep]]:
    """Yield the same with their names."""
    for name, step in steps.items():
        yield name, step
        if isinstance(step, Branch):
            for lane in step.branch.values():
                yield from named_steps(lane.steps)


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


PARTS_WITH_VALUES = (
    "boxes",
    "facilities",
    "services",
    "closures",
    "customs_channels",
    "tariffs",
    "subsidies",
    "routes",
)
"""Parts of a scenario of which an alternative uses what its routes touch."""
READ_BY_NO_FIGURE = ("carried", "cost_per_departure", "ttw", "yearly", "indices")
"""Fields that check a file, show another view, or were put into the prices when it was read."""


def values_in_use(scenario: Scenario) -> Iterator[tuple[FieldPath, Value]]:
    """Yield every value with its path that can change a figure of cost or time of an alternative."""
    names = names_in_use(scenario)
    for part in (*PARTS_WITH_VALUES, "money", "flows"):
        for path, value in values_of(getattr(scenario, part), (part,)):
            is_used = part not in names or path[1] in names[part]
            if part == "money" and path[1] == EMISSIONS:
                is_used = path[NAME_OF_FACTOR] in names[EMISSIONS]
            if is_used and not set(path).intersection(READ_BY_NO_FIGURE):
                yield path, value


EMISSIONS = "emissions"
NAME_OF_FACTOR = 2
"""Place of a factor's name in the path of its value."""


def names_in_use(scenario: Scenario) -> dict[str, set[str]]:
    """Return by part of a scenario the names of what the routes in use touch; `emissions`: names of factors."""
    used, routes = things_in_use(scenario), [scenario.routes[name] for name in routes_in_use(scenario)]
    steps = [(name, step) for route in routes for name, step in named_steps(route.steps)]
    bodies = [step for _, step in steps]
    services = [scenario.services[name] for name in used.services]
    places = {scenario.facilities[name].at for name in used.facilities & set(scenario.facilities)}
    places |= {place for service in services for place in (service.origin, service.destination)}
    modes = {service.mode for service in services} | {step.mode for step in bodies if isinstance(step, Move)}
    factors = {emits for thing in (*services, *bodies) if (emits := thing.emits)} | modes | {HUB}
    return {
        "routes": set(routes_in_use(scenario)),
        "facilities": used.facilities,
        "services": used.services,
        "boxes": {route.box.type for route in routes if route.box is not None},
        "closures": {name for name, closure in scenario.closures.items() if places & _closed_places(closure)},
        "customs_channels": {step.channel for step in bodies if isinstance(step, Customs)},
        "tariffs": {use.tariff for step in bodies for use in step.charges}.union(
            *(route.charges_per_consignment for route in routes)
        ),
        "subsidies": {name for name, subsidy in scenario.subsidies.items() if subsidy.step in dict(steps)},
        EMISSIONS: factors | {f"{REEFER}_{name}" for name in factors} | {REEFER},
    }


HUB, REEFER = "hub", "reefer"
"""Emission factors of handling where a step names none, and of cooling."""


def _closed_places(closure: Closure) -> set[str]:
    return {place for act in closure.acts for place in act.places}
