"""Checks of each step of a route on its own: what it names exists, and is of the kind the step needs."""

from __future__ import annotations

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.check_world import check_facility_at, check_has_servers
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import Route
from corridor_sim.scenario.steps import (
    AnyStep,
    Batch,
    Board,
    Branch,
    Customs,
    Move,
    Release,
    Seize,
    Switch,
    Work,
)

SEA_MODES = ("sea", "barge")


def check_steps(found: Findings) -> None:
    """Check every route's box, contracts and steps, one by one."""
    for name, route in found.scenario.routes.items():
        _check_route(found, name, route)
        for path, step_name, step in found.steps(name):
            found.name(path, step_name)
            for number, use in enumerate(step.charges):
                found.refer((*path, "charges", number, "tariff"), use.tariff, found.scenario.tariffs, "tariff")
            _check_step(found, path, step)
            _check_sea(found, route, path, step)


def _check_route(found: Findings, name: str, route: Route) -> None:
    path, scenario = ("routes", name), found.scenario
    for number, tariff in enumerate(route.charges_per_consignment):
        found.refer((*path, "charges_per_consignment", number), tariff, scenario.tariffs, "tariff")
    if route.box is not None:
        found.refer((*path, "box", "type"), route.box.type, scenario.boxes, "box type")
        found.refer((*path, "box", "empty_from"), route.box.empty_from, scenario.places, "place")
        found.refer((*path, "box", "return_to"), route.box.return_to, scenario.places, "place")
    for number, contract in enumerate(route.contracts):
        for key, place in (("from", contract.origin), ("to", contract.destination)):
            found.refer((*path, "contracts", number, key), place, scenario.places, "place")


def places_of(found: Findings, route: str) -> dict[str, None]:
    """Return the places that the steps of a route touch, in order."""
    scenario, places = found.scenario, dict[str, None]()
    for _, _, step in found.steps(route):
        match step:
            case Move():
                places |= dict.fromkeys((step.origin, step.destination))
            case Board() if step.board in scenario.services:
                service = scenario.services[step.board]
                places |= dict.fromkeys((service.origin, service.destination))
            case _:
                name = facility_of(step)
                if name in scenario.facilities:
                    places[scenario.facilities[name].at] = None
    return places


def facility_of(step: AnyStep) -> str | None:
    """Return the facility at which a step takes place, None if it names none."""
    match step:
        case Work():
            return step.at
        case Seize():
            return step.seize
        case Customs():
            return step.inspect_at
        case _:
            return None


def _check_step(found: Findings, path: FieldPath, step: AnyStep) -> None:
    scenario = found.scenario
    match step:
        case Move():
            for end in dict.fromkeys((step.origin, step.destination)):
                found.refer((*path, step.mode), end, scenario.places, "place")
        case Work():
            found.refer((*path, "at"), step.at, scenario.facilities, "facility")
            check_has_servers(found, (*path, "at"), step.at)
        case Customs():
            found.refer((*path, "channel"), step.channel, scenario.customs_channels, "customs channel")
            found.refer((*path, "inspect_at"), step.inspect_at, scenario.facilities, "facility")
            check_has_servers(found, (*path, "inspect_at"), step.inspect_at)
        case Board():
            _check_board(found, path, step)
        case Seize():
            _check_seize(found, path, step)
        case Release():
            found.refer((*path, "release"), step.release, scenario.facilities, "facility")
        case Switch():
            _check_switch(found, path, step)
        case Batch() if len(step.batch) > 1:
            found.add((*path, "batch"), "a batch is one quantity, such as 20 pallets")
        case Branch():
            for lane in step.branch:
                found.name((*path, "branch", lane), lane)
        case _:
            pass


def _check_board(found: Findings, path: FieldPath, step: Board) -> None:
    services = found.scenario.services
    found.refer((*path, "board"), step.board, services, "service")
    if step.board in services:
        service = services[step.board]
        check_facility_at(found, (*path, "leaves"), step.leaves, service.origin)
        check_facility_at(found, (*path, "enters"), step.enters, service.destination)


def _check_seize(found: Findings, path: FieldPath, step: Seize) -> None:
    found.refer((*path, "seize"), step.seize, found.scenario.facilities, "facility")
    facility = found.scenario.facilities.get(step.seize)
    if facility is None:
        return
    at, units = (*path, "units"), step.units
    if facility.holds is None:
        if isinstance(units, tuple):
            found.add(at, f'"{step.seize}" has servers; `units` is a whole number of them')
        elif isinstance(facility.servers, int) and units > facility.servers:
            found.add(at, f'{units} is more than the {facility.servers} servers of "{step.seize}"')
        return
    room = facility.holds[0]
    if not isinstance(units, tuple):
        if units != 1:
            found.add(at, f'"{step.seize}" is counted as {room.text}; write `units` so too, or leave them out')
    elif [amount.measure for amount in units] != [room.measure]:
        found.add(at, f'"{step.seize}" is counted as {room.text}; `units` is one quantity of that kind')
    elif units[0].value > room.value:
        found.add(at, f'{units[0].text} is more than the {room.text} of "{step.seize}"')


def _check_switch(found: Findings, path: FieldPath, step: Switch) -> None:
    when, scenario = step.switch, found.scenario
    found.refer((*path, "switch", "next_departure_of"), when.next_departure_of, scenario.services, "service")
    found.refer((*path, "switch", "queue_at"), when.queue_at, scenario.facilities, "facility")
    found.refer((*path, "to"), step.to, scenario.routes, "route")
    if isinstance(when.over, tuple) and len(when.over) > 1:
        found.add((*path, "switch", "over"), "the length of a queue is one quantity")


def _check_sea(found: Findings, route: Route, path: FieldPath, step: AnyStep) -> None:
    if route.box is None or route.box.goes_to_sea:
        return
    service = found.scenario.services.get(step.board) if isinstance(step, Board) else None
    key, mode = ("board", service.mode) if service is not None else ("", getattr(step, "mode", ""))
    if mode in SEA_MODES:
        found.add((*path, key or mode), f"this {route.box.owner} box may not go to sea")
