"""The one entry of the economics room: a Trace becomes postings and what is known about each consignment."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.economics.cargo import our_cargo
from corridor_sim.economics.decay import condition, post_damage, post_decay, post_quality
from corridor_sim.economics.emissions import Emissions, emissions, post_carbon
from corridor_sim.economics.insurance import post_insurance, post_trade_finance
from corridor_sim.economics.ledger import Ledger, Postings, Sheet
from corridor_sim.economics.loads import divide_sheet
from corridor_sim.economics.passages import Passages, passages_of
from corridor_sim.economics.prepared import Prepared, prepare_accounts
from corridor_sim.economics.price import post_charges
from corridor_sim.economics.remarks import Remark
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
    be counted and why. A full ledger is made only when it is asked for.
    """

    prepared: Prepared
    passages: Passages
    postings: Postings
    value_cny_cents: Ints
    remaining_life: Floats
    saleable: Floats
    emitted: Emissions
    remarks: tuple[Remark, ...]

    @property
    def ledger(self) -> Ledger:
        """All postings in full."""
        return self.postings.ledger()

    @property
    def emissions_wtw_kg(self) -> Floats | None:
        """Well to wheel."""
        return self.emitted.wtw_kg

    @property
    def emissions_ttw_kg(self) -> Floats | None:
        """Tank to wheel."""
        return self.emitted.ttw_kg

    def divided(self, sheet: Sheet) -> Sheet:
        """Return the postings with those on loads divided among their members."""
        return divide_sheet(sheet, self.prepared.instructions, self.prepared.prices.clocks, self.passages)


def settle(lowered: Lowered, inputs: Inputs, trace: Trace, promised: Ints) -> Accounts:
    """Price one replication of an alternative (see `settle_prepared`)."""
    return settle_prepared(prepare_accounts(lowered), inputs, trace, promised)


def settle_prepared(prepared: Prepared, inputs: Inputs, trace: Trace, promised: Ints) -> Accounts:
    """Price one replication: charges first, because cargo is insured on its value and the freight.

    `promised`: ticks at which each consignment's arrival was promised at release, NONE where nothing was.
    Every consignment released before the stop is posted, measured or not; costs of the undelivered run to the stop.
    """
    lowered, instructions = prepared.lowered, prepared.instructions
    passages = passages_of(lowered, instructions, inputs, trace, prepared.fast)
    cargo = our_cargo(lowered, instructions, prepared.goods, passages)
    postings = Postings(prepared.prices.headings.copy())
    post_charges(prepared.prices, instructions, passages, postings)
    post_insurance(cargo, prepared.prices.clocks, postings)
    post_trade_finance(cargo, postings)
    post_stock_in_transit(cargo, prepared.stock_rates, postings)
    unreliable = post_reliability(cargo, prepared.unreliability, postings, promised)
    post_delay(cargo, prepared.due_within, postings)
    left = condition(cargo, prepared.spoiling)
    post_decay(cargo, left, postings)
    post_damage(cargo, prepared.spoiling, postings)
    post_quality(cargo, prepared.spoiling, left, postings)
    emitted = emissions(cargo, prepared.elements)
    post_carbon(cargo, prepared.carbon, emitted, postings)
    return Accounts(
        prepared,
        passages,
        postings,
        cargo.value,
        left.remaining_life,
        left.saleable,
        emitted,
        unreliable + emitted.remarks,
    )
