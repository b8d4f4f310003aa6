"""The reference corridor year written by hand in salabim: a component per box and per service. Times are hours."""

from __future__ import annotations

import random

import salabim as sim

from benchmarks.by_hand_simpy import CLOSES, DAY, OPENS, SELECTED, Box, figures, lognormal
from benchmarks.size import YEAR_HOURS, Size

NIGHT, RESUMED, ORDINARY = -1, 0, 1


class Corridor:
    """The corridor while it runs."""

    def __init__(self, size: Size, seed: int) -> None:
        self.env = sim.Environment(trace=False, random_seed=None)
        self.rng = random.Random(seed)
        self.size = size
        self.gate = sim.Resource("gate", size.gate_servers, env=self.env)
        self.unloading = sim.Resource("unloading", size.unloading_servers, env=self.env)
        self.inspectors = sim.Resource("inspectors", size.inspectors, preemptive=True, env=self.env)
        self.train = self.line(18.0, 24.0, size.train_boxes, (30.0, 48.0, 36.0))
        self.barge = self.line(0.0, 8.0, size.barge_boxes, (18.0, 28.0, 20.0))
        self.boxes: list[Box] = []
        self.under_way = 1
        """Boxes not yet delivered, and 1 while more are released."""
        self.inspected_hours = 0.0
        for _ in range(size.inspectors):
            Night(corridor=self, env=self.env)
        Releases(corridor=self, env=self.env)

    def one_less(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self.env.main().activate()

    def line(self, first: float, every: float, capacity: int, takes: tuple[float, float, float]) -> Service:
        return Service(first=first, every=every, capacity=capacity, takes=takes, corridor=self, env=self.env)


class Releases(sim.Component):
    """Releases boxes at random moments of the year."""

    def setup(self, corridor: Corridor) -> None:
        self.corridor = corridor

    def process(self) -> None:
        corridor = self.corridor
        rate = corridor.size.consignments / YEAR_HOURS
        while True:
            self.hold(corridor.rng.expovariate(rate))
            if self.env.now() >= YEAR_HOURS:
                corridor.one_less()
                return
            corridor.under_way += 1
            Journey(corridor=corridor, env=self.env)


class Night(sim.Component):
    """Keeps one inspector away from 20:00 to 08:00."""

    def setup(self, corridor: Corridor) -> None:
        self.corridor = corridor

    def process(self) -> None:
        opens = OPENS
        while True:
            self.request((self.corridor.inspectors, 1, NIGHT))
            self.hold(till=opens)
            self.release(self.corridor.inspectors)
            self.hold(CLOSES - OPENS)
            opens += DAY


class Service(sim.Component):
    """A train or barge line that leaves by its timetable with the first who wait."""

    def setup(
        self, first: float, every: float, capacity: int, takes: tuple[float, float, float], corridor: Corridor
    ) -> None:
        self.first, self.every, self.capacity, self.takes, self.corridor = first, every, capacity, takes, corridor
        self.waiting = sim.Queue("waiting", env=self.env, monitor=False)

    def process(self) -> None:
        self.hold(self.first)
        while True:
            aboard = [self.waiting.pop() for _ in range(min(self.capacity, len(self.waiting)))]
            for journey in self.waiting:
                journey.box.left_behind += 1
            if aboard:
                Ride(
                    aboard=aboard, takes=self.corridor.rng.triangular(*self.takes), corridor=self.corridor, env=self.env
                )
            self.hold(self.every)


class Ride(sim.Component):
    """One departure under way."""

    def setup(self, aboard: list[Journey], takes: float, corridor: Corridor) -> None:
        self.aboard, self.takes, self.corridor = aboard, takes, corridor

    def process(self) -> None:
        left = self.env.now()
        self.hold(self.takes)
        self.corridor.rng.shuffle(self.aboard)
        for journey in self.aboard:
            journey.left = left
            journey.activate()


class Journey(sim.Component):
    """One box on its way."""

    def setup(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self.box = Box(self.env.now())
        corridor.boxes.append(self.box)

    def process(self) -> None:
        corridor, box, env, rng = self.corridor, self.box, self.env, self.corridor.rng
        self.request(corridor.gate)
        box.gate_start = env.now()
        self.hold(lognormal(rng, 0.5, 0.5))
        self.release(corridor.gate)
        box.gate_end = env.now()
        box.train_left = self.board(corridor.train)
        box.train_arrived = env.now()
        self.request(corridor.unloading)
        box.unload_start = env.now()
        self.hold(rng.triangular(20 / 60, 70 / 60, 30 / 60))
        self.release(corridor.unloading)
        box.unload_end = env.now()
        if rng.random() < SELECTED:
            self.inspection()
        missed = box.left_behind
        box.barge_left = self.board(corridor.barge)
        box.left_behind = missed
        box.barge_arrived = env.now()
        self.hold(lognormal(rng, 4.0, 0.3))
        box.delivered = env.now()
        corridor.one_less()

    def board(self, service: Service) -> float:
        """Wait for a departure and ride it; return when it left."""
        self.enter(service.waiting)
        self.passivate()
        return self.left

    def inspection(self) -> None:
        """Work in the inspectors' hours; what is not done at closing goes on first thing in the morning."""
        inspectors = self.corridor.inspectors
        left, rank = self.corridor.rng.triangular(1.0, 8.0, 3.0), ORDINARY
        self.corridor.inspected_hours += left
        while left > 0:
            self.request((inspectors, 1, rank))
            since = self.env.now()
            if rank == ORDINARY:
                self.box.inspect_start = since
            self.hold(left)
            left -= self.env.now() - since
            if self.isclaiming(inspectors):
                self.release(inspectors)
                break
            rank = RESUMED
        self.box.inspect_end = self.env.now()


def run_year(seed: int, size: Size | None = None) -> dict[str, float]:
    """Simulate one year and return its figures."""
    corridor = Corridor(size or Size.of(), seed)
    corridor.env.run(till=sim.inf)
    return figures(corridor.boxes, corridor.size, corridor.inspected_hours)
