"""Expected work: what flows ask of facilities and services, against what these can do, both over the whole run.

It is a lower bound: loads leave full, a lane of a loop is taken as often as its bound lets, nobody waits, and
what lies behind a switch is left out, because who comes there depends on congestion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from corridor_sim.engine.program import MEASURES, NONE, ONE, BranchRule, Instruction, Op
from corridor_sim.network.boxes import Sizes
from corridor_sim.network.builder import UNIFORMS
from corridor_sim.network.demand import FlowPlan
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.world import FacilityPlan, ServicePlan
from corridor_sim.sampling.arrivals import ONE_ARRIVAL

BOX = MEASURES.index("box")
NEGLIGIBLE = 1e-6
"""Consignments per released one that are no longer followed around a loop."""

Held = tuple[tuple[int, int], ...]
"""Pairs of a facility and the thousandths of it that are held, by facility."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What reaches an instruction: the size of one load, its containers, what it holds."""

    sizes: Sizes
    containers: int
    held: Held = ()


@dataclass
class Work:
    """Expected demand by facility, in thousandths x ticks, and by service and measure, in thousandths."""

    facilities: dict[int, float] = field(default_factory=dict)
    services: dict[tuple[int, int], float] = field(default_factory=dict)

    def add_time(self, held: Held, ticks: float) -> None:
        """Count everything in `held` as occupied for `ticks`."""
        for facility, units in held:
            self.facilities[facility] = self.facilities.get(facility, 0.0) + units * ticks

    def add_load(self, service: int, sizes: Sizes, times: float) -> None:
        """Count a load that boards `times` often."""
        for measure, size in enumerate(sizes):
            self.services[service, measure] = self.services.get((service, measure), 0.0) + size * times


def expected_work(lowered: Lowered) -> Work:
    """Return what all flows, others' work included, ask for between the start and the horizon."""
    work = Work()
    for rule, plan in zip(lowered.program.flows, lowered.plan.flows, strict=True):
        _follow(lowered, work, rule.start, expected_releases(plan), Passage(plan.sizes, plan.containers))
    return work


def expected_releases(plan: FlowPlan) -> float:
    """Return how many consignments a flow is expected to release in the run."""
    return float(plan.curve[1][-1]) / ONE_ARRIVAL if plan.curve is not None else float(len(plan.fixed))


def _follow(lowered: Lowered, work: Work, start: int, released: float, passage: Passage) -> None:
    """Add what `released` consignments ask for on their way from `start`."""
    passages = {start: passage}
    pending = {start: released}
    while pending:
        number = min(pending)
        count = pending.pop(number)
        instruction, here = lowered.program.code[number], passages[number]
        _count(lowered, work, instruction, here, count)
        share, behind = _behind(lowered, instruction, here)
        for target, probability in _ways(lowered, instruction):
            if target != NONE and count * share * probability > NEGLIGIBLE * released:
                passages.setdefault(target, behind)
                pending[target] = pending.get(target, 0.0) + count * share * probability


def _count(lowered: Lowered, work: Work, instruction: Instruction, here: Passage, count: float) -> None:
    if instruction.op is Op.DELAY:
        containers = here.containers if instruction.c else 1
        work.add_time(here.held, float(lowered.program.samplers[instruction.a].mean) * containers * count)
    elif instruction.op is Op.BOARD:
        work.add_load(instruction.a, here.sizes, count)


def _behind(lowered: Lowered, instruction: Instruction, here: Passage) -> tuple[float, Passage]:
    """Return how many go on for each that comes, and what each of them is then."""
    held = dict(here.held)
    if instruction.op is Op.SEIZE:
        held[instruction.a] = here.sizes[instruction.b] if instruction.b != NONE else instruction.c
    elif instruction.op is Op.RELEASE:
        held.pop(instruction.a, None)
    elif instruction.op is Op.BOARD:
        held.pop(instruction.b, None)
    elif instruction.op is Op.BATCH:
        rule = lowered.program.batches[instruction.a]
        members = max(1.0, rule.full / here.sizes[rule.measure]) if here.sizes[rule.measure] else 1.0
        totals = (round(size * members) for size in here.sizes)
        sizes = tuple(total if fixed == NONE else fixed for total, fixed in zip(totals, rule.becomes, strict=True))
        return 1 / members, replace(here, sizes=sizes, containers=max(1, sizes[BOX] // ONE))
    return 1.0, replace(here, held=tuple(sorted(held.items())))


def _ways(lowered: Lowered, instruction: Instruction) -> Iterator[tuple[int, float]]:
    """Yield what follows an instruction, with its probability."""
    if instruction.op is Op.BRANCH:
        yield from _lanes(lowered.program.branches[instruction.a])
    elif instruction.op is not Op.SWITCH:
        yield instruction.next, 1.0


def _lanes(rule: BranchRule) -> Iterator[tuple[int, float]]:
    shares = np.diff(rule.upto, prepend=0) / UNIFORMS
    for share, target, most, otherwise in zip(shares.tolist(), rule.targets, rule.again, rule.otherwise, strict=True):
        # of all that come to a loop of at most n laps, those on their last lap leave it: p^(n+1) / (1 + p + .. + p^n)
        leave = share ** (most + 1) / sum(share**lap for lap in range(most + 1)) if most else 0.0
        yield target, share - leave
        if leave:
            yield otherwise, leave


def staffed_time(plan: FacilityPlan, lowered: Lowered) -> float:
    """Return what a facility can do in the run, in thousandths x ticks: hours, less failures on calendar time."""
    opened = sum(end - start for start, end in plan.windows)
    return float(plan.units - _failed_units(plan, lowered)) * opened


def _failed_units(plan: FacilityPlan, lowered: Lowered) -> float:
    if plan.uptime == NONE:
        return 0.0
    samplers = lowered.program.samplers
    repair, uptime = (float(samplers[number].mean) for number in (plan.repair, plan.uptime))
    return plan.failing_units * repair / (uptime + repair)


def room_for_ours(plan: ServicePlan, lowered: Lowered) -> Sizes:
    """Return what all departures of the run can take of ours, per measure in thousandths; NONE where unlimited."""
    taken = float(lowered.program.samplers[plan.background].mean) if plan.background != NONE else 0.0
    departures = len(plan.scheduled) * (1 - plan.cancel_upto / UNIFORMS)
    return tuple(NONE if limit == NONE else round(limit * departures * (1 - taken)) for limit in plan.capacity)
