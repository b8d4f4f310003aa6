"""The field's indicators, counted on fingers from hand-made replications."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from corridor_sim.engine.program import NONE
from corridor_sim.evidence.corridor import (
    hours_along,
    passage_hours,
    passages_of,
    release_intervals,
    section_cost,
    speed,
)
from corridor_sim.evidence.intervals import Values, planning_time_index
from corridor_sim.metrics.times import NEVER

H = 3600
CLEAR, SELECTED = 0, 1


def _rep(details=None, elapsed=((), ()), releases=()):
    step, ticks = (np.array(part, np.int64) for part in elapsed)
    return SimpleNamespace(
        details=details or {}, elapsed=(step, ticks), releases=np.array(releases, np.int64).reshape(-1, 7)
    )


def test_the_planning_time_index_is_p95_over_the_mean_plan():
    # twenty journeys of 10 to 29 hours, P95 is the 19th: 28; planned for 14 hours each, one not known
    pairs = np.column_stack((np.arange(10.0, 30.0), np.full(20, 14.0)))
    pairs[3, 1] = math.nan
    assert planning_time_index(Values(pairs)) == 28 / 14
    assert math.isnan(planning_time_index(Values(np.zeros((0, 2)))))
    pairs[5:, 0] = math.inf
    assert math.isinf(planning_time_index(Values(pairs)))


def test_hours_of_a_border_are_those_of_its_passages():
    # (hours, passages): 30 hours in 10 passages of one office and 20 in 10 of the other
    details = {"step/r/export/hours": (30.0, 10.0), "step/r/import/hours": (20.0, 10.0)}
    assert passage_hours([_rep(details)], ["step/r/export", "step/r/import"]).value == 50 / 20


def test_speed_with_and_without_delay():
    # 4 go 100 km in 8 hours together, 3 of them go on 200 km in 24; 10 hours of rest in all; 6 hours stood on the way
    details = {
        "step/r/road/hours": (8.0, 4.0),
        "step/r/road/travelling_hours": (7.0, 4.0),
        "step/r/rail/hours": (24.0, 3.0),
        "step/r/rail/travelling_hours": (19.0, 3.0),
        "step/r/rest/hours": (10.0, 4.0),
        "step/r/rest/travelling_hours": (0.0, 4.0),
    }
    km = {"step/r/road": 100.0, "step/r/rail": 200.0, "step/r/rest": 0.0}
    assert speed([_rep(details)], km, delays=True).value == (400 + 600) / (8 + 24 + 10)
    assert speed([_rep(details)], km, delays=False).value == (400 + 600) / (7 + 19)


def test_the_cost_of_a_section_is_per_500_km_and_20_tonnes():
    # 40 t over 1000 km are 4 sections of 500 km and 20 t, 10 t over 500 km half of one; the third goes nowhere
    cost = section_cost(
        [np.array([8000.0, 1000.0, 77.0])], [np.array([40.0, 10.0, 5.0])], np.array([1000.0, 500.0, 0.0])
    )
    assert cost.value == 9000 / 4.5


def test_hours_along_the_way_of_all_replications():
    first = _rep(elapsed=([0, 0, 1, 1], [2 * H, 4 * H, 10 * H, NEVER]))
    second = _rep(elapsed=([0], [6 * H]))
    gate, port = hours_along([first, second])
    assert (gate.step, gate.mean.value, gate.least, gate.most, gate.count) == (0, 4, 2, 6, 3)
    assert (gate.p5.value, gate.p95.value) == (2, 6)
    assert (port.step, port.least, port.count) == (1, 10, 2)
    assert math.isinf(port.mean.value) and math.isinf(port.most)


PASSAGES = [
    # step, lane, arrived, accepted, inspected from and to, released
    (3, CLEAR, 0, 2 * H, NONE, NONE, 3 * H),
    (3, SELECTED, 0, 2 * H, 10 * H, 14 * H, 15 * H),
    (4, CLEAR, 0, 99 * H, NONE, NONE, 99 * H),
]


def test_intervals_of_time_release_by_lane():
    reps = [_rep(releases=PASSAGES), _rep(releases=PASSAGES[:1])]

    def means(lane):
        return {
            name: (each.mean.value, each.count) for name, each in release_intervals(passages_of(reps, 3), lane).items()
        }

    assert means(SELECTED) == {
        "lodgement to acceptance": (2, 1),
        "acceptance to inspection": (8, 1),
        "inspection": (4, 1),
        "decision to release": (1, 1),
        "arrival to release": (15, 1),
    }
    assert means(CLEAR) == {
        "lodgement to acceptance": (2, 2),
        "decision to release": (1, 2),
        "arrival to release": (3, 2),
    }
    assert means(None)["arrival to release"] == ((3 + 15 + 3) / 3, 3)
    every = release_intervals(passages_of(reps, 3), None)["arrival to release"]
    assert (every.p50.value, every.p90.value) == (3, 15)


@pytest.mark.parametrize("lane", [CLEAR, SELECTED, None])
def test_a_step_that_nobody_passed_has_no_intervals(lane):
    assert release_intervals(passages_of([_rep()], 3), lane) == {}
