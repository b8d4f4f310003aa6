"""Our consignments as time, decay and risk see them: worth, owner, time on the way; and how they are posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.paths import Flags, Paths, follow
from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.program import MEASURES, NONE, ONE, Inputs, Ints
from corridor_sim.errors import InputError, Problem
from corridor_sim.network.rates import HOME_CURRENCY, lower_exchange
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.model import Flow, Terms
from corridor_sim.scenario.values import Priced
from corridor_sim.units import CENTS, DAYS_PER_YEAR, SECONDS_PER_DAY, TEU_PER_FEU, Price

if TYPE_CHECKING:
    from corridor_sim.network.lowered import Lowered

SECONDS_PER_YEAR = DAYS_PER_YEAR * SECONDS_PER_DAY
MILLIONTHS_PER_CENT = 10_000
SELLER_BEARS_RISK = ("DAP", "DPU", "DDP")
SELLER_INSURES = ("CIF", "CIP", *SELLER_BEARS_RISK)
COUNTED = {
    "TEU": ("teu", 1),
    "FEU": ("teu", TEU_PER_FEU),
    "box": ("box", 1),
    "kilogram": ("mass", 1),
    "litre": ("volume", 1),
    "plug": ("plug", 1),
    "ULD": ("uld", 1),
    "pallet": ("pallet", 1),
    "consignment": ("consignment", 1),
}
"""Unit of a price -> the column of the size arrays it counts, and how many of that column make one unit."""


def goods_owner(terms: Terms) -> str:
    """Return who bears time and risk in transit: the shipper under D terms, else the consignee (Incoterms 2020).

    Under E, F and C terms risk passes where the main carriage begins; the short haul before it is not split off.
    """
    return "shipper" if terms.incoterm in SELLER_BEARS_RISK else "consignee"


def insuring_party(terms: Terms) -> str:
    """Return who insures the cargo: the seller under CIF, CIP and D terms, else the buyer (Incoterms 2020)."""
    return "shipper" if terms.incoterm in SELLER_INSURES else "consignee"


def whole_cents(base: Ints | Floats, factor: Fraction | int) -> Ints:
    """Return `base` x `factor` in whole cents, half to even; exact while base x numerator stays below 2^53."""
    exact = Fraction(factor)
    return np.rint(base * float(exact.numerator) / float(exact.denominator)).astype(np.int64)


def priced_cents(priced: Priced, sizes: Ints, seconds: Ints | int = 0) -> Floats:
    """Return (n,) cents in the price's currency of things of `sizes` (n, MEASURES), in thousandths.

    `seconds` is what a price per unit of time is multiplied with. Raises KeyError for a unit that has no size.
    """
    total = np.zeros(len(sizes))
    for part in priced.parts:
        total += _part_cents(part, sizes, seconds)
    return total


def _part_cents(part: Price, sizes: Ints, seconds: Ints | int) -> Floats:
    product = np.full(len(sizes), float(part.amount.numerator * CENTS))
    divisor = part.amount.denominator
    for unit in part.per:
        if unit == "second":
            product = product * seconds
            continue
        measure, contains = COUNTED[unit]
        product = product * sizes[:, MEASURES.index(measure)]
        divisor *= ONE * contains
    return product / float(divisor)


def in_cny(lowered: Lowered, cents: Floats, currency: str, ticks: Ints) -> Ints:
    """Return (n,) `cents` of a currency in whole CNY cents at the exchange of `ticks`, half to even.

    Raises InputError where no rate holds on one of the dates.
    """
    if currency == HOME_CURRENCY or not len(cents):
        return whole_cents(cents, 1)
    exchange = next((found for name, found in lowered.scenario.money.rates.items() if name == currency), None)
    if exchange is None:
        raise InputError(Problem(f"no exchange rate of the {currency}; add it", f"money.rates.{currency}"))
    dated = lower_exchange(exchange, lowered.clock)
    unknown = ticks[(ticks < dated.starts[0]) | (ticks >= dated.until)]
    if len(unknown):
        day = lowered.moment(int(unknown[0])).date()
        raise InputError(Problem(f"no rate holds on {day}; add one, or `hold_last`", f"money.rates.{currency}"))
    rates = np.array([float(rate) for rate in dated.rates])
    return whole_cents(cents * rates[np.searchsorted(dated.starts, ticks, side="right") - 1], 1)


@dataclass(frozen=True)
class Cargo:
    """The consignments of the scenario's own flows in one replication: the first rows of Inputs.consignments.

    Arrays by consignment: `flow`, `release` (tick), `delivered` (whether), `measured` (whether released in the
    window), `value` (CNY cents), `sizes` (MEASURES, thousandths); `paths.ended` is the delivery or the stop.
    """

    lowered: Lowered
    flow: Ints
    release: Ints
    delivered: Flags
    measured: Flags
    value: Ints
    sizes: Ints
    paths: Paths

    @property
    def transit(self) -> Ints:
        """Seconds from release to delivery, or to the stop of the run."""
        return self.paths.ended - self.release

    def flows(self) -> Iterator[tuple[int, Flow, Ints]]:
        """Yield number, flow and the rows of its consignments released before the stop."""
        released = self.paths.first != NONE
        for number, name in enumerate(self.lowered.flow_order):
            yield number, self.lowered.scenario.flows[name], np.flatnonzero(released & (self.flow == number))

    def post(
        self,
        postings: Postings,
        rows: Ints,
        cents: Ints,
        *,
        activity: str,
        payer: str,
        payee: str = "nobody",
        base: str = "time",
        quantity: Ints | int = ONE,
        step: Ints | int = NONE,
        tariff: str = "",
        currency: str = HOME_CURRENCY,
        amount: Ints | None = None,
    ) -> None:
        """Post CNY `cents` of the consignments `rows`, those of 0 left out.

        `quantity` in thousandths; `amount` in cents of `currency` where that is not the CNY.
        """
        paid = np.flatnonzero(cents)
        own = cents if amount is None else amount
        quantity, step = (np.broadcast_to(np.asarray(column, np.int64), cents.shape) for column in (quantity, step))
        unit_price = np.rint(own[paid] * float(MILLIONTHS_PER_CENT * ONE) / np.maximum(quantity[paid], 1))
        postings.add(
            len(paid),
            base=base,
            consignment=rows[paid],
            flow=self.flow[rows[paid]],
            step=step[paid],
            activity=activity,
            payer=payer,
            payee=payee,
            tariff=tariff,
            quantity=quantity[paid],
            unit_price=unit_price.astype(np.int64),
            currency=currency,
            amount=own[paid],
            amount_cny=cents[paid],
        )


def our_cargo(lowered: Lowered, inputs: Inputs, trace: Trace) -> Cargo:
    """Return our consignments; their value, at the exchange of the release date, is 0 if never released."""
    everyone, program = inputs.consignments, lowered.program
    count = int(np.searchsorted(everyone.flow, len(lowered.flow_order)))
    flow, release, sizes = everyone.flow[:count], everyone.release[:count], everyone.sizes[:count]
    paths = follow(program, inputs, trace, count)
    value = np.zeros(count, np.int64)
    for number, name in enumerate(lowered.flow_order):
        rows = np.flatnonzero((flow == number) & (paths.first != NONE))
        worth = lowered.scenario.flows[name].value
        value[rows] = in_cny(lowered, priced_cents(worth, sizes[rows]), worth.parts[0].currency, release[rows])
    delivered = trace.outcomes[:count, OUTCOMES.index("delivered")] != NONE
    measured = (program.window_from <= release) & (release < program.window_to)
    return Cargo(lowered, flow, release, delivered, measured, value, sizes, paths)
