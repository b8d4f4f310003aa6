"""Sizes: what a consignment or a full box counts in every measure of the Program."""

from __future__ import annotations

from fractions import Fraction

from corridor_sim.catalog.values import Amount
from corridor_sim.engine.program import MEASURES, NONE, ONE
from corridor_sim.scenario.model import Box, Flow, Route, Scenario
from corridor_sim.scenario.sizes import consignment_amounts

Sizes = tuple[int, ...]


def thousandths(value: Fraction) -> int:
    """Return a size in thousandths of its base unit."""
    return round(value * ONE)


def measure_number(amount: Amount) -> int:
    """Return the column of MEASURES a quantity is counted in (a FEU is two TEU)."""
    return MEASURES.index(amount.measure)


def route_box(scenario: Scenario, route: Route) -> Box | None:
    """Return the box type of a route, None where it uses none."""
    return scenario.boxes[route.box.type] if route.box is not None else None


def box_sizes(box: Box) -> Sizes:
    """Return what one box counts, NONE where that depends on its content."""
    fixed = {
        "teu": thousandths(box.teu.value),
        "box": ONE,
        "plug": box.plugs * ONE,
        "uld": box.ulds * ONE,
    }
    return tuple(fixed.get(measure, NONE) for measure in MEASURES)


def consignment_sizes(flow: Flow, box: Box | None) -> Sizes:
    """Return what one consignment counts before any consolidation."""
    amounts = consignment_amounts(flow, box)
    return tuple(thousandths(amounts.get(measure, Fraction(0))) for measure in MEASURES)


def capacity_sizes(capacity: tuple[Amount, ...]) -> Sizes:
    """Return a capacity per measure, NONE where it does not bind."""
    stated = {amount.measure: thousandths(amount.value) for amount in capacity}
    return tuple(stated.get(measure, NONE) for measure in MEASURES)
