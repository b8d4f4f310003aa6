"""Cargo insurance on 110 % of CIF, and trade finance: what risk and credit are invoiced at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from corridor_sim.economics.cargo import (
    SECONDS_PER_YEAR,
    Cargo,
    goods_owner,
    insuring_party,
    priced_cents,
)
from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.money import scaled, to_cny_cents
from corridor_sim.economics.rollup import divide_among_members
from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.scenario.money import Insurance
from corridor_sim.units import SECONDS_PER_DAY

FREIGHT = ("line_haul", "drayage")


def freight_cents(cargo: Cargo, postings: Postings) -> Ints:
    """Return CNY cents of freight invoiced so far for each consignment, a load's divided among its members."""
    ledger = postings.ledger()
    freight = np.any([ledger.where(activity=activity, base="cash", view="price") for activity in FREIGHT], axis=0)
    rows = np.flatnonzero(freight & (ledger.columns["consignment"] != NONE))
    invoiced = Ledger({name: column[rows] for name, column in ledger.columns.items()}, ledger.words)
    if len(cargo.paths.members):
        invoiced = divide_among_members(invoiced, cargo.lowered, cargo.inputs, cargo.trace)
    total = np.zeros(len(cargo.inputs.consignments.flow), np.int64)
    np.add.at(total, invoiced.columns["consignment"], invoiced.columns["amount_cny"])
    return total[: len(cargo.flow)]


def premium_factor(insurance: Insurance) -> Fraction:
    """Return premium / (C + F): with CIF = (C + F) / (1 - on x rate), the premium is on x rate x CIF."""
    share = insurance.on.value * insurance.rate.value
    return share / (1 - share)


def post_insurance(cargo: Cargo, postings: Postings) -> None:
    """Post the premium on `on` (110 %) of CIF per consignment; call it after freight is posted."""
    insurance = cargo.lowered.scenario.money.insurance
    if insurance is None:
        return
    cost_and_freight = cargo.value + freight_cents(cargo, postings)
    for _, flow, rows in cargo.flows():
        cents = scaled(cost_and_freight[rows], premium_factor(insurance))
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
        interest = scaled(cargo.value[rows], finance.rate.value * finance.days.value / SECONDS_PER_YEAR)
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
            cents = to_cny_cents(currency, fee, cargo.release[rows], cargo.lowered.tariffs.exchange)
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
                amount=fee,
            )
