"""Failures by the calendar: each uptime and repair is the draw of its number, however many are drawn at once."""

from __future__ import annotations

import pytest

from corridor_sim import load, lower
from corridor_sim.engine.program import Cause
from corridor_sim.network import inputs
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.sampling.streams import name_word, stream_key, uniforms
from corridor_sim.sampling.tables import sample_ticks
from small_world import world

SEED, REPLICATION = 3, 1
BROKEN = {"every": {"uniform": ["1 h", "5 h"]}, "lasts": {"exponential": {"mean": "1 h", "max": "9 h"}}}


@pytest.mark.parametrize("at_once", [1, 7, 64, 1000])
def test_every_failure_is_the_draw_of_its_number(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    desk = {"desk": {"failures": BROKEN}}
    file = load(world({"f": "08:00"}, facilities=desk, steps=[{"serve": {"at": "desk", "takes": "1 h"}}]))
    lowered = lower(file.base, file.baseline)
    program, plan = lowered.program, lowered.plan.facilities[0]
    key, word = stream_key(SEED, program.streams[plan.failure_stream]), name_word(plan.name)
    tick, wanted = 0, []
    while tick < program.horizon:
        number = len(wanted) // 2
        for law, visit, units in ((plan.uptime, 0, 0), (plan.repair, 1, plan.units)):
            tick += int(sample_ticks(program.samplers[law], *uniforms(key, REPLICATION, word, number, visit)))
            wanted.append((tick, units))
    monkeypatch.setattr(inputs, "FAILURES_AT_ONCE", at_once)
    changes = draw_inputs(program, lowered.plan, SEED, REPLICATION).capacity[0]
    found = [(change.tick, change.units) for change in changes if change.cause is Cause.FAILURE]
    assert found == [change for change in wanted if change[0] < program.horizon]
    assert len(found) > 2 * 64
