"""What maps show of a run: its places, the legs between them and the stays at them, with figures of the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corridor_sim.report.geography.courses import course, drawn
from corridor_sim.report.geography.mercator import (
    Point,
    Window,
    east_of,
    mercator,
    western_edge,
    window_around,
)
from corridor_sim.report.run import Run
from corridor_sim.report.words import Unit, interval_text, unit_of

Figures = Mapping[str, Any]
GAP_SHARE = 0.014
"""Legs between the same places are at most this share of the window's longer side apart."""
UNKNOWN = "–"
EMISSIONS = Unit("kg CO2e/t", decimals=1)


@dataclass(frozen=True)
class Leg:
    """A step that goes somewhere; `bow` numbers those between the same ends: 0 in their middle, then to both sides."""

    route: str
    step: str
    mode: str
    origin: str
    destination: str
    km: float
    bow: float
    figures: Figures

    @property
    def cny(self) -> float:
        """Mean cash per box, 0 where it is not known."""
        return value_of(self.figures["cost"])


@dataclass(frozen=True)
class Stay:
    """What is done at a place on one way: mean hours that goods stand there, mean cash per box, how many took it."""

    place: str
    route: str
    step: str
    hours: float
    cny: float
    consignments: float
    figures: Figures


@dataclass(frozen=True)
class Spot:
    """A place as a map shows it: means over all consignments of an alternative that may come by, and its stays."""

    place: str
    hours: float
    cny: float
    stays: Sequence[Stay]


class Atlas:
    """The places of a run that its ways touch, in degrees (east, north) on a globe cut where nothing is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        steps = [step for one in run.alternatives for step in one["steps"]]
        named = dict.fromkeys(step[end] for step in steps for end in ("origin", "destination"))
        known: dict[str, Any] = {}
        for name in run.names:
            known |= run.scenario(name).get("places", {})
        known = {name: known[name] for name in named if name in known}
        easts = {name: float(place["at"][1]) for name, place in known.items()}
        ends = {(step["origin"], step["destination"]) for step in steps}
        legs = [(easts[origin], easts[end]) for origin, end in sorted(ends) if origin in easts and end in easts]
        self.edge = western_edge(easts.values(), legs)
        self.places: dict[str, Point] = {
            name: (east_of(self.edge, easts[name]), float(place["at"][0])) for name, place in known.items()
        }
        self._courses: dict[tuple[str, str, str, float], list[Point]] = {}
        points = [mercator(*point) for point in self.places.values()]
        points += [mercator(*point) for name in run.names for leg in self.legs(name) for point in self.course(leg)]
        self.window = window_around(points) if points else Window(0.0, 0.0, 0.0, 0.0)

    def legs(self, alternative: str) -> list[Leg]:
        """Return all legs of all ways of an alternative, those between the same places bowed apart."""
        found = [
            (step, frozenset((step["origin"], step["destination"])))
            for step in _one(self.run, alternative)["steps"]
            if step["mode"] and {step["origin"], step["destination"]} <= self.places.keys()
        ]
        beside: dict[frozenset[str], int] = {}
        for _, ends in found:
            beside[ends] = beside.get(ends, 0) + 1
        before: dict[frozenset[str], int] = {}
        legs = []
        for step, ends in found:
            bow = before.get(ends, 0) - (beside[ends] - 1) / 2
            before[ends] = before.get(ends, 0) + 1
            route, name, mode = step["route"], step["step"], step["mode"]
            km = float(step["km_to"] - step["km_from"])
            legs.append(Leg(route, name, mode, step["origin"], step["destination"], km, bow, step))
        return legs

    def course(self, leg: Leg) -> list[Point]:
        """Return where a leg runs, degrees."""
        key = (leg.mode, leg.origin, leg.destination, leg.km)
        if key not in self._courses:
            self._courses[key] = course(leg.mode, self.places[leg.origin], self.places[leg.destination], leg.km)
        return self._courses[key]

    def line(self, leg: Leg) -> list[Point]:
        """Return a leg's line in the plane, km."""
        return drawn(self.course(leg), leg.bow, GAP_SHARE * max(self.window.width, self.window.height))

    def spots(self, alternative: str) -> list[Spot]:
        """Return the places of an alternative; means are weighted with the consignments of each way."""
        taken = consignments_by_route(self.run, alternative)
        whole = sum(taken.values())
        stays: dict[str, list[Stay]] = {}
        for step in _one(self.run, alternative)["steps"]:
            for name in (step["origin"], step["destination"]):
                if name in self.places:
                    stays.setdefault(name, [])
            if step["origin"] in self.places:
                stays[step["origin"]].append(_stay(step, taken.get(step["route"], 0.0)))
        spots = []
        for name, here in stays.items():
            hours, cny = (
                sum(stay.consignments * getattr(stay, part) for stay in here if not stay.figures["lane"]) / whole
                if whole
                else 0.0
                for part in ("hours", "cny")
            )
            ordered = sorted(here, key=lambda stay: stay.consignments * stay.hours, reverse=True)
            spots.append(Spot(name, hours, cny, [stay for stay in ordered if stay.hours > 0 or stay.cny > 0]))
        return spots


def _one(run: Run, alternative: str) -> Figures:
    return next(one for one in run.alternatives if one["name"] == alternative)


def _stay(step: Figures, consignments: float) -> Stay:
    """Return a step as a stay where it begins: without the time that is travelled, and what a leg costs."""
    hours = max(0.0, value_of(step["hours"]) - value_of(step["travelling"]))
    cny = 0.0 if step["mode"] else value_of(step["cost"])
    return Stay(step["origin"], step["route"], step["step"], hours, cny, consignments, step)


def consignments_by_route(run: Run, alternative: str) -> dict[str, float]:
    """Return how many consignments took each way of an alternative, in all replications."""
    table = run.tables.get("time_cost_distance")
    if table is None:
        return {}
    ours = table[table["alternative"] == alternative]
    return {str(route): float(most) for route, most in ours.groupby("route")["consignments"].max().items()}


def value_of(figure: Figures | None) -> float:
    """Return a figure's value, 0 where it has none."""
    return float(figure["value"] or 0.0) if figure is not None else 0.0


def told(figure: Figures | None, unit: Unit | None = None) -> str:
    """Return a figure with its interval and its unit's sign."""
    if figure is None or figure["value"] is None:
        return UNKNOWN
    shown = unit or unit_of(figure["unit"])
    return f"{interval_text(figure, shown)} {shown.words}"
