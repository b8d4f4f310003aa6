"""The scenario format, version 1: frozen models whose field descriptions are the reference documentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from corridor_sim.catalog.values import (
    ABOVE_ZERO,
    NOT_EMPTY,
    Duration,
    FixedDuration,
    Flag,
    Mass,
    Money,
    Number,
    Portion,
    Share,
    Volume,
    Whole,
)
from corridor_sim.scenario.goods import Arrivals, Decay, Due, Flow, Seasonal, Terms
from corridor_sim.scenario.money import Money as MoneyRules
from corridor_sim.scenario.money import Subsidy, Tariff
from corridor_sim.scenario.steps import Part, Steps
from corridor_sim.scenario.texts import DateRange, Lines, Moment, Words, Zone
from corridor_sim.scenario.world import Background, Closure, ClosureAct, Facility, Service

__all__ = [
    "Alternative",
    "Anomaly",
    "Arrivals",
    "Background",
    "Box",
    "Claim",
    "Clock",
    "Closure",
    "ClosureAct",
    "Contract",
    "CustomsChannel",
    "Decay",
    "Due",
    "Facility",
    "Flow",
    "Place",
    "Route",
    "RouteBox",
    "Scenario",
    "Seasonal",
    "Service",
    "Source",
    "Terms",
    "Threshold",
]

ALL_FLOWS = "all"
"""The scope of a claim that leaves no flow out."""

MOST_REPLICATIONS = 1_000_000


class Source(Part):
    """A place where facts come from."""

    title: str
    url: str = ""
    date: str = ""
    confidence: Literal["H", "M", "L", "D", "R"] = Field(
        description="as in the facts: high, medium, low, derived, recalled"
    )
    note: str = ""


class Clock(Part):
    """Time of the run."""

    start: Moment = Field(description='date and time at which the world starts, e.g. "2026-06-01 00:00"')
    timezone: Zone = "Asia/Shanghai"
    measure: DateRange = Field(
        description='releases that are measured, e.g. "2026-06-26 to 2026-08-31", both days included'
    )
    follow_up: FixedDuration = Field(description="how long the world goes on for what is under way")
    kind: Literal["terminating", "steady"] = "terminating"
    warm_up: FixedDuration | None = Field(
        None, description="steady only: removed at the start; by default found by MSER"
    )
    replications: Whole = Field(30, ge=1, le=MOST_REPLICATIONS)
    seed: Whole = Field(1, ge=0, lt=1 << 63)


class Place(Part):
    """A node of the corridor, keyed by its UN/LOCODE (with a terminal suffix) or a plain name."""

    name: Words
    at: tuple[Number, Number] = Field(description="latitude and longitude in degrees")
    region: Literal["CN", "HK", "other"] = "CN"
    dangerous_goods: Flag = Field(True, description="whether its railway station takes dangerous goods")

    @model_validator(mode="after")
    def _on_earth(self) -> Place:
        latitude, longitude = self.at
        if not (abs(latitude) <= LATITUDE_END and abs(longitude) <= LONGITUDE_END):
            raise ValueError(f"{self.at} is not [latitude, longitude] in degrees")
        return self


LATITUDE_END, LONGITUDE_END = 90.0, 180.0


class Box(Part):
    """The container type and how it is provided."""

    teu: Annotated[Share, ABOVE_ZERO] = Field(description="1 for a 20 ft, 2 for a 40 ft box")
    payload: Annotated[Mass, ABOVE_ZERO]
    volume: Volume | None = None
    pallets: Whole = Field(0, ge=0)
    plugs: Whole = Field(0, ge=0, le=1)
    tare: Mass | None = None
    ulds: Whole = Field(0, ge=0)


class RouteBox(Part):
    """Which box a route uses, whose it is and where it comes from."""

    type: str = Field(description="name under `boxes`")
    owner: Literal["coc", "soc", "railway", "truck"]
    empty_from: str | None = None
    return_to: str | None = None
    may_go_to_sea: Flag | None = Field(None, description="by default true, but for railway boxes")
    reuse: Portion | None = Field(None, description="share of boxes that find a return load, so that no empty is moved")

    @property
    def goes_to_sea(self) -> bool:
        """Whether it may board a ship or barge; a railway's own box may not unless stated."""
        return self.owner != "railway" if self.may_go_to_sea is None else self.may_go_to_sea


class Contract(Part):
    """One contract of carriage of a route."""

    origin: str = Field(alias="from")
    destination: str = Field(alias="to")
    terms: Literal["merchant", "through bill", "port to port", "carrier"] = "merchant"


class Route(Part):
    """A chain of steps from origin to destination."""

    title: Words | None = None
    say: str = ""
    box: RouteBox | None = None
    contracts: tuple[Contract, ...] = ()
    steps: Annotated[Steps, NOT_EMPTY]
    charges_per_consignment: tuple[str, ...] = Field((), description="tariffs posted once at delivery")


