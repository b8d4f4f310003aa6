"""What pricing is given: charges, charge clocks, subsidies and costs of departures, with exact numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from corridor_sim.catalog.values import Provenance
from corridor_sim.engine.program import NONE
from corridor_sim.network.rates import DatedRates, Rate

COST_CLASS_WORDS = {"transport": "运输", "storage": "保管", "management": "管理"}
"""The classes of the national statistics of 社会物流总费用 (GB/T 24361)."""
COST_CLASSES = {
    **dict.fromkeys(
        (
            "line_haul",
            "drayage",
            "handling",
            "terminal_handling",
            "equipment",
            "empty_positioning",
            "drop_off",
            "transload",
            "subsidy",
            "carbon",
            "delivery",
        ),
        "transport",
    ),
    **dict.fromkeys(
        (
            "storage",
            "demurrage",
            "detention",
            "plug_in",
            "insurance",
            "finance",
            "damage",
            "decay",
            "delay",
            "stock_in_transit",
            "safety_stock",
            "reliability",
            "quality",
        ),
        "storage",
    ),
    **dict.fromkeys(("documents", "declaration", "inspection", "market"), "management"),
}
"""Activity -> class: carrying and handling; holding goods, with interest, insurance and loss; paperwork."""


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of a journey: `ready`, `start` or `end` of a step, or the passage of `mark` if that is not empty.

    `route` is where it must happen; empty for any route, so that a journey that switched can still stop a clock.
    """

    moment: str
    step: str = ""
    mark: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class TierRule:
    """Rates of the charge units up to `up_to`, counted after the free time; None for no end."""

    up_to: int | None
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """When a time-based charge runs. `closures` are the numbers (by name) of those that stop it."""

    starts: Event
    stops: Event
    at_midnight: bool
    free: int
    unit: str
    zone: str
    holidays: str
    closures: tuple[int, ...]
    tiers: tuple[TierRule, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """One price at one step (a row of Lowered.steps).

    The end of a visit of `instruction` posts it, once per visit; NONE where a clock does, or the delivery
    (then it is posted for each consignment, not for the load). `payer` is a party or `incoterm`. Amounts are
    clipped to [`least_cents`, `most_cents`] as stated, then times `net`, which takes off recoverable tax.
    """

    name: str
    step: int
    instruction: int
    activity: str
    payer: str
    payee: str
    currency: str
    rates: tuple[Rate, ...]
    tax: str
    net: Fraction
    provenance: Provenance
    cost_class: str
    unknown_tax: Fraction = Fraction(0)
    """Share of the amount that is tax if its unknown basis is tax included; 0 where the basis is known."""
    least_cents: Fraction | None = None
    most_cents: Fraction | None = None
    count: int = 1
    common: bool = False
    valid: tuple[int, int] | None = None
    clock: ClockRule | None = None

    @property
    def at_delivery(self) -> bool:
        """Whether it is posted once for each delivered consignment."""
        return self.clock is None and self.instruction == NONE


@dataclass(frozen=True, slots=True)
class SubsidyRule:
    """A transfer at the steps `places` (row of Lowered.steps, rates there). `most_cents` caps the window."""

    name: str
    places: tuple[tuple[int, tuple[Rate, ...]], ...]
    currency: str
    payer: str
    recipient: str
    pass_through: Fraction
    least_boxes: int
    most_cents: Fraction | None
    valid: tuple[int, int] | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class DepartureCost:
    """What one departure of `service` costs its operator, in cents of `currency`, net, divided by `measure`."""

    service: str
    currency: str
    cents: Fraction
    tax: str
    measure: str
    provenance: Provenance


@dataclass(frozen=True)
class Tariffs:
    """All prices of one alternative. `payers` says for each flow who pays `incoterm` charges at each step."""

    charges: tuple[Charge, ...]
    subsidies: tuple[SubsidyRule, ...]
    departure_costs: tuple[DepartureCost, ...]
    payers: dict[str, tuple[str, ...]]
    exchange: dict[str, DatedRates]

    def provenance(self) -> dict[str, Provenance]:
        """Return the provenance of each price by its word in the ledger's `tariff` column."""
        return (
            {charge.name: charge.provenance for charge in self.charges}
            | {rule.name: rule.provenance for rule in self.subsidies}
            | {cost.service: cost.provenance for cost in self.departure_costs}
        )

    def cost_classes(self) -> dict[str, str]:
        """Return the cost class of each tariff by its word in the ledger's `tariff` column."""
        return {charge.name: charge.cost_class for charge in self.charges}
