"""Lowers what happens at a node: work at a facility, waits, forming loads, holding places of yards and pools."""

from __future__ import annotations

from dataclasses import replace

from corridor_sim.engine.program import MEASURES, NONE, ONE, BatchRule, Op
from corridor_sim.network.boxes import box_sizes, measure_number, route_box, thousandths
from corridor_sim.network.route import RouteLowering, delay, serve
from corridor_sim.scenario.steps import Batch, Release, Seize, Wait, Work
from corridor_sim.units import to_ticks


def lower_work(lowering: RouteLowering, name: str, step: Work) -> None:
    """Append service at a facility."""
    lowering.go_to(name, lowering.scenario.facilities[step.at].at)
    stream = lowering.stream(name, step, f"work/{step.at}/takes")
    main = serve(lowering, step.at, step.takes, stream, step.per == "container")
    lowering.builder.close_step(replace(lowering.info(name, step, main), facility=step.at))


def lower_wait(lowering: RouteLowering, name: str, step: Wait) -> None:
    """Append time that needs no server."""
    main = delay(lowering, step.wait, lowering.stream(name, step, f"wait/{lowering.place}/{name}"))
    lowering.builder.close_step(lowering.info(name, step, main))


def lower_batch(lowering: RouteLowering, name: str, step: Batch) -> None:
    """Append the forming of a load."""
    builder = lowering.builder
    box = route_box(lowering.scenario, lowering.route)
    becomes = box_sizes(box) if box is not None else (NONE,) * len(MEASURES)
    full = step.batch[0]
    timeout = to_ticks(step.or_after.value) if step.or_after is not None else NONE
    rule = BatchRule(measure_number(full), thousandths(full.value), timeout, becomes, step.mixes == "flow")
    builder.batches.append(rule)
    main = builder.emit(Op.BATCH, len(builder.batches) - 1)
    builder.close_step(lowering.info(name, step, main))


def lower_holding(lowering: RouteLowering, name: str, step: Seize | Release) -> None:
    """Append taking or giving back places of a yard or pool."""
    builder = lowering.builder
    facility_name = step.seize if isinstance(step, Seize) else step.release
    facility = builder.facilities[facility_name]
    if isinstance(step, Seize):
        lowering.go_to(name, lowering.scenario.facilities[facility_name].at)
        main = builder.emit(Op.SEIZE, facility, *_stated_units(lowering, step, facility_name))
    elif step.returns_after is None:
        main = builder.emit(Op.RELEASE, facility)
    else:
        stream = lowering.stream(name, step, f"pool/{facility_name}/returns")
        main = builder.emit(Op.RELEASE, facility, builder.sampler(step.returns_after.law), 0, stream)
    builder.close_step(replace(lowering.info(name, step, main), facility=facility_name))


def _stated_units(lowering: RouteLowering, step: Seize, facility: str) -> tuple[int, int]:
    holds = lowering.scenario.facilities[facility].holds
    if isinstance(step.units, tuple):
        return NONE, thousandths(step.units[0].value)
    return (measure_number(holds[0]), 0) if holds is not None else (NONE, step.units * ONE)
