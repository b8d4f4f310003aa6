"""What lies around the routes: facilities, services, closures and flows, as rules and as plans for their draws.

A rule goes into the Program; a plan tells `inputs` how to draw what a replication is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from corridor_sim.engine.program import (
    MARK_KINDS,
    NONE,
    ONE,
    AtClosing,
    CapacityChange,
    Cause,
    FacilityRule,
    Ints,
    ServiceRule,
)
from corridor_sim.network.boxes import Sizes, capacity_sizes, measure_number, thousandths
from corridor_sim.network.builder import UNIFORMS, Builder
from corridor_sim.network.route import RouteLowering
from corridor_sim.network.usage import all_steps
from corridor_sim.sampling.streams import name_word
from corridor_sim.scenario.calendars import (
    Clock,
    Window,
    holiday_days,
    open_windows,
    parse_date_range,
    parse_weekly,
    subtract_windows,
)
from corridor_sim.scenario.model import Closure, Facility, Scenario, Service
from corridor_sim.scenario.timetables import parse_timetable
from corridor_sim.units import SECONDS_PER_DAY, parse_quantity, parse_rate, to_ticks

CACHED_CALENDARS = 256
UNLIMITED = 1_000_000_000
"""Units of a facility without limit: more than any run has consignments."""
CLOSING = {"pause": AtClosing.PAUSE, "restart": AtClosing.RESTART, "finish": AtClosing.FINISH}


@dataclass(frozen=True)
class FacilityPlan:
    """Opening windows before random closures, and failures on calendar time."""

    name: str
    place: str
    mode: str | None
    units: int
    windows: tuple[Window, ...]
    cuts: tuple[Loss, ...]
    changes: tuple[CapacityChange, ...]
    """Capacity over time without random closures and failures."""
    uptime: int = NONE
    repair: int = NONE
    failing_units: int = 0
    failure_stream: int = NONE


Loss = tuple[int, int, int]
"""From, to and how many units (thousandths) are missing."""


@lru_cache(maxsize=CACHED_CALENDARS)
def planned_capacity(
    windows: tuple[Window, ...], cuts: tuple[Loss, ...], units: int, horizon: int
) -> tuple[CapacityChange, ...]:
    """Return capacity over time as planned, without failures and random closures."""
    return capacity_changes(windows, cuts, (), units, horizon)


def capacity_changes(
    windows: Sequence[Window], cuts: Sequence[Loss], failures: Sequence[Loss], units: int, horizon: int
) -> tuple[CapacityChange, ...]:
    """Return the changes of capacity that opening windows, planned cuts and failures make; the first at tick 0."""
    edges: dict[int, list[tuple[str, int]]] = {0: []}
    for kind, events in (("open", [(*window, 1) for window in windows]), ("cut", cuts), ("failed", failures)):
        for start, end, amount in events:
            edges.setdefault(max(0, start), []).append((kind, amount))
            if end < horizon:
                edges.setdefault(end, []).append((kind, -amount))
    state = {"open": 0, "cut": 0, "failed": 0}
    changes: list[CapacityChange] = []
    for tick in sorted(tick for tick in edges if 0 <= tick < horizon):
        for kind, amount in edges[tick]:
            state[kind] += amount
        left = max(0, units - state["cut"] - state["failed"]) if state["open"] else 0
        by_failure = {kind for kind, _ in edges[tick]} == {"failed"}
        cause = Cause.FAILURE if by_failure else Cause.HOURS
        if not changes or changes[-1].units != left:
            changes.append(CapacityChange(tick, left, cause))
    return tuple(changes)


@dataclass(frozen=True)
class ServicePlan:
    """The timetable of a service and what is drawn per departure (samplers and streams by number)."""

    name: str
    origin: str
    destination: str
    mode: str
    scheduled: Ints
    close: int
    capacity: Sizes
    transit: int
    transit_stream: int
    transit_in: tuple[tuple[tuple[Window, ...], int], ...] = ()
    """Windows of scheduled departures and the sampler that holds in them; the first that fits."""
    background: int = NONE
    background_stream: int = NONE
    delay: int = NONE
    delay_upto: int = 0
    delay_stream: int = NONE
    cancel_upto: int = 0
    cancel_notice: int = 0
    cancel_stream: int = NONE


@dataclass(frozen=True)
class Act:
    """What one closure stops: places and modes, with offsets in ticks from the event."""

    places: tuple[str, ...]
    modes: tuple[str, ...]
    starts: int
    ends: int


@dataclass(frozen=True)
class ClosurePlan:
    """Fixed events, or a rate and a duration of random ones."""

    name: str
    fixed: tuple[Window, ...]
    curve: tuple[Ints, Ints] | None
    duration: int
    stream: int
    acts: tuple[Act, ...]


def date_window(text: str, clock: Clock) -> Window:
    """Return a date range, both days included, in ticks."""
    first, last = parse_date_range(text)
    return clock.tick_at(first, 0), clock.tick_at(last, SECONDS_PER_DAY)


@lru_cache(maxsize=CACHED_CALENDARS)
def opening_windows(opens: tuple[str, ...], holidays: str, clock: Clock, horizon: int) -> tuple[Window, ...]:
    """Return when weekly hours and holidays let a facility open; alternatives of a file share most of them."""
    days = holiday_days(holidays, clock.years(horizon))
    return tuple(open_windows(parse_weekly(opens), days, (), clock, horizon))


def plan_facility(
    name: str, facility: Facility, clock: Clock, horizon: int, builder: Builder
) -> tuple[FacilityRule, FacilityPlan]:
    """Lower one facility."""
    units = UNLIMITED * ONE if facility.servers == "unlimited" else facility.servers * ONE
    if facility.holds is not None:
        units = thousandths(facility.holds[0].value)
    windows = opening_windows(facility.opens, facility.holidays, clock, horizon)
    uptime = repair = stream = NONE
    failing = 0
    if facility.failures is not None:
        uptime = builder.sampler(facility.failures.every.law)
        repair = builder.sampler(facility.failures.lasts.law)
        stream = builder.stream(f"failure/{name}")
        failing = units if facility.failures.servers == "all" else facility.failures.servers * ONE
    while_busy = facility.failures is not None and facility.failures.counts == "busy"
    failures = (uptime, repair, failing, stream)
    none = (NONE, NONE, 0, NONE)
    rule = FacilityRule(
        units,
        CLOSING[facility.at_closing],
        CLOSING[facility.at_failure],
        facility.discipline == "first_fit",
        *(failures if while_busy else none),
        word=name_word(name),
    )
    cuts = tuple((*date_window(cut.on, clock), max(0, units - cut.servers * ONE)) for cut in facility.cuts)
    changes = planned_capacity(windows, cuts, units, horizon)
    plan = FacilityPlan(
        name, facility.at, facility.mode, units, windows, cuts, changes, *(none if while_busy else failures)
    )
    return rule, plan


def gate_windows(opens: int, service: Service, scheduled: Ints, horizon: int) -> tuple[Window, ...]:
    """Return when a service accepts deliveries, per departure: from `opens` ticks before to its yard cut-off."""
    close = to_ticks(service.cutoff["yard"].value) if "yard" in service.cutoff else 0
    pairs = [(max(0, tick - opens), min(horizon, tick - close + 1)) for tick in scheduled.tolist()]
    return tuple(subtract_windows([pair for pair in pairs if pair[0] < pair[1]], ()))


def plan_service(
    name: str, service: Service, clock: Clock, horizon: int, builder: Builder
) -> tuple[ServiceRule, ServicePlan]:
    """Lower one service."""
    offsets = tuple(
        to_ticks(service.cutoff[kind].value) if kind in service.cutoff and service.cutoff[kind].value else NONE
        for kind in MARK_KINDS
    )
    close = min((offset for offset in offsets if offset != NONE), default=0)
    berths, minimum = service.berths, service.minimum
    rule = ServiceRule(
        strict=service.loading == "strict",
        cutoffs=offsets,
        close=close,
        minimum_measure=measure_number(minimum.load[0]) if minimum else NONE,
        minimum_load=thousandths(minimum.load[0].value) if minimum else 0,
        cancel_if_light=minimum is not None and minimum.otherwise == "cancel",
        longest_hold=to_ticks(service.waits_for_reopening.value) if service.waits_for_reopening else horizon,
        berth_from=builder.facilities[berths.at_origin] if berths and berths.at_origin else NONE,
        loading=builder.sampler(berths.loading.law) if berths and berths.loading else NONE,
        berth_to=builder.facilities[berths.at_destination] if berths and berths.at_destination else NONE,
        unloading=builder.sampler(berths.unloading.law) if berths and berths.unloading else NONE,
        loading_stream=builder.stream(f"{name}/loading"),
        unloading_stream=builder.stream(f"{name}/unloading"),
        word=name_word(name),
    )
    taken, delay, cancelled = service.taken_by_others, service.delay, service.cancelled
    plan = ServicePlan(
        name=name,
        origin=service.origin,
        destination=service.destination,
        mode=service.mode,
        scheduled=parse_timetable(list(service.departs), clock, horizon),
        close=close,
        capacity=capacity_sizes(service.capacity),
        transit=builder.sampler(service.takes.law),
        transit_stream=builder.stream(f"{name}/transit"),
        transit_in=tuple(
            (tuple(date_window(text, clock) for text in other.on), builder.sampler(other.takes.law))
            for other in service.takes_in
        ),
        background=builder.sampler(taken.law) if taken else NONE,
        background_stream=builder.stream(f"{name}/background"),
        delay=builder.sampler(delay.lasts.law) if delay else NONE,
        delay_upto=_upto(delay.share.value) if delay else 0,
        delay_stream=builder.stream(f"{name}/delay"),
        cancel_upto=_upto(cancelled.share.value) if cancelled else 0,
        cancel_notice=to_ticks(cancelled.notice.value) if cancelled and cancelled.notice else close,
        cancel_stream=builder.stream(f"{name}/cancelled"),
    )
    return rule, plan


def _upto(share: Fraction) -> int:
    return round(share * UNIFORMS)


def plan_closure(name: str, closure: Closure, clock: Clock, horizon: int, builder: Builder) -> ClosurePlan:
    """Lower one closure; a random one has all of its yearly rate in its season."""
    from corridor_sim.sampling.arrivals import cumulative_rate

    fixed = tuple(date_window(text, clock) for text in closure.on)
    curve, duration = None, NONE
    if closure.rate is not None and closure.lasts is not None:
        seasons = sorted(date_window(text, clock) for text in closure.season) or [(0, horizon)]
        clipped = [(max(0, start), min(horizon, end)) for start, end in seasons]
        per_second = events_per_second(closure.rate, clock, seasons if closure.season else [])
        curve = cumulative_rate([(start, end, per_second) for start, end in clipped if start < end])
        duration = builder.sampler(closure.lasts.law)
    acts = tuple(Act(act.places, act.modes, offset_ticks(act.starts), offset_ticks(act.ends)) for act in closure.acts)
    return ClosurePlan(name, fixed, curve, duration, builder.stream(f"closure/{name}"), acts)


def events_per_second(rate: str, clock: Clock, seasons: list[Window]) -> Fraction:
    """Return the rate within the season when `rate` ("1.48 per year") counts the whole year."""
    text = rate.replace("per", "consignments per", 1) if "per" in rate else rate
    per_second = parse_rate(text)[1]
    years = {clock.moment(start).year for start, _ in seasons}
    open_seconds = sum(end - start for start, end in seasons)
    if not open_seconds:
        return per_second
    year_seconds = len(years) * parse_quantity("1 year", "duration")
    return per_second * year_seconds / open_seconds


def offset_ticks(text: str) -> int:
    """Return a signed duration ("-6 h") in ticks."""
    negative = text.strip().startswith("-")
    seconds = parse_quantity(text.strip().lstrip("+-"), "duration")
    return -round(seconds) if negative else round(seconds)


def route_start(lowering: RouteLowering) -> str:
    """Return the place where a route begins: that of its first step with a place, in a lane too; "" without any."""
    scenario: Scenario = lowering.scenario
    for step in all_steps(lowering.route.steps):
        origin = getattr(step, "origin", None)
        facility = getattr(step, "at", None) or getattr(step, "seize", None) or getattr(step, "inspect_at", None)
        service = getattr(step, "board", None)
        if origin is not None:
            return str(origin)
        if facility is not None:
            return scenario.facilities[facility].at
        if service is not None:
            return scenario.services[service].origin
    return ""
