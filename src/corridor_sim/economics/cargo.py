"""Our consignments as time, decay and risk see them: worth, owner, time on the way; and how they are posted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridor_sim.catalog.values import Priced
from corridor_sim.economics.charges import quantities_of
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.money import amount_cents, to_cny_cents
from corridor_sim.economics.passages import Mask
from corridor_sim.economics.paths import Paths, follow
from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.program import NONE, ONE, Inputs, Ints
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.rates import WHERE_A_FEU_IS, lower_price
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.model import Flow, Terms
from corridor_sim.units import DAYS_PER_YEAR, HOME_CURRENCY, SECONDS_PER_DAY

SECONDS_PER_YEAR = DAYS_PER_YEAR * SECONDS_PER_DAY
MILLIONTHS_PER_CENT = 10_000
SELLER_BEARS_RISK = ("DAP", "DPU", "DDP")
SELLER_INSURES = ("CIF", "CIP", *SELLER_BEARS_RISK)


def goods_owner(terms: Terms) -> str:
    """Return who bears time and risk in transit: the shipper under D terms, else the consignee (Incoterms 2020).

    Under E, F and C terms risk passes where the main carriage begins; the short haul before it is not split off.
    """
    return "shipper" if terms.incoterm in SELLER_BEARS_RISK else "consignee"


def insuring_party(terms: Terms) -> str:
    """Return who insures the cargo: the seller under CIF, CIP and D terms, else the buyer (Incoterms 2020)."""
    return "shipper" if terms.incoterm in SELLER_INSURES else "consignee"


def whole_cents(cents: Floats) -> Ints:
    """Return cents rounded to whole ones, half to even."""
    return np.rint(cents).astype(np.int64)


def priced_cents(priced: Priced, sizes: Ints, seconds: Ints | int = 0) -> Ints:
    """Return (n,) cents in the price's currency of things of `sizes` (n, MEASURES), in thousandths.

    `seconds` is what a price per unit of time is multiplied with. Raises UnitProblem for a unit that goods do not
    count (see `check_money`), ModelError where something has none of what its price is per.
    """
    rates = lower_price(priced, WHERE_A_FEU_IS)
    lasting = np.broadcast_to(np.asarray(seconds, np.int64), (len(sizes),))
    return amount_cents(quantities_of(rates, sizes, lasting), [rate.millionths for rate in rates])


@dataclass(frozen=True)
class Cargo:
    """The consignments of the scenario's own flows in one replication: the first rows of Inputs.consignments.

    Arrays by consignment: `flow`, `release` (tick), `delivered` (whether), `measured` (whether released in the
    window), `value` (CNY cents), `sizes` (MEASURES, thousandths); `paths.ended` is the delivery or the stop.
    """

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    flow: Ints
    release: Ints
    delivered: Mask
    measured: Mask
    value: Ints
    sizes: Ints
    paths: Paths

    @property
    def transit(self) -> Ints:
        """Seconds from release to delivery, or to the stop of the run."""
        return self.paths.ended - self.release

    def flows(self) -> Iterator[tuple[int, Flow, Ints]]:
        """Yield number, flow and the rows of its consignments released before the stop."""
        released = self.paths.released
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
    paths = follow(lowered, inputs, trace, count)
    value = np.zeros(count, np.int64)
    for number, name in enumerate(lowered.flow_order):
        rows = np.flatnonzero((flow == number) & (paths.released))
        worth = lowered.scenario.flows[name].value
        cents, currency = priced_cents(worth, sizes[rows]), worth.parts[0].currency
        value[rows] = to_cny_cents(currency, cents, release[rows], lowered.tariffs.exchange)
    delivered = trace.outcomes[:count, OUTCOMES.index("delivered")] != NONE
    measured = (program.window_from <= release) & (release < program.window_to)
    return Cargo(lowered, inputs, trace, flow, release, delivered, measured, value, sizes, paths)
