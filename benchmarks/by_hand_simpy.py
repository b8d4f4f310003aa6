"""The reference corridor year written by hand in SimPy: a process per box, a process per service. Times are hours."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Generator

import numpy as np
import simpy

from benchmarks.by_hand_figures import (
    BARGE_CNY,
    GATE_CNY,
    HAULAGE_CNY,
    INSPECTION_CNY,
    RAIL_CNY,
    shares,
    time_costs,
    time_figures,
    within_the_year,
)
from benchmarks.size import YEAR_HOURS, Size

Process = Generator[simpy.Event, None, None]
DUE_HOURS, VALUE_CNY = 96.0, 300_000.0
SELECTED = 0.05
OPENS, CLOSES, DAY = 8.0, 20.0, 24.0
NIGHT, RESUMED, ORDINARY = -1, 0, 1


def lognormal(rng: random.Random, mean: float, cv: float) -> float:
    """Draw from the lognormal law with this mean and coefficient of variation."""
    variance = math.log(1 + cv * cv)
    return rng.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


class Box:
    """One consignment: its 12 times, and how often a train left without it."""

    __slots__ = (
        "barge_arrived",
        "barge_left",
        "delivered",
        "gate_end",
        "gate_start",
        "inspect_end",
        "inspect_start",
        "left_behind",
        "released",
        "train_arrived",
        "train_left",
        "unload_end",
        "unload_start",
    )

    def __init__(self, released: float) -> None:
        self.released = released
        self.inspect_start = self.inspect_end = math.nan
        self.left_behind = 0


class Service:
    """A train or barge line: who waits, and a process that leaves by the timetable."""

    def __init__(
        self,
        env: simpy.Environment,
        rng: random.Random,
        first: float,
        every: float,
        capacity: int,
        takes: Callable[[], float],
    ) -> None:
        self.env, self.rng = env, rng
        self.first, self.every, self.capacity, self.takes = first, every, capacity, takes
        self.waiting: deque[tuple[Box, simpy.Event]] = deque()
        env.process(self.run())

    def board(self, box: Box) -> simpy.Event:
        landed = self.env.event()
        self.waiting.append((box, landed))
        return landed

    def run(self) -> Process:
        yield self.env.timeout(self.first)
        while True:
            aboard = [self.waiting.popleft() for _ in range(min(self.capacity, len(self.waiting)))]
            for box, _ in self.waiting:
                box.left_behind += 1
            if aboard:
                self.env.process(self.ride(aboard, self.env.now))
            yield self.env.timeout(self.every)

    def ride(self, aboard: list[tuple[Box, simpy.Event]], left: float) -> Process:
        yield self.env.timeout(self.takes())
        # a train is unloaded in any order: who came first to the gate is not the first to come off
        self.rng.shuffle(aboard)
        for _, landed in aboard:
            landed.succeed(left)


class Corridor:
    """The corridor while it runs."""

    def __init__(self, size: Size, seed: int) -> None:
        self.env = env = simpy.Environment()
        self.rng = rng = random.Random(seed)
        self.size = size
        self.gate = simpy.Resource(env, size.gate_servers)
        self.unloading = simpy.Resource(env, size.unloading_servers)
        self.inspectors = simpy.PreemptiveResource(env, size.inspectors)
        self.train = Service(env, rng, 18.0, 24.0, size.train_boxes, lambda: rng.triangular(30.0, 48.0, 36.0))
        self.barge = Service(env, rng, 0.0, 8.0, size.barge_boxes, lambda: rng.triangular(18.0, 28.0, 20.0))
        self.boxes: list[Box] = []
        self.under_way = 1
        """Boxes not yet delivered, and 1 while more are released."""
        self.inspected_hours = 0.0
        for _ in range(size.inspectors):
            env.process(self.nights())
        self.done = env.event()
        env.process(self.releases())

    def run(self) -> list[Box]:
        self.env.run(until=self.done)
        return self.boxes

    def releases(self) -> Process:
        rate = self.size.consignments / YEAR_HOURS
        while True:
            yield self.env.timeout(self.rng.expovariate(rate))
            if self.env.now >= YEAR_HOURS:
                self.one_less()
                return
            box = Box(self.env.now)
            self.boxes.append(box)
            self.under_way += 1
            self.env.process(self.journey(box))

    def nights(self) -> Process:
        """Keep one inspector away from 20:00 to 08:00."""
        opens = OPENS
        while True:
            with self.inspectors.request(priority=NIGHT) as closed:
                yield closed
                yield self.env.timeout(opens - self.env.now)
            yield self.env.timeout(CLOSES - OPENS)
            opens += DAY

    def journey(self, box: Box) -> Process:
        env, rng = self.env, self.rng
        with self.gate.request() as turn:
            yield turn
            box.gate_start = env.now
            yield env.timeout(lognormal(rng, 0.5, 0.5))
        box.gate_end = env.now
        box.train_left = yield self.train.board(box)
        box.train_arrived = env.now
        with self.unloading.request() as turn:
            yield turn
            box.unload_start = env.now
            yield env.timeout(rng.triangular(20 / 60, 70 / 60, 30 / 60))
        box.unload_end = env.now
        if rng.random() < SELECTED:
            yield from self.inspection(box)
        missed = box.left_behind
        box.barge_left = yield self.barge.board(box)
        box.left_behind = missed
        box.barge_arrived = env.now
        yield env.timeout(lognormal(rng, 4.0, 0.3))
        box.delivered = env.now
        self.one_less()

    def one_less(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self.done.succeed()

    def inspection(self, box: Box) -> Process:
        """Work in the inspectors' hours; what is not done at closing goes on first thing in the morning."""
        left, rank = self.rng.triangular(1.0, 8.0, 3.0), ORDINARY
        self.inspected_hours += left
        while left > 0:
            with self.inspectors.request(priority=rank, preempt=False) as turn:
                yield turn
                since = self.env.now
                if rank == ORDINARY:
                    box.inspect_start = since
                try:
                    yield self.env.timeout(left)
                    left = 0.0
                except simpy.Interrupt:
                    left -= self.env.now - since
                    rank = RESUMED
        box.inspect_end = self.env.now


