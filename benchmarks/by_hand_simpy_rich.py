"""The rich corridor year written by hand in SimPy: a process per box, a process per service. Times are hours."""

from __future__ import annotations

import random
from bisect import insort
from collections.abc import Callable, Generator
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import simpy

from benchmarks.by_hand_figures import (
    BARGE_CNY,
    GATE_CNY,
    HAULAGE_CNY,
    INSPECTION_CNY,
    LIFT_CNY,
    LORRY_CNY,
    RAIL_CNY,
    shares,
    time_costs,
    time_figures,
)
from benchmarks.by_hand_simpy import lognormal
from benchmarks.size import YEAR_HOURS

Process = Generator[simpy.Event, None, None]
DAY = 24.0
CLOSED, RESUMED = -1, 0
"""Ranks at resources: closings and failures come before work that they interrupted, and that before all others."""
SELECTED, DOUBTFUL, AGAIN_AT_MOST = 0.05, 0.2, 2
CONGESTED = 18
GATES, CRANES, INSPECTORS, YARD_BOXES, CHASSIS = 3, 3, 2, 64, 22


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of goods."""

    boxes_per_year: int
    rank: int
    teu: int
    due: float
    value_cny: float


KINDS = (
    Kind(4_000, 1, 1, 96.0, 900_000.0),
    Kind(10_000, 2, 1, 120.0, 300_000.0),
    Kind(6_000, 3, 2, 144.0, 400_000.0),
)


class Box:
    """One consignment and its times."""

    __slots__ = (
        "barge_arrived",
        "barge_left",
        "by_lorry",
        "crane_hours",
        "delivered",
        "gate_end",
        "gate_start",
        "inspect_end",
        "inspections",
        "kind",
        "landed",
        "left",
        "left_behind",
        "load_end",
        "released",
        "train_arrived",
        "train_left",
        "unload_end",
        "yard_entered",
    )

    def __init__(self, kind: Kind, released: float) -> None:
        self.kind, self.released = kind, released
        self.by_lorry = False
        self.inspections = self.left_behind = 0
        self.crane_hours = 0.0


class Service:
    """A train or barge line: load list at the cut-off by rank and TEU, cancellations, a drawn transit."""

    def __init__(
        self,
        env: simpy.Environment,
        rng: random.Random,
        timetable: tuple[float, float],
        cutoff: float,
        teu: int,
        cancelled: float,
        takes: Callable[[], float],
    ) -> None:
        self.env, self.rng, self.cutoff, self.teu, self.cancelled, self.takes = env, rng, cutoff, teu, cancelled, takes
        self.first, self.every = timetable
        self.waiting: list[tuple[int, float, float, Box]] = []
        env.process(self.run())

    def board(self, box: Box) -> tuple[simpy.Event, simpy.Event]:
        """Wait for a departure; return the events of leaving and landing."""
        box.left, box.landed = self.env.event(), self.env.event()
        insort(self.waiting, (box.kind.rank, self.env.now, self.rng.random(), box))
        return box.left, box.landed

    def run(self) -> Process:
        leaves = self.first
        while True:
            if leaves > self.cutoff:
                yield self.env.timeout(leaves - self.cutoff - self.env.now)
            if self.rng.random() >= self.cancelled:
                self.env.process(self.ride(self.load(), leaves))
            leaves += self.every

    def load(self) -> list[Box]:
        room, aboard, waiting = self.teu, [], []
        for entry in self.waiting:
            box = entry[-1]
            if box.kind.teu <= room:
                room -= box.kind.teu
                aboard.append(box)
            else:
                box.left_behind += 1
                waiting.append(entry)
        self.waiting = waiting
        return aboard

    def ride(self, aboard: list[Box], leaves: float) -> Process:
        if not aboard:
            return
        yield self.env.timeout(max(0.0, leaves - self.env.now))
        for box in aboard:
            box.left.succeed()
        yield self.env.timeout(self.takes())
        # the urgent come off first, the others in any order
        self.rng.shuffle(aboard)
        aboard.sort(key=attrgetter("kind.rank"))
        for box in aboard:
            box.landed.succeed()


class Corridor:
    """The corridor while it runs."""

    def __init__(self, seed: int, scale: float = 1.0) -> None:
        self.env = env = simpy.Environment()
        self.rng = rng = random.Random(seed)
        self.scale = scale
        self.gate = simpy.PriorityResource(env, GATES)
        self.crane = simpy.PreemptiveResource(env, CRANES)
        self.inspectors = simpy.PreemptiveResource(env, INSPECTORS)
        self.yard = simpy.PriorityResource(env, YARD_BOXES)
        self.chassis = simpy.PriorityResource(env, CHASSIS)
        self.train = Service(env, rng, (18.0, 24.0), 2.0, 84, 0.02, lambda: rng.triangular(30.0, 48.0, 36.0))
        self.barge = Service(env, rng, (0.0, 8.0), 1.0, 80, 0.03, lambda: rng.triangular(18.0, 28.0, 20.0))
        self.boxes: list[Box] = []
        self.under_way = len(KINDS)
        """Boxes not yet delivered, and kinds of which more are released."""
        self.inspected_hours = self.crane_away = 0.0
        self.done = env.event()
        for _ in range(GATES):
            env.process(self.gate_hours())
        for _ in range(INSPECTORS):
            env.process(self.nights())
        env.process(self.failures())
        env.process(self.maintenance())
        for kind in KINDS:
            env.process(self.releases(kind))

    def run(self) -> list[Box]:
        self.env.run(until=self.done)
        return self.boxes

    def releases(self, kind: Kind) -> Process:
        rate = self.scale * kind.boxes_per_year / YEAR_HOURS
        while True:
            yield self.env.timeout(self.rng.expovariate(rate))
            if self.env.now >= YEAR_HOURS:
                self.one_less()
                return
            box = Box(kind, self.env.now)
            self.boxes.append(box)
            self.under_way += 1
            self.env.process(self.journey(box))

    def gate_hours(self) -> Process:
        """Keep one gate closed from 22:00 to 06:00 and on Sundays; work that is under way is finished."""
        day = 0
        while True:
            # the year begins on a Thursday
            opens = DAY * (day + ((day + 3) % 7 == 6)) + 6.0
            with self.gate.request(priority=CLOSED) as closed:
                yield closed
                if opens > self.env.now:
                    yield self.env.timeout(opens - self.env.now)
            day = int(opens // DAY)
            yield self.env.timeout(DAY * day + 22.0 - self.env.now)
            day += 1

    def nights(self) -> Process:
        """Keep one inspector away from 20:00 to 08:00."""
        opens = 8.0
        while True:
            with self.inspectors.request(priority=CLOSED) as closed:
                yield closed
                yield self.env.timeout(opens - self.env.now)
            yield self.env.timeout(12.0)
            opens += DAY

    def failures(self) -> Process:
        while True:
            yield self.env.timeout(min(self.rng.expovariate(1 / 240.0), 2400.0))
            lasts = self.rng.triangular(1.0, 16.0, 4.0)
            with self.crane.request(priority=CLOSED) as down:
                yield down
                self.crane_away += lasts
                yield self.env.timeout(lasts)

    def maintenance(self) -> Process:
        yield self.env.timeout(186 * DAY)
        with self.crane.request(priority=CLOSED) as down:
            yield down
            yield self.env.timeout(14 * DAY)

    def journey(self, box: Box) -> Process:
        env, rng, rank = self.env, self.rng, box.kind.rank
        with self.gate.request(priority=rank) as turn:
            yield turn
            box.gate_start = env.now
            yield env.timeout(lognormal(rng, 0.5, 0.5))
        box.gate_end = env.now
        left, landed = self.train.board(box)
        yield left
        box.train_left = env.now
        missed = box.left_behind
        yield landed
        box.train_arrived = env.now
        spot = self.yard.request(priority=rank)
        yield spot
        box.yard_entered = env.now
        yield from self.lift(box)
        box.unload_end = env.now
        ahead = self.ahead(rank)
        if rng.random() < SELECTED:
            yield from self.inspection(box)
            ahead = self.ahead(rank)
        if ahead > CONGESTED:
            self.yard.release(spot)
            box.by_lorry = True
            yield env.timeout(lognormal(rng, 20.0, 0.2))
        else:
            yield from self.lift(box)
            box.load_end = env.now
            left, landed = self.barge.board(box)
            yield left
            box.barge_left = env.now
            self.yard.release(spot)
            box.left_behind = missed
            yield landed
            box.barge_arrived = env.now
            yield from self.haulage(rank)
        box.delivered = env.now
        self.one_less()

    def ahead(self, rank: int) -> int:
        """Return how many wait for the crane who go before a newcomer."""
        return sum(RESUMED < request.priority <= rank for request in self.crane.queue)

    def lift(self, box: Box) -> Process:
        takes = self.rng.triangular(10 / 60, 35 / 60, 15 / 60)
        box.crane_hours += takes
        yield from self.work(self.crane, box.kind.rank, takes)

    def inspection(self, box: Box) -> Process:
        while True:
            takes = self.rng.triangular(1.0, 8.0, 3.0)
            self.inspected_hours += takes
            yield from self.work(self.inspectors, box.kind.rank, takes)
            box.inspections += 1
            if self.rng.random() >= DOUBTFUL or box.inspections > AGAIN_AT_MOST:
                break
        box.inspect_end = self.env.now

    def work(self, resource: simpy.PreemptiveResource, rank: int, left: float) -> Process:
        """Work that rests while its server is away, and goes on before anybody else."""
        while left > 0:
            with resource.request(priority=rank, preempt=False) as turn:
                yield turn
                since = self.env.now
                try:
                    yield self.env.timeout(left)
                    left = 0.0
                except simpy.Interrupt:
                    left -= self.env.now - since
                    rank = RESUMED

    def haulage(self, rank: int) -> Process:
        chassis = self.chassis.request(priority=rank)
        yield chassis
        yield self.env.timeout(lognormal(self.rng, 4.0, 0.3))
        self.env.process(self.go_home(chassis))

    def go_home(self, chassis: simpy.resources.resource.PriorityRequest) -> Process:
        yield self.env.timeout(self.rng.triangular(2.0, 6.0, 3.0))
        self.chassis.release(chassis)

    def one_less(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self.done.succeed()


def run_year(seed: int, scale: float = 1.0) -> dict[str, float]:
    """Simulate one year and return its figures; `scale` thins the demand."""
    corridor = Corridor(seed, scale)
    return figures(corridor.run(), corridor.inspected_hours, corridor.crane_away)


def figures(boxes: list[Box], inspected_hours: float, crane_away: float) -> dict[str, float]:
    """Return times, utilisation and cost per box."""
    transit = np.array([box.delivered - box.released for box in boxes])
    due = np.array([box.kind.due for box in boxes])
    value = np.array([box.kind.value_cny for box in boxes])
    teu = np.array([box.kind.teu for box in boxes])
    by_lorry = np.array([box.by_lorry for box in boxes])
    inspections = np.array([box.inspections for box in boxes])
    onward = np.where(by_lorry, LORRY_CNY, LIFT_CNY + BARGE_CNY * teu + HAULAGE_CNY)
    cost = GATE_CNY + RAIL_CNY * teu + LIFT_CNY + INSPECTION_CNY * inspections + onward
    cost = cost + time_costs(transit, due, value)
    busy = {
        "gate": sum(box.gate_end - box.gate_start for box in boxes),
        "crane": sum(box.crane_hours for box in boxes),
        "inspectors": inspected_hours,
    }
    open_days = 313
    staffed = {
        "gate": GATES * open_days * 16.0,
        "crane": CRANES * YEAR_HOURS - crane_away,
        "inspectors": INSPECTORS * YEAR_HOURS / 2,
    }
    return {
        "boxes": float(len(boxes)),
        **time_figures(transit, due, np.array([box.left_behind for box in boxes], float)),
        **shares(busy, staffed),
        "by_lorry": float(by_lorry.mean()),
        "cost_per_box": float(cost.mean()),
    }
