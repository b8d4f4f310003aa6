"""Door-to-door times and lateness, counted by hand."""

from dataclasses import replace

from corridor_sim.metrics.times import NEVER, UNPROMISED, door_to_door, measured_rows
from corridor_sim.metrics.view import view_of


def test_transit_and_lateness_of_the_delivered(corridor):
    times = door_to_door(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert times.transit.tolist() == [530 - 0, 530 - 10, 480 - 20]
    assert times.late_due.tolist() == [530 - 500, 530 - 510, 480 - 520]
    assert times.late_promised.tolist() == [50, 50, UNPROMISED]
    assert times.on_time.tolist() == [False, False, True]


def test_undelivered_is_late_without_end(stuck):
    times = door_to_door(view_of(stuck.lowered), stuck.inputs, stuck.trace, stuck.promised)
    assert times.transit.tolist() == [-1, -1, -1]
    assert times.late_due.tolist() == [NEVER] * 3
    assert times.late_promised.tolist() == [NEVER, NEVER, UNPROMISED]
    assert not times.on_time.any()


def test_a_promise_later_than_due_is_an_overrun(corridor):
    corridor.promised[:] = [540, 480, -1]
    times = door_to_door(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert times.plan_overrun.tolist() == [540 - 500, 0, 0]


def test_only_releases_of_own_flows_in_the_window_are_measured(corridor):
    program = replace(corridor.lowered.program, window_from=10, window_to=20)
    assert measured_rows(view_of(replace(corridor.lowered, program=program)), corridor.inputs).tolist() == [1]
    others = replace(corridor.lowered.program.flows[0], background=True)
    assert (
        measured_rows(
            view_of(replace(corridor.lowered, program=replace(program, flows=(others,)))), corridor.inputs
        ).tolist()
        == []
    )