def run_year(seed: int, size: Size | None = None) -> dict[str, float]:
    """Simulate one year and return its figures."""
    corridor = Corridor(size or Size.of(), seed)
    return figures(corridor.run(), corridor.size, corridor.inspected_hours)


def figures(boxes: list[Box], size: Size, inspected_hours: float) -> dict[str, float]:
    """Return times, utilisation and cost per box."""
    names = ("released", "gate_start", "gate_end", "train_left", "train_arrived", "unload_start", "unload_end")
    names += ("inspect_start", "inspect_end", "barge_left", "barge_arrived", "delivered")
    times = {name: np.array([getattr(box, name) for box in boxes]) for name in names}
    transit = times["delivered"] - times["released"]
    selected = ~np.isnan(times["inspect_start"])
    cost = GATE_CNY + RAIL_CNY + BARGE_CNY + HAULAGE_CNY + INSPECTION_CNY * selected
    cost = cost + time_costs(transit, DUE_HOURS, VALUE_CNY)
    busy = {
        "gate": within_the_year(times["gate_start"], times["gate_end"]),
        "unloading": within_the_year(times["unload_start"], times["unload_end"]),
        "inspectors": inspected_hours,
    }
    staffed = {
        "gate": size.gate_servers * YEAR_HOURS,
        "unloading": size.unloading_servers * YEAR_HOURS,
        "inspectors": size.inspectors * YEAR_HOURS * (CLOSES - OPENS) / DAY,
    }
    left_behind = np.array([box.left_behind for box in boxes], float)
    return {
        "boxes": float(len(boxes)),
        **time_figures(transit, DUE_HOURS, left_behind),
        **shares(busy, staffed),
        "cost_per_box": float(cost.mean()),
    }
