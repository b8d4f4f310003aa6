"""The reference corridor year written by hand in Ciw, as a network of queues. Times are hours.

Trains and barges are nodes with slots: so many start together at set times; one transit a departure needs a law of
its own. What Ciw has no words for, so that there is no rich corridor here: a place in a yard or a chassis that is kept
over several nodes and given back later, one crane for two steps of a journey, capacity in TEU of boxes of two sizes,
cut-offs before a departure, cancelled departures, servers that fail at random, a route chosen by another node's queue.
"""

from __future__ import annotations

import math
import random

import ciw
import numpy as np

from benchmarks.by_hand_figures import (
    BARGE_CNY,
    GATE_CNY,
    HAULAGE_CNY,
    INSPECTION_CNY,
    RAIL_CNY,
    shares,
    time_costs,
    time_figures,
)
from benchmarks.by_hand_simpy import CLOSES, DAY, DUE_HOURS, OPENS, SELECTED, VALUE_CNY, lognormal
from benchmarks.size import YEAR_HOURS, Size

GATE, TRAIN, UNLOADING, INSPECTION, BARGE, TRUCK = range(1, 7)
CLEARS_WITHIN = 40 * DAY


class Releases(ciw.dists.Distribution):
    """Poisson arrivals until the end of the year."""

    def __init__(self, rng: random.Random, rate: float) -> None:
        self.rng, self.rate, self.clock = rng, rate, 0.0

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        gap = self.rng.expovariate(self.rate)
        self.clock += gap
        return gap if self.clock < YEAR_HOURS else math.inf


class Lognormal(ciw.dists.Distribution):
    """A lognormal law by mean and coefficient of variation."""

    def __init__(self, rng: random.Random, mean: float, cv: float) -> None:
        self.rng, self.law = rng, (mean, cv)

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        return lognormal(self.rng, *self.law)


class Triangular(ciw.dists.Distribution):
    """A triangular law by low, high, mode; `total` sums what was drawn."""

    def __init__(self, rng: random.Random, low: float, high: float, mode: float) -> None:
        self.rng, self.law, self.total = rng, (low, high, mode), 0.0

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        drawn = self.rng.triangular(*self.law)
        self.total += drawn
        return drawn


class Transit(Triangular):
    """One draw for all who leave at the same moment."""

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        if t != getattr(self, "left", None):
            self.left, self.drawn = t, super().sample()
        return self.drawn


def network(size: Size, rng: random.Random) -> ciw.Network:
    """Return the corridor as a network of queues."""
    onward = [[0.0] * TRUCK for _ in range(TRUCK)]
    onward[GATE - 1][TRAIN - 1] = onward[TRAIN - 1][UNLOADING - 1] = 1.0
    onward[UNLOADING - 1][INSPECTION - 1], onward[UNLOADING - 1][BARGE - 1] = SELECTED, 1 - SELECTED
    onward[INSPECTION - 1][BARGE - 1] = onward[BARGE - 1][TRUCK - 1] = 1.0
    return ciw.create_network(
        arrival_distributions=[Releases(rng, size.consignments / YEAR_HOURS), *[None] * (TRUCK - 1)],
        service_distributions=[
            Lognormal(rng, 0.5, 0.5),
            Transit(rng, 30.0, 48.0, 36.0),
            Triangular(rng, 20 / 60, 70 / 60, 30 / 60),
            Triangular(rng, 1.0, 8.0, 3.0),
            Transit(rng, 18.0, 28.0, 20.0),
            Lognormal(rng, 4.0, 0.3),
        ],
        number_of_servers=[
            size.gate_servers,
            ciw.Slotted(slots=[18.0, DAY], slot_sizes=[size.train_boxes, 0]),
            size.unloading_servers,
            ciw.Schedule([0, size.inspectors, 0], [OPENS, CLOSES, DAY], preemption="resume"),
            ciw.Slotted(slots=[8.0, 16.0, DAY], slot_sizes=[size.barge_boxes] * 3),
            math.inf,
        ],
        routing=onward,
    )


def run_year(seed: int, size: Size | None = None) -> dict[str, float]:
    """Simulate one year and return its figures."""
    size = size or Size.of()
    ciw.seed(seed)
    simulation = ciw.Simulation(network(size, random.Random(seed)))
    simulation.simulate_until_max_time(YEAR_HOURS + CLEARS_WITHIN)
    (inspections,) = simulation.service_times[INSPECTION].values()
    return figures(simulation.get_all_records(), size, inspections.total)


def figures(records: list[ciw.data_record.DataRecord], size: Size, inspected_hours: float) -> dict[str, float]:
    """Return times, utilisation and cost per box."""
    number = max(record.id_number for record in records)
    released, delivered, busy = np.full(number, np.nan), np.full(number, np.nan), np.zeros(TRUCK + 1)
    selected, left_behind = np.zeros(number), np.zeros(number)
    for record in records:
        box = record.id_number - 1
        if record.node == GATE:
            released[box] = record.arrival_date
        elif record.node == TRAIN:
            next_train = 18.0 + DAY * math.ceil((record.arrival_date - 18.0) / DAY)
            left_behind[box] = round((record.service_start_date - next_train) / DAY)
        elif record.node == INSPECTION:
            selected[box] = 1.0
        elif record.node == TRUCK:
            delivered[box] = record.exit_date
        if record.node in (GATE, UNLOADING):
            busy[record.node] += min(YEAR_HOURS, record.service_end_date) - min(YEAR_HOURS, record.service_start_date)
    transit = delivered - released
    cost = GATE_CNY + RAIL_CNY + BARGE_CNY + HAULAGE_CNY + INSPECTION_CNY * selected
    cost = cost + time_costs(transit, DUE_HOURS, VALUE_CNY)
    worked = {"gate": busy[GATE], "unloading": busy[UNLOADING], "inspectors": inspected_hours}
    staffed = {
        "gate": size.gate_servers * YEAR_HOURS,
        "unloading": size.unloading_servers * YEAR_HOURS,
        "inspectors": size.inspectors * YEAR_HOURS * (CLOSES - OPENS) / DAY,
    }
    return {
        "boxes": float(number),
        **time_figures(transit, DUE_HOURS, left_behind),
        **shares({name: float(hours) for name, hours in worked.items()}, staffed),
        "cost_per_box": float(cost.mean()),
    }
