"""The reference engine: WORLD.md on SimPy, one line of events per consignment and one per departure.

A consignment's life. Words in capitals are operations of the instruction set; every arrow is a tick or less:

                    released
                       │
                       ▼
      ┌────────────► MOVING ─────────────────────────────────────────────┐
      │   (zero time: RELEASE, MARK, BRANCH, SWITCH, then on to)         │ no step left
      │        │            │             │              │               ▼
      │      DELAY        SEIZE         BATCH          BOARD         delivered
      │        │            │             │              │
      │        ▼            ▼             ▼              ▼
      │    working      in a queue    gathering      waiting ◄──────────┐
      │     │    ▲          │          │     │           │ load list    │ cancelled
      │     │    │ opens    │ granted  │ full│ joined    ▼              │
      │     ▼    │          │ by the   │ or  │ another   loaded ────────┘
      │   suspended         │ dispatcher time │           │ leaves
      │        │            │          │     ▼           ▼
      │  done  │            │          │   a member,   riding
      └────────┴────────────┴──────────┘   its leader    │ berth, unloading
      ▲                                    goes on       │
      └──────────────────────────────────────────────────┘

The order of things within a tick is SimPy's own, see `agenda`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np
import simpy

from corridor_sim.engine.agenda import Agenda, Phase, Signal, follow, move_rank, rank
from corridor_sim.engine.base import Trace
from corridor_sim.engine.deadlock import check_holds
from corridor_sim.engine.draws import Draws
from corridor_sim.engine.program import MEASURES, NONE, ONE, Inputs, Instruction, Op, Program
from corridor_sim.engine.records import END, RESOURCE, START, UNITS, Records
from corridor_sim.engine.stations import Dispatcher, Key, Station
from corridor_sim.engine.vehicles import Boarding, Line

Events = Generator[simpy.Event, None, None]
BOX = MEASURES.index("box")


def run(program: Program, inputs: Inputs) -> Trace:
    """Run one replication and return its Trace. Raises EngineError when holds form a cycle."""
    return World(program, inputs).run()


@dataclass(slots=True)
class Traveller:
    """A consignment under way, or the load it leads."""

    number: int
    flow: int
    priority: int
    tie: int
    wake_rank: int
    size: list[int]
    containers: int
    held: dict[int, list[int]] = field(default_factory=dict)
    """Facility -> the SEIZE row whose end is still open."""
    marks: dict[int, int] = field(default_factory=dict)
    passed: dict[int, int] = field(default_factory=dict)
    """Step -> how often it was passed before the last time."""
    drawn: dict[int, int] = field(default_factory=dict)
    """Stream -> how many draws were made from it."""
    laps: dict[tuple[int, int], int] = field(default_factory=dict)
    load: list[int] = field(default_factory=list)
    """Consignments delivered together with this one, itself excluded."""

    def next_draw(self, stream: int) -> int:
        """Return the visit number of the next draw from a stream."""
        visit = self.drawn.get(stream, 0)
        self.drawn[stream] = visit + 1
        return visit


@dataclass(slots=True)
class Gathering:
    """A batch in the making: members in queue order, what they amount to, and the running timer."""

    members: list[tuple[int, int, int, int, Traveller, list[int], Signal]] = field(default_factory=list)
    amount: int = 0
    timer: int = 0


class World:
    """One replication while it runs."""

    def __init__(self, program: Program, inputs: Inputs) -> None:
        self.program = program
        self.inputs = inputs
        self.env = Agenda()
        self.draws = Draws(program, inputs)
        cargo, departures = inputs.consignments, inputs.departures
        self.records = Records(len(cargo.flow), departures.scheduled, departures.service)
        dispatcher = Dispatcher(self.env)
        self.stations = dispatcher.stations
        for number, rule in enumerate(program.facilities):
            self.stations.append(
                Station(
                    self.env,
                    number,
                    rule,
                    inputs.capacity[number],
                    dispatcher,
                    self.draws,
                    self.records.change_capacity,
                )
            )
        first = np.searchsorted(departures.service, np.arange(len(program.services) + 1)).tolist()
        self.lines = [
            Line(
                self.env,
                number,
                rule,
                departures,
                range(first[number], first[number + 1]),
                inputs.origin_closed[number],
                inputs.destination_closed[number],
                self.stations,
                self.draws,
                self.records,
                self._leave_yard,
                self._owe_yard,
            )
            for number, rule in enumerate(program.services)
        ]
        self.gatherings: dict[tuple[int, int], Gathering] = {}
        self.travellers: list[Traveller] = []
        self._owed: dict[tuple[int, int], Callable[[int], None]] = {}
        measured = np.array([flow.measured for flow in program.flows], bool)[cargo.flow] & (
            (cargo.release >= program.window_from) & (cargo.release < program.window_to)
        )
        self._measured = measured.tolist()
        self._outstanding = int(measured.sum())
        self._stop = Signal(self.env)

    def run(self) -> Trace:
        """Let the world run until its measured consignments are delivered, or to the horizon."""
        for station in self.stations:
            station.open()
        for line in self.lines:
            line.open()
        follow(self._release_all())
        self.env.call_at(self.program.window_to, rank(Phase.STOP), self._stop_if_done)
        self.env.call_at(self.program.horizon, rank(Phase.STOP), self._end)
        self.env.live(self._stop)
        check_holds(self.program, self.stations, self.lines, self.travellers)
        for line in self.lines:
            line.complete(self.env.tick)
        return self.records.trace(self.env.tick)

    def _stop_if_done(self) -> None:
        if not self._outstanding:
            self._end()

    def _end(self) -> None:
        if not self._stop.triggered:
            self._stop.ring(rank(Phase.STOP))

    def _release_all(self) -> Events:
        """Start a journey at each release, in the order of moves."""
        cargo = self.inputs.consignments
        rows = zip(
            cargo.flow.tolist(),
            cargo.priority.tolist(),
            cargo.tie.tolist(),
            cargo.sizes.tolist(),
            cargo.containers.tolist(),
            strict=True,
        )
        self.travellers = [
            Traveller(number, flow, priority, tie, move_rank(priority, tie), size, containers)
            for number, (flow, priority, tie, size, containers) in enumerate(rows)
        ]
        release = cargo.release.tolist()
        for traveller in sorted(self.travellers, key=lambda one: (release[one.number], one.wake_rank)):
            if release[traveller.number] < self.program.horizon:
                yield Signal(self.env).ring(traveller.wake_rank, release[traveller.number] - self.env.tick)
                follow(self._journey(traveller))

    def _journey(self, traveller: Traveller) -> Events:
        """Walk the program from release to delivery."""
        code, step = self.program.code, self.program.flows[traveller.flow].start
        env, stands_at, begin_visit = self.env, self.records.step, self.records.visit
        number, passed = traveller.number, traveller.passed
        seq = 0
        while step != NONE:
            instruction = code[step]
            stands_at[number] = step
            visit = passed[step] = passed.get(step, NONE) + 1
            row = begin_visit(number, seq, step, visit, env.tick)
            seq += 1
            step = instruction.next
            match instruction.op:
                case Op.DELAY:
                    yield self._delay(traveller, instruction, row)
                    row[END] = env.tick
                case Op.SEIZE:
                    yield self._seize(traveller, instruction, row)
                    self._seized(traveller, instruction, row)
                case Op.BOARD:
                    yield self._board(traveller, instruction, row)
                case Op.BATCH:
                    # only the leader of the load is woken again
                    yield self._join(traveller, instruction, row)
                case Op.RELEASE:
                    self._release(traveller, instruction, row)
                case Op.BRANCH:
                    step = self._branch(traveller, instruction, row)
                case Op.SWITCH:
                    step = self._switch(traveller, instruction, row)
                case Op.MARK | _:
                    traveller.marks[instruction.a] = self.env.tick
                    self._at_once(row, instruction.a)
        self._deliver(traveller)

    def _deliver(self, traveller: Traveller) -> None:
        for number in (traveller.number, *traveller.load):
            self.records.delivered[number] = self.env.tick
            self.records.step[number] = NONE
            self._outstanding -= self._measured[number]
        if not self._outstanding and self.env.tick >= self.program.window_to:
            self._end()

    def _at_once(self, row: list[int], resource: int, units: int = 0) -> None:
        row[START] = row[END] = self.env.tick
        row[RESOURCE], row[UNITS] = resource, units

    def _key(self, traveller: Traveller) -> Key:
        return (traveller.priority, self.env.tick, traveller.tie, traveller.number)

    def _delay(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> simpy.Event:
        row[START], row[RESOURCE] = self.env.tick, instruction.b
        containers = traveller.containers if instruction.c else 1
        visit = traveller.next_draw(instruction.stream)
        ticks = self.draws.cargo_ticks(traveller.number, instruction.stream, instruction.a, visit, containers)
        if instruction.b == NONE:
            return Signal(self.env).ring(traveller.wake_rank, ticks)
        units = traveller.held[instruction.b][UNITS]
        return self.stations[instruction.b].work(units, ticks, traveller.wake_rank)

    def _seize(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> simpy.Event:
        units = instruction.c if instruction.b == NONE else traveller.size[instruction.b]
        row[RESOURCE], row[UNITS] = instruction.a, units
        return self.stations[instruction.a].request(self._key(traveller), units, traveller.wake_rank, traveller.number)

    def _seized(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> None:
        row[START] = self.env.tick
        traveller.held[instruction.a] = row
        owed = self._owed.pop((traveller.number, instruction.a), None)
        if owed is not None:
            owed(traveller.number)

    def _release(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> None:
        self._at_once(row, instruction.a, traveller.held[instruction.a][UNITS])
        if instruction.b == NONE:
            self._leave_yard(traveller.number, instruction.a)
            return
        visit = traveller.next_draw(instruction.stream)
        ticks = self.draws.cargo_ticks(traveller.number, instruction.stream, instruction.b, visit, 1)
        row[END] = NONE
        held = traveller.held.pop(instruction.a)
        station = self.stations[instruction.a]
        station.let_go(traveller.number)

        def returned() -> None:
            row[END] = held[END] = self.env.tick
            station.give_back(held[UNITS])

        self.env.call_at(self.env.tick + ticks, rank(Phase.COMPLETIONS), returned)

    def _leave_yard(self, number: int, facility: int) -> None:
        row = self.travellers[number].held.pop(facility)
        row[END] = self.env.tick
        self.stations[facility].let_go(number)
        self.stations[facility].give_back(row[UNITS])

    def _owe_yard(self, number: int, facility: int, unloaded: Callable[[int], None]) -> None:
        """Note that a vehicle waits until this consignment is granted its place in a yard."""
        self._owed[(number, facility)] = unloaded

    def _board(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> simpy.Event:
        landed = Signal(self.env)
        boarding = Boarding(
            traveller.number,
            row,
            traveller.size,
            self.env.tick,
            traveller.marks,
            traveller.wake_rank,
            landed,
            instruction.b,
            instruction.c,
        )
        self.lines[instruction.a].join(self._key(traveller), boarding)
        return landed

    def _join(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> simpy.Event:
        rule = self.program.batches[instruction.a]
        place = (instruction.a, traveller.flow if rule.per_flow else NONE)
        gathering = self.gatherings.setdefault(place, Gathering())
        leads = Signal(self.env)
        insort(gathering.members, (*self._key(traveller), traveller, row, leads))
        gathering.amount += traveller.size[rule.measure]
        if len(gathering.members) == 1:
            self._start_timer(place, gathering, self.env.tick)
        while gathering.members and gathering.amount >= rule.full:
            self._form_load(place, gathering)
        return leads

    def _start_timer(self, place: tuple[int, int], gathering: Gathering, since: int) -> None:
        timeout = self.program.batches[place[0]].timeout
        gathering.timer += 1
        timer = gathering.timer
        if timeout != NONE:
            self.env.call_at(
                max(since + timeout, self.env.tick),
                rank(Phase.COMPLETIONS),
                lambda: self._form_load(place, gathering) if timer == gathering.timer else None,
            )

    def _form_load(self, place: tuple[int, int], gathering: Gathering) -> None:
        """Let the first members that make a full load, or all there are, go on as one."""
        rule = self.program.batches[place[0]]
        amount = count = 0
        for *_, member, _, _ in gathering.members:
            if count and amount + member.size[rule.measure] > rule.full:
                break
            amount += member.size[rule.measure]
            count += 1
        leaving, gathering.members = gathering.members[:count], gathering.members[count:]
        gathering.amount -= amount
        leader = leaving[0][-3]
        for *_, member, row, _ in leaving:
            self._at_once(row, leader.number, count)
            self.records.leader[member.number] = leader.number
        followers = [member for *_, member, _, _ in leaving[1:]]
        leader.load += [number for member in followers for number in (member.number, *member.load)]
        totals = [sum(sizes) for sizes in zip(leader.size, *(member.size for member in followers), strict=True)]
        leader.size = [total if fixed == NONE else fixed for total, fixed in zip(totals, rule.becomes, strict=True)]
        leader.containers = max(1, leader.size[BOX] // ONE)
        leaving[0][-1].ring(leader.wake_rank)
        gathering.timer += 1
        if gathering.members:
            self._start_timer(place, gathering, min(ready for _, ready, *_ in gathering.members))

    def _branch(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> int:
        rule = self.program.branches[instruction.a]
        if self.inputs.noise:
            lot = self.draws.cargo_uniform(
                traveller.number, instruction.stream, traveller.next_draw(instruction.stream)
            )
            lane = next(number for number, upto in enumerate(rule.upto) if lot < upto)
        else:
            lane = self.inputs.lanes.get(instruction.a, rule.likeliest)
        self._at_once(row, instruction.a, lane)
        if not rule.again[lane]:
            return rule.targets[lane]
        laps = traveller.laps[(instruction.a, lane)] = traveller.laps.get((instruction.a, lane), 0) + 1
        return rule.targets[lane] if laps <= rule.again[lane] else rule.otherwise[lane]

    def _switch(self, traveller: Traveller, instruction: Instruction, row: list[int]) -> int:
        rule = self.program.switches[instruction.a]
        if rule.service != NONE:
            wait = self.lines[rule.service].wait_for_next(self.env.tick)
            leaves = wait == NONE or wait > rule.wait
        else:
            leaves = self.stations[rule.facility].units_ahead(traveller.priority) > rule.over
        self._at_once(row, instruction.a, int(leaves))
        return rule.target if leaves else instruction.next
