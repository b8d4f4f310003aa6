"""Our consignments as time, decay and risk see them: worth, owner, time on the way; and how they are posted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.catalog.values import Priced
from corridor_sim.economics.ledger import Columns, Postings
from corridor_sim.economics.money import Exchange
from corridor_sim.economics.passages import Mask, Passages
from corridor_sim.economics.paths import Paths, follow
from corridor_sim.economics.rating import RateTable
from corridor_sim.engine.base import OUTCOMES
from corridor_sim.engine.program import NONE, ONE, Ints
from corridor_sim.network.instructions import Instructions
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


@dataclass(frozen=True)
class Prices:
    """What goods are worth, or cost, by flow: a row of `rates` and a place in `exchange` each.

    Raises UnitProblem when made of a unit that goods do not count (see `check_money`).
    """

    rates: RateTable
    currency: Ints
    exchange: Exchange

    @staticmethod
    def of(prices: Sequence[Priced], lowered: Lowered) -> Prices:
        """Return the Prices of `prices` by flow."""
        currencies = tuple(dict.fromkeys(price.parts[0].currency for price in prices))
        return Prices(
            RateTable.of([lower_price(price, WHERE_A_FEU_IS) for price in prices]),
            np.array([currencies.index(price.parts[0].currency) for price in prices], np.int64),
            Exchange.of(currencies, lowered.tariffs.exchange),
        )

    def named(self, flow: int) -> str:
        """Return the currency of a flow's price."""
        return self.exchange.currencies[int(self.currency[flow])]


@dataclass(frozen=True)
class Goods:
    """What the scenario says of the goods of each own flow, in the order of Lowered.flow_order.

    `worth` is their value, `penalty` of a day's delay and `fee` of the bank where there are such.
    """

    flows: tuple[Flow, ...]
    owners: tuple[str, ...]
    insurers: tuple[str, ...]
    worth: Prices
    penalty: Prices | None
    fee: Prices | None


def goods_of(lowered: Lowered) -> Goods:
    """Return the Goods of an alternative."""
    money = lowered.scenario.money
    flows = tuple(lowered.scenario.flows[name] for name in lowered.flow_order)
    fee = money.trade_finance.fee if money.trade_finance else None
    return Goods(
        flows,
        tuple(goods_owner(flow.terms) for flow in flows),
        tuple(insuring_party(flow.terms) for flow in flows),
        Prices.of([flow.value for flow in flows], lowered),
        Prices.of([money.delay_penalty] * len(flows), lowered) if money.delay_penalty else None,
        Prices.of([fee] * len(flows), lowered) if fee else None,
    )


@dataclass(frozen=True)
class Cargo:
    """The consignments of the scenario's own flows in one replication: the first rows of Inputs.consignments.

    Arrays by consignment: `flow`, `release` (tick), `delivered` (whether), `measured` (whether released in the
    window), `value` (CNY cents), `sizes` (MEASURES, thousandths); `paths.ended` is the delivery or the stop.
    `rows` are those released before the stop.
    """

    lowered: Lowered
    instructions: Instructions
    goods: Goods
    passages: Passages
    flow: Ints
    release: Ints
    delivered: Mask
    measured: Mask
    value: Ints
    sizes: Ints
    paths: Paths
    rows: Ints

    @property
    def transit(self) -> Ints:
        """Seconds from release to delivery, or to the stop of the run."""
        return self.paths.ended - self.release

    def flows(self) -> Iterator[tuple[int, Flow, Ints]]:
        """Yield number, flow and the rows of its consignments released before the stop."""
        ends = np.searchsorted(self.flow[self.rows], np.arange(len(self.goods.flows) + 1))
        for number, flow in enumerate(self.goods.flows):
            yield number, flow, self.rows[ends[number] : ends[number + 1]]

    def priced(self, prices: Prices, rows: Ints, ticks: Ints, seconds: Ints | None = None) -> tuple[Ints, Ints]:
        """Return cents in the price's currency and in CNY of consignments `rows`, exchanged at `ticks`.

        `seconds` is what a price per unit of time is multiplied with. Raises ModelError where something has none of
        what its price is per.
        """
        flow = self.flow[rows]
        lasting = np.zeros(len(rows), np.int64) if seconds is None else seconds
        cents = prices.rates.cents(flow, prices.rates.quantities(flow, self.passages.counted, rows, lasting))
        return cents, prices.exchange.cny_cents(prices.currency[flow], cents, ticks)

    def post(
        self,
        postings: Postings,
        rows: Ints,
        cents: Ints,
        *,
        activity: str,
        payers: Sequence[str] | None = None,
        payee: str = "nobody",
        base: str = "time",
        quantity: Ints | int = ONE,
        step: Ints | int = NONE,
        tariff: str = "",
        currency: str | Prices = HOME_CURRENCY,
        amount: Ints | None = None,
    ) -> None:
        """Post CNY `cents` of the consignments `rows`, those of 0 left out.

        payers    by flow; the goods' owners unless given
        quantity  in thousandths
        currency  in which it was priced, or the prices by flow
        amount    cents of that currency, where it is not the CNY
        """
        paid = np.flatnonzero(cents)
        flow, own = self.flow[rows[paid]], cents if amount is None else amount
        known = [
            (payer, currency if isinstance(currency, str) else currency.named(number))
            for number, payer in enumerate(payers or self.goods.owners)
        ]
        number_of = {
            (payer, stated): postings.headings.number(
                base=base, activity=activity, payer=payer, payee=payee, tariff=tariff, currency=stated
            )
            for payer, stated in dict.fromkeys(known)
        }
        headings = [number_of[each] for each in known]

        def details() -> Columns:
            counted = np.broadcast_to(np.asarray(quantity, np.int64), cents.shape)[paid]
            unit_price = np.rint(own[paid] * float(MILLIONTHS_PER_CENT * ONE) / np.maximum(counted, 1))
            return {
                "flow": flow,
                "quantity": counted,
                "unit_price": unit_price.astype(np.int64),
                "amount": own[paid],
            }

        at_step = step[paid] if isinstance(step, np.ndarray) else step
        postings.post(np.array(headings, np.int64)[flow], cents[paid], rows[paid], at_step, details=details)


def our_cargo(lowered: Lowered, instructions: Instructions, goods: Goods, passages: Passages) -> Cargo:
    """Return our consignments; their value, at the exchange of the release date, is 0 if never released."""
    everyone, program = passages.inputs.consignments, lowered.program
    count = int(np.searchsorted(everyone.flow, len(lowered.flow_order)))
    flow, release, sizes = everyone.flow[:count], everyone.release[:count], everyone.sizes[:count]
    paths = follow(instructions, passages, count)
    delivered = passages.trace.outcomes[:count, OUTCOMES.index("delivered")] != NONE
    measured = (program.window_from <= release) & (release < program.window_to)
    value, rows = np.zeros(count, np.int64), np.flatnonzero(paths.released)
    cargo = Cargo(lowered, instructions, goods, passages, flow, release, delivered, measured, value, sizes, paths, rows)
    _, value[rows] = cargo.priced(goods.worth, rows, release[rows])
    return cargo
