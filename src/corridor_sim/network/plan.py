"""The promise: when timetable, opening hours and mean durations say that a release is delivered."""

from __future__ import annotations

from dataclasses import dataclass, field

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
from corridor_sim.sampling.tables import sample_ticks
from corridor_sim.scenario.calendars import add_open_time, next_open

FOREVER = 1 << 60
"""The closing tick of what stays open; far from overflow when ticks are added."""
BOX = MEASURES.index("box")


def planned_delivery(program: Program, inputs: Inputs, flow: int, release_ticks: Ints) -> Ints:
    """Return int64[n]: the delivery tick promised to a release of `flow` at each of `release_ticks` (int64[n]).

    NONE where no departure or opening within the horizon is left. `inputs` are those without noise. Steps take
    their mean; nobody queues for servers or room; hours, known closures and cut-offs hold; a batch waits for its
    timeout where it has one; a branch takes `inputs.lanes` or its likeliest lane; nobody switches routes.
    """
    walk = _Walk(program, inputs, flow, np.asarray(release_ticks, np.int64))
    step = program.flows[flow].start
    while step != NONE:
        step = walk.pass_step(program.code[step])
    return walk.now


def promised_deliveries(program: Program, inputs: Inputs, consignments: Consignments) -> Ints:
    """Return int64[consignments]: `planned_delivery` for each consignment of a measured flow, else NONE."""
    promised = np.full(len(consignments.flow), NONE, np.int64)
    for flow, rule in enumerate(program.flows):
        if rule.measured and not rule.background:
            ours = consignments.flow == flow
            promised[ours] = planned_delivery(program, inputs, flow, consignments.release[ours])
    return promised


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


@dataclass
class _Walk:
    """All releases of one flow on their way: they pass the same steps, each at its own tick."""

    program: Program
    inputs: Inputs
    flow: int
    now: Ints
    marks: dict[int, Ints] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    """Facility -> thousandths of it that are held."""
    taken: dict[tuple[int, int], int] = field(default_factory=dict)
    """(branch, lane) -> how often it was taken."""
    sizes: Ints = field(init=False)
    containers: int = field(init=False)

    def __post_init__(self) -> None:
        cargo = self.inputs.consignments
        ours = np.flatnonzero(cargo.flow == self.flow)
        self.sizes = cargo.sizes[ours[0]] if len(ours) else np.full(len(MEASURES), ONE, np.int64)
        self.containers = int(cargo.containers[ours[0]]) if len(ours) else 1

    def pass_step(self, step: Instruction) -> int:
        """Pass one instruction and return the next."""
        match step.op:
            case Op.DELAY:
                self._delay(step)
            case Op.SEIZE:
                units = int(self.sizes[step.b]) if step.b != NONE else step.c
                self.held[step.a] = units
                self._go_on(self._hours(step.a).opening(self.now))
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
            case Op.SWITCH:
                pass
        return step.next

    def _go_on(self, then: Ints) -> None:
        """Move to `then`; a release that is lost stays lost."""
        self.now = np.where(self.now == NONE, NONE, then)

    def _hours(self, facility: int) -> _Hours:
        changes = [change for change in self.inputs.capacity[facility] if change.cause is Cause.HOURS]
        need = max(1, self.held.get(facility, 1))
        ticks = np.array([change.tick for change in changes], np.int64)
        is_open = np.array([change.units >= need for change in changes], bool)
        return _Hours(*capacity_windows(ticks, is_open), self.program.facilities[facility].at_closing)

    def _mean_ticks(self, sampler: int) -> int:
        return int(sample_ticks(self.program.samplers[sampler], 0, 0, noise=False))

    def _delay(self, step: Instruction) -> None:
        ticks = self._mean_ticks(step.a) * (self.containers if step.c else 1)
        self._go_on(self.now + ticks if step.b == NONE else self._hours(step.b).done(self.now, ticks))

    def _batch(self, batch: int) -> None:
        rule = self.program.batches[batch]
        if rule.timeout != NONE:
            self._go_on(self.now + rule.timeout)
        fixed = np.asarray(rule.becomes, np.int64)
        self.sizes = np.where(fixed == NONE, self.sizes, fixed)
        self.containers = max(1, int(self.sizes[BOX]) // ONE)

    def _branch(self, branch: int) -> int:
        rule = self.program.branches[branch]
        lane = self.inputs.lanes.get(branch, rule.likeliest)
        times = self.taken.get((branch, lane), 0)
        self.taken[branch, lane] = times + 1
        return rule.otherwise[lane] if 1 <= rule.again[lane] <= times else rule.targets[lane]

    def _board(self, step: Instruction) -> None:
        rule = self.program.services[step.a]
        earliest = self.now + rule.close
        for kind, before in enumerate(rule.cutoffs):
            if before != NONE:
                earliest = np.maximum(earliest, self.marks.get(kind, self.now) + before)
        scheduled, landed = self._voyages(step.a)
        self._go_on(np.append(landed, NONE)[np.searchsorted(scheduled, earliest)])

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
        work = self._mean_ticks(sampler) if sampler != NONE else 0
        done = ticks + work
        if berth != NONE:
            hours = self._hours(berth)
            begun = hours.opening(ticks)
            done = np.where(begun == NONE, NONE, hours.done(begun, work) if work else begun)
        return np.where(ticks == NONE, NONE, done)


def _reopening(closed: tuple[tuple[int, int], ...], ticks: Ints) -> Ints:
    """Return for each tick the first one from it on at which the place is open."""
    for start, end in closed:
        ticks = np.where((start <= ticks) & (ticks < end), end, ticks)
    return ticks
