"""Lowers carriage: hauls that start when the goods are ready, and boardings of timetabled trains, vessels and flights.

All modes ride by the same instructions; what differs between them is data of the service (docs/adr/0011).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from corridor_sim.engine.program import NONE, ONE, Op
from corridor_sim.network.route import RouteLowering, delay, units_at
from corridor_sim.network.usage import GATE
from corridor_sim.scenario.steps import Board, Move


def lower_haul(lowering: RouteLowering, name: str, step: Move) -> None:
    """Append a haul without timetable."""
    lowering.go_to(name, step.origin)
    stream = lowering.stream(name, step, f"{step.mode}/{step.origin}-{step.destination}/takes")
    main = delay(lowering, step.takes, stream)
    km = step.km.value if step.km is not None else Fraction(0)
    lowering.builder.close_step(
        replace(lowering.info(name, step, main), mode=step.mode, destination=step.destination, km=km)
    )
    lowering.place = step.destination


def lower_boarding(lowering: RouteLowering, name: str, step: Board) -> None:
    """Append a wait for a departure, through the gate if deliveries have hours, and the ride."""
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
