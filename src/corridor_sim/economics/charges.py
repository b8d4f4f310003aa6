"""Charges that a passage or a delivery posts: what is counted, then the amount, tax and exchange of each posting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridor_sim.economics.ledger import LAST, Columns, Headings, Postings
from corridor_sim.economics.money import Exchange, weighted
from corridor_sim.economics.passages import Passages
from corridor_sim.economics.rating import RateTable
from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.network.charge_rules import Charge
from corridor_sim.network.instructions import Instructions
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.rates import Rate

PRICED = ("heading", "consignment", "step", "amount_cny")
"""What a compiled loop writes of each posting."""
LAST_AXIS = -1


@dataclass(frozen=True)
class Due:
    """What charges count, before money.

    charge, visit, consignment, tick  int64[n]; visit the row of the passage that is charged, NONE where it is none
    quantities                        int64[n, rates] in thousandths
    """

    charge: Ints
    visit: Ints
    consignment: Ints
    tick: Ints
    quantities: Ints

    def departures(self, instructions: Instructions, passages: Passages) -> Ints:
        """Return the row of departures of each passage that is a ride, else NONE."""
        rides = (self.visit != NONE) & instructions.boards[passages.column("step")[self.visit]]
        return np.where(rides, passages.column("resource")[self.visit], NONE)

    def only(self, keep: Ints) -> Due:
        """Return the given rows."""
        return Due(self.charge[keep], self.visit[keep], self.consignment[keep], self.tick[keep], self.quantities[keep])

    @staticmethod
    def joined(dues: Sequence[Due]) -> Due:
        """Return all of them."""
        return Due(
            np.concatenate([due.charge for due in dues]),
            np.concatenate([due.visit for due in dues]),
            np.concatenate([due.consignment for due in dues]),
            np.concatenate([due.tick for due in dues]),
            np.concatenate([due.quantities for due in dues]),
        )


@dataclass(frozen=True)
class ChargeTable:
    """All charges of an alternative, ready for many postings at once; arrays are by charge.

    `instruction` NONE where a clock or the delivery posts it; `step` NONE at delivery; a charge is due from
    `valid_from` to before `valid_to` only; `least` and `most` limit its cents, net; `currency` is a place in
    `exchange`; `headings` (charges, flows) are the headings of its postings; `instructions` is how many there are.
    `numbers`, `parts` and `by_instruction` are the same for compiled loops.
    """

    charges: tuple[Charge, ...]
    instruction: Ints
    step: Ints
    valid_from: Ints
    valid_to: Ints
    least: Ints
    most: Ints
    count: Ints
    currency: Ints
    exchange: Exchange
    headings: Ints
    rates: RateTable
    instructions: int

    @cached_property
    def numbers(self) -> Ints:
        """(charges, columns), without the clocks' and the deliveries'."""
        delivered = np.array([charge.at_delivery for charge in self.charges], bool)
        columns = (
            np.where(delivered, NONE, self.instruction),
            self.step,
            self.valid_from,
            self.valid_to,
            self.least,
            self.most,
            self.count,
            self.currency,
            self.rates.factors.small_denominators,
            self.rates.factors.largest,
        )
        return np.column_stack(columns)

    @cached_property
    def parts(self) -> Ints:
        """(charges, rates, columns): measure, whether it is timed and needed, weight."""
        rates = self.rates
        return np.stack((rates.measure, rates.timed, rates.needed, rates.factors.small_weights), axis=LAST_AXIS)

    @cached_property
    def by_instruction(self) -> tuple[Ints, Ints]:
        """Where the charges due at passages of each instruction begin, and these charges."""
        at = self.numbers[:, 0]
        listed = np.argsort(at, kind="stable")[np.count_nonzero(at == NONE) :]
        return np.searchsorted(at[listed], np.arange(self.instructions + 1)), listed

    @property
    def limited(self) -> bool:
        """Whether any charge has a minimum or a maximum."""
        return bool((self.least > -LAST).any() or (self.most < LAST).any())


def charge_table(lowered: Lowered, headings: Headings) -> ChargeTable:
    """Return the ChargeTable of an alternative; what the charges are for is added to `headings`."""
    charges = lowered.tariffs.charges
    currencies = tuple(dict.fromkeys(charge.currency for charge in charges))
    valid = [charge.valid or (-LAST, LAST) for charge in charges]
    limits = [(charge.least_cents, charge.most_cents, charge.net) for charge in charges]
    return ChargeTable(
        charges,
        _column(NONE if charge.clock else charge.instruction for charge in charges),
        _column(NONE if charge.at_delivery else charge.step for charge in charges),
        _column(first for first, _ in valid),
        _column(last for _, last in valid),
        _column(-LAST if least is None else round(least * net) for least, _, net in limits),
        _column(LAST if most is None else round(most * net) for _, most, net in limits),
        _column(charge.count for charge in charges),
        _column(currencies.index(charge.currency) for charge in charges),
        Exchange.of(currencies, lowered.tariffs.exchange),
        np.array([_headings(lowered, charge, headings) for charge in charges], np.int64).reshape(
            len(charges), len(lowered.flow_order)
        ),
        RateTable.of(
            [rates_of(charge) for charge in charges],
            [charge.net for charge in charges],
            [f"{charge.name} at {_called(lowered, charge.step)}: " for charge in charges],
        ),
        len(lowered.program.code),
    )


def _column(values: Iterable[int]) -> Ints:
    return np.array(list(values), np.int64)


def _called(lowered: Lowered, step: int) -> str:
    return f"{lowered.steps[step].route}/{lowered.steps[step].name}"


def rates_of(charge: Charge) -> tuple[Rate, ...]:
    """Return the rates of a charge, of a clock those of all its tiers."""
    return tuple(rate for tier in charge.clock.tiers for rate in tier.rates) if charge.clock else charge.rates


def payers_at(lowered: Lowered, party: str, step: int) -> list[str]:
    """Return who pays at a step by flow; `incoterm` is resolved by the flow."""
    payers = lowered.tariffs.payers
    return [payers[flow][step] if party == "incoterm" else party for flow in lowered.flow_order]


def _headings(lowered: Lowered, charge: Charge, headings: Headings) -> list[int]:
    """Return the heading of a charge by flow: one for each payer."""
    payers = payers_at(lowered, charge.payer, charge.step)
    numbers = {
        payer: headings.number(
            common=charge.common,
            activity=charge.activity,
            payer=payer,
            payee=charge.payee,
            tariff=charge.name,
            currency=charge.currency,
            tax=charge.tax,
        )
        for payer in dict.fromkeys(payers)
    }
    return [numbers[payer] for payer in payers]


def due_at_passages(table: ChargeTable, passages: Passages) -> Due:
    """Return what is due at the end of each visit of the charges' instructions, once per visit and load."""
    at = np.flatnonzero(table.instruction != NONE)
    passed, passed_from = passages.passed
    begin = passed_from[table.instruction[at]]
    count = passed_from[table.instruction[at] + 1] - begin
    charge = np.repeat(at, count)
    rows = passed[np.arange(len(charge)) + np.repeat(begin - (np.cumsum(count) - count), count)]
    tick = passages.column("end")[rows]
    seconds = tick - passages.column("start")[rows] if table.rates.timed[at].any() else tick
    quantities = table.rates.quantities(charge, passages.counted, passages.held[rows], seconds)
    return Due(charge, rows, passages.column("consignment")[rows], tick, quantities)


