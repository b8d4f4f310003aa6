"""Charge clocks: from which event to which a time-based charge runs, how many units count, and their tiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from corridor_sim.economics.charges import ChargeTable, Due
from corridor_sim.economics.passages import Mask, Passages
from corridor_sim.engine.program import NONE, Ints, Op
from corridor_sim.network.charge_rules import ClockRule, Event
from corridor_sim.network.clock_rules import UNIT_SECONDS
from corridor_sim.network.info import StepInfo
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.calendars import (
    SATURDAY,
    Clock,
    Window,
    holiday_days,
    next_open,
    open_time_between,
    subtract_windows,
    window_arrays,
)

MOMENTS = ("ready", "start", "end")
CACHED_CALENDARS = 64
MARGIN = timedelta(days=1)


@lru_cache(maxsize=CACHED_CALENDARS)
def day_table(clock: Clock, zone: str, holidays: str, working: bool, horizon: int) -> tuple[Ints, Ints]:
    """Return the local midnights of `zone` in ticks, from before tick 0 to after `horizon`, and which days count.

    The second array is 1 for each day that counts: all, or with `working` those of Monday to Friday that are no
    holiday, and make-up workdays. It has one entry less than there are midnights.
    """
    local = Clock(clock.start, ZoneInfo(zone))
    days = list(local.days(horizon + 1))
    days += [days[-1] + MARGIN, days[-1] + MARGIN + MARGIN]
    known = holiday_days(holidays if working else "none", sorted({day.year for day in days}))
    counts = [
        not working or day in known.workdays or (day.weekday() < SATURDAY and day not in known.closed)
        for day in days[:-1]
    ]
    return np.array([local.tick_at(day, 0) for day in days]), np.array(counts, dtype=np.int64)


@lru_cache(maxsize=CACHED_CALENDARS)
def _open_days(
    clock: Clock, zone: str, holidays: str, working: bool, closed: tuple[Window, ...], horizon: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return local midnights; when the clock may run, as openings and closings; and the days that count so far."""
    midnights, counts = day_table(clock, zone, holidays, working, horizon)
    whole = [(0, int(midnights[-1]))]
    opens, closes = window_arrays(subtract_windows(whole, closed) if closed else whole)
    open_days = open_time_between(opens, closes, np.maximum(midnights[:-1], 0), np.maximum(midnights[1:], 0)) > 0
    return midnights, opens, closes, np.concatenate(([0], np.cumsum(counts * open_days)))


