"""The money part of the scenario format: tariffs, charge clocks, subsidies, exchange rates, time costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from corridor_sim.catalog.values import ABOVE_ZERO, NOT_EMPTY, FixedDuration, Flag, Portion, Share, Whole
from corridor_sim.catalog.values import Money as PriceValue
from corridor_sim.scenario.steps import Part
from corridor_sim.scenario.texts import DateRange, Day, Zone

EARLIEST_PRICE_YEAR, LATEST_PRICE_YEAR = 2000, 2100

Party = Literal[
    "shipper",
    "consignee",
    "incoterm",
    "carrier",
    "operator",
    "terminal",
    "customs",
    "government",
    "insurer",
    "bank",
    "others",
    "nobody",
]
"""`incoterm` as payer means: whoever the flow's Incoterm makes pay at that place."""

Activity = Literal[
    "line_haul",
    "drayage",
    "handling",
    "terminal_handling",
    "documents",
    "declaration",
    "inspection",
    "storage",
    "demurrage",
    "detention",
    "plug_in",
    "equipment",
    "empty_positioning",
    "drop_off",
    "transload",
    "damage",
    "subsidy",
    "insurance",
    "finance",
    "carbon",
    "decay",
    "delay",
    "stock_in_transit",
    "safety_stock",
    "reliability",
    "quality",
    "market",
    "delivery",
]

TaxBasis = Literal["included", "excluded", "zero_rated", "exempt", "unknown"]


class Tax(Part):
    """Value-added tax of a price."""

    basis: TaxBasis
    rate: Share | None = None
    recoverable: Flag = True

    @model_validator(mode="after")
    def _rate_where_needed(self) -> Tax:
        if (self.basis in ("included", "excluded", "unknown")) == (self.rate is None):
            raise ValueError("tax that is included, excluded or unknown has a rate; zero_rated and exempt have none")
        return self


class Tier(Part):
    """One stretch of a time-based tariff, counted in charge units after the free time."""

    up_to: Whole | None = Field(None, ge=1, description="last charge unit of this tier; none means no end")
    price: PriceValue = Field(description='per charge unit, e.g. "40 CNY/box"')


class ChargeClock(Part):
    """When a time-based tariff starts, runs and stops (MONEY.md, Charge clocks)."""

    starts: str = Field(description="`ready|start|end` of a step or a mark, e.g. `end of rail` or `mark yard`")
    stops: str
    start_rule: Literal["at once", "next midnight"] = "at once"
    free: Whole = Field(0, ge=0, description="charge units without charge")
    unit: Literal["24 h", "hour", "calendar day", "working day"] = "24 h"
    holidays: Literal["CN", "HK", "none"] = "none"
    timezone: Zone | None = None
    closures_stop_it: Flag = False
    tiers: Annotated[tuple[Tier, ...], NOT_EMPTY]


class Tariff(Part):
    """A price list entry. A price of 0 is written as such: nothing is free by accident."""

    activity: Activity
    price: PriceValue | None = Field(
        None, description="a price or a list that adds up; with `clock`, leave it to the tiers"
    )
    clock: ChargeClock | None = None
    discount: Portion | None = Field(None, description="taken off `price`")
    minimum: PriceValue | None = None
    maximum: PriceValue | None = None
    payer: Party = "incoterm"
    payee: Party = "carrier"
    tax: Tax
    cost_class: Literal["transport", "storage", "management"] | None = Field(
        None, description="运输 / 保管 / 管理; by default from the activity"
    )
    valid: DateRange | None = Field(None, description="date range, both days included")
    common: Flag = Field(False, description="the same in baseline and alternatives by nature, shown apart")

    @model_validator(mode="after")
    def _priced(self) -> Tariff:
        if (self.price is None) == (self.clock is None):
            raise ValueError("a tariff has either a `price` or a `clock` with tiers")
        return self


class Subsidy(Part):
    """A transfer, shown before and after."""

    tariff: str | None = Field(None, description="step or tariff it belongs to")
    step: str = Field(description="name of the step at whose end it falls due")
    amount: PriceValue
    recipient: Party
    payer: Party = "government"
    pass_through: Portion = Field(description="share of it that lowers the shipper's price")
    threshold: Whole = Field(0, ge=0, description="boxes in the window below which nothing is paid")
    cap: PriceValue | None = None
    valid: DateRange | None = Field(None, description="date range, both days included")


