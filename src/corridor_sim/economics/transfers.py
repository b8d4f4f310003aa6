"""Subsidies as transfers, and the resource view: what departures cost their operators, over their actual loads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.economics.charges import Due, payers_at
from corridor_sim.economics.ledger import LAST, Columns, Headings, Ledger, Postings
from corridor_sim.economics.money import CENTS_TO_PRODUCT, Exchange, divide_groups, half_even, scaled
from corridor_sim.economics.passages import Passages
from corridor_sim.economics.rating import RateTable
from corridor_sim.engine.base import DEPARTURES, VISITS
from corridor_sim.engine.program import MEASURES, NONE, ONE, DepartureState, Ints
from corridor_sim.network.charge_rules import DepartureCost, SubsidyRule
from corridor_sim.network.instructions import Instructions
from corridor_sim.network.lowered import Lowered

CARGO_OWNERS = ("shipper", "consignee", "incoterm")
"""A subsidy to one of them is theirs whole: there is nobody to pass it through."""
CONSIGNMENT, START, END = (VISITS.index(name) for name in ("consignment", "start", "end"))


@dataclass(frozen=True)
class SubsidyTable:
    """A subsidy ready for many loads: `rates` by place of its rule, `headings` of its two shares by place and flow."""

    rule: SubsidyRule
    rates: RateTable
    exchange: Exchange
    passed_on: Ints
    kept: Ints

    @property
    def whole(self) -> bool:
        """Whether the recipient is a cargo owner, to whom there is nobody to pass it through."""
        return self.rule.recipient in CARGO_OWNERS


def subsidy_tables(lowered: Lowered, headings: Headings) -> list[SubsidyTable]:
    """Return the subsidies of an alternative; what they are for is added to `headings`."""
    tables = []
    for rule in lowered.tariffs.subsidies:
        whole = rule.recipient in CARGO_OWNERS
        tables.append(
            SubsidyTable(
                rule,
                RateTable.of([rates for _, rates in rule.places]),
                Exchange.of((rule.currency,), lowered.tariffs.exchange),
                _by_place(lowered, rule, rule.recipient if whole else "incoterm", headings),
                _by_place(lowered, rule, rule.recipient, headings),
            )
        )
    return tables


def _by_place(lowered: Lowered, rule: SubsidyRule, party: str, headings: Headings) -> Ints:
    """Return (places, flows) headings of what a subsidy pays to a party."""
    numbers = [
        headings.number(
            activity="subsidy", payer=payer, payee=rule.payer, tariff=rule.name, currency=rule.currency, tax="exempt"
        )
        for row, _ in rule.places
        for payer in payers_at(lowered, party, row)
    ]
    return np.array(numbers, np.int64).reshape(len(rule.places), len(lowered.flow_order))


def post_subsidy(instructions: Instructions, passages: Passages, table: SubsidyTable, postings: Postings) -> None:
    """Post a subsidy as negative costs: the share passed through to who pays at the step, the rest to the recipient.

    Only loads whose leader was released in the window count: nothing is paid below the threshold of boxes, and the
    cap is used up in the order of ticks, then of tie ranks.
    """
    rule = table.rule
    found = [_in_window(passages, table, place) for place in range(len(rule.places))]
    if sum(int(boxes.sum()) for _, boxes in found) < rule.least_boxes * ONE:
        return
    dues = [due for due, _ in found]
    cents = np.concatenate([table.rates.cents(due.charge, due.quantities) for due in dues])
    if rule.most_cents is not None:
        tie = np.concatenate([passages.inputs.consignments.tie[due.consignment] for due in dues])
        cents = _capped(cents, np.lexsort((tie, np.concatenate([due.tick for due in dues]))), round(rule.most_cents))
    ends = np.cumsum([len(due.tick) for due in dues])[:-1]
    for due, paid in zip(dues, np.split(cents, ends), strict=True):
        passed = paid if table.whole else scaled(paid, rule.pass_through)
        _post_transfer(instructions, passages, table, table.passed_on, due, passed, postings)
        _post_transfer(instructions, passages, table, table.kept, due, paid - passed, postings)


def _in_window(passages: Passages, table: SubsidyTable, place: int) -> tuple[Due, Ints]:
    """Return what the loads of the window are entitled to at a place, and their boxes in thousandths."""
    program, info, valid = (
        passages.lowered.program,
        passages.lowered.steps[table.rule.places[place][0]],
        table.rule.valid,
    )
    rows = passages.rows_at(info.main)
    visits, number = passages.trace.visits[rows], np.full(len(rows), place)
    tick, who = visits[:, END], visits[:, CONSIGNMENT]
    quantities = table.rates.quantities(number, passages.counted, passages.held[rows], tick - visits[:, START])
    due = Due(number, rows, who, tick, quantities)
    release = passages.inputs.consignments.release[who]
    keep = (release >= program.window_from) & (release < program.window_to)
    if valid:
        keep &= (tick >= valid[0]) & (tick < valid[1])
    return due.only(np.flatnonzero(keep)), passages.things[passages.held[rows[keep]], MEASURES.index("box")]


def _capped(cents: Ints, order: Ints, most: int) -> Ints:
    """Return `cents` cut so that their sum in the given order stops at `most`."""
    cut = np.zeros_like(cents)
    cut[order] = np.clip(most - (np.cumsum(cents[order]) - cents[order]), 0, cents[order])
    return cut


def _post_transfer(
    instructions: Instructions,
    passages: Passages,
    table: SubsidyTable,
    headings: Ints,
    due: Due,
    cents: Ints,
    postings: Postings,
) -> None:
    """Lower the cost of the party that `headings` name by `cents`, paid by the subsidy's payer."""
    due, amount = due.only(np.flatnonzero(cents)), -cents[cents != 0]
    flow = passages.inputs.consignments.flow[due.consignment]
    steps = np.array([row for row, _ in table.rule.places], np.int64)

    def details() -> Columns:
        stated = [round(rates[0].millionths) for _, rates in table.rule.places]
        return {
            "departure": due.departures(instructions, passages),
            "flow": flow,
            "quantity": due.quantities[:, 0],
            "unit_price": np.array(stated, np.int64)[due.charge],
            "amount": amount,
        }

    postings.post(
        headings[due.charge, flow],
        table.exchange.cny_cents(np.zeros(len(amount), np.int64), amount, due.tick),
        due.consignment,
        steps[due.charge],
        details=details,
    )


