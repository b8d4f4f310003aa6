"""Time per step of the hand-made corridor."""

from dataclasses import replace

import numpy as np
import pytest

from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import AtClosing
from corridor_sim.metrics.journeys import journeys
from corridor_sim.metrics.missed import misses
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.steps import (
    customs_ticks,
    dwell_ticks,
    elapsed_at_ends,
    profile,
    spells,
    spent_along,
    waiting_ticks,
)
from corridor_sim.metrics.times import NEVER, door_to_door
from corridor_sim.metrics.view import view_of

PACKING, LOAD, TRUCK, GATE, TRAIN, CUSTOMS = range(6)


def _spells(world):
    times = door_to_door(view_of(world.lowered), world.inputs, world.trace, world.promised)
    travelled = journeys(view_of(world.lowered).instructions.batches, world.trace, times.row)
    missed = misses(view_of(world.lowered), world.inputs, world.trace)
    spent = spent_along(view_of(world.lowered), world.inputs, world.trace, travelled, missed)
    return times, spells(view_of(world.lowered), world.trace, times, travelled, spent)


def _spent(stays, owner, step):
    (row,) = np.flatnonzero((stays.owner == owner) & (stays.step == step))
    return {Spent(kind): ticks for kind, ticks in enumerate(stays.spent[row].tolist()) if ticks}


def test_each_stay_reaches_to_the_next_step(corridor):
    _, stays = _spells(corridor)
    assert stays.ticks[stays.owner == 0].tolist() == [30, 30, 30, 0, 380, 60]
    assert stays.ticks[stays.owner == 1].tolist() == [50, 0, 30, 0, 380, 60]
    assert stays.ticks[stays.owner == 2].tolist() == [140, 100, 30, 0, 180, 10]
    assert stays.finished.all()


def test_pieces_sum_to_stays_and_stays_to_door_to_door(corridor):
    times, stays = _spells(corridor)
    assert stays.spent.sum(axis=1).tolist() == stays.ticks.tolist()
    assert np.bincount(stays.owner, stays.ticks).tolist() == times.transit.tolist()


def test_what_time_was_spent_on(corridor):
    _, stays = _spells(corridor)
    assert _spent(stays, 1, PACKING) == {Spent.QUEUE: 20, Spent.HANDLING: 30}
    assert _spent(stays, 2, PACKING) == {Spent.QUEUE: 40, Spent.CLOSED: 50, Spent.HANDLING: 50}
    assert _spent(stays, 2, LOAD) == {Spent.CONSOLIDATION: 100}
    assert _spent(stays, 0, TRUCK) == {Spent.TRAVEL: 30}
    assert _spent(stays, 0, TRAIN) == {
        Spent.TIMETABLE: 10,
        Spent.MISSED_CUTOFF: 100,
        Spent.NO_ROOM: 100,
        Spent.CANCELLED: 100,
        Spent.LATE_DEPARTURE: 10,
        Spent.TRAVEL: 60,
    }
    assert _spent(stays, 0, CUSTOMS) == {Spent.INSPECTION: 60}
    assert _spent(stays, 2, CUSTOMS) == {Spent.HANDLING: 10}


def test_overtime_is_work_and_no_closure(corridor):
    rule = replace(corridor.lowered.program.facilities[0], at_closing=AtClosing.FINISH)
    program = replace(corridor.lowered.program, facilities=(rule,))
    corridor.lowered = replace(corridor.lowered, program=program)
    _, stays = _spells(corridor)
    assert _spent(stays, 2, PACKING) == {Spent.QUEUE: 40, Spent.HANDLING: 100}


