"""Services of the reference engine: load lists at the cut-off, departures, closures, berths and unloading."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add

import numpy as np
import simpy

from corridor_sim.engine.agenda import Agenda, Phase, Signal, follow, move_rank, rank
from corridor_sim.engine.draws import Draws
from corridor_sim.engine.program import NONE, ONE, Departures, DepartureState, Ints, ServiceRule
from corridor_sim.engine.records import END, RESOURCE, START, Records
from corridor_sim.engine.stations import Key, Station
from corridor_sim.engine.unboarded import complete_rows, needs_no_berth

Interval = tuple[int, int]
Events = Generator[simpy.Event, None, None]


@dataclass(slots=True)
class Boarding:
    """A consignment at a BOARD step: what it needs, where it waits, and the signal of its landing."""

    consignment: int
    row: list[int]
    size: Sequence[int]
    joined: int
    marks: Mapping[int, int]
    """Cut-off kind -> the tick at which this consignment met it, where that is not when it joined."""
    wake_rank: int
    landed: Signal
    leaves: int
    enters: int


Waiting = tuple[int, int, int, int, Boarding]
"""A queue entry: Key, then the boarding."""


@dataclass
class Line:
    """One service: its departures and those who wait for one."""

    env: Agenda
    number: int
    rule: ServiceRule
    departures: Departures
    rows: range
    origin_closed: tuple[Interval, ...]
    destination_closed: tuple[Interval, ...]
    stations: list[Station]
    draws: Draws
    records: Records
    leave_yard: Callable[[int, int], None]
    owe_yard: Callable[[int, int, Callable[[int], None]], None]
    queue: list[Waiting] = field(default_factory=list)
    at_berth: dict[int, int] = field(default_factory=dict)
    """Consignment -> the vehicle it is on, which has not left its origin's berth."""
    unloading: dict[int, set[int]] = field(default_factory=dict)
    """Vehicle -> the consignments on it that wait for room in a yard."""

    _papers: list[tuple[int, int]] = field(init=False)
    """Cut-off kinds of this service, and how long before the scheduled departure they have to be met."""

    _closings: list[tuple[int, int]] = field(default_factory=list)
    """(tick at which the load list is fixed, departure) of those whose cancellation is not known before."""
    _on_demand: bool = False
    _called: bool = False

    def __post_init__(self) -> None:
        self._papers = [(kind, before) for kind, before in enumerate(self.rule.cutoffs) if before != NONE]

    def open(self) -> None:
        """Put every departure on the agenda, or where empty ones need no berth, only those that somebody waits for."""
        scheduled, notice = (column[self.rows.start : self.rows.stop] for column in self._times())
        closes = np.maximum(scheduled - self.rule.close, 0)
        for number in (self.rows.start + np.flatnonzero((notice != NONE) & (notice <= closes))).tolist():
            self._note(number, state=DepartureState.CANCELLED)
        running = np.flatnonzero((notice == NONE) | (notice > closes))
        self._closings = list(zip(closes[running].tolist(), (self.rows.start + running).tolist(), strict=True))
        self._on_demand = needs_no_berth(self.rule)
        if not self._on_demand:
            for closes_at, number in self._closings:
                follow(self._voyage(number, closes_at))

    def _times(self) -> tuple[Ints, Ints]:
        return self.departures.scheduled, self.departures.notice

    def join(self, key: Key, boarding: Boarding) -> None:
        """Wait for a departure."""
        insort(self.queue, (*key, boarding))
        self._call()

    def _call(self) -> None:
        """Have the next load list fixed if somebody waits for it and it is not on the agenda yet."""
        if not self._on_demand or self._called or not self.queue:
            return
        # of the load lists of this very tick those up to the last that was fixed are over
        place = bisect_right(self._closings, max((self.env.tick, NONE), self.env.last_closed))
        if place < len(self._closings):
            self._called = True
            closes_at, number = self._closings[place]
            follow(self._voyage(number, closes_at))

    def complete(self, stop: int) -> None:
        """Complete the rows of departures that were never on the agenda."""
        if self._on_demand:
            rows = slice(self.rows.start, self.rows.stop)
            closed = (self.origin_closed, self.destination_closed)
            complete_rows(self.records.departures, rows, self.departures, self.rule, closed, stop)

    def wait_for_next(self, now: int) -> int:
        """Return ticks until the next departure still open at `now` by schedule and notices, or NONE."""
        for number in self.rows:
            scheduled, notice = int(self.departures.scheduled[number]), int(self.departures.notice[number])
            if scheduled - self.rule.close >= now and not (notice != NONE and notice <= now):
                return scheduled - now
        return NONE

    def _voyage(self, number: int, closes: int) -> Events:
        scheduled, notice = int(self.departures.scheduled[number]), int(self.departures.notice[number])
        yield self._at(closes, rank(Phase.LOAD_LISTS, number))
        self.env.last_closed = (closes, number)
        self._called = False
        cargo, light = self._load(number, scheduled)
        self._call()
        if light:
            self._put_back(number, cargo, DepartureState.TOO_LIGHT)
            return
        if notice != NONE:
            yield self._at(notice, rank(Phase.COMPLETIONS))
            self._put_back(number, cargo, DepartureState.CANCELLED)
            return
        leaves = yield from self._leave(number, scheduled, cargo)
        if leaves:
            yield from self._arrive(number, cargo)

    def _load(self, number: int, scheduled: int) -> tuple[list[Waiting], bool]:
        """Fix the load list; return it and whether the departure is cancelled for want of load."""
        load = self.departures.background[number].tolist()
        room = [
            (measure, most - load[measure])
            for measure, most in enumerate(self.departures.capacity[number].tolist())
            if most != NONE
        ]
        own = [0] * len(load)
        cargo, waiting, left_behind, stopped = [], [], 0, False
        for entry in self.queue:
            boarding = entry[-1]
            size = boarding.size
            if self._papers and not self._in_time(boarding, scheduled):
                waiting.append(entry)
            elif stopped or any(own[measure] + size[measure] > free for measure, free in room):
                waiting.append(entry)
                left_behind += 1
                stopped = self.rule.strict
            else:
                own = list(map(add, own, size))
                cargo.append(entry)
        self.queue = waiting
        self._note(number, closed=self.env.tick, left_behind=left_behind)
        self.records.own[number] = own
        measure = self.rule.minimum_measure
        light = measure != NONE and load[measure] + own[measure] < self.rule.minimum_load and self.rule.cancel_if_light
        return cargo, light

    def _in_time(self, boarding: Boarding, scheduled: int) -> bool:
        return all(boarding.marks.get(kind, boarding.joined) <= scheduled - before for kind, before in self._papers)

    def _put_back(self, number: int, cargo: list[Waiting], state: DepartureState) -> None:
        """Return cargo to the queue with its old ready ticks."""
        for entry in cargo:
            insort(self.queue, entry)
        self._call()
        self.records.own[number] = 0
        self._note(number, state=state)

    def _leave(self, number: int, scheduled: int, cargo: list[Waiting]) -> Generator[simpy.Event, None, bool]:
        wanted = scheduled + int(self.departures.delay[number])
        reopens = _reopening(self.origin_closed, wanted)
        if reopens - wanted > self.rule.longest_hold:
            yield self._at(wanted + self.rule.longest_hold, rank(Phase.COMPLETIONS))
            self._put_back(number, cargo, DepartureState.HELD_TOO_LONG)
            return False
        yield self._at(reopens, rank(Phase.COMPLETIONS))
        aboard = [entry[-1].consignment for entry in cargo]
        self.at_berth |= dict.fromkeys(aboard, _holder(number))
        yield from self._at_berth(number, self.rule.berth_from, self.rule.loading, self.rule.loading_stream)
        self._leave_berth(number, self.rule.berth_from)
        for consignment in aboard:
            del self.at_berth[consignment]
        self._note(number, state=DepartureState.RAN, actual=self.env.tick)
        for *_, boarding in cargo:
            boarding.row[START], boarding.row[RESOURCE] = self.env.tick, number
            if boarding.leaves != NONE:
                self.leave_yard(boarding.consignment, boarding.leaves)
        return True

    def _arrive(self, number: int, cargo: list[Waiting]) -> Events:
        due = self.env.tick + int(self.departures.transit[number])
        yield self._at(_reopening(self.destination_closed, due), rank(Phase.ARRIVALS, number))
        self._note(number, arrived=self.env.tick)
        berthed = yield from self._at_berth(number, self.rule.berth_to, self.rule.unloading, self.rule.unloading_stream)
        self._note(number, berthed=berthed)
        held_by = {boarding.consignment for *_, boarding in cargo if boarding.enters != NONE}
        emptied = Signal(self.env)
        self.unloading[_holder(number)] = held_by

        def unloaded(consignment: int) -> None:
            held_by.discard(consignment)
            if not held_by:
                emptied.ring(rank(Phase.COMPLETIONS))

        for *_, boarding in cargo:
            boarding.row[END] = self.env.tick
            if boarding.enters != NONE:
                self.owe_yard(boarding.consignment, boarding.enters, unloaded)
            boarding.landed.ring(boarding.wake_rank)
        if held_by:
            yield emptied
        del self.unloading[_holder(number)]
        self._note(number, left=self.env.tick)
        self._leave_berth(number, self.rule.berth_to)

    def _at_berth(self, number: int, berth: int, sampler: int, stream: int) -> Generator[simpy.Event, None, int]:
        """Seize a berth and work there for a drawn time, where there is one; return when the berth was granted."""
        tie = int(self.departures.tie[number])
        wake_rank = move_rank(0, tie)
        if berth != NONE:
            yield self.stations[berth].request(
                (0, self.env.tick, tie, _holder(number)), ONE, wake_rank, _holder(number)
            )
        berthed = self.env.tick
        if sampler != NONE:
            scheduled = int(self.departures.scheduled[number])
            ticks = self.draws.single_ticks(stream, sampler, self.rule.word, scheduled)
            at_work = self.stations[berth].work(ONE, ticks, wake_rank) if berth != NONE else None
            yield at_work or Signal(self.env).ring(wake_rank, ticks)
        return berthed

    def _leave_berth(self, number: int, berth: int) -> None:
        if berth != NONE:
            self.stations[berth].let_go(_holder(number))
            self.stations[berth].give_back(ONE)

    def _at(self, tick: int, event_rank: int) -> Signal:
        return Signal(self.env).ring(event_rank, tick - self.env.tick)

    def _note(self, number: int, **known: int) -> None:
        self.records.departure(number, **known)


def _holder(departure: int) -> int:
    """Return the number under which a vehicle holds a berth: consignments count up from 0, vehicles down."""
    return -1 - departure


def _reopening(closed: tuple[Interval, ...], tick: int) -> int:
    """Return the first tick at or after `tick` at which the place is open."""
    for start, end in closed:
        if start <= tick < end:
            tick = end
    return tick
