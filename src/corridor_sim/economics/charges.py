"""Charges that a passage or a delivery posts: what is counted, then the amount, tax and exchange of each posting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.money import amount_cents, scaled, to_cny_cents, weighted
from corridor_sim.economics.passages import Passages
from corridor_sim.engine.program import MEASURES, NONE, ONE, Ints, Op
from corridor_sim.errors import ModelError
from corridor_sim.network.charge_rules import Charge
from corridor_sim.network.rates import CHARGEABLE, FEU, PASSAGE, Rate
from corridor_sim.units import TEU_PER_FEU

LITRES_PER_CHARGEABLE_KG = 6
"""IATA's volume weight: 6,000 cubic centimetres count as one kilogram."""
MAY_BE_NONE = (MEASURES.index("plug"),)
"""Measures of which a load may have none: a dry box has no plug."""


@dataclass(frozen=True)
class Due:
    """What one charge counts, before money.

    consignment, departure, tick  int64[n]; departure NONE where the passage is not a ride
    quantities                    int64[n, rates] in thousandths
    prices                        unit price of each rate in millionths, as stated
    """

    consignment: Ints
    departure: Ints
    tick: Ints
    quantities: Ints
    prices: tuple[Fraction, ...]

    def only(self, keep: Ints) -> Due:
        """Return the given rows."""
        return Due(self.consignment[keep], self.departure[keep], self.tick[keep], self.quantities[keep], self.prices)


def measured(sizes: Ints, measure: str) -> Ints:
    """Return how much of `measure` (see network.rates.COUNTED) each load has, in thousandths.

    Raises ModelError where a load has none of it: a price per something that is not there would be free by accident.
    """
    if measure == PASSAGE:
        return np.full(len(sizes), ONE)
    if measure == CHARGEABLE:
        by_volume = scaled(sizes[:, MEASURES.index("volume")], Fraction(1, LITRES_PER_CHARGEABLE_KG))
        found = np.maximum(sizes[:, MEASURES.index("mass")], by_volume)
    elif measure == FEU:
        found = sizes[:, MEASURES.index("teu")] // TEU_PER_FEU
    else:
        found = sizes[:, MEASURES.index(measure)]
    if np.any(found == 0) and measure not in {MEASURES[column] for column in MAY_BE_NONE}:
        raise ModelError(f"a price per {measure} meets a load without any {measure}")
    return found


def quantities_of(rates: Sequence[Rate], sizes: Ints, seconds: Ints) -> Ints:
    """Return (n, rates) thousandths of what each rate counts; `seconds` is how long each passage took."""
    columns = [measured(sizes, rate.measure) * (seconds if rate.timed else 1) for rate in rates]
    return np.column_stack(columns)


def due_at_passages(passages: Passages, instruction: int, rates: Sequence[Rate]) -> Due:
    """Return what is due at the end of each visit of `instruction`, once per visit and load."""
    rows = passages.rows_at(instruction)
    tick, resource = passages.column("end")[rows], passages.column("resource")[rows]
    rides = passages.lowered.program.code[instruction].op is Op.BOARD
    quantities = quantities_of(rates, passages.sizes[rows], tick - passages.column("start")[rows])
    return Due(
        passages.column("consignment")[rows],
        resource if rides else np.full(len(rows), NONE),
        tick,
        quantities,
        tuple(rate.millionths for rate in rates),
    )


def due_at_delivery(passages: Passages, charge: Charge) -> Due:
    """Return what is due for each consignment, by its own size, that was delivered at the end of the charge's route."""
    leader, consignment = passages.final_leader(), passages.column("consignment")
    delivered = passages.outcome("delivered")[leader]
    last = np.searchsorted(consignment, leader, side="right") - 1
    step_of, steps = np.array(passages.lowered.step_of), passages.lowered.steps
    on_route = np.array([info.route == steps[charge.step].route for info in steps])
    ends_here = on_route[step_of[passages.column("step")[last]]]
    who = np.flatnonzero((delivered != NONE) & ends_here & passages.own())
    quantities = quantities_of(
        charge.rates,
        passages.inputs.consignments.sizes[who],
        delivered[who] - passages.inputs.consignments.release[who],
    )
    return Due(
        who, np.full(len(who), NONE), delivered[who], quantities, tuple(rate.millionths for rate in charge.rates)
    )


def payer_codes(passages: Passages, postings: Postings, party: str, step: int, consignment: Ints) -> Ints:
    """Return the code of who pays at a step for each consignment; `incoterm` is resolved by its flow."""
    if party != "incoterm":
        return np.full(len(consignment), postings.code("payer", party))
    payers = passages.lowered.tariffs.payers
    by_flow = np.array([postings.code("payer", payers[flow][step]) for flow in passages.lowered.flow_order])
    return by_flow[passages.inputs.consignments.flow[consignment]]


def post_charge(passages: Passages, charge: Charge, due: Due, postings: Postings) -> None:
    """Post one charge: discount is in its rates; then minimum and maximum, tax, one rounding, count and exchange."""
    if charge.valid:
        due = due.only(np.flatnonzero((due.tick >= charge.valid[0]) & (due.tick < charge.valid[1])))
    amount = amount_cents(due.quantities, [price * charge.net for price in due.prices])
    limits = [limit * charge.net for limit in (charge.least_cents, charge.most_cents) if limit is not None]
    if charge.least_cents is not None:
        amount = np.maximum(amount, round(limits[0]))
    if charge.most_cents is not None:
        amount = np.minimum(amount, round(limits[-1]))
    amount = amount * charge.count
    quantity, unit_price = _shown(due)
    who = due.consignment
    postings.add(
        len(who),
        common=charge.common,
        consignment=who,
        departure=due.departure,
        flow=passages.inputs.consignments.flow[who],
        step=NONE if charge.at_delivery else charge.step,
        activity=charge.activity,
        payer=payer_codes(passages, postings, charge.payer, charge.step, who),
        payee=charge.payee,
        tariff=charge.name,
        quantity=quantity * charge.count,
        unit_price=unit_price,
        currency=charge.currency,
        tax=charge.tax,
        amount=amount,
        amount_cny=to_cny_cents(charge.currency, amount, due.tick, passages.lowered.tariffs.exchange),
    )


def _shown(due: Due) -> tuple[Ints, Ints]:
    """Return quantity and unit price as a reader sees them: of several rates, one times their sum, as stated."""
    if len(due.prices) == 1:
        return due.quantities[:, 0], np.full(len(due.quantities), round(due.prices[0]))
    return np.full(len(due.quantities), ONE), weighted(due.quantities, [price / ONE for price in due.prices])
