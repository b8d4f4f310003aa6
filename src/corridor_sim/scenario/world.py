"""The world of a scenario: facilities, timetabled services and closures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from corridor_sim.catalog.values import (
    ABOVE_ZERO,
    NOT_EMPTY,
    Capacity,
    Distance,
    Duration,
    FixedDuration,
    Mass,
    Money,
    Portion,
    PortionLaw,
    Share,
    Whole,
)
from corridor_sim.scenario.steps import Mode, Part
from corridor_sim.scenario.texts import DateRange, EventRate, Hours, Lines, Offset, Timetable, Words

MOST_SERVERS = 1_000_000
LOWEST_PRIORITY = 1000


class Failures(Part):
    """Breakdowns of servers."""

    every: Duration = Field(description="time from repair to the next failure")
    lasts: Duration
    servers: Whole | Literal["all"] = "all"
    counts: Literal["calendar", "busy"] = Field(
        "calendar", description="whether the time to failure runs always or only while busy"
    )


class Cut(Part):
    """A planned reduction of servers, such as half of them for a repair; it takes the latest-started work."""

    on: DateRange = Field(description="date range, both days included")
    servers: Whole = Field(ge=0, le=MOST_SERVERS, description="how many are left")


class Background(Part):
    """Other people's work at a facility, not costed, without which our few boxes would never queue."""

    load: Share = Field(description="share of staffed server time taken by others")
    takes: Duration
    priority: Whole = Field(0, ge=-LOWEST_PRIORITY, le=LOWEST_PRIORITY)


class Facility(Part):
    """Servers, a yard, berths or a pool of equipment at a place."""

    at: str = Field(description="place")
    name: Words | None = None
    servers: Annotated[Whole, Field(ge=1, le=MOST_SERVERS)] | Literal["unlimited"] = Field(
        1, description="how many can be served at once"
    )
    holds: Annotated[Capacity, ABOVE_ZERO] | None = Field(
        None, description='for yards, berths and pools instead of servers, e.g. "200 TEU"'
    )
    mode: Mode | None = Field(None, description="closures act by mode")
    opens: Hours = Field(("always",), description='weekly hours, e.g. "mon-fri 08:00-20:00, sat 09:00-12:00"')
    holidays: Literal["CN", "HK", "none"] = "none"
    at_closing: Literal["pause", "restart", "finish"] = Field("pause", description="what happens to work under way")
    at_failure: Literal["pause", "restart"] = "pause"
    discipline: Literal["strict", "first_fit"] = "strict"
    failures: Failures | None = None
    cuts: tuple[Cut, ...] = Field((), description="planned reductions of servers on given days")
    background: Background | None = None

    @model_validator(mode="after")
    def _sound(self) -> Facility:
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


class TransitIn(Part):
    """Transit time of departures scheduled on given days, such as the months of low water."""

    on: Annotated[tuple[DateRange, ...], NOT_EMPTY] = Field(description="date ranges, both days included")
    takes: Duration


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
    departs: Timetable = Field(description='timetable, e.g. "daily 20:00" or ["mon,thu 16:00", "sat 08:00"]')
    cutoff: Cutoffs = Field(
        default_factory=dict, description="before scheduled departure: one time, or by documents/vgm/yard/release"
    )
    opens: FixedDuration | None = Field(None, description="earliest delivery before scheduled departure")
    capacity: Capacity = Field(description="whichever binds first, e.g. [50 TEU, 8 plugs, 2000 t]")
    taken_by_others: PortionLaw | None = Field(
        None, description="share of capacity taken before ours, drawn per departure"
    )
    takes: Duration = Field(description="transit time, one draw per departure")
    takes_in: tuple[TransitIn, ...] = Field((), description="other transit times on given days; the first that fits")
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
    emits: str | None = Field(None, description="name under money.emissions; by default the mode")
    carried: Mass | None = Field(
        None, description="reported load of a year; an error where the timetable cannot lift it"
    )


class ClosureAct(Part):
    """What a closure stops, and when relative to the event."""

    places: tuple[str, ...]
    modes: tuple[Mode, ...] = Field(description="modes whose facilities and services stop")
    starts: Offset = Field("0 h", description='offset of the stop from the event\'s start, may be negative ("-6 h")')
    ends: Offset = Field("0 h", description="offset of the restart from the event's end")


class Closure(Part):
    """A named closure on given days, or one that comes by chance, such as a typhoon."""

    on: tuple[DateRange, ...] = Field((), description="date ranges, both days included")
    rate: EventRate | None = Field(None, description='random events, e.g. "1.48 per year"')
    season: tuple[DateRange, ...] = Field(
        (), description="date ranges in which random events happen, all their rate falling there"
    )
    lasts: Duration | None = None
    acts: Annotated[tuple[ClosureAct, ...], NOT_EMPTY]
    source: Lines = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Closure:
        if bool(self.on) == bool(self.rate) or bool(self.rate) != bool(self.lasts):
            raise ValueError("a closure has either `on: [dates]`, or `rate` with `lasts`")
        return self
