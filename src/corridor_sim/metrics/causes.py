"""Late because: for each late consignment what carried it past which departure, or what took longest beyond the usual.

A journey is cut into *parts*: what a consignment did in a step before, while waiting for, and after the schedule of a
departure. They are gathered by *leg*: from setting out (release, or the schedule of a departure) to the next boarding.
The cause of a missed departure is sought in the leg before it, among the parts begun before its load list closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, DepartureState, Inputs, Ints
from corridor_sim.metrics.chances import Boardings, Chances, boardings, last_chances
from corridor_sim.metrics.journeys import Journeys
from corridor_sim.metrics.medians import largest_of_each, medians
from corridor_sim.metrics.missed import Line, Misses
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.times import NEVER, Flags, Times
from corridor_sim.metrics.view import View
from corridor_sim.network.lowered import Lowered

USUAL_COURSE = "the usual course is later than due"
STEP, READY = VISITS.index("step"), VISITS.index("ready")
STATE, SCHEDULED = DEPARTURES.index("state"), DEPARTURES.index("scheduled")
FOR_A_DEPARTURE = (Spent.TIMETABLE, Spent.MISSED_CUTOFF, Spent.NO_ROOM, Spent.CANCELLED)
"""What of a visit to a BOARD step is spent before the schedule of the departure taken."""
NOT_TAKEN = {
    DepartureState.PLANNED: Spent.LATE_DEPARTURE,
    DepartureState.RAN: Spent.NO_ROOM,
    DepartureState.CANCELLED: Spent.CANCELLED,
    DepartureState.TOO_LIGHT: Spent.CANCELLED,
    DepartureState.HELD_TOO_LONG: Spent.CLOSED,
}
"""Why somebody who met the cut-offs of a departure was not taken by it."""


class Chain(NamedTuple):
    """Why somebody was late: a Spent as `cause` at a `step` (row of Lowered.steps), and what was missed through it.

    `service` and local `weekday` (0 for Monday) of the missed departure, NONE where none explains the lateness;
    all are NONE for the usual course.
    """

    step: int
    cause: int
    service: int
    weekday: int


USUAL = Chain(NONE, NONE, NONE, NONE)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Late consignments (after the due time, undelivered included) by Chain.

    `usual_course` counts those without one: their promise was later than due by more than any part of their journey
    went beyond its usual time, or no part did.
    """

    chains: Mapping[Chain, int]
    usual_course: int

    @property
    def late(self) -> int:
        """Number of late consignments."""
        return sum(self.chains.values()) + self.usual_course


class Part(IntEnum):
    """Which part of a step."""

    BEFORE = 0
    WAIT = 1
    RIDE = 2


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of journeys in the order (owner, leg, key); `key` is step x len(Part) + Part, `begin` a tick.

    `spent` is int64[parts, Spent]; `finished` whether the consignment was through with it at the stop.
    """

    owner: Ints
    leg: Ints
    key: Ints
    begin: Ints
    finished: Flags
    spent: Ints


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the cause of each owner's lateness is sought: from a leg on, among parts begun before `until`.

    Without `waits` not in waits for departures. An excess has to be more than `beyond`.
    """

    first_leg: Ints
    until: Ints
    waits: Flags
    beyond: Ints