def due_at_deliveries(table: ChargeTable, instructions: Instructions, passages: Passages) -> list[Due]:
    """Return what is due for each consignment, by its own size, that was delivered at the end of a charge's route."""
    charges = [number for number, charge in enumerate(table.charges) if charge.at_delivery]
    if not charges:
        return []
    people, steps = passages.inputs.consignments, passages.lowered.steps
    leader = passages.final_leader()
    delivered = passages.outcome("delivered")[leader]
    last = passages.trace.begins[leader + 1] - 1
    last_step = instructions.step[passages.column("step")[last]]
    dues = []
    for number in charges:
        route = steps[table.charges[number].step].route
        ends_here = np.array([info.route == route for info in steps])[last_step]
        who = np.flatnonzero((delivered != NONE) & ends_here & passages.own)
        tick, charge = delivered[who], np.full(len(who), number)
        quantities = table.rates.quantities(charge, passages.counted, who, tick - people.release[who])
        dues.append(Due(charge, np.full(len(who), NONE), who, tick, quantities))
    return dues


def post_passages(table: ChargeTable, instructions: Instructions, passages: Passages, postings: Postings) -> bool:
    """Post what is due at passages as `post_dues` does, in a compiled loop; return whether it could.

    It cannot where anything is out of the ordinary; nothing is posted then.
    """
    from corridor_sim.economics.loops import price_passages

    people, (first, listed) = passages.inputs.consignments, table.by_instruction
    most = len(passages.held) * int(np.diff(first).max(initial=0))
    posted = np.empty((most, len(PRICED)), np.int64)
    currencies, dated = table.exchange.tables
    count = price_passages(
        passages.visits,
        passages.trace.begins,
        passages.held,
        np.stack((passages.own, people.flow)).astype(np.int64),
        passages.counted,
        table.numbers,
        table.parts,
        first,
        listed,
        currencies,
        dated,
        table.headings,
        posted,
    )
    if count == NONE:
        return False
    heading, consignment, step, cents = posted[:count].T

    def in_order() -> Due:
        due = _valid(table, due_at_passages(table, passages))
        # the loop went from visit to visit
        return due.only(np.lexsort((due.charge, due.visit)))

    def details() -> Columns:
        due = in_order()
        return _details(table, instructions, passages, due, _amounts(table, due))

    postings.post(heading, cents, consignment, step, order=lambda: in_order().charge, details=details)
    return True


