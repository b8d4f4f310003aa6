"""Run as a program with NUMBA_* set: plays made-up worlds with both engines and tells what it found as JSON.

python child_worlds.py NUMBER ...: the worlds of these numbers. A kernel that looks outside a table ends it with the
traceback of an IndexError.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numba import config, njit

from both_engines import compiled, first_difference, other_inputs, outcome_of, reference
from corridor_sim import load, lower
from corridor_sim.engine import kernel
from corridor_sim.engine.base import Trace
from corridor_sim.errors import InputError, ModelError
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.study.engines import inputs_for
from random_worlds import made_world


@njit
def beyond(cells: np.ndarray) -> float:
    """Return what stands behind the last cell, where nobody looks."""
    return cells[len(cells)]


def refuses_to_look_beyond() -> bool:
    """Return whether compiled code looks at the bounds of its arrays in this process."""
    try:
        beyond(np.zeros(1))
    except IndexError:
        return True
    return False


def play(number: int, seen: Counter[str]) -> list[str]:
    """Play a world with and without noise; return the differences."""
    try:
        file = load(made_world(Random(number)))
        lowered = lower(file.base, file.baseline)
    except (InputError, ModelError):
        return []
    differences = []
    for noise in (True, False):
        inputs = draw_inputs(lowered.program, lowered.plan, number, 0, noise)
        drawn = inputs_for("compiled", lowered, number, noise, None)(0)
        wanted = outcome_of(reference, lowered.program, inputs)
        assert compiled is not None
        difference = first_difference(lowered.program, inputs, wanted, outcome_of(compiled, lowered.program, drawn))
        told = [*other_inputs(inputs, drawn), difference]
        differences += [f"world {number}: {words}" for words in told if words]
        seen["runs"] += 1
        seen["visits"] += len(wanted.visits) if isinstance(wanted, Trace) else 0
    return differences


def main(*numbers: int) -> None:
    """Play the worlds of these numbers."""
    seen: Counter[str] = Counter()
    differences = [difference for number in numbers for difference in play(number, seen)]
    how = {"checked": kernel.CHECKED, "bounds": refuses_to_look_beyond(), "jit": not config.DISABLE_JIT}
    print(json.dumps({**seen, **how, "differences": differences}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
