"""What lowering gives: the Program without words, and beside it what a reader needs to find the words again."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.engine.program import Program
from corridor_sim.network.info import StepInfo
from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.tariffs import Tariffs
from corridor_sim.scenario.calendars import Clock
from corridor_sim.scenario.model import Scenario


@dataclass(frozen=True)
class Lowered:
    """One alternative, ready to run and to price. `step_of` maps each instruction to its row in `steps`."""

    scenario: Scenario
    alternative: str
    program: Program
    steps: tuple[StepInfo, ...]
    step_of: tuple[int, ...]
    plan: InputPlan
    tariffs: Tariffs
    clock: Clock
    flow_order: tuple[str, ...]
    """Names of the scenario's own flows, in the order of Program.flows (background flows follow)."""