class CustomsChannel(Part):
    """How a passage through customs or food control works for those who use this channel."""

    documents: Duration | None = Field(None, description="time to prepare and submit documents")
    manifest: Duration | None = Field(None, description="until the manifest or advance cargo data are accepted")
    declaration: Duration | None = Field(None, description="from lodgement to its acceptance, or to the decision")
    arrival_report: Duration | None = Field(
        None, description="until the arrival at the supervised yard is reported (运抵报告), before the decision"
    )
    selected: Portion = Field(description="probability of inspection, one draw per declaration")
    hold: Duration | None = Field(None, description="selected only: from selection until the inspection can start")
    inspection: Duration | None = Field(None, description="selected only: the inspection itself")
    release: Duration | None = Field(None, description="from decision or inspection to release")
    price: Money | None = Field(None, description="per declaration")
    inspection_price: Money | None = Field(None, description="selected only")
    source: Lines = ()


class Claim(Part):
    """A sentence to be tested, as data (EVIDENCE.md)."""

    statement: Words
    source: Annotated[Lines, NOT_EMPTY]
    metric: Literal["saving"]
    cost_base: Literal["cash", "total_logistics", "with_carbon"]
    perspective: Literal["shipper", "consignee", "chain"]
    scope: Annotated[Lines, NOT_EMPTY] = Field(description=f"flows, or `{ALL_FLOWS}`")
    of: str = Field(description="alternative that is claimed to save")
    against: str | None = Field(None, description="by default the baseline")
    says: Literal["on average", "can"]
    interval: tuple[Share, Share]
    by_way_of: dict[str, str] = Field(
        default_factory=dict,
        description="effect -> alternative: splits the saving into effects, each against the one before it",
    )
    levels: dict[str, Lines] = Field(
        default_factory=dict,
        description="words -> `moves_with` groups or inputs, shown at their low, stated and high values together",
    )
    supposition: Flag = False

    def flows(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the flows of `known` that the claim speaks of, in their order."""
        return tuple(name for name in known if ALL_FLOWS in self.scope or name in self.scope)

    @model_validator(mode="after")
    def _rising(self) -> Claim:
        low, high = self.interval
        if low.value > high.value:
            raise ValueError(f"the interval runs backwards: {low.text} is more than {high.text}")
        return self


class Alternative(Part):
    """A named set of overrides of the same file."""

    title: Words | None = None
    like: str | None = Field(None, description="start from this alternative's overrides")
    set: dict[str, Any] = Field(default_factory=dict, description="dotted path -> value")
    supposition: Flag = Field(False, description="no effect size is published: shown as a supposition everywhere")
    source: Lines = ()


class Threshold(Part):
    """A headline of the form: worth it if this stays below a value."""

    vary: str = Field(description="dotted path")
    values: tuple[Any, ...] = Field(min_length=2)
    of: str
    against: str | None = None
    says: Words


class Anomaly(Part):
    """A printed figure that cannot be data, with its possible readings; the run says which the timetable can carry."""

    statement: Words
    source: Lines = ()
    services: Annotated[tuple[str, ...], NOT_EMPTY] = Field(description="services that together would carry it")
    readings: Annotated[dict[str, Mass], NOT_EMPTY] = Field(description="name of a reading -> mass a year")


class Scenario(Part):
    """One file: a question, the world in which it is asked, and the alternatives compared."""

    corridor_sim: Literal[1] = Field(description="version of this format")
    name: str
    title: Words
    question: Words
    sources: dict[str, Source] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict, description="named values, used as {param: name}")
    clock: Clock
    money: MoneyRules
    places: Annotated[dict[str, Place], NOT_EMPTY]
    boxes: dict[str, Box] = Field(default_factory=dict)
    facilities: dict[str, Facility] = Field(default_factory=dict)
    services: dict[str, Service] = Field(default_factory=dict)
    closures: dict[str, Closure] = Field(default_factory=dict)
    customs_channels: dict[str, CustomsChannel] = Field(default_factory=dict)
    tariffs: dict[str, Tariff] = Field(default_factory=dict)
    subsidies: dict[str, Subsidy] = Field(default_factory=dict)
    routes: Annotated[dict[str, Route], NOT_EMPTY]
    flows: Annotated[dict[str, Flow], NOT_EMPTY]
    baseline: str = Field(description="name of the alternative the others are compared with")
    alternatives: Annotated[dict[str, Alternative], NOT_EMPTY]
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    claims: dict[str, Claim] = Field(default_factory=dict)
    anomalies: dict[str, Anomaly] = Field(default_factory=dict)
    words: dict[str, Words] = Field(default_factory=dict, description="name of a step, service, ... -> how it is said")
