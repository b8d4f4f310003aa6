"""Lowers the steps of a route to instructions, one function per kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from corridor_sim.catalog.values import Amount
from corridor_sim.engine.program import MEASURES, NONE, ONE, BatchRule, Op, SwitchRule
from corridor_sim.network.boxes import box_sizes, measure_number, route_box, thousandths
from corridor_sim.network.customs import lower_customs
from corridor_sim.network.route import RouteLowering, delay, serve, units_at
from corridor_sim.network.usage import GATE
from corridor_sim.scenario.steps import (
    AnyStep,
    Batch,
    Board,
    Branch,
    Customs,
    Mark,
    Move,
    Release,
    Seize,
    Switch,
    Wait,
    Work,
)
from corridor_sim.units import to_ticks


def lower_steps(lowering: RouteLowering, steps: Mapping[str, AnyStep]) -> None:
    """Append the instructions and StepInfos of `steps` in order."""
    for name, step in steps.items():
        lowering.first_of.setdefault(name, len(lowering.builder.code))
        match step:
            case Move():
                _move(lowering, name, step)
            case Work():
                _work(lowering, name, step)
            case Wait():
                _wait(lowering, name, step)
            case Board():
                _board(lowering, name, step)
            case Batch():
                _batch(lowering, name, step)
            case Seize() | Release():
                _hold(lowering, name, step)
            case Branch():
                _branch(lowering, name, step)
            case Switch():
                _switch(lowering, name, step)
            case Mark():
                main = lowering.builder.emit(Op.MARK, lowering.builder.mark(step.mark))
                lowering.builder.close_step(lowering.info(name, step, main))
            case Customs():
                lower_customs(lowering, name, step)


def _move(lowering: RouteLowering, name: str, step: Move) -> None:
    lowering.go_to(name, step.origin)
    stream = lowering.stream(name, step, f"{step.mode}/{step.origin}-{step.destination}/takes")
    main = delay(lowering, step.takes, stream)
    km = step.km.value if step.km is not None else Fraction(0)
    lowering.builder.close_step(
        replace(lowering.info(name, step, main), mode=step.mode, destination=step.destination, km=km)
    )
    lowering.place = step.destination


def _work(lowering: RouteLowering, name: str, step: Work) -> None:
    lowering.go_to(name, lowering.scenario.facilities[step.at].at)
    stream = lowering.stream(name, step, f"work/{step.at}/takes")
    main = serve(lowering, step.at, step.takes, stream, step.per == "container")
    lowering.builder.close_step(replace(lowering.info(name, step, main), facility=step.at))


def _wait(lowering: RouteLowering, name: str, step: Wait) -> None:
    main = delay(lowering, step.wait, lowering.stream(name, step, f"wait/{lowering.place}/{name}"))
    lowering.builder.close_step(lowering.info(name, step, main))


def _board(lowering: RouteLowering, name: str, step: Board) -> None:
    builder, service = lowering.builder, lowering.scenario.services[step.board]
    lowering.go_to(name, service.origin)
    if service.opens is not None:
        gate = builder.facilities[GATE.format(step.board)]
        builder.emit(Op.SEIZE, gate, NONE, ONE)
        builder.emit(Op.RELEASE, gate)
    leaves = builder.facilities[step.leaves] if step.leaves is not None else NONE
    enters = builder.facilities[step.enters] if step.enters is not None else NONE
    main = builder.emit(Op.BOARD, builder.services[step.board], leaves, enters)
    if step.enters is not None:
        builder.emit(Op.SEIZE, enters, *units_at(lowering, step.enters))
    km = service.km.value if service.km is not None else Fraction(0)
    builder.close_step(
        replace(
            lowering.info(name, step, main),
            mode=service.mode,
            destination=service.destination,
            km=km,
            service=step.board,
            factor=step.emits or service.emits or "",
        )
    )
    lowering.place = service.destination


def _batch(lowering: RouteLowering, name: str, step: Batch) -> None:
    builder = lowering.builder
    box = route_box(lowering.scenario, lowering.route)
    becomes = box_sizes(box) if box is not None else (NONE,) * len(MEASURES)
    full = step.batch[0]
    timeout = to_ticks(step.or_after.value) if step.or_after is not None else NONE
    rule = BatchRule(measure_number(full), thousandths(full.value), timeout, becomes, step.mixes == "flow")
    builder.batches.append(rule)
    main = builder.emit(Op.BATCH, len(builder.batches) - 1)
    builder.close_step(lowering.info(name, step, main))


def _hold(lowering: RouteLowering, name: str, step: Seize | Release) -> None:
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


def _branch(lowering: RouteLowering, name: str, step: Branch) -> None:
    builder = lowering.builder
    number = builder.open_branch()
    main = builder.emit(Op.BRANCH, number, stream=lowering.stream(name, step, f"branch/{lowering.place}/{name}"))
    builder.close_step(lowering.info(name, step, main))
    # the order of lanes in the file must not matter
    lanes = dict(sorted(step.branch.items()))
    rest = 1 - sum((lane.share.value for lane in lanes.values() if lane.share is not None), Fraction(0))
    outer, origin, targets, ends, again = lowering.lane, lowering.place, [], [], []
    for lane_name, lane in lanes.items():
        lowering.lane, lowering.place = f"{name}/{lane_name}", origin
        back = lowering.first_of.get(lane.again, main) if lane.again is not None else NONE
        first = len(builder.code)
        lower_steps(lowering, lane.steps)
        empty = len(builder.code) == first
        targets.append(back if empty else first)
        again.append(lane.at_most or 0)
        if not empty:
            ends.append((first, len(builder.code), back))
        elif lane.again is None:
            targets[-1] = NONE - 1
    lowering.lane = outer
    following = len(builder.code)
    for first, end, back in ends:
        builder.redirect_exits(first, end, following if back == NONE else back)
    targets = [following if target == NONE - 1 else target for target in targets]
    shares = [lane.share.value if lane.share is not None else rest for lane in lanes.values()]
    builder.close_branch(number, tuple(lanes), shares, targets, again)


def _switch(lowering: RouteLowering, name: str, step: Switch) -> None:
    builder, when = lowering.builder, step.switch
    if when.next_departure_of is not None and when.later_than is not None:
        rule = SwitchRule(NONE, builder.services[when.next_departure_of], to_ticks(when.later_than.value))
    else:
        over = _over(when.over)
        rule = SwitchRule(NONE, facility=builder.facilities[when.queue_at or ""], over=over)
    builder.switches.append(rule)
    number = len(builder.switches) - 1
    lowering.switches.append((number, step.to, step.join))
    main = builder.emit(Op.SWITCH, number)
    builder.close_step(lowering.info(name, step, main))


def _over(over: tuple[Amount, ...] | int | None) -> int:
    return thousandths(over[0].value) if isinstance(over, tuple) else (over or 0) * ONE
