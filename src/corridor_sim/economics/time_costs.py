"""What time costs the owner of the goods: stock in transit, unreliability and lateness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import numpy as np

from corridor_sim.economics.cargo import SECONDS_PER_YEAR, Cargo, whole_cents
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.money import Factors
from corridor_sim.economics.paths import MASS
from corridor_sim.economics.remarks import FEW_PROMISED, Remark, remark
from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import SQUARE, Floats
from corridor_sim.scenario.model import Flow, Scenario
from corridor_sim.scenario.money import SafetyStock, TimeCost
from corridor_sim.units import DAYS_PER_YEAR, HOME_CURRENCY, SECONDS_PER_DAY

FEWEST_FOR_A_SPREAD = 1 + 1
"""A standard deviation needs two arrivals that were promised."""


def transit_rates(scenario: Scenario, flow: Flow) -> tuple[Fraction, Fraction]:
    """Return (share of value per second always lost, share that capital costs per second while nobody else pays it).

    A component that is posted elsewhere is zero here: insurance where `money.insurance` posts it, obsolescence where
    the flow's decay does, storage where a tariff of that activity does.
    """
    rules = scenario.money
    cost = rules.time_cost
    if cost.hummels_schaur is not None:
        return cost.hummels_schaur.value / SECONDS_PER_DAY, Fraction(0)
    if cost.carrying is None:
        return Fraction(0), yearly_rate(cost) / SECONDS_PER_YEAR
    parts = (
        (cost.carrying.insurance, rules.insurance is not None),
        (cost.carrying.obsolescence, flow.decay is not None),
        (cost.carrying.storage, any(tariff.activity == "storage" for tariff in scenario.tariffs.values())),
    )
    always = sum((part.value for part, is_posted in parts if not is_posted), Fraction(0))
    return always / SECONDS_PER_YEAR, cost.carrying.capital.value / SECONDS_PER_YEAR


def yearly_rate(cost: TimeCost) -> Fraction:
    """Return the share of value that a year of holding stock costs, all components, outside the transit."""
    if cost.finance_only is not None:
        return cost.finance_only.value
    if cost.carrying is None:
        return Fraction(0)
    parts = cost.carrying
    return parts.capital.value + parts.obsolescence.value + parts.storage.value + parts.insurance.value


def stock_rates(lowered: Lowered) -> Factors:
    """Return by flow the shares of value lost per second: always, and while nobody else finances it."""
    flows = [lowered.scenario.flows[name] for name in lowered.flow_order]
    return Factors.of([transit_rates(lowered.scenario, flow) for flow in flows])


def post_stock_in_transit(cargo: Cargo, rates: Factors, postings: Postings) -> None:
    """Post value x rate x time from release to delivery (or to the stop) per consignment, payer the goods' owner.

    Days financed by a trade-finance posting carry no capital charge.
    """
    finance = cargo.lowered.scenario.money.trade_finance
    rows, financed = cargo.rows, round(finance.days.value) if finance else 0
    seconds = cargo.transit[rows]
    lasting = np.column_stack((seconds, np.maximum(seconds - financed, 0)))
    cents = rates.rounded(cargo.flow[rows], cargo.value[rows, None] * lasting)
    cargo.post(postings, rows, cents, activity="stock_in_transit", quantity=_thousandths_of_days(seconds))


def due_within(lowered: Lowered) -> Ints:
    """Return by flow the seconds within which its consignments are due, rounded."""
    flows = [lowered.scenario.flows[name] for name in lowered.flow_order]
    return np.array([round(flow.due.within.value) for flow in flows], np.int64)


def post_delay(cargo: Cargo, within: Ints, postings: Postings) -> None:
    """Post the owner's loss per started day after the due time, for deliveries and for what is late at the stop."""
    penalty, rows = cargo.goods.penalty, cargo.rows
    if penalty is None:
        return
    days = -(-np.maximum(cargo.transit[rows] - within[cargo.flow[rows]], 0) // SECONDS_PER_DAY)
    amount, cents = cargo.priced(penalty, rows, cargo.paths.ended[rows], days * SECONDS_PER_DAY)
    cargo.post(postings, rows, cents, activity="delay", quantity=days * ONE, currency=penalty, amount=amount)


@dataclass(frozen=True)
class Unreliability:
    """How late arrivals are costed: by `stock` or by `ratio` (cents per cent of value and day), by neither not at all.

    `yearly` is the share of value that a year of holding stock costs; `z` the standard normal quantile of the service
    level; `demand` by flow kg a day, NaN where it is what was shipped in the window.
    """

    stock: SafetyStock | None
    ratio: float | None
    yearly: float
    z: float
    demand: Floats


def unreliability_of(lowered: Lowered) -> Unreliability:
    """Return the Unreliability of an alternative."""
    money = lowered.scenario.money
    rules, yearly = money.reliability, yearly_rate(money.time_cost)
    demands = [lowered.scenario.flows[name].annual_demand for name in lowered.flow_order]
    return Unreliability(
        None if rules.none else rules.safety_stock,
        float(rules.ratio.value * (yearly / DAYS_PER_YEAR)) if rules.ratio is not None else None,
        float(yearly),
        NormalDist().inv_cdf(float(rules.safety_stock.service_level.value)) if rules.safety_stock else 0.0,
        np.array([float(demand.value) / DAYS_PER_YEAR if demand else np.nan for demand in demands]),
    )


def post_reliability(cargo: Cargo, rules: Unreliability, postings: Postings, promised: Ints) -> tuple[Remark, ...]:
    """Post safety stock or reliability ratio on the standard deviation of lateness against `promised` (ticks or NONE).

    Lateness and lead time are those of the consignments released in the window; what is not delivered is late to the
    stop. Returns the flows, in words, for which too little was promised to say anything.
    """
    remarks: list[Remark] = []
    if rules.stock is None and rules.ratio is None:
        return ()
    costed: list[tuple[int, Ints, float]] = []
    for number, _, rows in cargo.flows():
        measured = rows[cargo.measured[rows]]
        if not len(measured):
            continue
        known = measured[promised[measured] != NONE]
        if len(known) < FEWEST_FOR_A_SPREAD:
            name = cargo.lowered.flow_order[number]
            remarks.append(remark(FEW_PROMISED, flow=name, fewest=str(FEWEST_FOR_A_SPREAD)))
            continue
        lateness_days: Floats = (cargo.paths.ended[known] - promised[known]) / SECONDS_PER_DAY
        if rules.ratio is not None:
            _post_ratio(cargo, postings, rules.ratio, rows, float(lateness_days.std(ddof=1)))
        else:
            costed.append((number, measured, float(lateness_days.var(ddof=1))))
    if rules.stock is not None and costed:
        _post_safety_stock(cargo, rules, rules.stock, postings, costed)
    return tuple(remarks)


def safety_stock(z: float, lead_days: float, daily_demand: float, demand_cv: float, lateness_variance: float) -> float:
    """Return z sqrt(L var(D) + D^2 var(lateness)), in the unit of the demand (King, APICS magazine, 2011).

    Only what the route causes: L is the mean time in transit without a review period, and the second term has the
    variance of lateness in days squared instead of that of the whole lead time.
    """
    return z * sqrt(lead_days * (demand_cv * daily_demand) ** SQUARE + daily_demand**SQUARE * lateness_variance)


def _post_safety_stock(
    cargo: Cargo, rules: Unreliability, rule: SafetyStock, postings: Postings, costed: Sequence[tuple[int, Ints, float]]
) -> None:
    """Post the stock's cost over the window, one row for each flow: its number, its measured rows, its variance."""
    program = cargo.lowered.program
    window_days = (program.window_to - program.window_from) / SECONDS_PER_DAY
    rate, cv = rules.yearly * window_days / DAYS_PER_YEAR, float(rule.demand_cv.value)
    mass, transit = cargo.sizes[:, MASS], cargo.transit
    thousandths, posted = np.zeros(len(costed), np.int64), np.zeros(len(costed), np.int64)
    for place, (number, measured, lateness_variance) in enumerate(costed):
        kg = float(mass[measured].sum()) / ONE
        demand = kg / window_days if np.isnan(rules.demand[number]) else float(rules.demand[number])
        lead_days = float(transit[measured].mean()) / SECONDS_PER_DAY
        stock_kg = safety_stock(rules.z, lead_days, demand, cv, lateness_variance)
        value_per_kg = float(cargo.value[measured].sum()) / kg if kg else 0.0
        thousandths[place], posted[place] = round(stock_kg * ONE), round(stock_kg * value_per_kg * rate)
    flow = np.array([number for number, *_ in costed], np.int64)
    postings.post(
        postings.headings.number(
            base="time", activity="safety_stock", payer=rule.owner, payee="nobody", currency=HOME_CURRENCY
        ),
        posted,
        NONE,
        flow=flow,
        details=lambda: {"flow": flow, "quantity": thousandths, "amount": posted},
    )


def _post_ratio(cargo: Cargo, postings: Postings, per_day: float, rows: Ints, spread_days: float) -> None:
    """Post ratio x value of a day x standard deviation of lateness (de Jong et al., EJTIR 9(2), 2009)."""
    cents = whole_cents(cargo.value[rows].astype(np.float64) * (spread_days * per_day))
    cargo.post(postings, rows, cents, activity="reliability", quantity=round(spread_days * ONE))


def _thousandths_of_days(seconds: Ints) -> Ints:
    return np.rint(seconds * float(ONE) / SECONDS_PER_DAY).astype(np.int64)
