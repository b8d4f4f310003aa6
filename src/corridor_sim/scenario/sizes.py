"""What a consignment, or a full box, counts in each measure of capacities (`values.COUNTABLE`), in base units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

from corridor_sim.scenario.model import Box, Flow
from corridor_sim.scenario.steps import Batch
from corridor_sim.units import decimal_text

Sizes = Mapping[str, Fraction]
"""Measure -> amount; a measure that is not there counts 0."""


UNITS = {
    "teu": "TEU", "box": "boxes", "mass": "kg", "volume": "l", "plug": "plugs", "uld": "ULD", "pallet": "pallets",
    "consignment": "consignments",
}  # fmt: skip
"""Measure -> its base unit as messages name it."""


def amount_text(amount: Fraction, measure: str) -> str:
    """Return an amount of `measure` in words."""
    return f"{decimal_text(amount)} {UNITS[measure]}"


def boxes_of(flow: Flow, box: Box | None) -> Fraction:
    """Return how many boxes one consignment fills before any consolidation.

    Boxes may be stated; else pallets or TEU say how many, in fractions (they share a box), or the weight does, in
    whole boxes.
    """
    stated = {amount.measure: amount.value for amount in flow.size}
    if "box" in stated or box is None:
        return stated.get("box", Fraction(0))
    if "pallet" in stated and box.pallets:
        return stated["pallet"] / box.pallets
    if "teu" in stated:
        return stated["teu"] / box.teu.value
    return Fraction(ceil(flow.weight.value / box.payload.value))


def consignment_amounts(flow: Flow, box: Box | None) -> Sizes:
    """Return what one consignment counts before any consolidation."""
    boxes = boxes_of(flow, box)
    by_box = {
        "teu": boxes * box.teu.value if box is not None else Fraction(0),
        "box": boxes,
        "plug": boxes * box.plugs if box is not None else Fraction(0),
        "uld": boxes * box.ulds if box is not None else Fraction(0),
    }
    stated = {amount.measure: amount.value for amount in flow.size if amount.measure in ("teu", "uld", "pallet")}
    volume = flow.volume.value if flow.volume is not None else Fraction(0)
    return by_box | stated | {"mass": flow.weight.value, "volume": volume, "consignment": Fraction(1)}


def load_amounts(sizes: Sizes, batch: Batch, box: Box | None) -> Sizes:
    """Return what the largest load counts that a batch makes of consignments of `sizes`, put into one `box`."""
    full = batch.batch[0]
    one = sizes.get(full.measure, Fraction(0))
    members = max(1, full.value // one) if one else 1
    whole = {measure: amount * members for measure, amount in sizes.items()}
    if box is None:
        return whole
    fixed = {"teu": box.teu.value, "box": Fraction(1), "plug": Fraction(box.plugs), "uld": Fraction(box.ulds)}
    return whole | fixed