def charge_units(
    rule: ClockRule, begin: Ints, end: Ints, clock: Clock, closed: tuple[Window, ...] = (), horizon: int = 0
) -> Ints:
    """Return how many charge units [begin, end) touches, free ones too; a unit that has started counts.

    begin, end  int64[n] ticks of the events; a clock that starts at the next midnight may end before it begins
    closed      windows in which the clock stands still: for hours and 24 h their time is taken out, a day counts
                unless all of it that lies in [begin, end) is closed
    horizon     no later tick will be asked for; days up to it are worked out once
    """
    horizon = int(max(end.max(initial=0), begin.max(initial=0), horizon))
    days_of = _open_days(clock, rule.zone, rule.holidays, rule.unit == "working day", closed, horizon)
    midnights, opens, closes, counted = days_of
    if rule.at_midnight:
        begin = midnights[np.searchsorted(midnights, begin, side="right")]
    end = np.maximum(end, begin)
    if rule.unit in ("24 h", "hour"):
        return -(-open_time_between(opens, closes, begin, end) // UNIT_SECONDS[rule.unit])
    resumed = next_open(opens, closes, begin)
    last_open = np.searchsorted(opens, end, side="left") - 1
    ended = np.where(last_open >= 0, np.minimum(end, closes[last_open]), NONE)
    running = (resumed != NONE) & (resumed < ended)
    first = np.searchsorted(midnights, resumed, side="right") - 1
    last = np.searchsorted(midnights, ended - 1, side="right") - 1
    return np.where(running, counted[np.minimum(last + 1, len(counted) - 1)] - counted[np.maximum(first, 0)], 0)


@dataclass(frozen=True)
class ClockTable:
    """The charges that clocks run up: their numbers and clocks, and the instructions that start and stop each."""

    numbers: tuple[int, ...]
    rules: tuple[ClockRule, ...]
    starts: tuple[Mask, ...]
    stops: tuple[Mask, ...]


def clock_table(lowered: Lowered) -> ClockTable:
    """Return the ClockTable of an alternative."""
    clocks = {number: charge.clock for number, charge in enumerate(lowered.tariffs.charges) if charge.clock}
    return ClockTable(
        tuple(clocks),
        tuple(clocks.values()),
        tuple(_happens(lowered, rule.starts) for rule in clocks.values()),
        tuple(_happens(lowered, rule.stops) for rule in clocks.values()),
    )


@dataclass(frozen=True)
class Started:
    """The visits at which a charge's clock started, of own loads, and what the consignments held then."""

    rows: Ints
    held: Ints


def started_clocks(clocks: ClockTable, passages: Passages) -> list[Started]:
    """Return by clock where it started."""
    charges = passages.lowered.tariffs.charges
    return [
        _started(passages, passages.lowered.steps[charges[number].step], rule.starts.moment, starts)
        for number, rule, starts in zip(clocks.numbers, clocks.rules, clocks.starts, strict=True)
    ]


def dues_by_clocks(
    clocks: ClockTable, started: Sequence[Started], table: ChargeTable, passages: Passages
) -> Iterator[Due]:
    """Yield what each clock has run up for each load: units after the free ones, by tier, times what each rate counts.

    A clock whose stop event never came runs to the delivery, or to the stop of the run.
    """
    lowered = passages.lowered
    for number, rule, begun, stops in zip(clocks.numbers, clocks.rules, started, clocks.stops, strict=True):
        rows = begun.rows
        moment = MOMENTS.index(rule.starts.moment) < MOMENTS.index(rule.stops.moment)
        end = _stop_ticks(passages, rows, stops, rule.stops.moment, "left" if moment else "right")
        closed = tuple((begin, until) for each, begin, until in passages.inputs.closures if each in rule.closures)
        begin = passages.column(rule.starts.moment)[rows]
        horizon = max(lowered.program.horizon, passages.trace.stop)
        units = charge_units(rule, begin, end, lowered.clock, closed, horizon) - rule.free
        charge = np.full(len(rows), number)
        quantities = table.rates.quantities(charge, passages.counted, begun.held, end - begin)
        quantities *= _units_by_rate(rule, units, quantities.shape[1])
        due = Due(charge, np.full(len(rows), NONE), passages.column("consignment")[rows], end, quantities)
        yield due.only(np.flatnonzero(units > 0))


def _units_by_rate(rule: ClockRule, units: Ints, columns: int) -> Ints:
    """Return (n, columns) units that count for each rate of a clock's tiers, in their order; 0 for further columns."""
    counted, lower, column = np.zeros((len(units), columns), np.int64), 0, 0
    for tier in rule.tiers:
        in_tier = np.clip(units, lower, tier.up_to) - lower
        counted[:, column : column + len(tier.rates)] = in_tier[:, None]
        column += len(tier.rates)
        lower = tier.up_to or lower
    return counted


def _started(passages: Passages, info: StepInfo, moment: str, starts: Mask) -> Started:
    """Return where a clock of a step started, at a `moment` of visits; in a lane, for the loads that pass the step."""
    consignment, step = passages.column("consignment"), passages.column("step")
    rows = np.flatnonzero(starts[step] & (passages.column(moment) != NONE))
    held = passages.held_at(rows, moment)
    keep = passages.real()[held] & passages.own[consignment[rows]]
    rows, held = rows[keep], held[keep]
    if not info.lane:
        return Started(rows, held)
    passed = np.zeros(len(passages.own), bool)
    passed[consignment[step == info.main]] = True
    who = consignment[rows]
    travels = passed[who] | passed[passages.final_leader()[who]]
    return Started(rows[travels], held[travels])


def _happens(lowered: Lowered, event: Event) -> Mask:
    """Return by instruction whether an event happens at its visits."""
    happens = np.zeros(len(lowered.program.code), bool)
    happens[_instructions(lowered, event)] = True
    return happens


def _instructions(lowered: Lowered, event: Event) -> list[int]:
    """Return the instructions of an event: a step is ready at its first one, and starts and ends at its main one."""
    ours = [(row, lowered.steps[step].route) for row, step in enumerate(lowered.step_of) if step != NONE]
    code, here = lowered.program.code, [row for row, route in ours if event.route in ("", route)]
    if event.mark:
        marks = lowered.program.mark_names
        return [row for row in here if code[row].op is Op.MARK and marks[code[row].a] == event.mark]
    of_step = [row for row in here if lowered.steps[lowered.step_of[row]].name == event.step]
    mains = sorted({lowered.steps[lowered.step_of[row]].main for row in of_step})
    if event.moment != "ready":
        return mains
    return [min(row for row in of_step if lowered.steps[lowered.step_of[row]].main == main) for main in mains]


def _stop_ticks(passages: Passages, rows: Ints, stops: Mask, moment: str, side: Literal["left", "right"]) -> Ints:
    """Return for each started clock when it stops: at the next stop event of its cargo, alone or in a load."""
    consignment = passages.column("consignment")
    stop_rows = np.append(np.flatnonzero(stops[passages.column("step")]), len(consignment))
    padded = np.append(consignment, NONE)
    found, after = np.full(len(rows), NONE), rows.copy()
    searching = np.arange(len(rows))
    while len(searching):
        place = np.searchsorted(stop_rows, after[searching], side=side)
        candidate = stop_rows[np.minimum(place, len(stop_rows) - 1)]
        hit = padded[candidate] == consignment[after[searching]]
        found[searching[hit]] = candidate[hit]
        searching = searching[~hit]
        after[searching] = passages.joined[consignment[after[searching]]]
        searching = searching[after[searching] != NONE]
    leader = passages.final_leader()[consignment[rows]]
    delivered = passages.outcome("delivered")[leader]
    run_on = np.where(delivered != NONE, delivered, passages.trace.stop)
    reached = np.where(found != NONE, passages.column(moment)[found], NONE)
    return np.where(reached != NONE, reached, run_on)
