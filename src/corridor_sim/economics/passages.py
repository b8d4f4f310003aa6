"""What passed each step, and with what load: who held what at every visit, and who travelled in which load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corridor_sim.economics.rating import countable
from corridor_sim.engine.base import OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints
from corridor_sim.network.instructions import Instructions
from corridor_sim.network.lowered import Lowered

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Passages:
    """A Trace with its loads.

    things   (things, MEASURES) sizes of all that travelled: first each consignment's own cargo, then each load, last
             nothing, which is what a member of another's load has
    held     (visits,) row of `things` that the consignment had at the end of each visit
    members  (pairs, 2) load and consignment, of all loads, also those within loads, sorted by load
    joined   (consignments,) row of the BATCH visit of the leader whose load it joined, NONE where it led or was alone
    own      (consignments,) whether it is of the scenario's own flows, which alone are priced
    counted  (things, COUNTABLE) what prices count of each
    fast     whether compiled loops do what they can
    """

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    things: Ints
    held: Ints
    members: Ints
    joined: Ints
    own: Mask
    counted: Ints
    fast: bool

    @cached_property
    def visits(self) -> Ints:
        """Trace.visits, row after row in memory."""
        return np.ascontiguousarray(self.trace.visits, np.int64)

    @cached_property
    def passed(self) -> tuple[Ints, Ints]:
        """Rows of ended visits by own consignments that lead a load or are alone, in the order (instruction, visit).

        The second array says where those of each instruction begin, and last how many there are.
        """
        step, end = self.column("step"), self.column("end")
        codes = len(self.lowered.program.code)
        passed = np.flatnonzero((end != NONE) & self.own[self.column("consignment")] & self.real()[self.held])
        passed = passed[np.argsort(step[passed].astype(np.min_scalar_type(codes)), kind="stable")]
        return passed, np.searchsorted(step[passed], np.arange(codes + 1))

    def column(self, name: str) -> Ints:
        """Return a column of Trace.visits (see VISITS)."""
        return self.trace.visits[:, VISITS.index(name)]

    def outcome(self, name: str) -> Ints:
        """Return a column of Trace.outcomes (see OUTCOMES)."""
        return self.trace.outcomes[:, OUTCOMES.index(name)]

    def real(self) -> Mask:
        """Return for each row of `things` whether there is anything of it."""
        return something(self.things)

    @property
    def sizes(self) -> Ints:
        """(visits, MEASURES) thousandths at the end of each visit; 0 for members of another's load."""
        return self.things[self.held]

    def load_of(self, held: Ints) -> Ints:
        """Return the numbers of the loads among rows of `things`, NONE for own cargo."""
        number = held - len(self.own)
        return np.where((number >= 0) & (held < len(self.things) - 1), number, NONE)

    def rows_at(self, instruction: int) -> Ints:
        """Return the rows of ended visits of an instruction by own consignments that lead a load or are alone."""
        passed, begin = self.passed
        return passed[begin[instruction] : begin[instruction + 1]]

    def held_at(self, rows: Ints, moment: str) -> Ints:
        """Return rows of `things` at the `ready`, `start` or `end` of visits; only a BATCH changes them, at its end."""
        if moment == "end":
            return self.held[rows]
        consignment = self.column("consignment")
        follows = (rows > 0) & (consignment[rows - 1] == consignment[rows])
        return np.where(follows, self.held[rows - 1], consignment[rows])

    def held_last(self) -> Ints:
        """Return for each consignment the row of `things` that it had last, its own cargo where it never set out."""
        last, begins = np.arange(len(self.own)), self.trace.begins
        out = np.flatnonzero(begins[1:] > begins[:-1])
        last[out] = self.held[begins[out + 1] - 1]
        return last

    def final_leader(self) -> Ints:
        """Return for each consignment who led the load it travelled in last, itself where it was alone."""
        leader = self.outcome("leader")
        while np.any(leader[leader] != leader):
            leader = leader[leader]
        return leader


def something(sizes: Ints) -> Mask:
    """Return whether each row of `sizes` has anything."""
    found: Mask = np.asarray(sizes.any(axis=1))
    return found


