"""What passed each step, and with what load: sizes at every visit, and who travelled in which load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.base import OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints, Op
from corridor_sim.network.lowered import Lowered

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Passages:
    """A Trace with its loads.

    sizes    (visits, MEASURES) thousandths at the end of each visit; 0 for members of another's load
    load     (visits,) number of the load that the consignment led at the end of the visit, NONE for its own cargo
    members  (pairs, 2) load and consignment, of all loads, also those within loads, sorted by load
    joined   (consignments,) row of the BATCH visit of the leader whose load it joined, NONE where it led or was alone
    """

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    sizes: Ints
    load: Ints
    members: Ints
    joined: Ints

    def column(self, name: str) -> Ints:
        """Return a column of Trace.visits (see VISITS)."""
        return self.trace.visits[:, VISITS.index(name)]

    def outcome(self, name: str) -> Ints:
        """Return a column of Trace.outcomes (see OUTCOMES)."""
        return self.trace.outcomes[:, OUTCOMES.index(name)]

    def own(self) -> Mask:
        """Return for each consignment whether it is of the scenario's own flows, which alone are priced."""
        background = np.array([flow.background for flow in self.lowered.program.flows], dtype=bool)
        return ~background[self.inputs.consignments.flow]

    def rows_at(self, instruction: int) -> Ints:
        """Return the rows of ended visits of an instruction by own consignments that lead a load or are alone."""
        rows = np.flatnonzero((self.column("step") == instruction) & (self.column("end") != NONE))
        return rows[self.own()[self.column("consignment")[rows]] & self.sizes[rows].any(axis=1)]

    def at(self, rows: Ints, moment: str) -> tuple[Ints, Ints]:
        """Return (sizes, load) at the `ready`, `start` or `end` of visits; only a BATCH changes them, at its end."""
        if moment == "end":
            return self.sizes[rows], self.load[rows]
        consignment = self.column("consignment")
        follows = (rows > 0) & (consignment[rows - 1] == consignment[rows])
        alone = self.inputs.consignments.sizes[consignment[rows]]
        return (np.where(follows[:, None], self.sizes[rows - 1], alone), np.where(follows, self.load[rows - 1], NONE))

    def final_leader(self) -> Ints:
        """Return for each consignment who led the load it travelled in last, itself where it was alone."""
        leader = self.outcome("leader")
        while np.any(leader[leader] != leader):
            leader = leader[leader]
        return leader


def passages_of(lowered: Lowered, inputs: Inputs, trace: Trace) -> Passages:
    """Follow every consolidation of a Trace, loads of loads too, from the Trace alone."""
    visits, program = trace.visits, lowered.program
    wanted = (VISITS.index(name) for name in ("consignment", "step", "end", "resource"))
    consignment, step, end, leader = (visits[:, number] for number in wanted)
    batch = np.array([row.a if row.op is Op.BATCH else NONE for row in program.code], dtype=np.int64)
    becomes = np.array([rule.becomes for rule in program.batches], dtype=np.int64).reshape(-1, len(MEASURES))
    count = len(inputs.consignments.flow)
    sizes, load = inputs.consignments.sizes[consignment], np.full(len(visits), NONE)
    current, holder, joined = inputs.consignments.sizes.copy(), np.arange(count), np.full(count, NONE)
    members = [np.zeros((0, 1 + 1), dtype=np.int64)]
    formed = np.flatnonzero((batch[step] != NONE) & (end != NONE))
    number = _load_numbers(end[formed], step[formed], leader[formed])
    stage = _stages(number, consignment[formed])
    for level in range(stage.max(initial=NONE) + 1):
        rows, numbers = formed[stage == level], number[stage == level]
        who, leads = consignment[rows], consignment[rows] == leader[rows]
        totals = np.zeros((number.max() + 1, len(MEASURES)), dtype=np.int64)
        np.add.at(totals, numbers, current[who])
        fixed = becomes[batch[step[rows[leads]]]]
        current[who] = 0
        current[who[leads]] = np.where(fixed == NONE, totals[numbers[leads]], fixed)
        load_of, lead_row = np.full(count, NONE), np.full(len(totals), NONE)
        load_of[who[leads]], lead_row[numbers[leads]] = numbers[leads], rows[leads]
        joined[who[~leads]] = lead_row[numbers[~leads]]
        since = np.full(count, len(visits))
        since[who] = rows
        after = np.flatnonzero(np.arange(len(visits)) >= since[consignment])
        sizes[after], load[after] = current[consignment[after]], load_of[consignment[after]]
        moved = np.arange(count)
        moved[who] = leader[rows]
        holder = moved[holder]
        inside = np.flatnonzero(load_of[holder] != NONE)
        members.append(np.column_stack((load_of[holder[inside]], inside)))
    pairs = np.concatenate(members)
    return Passages(lowered, inputs, trace, sizes, load, pairs[np.argsort(pairs[:, 0], kind="stable")], joined)


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
