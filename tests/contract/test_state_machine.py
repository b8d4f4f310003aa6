"""The drawing on top of the reference engine and the instruction set say the same."""

from __future__ import annotations

import re

from corridor_sim.engine import reference
from corridor_sim.engine.program import Op

WORLD = {"DELAY", "SEIZE", "RELEASE", "BOARD", "BATCH", "BRANCH", "SWITCH", "MARK"}
"""The steps of WORLD.md."""


def test_the_instruction_set_is_that_of_the_rules():
    assert {op.name for op in Op} == WORLD


def test_the_drawing_names_every_operation_and_no_other():
    drawing = reference.__doc__ or ""
    figure = drawing[drawing.index("┌") : drawing.rindex("┘")]
    named = set(re.findall(r"\b[A-Z]{4,}\b", figure)) - {"MOVING"}
    assert named == WORLD
