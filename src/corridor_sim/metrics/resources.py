"""Utilisation and queues of facilities, load factors and fates of departures, within the measured window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import CAPACITY, DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, ONE, AtClosing, DepartureState, Inputs, Ints, Op, Program
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


@dataclass(frozen=True, slots=True)
class _Level:
    """A quantity that changes at `ticks` (rising) to `after`; 0 before the first."""

    ticks: Ints
    after: Ints

    def at(self, ticks: Ints) -> Ints:
        """Return the level from each of `ticks` on."""
        return np.append(self.after, 0)[np.searchsorted(self.ticks, ticks, side="right") - 1]

    def area(self, begin: int, end: int) -> int:
        """Return the integral over [begin, end)."""
        cuts = np.unique(np.concatenate(([begin, end], self.ticks[(self.ticks > begin) & (self.ticks < end)])))
        return int((self.at(cuts[:-1]) * np.diff(cuts)).sum())

    def most(self, begin: int, end: int) -> int:
        """Return the highest level within [begin, end)."""
        cuts = np.append(self.ticks[(self.ticks > begin) & (self.ticks < end)], begin)
        return int(self.at(cuts).max())


def _level(begins: Ints, ends: Ints, units: Ints) -> _Level:
    """Return the sum of `units` held in the intervals [begin, end)."""
    ticks, place = np.unique(np.concatenate((begins, ends)), return_inverse=True)
    changes = np.zeros(len(ticks), np.int64)
    np.add.at(changes, place, np.concatenate((units, -units)))
    return _Level(ticks, np.cumsum(changes))


def _least(one: _Level, other: _Level) -> _Level:
    ticks = np.union1d(one.ticks, other.ticks)
    return _Level(ticks, np.minimum(one.at(ticks), other.at(ticks)))


def facility_use(program: Program, trace: Trace) -> FacilityUse:
    """Return the FacilityUse of one replication.

    Units held while a facility is closed are no work, unless it works on after closing. Vehicles count at the
    berths where they unload; the Trace does not tell when they took the berth they left from.
    """
    begin, end = program.window_from, min(program.window_to, trace.stop)
    table = np.zeros((len(program.facilities), len(FacilityUse.__slots__) - 1), np.int64)
    for number in range(len(table)):
        table[number] = _facility(program, trace, number, begin, end)
    busy, staffed, queue, longest_queue = table.T
    return FacilityUse(busy, staffed, queue, longest_queue, max(0, end - begin))


def _facility(program: Program, trace: Trace, number: int, begin: int, end: int) -> tuple[int, int, int, int]:
    if begin >= end:
        return 0, 0, 0, 0
    changes = trace.capacity[trace.capacity[:, FACILITY] == number]
    # of several changes in one tick the last holds
    last = np.diff(changes[:, TICK], append=NONE) != 0
    capacity = _Level(changes[last, TICK], changes[last, CAPACITY_UNITS])
    held = _level(*_held(program, trace, number))
    works_on = program.facilities[number].at_closing is AtClosing.FINISH
    busy = held if works_on else _least(held, capacity)
    waits = trace.visits[seize_rows(program, trace, number)]
    served = np.where(waits[:, START] == NONE, trace.stop, waits[:, START])
    queue = _level(waits[:, READY], served, np.ones(len(waits), np.int64))
    return busy.area(begin, end), capacity.area(begin, end), queue.area(begin, end), queue.most(begin, end)


def seize_rows(program: Program, trace: Trace, facility: int) -> Ints:
    """Return the rows of `trace.visits` that asked for a facility (its number)."""
    seizes = np.array([step.op is Op.SEIZE and step.a == facility for step in program.code], bool)
    return np.flatnonzero(seizes[trace.visits[:, STEP]])


def _held(program: Program, trace: Trace, facility: int) -> tuple[Ints, Ints, Ints]:
    """Return (begin, end, units) of every holding of a facility, by cargo and by vehicles that unload."""
    visits = trace.visits[seize_rows(program, trace, facility)]
    visits = visits[visits[:, START] != NONE]
    berths = np.array([rule.berth_to == facility for rule in program.services], bool)
    vehicles = trace.departures[trace.departures[:, BERTHED] != NONE]
    vehicles = vehicles[np.append(berths, False)[vehicles[:, SERVICE]]]
    begins = np.concatenate((visits[:, START], vehicles[:, BERTHED]))
    ends = np.concatenate((visits[:, END], vehicles[:, LEFT]))
    units = np.concatenate((visits[:, SEIZED], np.full(len(vehicles), ONE, np.int64)))
    return begins, np.where(ends == NONE, trace.stop, ends), units


def service_use(program: Program, inputs: Inputs, trace: Trace) -> ServiceUse:
    """Return the ServiceUse of one replication."""
    rows = trace.departures
    inside = (rows[:, SCHEDULED] >= program.window_from) & (rows[:, SCHEDULED] < program.window_to)
    ran = inside & (rows[:, STATE] == DepartureState.RAN)
    own, full = _load_factors(inputs, trace)
    services = len(program.services)

    def count(state: DepartureState) -> Ints:
        return np.bincount(rows[inside & (rows[:, STATE] == state), SERVICE], minlength=services)

    behind = np.zeros(services, np.int64)
    np.add.at(behind, rows[inside, SERVICE], np.maximum(rows[inside, BEHIND], 0))
    return ServiceUse(
        _summed(rows[ran, SERVICE], own[ran], services),
        _summed(rows[ran, SERVICE], full[ran], services),
        count(DepartureState.RAN),
        count(DepartureState.CANCELLED),
        count(DepartureState.TOO_LIGHT),
        count(DepartureState.HELD_TOO_LONG),
        behind,
    )


def _summed(service: Ints, values: Floats, services: int) -> Floats:
    total = np.zeros(services)
    np.add.at(total, service, values)
    return total


def _load_factors(inputs: Inputs, trace: Trace) -> tuple[Floats, Floats]:
    """Return by departure our and everyone's share of its capacity in the measure that is fullest."""
    capacity = inputs.departures.capacity
    binds = capacity > 0
    base = np.where(binds, capacity, 1)
    own = np.where(binds, trace.own / base, 0.0)
    full = np.where(binds, (trace.own + inputs.departures.background) / base, 0.0)
    fullest = full.argmax(axis=1)[:, np.newaxis]
    return np.take_along_axis(own, fullest, axis=1)[:, 0], np.take_along_axis(full, fullest, axis=1)[:, 0]
