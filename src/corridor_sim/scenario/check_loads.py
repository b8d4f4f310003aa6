"""Checks that every consignment, and every load made of them, fits whatever it boards or enters on its way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil

from corridor_sim.catalog.values import Amount
from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import Box, Flow, Route
from corridor_sim.scenario.sizes import Sizes, amount_text, boxes_of, consignment_amounts, load_amounts
from corridor_sim.scenario.steps import AnyStep, Batch, Board, Branch, Seize, Switch

MOST_BOXES = 10_000
"""Boxes of one consignment: each may be drawn for."""
OPTIONAL = ("plug", "consignment")
"""Measures in which a load may well count nothing."""


def check_loads(found: Findings, sound: Collection[str], flows: Collection[str] | None = None) -> None:
    """Send each flow, or those named in `flows`, along its route and the routes it may switch to, if `sound`."""
    for name, flow in found.scenario.flows.items():
        if flow.route in sound and (flows is None or name in flows):
            box = _box_of(found, found.scenario.routes[flow.route])
            _check_consignment(found, name, flow, box)
            _Journey(found, name, flow, sound, consignment_amounts(flow, box)).travel(flow.route)


def _box_of(found: Findings, route: Route) -> Box | None:
    return found.scenario.boxes.get(route.box.type) if route.box is not None else None


def _check_consignment(found: Findings, name: str, flow: Flow, box: Box | None) -> None:
    boxes = boxes_of(flow, box)
    if boxes > MOST_BOXES:
        found.add(("flows", name, "size"), f"one consignment would fill {boxes} boxes; expected at most {MOST_BOXES}")
    if box is None:
        return
    for key, cargo, room in (("weight", flow.weight, box.payload), ("volume", flow.volume, box.volume)):
        if cargo is not None and room is not None and cargo.value > room.value * ceil(boxes):
            found.add(("flows", name, key), f"{cargo.text} is more than its boxes hold: {ceil(boxes)} x {room.text}")


@dataclass(slots=True)
class _Journey:
    """The largest thing a flow sends along a route: a consignment, or a load once a batch has formed it."""

    found: Findings
    flow_name: str
    flow: Flow
    sound: Collection[str]
    sizes: Sizes
    is_load: bool = False
    joined: set[tuple[str, str]] = field(default_factory=set)

    def travel(self, route_name: str, join: str = "") -> None:
        """Follow a route from its first step, or from the step `join`."""
        if (route_name, join) in self.joined or route_name not in self.sound:
            return
        self.joined.add((route_name, join))
        route = self.found.scenario.routes[route_name]
        steps = list(route.steps)
        first = steps.index(join) if join in steps else 0
        self._follow({name: route.steps[name] for name in steps[first:]}, ("routes", route_name, "steps"), route)

    def _follow(self, steps: Mapping[str, AnyStep], path: FieldPath, route: Route) -> None:
        for name, step in steps.items():
            at = (*path, name)
            match step:
                case Board():
                    self._check_service((*at, "board"), step.board)
                    self._check_room((*at, "enters"), step.enters)
                case Seize(units=int()):
                    self._check_room((*at, "seize"), step.seize)
                case Batch():
                    self._form(at, step, _box_of(self.found, route))
                case Switch():
                    other = replace(self)
                    other.travel(step.to, step.join)
                case Branch():
                    for key, lane in step.branch.items():
                        self._follow(lane.steps, (*at, "branch", key, "steps"), route)
                case _:
                    pass

    def _who(self) -> str:
        return f'{"a full load" if self.is_load else "a consignment"} of flow "{self.flow_name}"'

    def _amount(self, measure: str) -> Fraction:
        return self.sizes.get(measure, Fraction(0))

    def _check_service(self, path: FieldPath, name: str) -> None:
        service = self.found.scenario.services[name]
        self._check_fits(path, service.capacity, f'service "{name}"')
        if self._amount("plug") and all(limit.measure != "plug" for limit in service.capacity):
            self.found.add(path, f'{self._who()} needs plugs, but the capacity of service "{name}" states none')
        if service.mode == "rail" and self.flow.dangerous_goods:
            self._check_stations((service.origin, service.destination))

    def _check_stations(self, places: Collection[str]) -> None:
        for place in places:
            if place in self.found.scenario.places and not self.found.scenario.places[place].dangerous_goods:
                message = f"the station {place} takes no dangerous goods; use a station that does, or another mode"
                self.found.add(("flows", self.flow_name, "dangerous_goods"), message)

    def _check_room(self, path: FieldPath, name: str | None) -> None:
        facility = self.found.scenario.facilities.get(name) if name is not None else None
        if facility is not None and facility.holds is not None:
            self._check_fits(path, facility.holds, f'facility "{name}"')

    def _check_fits(self, path: FieldPath, limits: tuple[Amount, ...], what: str) -> None:
        for limit in limits:
            amount = self._amount(limit.measure)
            if amount > limit.value:
                taken = amount_text(amount, limit.measure)
                self.found.add(path, f"{self._who()} takes {taken}, more than the {limit.text} of {what}")
        binding = [limit for limit in limits if limit.measure not in OPTIONAL]
        if binding and not any(self._amount(limit.measure) for limit in binding):
            self.found.add(path, f"{self._who()} counts nothing of {binding[0].text}, which limits {what}")
        if any(limit.measure == "volume" for limit in binding) and not self._amount("volume"):
            self.found.add(path, f'{what} is limited in volume, but flow "{self.flow_name}" states no `volume`')

    def _form(self, path: FieldPath, step: Batch, box: Box | None) -> None:
        full = step.batch[0]
        if not self._amount(full.measure):
            self.found.add((*path, "batch"), f'{self._who()} counts nothing of "{full.text}"; the load is never full')
            return
        self.sizes, self.is_load = load_amounts(self.sizes, step, box), True
        if box is None:
            return
        pallets = Amount(Fraction(box.pallets), "pallet", f"{box.pallets} pallets") if box.pallets else None
        for room in (box.payload, box.volume, pallets):
            if room is not None and self._amount(room.measure) > room.value:
                taken = amount_text(self._amount(room.measure), room.measure)
                self.found.add((*path, "batch"), f"{self._who()} takes {taken}, more than the {room.text} of its box")
