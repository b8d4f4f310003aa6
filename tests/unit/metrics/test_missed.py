"""Missed cut-offs and departures of the hand-made corridor."""

from dataclasses import replace

import numpy as np

from corridor_sim.engine.program import NONE, DepartureState
from corridor_sim.metrics.missed import misses
from corridor_sim.metrics.view import view_of

BOARD = 6
"""The instruction at which the train is boarded."""


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


def _waits(told, corridor, **changed):
    """Return how often and for how many ticks cut-offs, departures without room and cancellations kept all waiting."""
    rule = replace(corridor.lowered.program.services[0], **changed)
    program = replace(corridor.lowered.program, services=(rule,))
    terms = told(corridor, replace(corridor.lowered, program=program)).terms
    names = ("missed_cutoff", "no_room", "cancelled")
    counts = [terms["missed_cutoffs" if name == names[0] else name][0].tolist() for name in names]
    return [each for (each,) in counts], [round(terms[f"{name}_hours"][0][0] * 3600) for name in names]


def test_all_members_wait_with_their_load(corridor, told):
    # 0 leads 1 and waits for 410 - 90; 2 waits for 410 - 290, as above
    assert _waits(told, corridor) == ([3, 2, 2], [100 + 100 + 100, 100 + 100, 100 + 100])


def test_who_still_waits_is_told_of_as_far_as_the_stop(stuck, told):
    assert _waits(told, stuck) == ([3, 2, 2], [100 + 100 + 50, 100 + 100, 50 + 50])


def test_marks_of_the_leader_count_for_its_load(corridor, told):
    early = {"cutoffs": (60, NONE, NONE, NONE), "close": 0}
    assert _waits(told, corridor, **early)[1][0] == 300
    code = list(corridor.lowered.program.code)
    code[2] = replace(code[5], a=0)
    marked = replace(corridor.lowered, program=replace(corridor.lowered.program, code=tuple(code)))
    corridor.lowered = marked
    assert _waits(told, corridor, **early)[1][0] == 0


def _with_departures(corridor, scheduled):
    """Let the same departures and many more be scheduled; those that nobody took ran without anybody."""
    given, trace = corridor.inputs.departures, corridor.trace
    many = len(scheduled)
    columns = {
        "service": np.zeros(many, np.int64),
        "scheduled": np.array(scheduled),
        "delay": np.zeros(many, np.int64),
        "notice": np.full(many, NONE),
        "transit": np.full(many, 50),
        "tie": np.zeros(many, np.int64),
        "capacity": np.resize(given.capacity, (many, given.capacity.shape[1])),
        "background": np.resize(given.background, (many, given.background.shape[1])),
    }
    corridor.inputs = replace(corridor.inputs, departures=replace(given, **columns))
    rows = [(0, tick, DepartureState.RAN, tick - 20, tick, tick + 50, tick + 50, tick + 60, 0) for tick in scheduled]
    visits = trace.visits.copy()
    rides = (visits[:, 2] == BOARD) & (visits[:, 7] != NONE)
    visits[rides, 7] = many - 1
    own = np.resize(trace.own, (many, trace.own.shape[1]))
    corridor.trace = replace(trace, visits=visits, departures=np.array(rows, np.int64), own=own)


def test_many_departures_may_be_missed_by_one(corridor, told):
    _with_departures(corridor, [100, 200, *range(300, 400, 5), 400])
    # 0 leads 1: at 90 all is closed before 110; it is in time for 200 to 395 and rides with that of 400.
    # 2: at 290 the 300 and 305 are closed, since it had to be there 20 ticks before; it is in time from 310 on
    assert _waits(told, corridor) == ([3, 3, 0], [2 * 100 + (310 - 300), 2 * (400 - 200) + (400 - 310), 0])


def test_who_comes_after_the_last_departure_misses_none(stuck, told):
    _with_departures(stuck, [100])
    # 0 leads 1: at 90 that of 100 is closed, and there is no other until the stop at 350; 2 comes at 290
    assert _waits(told, stuck) == ([2, 0, 0], [2 * (350 - 100), 0, 0])
