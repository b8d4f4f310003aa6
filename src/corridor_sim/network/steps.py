"""Lowers the steps of a route to instructions: sends each kind to its room; branches, switches and marks stay here."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from corridor_sim.catalog.values import Amount
from corridor_sim.engine.program import NONE, ONE, Op, SwitchRule
from corridor_sim.network.boxes import thousandths
from corridor_sim.network.carriage import lower_boarding, lower_haul
from corridor_sim.network.customs import lower_customs
from corridor_sim.network.route import RouteLowering
from corridor_sim.network.terminal import lower_batch, lower_holding, lower_wait, lower_work
from corridor_sim.scenario.steps import (
    AnyStep,
    Batch,
    Board,
    Branch,
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
                lower_haul(lowering, name, step)
            case Work():
                lower_work(lowering, name, step)
            case Wait():
                lower_wait(lowering, name, step)
            case Board():
                lower_boarding(lowering, name, step)
            case Batch():
                lower_batch(lowering, name, step)
            case Seize() | Release():
                lower_holding(lowering, name, step)
            case Branch():
                _branch(lowering, name, step)
            case Switch():
                _switch(lowering, name, step)
            case Mark():
                main = lowering.builder.emit(Op.MARK, lowering.builder.mark(step.mark))
                lowering.builder.close_step(lowering.info(name, step, main))
            case _:  # the type checker knows that a customs step is left
                lower_customs(lowering, name, step)


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
