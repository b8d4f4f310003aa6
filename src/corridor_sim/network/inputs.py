"""Draws what one replication is given: a pure function of plans, seed and replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from corridor_sim.engine.program import (
    MEASURES,
    NONE,
    CapacityChange,
    Consignments,
    Departures,
    Inputs,
    Ints,
    Program,
)
from corridor_sim.network.demand import FlowPlan
from corridor_sim.network.world import ClosurePlan, FacilityPlan, Loss, ServicePlan, capacity_changes
from corridor_sim.sampling.arrivals import arrival_ticks
from corridor_sim.sampling.streams import name_word, stream_key, tie_ranks, uniforms
from corridor_sim.sampling.tables import Sampler, sample_amounts, sample_ticks
from corridor_sim.scenario.calendars import Window, subtract_windows


@dataclass(frozen=True)
class InputPlan:
    """Everything `draw_inputs` needs besides the Program, in the Program's order."""

    flows: tuple[FlowPlan, ...]
    facilities: tuple[FacilityPlan, ...]
    services: tuple[ServicePlan, ...]
    closures: tuple[ClosurePlan, ...]


def draw_inputs(
    program: Program,
    plan: InputPlan,
    seed: int,
    replication: int,
    noise: bool = True,
    lanes: Mapping[int, int] | None = None,
) -> Inputs:
    """Return the inputs of one replication; without `noise` as WORLD.md (Noise off) has them, `lanes` by branch."""
    draw = _Draw(program, seed, replication, noise)
    closures = [event for number, closure in enumerate(plan.closures) for event in draw.closure(number, closure)]
    return Inputs(
        seed=seed,
        replication=replication,
        noise=noise,
        lanes=dict(lanes or {}),
        consignments=draw.consignments(plan.flows),
        departures=draw.departures(plan.services),
        **draw.open_times(plan, closures),
    )


class OpenTimes(TypedDict):
    """The part of the Inputs that tells when places and facilities are open."""

    capacity: tuple[tuple[CapacityChange, ...], ...]
    origin_closed: tuple[tuple[Window, ...], ...]
    destination_closed: tuple[tuple[Window, ...], ...]
    closures: tuple[Loss, ...]


def draw_open_times(program: Program, plan: InputPlan, seed: int, replication: int, closures: list[Loss]) -> OpenTimes:
    """Return when places and facilities are open in a replication with noise, given the `closures` drawn for it."""
    return _Draw(program, seed, replication, True).open_times(plan, closures)


