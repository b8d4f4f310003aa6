"""Closed time of several facilities at once: each has its own hours, whatever the others do."""

import numpy as np

from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import NONE
from corridor_sim.metrics.hours import open_hours


def test_each_facility_has_its_own_hours():
    # 0 is open to 10 and from 30 on for ever; 1 opens at 5 and closes at 20; 2 never opens
    capacity = [(0, 0, 1, 0), (0, 10, 0, 0), (0, 30, 2, 0), (1, 0, 0, 0), (1, 5, 1, 0), (1, 7, 3, 0), (1, 20, 0, 0)]
    capacity.append((2, 0, 0, 0))
    none = np.zeros((0, 4), np.int64)
    trace = Trace(none, none, none, none, np.array(capacity, np.int64), 100)
    facility = np.array([0, 0, 1, 1, 2, NONE])
    begin, end = np.array([5, 40, 0, 6, 10, 0]), np.array([35, 90, 30, 19, 25, 99])
    assert open_hours(trace).closed_time(facility, begin, end).tolist() == [20, 0, 5 + 10, 0, 15, 0]