def late_because(
    view: View, inputs: Inputs, trace: Trace, times: Times, travelled: Journeys, missed: Misses, spent: Ints
) -> Lateness:
    """Return the Lateness of one replication; `spent` is int64[rows of travelled, Spent] (see `time_spent`)."""
    late = ~times.on_time
    if not late.any() or not len(travelled.owner):
        return Lateness({}, int(late.sum()))
    line = Line(inputs, trace)
    boarded = boardings(view, trace, times, travelled, missed, line)
    chances = last_chances(view, inputs, trace, times, line, boarded)
    chains = np.full((len(late), len(Chain._fields)), NONE)
    lost = np.flatnonzero(~chances.taken)
    chains[chances.owner[lost], Chain._fields.index("service")] = boarded.service[chances.boarding[lost]]
    scheduled = inputs.departures.scheduled[chances.departure[lost]]
    chains[chances.owner[lost], Chain._fields.index("weekday")] = view.weekdays(scheduled)
    of_departure = lost[chances.in_time[lost]]
    causes = np.array([NOT_TAKEN[state] for state in DepartureState])
    turned_away = chances.owner[of_departure]
    chains[turned_away, 0] = boarded.step[chances.boarding[of_departure]]
    chains[turned_away, 1] = causes[trace.departures[chances.departure[of_departure], STATE]]

    sought = late.copy()
    sought[turned_away] = False
    parts = parts_of(view, trace, times, travelled, boarded, spent)
    owner, step, cause = largest_excess(view, parts, sought, _wanted(view, trace, times, boarded, chances))
    chains[owner, 0], chains[owner, 1] = step, cause
    # nothing was longer than usual before a departure that was missed: then it was missed as such
    bare = chances.boarding[lost[chains[chances.owner[lost], 0] == NONE]]
    chains[boarded.owner[bare], 0], chains[boarded.owner[bare], 1] = boarded.step[bare], Spent.MISSED_CUTOFF
    return _counted(chains[late])


def _counted(chains: Ints) -> Lateness:
    kinds, counts = np.unique(chains, axis=0, return_counts=True)
    found = {Chain(*kind): count for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)}
    usual = found.pop(USUAL, 0)
    return Lateness(found, usual)


def _wanted(view: View, trace: Trace, times: Times, boarded: Boardings, chances: Chances) -> Wanted:
    """Return where causes are sought: before a missed departure, after one that was taken, else everywhere."""
    owners = len(times.row)
    wanted = Wanted(
        np.zeros(owners, np.int64),
        np.full(owners, NEVER),
        np.ones(owners, bool),
        np.maximum(times.plan_overrun, 0),
    )
    leg, owner = boarded.leg[chances.boarding], chances.owner
    close = view.close[boarded.service[chances.boarding]]
    closing = trace.departures[chances.departure, SCHEDULED] - close
    wanted.first_leg[owner] = leg + chances.taken
    wanted.until[owner] = np.where(chances.taken, NEVER, closing)
    wanted.waits[owner] = chances.taken
    wanted.beyond[owner] = 0
    return wanted


def largest_excess(view: View, parts: Parts, sought: Flags, wanted: Wanted) -> tuple[Ints, Ints, Ints]:
    """Return (owner, step, cause) of the part with the largest excess over its median, for the `sought` owners.

    The median is over the finished parts of all measured consignments of this replication; those of the same route
    who never entered a lane count 0 there. Within the part, the cause is what exceeds its own median most. Owners
    without any excess are left out.
    """
    keys, passed_by = len(view.main) * len(Part), _passed_by(view, parts)
    ticks, (finished,) = parts.spent.sum(axis=1), np.nonzero(parts.finished)
    usual = medians(keys, parts.key[finished], ticks[finished], passed_by)
    owner = parts.owner
    inside = sought[owner] & (parts.leg >= wanted.first_leg[owner])
    inside &= (parts.begin < wanted.until[owner]) & (wanted.waits[owner] | (parts.key % len(Part) != Part.WAIT))
    rows = np.flatnonzero(inside)
    worst = rows[largest_of_each(owner[rows], ticks[rows] - usual[parts.key[rows]])]
    unusual = worst[ticks[worst] - usual[parts.key[worst]] > wanted.beyond[owner[worst]]]
    needed = np.zeros(keys, bool)
    needed[parts.key[unusual]] = True
    finished = finished[needed[parts.key[finished]]]
    usual_spent = np.zeros((keys, len(Spent)))
    usually = parts.spent[finished] if len(unusual) else parts.spent[:0]
    for kind in np.flatnonzero(usually.any(axis=0)).tolist():
        usual_spent[:, kind] = medians(keys, parts.key[finished], usually[:, kind], np.where(needed, passed_by, 0))
    cause = (parts.spent[unusual] - usual_spent[parts.key[unusual]]).argmax(axis=1)
    return owner[unusual], parts.key[unusual] // len(Part), cause


