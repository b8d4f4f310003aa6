"""The kernel without its compiler and with its bounds checked, and rules broken in it, which the comparison finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba")
HERE = Path(__file__).parent
UNCOMPILED = {"NUMBA_DISABLE_JIT": "1", "CORRIDOR_SIM_CHECKED_KERNEL": "1"}
CHECKED = {"NUMBA_BOUNDSCHECK": "1", "CORRIDOR_SIM_CHECKED_KERNEL": "1"}
CHOSEN, MANY = (6, 44, 57, 116, 201, 225, 272, 291, 328), range(400)
"""Numbers of made-up worlds: a few that take the kernel through all that happens in made-up worlds, and many."""
FOUND = {
    "tie rank": ("visits, row 0 (f 0 at SEIZE of r/serve)", "start is"),
    "cut-off": ("visits, row 0 (f 0 at BOARD of r/ride)", "start is 72000, not 158400"),
    "work done at closing": ("visits, row 0 (f 0 at SEIZE of r/serve)", "end is 64800, not 115200"),
    "capacity": ("visits, row 0 (f 0 at BOARD of r/ride)", "start is 72000, not -1"),
    "draws": ("visits, row 2 (f 0 at DELAY of r/try)", "end is"),
    "timer of a load": ("(slow 1 at BATCH of r/gather)", "start is 66600, not 68400"),
    "order of phases": ("visits, row 0 (f 0 at BOARD of r/ride)", "start is 72000, not 158400"),
}
"""Rule broken in child_broken_rules -> what the first difference says. The moments are worked out by hand: the
train of Monday 20:00 (72000) or of Tuesday (158400); work done at closing on Monday 18:00 (64800) or at opening on
Tuesday 08:00 (115200); ten hours from 08:30 (until 66600) or from 09:00 (until 68400)."""


def told_by(child: str, *words: object, **environment: str) -> Any:
    """Run a program that stands here with a changed environment and return what it tells."""
    command = [sys.executable, str(HERE / child), *map(str, words)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def broken_rules() -> dict[str, tuple[str, str]]:
    told: dict[str, tuple[str, str]] = told_by("child_broken_rules.py", **UNCOMPILED)
    return told


def test_every_rule_that_the_child_breaks_is_looked_at(broken_rules: dict[str, tuple[str, str]]) -> None:
    assert set(broken_rules) == set(FOUND)


@pytest.mark.parametrize("rule", FOUND)
def test_a_broken_rule_is_found_and_named_by_its_first_difference(
    broken_rules: dict[str, tuple[str, str]], rule: str
) -> None:
    whole, broken = broken_rules[rule]
    assert whole == ""
    assert all(words in broken for words in FOUND[rule]), broken


def test_the_kernel_agrees_without_its_compiler_too() -> None:
    told = told_by("child_worlds.py", *CHOSEN, **UNCOMPILED)
    assert (told["checked"], told["bounds"], told["jit"], told["differences"]) == (True, True, False, [])
    assert told["runs"] == 2 * len(CHOSEN)


@pytest.mark.verify
def test_the_kernel_looks_nowhere_outside_its_tables(tmp_path: Path, verified: Callable[[str, str, str], None]) -> None:
    # compiled anew, with every index checked by numba and every row by the kernel itself
    told = told_by("child_worlds.py", *MANY, **CHECKED, NUMBA_CACHE_DIR=str(tmp_path))
    assert (told["checked"], told["bounds"], told["jit"], told["differences"]) == (True, True, True, [])
    assert told["runs"] > len(MANY)
    what = "the kernel compiled with every index checked, and the reference engine"
    verified(
        what, "the same Trace, no index outside", f"{told['runs']:,} runs, {told['visits']:,} visits, no difference"
    )
