"""Utilisation, queues and load factors of the hand-made corridor."""

from dataclasses import replace

import pytest

from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import ONE, AtClosing
from corridor_sim.metrics.resources import facility_use, service_use
from corridor_sim.metrics.view import view_of


def test_busy_over_staffed_without_the_paused_hours(corridor):
    use = facility_use(view_of(corridor.lowered), corridor.trace)
    # held from 0 to 160, of which closed from 100 to 150; staffed to 100 and from 150 to the stop at 530
    assert use.busy.tolist() == [110 * ONE]
    assert use.staffed.tolist() == [480 * ONE]
    assert use.span == 530


def test_overtime_counts_as_busy(corridor):
    rule = replace(corridor.lowered.program.facilities[0], at_closing=AtClosing.FINISH)
    program = replace(corridor.lowered.program, facilities=(rule,), window_from=60, window_to=150)
    use = facility_use(view_of(replace(corridor.lowered, program=program)), corridor.trace)
    assert (use.busy.tolist(), use.staffed.tolist()) == ([90 * ONE], [40 * ONE])


def test_queue_over_time(corridor):
    # 1 waits from 10 to 30, 2 from 20 to 60: both from 20 to 30
    use = facility_use(view_of(corridor.lowered), corridor.trace)
    assert (use.queue.tolist(), use.longest_queue.tolist()) == ([20 + 40], [2])
    later = facility_use(
        view_of(replace(corridor.lowered, program=replace(corridor.lowered.program, window_from=30))), corridor.trace
    )
    assert (later.queue.tolist(), later.longest_queue.tolist()) == ([30], [1])


def test_a_vehicle_occupies_the_berth_where_it_unloads(corridor):
    service = replace(corridor.lowered.program.services[0], berth_to=0)
    program = replace(corridor.lowered.program, services=(service,), window_from=455)
    # the train of 400 lies there from 460 to 470
    assert facility_use(view_of(replace(corridor.lowered, program=program)), corridor.trace).busy.tolist() == [10 * ONE]


def test_load_factors_and_fates(corridor):
    use = service_use(view_of(corridor.lowered), corridor.inputs, corridor.trace)
    # of 4 TEU: others 2, 4 and 1; ours 2 on the last
    assert use.own_load.tolist() == [pytest.approx(0.5)]
    assert use.full_load.tolist() == [pytest.approx(0.5 + 1 + 0.75)]
    assert (use.ran.tolist(), use.cancelled.tolist(), use.left_behind.tolist()) == ([3], [1], [1])


def test_the_fullest_measure_binds(corridor):
    # ours take all 4 plugs of the last train but only 2 of its 4 TEU: plugs bind it
    corridor.inputs.departures.capacity[:, 4] = 4 * ONE
    own = corridor.trace.own.copy()
    own[3, 4] = 4 * ONE
    trace = corridor.trace
    trace = Trace(trace.visits, trace.departures, own, trace.outcomes, trace.capacity, trace.stop)
    use = service_use(view_of(corridor.lowered), corridor.inputs, trace)
    assert use.own_load.tolist() == [pytest.approx(1.0)]
    assert use.full_load.tolist() == [pytest.approx(0.5 + 1 + 1)]


def test_only_departures_scheduled_in_the_window(corridor):
    program = replace(corridor.lowered.program, window_from=150, window_to=400)
    use = service_use(view_of(replace(corridor.lowered, program=program)), corridor.inputs, corridor.trace)
    assert (use.ran.tolist(), use.cancelled.tolist()) == ([1], [1])
