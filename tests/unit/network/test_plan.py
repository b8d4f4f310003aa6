"""The promise, against timetables and hours worked out by hand."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from corridor_sim.engine.program import (
    MEASURES,
    NONE,
    ONE,
    AtClosing,
    BatchRule,
    BranchRule,
    CapacityChange,
    Cause,
    Consignments,
    Departures,
    FacilityRule,
    FlowRule,
    Inputs,
    Instruction,
    Op,
    Program,
    ServiceRule,
)
from corridor_sim.network.plan import Promises, first_barrier, promise, promised_deliveries
from corridor_sim.sampling.distributions import Constant, Uniform
from corridor_sim.sampling.tables import build_sampler

H = 3600
WIDE = len(MEASURES)
NO_CUTOFFS = (NONE,) * 4
HOUR, HALF_TO_EVEN, FIVE_HOURS = range(3)
LAWS = (Constant(Fraction(H)), Uniform(Fraction(2), Fraction(3)), Constant(Fraction(5 * H)))
"""Means of 1 h, 2.5 ticks (which rounds to 2) and 5 h."""


def _world(*rows, at_closing=AtClosing.PAUSE, service=None, scheduled=(), transit=H, containers=1, known=None, **rules):
    """Return (program, inputs) of one flow; one facility open from 8 h to 12 h and from 14 h to 20 h."""
    code = [Instruction(op, number + 1, *args) for number, (op, *args) in enumerate(rows)]
    code = [step if step.next < len(code) else Instruction(step.op, NONE, step.a, step.b, step.c) for step in code]
    known = known or {}
    program = Program(
        code=tuple(code),
        facilities=(FacilityRule(ONE, at_closing, AtClosing.PAUSE, False),),
        services=(service or ServiceRule(False, NO_CUTOFFS, 0),),
        batches=rules.get("batches", ()),
        branches=rules.get("branches", ()),
        switches=(),
        flows=(FlowRule(0, 1, False, True), FlowRule(0, 2, True, False)),
        samplers=tuple(map(build_sampler, LAWS)),
        streams=(),
        window_from=0,
        window_to=100 * H,
        horizon=200 * H,
        facility_names=("shed",),
        service_names=("train",),
        flow_names=("plums", "others"),
    )
    count = len(scheduled)
    column, wide = np.zeros(count, np.int64), np.zeros((count, WIDE), np.int64)
    one = np.array([0, 1], np.int64)
    sizes = np.full((2, WIDE), ONE)
    inputs = Inputs(
        seed=1,
        replication=0,
        noise=False,
        lanes=known.get("lanes", {}),
        consignments=Consignments(one, one * 0, one * 0 + 9 * H, one, one, sizes, one * 0 + containers),
        departures=Departures(
            column, np.array(scheduled, np.int64), column, column + NONE, column + transit, wide + NONE, wide, column
        ),
        capacity=(tuple(CapacityChange(tick * H, units * ONE, Cause.HOURS)
                        for tick, units in ((0, 0), (8, 1), (12, 0), (14, 1), (20, 0))),),
        origin_closed=(known.get("origin_closed", ()),),
        destination_closed=(known.get("destination_closed", ()),),
    )  # fmt: skip
    return program, inputs


def _planned(world, *hours):
    return promise(*world).by_flow[0].at(np.array([round(hour * H) for hour in hours])).tolist()


def test_a_delay_takes_its_mean_rounded_half_to_even():
    assert _planned(_world((Op.DELAY, HALF_TO_EVEN)), 0, 1) == [2, H + 2]


def test_a_delay_per_container_takes_it_for_each():
    assert _planned(_world((Op.DELAY, HOUR, NONE, 1), containers=3), 0) == [3 * H]
    assert _planned(_world((Op.DELAY, HOUR, NONE, 0), containers=3), 0) == [H]


WORK = ((Op.SEIZE, 0, NONE, ONE), (Op.DELAY, FIVE_HOURS, 0), (Op.RELEASE, 0))


@pytest.mark.parametrize(
    ("at_closing", "expected"),
    [
        # 5 h from 8 h: 4 before the noon break and 1 after it; from 13 h (closed): 14 to 19; from 16: 4 h, then never
        (AtClosing.PAUSE, [15, 15, 19, 20, NONE, NONE]),
        # starts again at 14 h; from 15 h it ends as the place closes; from 16 h no window is left
        (AtClosing.RESTART, [19, 19, 19, 20, NONE, NONE]),
        # works on, but starts nothing while closed
        (AtClosing.FINISH, [13, 13, 19, 20, 21, NONE]),
    ],
)
def test_work_over_closings(at_closing, expected):
    hours = [hour * H if hour != NONE else NONE for hour in expected]
    assert _planned(_world(*WORK, at_closing=at_closing), 0, 8, 13, 15, 16, 20) == hours


def test_failures_are_not_planned():
    program, inputs = _world(*WORK)
    changes = (*inputs.capacity[0][:2], CapacityChange(9 * H, 0, Cause.FAILURE), *inputs.capacity[0][2:])
    object.__setattr__(inputs, "capacity", (changes,))
    assert _planned((program, inputs), 8) == [15 * H]


def test_a_request_larger_than_what_is_open_waits():
    # two of the one server at a time are never there
    assert _planned(_world((Op.SEIZE, 0, NONE, 2 * ONE), (Op.DELAY, HOUR, 0)), 8) == [NONE]
    pallets = MEASURES.index("pallet")
    assert _planned(_world((Op.SEIZE, 0, pallets), (Op.DELAY, HOUR, 0)), 8) == [9 * H]


BOARD = (Op.BOARD, 0, NONE, NONE)


def test_the_first_departure_in_time_and_none_left():
    # list closes 2 h before: 8 h makes that of 10 h exactly, a second later does not
    world = _world(BOARD, service=ServiceRule(False, NO_CUTOFFS, 2 * H), scheduled=(10 * H, 20 * H))
    assert _planned(world, 8, 8 + 1 / H, 18, 18.5) == [11 * H, 21 * H, 21 * H, NONE]


def test_each_cutoff_compares_with_its_own_last_mark():
    # documents 6 h and yard 1 h before; documents are marked at release, the yard on arrival an hour later
    rule = ServiceRule(False, (6 * H, NONE, 1 * H, NONE), 1 * H)
    marked = _world((Op.MARK, 0), (Op.DELAY, HOUR), BOARD, service=rule, scheduled=(10 * H, 20 * H))
    assert _planned(marked, 4, 4 + 1 / H) == [11 * H, 21 * H]
    # without the mark, the documents are those brought to the step, an hour later
    unmarked = _world((Op.DELAY, HOUR), BOARD, service=rule, scheduled=(10 * H, 20 * H))
    assert _planned(unmarked, 3, 4) == [11 * H, 21 * H]
    # of two marks of a kind the last counts
    twice = _world((Op.MARK, 0), (Op.DELAY, HOUR), (Op.MARK, 0), BOARD, service=rule, scheduled=(10 * H, 20 * H))
    assert _planned(twice, 4) == [21 * H]


def test_known_closures_hold_or_cancel_vehicles():
    rule = ServiceRule(False, NO_CUTOFFS, 0, longest_hold=3 * H)
    held = {"origin_closed": ((9 * H, 12 * H),), "destination_closed": ((13 * H, 17 * H),)}
    # leaves at 12 h, would land at 13 h, is let in at 17 h
    assert _planned(_world(BOARD, service=rule, scheduled=(10 * H, 30 * H), known=held), 8) == [17 * H]
    # 4 h are more than it is held
    gone = {"origin_closed": ((9 * H, 14 * H),)}
    assert _planned(_world(BOARD, service=rule, scheduled=(10 * H, 30 * H), known=gone), 8) == [31 * H]


def test_berths_have_hours_and_take_time():
    # unloads for an hour at a berth that opens at 14 h
    rule = ServiceRule(False, NO_CUTOFFS, 0, berth_to=0, unloading=HOUR)
    assert _planned(_world(BOARD, service=rule, scheduled=(11.5 * H, 30 * H)), 8, 12) == [15 * H, NONE]
    # landed at 19.5 h, it is unloaded by the night shift or goes on in the morning, which here never comes
    late = {"service": rule, "scheduled": (18.5 * H,)}
    assert _planned(_world(BOARD, at_closing=AtClosing.FINISH, **late), 8) == [20.5 * H]
    assert _planned(_world(BOARD, at_closing=AtClosing.PAUSE, **late), 8) == [NONE]
    # loads for an hour from the scheduled departure on, then rides for one
    loading = ServiceRule(False, NO_CUTOFFS, 0, loading=HOUR)
    assert _planned(_world(BOARD, service=loading, scheduled=(10 * H,)), 8) == [12 * H]


def test_a_batch_waits_for_its_timeout_and_sets_the_boxes():
    two_boxes = tuple(2 * ONE if name == "box" else NONE for name in MEASURES)
    rule = BatchRule(MEASURES.index("pallet"), 20 * ONE, 48 * H, two_boxes)
    world = _world((Op.BATCH, 0), (Op.DELAY, HOUR, NONE, 1), batches=(rule,))
    assert _planned(world, 0) == [50 * H]
    full_only = _world((Op.BATCH, 0), (Op.DELAY, HOUR), batches=(BatchRule(6, 20 * ONE, NONE, two_boxes),))
    assert _planned(full_only, 0) == [H]


def test_a_branch_takes_the_likeliest_lane_or_the_given_one():
    rule = BranchRule((1, 2), (2, 1), 0, (0, 0), (NONE, NONE))
    rows = ((Op.BRANCH, 0), (Op.DELAY, FIVE_HOURS), (Op.DELAY, HOUR))
    assert _planned(_world(*rows, branches=(rule,)), 0) == [H]
    assert _planned(_world(*rows, branches=(rule,), known={"lanes": {0: 1}}), 0) == [6 * H]


def test_a_loop_is_left_after_its_bound():
    rule = BranchRule((1,), (0,), 0, (2,), (NONE,))
    assert _planned(_world((Op.DELAY, HOUR), (Op.BRANCH, 0), branches=(rule,)), 0) == [3 * H]


def test_the_first_step_that_nobody_ends_is_found():
    def barrier(world, hour):
        return first_barrier(*world, 0, np.array([hour * H]))

    # 4 of 5 h are done before the last closing; whoever comes at 15 h is through
    assert (barrier(_world(*WORK), 16), barrier(_world(*WORK), 15)) == (1, NONE)
    # one is enough
    assert first_barrier(*_world(*WORK), 0, np.array([16 * H, 8 * H])) == NONE
    # begun at 9 h, the first round ends at 16 h; the second is not over at the last closing
    again = BranchRule((1,), (0,), 0, (2,), (4,))
    round_and_ride = (*WORK, (Op.BRANCH, 0), BOARD)
    assert barrier(_world(*round_and_ride, branches=(again,), scheduled=(60 * H,)), 9) == 1
    # what lies behind a loop is reached too: three rounds of an hour end at 11 h, the train left at 10 h
    short = ((Op.DELAY, HOUR), (Op.BRANCH, 0), BOARD)
    behind = BranchRule((1,), (0,), 0, (2,), (2,))
    assert barrier(_world(*short, branches=(behind,), scheduled=(10 * H,)), 8) == 2
    assert barrier(_world(*short, branches=(behind,), scheduled=(11 * H,)), 8) == NONE


def test_only_measured_own_flows_are_promised():
    program, inputs = _world((Op.SWITCH, 0), (Op.DELAY, HOUR))
    assert promised_deliveries(program, inputs, inputs.consignments).tolist() == [10 * H, NONE]
    # the same where it is worked out for these releases alone
    assert Promises(program, inputs).deliveries(inputs.consignments).tolist() == [10 * H, NONE]


def test_a_lost_release_stays_lost():
    world = _world(BOARD, (Op.BATCH, 0), *WORK, (Op.DELAY, HOUR), scheduled=(6 * H,),
                   batches=(BatchRule(6, ONE, H, (NONE,) * WIDE),))  # fmt: skip
    # lands at 7 h, batch to 8 h, works to 15 h, one hour more
    assert _planned(world, 5, 7) == [16 * H, NONE]


def test_agrees_with_the_engine_on_an_empty_corridor():
    """The reference engine without noise delivers a lone consignment when promised."""
    from corridor_sim.engine.reference import run

    rule = ServiceRule(False, (6 * H, NONE, 1 * H, NONE), 1 * H, longest_hold=3 * H, berth_to=0, unloading=HOUR,
                       unloading_stream=0)  # fmt: skip
    rows = (*WORK, (Op.MARK, 0), (Op.DELAY, HOUR), BOARD, (Op.DELAY, HALF_TO_EVEN))
    program, inputs = _world(*rows, service=rule, scheduled=(22 * H, 60 * H))
    changes = (*inputs.capacity[0], CapacityChange(32 * H, ONE, Cause.HOURS))
    inputs = SimpleNamespace(**{**vars(inputs), "capacity": (changes,)})
    alone = Consignments(*(column[:1] for column in vars(inputs.consignments).values()))
    inputs.consignments = alone
    program = Program(**{**vars(program), "streams": ("s",), "code": tuple(
        Instruction(step.op, step.next, step.a, step.b, step.c, 0 if step.op is Op.DELAY else NONE)
        for step in program.code)})  # fmt: skip
    # worked 9-12 and 14-16, documents at 16, just in time for 22 h; the berth opens at 32 h, unloaded at 33 h
    assert promised_deliveries(program, inputs, alone).tolist() == [33 * H + 2]
    assert run(program, inputs).outcomes[0, 0] == 33 * H + 2
