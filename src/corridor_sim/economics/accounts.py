"""The one entry of the economics room: a Trace becomes a ledger and what is known about each consignment."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.economics.cargo import our_cargo
from corridor_sim.economics.decay import condition, post_damage, post_decay, post_quality
from corridor_sim.economics.emissions import emissions, post_carbon
from corridor_sim.economics.insurance import post_insurance, post_trade_finance
from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.price import post_charges
from corridor_sim.economics.time_costs import post_delay, post_reliability, post_stock_in_transit
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import Inputs, Ints
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats


@dataclass(frozen=True)
class Accounts:
    """Everything that money and emissions say about one replication.

    Arrays are by consignment of the scenario's own flows (the first rows of Inputs.consignments); emissions are
    kg CO2e by (consignment, row of Lowered.steps), None where not available. `remarks` say in words what could not
    be counted and why.
    """

    ledger: Ledger
    value_cny_cents: Ints
    remaining_life: Floats
    saleable: Floats
    emissions_wtw_kg: Floats | None
    emissions_ttw_kg: Floats | None
    remarks: tuple[str, ...]


def settle(lowered: Lowered, inputs: Inputs, trace: Trace, promised: Ints) -> Accounts:
    """Price one replication: charges first, because cargo is insured on its value and the freight.

    `promised`: ticks at which each consignment's arrival was promised at release, NONE where nothing was.
    Every consignment released before the stop is posted, measured or not; costs of the undelivered run to the stop.
    """
    cargo = our_cargo(lowered, inputs, trace)
    postings = Postings()
    post_charges(lowered, inputs, trace, postings)
    post_insurance(cargo, postings)
    post_trade_finance(cargo, postings)
    post_stock_in_transit(cargo, postings)
    unreliable = post_reliability(cargo, postings, promised)
    post_delay(cargo, postings)
    left = condition(cargo)
    post_decay(cargo, left, postings)
    post_damage(cargo, postings)
    post_quality(cargo, left, postings)
    emitted = emissions(cargo)
    post_carbon(cargo, emitted, postings)
    return Accounts(
        postings.ledger(),
        cargo.value,
        left.remaining_life,
        left.saleable,
        emitted.wtw_kg,
        emitted.ttw_kg,
        unreliable + emitted.remarks,
    )
