"""What pricing needs of an alternative and no replication changes, made once for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.economics.cargo import Goods, goods_of
from corridor_sim.economics.decay import Spoiling, spoiling_of
from corridor_sim.economics.emissions import Carbon, Elements, carbon_of, elements_of
from corridor_sim.economics.money import Factors
from corridor_sim.economics.price import PriceTables, price_tables
from corridor_sim.economics.time_costs import Unreliability, due_within, stock_rates, unreliability_of
from corridor_sim.engine.program import Ints
from corridor_sim.network.instructions import Instructions, instructions_of
from corridor_sim.network.lowered import Lowered


@dataclass(frozen=True)
class Prepared:
    """An alternative, ready to be priced many times; nothing in it changes while it is used.

    `fast`: compiled loops do what they can, with the same result.
    """

    lowered: Lowered
    instructions: Instructions
    prices: PriceTables
    goods: Goods
    spoiling: Spoiling
    elements: Elements
    carbon: Carbon | None
    stock_rates: Factors
    due_within: Ints
    unreliability: Unreliability
    fast: bool = False


def prepare_accounts(lowered: Lowered, fast: bool = False) -> Prepared:
    """Return the alternative, ready to be priced."""
    return Prepared(
        lowered,
        instructions_of(lowered),
        price_tables(lowered),
        goods_of(lowered),
        spoiling_of(lowered),
        elements_of(lowered),
        carbon_of(lowered),
        stock_rates(lowered),
        due_within(lowered),
        unreliability_of(lowered),
        fast,
    )
