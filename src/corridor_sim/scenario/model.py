"""The scenario format, version 1: frozen models whose field descriptions are the reference documentation."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from corridor_sim.scenario.money import Money as MoneyRules
from corridor_sim.scenario.money import Subsidy, Tariff
from corridor_sim.scenario.steps import Mode, Part, Steps
from corridor_sim.scenario.values import (
    ABOVE_ZERO,
    Capacity,
    Distance,
    Duration,
    FixedDuration,
    Flag,
    Mass,
    Money,
    Number,
    Portion,
    PortionLaw,
    Share,
    Temperature,
    Volume,
    Whole,
)

MOST_REPLICATIONS = 1_000_000
MOST_SERVERS = 1_000_000
LOWEST_PRIORITY = 1000

Words = Annotated[
    dict[str, str],
    Field(min_length=1),
    BeforeValidator(lambda raw: {"en": raw} if isinstance(raw, str) else raw),
    WithJsonSchema({"type": ["string", "object"], "additionalProperties": {"type": "string"}}),
]
"""A text in one or several languages: `en`, `zh-Hans`, `zh-Hant-HK`."""
Lines = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda raw: [raw] if isinstance(raw, str) else raw),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]
"""One text or a list of texts."""


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

    start: str = Field(description='date and time at which the world starts, e.g. "2026-06-01 00:00"')
    timezone: str = "Asia/Shanghai"
    measure: str = Field(description='releases that are measured, e.g. "2026-06-26 to 2026-08-31", both days included')
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

    @model_validator(mode="after")
    def _on_earth(self) -> Place:
        latitude, longitude = self.at
        if not (abs(latitude) <= LATITUDE_END and abs(longitude) <= LONGITUDE_END):
            raise ValueError(f"{self.at} is not [latitude, longitude] in degrees")
        return self


LATITUDE_END, LONGITUDE_END = 90.0, 180.0


class Failures(Part):
    """Breakdowns of servers."""

    every: Duration = Field(description="time from repair to the next failure")
    lasts: Duration
    servers: Whole | Literal["all"] = "all"
    counts: Literal["calendar", "busy"] = Field(
        "calendar", description="whether the time to failure runs always or only while busy"
    )


class Background(Part):
    """Other people's work at a facility, not costed, without which our few boxes would never queue."""

    load: Share = Field(description="share of staffed server time taken by others")
    takes: Duration
    priority: Whole = Field(0, ge=-LOWEST_PRIORITY, le=LOWEST_PRIORITY)


class Facility(Part):
    """Servers, a yard, berths or a pool of equipment at a place."""

    at: str = Field(description="place")
    name: Words | None = None
    servers: Whole | Literal["unlimited"] = Field(1, description="how many can be served at once")
    holds: Annotated[Capacity, ABOVE_ZERO] | None = Field(
        None, description='for yards, berths and pools instead of servers, e.g. "200 TEU"'
    )
    mode: Mode | None = Field(None, description="closures act by mode")
    opens: Lines = Field(("always",), description='weekly hours, e.g. "mon-fri 08:00-20:00, sat 09:00-12:00"')
    holidays: Literal["CN", "HK", "none"] = "none"
    at_closing: Literal["pause", "restart", "finish"] = Field("pause", description="what happens to work under way")
    at_failure: Literal["pause", "restart"] = "pause"
    discipline: Literal["strict", "first_fit"] = "strict"
    failures: Failures | None = None
    background: Background | None = None

    @model_validator(mode="after")
    def _sound(self) -> Facility:
        if isinstance(self.servers, int) and not 1 <= self.servers <= MOST_SERVERS:
            raise ValueError(f"servers must be between 1 and {MOST_SERVERS}, or unlimited")
        if self.holds is not None and (len(self.holds) != 1 or self.background or self.failures):
            raise ValueError("`holds` is one quantity and goes without failures and background")
        if self.background is not None and not isinstance(self.servers, int):
            raise ValueError("background load needs a number of servers")
        if self.failures is not None and not self._can_fail(self.failures.servers):
            raise ValueError(f"failures take at least 1 and at most all of the {self.servers} servers")
        return self

    def _can_fail(self, failing: int | str) -> bool:
        some = 1 <= failing <= self.servers if isinstance(failing, int) and isinstance(self.servers, int) else False
        return failing == "all" or some


class Cancellations(Part):
    """How often and how late departures are cancelled."""

    share: Portion
    notice: FixedDuration | None = Field(None, description="known so long before departure; by default at the cut-off")


class Delays(Part):
    """How often and how much departures are late."""

    share: Portion
    lasts: Duration


class Minimum(Part):
    """Least load of a departure, own and background."""

    load: Capacity
    otherwise: Literal["run", "cancel"]


class Berths(Part):
    """Facilities the vehicle itself occupies."""

    at_origin: str | None = None
    loading: Duration | None = None
    at_destination: str | None = None
    unloading: Duration | None = None


CUTOFF_KINDS = ("documents", "vgm", "yard", "release")
Cutoffs = Annotated[
    dict[Literal["documents", "vgm", "yard", "release"], FixedDuration],
    BeforeValidator(
        lambda raw: (
            raw
            if isinstance(raw, dict) and not {"assume", "published", "measured", "derived", "analogue"} & set(raw)
            else {"yard": raw}
        )
    ),
]