@dataclass(frozen=True)
class DepartureTable:
    """The cost of a service's departures, ready to be shared out: `headings` for operator, others and nobody."""

    cost: DepartureCost
    service: int
    measure: int
    exchange: Exchange
    headings: Ints


def departure_tables(lowered: Lowered, headings: Headings) -> list[DepartureTable]:
    """Return the costs of departures of an alternative; what they are for is added to `headings`."""
    return [
        DepartureTable(
            cost,
            lowered.program.service_names.index(cost.service),
            MEASURES.index(cost.measure),
            Exchange.of((cost.currency,), lowered.tariffs.exchange),
            np.array(
                [
                    headings.number(
                        view="resource",
                        activity="line_haul",
                        payer="operator",
                        payee=payee,
                        tariff=cost.service,
                        currency=cost.currency,
                        tax=cost.tax,
                    )
                    for payee in ("operator", "others", "nobody")
                ]
            ),
        )
        for cost in lowered.tariffs.departure_costs
    ]


def post_departures(passages: Passages, instructions: Instructions, table: DepartureTable, postings: Postings) -> None:
    """Post the resource view of a service: the cost of each departure that ran, divided over its actual load.

    Our loads have shares by the service's measure; the background's goes to payee `others`, and the cost of an empty
    run to payee `nobody`, both without a consignment.
    """
    inputs, departures, cost = passages.inputs, passages.trace.departures, table.cost
    state = departures[:, DEPARTURES.index("state")]
    ran = np.flatnonzero((departures[:, DEPARTURES.index("service")] == table.service) & (state == DepartureState.RAN))
    rows = _rides(passages, instructions, ran)
    who, background = passages.column("consignment")[rows], inputs.departures.background[ran, table.measure]
    size = passages.things[passages.held[rows], table.measure]
    own = np.zeros(len(ran), dtype=np.int64)
    group = np.concatenate((np.searchsorted(ran, passages.column("resource")[rows]), np.arange(len(ran))))
    np.add.at(own, group[: len(rows)], size)
    empty = own + background == 0
    weights = np.concatenate((size, np.where(empty, ONE, background)))
    tie = np.concatenate((inputs.consignments.tie[who], np.full(len(ran), LAST)))
    total = np.full(len(ran), round(cost.cents))
    actual = departures[ran, DEPARTURES.index("actual")]
    total_cny = table.exchange.cny_cents(np.zeros(len(ran), np.int64), total, actual)
    none = np.full(len(ran), NONE)
    flow = np.concatenate((inputs.consignments.flow[who], none))
    ours, others, nobody = table.headings
    heading = np.concatenate((np.full(len(who), ours), np.where(empty, nobody, others)))
    step = np.concatenate((instructions.step[passages.column("step")[rows]], none))
    keep = np.flatnonzero(weights)

    def details() -> Columns:
        unit_price = half_even(total * CENTS_TO_PRODUCT, np.where(empty, ONE, own + background))
        amount = divide_groups(total, group, weights, tie)
        return {
            "departure": ran[group][keep],
            "flow": flow[keep],
            "quantity": weights[keep],
            "unit_price": unit_price[group][keep],
            "amount": amount[keep],
        }

    postings.post(
        heading[keep],
        divide_groups(total_cny, group, weights, tie)[keep],
        np.concatenate((who, none))[keep],
        step[keep],
        details=details,
    )


def _rides(passages: Passages, instructions: Instructions, departures: Ints) -> Ints:
    """Return the rows of visits in which own loads left with one of `departures`, which rise."""
    boards = np.flatnonzero(instructions.boards[passages.column("step")])
    left = (passages.column("start")[boards] != NONE) & passages.own[passages.column("consignment")[boards]]
    rows = boards[left]
    wanted = np.zeros(len(passages.trace.departures), bool)
    wanted[departures] = True
    taken: Ints = rows[wanted[passages.column("resource")[rows]]]
    return taken


def operator_gap(ledger: Ledger) -> dict[int, int]:
    """Return for each step with a resource view what the operator earns on our cargo, in CNY cents.

    It is the line-haul price of the step less the resource cost of our loads on it; the shares of others and of empty
    runs are in neither.
    """
    step, cents = ledger.columns["step"], ledger.columns["amount_cny"]
    price = ledger.where(view="price", base="cash", activity="line_haul")
    resource = ledger.where(view="resource") & (step != NONE)
    return {
        int(row): int(cents[price & (step == row)].sum() - cents[resource & (step == row)].sum())
        for row in np.unique(step[resource])
    }
