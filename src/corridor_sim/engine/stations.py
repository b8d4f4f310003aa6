"""Facilities of the reference engine: queues, servers, opening hours, failures, and the one dispatcher."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field

import simpy

from corridor_sim.engine.agenda import Agenda, Phase, Signal, rank
from corridor_sim.engine.draws import Draws
from corridor_sim.engine.program import NONE, AtClosing, CapacityChange, Cause, FacilityRule

Key = tuple[int, int, int, int]
"""Place in every queue: (priority, ready tick, tie rank, number)."""


@dataclass(slots=True)
class Request:
    """Someone who waits for `units` (thousandths) of a station."""

    units: int
    granted: Signal
    wake_rank: int
    holder: int


@dataclass(slots=True)
class Job:
    """Work under way at a station that may close: it can be suspended, and goes on or starts again."""

    units: int
    full_ticks: int
    left_ticks: int
    done: Signal
    wake_rank: int
    resumed: int = 0

    def postpone(self) -> None:
        """Let those who wait for the end of the work wait for a new signal; the old one rings unheard."""
        later = Signal(self.done.env)
        later.callbacks, self.done.callbacks = self.done.callbacks, []
        self.done = later


class Dispatcher:
    """Grants, one at a time, at the lowest station that changed, until nothing more can be granted."""

    def __init__(self, env: Agenda) -> None:
        self._env = env
        self._rank = rank(Phase.DISPATCH)
        self._changed: set[int] = set()
        self._awake = False
        self._turn = Signal(env)
        self.stations: list[Station] = []

    def touch(self, station: int) -> None:
        """Note that a station changed in this tick."""
        self._changed.add(station)
        if not self._awake:
            self._wake()

    def _wake(self) -> None:
        # one signal will do: it is never rung again before it has been heard
        self._awake = True
        self._turn.callbacks = [self._dispatch]
        self._turn.ring(self._rank)

    def _dispatch(self, _: simpy.Event) -> None:
        self._awake = False
        while self._changed:
            lowest = min(self._changed)
            station = self.stations[lowest]
            served = station.serve_one()
            if not (served and station.wanted):
                self._changed.discard(lowest)
            if served:
                # whoever was served moves first; the dispatcher comes back after those moves
                if self._changed:
                    self._wake()
                return


@dataclass
class Station:
    """One facility. `capacity`, `in_use` and requests count thousandths of a unit."""

    env: Agenda
    number: int
    rule: FacilityRule
    changes: tuple[CapacityChange, ...]
    dispatcher: Dispatcher
    draws: Draws
    note_capacity: Callable[[int, int, int, int], None]
    capacity: int = 0
    in_use: int = 0
    queue: list[tuple[int, int, int, int, Request]] = field(default_factory=list)
    holders: dict[int, int] = field(default_factory=dict)
    interruptible: bool = field(init=False)
    """Whether work here can be cut short by closings or failures."""
    _planned: int = 0
    _cause: Cause = Cause.HOURS
    _down: int = 0
    _running: list[Job] = field(default_factory=list)
    _suspended: list[Job] = field(default_factory=list)
    _failures: int = 0
    _uptime_left: int = 0
    _busy_since: int = 0
    _failure_timer: int = 0

    def __post_init__(self) -> None:
        self.interruptible = len(self.changes) > 1 or self._breaks

    def open(self) -> None:
        """Start the station's calendar and, where it fails while busy, its first time to failure."""
        self._next_change(0)
        if self._breaks:
            self._uptime_left = self._drawn_uptime()

    @property
    def wanted(self) -> bool:
        """Whether anybody who waits or rests here may be served now."""
        return self.capacity > 0 and bool(self.queue or self._suspended)

    @property
    def _breaks(self) -> bool:
        """Whether it fails while busy; without noise nothing fails."""
        return self.rule.uptime != NONE and self.draws.noise

    def request(self, key: Key, units: int, wake_rank: int, holder: int) -> Signal:
        """Join the queue; the signal rings when all units are granted at once."""
        granted = Signal(self.env)
        insort(self.queue, (*key, Request(units, granted, wake_rank, holder)))
        # who does not fit now waits for a change, which touches the station itself
        if 0 < self.capacity >= self.in_use + units:
            self.dispatcher.touch(self.number)
        return granted

    def let_go(self, holder: int) -> None:
        """Note that `holder` has given up its units, which may still be on their way back."""
        del self.holders[holder]

    def give_back(self, units: int) -> None:
        """Free units that were let go."""
        self.in_use -= units
        # where nothing is ever suspended, nobody but those in the queue can be served
        if self.queue or self.interruptible:
            self.dispatcher.touch(self.number)

    def serve_one(self) -> bool:
        """Resume one suspended job or grant one request, in queue order; return whether there was one."""
        if self.capacity <= 0:
            return False
        if self._resume_one():
            return True
        free = self.capacity - self.in_use
        for place, entry in enumerate(self.queue):
            request = entry[-1]
            if request.units <= free:
                del self.queue[place]
                self.in_use += request.units
                self.holders[request.holder] = request.units
                request.granted.ring(request.wake_rank)
                return True
            if not self.rule.first_fit:
                return False
        return False

    def units_ahead(self, priority: int) -> int:
        """Return the units asked for by those who wait ahead of a newcomer, those in service excluded."""
        return sum(request.units for other, *_, request in self.queue if other <= priority)

    def work(self, units: int, ticks: int, wake_rank: int) -> Signal:
        """Work `ticks` at this station's hours, in a place granted in this tick; the signal rings when done."""
        job = Job(units, ticks, ticks, Signal(self.env), wake_rank)
        if not self.interruptible:
            return job.done.ring(wake_rank, ticks)
        job.done.callbacks = [lambda _: self._leave(job)]
        self._run(job)
        return job.done

    def _run(self, job: Job) -> None:
        if not self._running:
            self._busy_begins()
        self._running.append(job)
        job.resumed = self.env.tick
        job.done.ring(job.wake_rank, job.left_ticks)

    def _leave(self, job: Job) -> None:
        self._running.remove(job)
        if not self._running:
            self._busy_ends()

    def _resume_one(self) -> bool:
        if not self._suspended:
            return False
        job = self._suspended[0]
        if sum(other.units for other in self._running) + job.units > self.capacity:
            return False
        del self._suspended[0]
        self._run(job)
        return True

    def _next_change(self, number: int) -> None:
        change = self.changes[number]
        self._planned = change.units
        self._settle(change.cause)
        if number + 1 < len(self.changes):
            following = self.changes[number + 1]
            phase = Phase.CLOSINGS if following.units < change.units else Phase.OPENINGS
            self.env.call_at(following.tick, rank(phase, self.number), lambda: self._next_change(number + 1))

    def _settle(self, cause: Cause) -> None:
        """Adopt the capacity that hours and failures leave; suspend the latest-started jobs that no longer fit."""
        capacity = max(0, self._planned - self._down)
        if capacity == self.capacity and self.env.tick:
            return
        self.note_capacity(self.number, self.env.tick, capacity, cause)
        self.capacity = capacity
        self._cause = cause
        if self._rule() is not AtClosing.FINISH:
            self._suspend_excess(self._rule())
        self._touch_if_wanted()

    def _touch_if_wanted(self) -> None:
        """Wake the dispatcher if there is anybody it could serve."""
        if self.wanted:
            self.dispatcher.touch(self.number)

    def _rule(self) -> AtClosing:
        """Return what the last change of capacity does to work."""
        return self.rule.at_closing if self._cause is Cause.HOURS else self.rule.at_failure

    def _suspend_excess(self, rule: AtClosing) -> None:
        # work that ends in this very tick is done
        unfinished = [job for job in self._running if job.resumed + job.left_ticks > self.env.tick]
        excess = sum(job.units for job in unfinished) - self.capacity
        while excess > 0:
            job = unfinished.pop()
            excess -= job.units
            job.left_ticks -= self.env.tick - job.resumed
            if rule is AtClosing.RESTART:
                job.left_ticks = job.full_ticks
            job.postpone()
            self._leave(job)
            # those who started earlier resume earlier
            self._suspended.insert(0, job)

    def _drawn_uptime(self) -> int:
        return self.draws.single_ticks(self.rule.failure_stream, self.rule.uptime, self.rule.word, self._failures)

    def _busy_begins(self) -> None:
        if not self._breaks or self._down:
            return
        self._busy_since = self.env.tick
        self._failure_timer += 1
        timer = self._failure_timer
        self.env.call_at(
            self.env.tick + self._uptime_left, rank(Phase.CLOSINGS, self.number), lambda: self._fail(timer)
        )

    def _busy_ends(self) -> None:
        if not self._breaks or self._down:
            return
        self._uptime_left -= self.env.tick - self._busy_since
        self._failure_timer += 1

    def _fail(self, timer: int) -> None:
        if timer != self._failure_timer:
            return
        rule = self.rule
        repair = self.draws.single_ticks(rule.failure_stream, rule.repair, rule.word, self._failures, visit=1)
        self._failures += 1
        self._down = rule.failing_units
        self._settle(Cause.FAILURE)
        self.env.call_at(self.env.tick + repair, rank(Phase.OPENINGS, self.number), self._repaired)

    def _repaired(self) -> None:
        self._down = 0
        self._uptime_left = self._drawn_uptime()
        if self._running:
            self._busy_begins()
        self._settle(Cause.FAILURE)
