"""Checks of facilities, services and closures: places and facilities that exist, and of the kind that is needed."""

from __future__ import annotations

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.world import Berths, Closure, Service


def check_world(found: Findings) -> None:
    """Check every facility, service and closure."""
    scenario = found.scenario
    for name, facility in scenario.facilities.items():
        found.refer(("facilities", name, "at"), facility.at, scenario.places, "place")
    for name, service in scenario.services.items():
        _check_service(found, name, service)
    for name, closure in scenario.closures.items():
        _check_closure(found, ("closures", name), closure)


def _check_service(found: Findings, name: str, service: Service) -> None:
    path, places = ("services", name), found.scenario.places
    found.refer((*path, "from"), service.origin, places, "place")
    found.refer((*path, "to"), service.destination, places, "place")
    if service.origin == service.destination:
        found.add((*path, "to"), f'the service ends where it begins, at "{service.origin}"')
    if service.berths is not None:
        _check_berths(found, name, service, service.berths)
    if service.minimum is not None and len(service.minimum.load) > 1:
        found.add((*path, "minimum", "load"), "the least load is one quantity, such as 30 TEU")


def _check_berths(found: Findings, name: str, service: Service, berths: Berths) -> None:
    sides = (
        ("at_origin", berths.at_origin, service.origin),
        ("at_destination", berths.at_destination, service.destination),
    )
    for key, berth, place in sides:
        path = ("services", name, "berths", key)
        check_facility_at(found, path, berth, place)
        check_has_servers(found, path, berth)


def check_facility_at(found: Findings, path: FieldPath, name: str | None, place: str) -> None:
    """Check that a facility, unless None, exists and stands at `place`."""
    facilities = found.scenario.facilities
    found.refer(path, name, facilities, "facility")
    if name in facilities and facilities[name].at != place:
        found.add(path, f'"{name}" is at {facilities[name].at}, not at {place}')


def check_has_servers(found: Findings, path: FieldPath, name: str | None) -> None:
    """Check that a facility, if it exists, is one that works rather than one that holds."""
    facility = found.scenario.facilities.get(name) if name is not None else None
    if facility is not None and facility.holds is not None:
        message = f'"{name}" holds {facility.holds[0].text} and has no servers; use `seize` and `release` for it'
        found.add(path, message)


def _check_closure(found: Findings, path: FieldPath, closure: Closure) -> None:
    for number, act in enumerate(closure.acts):
        for place, known in enumerate(act.places):
            found.refer((*path, "acts", number, "places", place), known, found.scenario.places, "place")
    for place, source in enumerate(closure.source):
        found.refer((*path, "source", place), source, found.scenario.sources, "source")
    if closure.season and closure.rate is None:
        found.add((*path, "season"), "a season goes with `rate`; the days of `on` are known already")
