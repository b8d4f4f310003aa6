"""The compiled engine: lays a Program and its Inputs out for the kernel and reads the Trace back.

It gives the same Trace as `reference`, row by row; what it adds is speed, and the need for numba.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
from numba import int64

from corridor_sim.engine import kernel as k
from corridor_sim.engine.base import CAPACITY, DEPARTURES, OUTCOMES, VISITS, Trace
from corridor_sim.engine.deadlock import Wait, raise_if_stuck
from corridor_sim.engine.jitted import Typed
from corridor_sim.engine.layout import Memory, Rules, lay_out, stream_keys, table_of
from corridor_sim.engine.program import MEASURES, NONE, ONE, CapacityChange, Inputs, Ints, Program
from corridor_sim.errors import ModelError
from corridor_sim.sampling.streams import VISIT_BITS

Thing = TypeVar("Thing")
Made = TypeVar("Made")
TWICE = 2
KEPT_PROGRAMS = 64
"""Programs whose layout an engine remembers: a study plays the alternatives of a file in turn."""
TOO_MANY = f"a consignment has more than {1 << VISIT_BITS} containers or draws at one step; bound its cycles"


_known_keys = lru_cache(maxsize=KEPT_PROGRAMS)(stream_keys)


class _Remembered(Generic[Thing, Made]):
    """What was made of things, known by which object they are; the oldest goes first."""

    def __init__(self, make: Callable[[Thing], Made]) -> None:
        self._make = make
        self._known: dict[int, tuple[Thing, Made]] = {}

    def of(self, thing: Thing) -> Made:
        """Return what was made of this very object, now or earlier."""
        known = self._known.get(id(thing))
        if known is None or known[0] is not thing:
            while len(self._known) >= KEPT_PROGRAMS:
                del self._known[next(iter(self._known))]
            known = self._known[id(thing)] = (thing, self._make(thing))
        return known[1]

    def forget(self) -> list[Made]:
        """Forget everything, and return what was made."""
        made = [each for _, each in self._known.values()]
        self._known.clear()
        return made


class CompiledEngine:
    """Runs replications one after another in the same memory; every thread needs one of its own.

    The Trace it returns stands in that memory: it is overwritten by the next run unless `keep` was asked for.
    """

    def __init__(self, keep: bool = True) -> None:
        self._keep = keep
        self._memories = _Remembered(self._laid_out)
        self._spare = np.zeros(0, np.int64)
        # plans without chance are the same object in every replication
        self._changes = _Remembered(_changes_table)
        self._visits = np.zeros(0, np.int64)

    def __call__(self, program: Program, inputs: Inputs) -> Trace:
        """Run one replication and return its Trace. Raises EngineError when holds form a cycle, ModelError."""
        rules, memory = self._memories.of(program)
        while True:
            self._write(rules, memory, program, inputs)
            problem = int(k.simulate(memory.cells))
            if problem == k.FINE:
                break
            _make_room(rules, problem)
        if (memory.table(k.FACILITIES)[:, k.F_HEAD] != NONE).any():
            raise_if_stuck(program, _waits(program, memory), inputs.consignments.flow)
        return self._trace(memory)

    def forget(self) -> None:
        """Forget all Programs; their memory is used again for the next one, which is then sooner laid out."""
        for _, memory in self._memories.forget():
            if len(memory.cells) > len(self._spare):
                self._spare = memory.cells

    def _laid_out(self, program: Program) -> tuple[Rules, Memory]:
        rules, spare = lay_out(program), self._spare
        self._spare = np.zeros(0, np.int64)
        return rules, Memory(rules.lasting(), spare)

    def memory_of(self, program: Program) -> Memory:
        """Return the memory in which a Program runs, as its last run left it."""
        return self._memories.of(program)[1]

    def _write(self, rules: Rules, memory: Memory, program: Program, inputs: Inputs) -> None:
        """Write the inputs and a fresh state into the memory."""
        changes, facility = self._facilities(rules, inputs)
        closures, service = _services(rules, inputs)
        flow = _flows(rules, inputs.consignments.flow)
        memory.begin()
        memory.write(
            {
                k.FACILITIES: facility,
                k.SERVICES: service,
                k.GATHERINGS: rules.gathering,
                k.BRANCHES: _lanes_taken(rules, inputs.lanes),
                k.FLOWS: flow,
                k.KEYS: _known_keys(inputs.seed, program.streams),
                k.CHANGES: changes,
                k.CLOSURES: closures,
            }
        )
        order = _write_cargo(memory, inputs)
        _write_departures(memory, inputs)
        _add_state(rules, memory, program, flow, len(changes))
        for scalar, value in (
            (k.ORDERED, order),
            (k.HORIZON, program.horizon),
            (k.WINDOW_FROM, program.window_from),
            (k.WINDOW_TO, program.window_to),
            (k.NOISE, inputs.noise),
            (k.REPLICATION, inputs.replication),
            (k.CONSIGNMENTS, len(inputs.consignments.flow)),
        ):
            memory.cells[scalar] = value

    def _facilities(self, rules: Rules, inputs: Inputs) -> tuple[Ints, Ints]:
        """Return the planned changes of all facilities in one table, and the facilities as they begin."""
        tables = [self._changes.of(changes) for changes in inputs.capacity]
        facility = rules.facility.copy()
        last = np.cumsum([len(table) for table in tables])
        facility[:, k.F_LAST_CHANGE] = last
        facility[:, k.F_NEXT_CHANGE] = last - [len(table) for table in tables]
        facility[:, k.F_BREAKS] &= int(inputs.noise)
        many = last - facility[:, k.F_NEXT_CHANGE] > 1
        facility[:, k.F_INTERRUPTIBLE] = many | (facility[:, k.F_BREAKS] == 1)
        return (np.concatenate(tables) if tables else np.zeros((0, k.CHANGE_COLUMNS), np.int64)), facility

    def _trace(self, memory: Memory) -> Trace:
        count = int(memory.table(k.SEQS).sum())
        if len(self._visits) < count * len(VISITS):
            self._visits = np.empty(count * len(VISITS) * TWICE, np.int64)
        k.gather_rows(memory.cells, self._visits)
        visits = self._visits[: count * len(VISITS)].reshape(-1, len(VISITS))
        noted = memory.table(k.CAPACITY)[: memory.cells[k.CHANGES_NOTED]]
        # at the tick of the stop a facility may have changed twice (closed and opened); their order is kept
        capacity = noted[np.argsort(noted[:, 0], kind="stable")]
        tables = (visits, memory.table(k.DEPARTURES), memory.table(k.OWN), memory.table(k.OUTCOMES))
        if self._keep:
            tables = (visits.copy(), tables[1].copy(), tables[2].copy(), tables[3].copy())
        return Trace(*tables, capacity=capacity, stop=int(memory.cells[k.STOP]))


def functions() -> list[Typed]:
    """Return what is called of the kernel, with the types of the arguments."""
    memory = column = int64[::1]
    return [
        (k.simulate, (memory,)),
        (k.gather_rows, (memory, column)),
        (k.draw_departures, (memory,)),
        (k.draw_releases, (memory, int64, int64, column, column)),
        (k.draw_durations, (memory, int64, int64, int64, column)),
    ]


def _changes_table(changes: tuple[CapacityChange, ...]) -> Ints:
    """Return (changes, tick and units and cause)."""
    return table_of([(change.tick, change.units, int(change.cause)) for change in changes], k.CHANGE_COLUMNS)


def _make_room(rules: Rules, problem: int) -> None:
    """Double what was too small. Raises ModelError for what cannot be helped."""
    if problem == k.HEAP_FULL:
        rules.heap *= TWICE
    elif problem == k.RETURNS_FULL:
        rules.returns *= TWICE
    elif problem == k.ROWS_FULL:
        rules.most_rows = rules.most_rows * TWICE
    elif problem == k.CHANGES_FULL:
        rules.spare_changes *= TWICE
    elif problem == k.TOO_MANY_DRAWS:
        raise ModelError(TOO_MANY)
    else:
        raise ModelError(f"flows have more than {k.MOST_PRIORITIES} different priorities; use fewer")


def _write_cargo(memory: Memory, inputs: Inputs) -> bool:
    """Write the consignments; return whether their order of release is not the order in which they stand."""
    cargo = inputs.consignments
    order = _release_order(cargo.flow, cargo.release, cargo.tie)
    memory.write(
        {
            k.RELEASES: cargo.release,
            k.RELEASE_ORDER: order,
            k.PRIORITY_OF: cargo.priority,
            k.TIES: cargo.tie,
            k.ORDINALS: cargo.ordinal,
            k.FLOW_OF: cargo.flow,
            k.CONTAINERS: cargo.containers,
            k.SIZES: cargo.sizes,
        }
    )
    return len(order) > 0


def _write_departures(memory: Memory, inputs: Inputs) -> None:
    departures = inputs.departures
    memory.write(
        {
            k.SERVICE_OF: departures.service,
            k.SCHEDULED: departures.scheduled,
            k.DELAYS: departures.delay,
            k.NOTICES: departures.notice,
            k.TRANSITS: departures.transit,
            k.VEHICLE_TIES: departures.tie,
            k.ROOM: departures.capacity,
            k.BACKGROUND: departures.background,
        }
    )
    rows = memory.add(k.DEPARTURES, len(departures.scheduled), len(DEPARTURES))
    rows[...] = NONE
    rows[:, k.T_SERVICE], rows[:, k.T_SCHEDULED], rows[:, k.T_STATE] = departures.service, departures.scheduled, 0


def _add_state(rules: Rules, memory: Memory, program: Program, flow: Ints, changes: int) -> None:
    """Make room for what happens; what the kernel does not write first is set to nothing."""
    people, vehicles = memory.count(k.FLOW_OF), memory.count(k.SCHEDULED)
    visits = int((flow[:, k.Q_LAST] - flow[:, k.Q_FIRST]) @ flow[:, k.Q_MOST_ROWS])
    for table, rows, width in (
        (k.PRIORITIES, k.MOST_PRIORITIES, 1),
        (k.LOAD, 1, len(MEASURES)),
        (k.ENTITIES, people + vehicles, k.ENTITY_COLUMNS),
        (k.MARKS, people, k.KINDS),
        (k.HEAP, rules.heap, k.EVENT),
        (k.RETURNS, rules.returns, k.RETURN_COLUMNS),
        (k.OUTCOMES, people, len(OUTCOMES)),
        (k.CAPACITY, changes + rules.spare_changes, len(CAPACITY)),
        (k.ROWS, visits, len(VISITS)),
        (k.SEQS, people, 1),
    ):
        memory.add(table, rows, width)
    for table, rows, width, nothing in (
        (k.COUNTS, people, rules.slots, 0),
        (k.VOYAGES, vehicles, k.DEPARTURE_COLUMNS, 0),
        (k.OWN, vehicles, len(MEASURES), 0),
        (k.HELD, people, len(program.facilities), NONE),
    ):
        memory.add(table, rows, width)[...] = nothing


def _services(rules: Rules, inputs: Inputs) -> tuple[Ints, Ints]:
    """Return the closures of all origins and destinations in one table, and the services as they begin."""
    service = rules.service.copy()
    closures: list[tuple[int, int]] = []
    for column, by_service in ((k.S_CLOSED_FROM, inputs.origin_closed), (k.S_CLOSED_TO, inputs.destination_closed)):
        for number, closed in enumerate(by_service):
            service[number, column] = len(closures)
            closures += closed
            service[number, column + 1] = len(closures)
    first = np.searchsorted(inputs.departures.service, np.arange(len(service) + 1))
    service[:, k.S_FIRST] = service[:, k.S_UPCOMING] = first[:-1]
    service[:, k.S_LAST] = first[1:]
    return table_of(closures, k.CLOSURE_COLUMNS), service


def _flows(rules: Rules, flow_of: Ints) -> Ints:
    """Return the flows as they begin, with the room for the visits of their consignments."""
    flow = rules.flow.copy()
    first = np.searchsorted(flow_of, np.arange(len(flow) + 1))
    flow[:, k.Q_FIRST] = flow[:, k.Q_NEXT] = first[:-1]
    flow[:, k.Q_LAST] = first[1:]
    flow[:, k.Q_MOST_ROWS] = rules.most_rows
    room = np.diff(first) * rules.most_rows
    flow[:, k.Q_ROWS] = np.cumsum(room) - room
    return flow


def _release_order(flow_of: Ints, release: Ints, tie: Ints) -> Ints:
    """Return the consignments by (flow, release, tie rank); empty where they already stand so."""
    ahead = np.diff(release)
    ahead[np.diff(flow_of) > 0] = 1
    if (ahead > 0).all():
        return np.zeros(0, np.int64)
    if (ahead < 0).any():
        return np.lexsort((tie, release, flow_of)).astype(np.int64)
    order = np.arange(len(release))
    with_next = np.append(ahead == 0, False)
    together = np.flatnonzero(with_next | np.roll(with_next, 1))
    order[together] = together[np.lexsort((tie[together], release[together], flow_of[together]))]
    return order


def _lanes_taken(rules: Rules, lanes: Mapping[int, int]) -> Ints:
    branch = rules.branch.copy()
    for number, lane in lanes.items():
        branch[number, k.R_TAKEN] = lane
    return branch


def _waits(program: Program, memory: Memory) -> dict[int, Wait]:
    """Return what everybody waits for at the stop (see `deadlock`)."""
    waits: dict[int, Wait] = {}
    voyages, entities = memory.table(k.VOYAGES), memory.table(k.ENTITIES)
    service_of, people = memory.table(k.SERVICE_OF)[:, 0], memory.count(k.FLOW_OF)
    for departure in np.flatnonzero(np.isin(voyages[:, k.D_STEP], (k.AT_FIRST_BERTH, k.BEING_LOADED))).tolist():
        service = program.service_names[service_of[departure]]
        for number in _listed(entities, voyages[departure, k.D_CARGO], k.E_CARGO_NEXT):
            waits[number] = Wait(service, {-1 - departure: 1})
    # not by the vehicle's list of cargo: who went ashore long ago may stand in that of another vehicle
    owed_to = np.where(memory.table(k.OUTCOMES)[:, k.AT_STEP] != NONE, entities[:people, k.E_OWED], NONE)
    for departure in np.flatnonzero(voyages[:, k.D_STEP] == k.WAITING_FOR_YARD).tolist():
        waits[-1 - departure] = Wait("its unloading", dict.fromkeys(np.flatnonzero(owed_to == departure).tolist(), 1))
    for facility, rule in enumerate(program.facilities):
        queue = _listed(entities, memory.table(k.FACILITIES)[facility, k.F_HEAD], k.E_NEXT)
        holders = _holders(memory, facility) if queue else {}
        for entity in queue:
            spare = rule.units - int(entities[entity, k.E_UNITS])
            holder = entity if entity < people else people - 1 - entity
            waits[holder] = Wait(program.facility_names[facility], holders, spare)
    return waits


def _listed(entities: Ints, first: int, column: int) -> list[int]:
    """Return the entities of a list from its first on."""
    found = []
    while first != NONE:
        found.append(int(first))
        first = entities[first, column]
    return found


def _holders(memory: Memory, facility: int) -> dict[int, int]:
    """Return who keeps how much of a facility; vehicles count down from -1."""
    held, units = memory.table(k.HELD)[:, facility], memory.table(k.ROWS)[:, k.UNITS]
    holders = {number: int(units[held[number]]) for number in np.flatnonzero(held != NONE).tolist()}
    step, service = memory.table(k.VOYAGES)[:, k.D_STEP], memory.table(k.SERVICES)[memory.table(k.SERVICE_OF)[:, 0]]
    loading = (step == k.BEING_LOADED) & (service[:, k.S_BERTH_FROM] == facility)
    unloading = np.isin(step, (k.BEING_UNLOADED, k.WAITING_FOR_YARD)) & (service[:, k.S_BERTH_TO] == facility)
    return holders | {-1 - departure: ONE for departure in np.flatnonzero(loading | unloading).tolist()}
