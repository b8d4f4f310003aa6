"""Sizes: what a consignment or a full box counts in every measure of the Program."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from corridor_sim.engine.program import MEASURES, NONE, ONE
from corridor_sim.scenario.model import Box, Flow, Route, Scenario
from corridor_sim.scenario.values import Amount

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
    """Return what one consignment counts before any consolidation.

    Boxes may be stated; else pallets or the weight say how many boxes are needed, in fractions for pallets
    (they share a box) and in whole boxes for bulk tonnes.
    """
    stated = {amount.measure: amount.value for amount in flow.size}
    boxes = stated.get("box", Fraction(0))
    if box is not None and "box" not in stated:
        if "pallet" in stated and box.pallets:
            boxes = stated["pallet"] / box.pallets
        elif "teu" in stated:
            boxes = stated["teu"] / box.teu.value
        else:
            boxes = Fraction(ceil(flow.weight.value / box.payload.value))
    sizes = {
        "teu": stated.get("teu", boxes * box.teu.value if box is not None else Fraction(0)),
        "box": boxes,
        "mass": flow.weight.value,
        "volume": flow.volume.value if flow.volume is not None else Fraction(0),
        "plug": boxes * box.plugs if box is not None else Fraction(0),
        "uld": stated.get("uld", boxes * box.ulds if box is not None else Fraction(0)),
        "pallet": stated.get("pallet", Fraction(0)),
        "consignment": Fraction(1),
    }
    return tuple(thousandths(sizes[measure]) for measure in MEASURES)


def capacity_sizes(capacity: tuple[Amount, ...]) -> Sizes:
    """Return a capacity per measure, NONE where it does not bind."""
    stated = {amount.measure: thousandths(amount.value) for amount in capacity}
    return tuple(stated.get(measure, NONE) for measure in MEASURES)
