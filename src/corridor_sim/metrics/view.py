"""What measuring needs of an alternative and no replication changes, made once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.program import MARK_KINDS, NONE, AtClosing, Ints, Op
from corridor_sim.metrics.details import Names, detail_names
from corridor_sim.network.instructions import Instructions, instructions_of
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.calendars import WEEKDAYS
from corridor_sim.units import to_ticks

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """An alternative, ready to be measured many times; nothing in it changes while it is used.

    By flow of the Program: `measured` whether it is ours and wanted; `within` ticks in which ours are due.
    By instruction: `seizes`, `boards` and `marks` the facility, service or mark of such an operation, else NONE;
    `moving` hauls; `gate` where a service is waited for to open; `inspection` the inspection of a customs step.
    By step (row of Lowered.steps): `customs`; `origin` its place in `places`, NONE without one; `main` on the main
    way; `route` a number; `ahead` the steps from it on along the main way of its route.
    By facility: `overtime` whether work goes on after closing. By service: `close`, `cutoffs` (services, MARK_KINDS),
    `berth` the facility where it unloads.
    `fast`: compiled loops do what they can, with the same result.
    """

    lowered: Lowered
    instructions: Instructions
    measured: Flags
    within: Ints
    seizes: Ints
    boards: Ints
    marks: Ints
    moving: Flags
    gate: Flags
    inspection: Flags
    customs: Flags
    origin: Ints
    places: tuple[str, ...]
    main: Flags
    route: Ints
    ahead: tuple[Ints, ...]
    overtime: Flags
    close: Ints
    cutoffs: Ints
    berth: Ints
    names: Names
    fast: bool = False

    @cached_property
    def instruction_table(self) -> Ints:
        """(instructions, columns) for compiled loops: step, customs, BATCH or not, service, mark."""
        made = self.instructions
        return np.column_stack((made.step, self.customs[made.step], made.batches, self.boards, self.marks))

    @cached_property
    def midnights(self) -> Ints:
        """Ticks at which the local days up to the horizon begin, the first at or before tick 0."""
        clock = self.lowered.clock
        _, *days = clock.days(self.lowered.program.horizon)
        return np.array([clock.tick_at(day, 0) for day in days], np.int64)

    def weekdays(self, ticks: Ints) -> Ints:
        """Return the local weekday of each tick, 0 for Monday."""
        first = self.lowered.clock.moment(0).weekday()
        return (first + np.searchsorted(self.midnights, ticks, side="right") - 1) % len(WEEKDAYS)


def view_of(lowered: Lowered, instructions: Instructions | None = None, fast: bool = False) -> View:
    """Return the View of an alternative."""
    program, steps = lowered.program, lowered.steps
    made = instructions or instructions_of(lowered)
    infos = [steps[step] if step != NONE else None for step in lowered.step_of]
    inspections = {info.inspection for info in steps} - {NONE}
    places = tuple(sorted({info.origin for info in steps if info.origin}))
    routes = sorted({info.route for info in steps})
    main = np.array([not info.lane for info in steps], bool)
    route = np.array([routes.index(info.route) for info in steps], np.int64)
    here = np.arange(len(steps))
    return View(
        lowered,
        made,
        np.array([rule.measured and not rule.background for rule in program.flows], bool),
        np.array([to_ticks(lowered.scenario.flows[name].due.within.value) for name in lowered.flow_order], np.int64),
        np.where(made.op == Op.SEIZE, made.a, NONE),
        np.where(made.op == Op.BOARD, made.a, NONE),
        np.where(made.op == Op.MARK, made.a, NONE),
        np.array([info is not None and info.kind == "move" for info in infos], bool),
        np.array(
            [info is not None and info.kind == "board" and row < info.main for row, info in enumerate(infos)], bool
        ),
        np.array([row in inspections for row in range(len(infos))], bool),
        np.array([info.kind == "customs" for info in steps], bool),
        np.array([places.index(info.origin) if info.origin else NONE for info in steps], np.int64),
        places,
        main,
        route,
        tuple(np.flatnonzero(main & (route == route[step]) & (here >= step)) for step in range(len(steps))),
        np.array([rule.at_closing is AtClosing.FINISH for rule in program.facilities], bool),
        np.array([rule.close for rule in program.services], np.int64),
        np.array([rule.cutoffs for rule in program.services], np.int64).reshape(-1, len(MARK_KINDS)),
        np.array([rule.berth_to for rule in program.services], np.int64),
        detail_names(lowered),
        fast,
    )
