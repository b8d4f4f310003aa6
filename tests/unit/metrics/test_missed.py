"""Missed cut-offs and departures of the hand-made corridor."""

from dataclasses import replace

import numpy as np

from corridor_sim.engine.program import NONE
from corridor_sim.metrics.missed import misses
from corridor_sim.metrics.view import view_of


def _columns(found):
    return [values.tolist() for values in (found.timetable, found.cutoff, found.no_room, found.cancelled, found.late)]


def test_the_wait_is_cut_at_the_departures_not_taken(corridor):
    found = misses(view_of(corridor.lowered), corridor.inputs, corridor.trace)
    assert found.visit.tolist() == [6, 21]
    # 0: 90 to 100 timetable; to 200 cut-off; to 300 no room; to 400 cancelled; to 410 late
    assert _columns(found) == [[10, 10], [100, 100], [100, 0], [100, 0], [10, 10]]
    assert sum(np.array(column) for column in _columns(found)).tolist() == [410 - 90, 410 - 290]


def test_who_still_waits_is_counted_to_the_stop(stuck):
    found = misses(view_of(stuck.lowered), stuck.inputs, stuck.trace)
    # 0: the piece of the cancelled train ends at the stop; 2: it waits for 400 after missing 300
    assert _columns(found) == [[10, 10], [100, 50], [100, 0], [50, 0], [0, 0]]


def test_an_early_mark_meets_a_cutoff_that_arrival_would_miss(corridor):
    # without a fixed list before departure, only the documents of 60 ticks before count
    rule = replace(corridor.lowered.program.services[0], cutoffs=(60, NONE, NONE, NONE), close=0)
    unmarked = replace(corridor.lowered.program, services=(rule,))
    assert misses(
        view_of(replace(corridor.lowered, program=unmarked)), corridor.inputs, corridor.trace
    ).cutoff.tolist() == [100, 100]
    # the same with the documents marked at 30, by turning the RELEASE visit of 0 into a mark
    code = list(unmarked.code)
    code[2] = replace(code[5], a=0)
    marked = replace(unmarked, code=tuple(code))
    assert misses(
        view_of(replace(corridor.lowered, program=marked)), corridor.inputs, corridor.trace
    ).cutoff.tolist() == [0, 0]


def test_a_list_fixed_early_is_a_cutoff_too(corridor):
    rule = replace(corridor.lowered.program.services[0], cutoffs=(NONE,) * 4, close=11)
    program = replace(corridor.lowered.program, services=(rule,))
    assert misses(
        view_of(replace(corridor.lowered, program=program)), corridor.inputs, corridor.trace
    ).cutoff.tolist() == [100, 100]
    in_time = replace(program, services=(replace(rule, close=10),))
    assert misses(
        view_of(replace(corridor.lowered, program=in_time)), corridor.inputs, corridor.trace
    ).cutoff.tolist() == [0, 0]
