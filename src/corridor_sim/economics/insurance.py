"""Cargo insurance on 110 % of CIF, and trade finance: what risk and credit are invoiced at."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from corridor_sim.economics.cargo import SECONDS_PER_YEAR, Cargo
from corridor_sim.economics.clocks import ClockTable
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.loads import divide_sheet
from corridor_sim.economics.money import scaled
from corridor_sim.economics.rollup import freight_rows
from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.scenario.money import Insurance
from corridor_sim.units import SECONDS_PER_DAY


def freight_cents(cargo: Cargo, clocks: ClockTable, postings: Postings) -> Ints:
    """Return CNY cents of freight invoiced so far for each consignment, a load's divided among its members."""
    freight = postings.chosen(freight_rows)
    invoiced = divide_sheet(freight, cargo.instructions, clocks, cargo.passages)
    total = np.zeros(len(cargo.passages.own), np.int64)
    known = invoiced.consignment != NONE
    np.add.at(total, invoiced.consignment[known], invoiced.amount_cny[known])
    return total[: len(cargo.flow)]


def premium_factor(insurance: Insurance) -> Fraction:
    """Return premium / (C + F): with CIF = (C + F) / (1 - on x rate), the premium is on x rate x CIF."""
    share = insurance.on.value * insurance.rate.value
    return share / (1 - share)


def post_insurance(cargo: Cargo, clocks: ClockTable, postings: Postings) -> None:
    """Post the premium on `on` (110 %) of CIF per consignment; call it after freight is posted."""
    insurance = cargo.lowered.scenario.money.insurance
    if insurance is None:
        return
    cost_and_freight = cargo.value + freight_cents(cargo, clocks, postings)
    cents = scaled(cost_and_freight[cargo.rows], premium_factor(insurance))
    cargo.post(
        postings,
        cargo.rows,
        cents,
        activity="insurance",
        base="cash",
        payers=cargo.goods.insurers,
        payee="insurer",
    )


def post_trade_finance(cargo: Cargo, postings: Postings) -> None:
    """Post interest on the value for the days financed, and the bank's fee, per consignment."""
    finance = cargo.lowered.scenario.money.trade_finance
    if finance is None:
        return
    rows = cargo.rows
    cargo.post(
        postings,
        rows,
        scaled(cargo.value[rows], finance.rate.value * finance.days.value / SECONDS_PER_YEAR),
        activity="finance",
        base="cash",
        payee="bank",
        quantity=round(finance.days.value * ONE / SECONDS_PER_DAY),
        tariff="interest",
    )
    if cargo.goods.fee is not None:
        fee, cents = cargo.priced(cargo.goods.fee, rows, cargo.release[rows])
        cargo.post(
            postings,
            rows,
            cents,
            activity="finance",
            base="cash",
            payee="bank",
            tariff="fee",
            currency=cargo.goods.fee,
            amount=fee,
        )
