"""Draws the inputs of a replication in the compiled kernel: the same numbers as `inputs.draw_inputs`, sooner."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine import kernel as k
from corridor_sim.engine.layout import Memory, lay_out_samplers, stream_keys, table_of
from corridor_sim.engine.program import MEASURES, NONE, Consignments, Departures, Inputs, Ints, Program
from corridor_sim.network.inputs import InputPlan, draw_open_times
from corridor_sim.network.world import Loss, ServicePlan
from corridor_sim.sampling.arrivals import UNIT_GAP, likely_count
from corridor_sim.sampling.streams import TIE_STREAM, name_word, tie_ranks
from corridor_sim.sampling.tables import KNOTS, build_sampler

TWICE = 2
Arrivals = tuple[int, int, tuple[Ints, Ints] | None]
"""Counter word, stream and cumulative rate of what arrives."""


class CompiledInputs:
    """Draws the replications of one alternative and seed, with noise; every thread needs one of its own."""

    def __init__(self, program: Program, plan: InputPlan, seed: int, spare: Ints | None = None) -> None:
        """Make ready to draw; `spare` are cells of a memory that nobody needs any more."""
        self._program, self._plan, self._seed = program, plan, seed
        self._gap = len(program.samplers)
        sampler, part, knots = lay_out_samplers([*program.samplers, build_sampler(UNIT_GAP)])
        arrivals = [(flow.word, flow.stream, flow.curve) for flow in plan.flows]
        arrivals += [(name_word(one.name), one.stream, one.curve) for one in plan.closures]
        ticks, levels, sources = _curves(arrivals)
        counts = [len(line.scheduled) for line in plan.services]
        self._service = np.repeat(np.arange(len(counts)), counts).astype(np.int64)
        self._scheduled = _joined([line.scheduled for line in plan.services])
        self._room = np.repeat(table_of([line.capacity for line in plan.services], len(MEASURES)), counts, axis=0)
        self._memory = Memory(
            {
                k.SAMPLERS: sampler,
                k.PARTS: part,
                k.KNOTS: knots.reshape(-1, KNOTS),
                k.KEYS: stream_keys(seed, (*program.streams, TIE_STREAM)),
                k.LINES: table_of([_line(line) for line in plan.services], k.LINE_COLUMNS),
                k.SOURCES: sources,
                k.CURVE_TICKS: ticks,
                k.CURVE_LEVELS: levels,
                k.SERVICE_OF: self._service,
                k.SCHEDULED: self._scheduled,
                k.ROOM: self._room,
                k.LAWS_OF_DAY: _joined([_laws_of_day(line) for line in plan.services]),
            },
            spare,
        )
        self._room_for = [likely_count(curve) if curve is not None else 0 for _, _, curve in arrivals]

    @property
    def cells(self) -> Ints:
        """The memory it draws in."""
        return self._memory.cells

    def is_for(self, program: Program, plan: InputPlan, seed: int) -> bool:
        """Return whether these are the draws of this very alternative and seed."""
        return self._program is program and self._plan is plan and self._seed == seed

    def draw(self, replication: int) -> Inputs:
        """Return the inputs of one replication."""
        memory = self._memory
        memory.begin()
        memory.cells[k.REPLICATION] = replication
        for table in (k.DELAYS, k.NOTICES, k.TRANSITS, k.VEHICLE_TIES):
            memory.add(table, len(self._scheduled), 1)
        memory.add(k.BACKGROUND, len(self._scheduled), len(MEASURES))[...] = 0
        k.draw_departures(memory.cells)
        closures = [event for number in range(len(self._plan.closures)) for event in self._closure(number)]
        return Inputs(
            seed=self._seed,
            replication=replication,
            noise=True,
            lanes={},
            consignments=self._consignments(replication),
            departures=self._departures(),
            **draw_open_times(self._program, self._plan, self._seed, replication, closures),
        )

    def _closure(self, number: int) -> list[Loss]:
        """Return (closure, from, to) of each event of a closure."""
        plan = self._plan.closures[number]
        events = [(number, start, end) for start, end in plan.fixed]
        if plan.curve is not None:
            starts, _ = self._arrivals(len(self._plan.flows) + number)
            lasts = np.empty(len(starts), np.int64)
            k.draw_durations(self._memory.cells, plan.duration, plan.stream, name_word(plan.name), lasts)
            pairs = zip(starts.tolist(), (starts + lasts).tolist(), strict=True)
            events += [(number, start, end) for start, end in pairs]
        return events

    def _departures(self) -> Departures:
        def column(table: int) -> Ints:
            return self._memory.table(table)[:, 0].copy()

        return Departures(
            service=self._service,
            scheduled=self._scheduled,
            delay=column(k.DELAYS),
            notice=column(k.NOTICES),
            transit=column(k.TRANSITS),
            capacity=self._room,
            background=self._memory.table(k.BACKGROUND).copy(),
            tie=column(k.VEHICLE_TIES),
        )

    def _consignments(self, replication: int) -> Consignments:
        flows = self._plan.flows
        drawn = [self._flow(number, replication) for number in range(len(flows))]
        counts = [len(releases) for releases, _ in drawn]
        flow = np.repeat(np.arange(len(flows)), counts).astype(np.int64)
        return Consignments(
            flow=flow,
            ordinal=_joined([np.arange(count) for count in counts]),
            release=_joined([releases for releases, _ in drawn]),
            priority=np.array([plan.priority for plan in flows], np.int64)[flow],
            tie=_joined([ties for _, ties in drawn]),
            sizes=table_of([plan.sizes for plan in flows], len(MEASURES))[flow],
            containers=np.array([plan.containers for plan in flows], np.int64)[flow],
        )

    def _flow(self, number: int, replication: int) -> tuple[Ints, Ints]:
        """Return the releases and tie ranks of a flow."""
        plan = self._plan.flows[number]
        if plan.curve is not None:
            return self._arrivals(number)
        return plan.fixed, tie_ranks(self._seed, replication, plan.word, np.arange(len(plan.fixed)))

    def _arrivals(self, source: int) -> tuple[Ints, Ints]:
        """Return the ticks of all arrivals of a flow, or of the random closures behind the flows, and tie ranks."""
        while True:
            ticks, ties = np.empty((1 + 1, self._room_for[source]), np.int64)
            count = k.draw_releases(self._memory.cells, source, self._gap, ticks, ties)
            if count != NONE:
                return ticks[:count], ties[:count]
            self._room_for[source] *= TWICE


def _line(plan: ServicePlan) -> list[int]:
    row = [0] * k.LINE_COLUMNS
    row[k.N_WORD], row[k.N_TRANSIT_STREAM] = name_word(plan.name), plan.transit_stream
    row[k.N_DELAY], row[k.N_DELAY_UPTO], row[k.N_DELAY_STREAM] = plan.delay, plan.delay_upto, plan.delay_stream
    row[k.N_CANCEL_UPTO], row[k.N_CANCEL_NOTICE] = plan.cancel_upto, plan.cancel_notice
    row[k.N_CANCEL_STREAM] = plan.cancel_stream
    row[k.N_BACKGROUND], row[k.N_BACKGROUND_STREAM] = plan.background, plan.background_stream
    return row


def _laws_of_day(plan: ServicePlan) -> Ints:
    """Return the sampler of the transit of each departure: the first whose windows it is scheduled in."""
    law = np.full(len(plan.scheduled), plan.transit, np.int64)
    for windows, sampler in reversed(plan.transit_in):
        for start, end in windows:
            law[(plan.scheduled >= start) & (plan.scheduled < end)] = sampler
    return law


def _curves(arrivals: list[Arrivals]) -> tuple[Ints, Ints, Ints]:
    """Return the corners of all cumulative rates (ticks, levels), and where those of each stand."""
    ticks, levels, sources = [], [], []
    first = 0
    for word, stream, curve in arrivals:
        corners = curve or (np.zeros(1, np.int64), np.zeros(1, np.int64))
        ticks.append(corners[0])
        levels.append(corners[1])
        sources.append((word, stream, first, first + len(corners[0]) - 1))
        first += len(corners[0])
    return _joined(ticks), _joined(levels), table_of(sources, k.SOURCE_COLUMNS)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)
