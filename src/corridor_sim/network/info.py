"""What a reader knows of a step: its words, place and distance, beside the instructions it became."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


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
    factor: str = ""
    """Name of its emission factor under money.emissions; empty for its mode's, or that of hubs."""
    facility: str = ""
    service: str = ""
    customs_side: str = ""
    damage: Fraction = Fraction(0)
    """Expected share of the value lost at each passage."""
    inspection: int = -1
    """Instruction of the inspection itself in a customs step, -1 elsewhere."""
