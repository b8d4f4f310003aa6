"""Cargo insurance on 110 % of CIF, and trade finance: what risk and credit are invoiced at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from corridor_sim.economics.cargo import (
    SECONDS_PER_YEAR,
    Cargo,
    goods_owner,
    in_cny,
    insuring_party,
    priced_cents,
    whole_cents,
)
from corridor_sim.economics.ledger import BASES, VIEWS, Postings
from corridor_sim.engine.program import ONE, Ints
from corridor_sim.scenario.money import Insurance
from corridor_sim.units import SECONDS_PER_DAY

FREIGHT = ("line_haul", "drayage")


def freight_cents(postings: Postings, count: int) -> Ints:
    """Return CNY cents of freight invoiced so far for each of the first `count` consignments."""
    total = np.zeros(count, np.int64)
    wanted = [postings.code("activity", activity) for activity in FREIGHT]
    cash, price = BASES.index("cash"), VIEWS.index("price")
    for row in postings.rows:
        ours = (row["consignment"] >= 0) & (row["consignment"] < count)
        paid = ours & np.isin(row["activity"], wanted) & (row["base"] == cash) & (row["view"] == price)
        np.add.at(total, row["consignment"][paid], row["amount_cny"][paid])
    return total


def premium_factor(insurance: Insurance) -> Fraction:
    """Return premium / (C + F): with CIF = (C + F) / (1 - on x rate), the premium is on x rate x CIF."""
    share = insurance.on.value * insurance.rate.value
    return share / (1 - share)


def post_insurance(cargo: Cargo, postings: Postings) -> None:
    """Post the premium on `on` (110 %) of CIF per consignment; call it after freight is posted."""
    insurance = cargo.lowered.scenario.money.insurance
    if insurance is None:
        return
    cost_and_freight = cargo.value + freight_cents(postings, len(cargo.flow))
    for _, flow, rows in cargo.flows():
        cents = whole_cents(cost_and_freight[rows], premium_factor(insurance))
        cargo.post(
            postings, rows, cents, activity="insurance", base="cash", payer=insuring_party(flow.terms), payee="insurer"
        )


def post_trade_finance(cargo: Cargo, postings: Postings) -> None:
    """Post interest on the value for the days financed, and the bank's fee, per consignment."""
    finance = cargo.lowered.scenario.money.trade_finance
    if finance is None:
        return
    days = round(finance.days.value * ONE / SECONDS_PER_DAY)
    for _, flow, rows in cargo.flows():
        payer = goods_owner(flow.terms)
        interest = whole_cents(cargo.value[rows], finance.rate.value * finance.days.value / SECONDS_PER_YEAR)
        cargo.post(
            postings,
            rows,
            interest,
            activity="finance",
            base="cash",
            payer=payer,
            payee="bank",
            quantity=days,
            tariff="interest",
        )
        if finance.fee is not None:
            currency = finance.fee.parts[0].currency
            fee = priced_cents(finance.fee, cargo.sizes[rows])
            cents = in_cny(cargo.lowered, fee, currency, cargo.release[rows])
            cargo.post(
                postings,
                rows,
                cents,
                activity="finance",
                base="cash",
                payer=payer,
                payee="bank",
                tariff="fee",
                currency=currency,
                amount=whole_cents(fee, 1),
            )
