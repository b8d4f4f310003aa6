"""Laws that hold on every trace, exactly: Little's law, and that nothing gets lost, doubled or overloaded."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from corridor_sim.engine.program import NONE, DepartureState, Op
from load_sizes import load_sizes

CONSIGNMENT, SEQ, STEP, VISIT, READY, START, END, RESOURCE, UNITS = range(9)


@pytest.fixture(scope="module", params=["as it is", "smaller ship"])
def rich(request, every_alternative):
    """Two replications of scenarios/rich.yaml, which has everything: once as it is and once overloaded."""
    return every_alternative("rich", 2)[request.param]


def op_of(seen):
    """Return the operation of each visit."""
    return np.array([instruction.op for instruction in seen.program.code])[seen.trace.visits[:, STEP]]


def area(enters, leaves, stop):
    """Return the time integral of the number inside until the stop, by sweeping over all who come and go."""
    ticks = np.concatenate([enters, leaves[leaves != NONE], [stop]])
    changes = np.ones(len(ticks), np.int64)
    changes[len(enters) :] = -1
    order = np.argsort(ticks, kind="stable")
    inside = np.cumsum(changes[order])
    return int((inside[:-1] * np.diff(ticks[order])).sum())


def until(ticks, stop):
    """Return ticks, with the stop where something has not happened."""
    return np.where(ticks == NONE, stop, np.minimum(ticks, stop))


def test_little_at_every_facility(rich):
    for seen in rich:
        visits, ops, stop = seen.trace.visits, op_of(seen), seen.trace.stop
        yard_left = np.array([instruction.b for instruction in seen.program.code])[visits[:, STEP]]
        for facility in range(len(seen.program.facilities)):
            seized = visits[(ops == Op.SEIZE) & (visits[:, RESOURCE] == facility)]
            released = visits[(ops == Op.RELEASE) & (visits[:, RESOURCE] == facility), END]
            sailed = visits[(ops == Op.BOARD) & (yard_left == facility), START]
            # those who come and go on one side, how long each of them waits and holds on the other
            waits = until(seized[:, START], stop) - seized[:, READY]
            holds = until(seized[:, END], stop) - until(seized[:, START], stop)
            assert area(seized[:, READY], np.append(released, sailed), stop) == waits.sum() + holds.sum()


def test_little_in_the_whole_world(rich):
    for seen in rich:
        cargo, stop = seen.inputs.consignments, seen.trace.stop
        released = cargo.release < stop
        delivered = seen.trace.outcomes[:, 0]
        visits, ops = seen.trace.visits, op_of(seen)
        ends = np.where(ops == Op.SEIZE, visits[:, START], visits[:, END])
        ends = np.where(ops == Op.RELEASE, visits[:, START], ends)
        passed = until(ends, stop) - visits[:, READY]
        # whoever joined another's load is on its way as long as the leader after the load was formed
        on_the_way = np.bincount(visits[:, CONSIGNMENT], passed, len(delivered)).astype(np.int64)
        leader = seen.trace.outcomes[:, 1]
        followers = np.flatnonzero(leader != np.arange(len(leader)))
        joined = cargo.release[followers] + on_the_way[followers]
        on_the_way[followers] += until(delivered[leader[followers]], stop) - joined
        assert area(cargo.release[released], delivered[released], stop) == on_the_way[released].sum()


def test_everybody_of_the_window_is_delivered_or_said_to_be_somewhere(rich):
    for seen in rich:
        delivered, _, step = seen.trace.outcomes[seen.measured].T
        assert ((delivered == NONE) == (step != NONE)).all()
        assert (delivered != NONE).any()
        ran_out = seen.trace.stop == seen.program.horizon
        assert ran_out == bool((delivered == NONE).any())


def test_members_of_a_load_are_delivered_with_their_leader(rich):
    for seen in rich:
        delivered, leader, _ = seen.trace.outcomes.T
        assert (delivered == delivered[leader]).all()
        assert (leader != np.arange(len(leader))).any()


def test_nobody_is_at_two_places_or_nowhere(rich):
    for seen in rich:
        visits, ops = seen.trace.visits, op_of(seen)
        same = np.flatnonzero(visits[1:, CONSIGNMENT] == visits[:-1, CONSIGNMENT])
        # one goes on when granted what one seizes, at once after a release, else when the step ends
        goes_on = np.where((ops == Op.SEIZE) | (ops == Op.RELEASE), visits[:, START], visits[:, END])
        assert (visits[same + 1, READY] == goes_on[same]).all()
        assert (visits[same + 1, SEQ] == visits[same, SEQ] + 1).all()
        first = visits[visits[:, SEQ] == 0]
        assert (first[:, READY] == seen.inputs.consignments.release[first[:, CONSIGNMENT]]).all()


def test_every_release_gives_back_what_was_seized_and_nothing_else(rich):
    for seen in rich:
        program = seen.program
        held: dict[tuple[int, int], int] = {}
        given = 0
        for row in seen.trace.visits.tolist():
            instruction, holder = program.code[row[STEP]], row[CONSIGNMENT]
            if instruction.op is Op.SEIZE and row[START] != NONE:
                assert (holder, row[RESOURCE]) not in held
                held[holder, row[RESOURCE]] = row[UNITS]
            elif instruction.op is Op.RELEASE:
                assert held.pop((holder, row[RESOURCE])) == row[UNITS]
                given += 1
            elif instruction.op is Op.BOARD and instruction.b != NONE and row[START] != NONE:
                assert held.pop((holder, instruction.b)) > 0
        assert given > 1000
        delivered = seen.trace.outcomes[:, 0] != NONE
        assert not any(delivered[holder] for holder, _ in held)


def test_no_facility_ever_holds_more_than_it_has(rich):
    for seen in rich:
        visits, ops, stop = seen.trace.visits, op_of(seen), seen.trace.stop
        for number, rule in enumerate(seen.program.facilities):
            rows = visits[(ops == Op.SEIZE) & (visits[:, RESOURCE] == number) & (visits[:, START] != NONE)]
            ends = until(rows[:, END], stop + 1)
            ticks = np.concatenate([rows[:, START], ends])
            units = np.concatenate([rows[:, UNITS], -rows[:, UNITS]])
            # at one tick what is given back counts before what is taken
            level = np.cumsum(units[np.lexsort((units, ticks))])
            assert level.max(initial=0) <= rule.units


def test_no_berth_ever_holds_more_vehicles_than_it_has_room_for(rich):
    for seen in rich:
        service, *_, berthed, left, _ = seen.trace.departures.T
        for number, line in enumerate(seen.program.services):
            there = (service == number) & (berthed != NONE)
            came, went = berthed[there], until(left[there], seen.trace.stop + 1)
            in_order = np.lexsort((np.repeat([1, -1], len(came)), np.append(came, went)))
            vehicles = np.cumsum(np.repeat([1, -1], len(came))[in_order])
            assert 1 <= vehicles.max() * 1000 <= seen.program.facilities[line.berth_to].units


def test_nothing_is_granted_where_nothing_is_open(rich):
    for seen in rich:
        visits, ops = seen.trace.visits, op_of(seen)
        changes = defaultdict(list)
        for facility, tick, units, _ in seen.trace.capacity.tolist():
            changes[facility].append((tick, units))
        for facility, steps in changes.items():
            grants = visits[(ops == Op.SEIZE) & (visits[:, RESOURCE] == facility), START]
            ticks, units = np.array(steps).T
            last = np.searchsorted(ticks, grants[grants != NONE], side="right") - 1
            assert (units[last] > 0).all()


def test_every_departure_carries_at_most_what_others_leave_in_every_measure(rich):
    for seen in rich:
        departures, own = seen.inputs.departures, seen.trace.own
        bound = departures.capacity != NONE
        free = departures.capacity - departures.background
        assert (free[bound] >= 0).all()
        assert (own[bound] <= free[bound]).all()
        assert (own[bound] == free[bound]).any() or (own > 0).any()


def test_what_departures_carry_is_what_boarded_them(rich):
    for seen in rich:
        rows = seen.trace.visits[(op_of(seen) == Op.BOARD) & (seen.trace.visits[:, START] != NONE)]
        sizes = load_sizes(seen.program, seen.inputs, seen.trace)
        carried = np.zeros_like(seen.trace.own)
        np.add.at(carried, rows[:, RESOURCE], sizes[rows[:, CONSIGNMENT]])
        ran = seen.trace.departures[:, 2] == DepartureState.RAN
        assert (carried[ran] == seen.trace.own[ran]).all()
        assert not carried[~ran].any()


def test_departures_happen_in_the_order_of_their_stages(rich):
    for seen in rich:
        _, scheduled, state, closed, actual, arrived, berthed, left, _ = seen.trace.departures.T
        ran = state == DepartureState.RAN
        assert (closed[ran] <= scheduled[ran]).all() and (scheduled[ran] <= actual[ran]).all()
        stages = np.column_stack([actual, arrived, berthed, left])[ran & (left != NONE)]
        assert (np.diff(stages, axis=1) >= 0).all()
        assert {*np.unique(state).tolist()} >= {DepartureState.RAN, DepartureState.CANCELLED}
