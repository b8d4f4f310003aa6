"""Trace and Tariffs -> postings: every charge, clock, subsidy and departure cost of one replication."""

from __future__ import annotations

from corridor_sim.economics.charges import Due, due_at_delivery, due_at_passages, post_charge
from corridor_sim.economics.clocks import due_by_clock
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.passages import Passages, passages_of
from corridor_sim.economics.transfers import post_departures, post_subsidy
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import Inputs
from corridor_sim.errors import ModelError
from corridor_sim.network.charge_rules import Charge
from corridor_sim.network.lowered import Lowered


def post_charges(lowered: Lowered, inputs: Inputs, trace: Trace, postings: Postings) -> None:
    """Post all that rests on tariffs, for the consignments of the scenario's own flows.

    A load is charged through its leader with the load's size, its other members pay nothing once they joined; before,
    everybody pays by its own size. Who was not delivered is charged for what it passed, and its clocks run to the stop.
    Raises ModelError where a price counts something that a load does not have, and InputError for a date without an
    exchange rate.
    """
    passages = passages_of(lowered, inputs, trace)
    for charge in lowered.tariffs.charges:
        try:
            due = _due(passages, charge)
        except ModelError as error:
            info = lowered.steps[charge.step]
            raise ModelError(f"{charge.name} at {info.route}/{info.name}: {error}") from None
        post_charge(passages, charge, due, postings)
    for rule in lowered.tariffs.subsidies:
        post_subsidy(passages, rule, postings)
    for cost in lowered.tariffs.departure_costs:
        post_departures(passages, cost, postings)


def _due(passages: Passages, charge: Charge) -> Due:
    if charge.clock:
        return due_by_clock(passages, charge, charge.clock)
    if charge.at_delivery:
        return due_at_delivery(passages, charge)
    return due_at_passages(passages, charge.instruction, charge.rates)