class Service(Part):
    """Timetabled departures between two places."""

    mode: Mode
    origin: str = Field(alias="from", description="place")
    destination: str = Field(alias="to", description="place")
    km: Distance | None = None
    departs: Annotated[Lines, Field(min_length=1)] = Field(description='timetable, e.g. "daily 20:00" or ["mon,thu 16:00", "sat 08:00"]')
    cutoff: Cutoffs = Field(
        default_factory=dict, description="before scheduled departure: one time, or by documents/vgm/yard/release"
    )
    opens: FixedDuration | None = Field(None, description="earliest delivery before scheduled departure")
    capacity: Capacity = Field(description="whichever binds first, e.g. [50 TEU, 8 plugs, 2000 t]")
    taken_by_others: PortionLaw | None = Field(
        None, description="share of capacity taken before ours, drawn per departure"
    )
    takes: Duration = Field(description="transit time, one draw per departure")
    delay: Delays | None = None
    cancelled: Cancellations | None = None
    minimum: Minimum | None = None
    loading: Literal["first_fit", "strict"] = "first_fit"
    berths: Berths | None = None
    waits_for_reopening: FixedDuration | None = Field(
        None, description="a closed origin holds the vehicle so long, then it is cancelled"
    )
    cost_per_departure: Money | None = Field(None, description="resource view: what a departure costs its operator")
    load_measure: Literal["teu", "mass", "volume"] = "teu"


class ClosureAct(Part):
    """What a closure stops, and when relative to the event."""

    places: tuple[str, ...]
    modes: tuple[Mode, ...] = Field(description="modes whose facilities and services stop")
    starts: str = Field("0 h", description='offset of the stop from the event\'s start, may be negative ("-6 h")')
    ends: str = Field("0 h", description="offset of the restart from the event's end")


class Closure(Part):
    """A named closure on given days, or one that comes by chance, such as a typhoon."""

    on: tuple[str, ...] = Field((), description="date ranges, both days included")
    rate: str | None = Field(None, description='random events, e.g. "1.48 per year"')
    season: tuple[str, ...] = Field(
        (), description="date ranges in which random events happen, all their rate falling there"
    )
    lasts: Duration | None = None
    acts: tuple[ClosureAct, ...] = Field(min_length=1)
    source: Lines = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Closure:
        if bool(self.on) == bool(self.rate) or bool(self.rate) != bool(self.lasts):
            raise ValueError("a closure has either `on: [dates]`, or `rate` with `lasts`")
        return self


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
    may_go_to_sea: Flag = True
    reuse: Portion | None = Field(None, description="share of boxes that find a return load, so that no empty is moved")


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
    steps: Steps = Field(min_length=1)
    charges_per_consignment: tuple[str, ...] = Field((), description="tariffs posted once at delivery")


class CustomsChannel(Part):
    """How a passage through customs or food control works for those who use this channel."""

    documents: Duration | None = Field(None, description="time to prepare and submit documents")
    declaration: Duration | None = Field(None, description="from lodgement to the decision who is selected")
    selected: Portion = Field(description="probability of inspection, one draw per declaration")
    hold: Duration | None = Field(None, description="selected only: from selection until the inspection can start")
    inspection: Duration | None = Field(None, description="selected only: the inspection itself")
    release: Duration | None = Field(None, description="from decision or inspection to release")
    price: Money | None = Field(None, description="per declaration")
    inspection_price: Money | None = Field(None, description="selected only")
    source: Lines = ()


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
        factors = {**self.weekly, **self.monthly}
        for name, factor in factors.items():
            if not 0 <= factor <= LARGEST_FACTOR:
                raise ValueError(f"{name}: {factor} is no factor; expected 0 to {LARGEST_FACTOR}")
        if self.weekly and not any(self.weekly.values()):
            raise ValueError("the week is empty; give at least one day more than 0")
        return self


class Arrivals(Part):
    """When consignments are released, exactly one of the forms."""

    poisson: str | None = Field(None, description='e.g. "30 pallets per week"')
    every: Annotated[FixedDuration, ABOVE_ZERO] | None = None
    first: str | None = Field(None, description="moment of the first of `every`; by default the start of the season")
    on: tuple[str, ...] = Field((), description="explicit moments")
    profile: Seasonal | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Arrivals:
        if (self.poisson is not None) + (self.every is not None) + bool(self.on) != 1:
            raise ValueError("write exactly one of `poisson`, `every`, `on`")
        if self.first is not None and self.every is None:
            raise ValueError("`first` goes with `every`")
        if self.profile is not None and self.poisson is None:
            raise ValueError("a profile goes with `poisson`")
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
    season: str | None = Field(None, description="date range, both days included; by default always")
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


class Claim(Part):
    """A sentence to be tested, as data (EVIDENCE.md)."""

    statement: Words
    source: Lines
    metric: Literal["saving"]
    cost_base: Literal["cash", "total_logistics", "with_carbon"]
    perspective: Literal["shipper", "consignee", "chain"] = "chain"
    scope: tuple[str, ...] = Field((), description="flows; by default all")
    of: str = Field(description="alternative that is claimed to save")
    against: str | None = Field(None, description="by default the baseline")
    says: Literal["on average", "can"]
    interval: tuple[Share, Share]
    supposition: Flag = False

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
    places: dict[str, Place] = Field(min_length=1)
    boxes: dict[str, Box] = Field(default_factory=dict)
    facilities: dict[str, Facility] = Field(default_factory=dict)
    services: dict[str, Service] = Field(default_factory=dict)
    closures: dict[str, Closure] = Field(default_factory=dict)
    customs_channels: dict[str, CustomsChannel] = Field(default_factory=dict)
    tariffs: dict[str, Tariff] = Field(default_factory=dict)
    subsidies: dict[str, Subsidy] = Field(default_factory=dict)
    routes: dict[str, Route] = Field(min_length=1)
    flows: dict[str, Flow] = Field(min_length=1)
    baseline: str = Field(description="name of the alternative the others are compared with")
    alternatives: dict[str, Alternative] = Field(min_length=1)
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    claims: dict[str, Claim] = Field(default_factory=dict)
