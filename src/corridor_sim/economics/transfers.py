"""Subsidies as transfers, and the resource view: what departures cost their operators, over their actual loads."""

from __future__ import annotations

import numpy as np

from corridor_sim.economics.charges import Due, due_at_passages, payer_codes
from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.money import CENTS_TO_PRODUCT, amount_cents, divide_groups, half_even, scaled, to_cny_cents
from corridor_sim.economics.passages import Passages
from corridor_sim.engine.base import DEPARTURES
from corridor_sim.engine.program import MEASURES, NONE, ONE, DepartureState, Ints, Op
from corridor_sim.network.charge_rules import DepartureCost, SubsidyRule
from corridor_sim.network.rates import Rate

CARGO_OWNERS = ("shipper", "consignee", "incoterm")
"""A subsidy to one of them is theirs whole: there is nobody to pass it through."""
LAST = np.iinfo(np.int64).max


def post_subsidy(passages: Passages, rule: SubsidyRule, postings: Postings) -> None:
    """Post a subsidy as negative costs: the share passed through to who pays at the step, the rest to the recipient.

    Only loads whose leader was released in the window count: nothing is paid below the threshold of boxes, and the
    cap is used up in the order of ticks, then of tie ranks.
    """
    found = [_in_window(passages, rule, row, rates) for row, rates in rule.places]
    if sum(int(boxes.sum()) for _, boxes in found) < rule.least_boxes * ONE:
        return
    dues = [due for due, _ in found]
    cents = np.concatenate([amount_cents(due.quantities, due.prices) for due in dues])
    if rule.most_cents is not None:
        tie = np.concatenate([passages.inputs.consignments.tie[due.consignment] for due in dues])
        cents = _capped(cents, np.lexsort((tie, np.concatenate([due.tick for due in dues]))), round(rule.most_cents))
    ends = np.cumsum([len(due.tick) for due in dues])[:-1]
    for (row, _), due, paid in zip(rule.places, dues, np.split(cents, ends), strict=True):
        whole = rule.recipient in CARGO_OWNERS
        passed = paid if whole else scaled(paid, rule.pass_through)
        _post_transfer(passages, rule, row, due, passed, rule.recipient if whole else "incoterm", postings)
        _post_transfer(passages, rule, row, due, paid - passed, rule.recipient, postings)


def _in_window(passages: Passages, rule: SubsidyRule, row: int, rates: tuple[Rate, ...]) -> tuple[Due, Ints]:
    """Return what the loads of the window are entitled to at a step, and their boxes in thousandths."""
    program, instruction = passages.lowered.program, passages.lowered.steps[row].main
    due, rows = due_at_passages(passages, instruction, rates), passages.rows_at(instruction)
    release = passages.inputs.consignments.release[due.consignment]
    keep = (release >= program.window_from) & (release < program.window_to)
    if rule.valid:
        keep &= (due.tick >= rule.valid[0]) & (due.tick < rule.valid[1])
    return due.only(np.flatnonzero(keep)), passages.sizes[rows[keep], MEASURES.index("box")]


def _capped(cents: Ints, order: Ints, most: int) -> Ints:
    """Return `cents` cut so that their sum in the given order stops at `most`."""
    cut = np.zeros_like(cents)
    cut[order] = np.clip(most - (np.cumsum(cents[order]) - cents[order]), 0, cents[order])
    return cut


def _post_transfer(
    passages: Passages, rule: SubsidyRule, row: int, due: Due, cents: Ints, party: str, postings: Postings
) -> None:
    """Lower the cost of `party` by `cents`, paid by the subsidy's payer."""
    keep = np.flatnonzero(cents)
    who, amount = due.consignment[keep], -cents[keep]
    postings.add(
        len(who),
        consignment=who,
        departure=due.departure[keep],
        flow=passages.inputs.consignments.flow[who],
        step=row,
        activity="subsidy",
        payer=payer_codes(passages, postings, party, row, who),
        payee=rule.payer,
        tariff=rule.name,
        quantity=due.quantities[keep, 0],
        unit_price=round(due.prices[0]),
        currency=rule.currency,
        tax="exempt",
        amount=amount,
        amount_cny=to_cny_cents(rule.currency, amount, due.tick[keep], passages.lowered.tariffs.exchange),
    )


def post_departures(passages: Passages, cost: DepartureCost, postings: Postings) -> None:
    """Post the resource view of a service: the cost of each departure that ran, divided over its actual load.

    Our loads have shares by the service's measure; the background's goes to payee `others`, and the cost of an empty
    run to payee `nobody`, both without a consignment.
    """
    program, inputs, table = passages.lowered.program, passages.inputs, passages.trace.departures
    column, service = MEASURES.index(cost.measure), program.service_names.index(cost.service)
    ran = np.flatnonzero(
        (table[:, DEPARTURES.index("service")] == service) & (table[:, DEPARTURES.index("state")] == DepartureState.RAN)
    )
    rows = _rides(passages, ran)
    who, background = passages.column("consignment")[rows], inputs.departures.background[ran, column]
    own = np.zeros(len(ran), dtype=np.int64)
    group = np.concatenate((np.searchsorted(ran, passages.column("resource")[rows]), np.arange(len(ran))))
    np.add.at(own, group[: len(rows)], passages.sizes[rows, column])
    empty = own + background == 0
    weights = np.concatenate((passages.sizes[rows, column], np.where(empty, ONE, background)))
    tie = np.concatenate((inputs.consignments.tie[who], np.full(len(ran), LAST)))
    total = np.full(len(ran), round(cost.cents))
    total_cny = to_cny_cents(
        cost.currency, total, table[ran, DEPARTURES.index("actual")], passages.lowered.tariffs.exchange
    )
    amount, amount_cny = (divide_groups(each, group, weights, tie) for each in (total, total_cny))
    payee = [postings.code("payee", word) for word in ("operator", "others", "nobody")]
    none = np.full(len(ran), NONE)
    step_of = np.array(passages.lowered.step_of)
    keep = np.flatnonzero(weights)
    postings.add(
        len(keep),
        view="resource",
        consignment=np.concatenate((who, none))[keep],
        departure=ran[group][keep],
        flow=np.concatenate((inputs.consignments.flow[who], none))[keep],
        step=np.concatenate((step_of[passages.column("step")[rows]], none))[keep],
        activity="line_haul",
        payer="operator",
        payee=np.concatenate((np.full(len(who), payee[0]), np.where(empty, payee[-1], payee[1])))[keep],
        tariff=cost.service,
        quantity=weights[keep],
        unit_price=half_even(total * CENTS_TO_PRODUCT, np.where(empty, ONE, own + background))[group][keep],
        currency=cost.currency,
        tax=cost.tax,
        amount=amount[keep],
        amount_cny=amount_cny[keep],
    )


def _rides(passages: Passages, departures: Ints) -> Ints:
    """Return the rows of visits in which own loads left with one of `departures`."""
    boards = np.array([row.op is Op.BOARD for row in passages.lowered.program.code])
    left = boards[passages.column("step")] & (passages.column("start") != NONE)
    rows = np.flatnonzero(left & np.isin(passages.column("resource"), departures))
    return rows[passages.own()[passages.column("consignment")[rows]]]


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