def post_dues(table: ChargeTable, instructions: Instructions, passages: Passages, due: Due, postings: Postings) -> None:
    """Post charges: discount is in their rates; then minimum and maximum, tax, one rounding, count and exchange."""
    due = _valid(table, due)
    charge, amount = due.charge, _amounts(table, due)
    flow = passages.inputs.consignments.flow[due.consignment]
    postings.post(
        table.headings[charge, flow],
        table.exchange.cny_cents(table.currency[charge], amount, due.tick),
        due.consignment,
        table.step[charge],
        order=charge,
        details=lambda: _details(table, instructions, passages, due, amount),
    )


def _valid(table: ChargeTable, due: Due) -> Due:
    """Return what falls into the time in which its charge is due."""
    if not any(charge.valid for charge in table.charges):
        return due
    valid = (due.tick >= table.valid_from[due.charge]) & (due.tick < table.valid_to[due.charge])
    return due.only(np.flatnonzero(valid))


def _amounts(table: ChargeTable, due: Due) -> Ints:
    """Return cents of each charge's currency, net."""
    amount = table.rates.cents(due.charge, due.quantities)
    if table.limited:
        amount = np.minimum(np.maximum(amount, table.least[due.charge]), table.most[due.charge])
    return amount * table.count[due.charge]


def _details(table: ChargeTable, instructions: Instructions, passages: Passages, due: Due, amount: Ints) -> Columns:
    quantity, unit_price = _shown(table, due)
    return {
        "departure": due.departures(instructions, passages),
        "flow": passages.inputs.consignments.flow[due.consignment],
        "quantity": quantity * table.count[due.charge],
        "unit_price": unit_price,
        "amount": amount,
    }


def _shown(table: ChargeTable, due: Due) -> tuple[Ints, Ints]:
    """Return quantity and unit price as a reader sees them: of several rates, one times their sum, as stated."""
    quantity, unit_price = np.full(len(due.charge), ONE), np.zeros(len(due.charge), np.int64)
    for number in np.unique(due.charge):
        rows = np.flatnonzero(due.charge == number)
        prices = [rate.millionths for rate in rates_of(table.charges[number])]
        if len(prices) == 1:
            quantity[rows], unit_price[rows] = due.quantities[rows, 0], round(prices[0])
        else:
            unit_price[rows] = weighted(due.quantities[rows, : len(prices)], [price / ONE for price in prices])
    return quantity, unit_price