class ExchangeRate(Part):
    """CNY per one unit of a currency."""

    rate: PriceValue = Field(description='e.g. "0.898 CNY"')
    on: Day = Field(description="date from which it holds")


class Exchange(Part):
    """Dated exchange rates of one currency."""

    rates: Annotated[tuple[ExchangeRate, ...], NOT_EMPTY]
    hold_last: Day | None = Field(None, description="explicit assumption: the last rate holds until this date")
    yearly: dict[str, PriceValue] = Field(
        default_factory=dict, description="mean of past years, for old prices with an index"
    )


class PriceIndex(Part):
    """Level of prices by year, for prices of other years than the scenario's."""

    years: Annotated[dict[str, Annotated[Share, ABOVE_ZERO]], NOT_EMPTY] = Field(
        description="level of each year, on any base"
    )


class Carrying(Part):
    """Stock-holding rate per year by component; a component posted elsewhere is zero in it."""

    capital: Share
    obsolescence: Share
    storage: Share
    insurance: Share


class TimeCost(Part):
    """Exactly one way to value time in transit."""

    finance_only: Share | None = Field(None, description="interest per year")
    carrying: Carrying | None = None
    hummels_schaur: Share | None = Field(
        None, description="share of value per day; contains depreciation and reliability"
    )

    @model_validator(mode="after")
    def _one(self) -> TimeCost:
        if (self.finance_only is not None) + (self.carrying is not None) + (self.hummels_schaur is not None) != 1:
            raise ValueError("write exactly one of finance_only, carrying, hummels_schaur")
        return self


class SafetyStock(Part):
    """Stock the receiver keeps against lateness."""

    service_level: Share
    owner: Literal["shipper", "consignee"]
    demand_cv: Share = Field(description="coefficient of variation of daily demand")


class Reliability(Part):
    """Exactly one way to value unreliability, or none."""

    safety_stock: SafetyStock | None = None
    ratio: Share | None = Field(None, description="value of a day of standard deviation over value of a day")
    none: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Reliability:
        if (self.safety_stock is not None) + (self.ratio is not None) + bool(self.none) != 1:
            raise ValueError("write exactly one of safety_stock, ratio, none: true")
        return self


class Insurance(Part):
    """Cargo insurance on 110 % of CIF."""

    rate: Share
    on: Share = Field(description="share of CIF that is insured")


class TradeFinance(Part):
    """Days financed by a bank: they carry no capital charge."""

    rate: Share = Field(description="interest per year")
    days: FixedDuration
    fee: PriceValue | None = None


class Carbon(Part):
    """Price of emissions, a shadow price."""

    price: PriceValue = Field(description='e.g. "62.36 CNY/t"')


class Factor(Part):
    """Emission factor of a mode or hub, well-to-wheel and tank-to-wheel."""

    wtw: Share = Field(description="kg CO2e per `per`, as a plain number")
    ttw: Share
    per: Literal["tonne_km", "teu_km", "tonne", "box"]


class Money(Part):
    """How money is counted in this scenario."""

    report_in: Literal["CNY"] = "CNY"
    price_year: Whole = Field(ge=EARLIEST_PRICE_YEAR, le=LATEST_PRICE_YEAR)
    rates: dict[Literal["HKD", "USD"], Exchange] = Field(default_factory=dict)
    indices: dict[str, PriceIndex] = Field(default_factory=dict, description="price indices by name")
    time_cost: TimeCost
    reliability: Reliability
    insurance: Insurance | None = None
    trade_finance: TradeFinance | None = None
    carbon: Carbon | None = None
    emissions: dict[str, Factor] = Field(
        default_factory=dict, description="by mode: road, rail, sea, barge, air, hub, reefer"
    )
    delay_penalty: PriceValue | None = Field(
        None, description="loss of the goods owner per day late, e.g. 500 CNY/consignment/day"
    )