def passages_of(
    lowered: Lowered, instructions: Instructions, inputs: Inputs, trace: Trace, fast: bool = False
) -> Passages:
    """Follow every consolidation of a Trace, loads of loads too, from the Trace alone."""
    program, sizes = lowered.program, inputs.consignments.sizes
    background = np.array([flow.background for flow in program.flows], dtype=bool)
    own = ~background[inputs.consignments.flow]
    formed = _NO_ROWS
    if instructions.batches.any():
        step, end = (trace.visits[:, VISITS.index(name)] for name in ("step", "end"))
        formed = np.flatnonzero(instructions.batches[step] & (end != NONE))
    loads, held, members, joined = _loads(instructions, inputs, trace, formed)
    things = np.concatenate((sizes, loads, np.zeros((1, len(MEASURES)), np.int64)))
    return Passages(lowered, inputs, trace, things, held, members, joined, own, countable(things), fast)


_NO_ROWS: Ints = np.zeros(0, np.int64)


def _loads(instructions: Instructions, inputs: Inputs, trace: Trace, formed: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the loads' sizes, and `held`, `members` and `joined` of Passages; `formed` are the BATCH visits."""
    wanted = (VISITS.index(name) for name in ("consignment", "step", "end", "resource"))
    consignment, step, end, leader = (trace.visits[:, number] for number in wanted)
    count = len(inputs.consignments.flow)
    held, joined = np.repeat(np.arange(count), np.diff(trace.begins)), np.full(count, NONE)
    if not len(formed):
        return np.zeros((0, len(MEASURES)), np.int64), held, np.zeros((0, 1 + 1), np.int64), joined
    members = [np.zeros((0, 1 + 1), dtype=np.int64)]
    number = _load_numbers(end[formed], step[formed], leader[formed])
    stage = _stages(number, consignment[formed])
    loads = np.zeros((number.max(initial=NONE) + 1, len(MEASURES)), np.int64)
    nothing = count + len(loads)
    current, holder = inputs.consignments.sizes.copy(), np.arange(count)
    for level in range(stage.max(initial=NONE) + 1):
        rows, numbers = formed[stage == level], number[stage == level]
        who, leads = consignment[rows], consignment[rows] == leader[rows]
        np.add.at(loads, numbers, current[who])
        led = numbers[leads]
        fixed = instructions.becomes[step[rows[leads]]]
        loads[led] = np.where(fixed == NONE, loads[led], fixed)
        current[who] = 0
        current[who[leads]] = loads[led]
        load_of, lead_row = np.full(count, NONE), np.full(len(loads), NONE)
        load_of[who[leads]], lead_row[led] = led, rows[leads]
        joined[who[~leads]] = lead_row[numbers[~leads]]
        since = np.full(count, len(held))
        since[who] = rows
        after = np.flatnonzero(np.arange(len(held)) >= since[consignment])
        now = load_of[consignment[after]]
        held[after] = np.where(now == NONE, nothing, count + now)
        moved = np.arange(count)
        moved[who] = leader[rows]
        holder = moved[holder]
        inside = np.flatnonzero(load_of[holder] != NONE)
        members.append(np.column_stack((load_of[holder[inside]], inside)))
    pairs = np.concatenate(members)
    return loads, held, pairs[np.argsort(pairs[:, 0], kind="stable")], joined


def _load_numbers(end: Ints, step: Ints, leader: Ints) -> Ints:
    """Number the loads: one BATCH passage of one leader at one tick is one load."""
    order = np.lexsort((leader, step, end))
    ordered = np.column_stack((end, step, leader))[order]
    number = np.zeros(len(end), dtype=np.int64)
    number[order[1:]] = np.cumsum(np.any(ordered[1:] != ordered[:-1], axis=1))
    return number


def _stages(number: Ints, consignment: Ints) -> Ints:
    """Return for each BATCH passage, those of a consignment in order, its stage: later than all loads within it."""
    follows = np.flatnonzero(consignment[1:] == consignment[:-1]) + 1
    stage = np.zeros(len(number), dtype=np.int64)
    while True:
        latest = np.zeros(number.max(initial=NONE) + 1, dtype=np.int64)
        np.maximum.at(latest, number, stage)
        raised = latest[number]
        raised[follows] = np.maximum(raised[follows], raised[follows - 1] + 1)
        if np.array_equal(raised, stage):
            return stage
        stage = raised
