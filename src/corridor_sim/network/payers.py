"""Who pays along a route: Incoterms 2020 by the order of steps, and handling that a through bill includes."""

from __future__ import annotations

from collections.abc import Sequence

from corridor_sim.errors import Problem, did_you_mean
from corridor_sim.network.info import StepInfo
from corridor_sim.network.usage import all_steps
from corridor_sim.scenario.model import Flow, Route, Scenario
from corridor_sim.scenario.steps import Switch

SHIPPER, CONSIGNEE = "shipper", "consignee"
BUYER_PAYS_ALL = "EXW"
SELLER_PAYS_AT_PLACE = frozenset(("FCA", "FAS", "FOB", "DPU", "DDP"))
"""Terms under which the seller also bears work at the named place: export clearance and loading on board in F terms,
unloading in DPU, import clearance in DDP (ICC, Incoterms 2020, articles A7 to A9)."""
THROUGH_BILL = "through bill"


def lower_payers(scenario: Scenario, steps: Sequence[StepInfo]) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Return for each flow who pays `incoterm` charges at each of `steps`, and what is wrong with its place.

    The shipper pays the steps up to the arrival at the named place, and the steps at it under the terms
    of SELLER_PAYS_AT_PLACE; the consignee pays the others. Steps of routes out of the flow's reach are the shipper's.
    """
    problems: list[Problem] = []
    payers: dict[str, tuple[str, ...]] = {}
    for name, flow in scenario.flows.items():
        pays = [SHIPPER] * len(steps)
        place = _place_key(scenario, flow.terms.place)
        for route in sorted(reachable_routes(scenario, flow.route)):
            rows = [row for row, info in enumerate(steps) if info.route == route]
            known = {end for row in rows for end in (steps[row].origin, steps[row].destination)}
            if flow.terms.incoterm != BUYER_PAYS_ALL and place not in known:
                hint = did_you_mean(flow.terms.place, sorted(known))
                problems.append(
                    Problem(
                        f'"{flow.terms.place}" is no place of route {route}{hint}; who pays up to it cannot be told',
                        f"flows.{name}.terms.place",
                    )
                )
            last = _last_of_shipper(flow, place, rows, steps)
            for row in rows:
                pays[row] = SHIPPER if row <= last else CONSIGNEE
        payers[name] = tuple(pays)
    return payers, problems


def _last_of_shipper(flow: Flow, place: str, rows: list[int], steps: Sequence[StepInfo]) -> int:
    """Return the row of the last step that the shipper pays, -1 where it pays none."""
    if flow.terms.incoterm == BUYER_PAYS_ALL:
        return -1
    with_place = flow.terms.incoterm in SELLER_PAYS_AT_PLACE
    ends = [row for row in rows if steps[row].destination == place and (with_place or steps[row].origin != place)]
    return max(ends, default=-1)


def _place_key(scenario: Scenario, text: str) -> str:
    named = [key for key, place in scenario.places.items() if text in place.name.values()]
    return text if text in scenario.places or not named else named[0]


def reachable_routes(scenario: Scenario, first: str) -> set[str]:
    """Return the routes that a consignment released on `first` may travel, by its switches."""
    found: set[str] = set()
    waiting = [first]
    while waiting:
        route = waiting.pop()
        if route in scenario.routes and route not in found:
            found.add(route)
            waiting += [body.to for body in all_steps(scenario.routes[route].steps) if isinstance(body, Switch)]
    return found


def inside_through_bill(route: Route, rows: Sequence[int], steps: Sequence[StepInfo]) -> set[int]:
    """Return the rows of steps at which handling is inside the carrier's rate.

    They are the steps between, and not touching, load and discharge port of a through bill of lading.
    """
    inside: set[int] = set()
    for contract in route.contracts:
        if contract.terms != THROUGH_BILL:
            continue
        ports = {contract.origin, contract.destination}
        first = min((row for row in rows if steps[row].origin == contract.origin), default=None)
        last = max((row for row in rows if steps[row].destination == contract.destination), default=None)
        if first is not None and last is not None:
            inside |= {
                row for row in rows if first < row < last and not ports & {steps[row].origin, steps[row].destination}
            }
    return inside
