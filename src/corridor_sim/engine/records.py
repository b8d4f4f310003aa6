"""The notebook of the reference engine: rows appended while it runs, sorted into a Trace at the end."""

from __future__ import annotations

from itertools import chain

import numpy as np

from corridor_sim.engine.base import CAPACITY, DEPARTURES, OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import MEASURES, NONE, Ints

START, END, RESOURCE, UNITS = (VISITS.index(name) for name in ("start", "end", "resource", "units"))
COLUMNS = {name: place for place, name in enumerate(DEPARTURES)}


class Records:
    """Rows of a Trace while they come about."""

    def __init__(self, consignments: int, scheduled: Ints, service: Ints) -> None:
        self.visits: list[list[int]] = []
        self.departures = np.full((len(scheduled), len(DEPARTURES)), NONE, np.int64)
        self.departures[:, 0], self.departures[:, 1], self.departures[:, 2] = service, scheduled, 0
        self.own = np.zeros((len(scheduled), len(MEASURES)), np.int64)
        self.delivered = [NONE] * consignments
        self.leader = list(range(consignments))
        self.step = [NONE] * consignments
        self.capacity: list[tuple[int, int, int, int]] = []

    def visit(self, consignment: int, seq: int, step: int, visit: int, ready: int) -> list[int]:
        """Append a visit that begins now and return its row, to be completed in place."""
        row = [consignment, seq, step, visit, ready, NONE, NONE, NONE, 0]
        self.visits.append(row)
        return row

    def departure(self, number: int, **known: int) -> None:
        """Complete the row of a departure."""
        for name, value in known.items():
            self.departures[number, COLUMNS[name]] = value

    def change_capacity(self, facility: int, tick: int, units: int, cause: int) -> None:
        """Append a change of capacity that took place."""
        self.capacity.append((facility, tick, units, cause))

    def trace(self, stop: int) -> Trace:
        """Return everything as a Trace in canonical order."""
        visits = _table(self.visits, len(VISITS))
        capacity = _table(self.capacity, len(CAPACITY))
        # at the tick of the stop a facility may have changed twice (closed and opened); their order is kept
        by_facility = np.argsort(capacity[:, 0], kind="stable")
        outcomes = np.array([self.delivered, self.leader, self.step], np.int64).T.reshape(-1, len(OUTCOMES))
        return Trace(
            # a consignment's rows are appended in the order of its steps
            visits=visits[np.argsort(visits[:, 0], kind="stable")],
            departures=self.departures,
            own=self.own,
            outcomes=outcomes,
            capacity=capacity[by_facility],
            stop=stop,
        )


def _table(rows: list[list[int]] | list[tuple[int, int, int, int]], columns: int) -> Ints:
    return np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * columns).reshape(-1, columns)
