"""Lays a Program out as the integer tables that the kernel reads; once per Program, whatever the replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.engine import kernel as k
from corridor_sim.engine.program import (
    MARK_KINDS,
    MEASURES,
    NONE,
    AtClosing,
    BatchRule,
    Cause,
    DepartureState,
    FacilityRule,
    Ints,
    Op,
    Program,
    ServiceRule,
    SwitchRule,
)
from corridor_sim.sampling.streams import stream_key
from corridor_sim.sampling.tables import ENDS, KNOTS, Sampler, mean_ticks, sample_ticks

SPARE_CHANGES = 64
"""Room for changes of capacity that are not planned."""
FIRST_ROOM = 1 << 12
"""Room for pending events, and for units that come back later; doubled on demand."""
SPARE_PART = 8
LAPS = 4
"""Room for the visits of a consignment in programs with cycles, in passages of the whole program; doubled on demand."""


@dataclass
class Rules:
    """Tables of one Program by the columns of `kernel`; `most_rows` and `spare_changes` grow when they were too few."""

    code: Ints
    facility: Ints
    service: Ints
    batch: Ints
    gathering: Ints
    branch: Ints
    lane: Ints
    switch: Ints
    flow: Ints
    sampler: Ints
    part: Ints
    knots: Ints
    slots: int
    most_rows: Ints
    """For each flow how many visits a consignment makes at most."""
    spare_changes: int = SPARE_CHANGES
    heap: int = FIRST_ROOM
    returns: int = FIRST_ROOM

    def lasting(self) -> dict[int, Ints]:
        """Return the tables that no run changes."""
        return {
            k.CODE: self.code,
            k.BATCHES: self.batch,
            k.LANES: self.lane,
            k.SWITCHES: self.switch,
            k.SAMPLERS: self.sampler,
            k.PARTS: self.part,
            k.KNOTS: self.knots.reshape(-1, KNOTS),
        }


class Memory:
    """The memory of the kernel: tables that never change, and behind them those of one run."""

    def __init__(self, lasting: Mapping[int, Ints], spare: Ints | None = None) -> None:
        """Make a memory with tables that last, in the cells `spare` (whatever stands there) if these are enough."""
        least = k.TABLES_END + FIRST_ROOM
        enough = spare is not None and len(spare) >= least
        self.cells = spare if spare is not None and enough else np.zeros(least, np.int64)
        self.cells[: k.TABLES_END] = 0
        self._end = k.TABLES_END
        self.write(lasting)
        self._lasting = self._end

    def begin(self) -> None:
        """Forget the tables of the last run, and its scalars."""
        self._end = self._lasting
        self.cells[: k.SCALARS] = 0

    def add(self, table: int, rows: int, width: int) -> Ints:
        """Add a table with whatever stands there; return it as (rows, width). Raises ValueError for another width."""
        if k.WIDTHS[table] not in (0, width):
            raise ValueError(f"table {table} of the kernel has {k.WIDTHS[table]} columns, not {width}")
        end = self._end + rows * width
        if end > len(self.cells):
            longer = np.empty(end + end // SPARE_PART, np.int64)
            longer[: self._end] = self.cells[: self._end]
            self.cells = longer
        self.cells[table : table + k.HEAD] = self._end, width, rows
        self._end = end
        return self.table(table)

    def write(self, tables: Mapping[int, Ints]) -> None:
        """Add tables with the given rows; a column is a table of width 1."""
        for table, rows in tables.items():
            shaped = rows if rows.ndim > 1 else rows[:, np.newaxis]
            self.add(table, *shaped.shape)[...] = shaped

    def count(self, table: int) -> int:
        """Return how many rows a table has."""
        return int(self.cells[table + k.HEAD - 1])

    def table(self, table: int) -> Ints:
        """Return a table as it stands in the memory: (rows, width)."""
        first, width, rows = self.cells[table : table + k.HEAD].tolist()
        return self.cells[first : first + rows * width].reshape(rows, width)


def lay_out(program: Program) -> Rules:
    """Return the tables of a Program."""
    looping = _looping(program)
    slots = _Slots(program, looping)
    branch, lane = _branches(program, slots)
    sampler, part, knots = lay_out_samplers(program.samplers)
    places = len(program.batches) * (len(program.flows) + 1)
    gathering = np.zeros((places, k.GATHERING_COLUMNS), np.int64)
    gathering[:, [k.G_HEAD, k.G_TAIL]] = NONE
    return Rules(
        code=_code(program, slots),
        facility=table_of([_facility(rule) for rule in program.facilities], k.FACILITY_COLUMNS),
        service=table_of([_service(rule) for rule in program.services], k.SERVICE_COLUMNS),
        batch=table_of([_batch(rule) for rule in program.batches], k.B_BECOMES + len(MEASURES)),
        gathering=gathering,
        branch=branch,
        lane=lane,
        switch=table_of([_switch(rule) for rule in program.switches], k.W_OVER + 1),
        flow=_flows(program),
        sampler=sampler,
        part=part,
        knots=knots,
        slots=slots.count,
        most_rows=np.array([_longest(program, flow.start, looping) for flow in program.flows], np.int64),
    )


def table_of(rows: Sequence[Sequence[int]], columns: int) -> Ints:
    """Return rows as int64[rows, columns], also where there are none."""
    return np.array(rows, np.int64).reshape(-1, columns)


def stream_keys(seed: int, streams: Sequence[str]) -> Ints:
    """Return the key words of streams: int64[streams, 2]."""
    return table_of([stream_key(seed, name) for name in streams], k.KEY_WORDS)


def _successors(program: Program, step: int) -> set[int]:
    """Return the steps that may follow a step."""
    row = program.code[step]
    following = {row.next}
    if row.op is Op.BRANCH:
        rule = program.branches[row.a]
        following = {*rule.targets, *rule.otherwise}
    elif row.op is Op.SWITCH:
        following.add(program.switches[row.a].target)
    return following - {NONE}


def _looping(program: Program) -> set[int]:
    """Return the steps that a consignment may pass more than once."""
    found = set()
    for step in range(len(program.code)):
        seen: set[int] = set()
        ahead = [*_successors(program, step)]
        while ahead:
            here = ahead.pop()
            if here not in seen:
                seen.add(here)
                ahead += _successors(program, here)
        if step in seen:
            found.add(step)
    return found


def _longest(program: Program, start: int, looping: set[int]) -> int:
    """Return a bound of the visits of a consignment that begins at `start`; a first guess where it may loop."""
    order: list[int] = []
    state: dict[int, bool] = {}
    stack = [start]
    while stack:
        step = stack[-1]
        if step not in state:
            state[step] = False
            stack += [following for following in _successors(program, step) if following not in state]
        else:
            stack.pop()
            if not state[step]:
                state[step] = True
                order.append(step)
    if looping & set(order):
        return len(order) * LAPS
    length: dict[int, int] = {}
    for step in order:
        length[step] = 1 + max((length[following] for following in _successors(program, step)), default=0)
    return length[start]


class _Slots:
    """Places in the counters of a consignment, for what may happen to it more than once."""

    def __init__(self, program: Program, looping: set[int]) -> None:
        self.visit = {step: number for number, step in enumerate(sorted(looping))}
        self.count = len(self.visit)
        users: dict[int, list[int]] = {}
        for step, row in enumerate(program.code):
            if row.stream != NONE:
                users.setdefault(row.stream, []).append(step)
        self.draw: dict[int, int] = {}
        for stream, steps in sorted(users.items()):
            if len(steps) > 1 or looping & set(steps):
                self.draw[stream] = self._next()
        self.lap: dict[tuple[int, int], int] = {}
        for number, rule in enumerate(program.branches):
            for lane, again in enumerate(rule.again):
                if again:
                    self.lap[number, lane] = self._next()

    def _next(self) -> int:
        self.count += 1
        return self.count - 1


def _code(program: Program, slots: _Slots) -> Ints:
    rows = [
        [
            row.op,
            row.next,
            row.a,
            row.b,
            row.c,
            row.stream,
            slots.visit.get(step, NONE),
            slots.draw.get(row.stream, NONE),
        ]
        for step, row in enumerate(program.code)
    ]
    return table_of(rows, k.DRAW_SLOT + 1)


def _facility(rule: FacilityRule) -> list[int]:
    row = [0] * k.FACILITY_COLUMNS
    row[k.F_AT_CLOSING], row[k.F_AT_FAILURE] = rule.at_closing, rule.at_failure
    row[k.F_FIRST_FIT], row[k.F_UPTIME], row[k.F_REPAIR] = rule.first_fit, rule.uptime, rule.repair
    row[k.F_FAILING], row[k.F_STREAM], row[k.F_WORD] = rule.failing_units, rule.failure_stream, rule.word
    row[k.F_BREAKS] = rule.uptime != NONE
    for column in (k.F_HEAD, k.F_TAIL, k.F_RUN_HEAD, k.F_RUN_TAIL, k.F_REST_HEAD, k.F_REST_TAIL):
        row[column] = NONE
    return row


def _service(rule: ServiceRule) -> list[int]:
    row = [0] * k.SERVICE_COLUMNS
    row[k.S_STRICT], row[k.S_CLOSE] = rule.strict, rule.close
    row[k.S_CUTOFFS : k.S_CUTOFFS + k.KINDS] = rule.cutoffs
    row[k.S_MINIMUM_MEASURE], row[k.S_MINIMUM_LOAD] = rule.minimum_measure, rule.minimum_load
    row[k.S_CANCEL_IF_LIGHT], row[k.S_LONGEST_HOLD] = rule.cancel_if_light, rule.longest_hold
    row[k.S_BERTH_FROM], row[k.S_LOADING], row[k.S_LOADING_STREAM] = rule.berth_from, rule.loading, rule.loading_stream
    row[k.S_BERTH_TO], row[k.S_UNLOADING] = rule.berth_to, rule.unloading
    row[k.S_UNLOADING_STREAM], row[k.S_WORD] = rule.unloading_stream, rule.word
    row[k.S_HEAD] = row[k.S_TAIL] = NONE
    row[k.S_QUIET] = {rule.berth_from, rule.berth_to, rule.loading, rule.unloading} == {NONE}
    return row


def _batch(rule: BatchRule) -> list[int]:
    return [rule.measure, rule.full, rule.timeout, int(rule.per_flow), *rule.becomes]


def _switch(rule: SwitchRule) -> list[int]:
    return [rule.target, rule.service, rule.wait, rule.facility, rule.over]


def _branches(program: Program, slots: _Slots) -> tuple[Ints, Ints]:
    branches: list[list[int]] = []
    lanes: list[list[int]] = []
    for number, rule in enumerate(program.branches):
        branches.append([len(lanes), rule.likeliest])
        table = zip(rule.upto, rule.targets, rule.again, rule.otherwise, strict=True)
        lanes += [[*row, slots.lap.get((number, lane), NONE)] for lane, row in enumerate(table)]
    return table_of(branches, k.R_TAKEN + 1), table_of(lanes, k.L_SLOT + 1)


def _flows(program: Program) -> Ints:
    flow = np.zeros((len(program.flows), k.Q_MOST_ROWS + 1), np.int64)
    for number, rule in enumerate(program.flows):
        flow[number, [k.Q_START, k.Q_WORD, k.Q_MEASURED]] = rule.start, rule.word, rule.measured
    return flow


def lay_out_samplers(samplers: Sequence[Sampler]) -> tuple[Ints, Ints, Ints]:
    """Return samplers, their parts, and all their knots: (tables, ENDS, KNOTS)."""
    rows: list[list[int]] = []
    parts: list[list[int]] = []
    knots: list[Ints] = []
    tables = 0
    for sampler in samplers:
        first = len(parts)
        columns = (sampler.part_upto.tolist(), sampler.part_table.tolist(), sampler.part_value.tolist())
        for upto, table, value in zip(*columns, strict=True):
            parts.append([upto, NONE if table < 0 else table + tables, value])
        knots.append(sampler.knots)
        tables += len(sampler.knots)
        mean = mean_ticks(sampler)
        single = len(parts) == first + 1 and parts[first][1] == NONE
        constant = int(sample_ticks(sampler, 0, 0)) if single else NONE
        rows.append([first, len(parts), sampler.one.bit_length() - 1, mean, constant])
    empty = np.zeros((0, ENDS, KNOTS), np.int64)
    return table_of(rows, k.P_CONSTANT + 1), table_of(parts, 1 + 1 + 1), np.concatenate([empty, *knots])


def _check_constants() -> None:
    """See to it that the kernel, which imports nothing, counts as the rest of the engine does."""
    ops = (k.DELAY, k.SEIZE, k.RELEASE, k.BOARD, k.BATCH, k.BRANCH, k.SWITCH, k.MARK)
    states = (k.PLANNED, k.RAN, k.CANCELLED, k.TOO_LIGHT, k.HELD_TOO_LONG)
    same = (
        ops == tuple(Op)
        and states == tuple(DepartureState)
        and tuple(AtClosing) == (k.PAUSE, k.RESTART, k.FINISH)
        and tuple(Cause) == (k.HOURS, k.FAILURE)
        and (len(MARK_KINDS), len(MEASURES)) == (k.KINDS, k.MEASURES)
        and MEASURES[k.BOX] == "box"
    )
    if not same:
        raise ImportError("engine/kernel.py counts operations, states or measures otherwise than engine/program.py")


_check_constants()
