"""What lowering gives: the Program without words, and beside it what a reader needs to find the words again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from corridor_sim.engine.program import Program
from corridor_sim.network.tariffs import Tariffs
from corridor_sim.scenario.calendars import Clock
from corridor_sim.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class StepInfo:
    """One step of a route as the planner wrote it, and the instructions it became.

    `kind` is the step's class name in lower case ("move", "work", "wait", "board", "batch", "seize", "release",
    "branch", "switch", "mark", "customs"). `origin` and `destination` are places, equal at a node. `km` is 0 at a
    node. `main` is the instruction whose visit tells that the step was passed once: charges post at its end.
    `lane` names the branch lane the step stands in, empty on the main way ("branch step/lane").
    `temperature` in degC or None where goods are at ambient temperature.
    """

    route: str
    name: str
    kind: str
    mode: str
    origin: str
    destination: str
    km: Fraction
    main: int
    lane: str = ""
    temperature: Fraction | None = None
    facility: str = ""
    service: str = ""
    customs_side: str = ""
    inspection: int = -1
    """Instruction of the inspection itself in a customs step, -1 elsewhere."""


@dataclass(frozen=True)
class Lowered:
    """One alternative, ready to run and to price. `step_of` maps each instruction to its row in `steps`."""

    scenario: Scenario
    alternative: str
    program: Program
    steps: tuple[StepInfo, ...]
    step_of: tuple[int, ...]
    tariffs: Tariffs
    clock: Clock
    flow_order: tuple[str, ...]
    """Names of the scenario's own flows, in the order of Program.flows (background flows follow)."""

    def moment(self, tick: int) -> datetime:
        """Return the local date and time of a tick."""
        return self.clock.moment(tick)
