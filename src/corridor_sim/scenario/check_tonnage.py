"""Checks reported tonnages against what a timetable can lift; no scenario may carry more than it has flights for."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.calendars import Clock
from corridor_sim.scenario.check_run import Run
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.timetables import parse_timetable
from corridor_sim.units import DAYS_PER_YEAR, SECONDS_PER_DAY, Tick

KG_PER_TONNE = 1000


def yearly_lift_kg(scenario: Scenario, service: str, clock: Clock, horizon: Tick) -> Fraction | None:
    """Return the mass in kg that a service can lift in a year at its timetable; None without a capacity in mass."""
    line = scenario.services[service]
    room = next((limit.value for limit in line.capacity if limit.measure == "mass"), None)
    if room is None:
        return None
    departures = len(parse_timetable(list(line.departs), clock, horizon))
    return room * departures * DAYS_PER_YEAR * SECONDS_PER_DAY / horizon


def check_tonnage(found: Findings, run: Run | None) -> None:
    """Check what services are said to have carried, and the services that anomalies name."""
    scenario = found.scenario
    for name, service in scenario.services.items():
        if service.carried is not None and run is not None:
            lift = _lift(found, ("services", name, "carried"), name, run)
            if lift is not None and service.carried.value > lift:
                message = f"{service.carried.text} a year is more than the timetable can lift, {_tonnes(lift)} t"
                found.add(("services", name, "carried"), message)
    for name, anomaly in scenario.anomalies.items():
        for place, named in enumerate(anomaly.services):
            path = ("anomalies", name, "services", place)
            found.refer(path, named, scenario.services, "service")
            if named in anomaly.services[:place]:
                found.add(path, f'"{named}" stands twice, so its lift would count twice')
            if named in scenario.services and run is not None:
                _lift(found, path, named, run)


def _lift(found: Findings, path: FieldPath, service: str, run: Run) -> Fraction | None:
    lift = found.read(
        ("services", service, "departs"), partial(yearly_lift_kg, found.scenario, service, run.clock, run.horizon)
    )
    if lift is None:
        found.add(path, f'a tonnage needs a capacity in tonnes, which service "{service}" does not state')
    return lift


def _tonnes(kilograms: Fraction) -> str:
    return f"{float(kilograms) / KG_PER_TONNE:,.0f}".replace(",", " ")