def parts_of(view: View, trace: Trace, times: Times, travelled: Journeys, boarded: Boardings, spent: Ints) -> Parts:
    """Return the Parts of one replication; `spent` as of `late_because`."""
    step = view.instructions.step[trace.visits[travelled.visit, STEP]]
    board = np.zeros(len(step), bool)
    board[boarded.row] = True
    turns = (np.diff(step, prepend=NONE) != 0) | (np.diff(travelled.owner, prepend=NONE) != 0)
    after = np.append(False, board)[: len(board)]
    first = np.flatnonzero(turns | board | after)
    owner, place = travelled.owner[first], step[first]
    # boardings so far, those of owners before taken off
    so_far = np.cumsum(board) - board
    leg = so_far[first] - so_far[np.searchsorted(travelled.owner, owner)]
    pieces = _inspected(view, trace, travelled, np.add.reduceat(spent, first), first)
    waits, rides = board[first], (after & ~turns)[first]
    key = place * len(Part) + np.where(waits, Part.WAIT, np.where(rides, Part.RIDE, Part.BEFORE))
    begin = trace.visits[travelled.visit[first], READY]
    under_way = (np.diff(owner, append=NONE) != 0) & (times.delivered[owner] == NONE)
    # a boarding is two parts: the wait, and the ride from its schedule on
    rode = np.flatnonzero(waits)[boarded.left]
    riding = pieces[rode]
    riding[:, list(FOR_A_DEPARTURE)] = 0
    pieces[rode] -= riding
    set_off = trace.departures[boarded.last[boarded.left], SCHEDULED]
    finished = ~under_way
    finished[rode] = True
    return _gathered(
        Parts(
            np.concatenate((owner, owner[rode])),
            np.concatenate((leg, leg[rode] + 1)),
            np.concatenate((key, place[rode] * len(Part) + Part.RIDE)),
            np.concatenate((begin, set_off)),
            np.concatenate((finished, ~under_way[rode])),
            np.concatenate((pieces, riding)),
        )
    )


def _inspected(view: View, trace: Trace, travelled: Journeys, pieces: Ints, first: Ints) -> Ints:
    """Return what parts were spent on, where all handling of those with an inspection counts as inspection."""
    found = np.logical_or.reduceat(view.inspection[trace.visits[travelled.visit, STEP]], first)
    pieces[found, Spent.INSPECTION] = pieces[found, Spent.HANDLING]
    pieces[found, Spent.HANDLING] = 0
    return pieces


def _gathered(parts: Parts) -> Parts:
    """Return one row per owner, leg and key: several laps of one leg through a step are one long part."""
    keys, legs = int(parts.key.max()) + 1, int(parts.leg.max()) + 1
    place = (parts.owner * legs + parts.leg) * keys + parts.key
    order = np.argsort(place, kind="stable")
    first = np.flatnonzero(np.diff(place[order], prepend=NONE))
    chosen = order[first]
    if len(first) == len(order):
        return Parts(*(getattr(parts, column.name)[order] for column in fields(parts)))
    return Parts(
        parts.owner[chosen],
        parts.leg[chosen],
        parts.key[chosen],
        np.minimum.reduceat(parts.begin[order], first),
        np.logical_and.reduceat(parts.finished[order], first),
        np.add.reduceat(parts.spent[order], first),
    )


def _passed_by(view: View, parts: Parts) -> Ints:
    """Return by key how many consignments of its route never entered it, 0 on the main way."""
    steps, routes = len(view.main), int(view.route.max(initial=NONE)) + 1
    entered = np.bincount(parts.key, minlength=steps * len(Part))
    route = view.route[parts.key // len(Part)]
    # an owner's rows stand together, so those of its routes do not repeat once they are marked
    travelled = np.zeros((int(parts.owner.max(initial=NONE)) + 1, routes), bool)
    travelled[parts.owner, route] = True
    on_route = np.repeat(travelled.sum(axis=0)[view.route], len(Part))
    return np.where(np.repeat(view.main, len(Part)), 0, np.maximum(on_route - entered, 0))


def cause_name(lowered: Lowered, step: int, words: str) -> str:
    """Return "step: cause" as a reader knows it; `step` NONE for the usual course."""
    return words if step == NONE else f"{lowered.steps[step].name}: {words}"
