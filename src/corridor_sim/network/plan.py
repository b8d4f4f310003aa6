"""The promise: when timetable, opening hours and mean durations say that a release is delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from corridor_sim.engine.program import (
    MEASURES,
    NONE,
    ONE,
    AtClosing,
    Cause,
    Consignments,
    Inputs,
    Instruction,
    Ints,
    Op,
    Program,
)
from corridor_sim.network.pieces import FOREVER, Moments, Pieces
from corridor_sim.sampling.tables import mean_ticks
from corridor_sim.scenario.calendars import add_open_time, next_open

BOX = MEASURES.index("box")


@dataclass(frozen=True)
class Promise:
    """For each flow when a release is promised to be delivered; None of flows that nobody measures."""

    by_flow: tuple[Pieces | None, ...]

    def deliveries(self, consignments: Consignments) -> Ints:
        """Return int64[consignments]: the promised tick, NONE where no departure or opening is left or none is made."""
        promised = np.full(len(consignments.flow), NONE, np.int64)
        ends = np.searchsorted(consignments.flow, np.arange(len(self.by_flow) + 1))
        for flow, plan in enumerate(self.by_flow):
            ours = slice(ends[flow], ends[flow + 1])
            if plan is not None:
                promised[ours] = plan.at(consignments.release[ours])
        return promised


@dataclass(frozen=True)
class Promises:
    """The same promise, worked out for the releases that are asked for: sooner where these are few.

    `inputs` are those without noise (see `promise`).
    """

    program: Program
    inputs: Inputs

    def deliveries(self, consignments: Consignments) -> Ints:
        """Return int64[consignments]: as `Promise.deliveries` does."""
        return self.of_all([consignments])[0]

    def of_all(self, replications: Sequence[Consignments]) -> list[Ints]:
        """Return the same for each of some replications; all walk together."""
        promised = [np.full(len(one.flow), NONE, np.int64) for one in replications]
        ends = [np.searchsorted(one.flow, np.arange(len(self.program.flows) + 1)) for one in replications]
        for flow, rule in enumerate(self.program.flows):
            ours = [slice(*end[flow : flow + 1 + 1]) for end in ends]
            releases = [one.release[each] for one, each in zip(replications, ours, strict=True)]
            counts = np.cumsum([len(each) for each in releases])
            if not rule.measured or rule.background or not counts[-1]:
                continue
            through = _walk_from(self._places, flow, Moments(np.concatenate(releases))).ticks()
            for place, part in enumerate(np.split(through, counts[:-1])):
                promised[place][ours[place]] = part
        return promised

    @cached_property
    def _places(self) -> _Places:
        return _Places(self.program, self.inputs)


def promise(program: Program, inputs: Inputs) -> Promise:
    """Return the Promise of a Program; `inputs` are those without noise.

    Steps take their mean; nobody queues for servers or room; hours, known closures and cut-offs hold; a batch waits
    for its timeout where it has one; a branch takes `inputs.lanes` or its likeliest lane; nobody switches routes.
    """
    places = _Places(program, inputs)
    return Promise(
        tuple(
            _walk(places, flow) if rule.measured and not rule.background else None
            for flow, rule in enumerate(program.flows)
        )
    )


def first_barrier(program: Program, inputs: Inputs, flow: int, release_ticks: Ints) -> int:
    """Return the first instruction that no release of `flow` at `release_ticks` (int64[n]) is ever through with.

    NONE where a promise (see `promise`) can be made to one of them.
    """
    places = _Places(program, inputs)
    step, sizes, containers = _released(places, flow)
    walk = _Walk(places, sizes, containers, Moments(release_ticks))
    while step != NONE:
        following = walk.pass_step(program.code[step])
        if np.all(walk.now.ticks() == NONE):
            return step
        step = following
    return NONE


def promised_deliveries(program: Program, inputs: Inputs, consignments: Consignments) -> Ints:
    """Return int64[consignments]: the delivery promised to each consignment of a measured flow, else NONE."""
    return promise(program, inputs).deliveries(consignments)


def capacity_windows(ticks: Ints, is_open: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Ints, Ints]:
    """Return (opens, closes) of a facility that from each of `ticks` (rising) on is open or not."""
    turns = np.flatnonzero(np.diff(is_open, prepend=False))
    opens, closes = ticks[turns[::2]], ticks[turns[1::2]]
    return opens, closes if len(closes) == len(opens) else np.append(closes, FOREVER)


@dataclass(frozen=True, slots=True)
class _Hours:
    """Opening windows of one facility for a request of a certain size."""

    opens: Ints
    closes: Ints
    at_closing: AtClosing

    @property
    def always(self) -> bool:
        """Whether it is open from the start on for ever."""
        return len(self.opens) == 1 and self.opens[0] <= 0 and bool(self.closes[0] >= FOREVER)

    def opening(self, ticks: Ints) -> Ints:
        """Return the first open tick from each of `ticks` on."""
        return next_open(self.opens, self.closes, ticks)

    def done(self, start: Ints, work: int) -> Ints:
        """Return when work of `work` ticks begun at `start` is done."""
        if self.at_closing is AtClosing.FINISH:
            return start + work
        if self.at_closing is AtClosing.PAUSE:
            return add_open_time(self.opens, self.closes, start, work)
        return self._restarted(start, work)

    def _restarted(self, start: Ints, work: int) -> Ints:
        first = np.searchsorted(self.closes, start, side="right")
        opens, closes = np.append(self.opens, NONE), np.append(self.closes, NONE)
        begun = np.maximum(start, opens[first])
        long_enough = np.flatnonzero(self.closes - self.opens >= work)
        later = np.append(long_enough, len(self.opens))[np.searchsorted(long_enough, first, side="right")]
        again = np.where(later < len(self.opens), opens[later] + work, NONE)
        return np.where(begun + work <= closes[first], begun + work, again)

    def turns(self, work: int) -> Ints:
        """Return the ticks at which work of `work` ticks begun then may take another way to its end."""
        total = np.cumsum(self.closes - self.opens)
        left = total[total >= work] - work
        window = np.minimum(np.searchsorted(total, left, side="right"), max(len(total) - 1, 0))
        # begun then, the work ends at a closing; a tick later it goes on after the next opening
        ends = self.closes[window] - (total[window] - left) if len(total) else left
        return np.concatenate((self.opens, self.closes, self.closes - work, self.closes - work + 1, ends, ends + 1))


@dataclass
class _Places:
    """What passing the facilities and services of a Program takes, worked out once for all flows."""

    program: Program
    inputs: Inputs
    hours_of: dict[tuple[int, int], _Hours] = field(default_factory=dict)
    works: dict[tuple[int, int, int], Pieces] = field(default_factory=dict)
    boardings: dict[int, Pieces] = field(default_factory=dict)
    walks: dict[tuple[int, bytes, int], Pieces] = field(default_factory=dict)
    """(first step, sizes, boxes) -> the way of everything released like this."""

    def hours(self, facility: int, need: int = 1) -> _Hours:
        """Return the opening windows of a facility for a request of `need` thousandths."""
        known = self.hours_of.get((facility, need))
        if known is None:
            changes = [change for change in self.inputs.capacity[facility] if change.cause is Cause.HOURS]
            ticks = np.array([change.tick for change in changes], np.int64)
            is_open = np.array([change.units >= need for change in changes], bool)
            known = _Hours(*capacity_windows(ticks, is_open), self.program.facilities[facility].at_closing)
            self.hours_of[facility, need] = known
        return known

    def opening(self, facility: int, need: int) -> Pieces:
        """Return when a facility is open."""
        return self._known(facility, need, 0)

    def work(self, facility: int, need: int, ticks: int) -> Pieces:
        """Return when work of `ticks` at a facility is done."""
        return self._known(facility, need, ticks)

    def _known(self, facility: int, need: int, ticks: int) -> Pieces:
        key = facility, need, ticks
        if key not in self.works:
            hours = self.hours(facility, need)
            if not ticks and hours.always:
                self.works[key] = Pieces.at_once()
            elif not ticks:
                self.works[key] = Pieces.of(hours.opening, np.concatenate((hours.opens, hours.closes)))
            elif hours.at_closing is AtClosing.FINISH or hours.always:
                self.works[key] = Pieces.at_once().plus(ticks)
            else:
                self.works[key] = Pieces.of(lambda start: hours.done(start, ticks), hours.turns(ticks))
        return self.works[key]

    def mean_ticks(self, sampler: int) -> int:
        """Return the mean of a duration."""
        return mean_ticks(self.program.samplers[sampler])

    def boarding(self, service: int) -> Pieces:
        """Return when the next departure scheduled from a tick on has its cargo free at the destination."""
        if service not in self.boardings:
            scheduled, landed = self._voyages(service)
            when = np.append(landed, NONE)
            self.boardings[service] = Pieces.of(lambda tick: when[np.searchsorted(scheduled, tick)], scheduled + 1)
        return self.boardings[service]

    def _voyages(self, service: int) -> tuple[Ints, Ints]:
        """Return (scheduled, cargo free at the destination) of the departures that known closures let run."""
        rule, departures = self.program.services[service], self.inputs.departures
        rows = np.flatnonzero(departures.service == service)
        reopened = _reopening(self.inputs.origin_closed[service], departures.scheduled[rows])
        runs = reopened - departures.scheduled[rows] <= rule.longest_hold
        rows, reopened = rows[runs], reopened[runs]
        left = self._at_berth(reopened, rule.berth_from, rule.loading)
        arrived = _reopening(self.inputs.destination_closed[service], left + departures.transit[rows])
        landed = self._at_berth(np.where(left == NONE, NONE, arrived), rule.berth_to, rule.unloading)
        return departures.scheduled[rows], landed

    def _at_berth(self, ticks: Ints, berth: int, sampler: int) -> Ints:
        """Return when a vehicle at the berth's door at `ticks` is through with it."""
        work = self.mean_ticks(sampler) if sampler != NONE else 0
        done = ticks + work
        if berth != NONE:
            hours = self.hours(berth)
            begun = hours.opening(ticks)
            done = np.where(begun == NONE, NONE, hours.done(begun, work) if work else begun)
        return np.where(ticks == NONE, NONE, done)