@dataclass(frozen=True)
class _Draw:
    program: Program
    seed: int
    replication: int
    noise: bool

    def key(self, stream: int) -> tuple[int, int]:
        return stream_key(self.seed, self.program.streams[stream])

    def open_times(self, plan: InputPlan, closures: list[Loss]) -> OpenTimes:
        """Return when places and facilities are open, given (closure, from, to) of each event."""
        return {
            "capacity": tuple(self.capacity(facility, plan.closures, closures) for facility in plan.facilities),
            "origin_closed": tuple(_closed(plan.closures, closures, one.origin, one.mode) for one in plan.services),
            "destination_closed": tuple(
                _closed(plan.closures, closures, one.destination, one.mode) for one in plan.services
            ),
            "closures": tuple(closures),
        }

    def closure(self, number: int, plan: ClosurePlan) -> list[Loss]:
        """Return (closure, from, to) of each event of a closure."""
        events = [(number, start, end) for start, end in plan.fixed]
        if plan.curve is not None and self.noise:
            word = name_word(plan.name)
            starts = arrival_ticks(self.key(plan.stream), self.replication, word, plan.curve)
            lots = uniforms(self.key(plan.stream), self.replication, word, np.arange(len(starts)), 1)
            lasts = sample_ticks(self.program.samplers[plan.duration], *lots)
            events += [(number, int(start), int(start + length)) for start, length in zip(starts, lasts, strict=True)]
        return events

    def consignments(self, plans: Sequence[FlowPlan]) -> Consignments:
        """Return the consignments of all flows."""
        releases = [self._releases(plan) for plan in plans]
        counts = [len(ticks) for ticks in releases]
        flow = np.repeat(np.arange(len(plans)), counts).astype(np.int64)
        ordinal = _concatenated([np.arange(count) for count in counts])
        words = np.array([plan.word for plan in plans], np.int64)
        sizes = np.array([plan.sizes for plan in plans], np.int64).reshape(-1, len(MEASURES))
        return Consignments(
            flow=flow,
            ordinal=ordinal,
            release=_concatenated(releases),
            priority=np.array([plan.priority for plan in plans], np.int64)[flow],
            tie=tie_ranks(self.seed, self.replication, words[flow], ordinal),
            sizes=sizes[flow],
            containers=np.array([plan.containers for plan in plans], np.int64)[flow],
        )

    def _releases(self, plan: FlowPlan) -> Ints:
        if plan.curve is None:
            return plan.fixed
        if plan.background and not self.noise:
            return np.zeros(0, np.int64)
        return arrival_ticks(self.key(plan.stream), self.replication, plan.word, plan.curve, self.noise)

    def departures(self, plans: Sequence[ServicePlan]) -> Departures:
        """Return the departures of all services."""
        tables = [self._line(number, plan) for number, plan in enumerate(plans)]
        columns = [_concatenated(column) for column in zip(*tables, strict=True)] if tables else []
        if not columns:
            none, wide = np.zeros(0, np.int64), np.zeros((0, len(MEASURES)), np.int64)
            return Departures(none, none, none, none, none, wide, wide, none)
        service, scheduled, delay, notice, transit, capacity, background, tie = columns
        wide_shape = (-1, len(MEASURES))
        return Departures(
            service,
            scheduled,
            delay,
            notice,
            transit,
            capacity.reshape(wide_shape),
            background.reshape(wide_shape),
            tie,
        )

    def _line(self, number: int, plan: ServicePlan) -> tuple[Ints, ...]:
        scheduled, count, word = plan.scheduled, len(plan.scheduled), name_word(plan.name)

        def lots(stream: int, visit: int = 0) -> tuple[Ints, Ints]:
            if not self.noise:
                # means are taken whatever the lots are
                return np.zeros(count, np.int64), np.zeros(count, np.int64)
            return uniforms(self.key(stream), self.replication, word, scheduled, visit)

        delay = np.zeros(count, np.int64)
        if plan.delay != NONE and self.noise:
            late = lots(plan.delay_stream)[0] < plan.delay_upto
            delay = np.where(late, sample_ticks(self._sampler(plan.delay), *lots(plan.delay_stream, 1)), 0)
        notice = np.full(count, NONE, np.int64)
        if plan.cancel_upto and self.noise:
            cancelled = lots(plan.cancel_stream)[0] < plan.cancel_upto
            notice = np.where(cancelled, np.maximum(scheduled - plan.cancel_notice, 0), NONE)
        transit = self._transit(plan, lots(plan.transit_stream))
        capacity = np.broadcast_to(np.array(plan.capacity, np.int64), (count, len(MEASURES)))
        background = np.zeros((count, len(MEASURES)), np.int64)
        if plan.background != NONE:
            sampler = self._sampler(plan.background)
            share = sample_amounts(sampler, *lots(plan.background_stream), noise=self.noise)[:, None]
            background = np.where(capacity == NONE, 0, taken_share(capacity, share, sampler.one))
        tie = tie_ranks(self.seed, self.replication, word, scheduled)
        return np.full(count, number, np.int64), scheduled, delay, notice, transit, capacity, background, tie

    def _transit(self, plan: ServicePlan, lots: tuple[Ints, Ints]) -> Ints:
        """Return the transit of each departure: one draw, by the law of the day for which it is scheduled."""
        transit = sample_ticks(self._sampler(plan.transit), *lots, noise=self.noise)
        for windows, sampler in reversed(plan.transit_in):
            inside = np.any([(plan.scheduled >= start) & (plan.scheduled < end) for start, end in windows], axis=0)
            transit = np.where(inside, sample_ticks(self._sampler(sampler), *lots, noise=self.noise), transit)
        return transit

    def _sampler(self, number: int) -> Sampler:
        return self.program.samplers[number]

    def capacity(
        self, plan: FacilityPlan, closures: Sequence[ClosurePlan], events: Sequence[tuple[int, int, int]]
    ) -> tuple[CapacityChange, ...]:
        """Return a facility's capacity over time: hours and closures, less failed servers."""
        closed = _closed(closures, events, plan.place, plan.mode)
        if not closed and (plan.uptime == NONE or not self.noise):
            return plan.changes
        windows = subtract_windows(plan.windows, closed) if closed else list(plan.windows)
        down = self._failures(plan) if plan.uptime != NONE and self.noise else []
        failures = [(start, end, plan.failing_units) for start, end in down]
        return capacity_changes(windows, plan.cuts, failures, plan.units, self.program.horizon)

    def _failures(self, plan: FacilityPlan) -> list[Window]:
        key, word, horizon = self.key(plan.failure_stream), name_word(plan.name), self.program.horizon
        down: list[Window] = []
        tick, numbers = 0, np.arange(FAILURES_AT_ONCE)
        while tick < horizon:
            lots = [uniforms(key, self.replication, word, numbers, visit) for visit in (0, 1)]
            up, repair = (
                sample_ticks(self._sampler(law), *pair)
                for law, pair in zip((plan.uptime, plan.repair), lots, strict=True)
            )
            ends = tick + np.cumsum(up + repair)
            # the last one ends after the horizon, or there are more to draw
            met = np.searchsorted(ends, horizon) + 1
            down += zip((ends - repair)[:met].tolist(), ends[:met].tolist(), strict=True)
            tick, numbers = int(ends[-1]), numbers + FAILURES_AT_ONCE
        return down


FAILURES_AT_ONCE = 64
"""So many are drawn in one go; the last of them may come after all is over."""


def taken_share(capacity: Ints, share: Ints, one: int) -> Ints:
    """Return capacity x share / one to the nearest thousandth; the capacity comes in two chunks against overflow."""
    high, low = capacity >> CHUNK_BITS, capacity & ((1 << CHUNK_BITS) - 1)
    whole, rest = np.divmod(high * share, one)
    taken: Ints = (whole << CHUNK_BITS) + ((rest << CHUNK_BITS) + low * share + (one >> 1)) // one
    return taken


CHUNK_BITS = 16
"""A share has 41 bits: with chunks of 16 bits nothing overflows in any capacity below 2^38 thousandths."""


def _closed(
    plans: Sequence[ClosurePlan], events: Sequence[tuple[int, int, int]], place: str, mode: str | None
) -> tuple[Window, ...]:
    """Return the merged intervals in which a place is closed for a mode."""
    closed = [
        (max(0, start + act.starts), end + act.ends)
        for number, start, end in events
        for act in plans[number].acts
        if place in act.places and mode in act.modes
    ]
    return tuple(subtract_windows([pair for pair in closed if pair[0] < pair[1]], ())) if closed else ()


def _concatenated(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts).astype(np.int64) if len(parts) else np.zeros(0, np.int64)
