"""Members of a load inherit its leader's way, also through a second load."""

import numpy as np

from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import NONE, Instruction, Op
from corridor_sim.metrics.journeys import journeys
from corridor_sim.metrics.view import view_of


def test_members_go_on_in_their_leaders_visits(corridor):
    travelled = journeys(view_of(corridor.lowered).instructions.batches, corridor.trace, np.array([0, 1, 2]))
    ways = [travelled.visit[travelled.owner == owner].tolist() for owner in range(3)]
    assert ways[0] == list(range(11))
    assert ways[1] == [11, 12, 13, 14, *range(4, 11)]
    assert ways[2] == list(range(15, 25))


def test_a_load_may_join_another_load_in_the_same_tick():
    code = (Instruction(Op.BATCH, 1, 0), Instruction(Op.BATCH, 2, 1), Instruction(Op.DELAY, NONE))
    visits = [
        # 0 joins 1 at the first batch; 1 joins 2 at the second, all at tick 5; 2 travels for them
        (0, 0, 0, 0, 3, 5, 5, 1, 2),
        (1, 0, 0, 0, 2, 5, 5, 1, 2),
        (1, 1, 1, 0, 5, 5, 5, 2, 2),
        (2, 0, 0, 0, 1, 1, 1, 2, 1),
        (2, 1, 1, 0, 1, 5, 5, 2, 2),
        (2, 2, 2, 0, 5, 5, 9, NONE, 0),
    ]
    trace = Trace(np.array(visits, np.int64), *[np.zeros((0, 1), np.int64)] * 4, stop=9)
    travelled = journeys(np.array([row.op is Op.BATCH for row in code]), trace, np.array([0, 2]))
    assert travelled.visit[travelled.owner == 0].tolist() == [0, 2, 5]
    assert travelled.visit[travelled.owner == 1].tolist() == [3, 4, 5]


def test_two_loads_of_one_leader_in_one_tick_are_told_apart():
    code = (Instruction(Op.BATCH, 1, 0), Instruction(Op.BATCH, 2, 1), Instruction(Op.DELAY, NONE))
    visits = [
        (0, 0, 0, 0, 3, 5, 5, 1, 2),
        (1, 0, 0, 0, 2, 5, 5, 1, 2),
        (1, 1, 1, 0, 5, 5, 5, 1, 2),
        (1, 2, 2, 0, 5, 5, 9, NONE, 0),
        (2, 0, 1, 0, 1, 5, 5, 1, 2),
    ]
    trace = Trace(np.array(visits, np.int64), *[np.zeros((0, 1), np.int64)] * 4, stop=9)
    travelled = journeys(np.array([row.op is Op.BATCH for row in code]), trace, np.array([0, 2]))
    assert travelled.visit[travelled.owner == 0].tolist() == [0, 2, 3]
    assert travelled.visit[travelled.owner == 1].tolist() == [4, 3]