def test_waiting_before_a_closed_door_is_closure_or_at_a_gate_timetable(corridor):
    # closed from 20 to 30 while 1 waits from 10 to 30
    corridor.trace.capacity[1:, 1] = 20, 30
    _, stays = _spells(corridor)
    assert _spent(stays, 1, PACKING) == {Spent.QUEUE: 10, Spent.CLOSED: 10, Spent.HANDLING: 30}
    gate = replace(corridor.lowered.steps[PACKING], kind="board", main=1)
    corridor.lowered = replace(corridor.lowered, steps=(gate, *corridor.lowered.steps[1:]))
    _, stays = _spells(corridor)
    assert _spent(stays, 1, PACKING) == {Spent.QUEUE: 10, Spent.TIMETABLE: 10, Spent.HANDLING: 30}


def test_closed_places_and_occupied_berths_delay_vehicles(corridor):
    # origin closed until 405 of the 10 ticks late; destination reopens at 463, berth free at 466
    corridor.inputs = replace(corridor.inputs, origin_closed=(((380, 405),),), destination_closed=(((455, 463),),))
    departures = corridor.trace.departures.copy()
    departures[3, 5:7] = 463, 466
    trace = corridor.trace
    corridor.trace = Trace(trace.visits, departures, trace.own, trace.outcomes, trace.capacity, trace.stop)
    _, stays = _spells(corridor)
    spent = _spent(stays, 2, TRAIN)
    assert spent[Spent.CLOSED] == 5 + 3
    assert spent[Spent.LATE_DEPARTURE] == 5
    assert spent[Spent.QUEUE] == 3
    assert spent[Spent.TRAVEL] == 60 - 3 - 3


def test_waiting_customs_and_dwell(corridor):
    times, stays = _spells(corridor)
    assert waiting_ticks(stays)[stays.owner == 2].tolist() == [90, 100, 0, 0, 120, 0]
    assert customs_ticks(view_of(corridor.lowered), stays, len(times.row)).tolist() == [60, 60, 10]
    # at B only the wait for the train; 320 for each of the load's two, 120 for the third
    assert dwell_ticks(view_of(corridor.lowered), stays) == {"A": 60 + 50 + 240, "B": 320 + 320 + 120, "C": 130}


def test_the_unfinished_stay_lasts_to_the_stop(stuck):
    _, stays = _spells(stuck)
    last = stays.step == TRAIN
    assert stays.ticks[last].tolist() == [260, 260, 60]
    assert not stays.finished[last].any()
    assert stays.finished[~last].all()
    assert stays.spent.sum(axis=1).tolist() == stays.ticks.tolist()


def test_profile_along_the_route(corridor):
    times, stays = _spells(corridor)
    found = profile(corridor.lowered, "rail", [elapsed_at_ends(view_of(corridor.lowered), times, stays)])
    assert found.km.tolist() == [0, 0, 40, 40, 1040, 1040]
    assert found.mean_hours[CUSTOMS] * 3600 == pytest.approx((530 + 520 + 460) / 3)
    # of three values, P10 is the smallest and P90 the largest
    assert found.low_hours[TRUCK] * 3600 == pytest.approx(80)
    assert found.high_hours[TRUCK] * 3600 == pytest.approx(290 - 20)


def test_of_several_laps_the_last_end_counts(corridor):
    times, stays = _spells(corridor)
    lap = replace(stays, step=np.where(stays.step == LOAD, PACKING, stays.step))
    step, ticks = elapsed_at_ends(view_of(corridor.lowered), times, lap)
    assert sorted(ticks[step == PACKING].tolist()) == [50, 60, 240]


def test_profile_is_not_available_beyond_the_stuck(stuck):
    times, stays = _spells(stuck)
    step, ticks = elapsed_at_ends(view_of(stuck.lowered), times, stays)
    assert ticks[step == CUSTOMS].tolist() == [NEVER] * 3
    assert sorted(ticks[step == GATE].tolist()) == [80, 90, 270]
    found = profile(stuck.lowered, "rail", [(step, ticks)])
    assert np.isinf(found.mean_hours[TRAIN])
    assert np.isfinite(found.mean_hours[GATE])
