"""Run as a program with NUMBA_* set: plays made-up worlds with both engines and tells what it found as JSON.

python child_worlds.py FIRST LAST: the worlds of these numbers. A kernel that looks outside a table ends it with the
traceback of an IndexError.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from numba import config

from both_engines import compiled, first_difference, outcome_of, reference
from corridor_sim import load, lower
from corridor_sim.engine import kernel
from corridor_sim.engine.base import Trace
from corridor_sim.errors import InputError, ModelError
from corridor_sim.network.inputs import draw_inputs
from random_worlds import made_world


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
        wanted = outcome_of(reference, lowered.program, inputs)
        assert compiled is not None
        difference = first_difference(lowered.program, inputs, wanted, outcome_of(compiled, lowered.program, inputs))
        differences += [f"world {number}: {difference}"] if difference else []
        seen["runs"] += 1
        seen["visits"] += len(wanted.visits) if isinstance(wanted, Trace) else 0
    return differences


def main(first: int, last: int) -> None:
    """Play the worlds from `first` up to `last`, which is left out."""
    seen: Counter[str] = Counter()
    differences = [difference for number in range(first, last) for difference in play(number, seen)]
    how = {"checked": kernel.CHECKED, "bounds": bool(config.BOUNDSCHECK), "jit": not config.DISABLE_JIT}
    print(json.dumps({**seen, **how, "differences": differences}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