When = TypeVar("When", Pieces, Moments)
"""When things are through: any thing, by the tick it began, or certain things."""


@dataclass
class _Walk(Generic[When]):
    """The releases of one flow on their way: when each is through with the steps passed so far, by its tick."""

    places: _Places
    sizes: Ints
    containers: int
    now: When
    marks: dict[int, When] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    """Facility -> thousandths of it that are held."""
    taken: dict[tuple[int, int], int] = field(default_factory=dict)
    """(branch, lane) -> how often it was taken."""

    def pass_step(self, step: Instruction) -> int:
        """Pass one instruction and return the next."""
        match step.op:
            case Op.DELAY:
                self._delay(step)
            case Op.SEIZE:
                self.held[step.a] = int(self.sizes[step.b]) if step.b != NONE else step.c
                self.now = self.now.then(self.places.opening(step.a, self._need(step.a)))
            case Op.RELEASE:
                self.held.pop(step.a, None)
            case Op.BOARD:
                self._board(step)
            case Op.BATCH:
                self._batch(step.a)
            case Op.BRANCH:
                return self._branch(step.a)
            case Op.MARK:
                self.marks[step.a] = self.now
            case _:
                pass  # at a SWITCH everybody stays
        return step.next

    def _need(self, facility: int) -> int:
        return max(1, self.held.get(facility, 1))

    def _delay(self, step: Instruction) -> None:
        ticks = self.places.mean_ticks(step.a) * (self.containers if step.c else 1)
        if step.b == NONE:
            self.now = self.now.plus(ticks)
        else:
            self.now = self.now.then(self.places.work(step.b, self._need(step.b), ticks))

    def _batch(self, batch: int) -> None:
        rule = self.places.program.batches[batch]
        if rule.timeout != NONE:
            self.now = self.now.plus(rule.timeout)
        fixed = np.asarray(rule.becomes, np.int64)
        self.sizes = np.where(fixed == NONE, self.sizes, fixed)
        self.containers = max(1, int(self.sizes[BOX]) // ONE)

    def _branch(self, branch: int) -> int:
        rule = self.places.program.branches[branch]
        lane = self.places.inputs.lanes.get(branch, rule.likeliest)
        times = self.taken.get((branch, lane), 0)
        self.taken[branch, lane] = times + 1
        return rule.otherwise[lane] if 1 <= rule.again[lane] <= times else rule.targets[lane]

    def _board(self, step: Instruction) -> None:
        rule = self.places.program.services[step.a]
        earliest = self.now.plus(rule.close)
        for kind, before in enumerate(rule.cutoffs):
            if before != NONE:
                earliest = earliest.or_later(self.marks.get(kind, self.now).plus(before))
        self.now = earliest.then(self.places.boarding(step.a))


def _walk(places: _Places, flow: int) -> Pieces:
    """Return when a release of a flow is promised to be delivered."""
    step, sizes, containers = _released(places, flow)
    key = step, sizes.tobytes(), containers
    if key not in places.walks:
        places.walks[key] = _walk_from(places, flow, Pieces.at_once())
    return places.walks[key]


def _walk_from(places: _Places, flow: int, now: When) -> When:
    """Return when releases of a flow, `now` being when they are released, are promised to be delivered."""
    step, sizes, containers = _released(places, flow)
    walk = _Walk(places, sizes, containers, now)
    while step != NONE:
        step = walk.pass_step(places.program.code[step])
    return walk.now


def _released(places: _Places, flow: int) -> tuple[int, Ints, int]:
    """Return where releases of a flow begin, their sizes and how many boxes they are."""
    cargo = places.inputs.consignments
    ours = np.flatnonzero(cargo.flow == flow)[:1]
    sizes = cargo.sizes[ours[0]] if len(ours) else np.full(len(MEASURES), ONE, np.int64)
    containers = int(cargo.containers[ours[0]]) if len(ours) else 1
    return places.program.flows[flow].start, sizes, containers


def _reopening(closed: tuple[tuple[int, int], ...], ticks: Ints) -> Ints:
    """Return for each tick the first one from it on at which the place is open."""
    for start, end in closed:
        ticks = np.where((start <= ticks) & (ticks < end), end, ticks)
    return ticks
