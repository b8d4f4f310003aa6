"""The biggest cause of lateness, on stays written by hand."""

from types import SimpleNamespace

import numpy as np

from corridor_sim.metrics.causes import biggest_cause_of_lateness
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.steps import Spells
from corridor_sim.metrics.times import NEVER
from corridor_sim.metrics.view import view_of

WAREHOUSE, TRAIN, LANE = 0, 1, 2


def _view():
    """Warehouse and train on the main way, a check in a lane of the same route."""
    return SimpleNamespace(main=np.array([True, True, False]), route=np.zeros(3, np.int64))


def _times(late_due, overrun=0):
    late = np.array(late_due, np.int64)
    return SimpleNamespace(late_due=late, on_time=late <= 0, plan_overrun=np.full(len(late), overrun, np.int64))


def _stays(*rows, unfinished=()):
    """Return Spells from (owner, step, {Spent: ticks})."""
    spent = np.array([[pieces.get(kind, 0) for kind in Spent] for _, _, pieces in rows], np.int64)
    owner, step = (np.array([row[place] for row in rows], np.int64) for place in (0, 1))
    finished = np.array([number not in unfinished for number in range(len(rows))])
    return Spells(owner, step, np.zeros(len(rows), np.int64), spent.sum(axis=1), finished, spent)


def _five(*extra_train):
    """Return five consignments with 10 at the warehouse and 50 on the train, the last with something more."""
    rows = [(owner, WAREHOUSE, {Spent.HANDLING: 10}) for owner in range(5)]
    rows += [(owner, TRAIN, {Spent.TRAVEL: 40, Spent.TIMETABLE: 10}) for owner in range(4)]
    return [*rows, *extra_train]


def test_the_step_beyond_its_median_and_what_exceeds_there():
    stays = _stays(*_five((4, TRAIN, {Spent.TRAVEL: 45, Spent.TIMETABLE: 2, Spent.NO_ROOM: 24})))
    found = biggest_cause_of_lateness(_view(), _times([-1, -1, -1, -1, 5]), stays)
    assert np.argwhere(found.by_step).tolist() == [[TRAIN, Spent.NO_ROOM]]
    assert (found.late, found.usual_course) == (1, 0)


def test_a_late_one_without_excess_is_the_usual_course():
    stays = _stays(*_five((4, TRAIN, {Spent.TRAVEL: 40, Spent.TIMETABLE: 10})))
    found = biggest_cause_of_lateness(_view(), _times([3] * 5), stays)
    assert (found.late, found.usual_course) == (5, 5)


def test_a_plan_later_than_due_outweighs_a_smaller_excess():
    stays = _stays(*_five((4, TRAIN, {Spent.TRAVEL: 60})))
    assert biggest_cause_of_lateness(_view(), _times([-1] * 4 + [30], 20), stays).usual_course == 1
    assert biggest_cause_of_lateness(_view(), _times([-1] * 4 + [30], 9), stays).usual_course == 0


def test_a_lane_is_compared_with_those_who_passed_it_by():
    rows = _five((4, TRAIN, {Spent.TRAVEL: 40, Spent.TIMETABLE: 10}))
    stays = _stays(*rows, (3, LANE, {Spent.HANDLING: 30}), (4, LANE, {Spent.HANDLING: 30}))
    found = biggest_cause_of_lateness(_view(), _times([-1, -1, -1, 2, 2]), stays)
    assert found.by_step[LANE, Spent.HANDLING] == 2


def test_the_undelivered_are_late_by_where_they_stand():
    rows = _five((4, TRAIN, {Spent.CANCELLED: 500}))
    stays = _stays(*rows, unfinished=(len(rows) - 1,))
    found = biggest_cause_of_lateness(_view(), _times([-1] * 4 + [NEVER]), stays)
    assert np.argwhere(found.by_step).tolist() == [[TRAIN, Spent.CANCELLED]]


def test_unfinished_stays_say_nothing_about_the_usual():
    rows = [(owner, TRAIN, {Spent.TRAVEL: ticks}) for owner, ticks in enumerate((10, 12, 500, 500, 500))]
    found = biggest_cause_of_lateness(
        _view(), _times([-1, 1, NEVER, NEVER, NEVER]), _stays(*rows, unfinished=(2, 3, 4))
    )
    # the usual is 11, so that even 12 is in excess
    assert found.by_step[TRAIN, Spent.TRAVEL] == 4


def test_several_laps_through_a_step_are_one_long_stay():
    rows = _five((4, TRAIN, {Spent.TRAVEL: 40, Spent.TIMETABLE: 10}))
    stays = _stays(*rows, (4, WAREHOUSE, {Spent.QUEUE: 1}), (4, WAREHOUSE, {Spent.QUEUE: 2}))
    found = biggest_cause_of_lateness(_view(), _times([-1] * 4 + [2]), stays)
    assert found.by_step[WAREHOUSE, Spent.QUEUE] == 1


def test_the_corridor_as_a_whole(corridor):
    from corridor_sim.metrics.kpis import measure

    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    # 0 and 1 are late, but were nowhere longer than the median of three
    assert (rep.lateness.late, rep.lateness.usual_course) == (2, 2)
    # due at 400 after release, 2 is late too: 90 above the median of 50 when packed, most of it the closing
    flow = corridor.lowered.scenario.flows["plums"]
    flow.due.within.value = 400
    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert np.argwhere(rep.lateness.by_step).tolist() == [[0, Spent.CLOSED]]
    assert (rep.lateness.late, rep.lateness.usual_course) == (3, 2)
