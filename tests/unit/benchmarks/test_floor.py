"""The floor visits what a run visits and waits for nobody."""

from __future__ import annotations

import numpy as np
import pytest

from corridor_sim import load, lower
from corridor_sim.engine.reference import run
from corridor_sim.network.inputs import draw_inputs
from small_world import world

pytest.importorskip("numba")
from benchmarks.floor import floor

CONSIGNMENT, SEQ, STEP, READY, END = 0, 1, 2, 4, 6


def test_the_floor_writes_the_visits_of_a_run_and_nobody_waits() -> None:
    # two at a desk that serves one: the second waits an hour in the run, and not at all on the floor
    text = world(
        flows={"f": ["08:00", "08:00"]}, facilities={"desk": {}}, steps=[{"serve": {"at": "desk", "takes": "1 h"}}]
    )
    file = load(text)
    lowered = lower(file.base, file.baseline)
    inputs = draw_inputs(lowered.program, lowered.plan, 1, 0)
    visits, played = floor(lowered.program, inputs), run(lowered.program, inputs).visits
    for column in (CONSIGNMENT, SEQ, STEP):
        assert np.array_equal(visits[:, column], played[:, column])
    assert sorted(np.unique(visits[:, END] - visits[:, READY])) == [0, 3600]
    assert visits[:, END].max() < played[:, END].max()
