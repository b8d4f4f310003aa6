"""Trace and Tariffs -> postings: every charge, clock, subsidy and departure cost of one replication."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.economics.charges import (
    ChargeTable,
    Due,
    charge_table,
    due_at_deliveries,
    due_at_passages,
    post_dues,
    post_passages,
)
from corridor_sim.economics.clocks import ClockTable, clock_table, dues_by_clocks, started_clocks
from corridor_sim.economics.ledger import Headings, Postings
from corridor_sim.economics.passages import Passages
from corridor_sim.economics.transfers import (
    DepartureTable,
    SubsidyTable,
    departure_tables,
    post_departures,
    post_subsidy,
    subsidy_tables,
)
from corridor_sim.network.instructions import Instructions
from corridor_sim.network.lowered import Lowered


@dataclass(frozen=True)
class PriceTables:
    """All that rests on the tariffs of an alternative, made once; `headings` are what its postings are for."""

    headings: Headings
    charges: ChargeTable
    clocks: ClockTable
    subsidies: list[SubsidyTable]
    departures: list[DepartureTable]


def price_tables(lowered: Lowered) -> PriceTables:
    """Return the PriceTables of an alternative."""
    headings = Headings()
    charges, clocks = charge_table(lowered, headings), clock_table(lowered)
    return PriceTables(
        headings, charges, clocks, subsidy_tables(lowered, headings), departure_tables(lowered, headings)
    )


def post_charges(tables: PriceTables, instructions: Instructions, passages: Passages, postings: Postings) -> None:
    """Post all that rests on tariffs, for the consignments of the scenario's own flows.

    `postings` begin with the headings of the tables.
    A load is charged through its leader with the load's size, its other members pay nothing once they joined; before,
    everybody pays by its own size. Who was not delivered is charged for what it passed, and its clocks run to the stop.
    Raises ModelError where a price counts something that a load does not have, and InputError for a date without an
    exchange rate.
    """
    if tables.charges.charges:
        posted = passages.fast and post_passages(tables.charges, instructions, passages, postings)
        dues = [
            *([] if posted else [due_at_passages(tables.charges, passages)]),
            *due_at_deliveries(tables.charges, instructions, passages),
            *dues_by_clocks(tables.clocks, started_clocks(tables.clocks, passages), tables.charges, passages),
        ]
        if dues:
            post_dues(tables.charges, instructions, passages, Due.joined(dues), postings)
    for subsidy in tables.subsidies:
        post_subsidy(instructions, passages, subsidy, postings)
    for departures in tables.departures:
        post_departures(passages, instructions, departures, postings)
