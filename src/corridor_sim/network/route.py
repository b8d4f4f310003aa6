"""One route while it is lowered, and the instructions that several kinds of step share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from corridor_sim.catalog.values import Sampled
from corridor_sim.engine.program import NONE, ONE, Op
from corridor_sim.errors import Problem
from corridor_sim.network.boxes import measure_number
from corridor_sim.network.builder import Builder
from corridor_sim.network.info import StepInfo
from corridor_sim.scenario.model import Route, Scenario
from corridor_sim.scenario.steps import Step


@dataclass
class RouteLowering:
    """State while one route is lowered: where the consignment is, and which streams the route has used."""

    builder: Builder
    scenario: Scenario
    name: str
    route: Route
    place: str
    streams: set[str]
    first_of: dict[str, int]
    switches: list[tuple[int, str, str]]
    """(switch, route, step) to be joined once all routes are lowered."""
    lane: str = ""

    def problem(self, step: str, message: str) -> None:
        """Note a problem of a step of this route."""
        self.builder.problems.append(Problem(message, f"routes.{self.name}.steps.{step}"))

    def stream(self, step_name: str, step: Step, built: str) -> int:
        """Return the stream of a step: the given name or the one built from kind, side and place."""
        name = step.stream or built
        if name in self.streams:
            self.problem(step_name, f'draws from the stream "{name}" like another step; give one of them `stream:`')
        self.streams.add(name)
        return self.builder.stream(name)

    def go_to(self, step: str, place: str) -> None:
        """Check that the step begins where the consignment is."""
        if self.place and self.place != place:
            self.problem(step, f"begins at {place}, but the step before ends at {self.place}; no step goes there")
        self.place = place

    def info(self, name: str, step: Step, main: int) -> StepInfo:
        """Return the StepInfo of a step at the present place, without distance."""
        return StepInfo(
            route=self.name,
            name=name,
            kind=type(step).__name__.lower(),
            mode="",
            origin=self.place,
            destination=self.place,
            km=Fraction(0),
            main=main,
            lane=self.lane,
            factor=step.emits or "",
            temperature=step.temperature.value if step.temperature is not None else None,
            damage=step.damage.value if step.damage is not None else Fraction(0),
        )


def delay(
    lowering: RouteLowering, takes: Sampled, stream: int, facility: int = NONE, per_container: bool = False
) -> int:
    """Emit a DELAY and return its number."""
    return lowering.builder.emit(Op.DELAY, lowering.builder.sampler(takes.law), facility, int(per_container), stream)


def serve(lowering: RouteLowering, facility_name: str, takes: Sampled, stream: int, per_container: bool = False) -> int:
    """Emit SEIZE, DELAY, RELEASE at a facility and return the DELAY's number."""
    facility = lowering.builder.facilities[facility_name]
    lowering.builder.emit(Op.SEIZE, facility, *units_at(lowering, facility_name))
    main = delay(lowering, takes, stream, facility, per_container)
    lowering.builder.emit(Op.RELEASE, facility)
    return main


def units_at(lowering: RouteLowering, facility: str) -> tuple[int, int]:
    holds = lowering.scenario.facilities[facility].holds
    return (measure_number(holds[0]), 0) if holds is not None else (NONE, ONE)
