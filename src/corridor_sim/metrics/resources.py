"""Utilisation and queues of facilities, load factors and fates of departures, within the measured window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import CAPACITY, DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import MEASURES, NONE, ONE, DepartureState, Inputs, Ints
from corridor_sim.metrics.hours import APART
from corridor_sim.metrics.view import Flags, View
from corridor_sim.sampling.law import Floats

STEP, READY, START, END, RESOURCE, SEIZED = (
    VISITS.index(name) for name in ("step", "ready", "start", "end", "resource", "units")
)
FACILITY, TICK, CAPACITY_UNITS = (CAPACITY.index(name) for name in ("facility", "tick", "units"))
SERVICE, SCHEDULED, STATE, ARRIVED, BERTHED, LEFT, BEHIND = (
    DEPARTURES.index(name) for name in ("service", "scheduled", "state", "arrived", "berthed", "left", "left_behind")
)


@dataclass(frozen=True, slots=True)
class FacilityUse:
    """Arrays by facility over the window of `span` ticks.

    `busy` and `staffed` unit-ticks (thousandths); their ratio may exceed 1 where overtime is worked. `queue` are
    consignment-ticks of waiting, `longest_queue` the most consignments that waited at once.
    """

    busy: Ints
    staffed: Ints
    queue: Ints
    longest_queue: Ints
    span: int


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """Arrays by service over departures scheduled in the window.

    `own_load` and `full_load` are sums over the departures that ran: of each, our and everyone's load as a share
    of capacity in the measure that binds it (the fullest). Counts by what became of them; `left_behind`
    counts consignments that were in time but did not fit, once per departure.
    """

    own_load: Floats
    full_load: Floats
    ran: Ints
    cancelled: Ints
    too_light: Ints
    held: Ints
    left_behind: Ints


@dataclass(frozen=True)
class _Span:
    """A stretch of time from `begin` to before `end`, of which only the overlap counts."""

    begin: int
    end: int

    def of(self, begins: Ints, ends: Ints) -> Ints:
        """Return how much of each interval lies within."""
        overlap: Ints = np.maximum(np.minimum(ends, self.end) - np.maximum(begins, self.begin), 0)
        return overlap


def facility_use(view: View, trace: Trace) -> FacilityUse:
    """Return the FacilityUse of one replication.

    Units held while a facility is closed are no work, unless it works on after closing. Vehicles count at the
    berths where they unload; the Trace does not tell when they took the berth they left from.
    """
    program, facilities = view.lowered.program, len(view.lowered.program.facilities)
    window = _Span(program.window_from, min(program.window_to, trace.stop))
    if window.begin >= window.end:
        nothing = np.zeros(facilities, np.int64)
        return FacilityUse(nothing, nothing, nothing, nothing, 0)
    rows, facility = seize_rows(view, trace)
    visits = trace.visits[rows]
    served = np.where(visits[:, START] == NONE, trace.stop, visits[:, START])
    waits = served > visits[:, READY]
    lines, ready, served = facility[waits], visits[waits, READY], served[waits]
    capacity, held = _capacity(trace), _held(view, trace, visits, facility)
    busy = by_facility(held.line, held.units * window.of(held.begin, held.end), facilities)
    return FacilityUse(
        np.where(view.overtime, busy, busy - _above(held.of(~view.overtime), capacity, window, facilities)),
        by_facility(capacity.line, capacity.units * window.of(capacity.begin, capacity.end), facilities),
        by_facility(lines, window.of(ready, served), facilities),
        _most(lines, ready, served, window, facilities),
        window.end - window.begin,
    )


def by_facility(line: Ints, values: Ints, facilities: int) -> Ints:
    """Return sums of `values` by facility."""
    total = np.zeros(facilities, np.int64)
    np.add.at(total, line, values)
    return total


@dataclass(frozen=True)
class _Intervals:
    """`units` from `begin` to before `end` at the facilities `line`."""

    line: Ints
    begin: Ints
    end: Ints
    units: Ints

    def of(self, facilities: Flags) -> _Intervals:
        """Return those at some facilities."""
        rows = np.flatnonzero(facilities[self.line])
        return _Intervals(self.line[rows], self.begin[rows], self.end[rows], self.units[rows])


def _capacity(trace: Trace) -> _Intervals:
    """Return the capacity of facilities, by (facility, tick); of several changes in one tick the last holds."""
    line, tick, units = (trace.capacity[:, column] for column in (FACILITY, TICK, CAPACITY_UNITS))
    final = np.diff(line, append=NONE) != 0
    until = np.where(final, APART - 1, np.append(tick, NONE)[1:])
    rows = np.flatnonzero(until > tick)
    return _Intervals(line[rows], tick[rows], until[rows], units[rows])


def _above(held: _Intervals, capacity: _Intervals, window: _Span, facilities: int) -> Ints:
    """Return by facility the unit-ticks in which more was held than there was capacity, within the window."""
    keys = np.concatenate((held.line * APART + held.begin, held.line * APART + held.end))
    order = np.argsort(keys)
    level = np.cumsum(np.concatenate((held.units, -held.units))[order])
    keys = keys[order]
    # every change of what is held or of capacity begins a piece in which nothing changes
    opens = capacity.line * APART + capacity.begin
    cuts = np.union1d(keys, opens)
    line, begin = np.divmod(cuts, APART)
    end = np.append(cuts, 0)[1:] - line * APART
    now = np.append(0, level)[np.searchsorted(keys, cuts, side="right")]
    place = np.searchsorted(opens, cuts, side="right") - 1
    known = (place >= 0) & (np.append(capacity.line, NONE)[place] == line)
    over = np.maximum(now - np.where(known, np.append(capacity.units, 0)[place], 0), 0)
    piece = window.of(begin, np.where((end > begin) & (end < APART), end, begin))
    return by_facility(line, over * piece, facilities)


def _most(line: Ints, begin: Ints, end: Ints, window: _Span, facilities: int) -> Ints:
    """Return by facility the most of the intervals that overlapped at once within the window."""
    most = np.zeros(facilities, np.int64)
    rows = np.flatnonzero((begin < window.end) & (end > window.begin))
    begins = np.sort(line[rows] * APART + np.maximum(begin[rows], window.begin))
    ends = np.sort(line[rows] * APART + end[rows])
    # what has begun by then in this facility or one before, less what has ended by then
    level = np.arange(1, len(rows) + 1) - np.searchsorted(ends, begins, side="right")
    same = np.append(begins[1:] != begins[:-1], True)[: len(rows)]
    np.maximum.at(most, begins[same] // APART, level[same])
    return most


def seize_rows(view: View, trace: Trace) -> tuple[Ints, Ints]:
    """Return the rows of `trace.visits` that asked for a facility, and its number."""
    asked = view.seizes[trace.visits[:, STEP]]
    rows = np.flatnonzero(asked != NONE)
    return rows, asked[rows]


def _held(view: View, trace: Trace, visits: Ints, facility: Ints) -> _Intervals:
    """Return every holding of a facility, by cargo (`visits` that asked for `facility`) and by vehicles that unload."""
    granted = np.flatnonzero(visits[:, START] != NONE)
    berth = np.append(view.berth, NONE)[trace.departures[:, SERVICE]]
    vehicles = np.flatnonzero((trace.departures[:, BERTHED] != NONE) & (berth != NONE))
    ends = np.concatenate((visits[granted, END], trace.departures[vehicles, LEFT]))
    return _Intervals(
        np.concatenate((facility[granted], berth[vehicles])),
        np.concatenate((visits[granted, START], trace.departures[vehicles, BERTHED])),
        np.where(ends == NONE, trace.stop, ends),
        np.concatenate((visits[granted, SEIZED], np.full(len(vehicles), ONE, np.int64))),
    )


def service_use(view: View, inputs: Inputs, trace: Trace) -> ServiceUse:
    """Return the ServiceUse of one replication."""
    program, services = view.lowered.program, len(view.lowered.program.services)
    scheduled = trace.departures[:, SCHEDULED]
    inside = np.flatnonzero((scheduled >= program.window_from) & (scheduled < program.window_to))
    service, state = trace.departures[inside, SERVICE], trace.departures[inside, STATE]
    ran = state == DepartureState.RAN
    own, full = _load_factors(inputs, trace, inside[ran])
    counts = np.bincount(service * len(DepartureState) + state, minlength=services * len(DepartureState))
    fates = counts.reshape(services, len(DepartureState))
    behind = np.zeros(services, np.int64)
    np.add.at(behind, service, np.maximum(trace.departures[inside, BEHIND], 0))
    return ServiceUse(
        _summed(service[ran], own, services),
        _summed(service[ran], full, services),
        fates[:, DepartureState.RAN],
        fates[:, DepartureState.CANCELLED],
        fates[:, DepartureState.TOO_LIGHT],
        fates[:, DepartureState.HELD_TOO_LONG],
        behind,
    )


def _summed(service: Ints, values: Floats, services: int) -> Floats:
    total = np.zeros(services)
    np.add.at(total, service, values)
    return total


def _load_factors(inputs: Inputs, trace: Trace, rows: Ints) -> tuple[Floats, Floats]:
    """Return for departures `rows` our and everyone's share of their capacity in the measure that is fullest."""
    own, full, fullest = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    for measure in range(len(MEASURES)):
        capacity = inputs.departures.capacity[rows, measure]
        binds = capacity > 0
        if not binds.any():
            continue
        base = np.where(binds, capacity, 1)
        ours = trace.own[rows, measure]
        everyones = np.where(binds, (ours + inputs.departures.background[rows, measure]) / base, 0.0)
        fuller = everyones > fullest
        fullest = np.where(fuller, everyones, fullest)
        own = np.where(fuller, np.where(binds, ours / base, 0.0), own)
        full = np.where(fuller, everyones, full)
    return own, full
