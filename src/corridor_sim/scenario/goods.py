"""The goods of a scenario: when they come, what they are worth, how they decay and when they are due."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from corridor_sim.catalog.values import (
    ABOVE_ZERO,
    Capacity,
    FixedDuration,
    Flag,
    Mass,
    Money,
    Number,
    Portion,
    Share,
    Temperature,
    Volume,
    Whole,
)
from corridor_sim.scenario.steps import Part
from corridor_sim.scenario.texts import DateRange, Moment, ReleaseRate, Words
from corridor_sim.scenario.world import LOWEST_PRIORITY

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
LARGEST_FACTOR = 1000


class Seasonal(Part):
    """Demand profile: days left out of `weekly` have no releases, months left out of `monthly` the factor 1."""

    weekly: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], Number] = Field(default_factory=dict)
    monthly: dict[str, Number] = Field(default_factory=dict, description='factor by month, e.g. {"2026-07": 1.5}')

    @model_validator(mode="after")
    def _sound(self) -> Seasonal:
        for month in self.monthly:
            if not MONTH.fullmatch(month):
                raise ValueError(f'"{month}" is no month; expected such as "2026-07"')
        for name, factor in (*self.weekly.items(), *self.monthly.items()):
            if not 0 <= factor <= LARGEST_FACTOR:
                raise ValueError(f"{name}: {factor} is no factor; expected 0 to {LARGEST_FACTOR}")
        if self.weekly and not any(self.weekly.values()):
            raise ValueError("the week is empty; give at least one day more than 0")
        return self


class Arrivals(Part):
    """When consignments are released, exactly one of the forms."""

    poisson: ReleaseRate | None = Field(None, description='e.g. "30 pallets per week"')
    times: Annotated[Share, ABOVE_ZERO] | None = Field(None, description="factor on the rate of `poisson`, such as 2")
    every: Annotated[FixedDuration, ABOVE_ZERO] | None = None
    first: Moment | None = Field(None, description="moment of the first of `every`; by default the start of the season")
    on: tuple[Moment, ...] = Field((), description="explicit moments")
    profile: Seasonal | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Arrivals:
        if (self.poisson is not None) + (self.every is not None) + bool(self.on) != 1:
            raise ValueError("write exactly one of `poisson`, `every`, `on`")
        if self.first is not None and self.every is None:
            raise ValueError("`first` goes with `every`")
        if self.poisson is None and (self.profile is not None or self.times is not None):
            raise ValueError("a profile, or a factor `times`, goes with `poisson`")
        return self


class Terms(Part):
    """Who pays: Incoterms 2020 and named place."""

    incoterm: Literal["EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"]
    place: str


class Decay(Part):
    """How goods lose life on their way (MONEY.md, Decay)."""

    shelf_life: Annotated[FixedDuration, ABOVE_ZERO] = Field(description="at the reference temperature")
    at: Temperature = Field(description="reference temperature")
    q10: Annotated[Share, ABOVE_ZERO] = Field(description="factor by which decay speeds up for 10 degrees more")
    least_remaining: Portion = Field(description="share of life below which the market refuses the goods")
    value_lost_at_end: Portion = Field(description="share of value lost when the life is used up, linear until then")


class Due(Part):
    """When a delivery counts as on time."""

    within: FixedDuration = Field(description="from release")


class Flow(Part):
    """Consignments of one kind with their demand, value and promise."""

    title: Words | None = None
    route: str
    commodity: str = ""
    terms: Terms
    arrives: Arrivals
    season: DateRange | None = Field(None, description="date range, both days included; by default always")
    size: Annotated[Capacity, ABOVE_ZERO] = Field(description='of one consignment, e.g. "1 pallet" or "2 boxes"')
    weight: Annotated[Mass, ABOVE_ZERO] = Field(description="gross, of one consignment")
    volume: Volume | None = None
    value: Money = Field(description='of the goods, e.g. "10000 CNY/t"')
    price_premium: Share | None = Field(None, description="gain in value from a quality mark")
    rejected: Portion | None = Field(None, description="share of value refused at the market")
    temperature: Temperature | None = Field(None, description="set point of the carriage; by default ambient")
    ambient: Temperature | None = None
    decay: Decay | None = None
    due: Due
    priority: Whole = Field(0, ge=-LOWEST_PRIORITY, le=LOWEST_PRIORITY, description="lower goes first")
    annual_demand: Mass | None = Field(None, description="for the safety stock; by default that of the window")
    dangerous_goods: Flag = False
