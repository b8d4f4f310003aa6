"""The order of things within a tick, expressed in SimPy's own event queue.

SimPy pops events by (time, priority, age). Times are ticks; the priority of an event is its *rank*: the phase of
the tick it belongs to (WORLD.md, Within a tick) and, within the phase, its place in the order of WORLD.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any, cast

import simpy


class Phase(IntEnum):
    """Phases of one tick. SimPy's own start-up events have priority 0 and come before all of them."""

    COMPLETIONS = 1
    CLOSINGS = 2
    OPENINGS = 3
    ARRIVALS = 4
    MOVES = 5
    DISPATCH = 6
    LOAD_LISTS = 7
    STOP = 8


PHASE_SHIFT = 96
PRIORITY_SHIFT = 64
LOWEST_PRIORITY = 1 << 30


HAPPENED: Any = None
"""What SimPy puts in the place of an event's callbacks once it has happened."""
FIRST_RANKS = {phase: int(phase) << PHASE_SHIFT for phase in Phase}


def rank(phase: Phase, place: int = 0) -> int:
    """Return the SimPy priority of an event of `phase`, at `place` in that phase's own order."""
    return FIRST_RANKS[phase] + place


def move_rank(priority: int, tie: int) -> int:
    """Return the rank of a consignment's zero-time moves: by priority, then tie rank."""
    return rank(Phase.MOVES, ((priority + LOWEST_PRIORITY) << PRIORITY_SHIFT) | tie)


class Agenda(simpy.Environment):
    """SimPy's environment and event queue, with whole ticks and without what no event here needs.

    `put` and `live` are its `schedule` and `run` less the checks for events that fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tick = 0
        """The tick it is."""
        self.last_closed = (-1, -1)
        """(tick, departure) of the last load list that was fixed."""
        self._moments = cast(list[tuple[int, int, int, simpy.Event]], self._queue)

    def put(self, event: simpy.Event, event_rank: int, after: int) -> None:
        """Let an event happen `after` ticks from now at `event_rank`."""
        heappush(self._moments, (self.tick + after, event_rank, next(self._eid), event))

    def call_at(self, tick: int, event_rank: int, action: Callable[[], Any]) -> None:
        """Run `action` at `tick` and `event_rank`."""
        signal = Signal(self)
        signal.callbacks = [lambda _: action()]
        signal.ring(event_rank, tick - self.tick)

    def live(self, last: Signal) -> None:
        """Let everything happen in its order until `last` has happened."""
        moments = self._moments
        while last.callbacks is not None:
            self.tick, _, _, event = heappop(moments)
            self._now = self.tick
            callbacks, event.callbacks = event.callbacks, HAPPENED
            for callback in callbacks or ():
                callback(event)


def follow(life: Iterator[simpy.Event]) -> None:
    """Live through a generator of events, from now on, as `Environment.process` would.

    A SimPy process costs an event to start and one to end; with thousands of short lives they are a quarter of all.
    """

    def go_on(_: simpy.Event | None) -> None:
        for event in life:
            event.callbacks.append(go_on)
            return

    go_on(None)


class Signal(simpy.Event):
    """An event that is rung once, at a tick and a rank, and never fails."""

    env: Agenda
    _ok = True

    def ring(self, event_rank: int, after: int = 0) -> Signal:
        """Let it happen `after` ticks from now at `event_rank`, and return itself."""
        self._value = None
        self.env.put(self, event_rank, after)
        return self
