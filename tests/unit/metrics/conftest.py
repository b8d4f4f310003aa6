"""One small corridor with a Trace written by hand, from which every figure can be counted on fingers."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from importlib.util import find_spec
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from corridor_sim.engine.base import Trace
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
from corridor_sim.metrics.kpis import measure
from corridor_sim.metrics.view import view_of
from corridor_sim.network.info import StepInfo
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.calendars import Clock

WIDE = len(MEASURES)
YARD = 2
SHANGHAI = ZoneInfo("Asia/Shanghai")
RAN, CANCELLED = 1, 2
NOTHING = (NONE,) * WIDE


def _step(name: str, kind: str, begins: str, ends: str, km: int, main: int, **known: object) -> StepInfo:
    return StepInfo("rail", name, kind, "", begins, ends, Fraction(km), main, **known)


STEPS = (
    _step("packing", "work", "A", "A", 0, 1, facility="packhouse"),
    _step("load", "batch", "A", "A", 0, 3),
    _step("truck", "move", "A", "B", 40, 4),
    _step("gate in", "mark", "B", "B", 0, 5),
    _step("train", "board", "B", "C", 1000, 6, service="train"),
    _step("customs", "customs", "C", "C", 0, 10, customs_side="export", inspection=9),
)
STEP_OF = (0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5)


def _program() -> Program:
    rows = [
        (Op.SEIZE, 0, NONE, ONE),
        (Op.DELAY, NONE, 0, 0),
        (Op.RELEASE, 0, NONE, 0),
        (Op.BATCH, 0, NONE, 0),
        (Op.DELAY, NONE, NONE, 0),
        (Op.MARK, YARD, NONE, 0),
        (Op.BOARD, 0, NONE, NONE),
        (Op.DELAY, NONE, NONE, 0),
        (Op.BRANCH, 0, NONE, 0),
        (Op.DELAY, NONE, NONE, 0),
        (Op.MARK, 3, NONE, 0),
    ]
    code = [Instruction(op, number + 1, a, b, c) for number, (op, a, b, c) in enumerate(rows)]
    code[-1] = Instruction(Op.MARK, NONE, 3)
    return Program(
        code=tuple(code),
        facilities=(FacilityRule(ONE, AtClosing.PAUSE, AtClosing.PAUSE, False),),
        services=(ServiceRule(False, (NONE, NONE, 20, NONE), 20),),
        batches=(BatchRule(MEASURES.index("pallet"), 2 * ONE, 100, NOTHING),),
        branches=(BranchRule((1 << 52, 1 << 53), (10, 9), 0, (0, 0), (NONE, NONE)),),
        switches=(),
        flows=(FlowRule(0, 1, False, True),),
        samplers=(),
        streams=(),
        window_from=0,
        window_to=1000,
        horizon=5000,
        facility_names=("packhouse",),
        service_names=("train",),
        flow_names=("plums",),
    )


def _inputs() -> Inputs:
    def three(*values: int) -> np.ndarray:
        return np.array(values, np.int64)

    sizes = np.full((3, WIDE), ONE, np.int64)
    scheduled = np.array([100, 200, 300, 400], np.int64)
    zero = np.zeros(4, np.int64)
    capacity = np.full((4, WIDE), NONE, np.int64)
    capacity[:, 0] = 4 * ONE
    background = np.zeros((4, WIDE), np.int64)
    background[:, 0] = [2 * ONE, 4 * ONE, 0, ONE]
    notice = np.array([NONE, NONE, 250, NONE], np.int64)
    return Inputs(
        seed=1,
        replication=7,
        noise=True,
        lanes={},
        consignments=Consignments(three(0, 0, 0), three(0, 1, 2), three(0, 10, 20), three(0, 0, 0), three(5, 6, 7),
                                  sizes, three(1, 1, 1)),
        departures=Departures(zero, scheduled, zero, notice, zero + 50, capacity, background, zero),
        capacity=((CapacityChange(0, ONE, Cause.HOURS), CapacityChange(100, 0, Cause.HOURS),
                   CapacityChange(150, ONE, Cause.HOURS)),),
        origin_closed=((),),
        destination_closed=((),),
        closures=((4, 600, 700), (2, 500, 520)),
    )  # fmt: skip


# consignment, seq, step, visit, ready, start, end, resource, units
VISITS = [
    # 0 leads 1; they miss the cut-off of 100, find no room at 200, see 300 cancelled, and ride at 410
    (0, 0, 0, 0, 0, 0, 30, 0, ONE),
    (0, 1, 1, 0, 0, 0, 30, 0, 0),
    (0, 2, 2, 0, 30, 30, 30, 0, ONE),
    (0, 3, 3, 0, 30, 60, 60, 0, 2),
    (0, 4, 4, 0, 60, 60, 90, NONE, 0),
    (0, 5, 5, 0, 90, 90, 90, YARD, 0),
    (0, 6, 6, 0, 90, 410, 470, 3, 0),
    (0, 7, 7, 0, 470, 470, 480, NONE, 0),
    (0, 8, 8, 0, 480, 480, 480, 0, 1),
    (0, 9, 9, 0, 480, 480, 530, NONE, 0),
    (0, 10, 10, 0, 530, 530, 530, 3, 0),
    (1, 0, 0, 0, 10, 30, 60, 0, ONE),
    (1, 1, 1, 0, 30, 30, 60, 0, 0),
    (1, 2, 2, 0, 60, 60, 60, 0, ONE),
    (1, 3, 3, 0, 60, 60, 60, 0, 2),
    # 2 is caught by the closing at 100 and goes alone; it misses the cut-off of 300
    (2, 0, 0, 0, 20, 60, 160, 0, ONE),
    (2, 1, 1, 0, 60, 60, 160, 0, 0),
    (2, 2, 2, 0, 160, 160, 160, 0, ONE),
    (2, 3, 3, 0, 160, 260, 260, 2, 1),
    (2, 4, 4, 0, 260, 260, 290, NONE, 0),
    (2, 5, 5, 0, 290, 290, 290, YARD, 0),
    (2, 6, 6, 0, 290, 410, 470, 3, 0),
    (2, 7, 7, 0, 470, 470, 480, NONE, 0),
    (2, 8, 8, 0, 480, 480, 480, 0, 0),
    (2, 9, 10, 0, 480, 480, 480, 3, 0),
]
# service, scheduled, state, closed, actual, arrived, berthed, left, left_behind
DEPARTURES = [
    (0, 100, RAN, 80, 100, 150, 150, 160, 0),
    (0, 200, RAN, 180, 200, 250, 250, 260, 1),
    (0, 300, CANCELLED, NONE, NONE, NONE, NONE, NONE, NONE),
    (0, 400, RAN, 380, 410, 460, 460, 470, 0),
]


def _trace() -> Trace:
    own = np.zeros((4, WIDE), np.int64)
    own[3, 0] = 2 * ONE
    outcomes = np.array([(530, 0, NONE), (530, 0, NONE), (480, 2, NONE)], np.int64)
    capacity = np.array([(0, 0, ONE, 0), (0, 100, 0, 0), (0, 150, ONE, 0)], np.int64)
    return Trace(np.array(VISITS, np.int64), np.array(DEPARTURES, np.int64), own, outcomes, capacity, 530)


@pytest.fixture
def corridor() -> SimpleNamespace:
    """The corridor: `lowered`, `inputs`, `trace`, and `promised` ticks (the third could not be promised)."""
    due = SimpleNamespace(within=SimpleNamespace(value=Fraction(500)))
    scenario = SimpleNamespace(flows={"plums": SimpleNamespace(due=due)})
    lowered = Lowered(
        scenario=scenario,
        alternative="today",
        program=_program(),
        steps=STEPS,
        step_of=STEP_OF,
        plan=None,
        tariffs=None,
        clock=Clock(datetime(2026, 1, 5, tzinfo=SHANGHAI), SHANGHAI),
        flow_order=("plums",),
    )
    return SimpleNamespace(
        lowered=lowered, inputs=_inputs(), trace=_trace(), promised=np.array([480, 480, NONE], np.int64)
    )


@pytest.fixture
def stuck(corridor: SimpleNamespace) -> SimpleNamespace:
    """The same corridor stopped at tick 350: all three wait for a train."""
    visits = np.array(VISITS, np.int64)
    visits = visits[visits[:, 4] <= 350]
    visits[visits[:, 5] > 350, 5:8] = NONE
    departures = np.array(DEPARTURES, np.int64)
    departures[3, 2:] = [0, NONE, NONE, NONE, NONE, NONE, NONE]
    outcomes = np.array([(NONE, 0, 6), (NONE, 0, 3), (NONE, 2, 6)], np.int64)
    trace = corridor.trace
    corridor.trace = Trace(visits, departures, trace.own * 0, outcomes, trace.capacity, 350)
    return corridor


NEEDS_NUMBA = pytest.mark.skipif(find_spec("numba") is None, reason="loops are compiled by numba")


@pytest.fixture(params=[False, pytest.param(True, marks=NEEDS_NUMBA)], ids=["arrays", "loops"])
def told(request):
    """What measures a corridor without details: with arrays, then by a compiled loop."""

    def terms(corridor, lowered=None, books=None):
        view = view_of(lowered or corridor.lowered, fast=request.param)
        return measure(view, corridor.inputs, corridor.trace, corridor.promised, books, details=False)

    return terms
