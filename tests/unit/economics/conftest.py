"""A journey written by hand: a small world whose Trace is stated row by row, so that costs can be computed on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from corridor_sim.catalog.values import read_amount
from corridor_sim.economics.cargo import Cargo, our_cargo
from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.loads import divide_sheet
from corridor_sim.economics.passages import Passages, passages_of
from corridor_sim.economics.prepared import Prepared, prepare_accounts
from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import (
    MEASURES,
    NONE,
    BatchRule,
    Consignments,
    Departures,
    FlowRule,
    Inputs,
    Instruction,
    Op,
    Program,
)
from corridor_sim.network.info import StepInfo
from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.rates import lower_exchange
from corridor_sim.network.tariffs import Tariffs
from corridor_sim.scenario.calendars import parse_clock
from corridor_sim.scenario.model import Scenario
from corridor_sim.units import SECONDS_PER_DAY

FLOW = {
    "route": "way",
    "terms": {"incoterm": "FOB", "place": "A"},
    "arrives": {"poisson": "1 consignments per day"},
    "size": "1 consignment",
    "weight": "1 t",
    "value": "100000 CNY/consignment",
    "due": {"within": "5 d"},
}
NEEDS_NUMBA = pytest.mark.skipif(find_spec("numba") is None, reason="loops are compiled by numba")
MONEY = {"price_year": 2026, "time_cost": {"finance_only": "5 %"}, "reliability": {"none": True}}


def scenario_of(money: dict[str, Any], flows: dict[str, dict[str, Any]], **parts: Any) -> Scenario:
    """Return a scenario of one route; `flows` and `money` overlay FLOW and MONEY."""
    raw = {
        "corridor_sim": 1,
        "name": "journey",
        "title": "Journey",
        "question": "What does it cost?",
        "clock": {"start": "2026-06-01 00:00", "measure": "2026-06-01 to 2026-06-10", "follow_up": "90 d"},
        "money": MONEY | money,
        "places": {"A": {"name": "A", "at": [29, 106]}, "B": {"name": "B", "at": [22, 114]}},
        "routes": {"way": {"steps": [{"rest": {"wait": "1 h"}}]}},
        "flows": {name: FLOW | flow for name, flow in flows.items()},
        "baseline": "today",
        "alternatives": {"today": {}},
    }
    return Scenario.model_validate(raw | parts)


@dataclass(frozen=True)
class Journey:
    """A lowered scenario with Inputs and Trace; `fast` if compiled loops are to price it."""

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    fast: bool

    @property
    def prepared(self) -> Prepared:
        return prepare_accounts(self.lowered, self.fast)

    def passages(self) -> Passages:
        return passages_of(self.lowered, self.prepared.instructions, self.inputs, self.trace, self.fast)

    def divided(self, postings: Postings) -> Ledger:
        """Return the postings with those on loads divided among their members, as far as sums need them."""
        sheet = divide_sheet(postings.sheet(), self.prepared.instructions, self.prepared.prices.clocks, self.passages())
        columns = {name: codes[sheet.heading] for name, codes in sheet.headings.columns.items()}
        columns |= {"consignment": sheet.consignment, "step": sheet.step, "amount_cny": sheet.amount_cny}
        return Ledger(columns, sheet.headings.words)

    def cargo(self) -> Cargo:
        return our_cargo(self.lowered, self.prepared.instructions, self.prepared.goods, self.passages())


def step_info(number: int, leg: dict[str, Any]) -> StepInfo:
    """Return a StepInfo with what a test does not state left at nothing."""
    known = {"route": "way", "name": f"step {number}", "kind": "wait", "mode": "", "origin": "A", "main": number}
    known |= {"km": read_amount(leg.get("km", "0 km"), "distance").value}
    given = {key: value for key, value in leg.items() if key not in ("km", "temperature")}
    if "temperature" in leg:
        given["temperature"] = read_amount(leg["temperature"], "temperature").value
    return StepInfo(**({"destination": given.get("origin", "A")} | known | given))


def make_journey(
    *,
    visits: Sequence[tuple[int, int, int, int, int, int]],
    delivered: Sequence[int],
    steps: Sequence[dict[str, Any]] = ({},),
    money: dict[str, Any] | None = None,
    flows: dict[str, dict[str, Any]] | None = None,
    flow_of: Sequence[int] | None = None,
    release: Sequence[int] | None = None,
    sizes: dict[str, float] | Sequence[dict[str, float]] | None = None,
    becomes: dict[str, int] | None = None,
    stop: int = 90 * SECONDS_PER_DAY,
    fast: bool = False,
    **parts: Any,
) -> Journey:
    """Return a journey. `visits`: (consignment, step, ready, start, end, resource); `sizes` in base units.

    A step of kind `batch` forms loads, whose size is the sum of the members except where `becomes` says.
    """
    scenario = scenario_of(money or {}, flows or {"goods": {}}, **parts)
    clock = parse_clock(scenario.clock.start, scenario.clock.timezone)
    infos = tuple(step_info(number, leg) for number, leg in enumerate(steps))
    fixed = tuple((becomes or {}).get(measure, NONE) for measure in MEASURES)
    program = Program(
        code=tuple(Instruction(Op.BATCH if info.kind == "batch" else Op.DELAY, NONE, 0) for info in infos),
        facilities=(),
        services=(),
        batches=(BatchRule(0, 0, NONE, fixed),),
        branches=(),
        switches=(),
        flows=tuple(FlowRule(0, 0, False, True) for _ in scenario.flows),
        samplers=(),
        streams=(),
        window_from=0,
        window_to=10 * SECONDS_PER_DAY,
        horizon=100 * SECONDS_PER_DAY,
    )
    count = len(delivered)
    each = list(sizes) if isinstance(sizes, list | tuple) else [sizes or {"mass": 1000.0}] * count
    table = [[round(1000 * (size | {"consignment": 1}).get(measure, 0)) for measure in MEASURES] for size in each]
    zeros = np.zeros(count, np.int64)
    flow = zeros if flow_of is None else np.array(flow_of)
    moments = zeros if release is None else np.array(release)
    consignments = Consignments(
        flow, np.arange(count), moments, zeros, np.arange(count), np.array(table).reshape(count, len(MEASURES)), zeros
    )
    none, wide = np.zeros(0, np.int64), np.zeros((0, len(MEASURES)), np.int64)
    inputs = Inputs(
        1, 0, True, {}, consignments, Departures(none, none, none, none, none, wide, wide, none), (), (), ()
    )
    rows, leader = [], list(range(count))
    for who, step, ready, start, end, resource in sorted(visits):
        seq = sum(row[0] == who for row in rows)
        rows.append((who, seq, step, 0, ready, start, end, resource, 0))
        if infos[step].kind == "batch" and end != NONE:
            leader[who] = resource
    outcomes = np.column_stack((np.array(delivered), leader, np.full(count, NONE)))
    table_of = np.array(rows, np.int64).reshape(-1, len(VISITS))
    trace = Trace(table_of, np.zeros((0, 9), np.int64), wide, outcomes, np.zeros((0, 4), np.int64), stop)
    exchange = {name: lower_exchange(dated, clock) for name, dated in scenario.money.rates.items()}
    order = tuple(sorted(scenario.flows))
    lowered = Lowered(
        scenario,
        "today",
        program,
        infos,
        tuple(range(len(infos))),
        InputPlan((), (), (), ()),
        Tariffs((), (), (), {name: ("shipper",) * len(infos) for name in order}, exchange),
        clock,
        order,
    )
    return Journey(lowered, inputs, trace, fast)


@pytest.fixture(params=[False, pytest.param(True, marks=NEEDS_NUMBA)], ids=["arrays", "loops"])
def journey(request: pytest.FixtureRequest) -> Callable[..., Journey]:
    """What makes a journey: it is priced with arrays, then by compiled loops."""
    return partial(make_journey, fast=request.param)


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    return scenario_of


def amounts_by_consignment(ledger: Ledger, count: int, **where: str) -> list[int]:
    """Return CNY cents by consignment of the postings that match `where`."""
    mask = ledger.where(**where)
    total = np.zeros(count, np.int64)
    np.add.at(total, ledger.columns["consignment"][mask], ledger.columns["amount_cny"][mask])
    return total.tolist()


@pytest.fixture
def cents() -> Callable[..., list[int]]:
    def read(postings: Postings | Ledger, count: int, **where: str) -> list[int]:
        ledger = postings.ledger() if isinstance(postings, Postings) else postings
        return amounts_by_consignment(ledger, count, **where)

    return read
