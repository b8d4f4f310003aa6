"""Which load each posting is on, and postings on loads divided among their members to the cent."""

from __future__ import annotations

import numpy as np

from corridor_sim.economics.clocks import ClockTable, started_clocks
from corridor_sim.economics.ledger import BASES, Sheet
from corridor_sim.economics.money import divide_groups
from corridor_sim.economics.passages import Passages
from corridor_sim.economics.paths import MASS
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.network.instructions import Instructions


def loads_of_postings(sheet: Sheet, instructions: Instructions, clocks: ClockTable, passages: Passages) -> Ints:
    """Return for each posting the load that it is on, NONE where it is the consignment's own.

    A cash posting is on a load where its consignment led one at the posting's step (a clock's: where it started);
    rows without a step, and time and carbon, are the consignment's own.
    """
    # others' work at a facility has no step, so NONE needs a place of its own in the keys
    stride = len(passages.lowered.steps) + 1
    led = np.full(len(passages.own) * stride, NONE)
    last = passages.column("consignment") * stride + instructions.step[passages.column("step")] + 1
    led[last] = passages.load_of(passages.held)
    invoiced = (sheet.headings.columns["base"] == BASES.index("cash"))[sheet.heading]
    told = invoiced & (sheet.consignment != NONE) & (sheet.step != NONE)
    load = np.where(told, led[np.where(told, sheet.consignment * stride + sheet.step + 1, 0)], NONE)
    charges = passages.lowered.tariffs.charges
    for number, begun in zip(clocks.numbers, started_clocks(clocks, passages), strict=True):
        started = np.full(len(passages.own), NONE)
        started[passages.column("consignment")[begun.rows]] = passages.load_of(begun.held)
        charge = charges[number]
        mine = sheet.headings.where(tariff=charge.name)[sheet.heading] & (sheet.step == charge.step)
        load[mine] = started[sheet.consignment[mine]]
    return load


def divide_sheet(sheet: Sheet, instructions: Instructions, clocks: ClockTable, passages: Passages) -> Sheet:
    """Return the sheet with every posting on a load divided among its members by mass, to the cent."""
    if not len(passages.members):
        return sheet
    load = loads_of_postings(sheet, instructions, clocks, passages)
    shared = np.flatnonzero(load != NONE)
    if not len(shared):
        return sheet
    place, member = members_of(load[shared], passages)
    people = passages.inputs.consignments
    shares = divide_groups(sheet.amount_cny[shared], place, people.sizes[member, MASS], people.tie[member])
    alone, of = np.flatnonzero(load == NONE), shared[place]
    return Sheet(
        sheet.headings,
        np.concatenate((sheet.heading[alone], sheet.heading[of])),
        np.concatenate((sheet.consignment[alone], member)),
        np.concatenate((sheet.flow[alone], np.full(len(member), NONE))),
        np.concatenate((sheet.step[alone], sheet.step[of])),
        np.concatenate((sheet.amount_cny[alone], shares)),
    )


def members_of(load: Ints, passages: Passages) -> tuple[Ints, Ints]:
    """Return for each member of each of the loads `load` the place of the load there, and the consignment."""
    loads = passages.members[:, 0]
    begin, end = np.searchsorted(loads, load, side="left"), np.searchsorted(loads, load, side="right")
    count = end - begin
    place = np.repeat(np.arange(len(load)), count)
    within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, passages.members[begin[place] + within, 1]
