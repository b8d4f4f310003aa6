"""What numba compiles: its cache on the disk, and the kernel where there is no compiler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

from numba import int64, njit

from corridor_sim.engine.jitted import is_compiled
from corridor_sim.study.engines import _functions, compile_engine

ASK = """
import json
from corridor_sim.engine import kernel
from corridor_sim.engine.jitted import compile_all, is_compiled
from corridor_sim.study.engines import _functions
functions = _functions()
first = is_compiled(functions)
{then}
met = [function for function, _ in functions if getattr(function, "overloads", [])]
print(json.dumps([first, is_compiled(functions), len(met)]))
"""
LOOKS_OUTSIDE = """
import numpy as np
from corridor_sim.engine import kernel as k
m = np.zeros(k.TABLES_END, np.int64)
m[k.COUNTS : k.COUNTS + k.HEAD] = 7, 3, 2
print(k.at(m, k.COUNTS, 0), k.at(m, k.COUNTS, 1))
for row in (-1, 2):
    try:
        k.at(m, k.COUNTS, row)
    except IndexError:
        print("outside")
"""


def told(program: str, **environment: str) -> str:
    """Return what another interpreter prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True).stdout


def test_a_cold_cache_is_known_without_compiling(tmp_path: Path) -> None:
    answer = json.loads(told(ASK.format(then=""), NUMBA_CACHE_DIR=str(tmp_path)))
    assert answer == [False, False, 0]


def test_what_one_process_compiled_is_there_for_the_next(tmp_path: Path) -> None:
    compile_engine()
    functions = _functions()
    assert is_compiled(functions)
    # the next one finds it on the disk and compiles nothing to know it
    assert json.loads(told(ASK.format(then=""))) == [True, True, 0]
    assert json.loads(told(ASK.format(then="compile_all(functions)"))) == [True, True, len(functions)]


def test_one_function_that_is_not_compiled_says_so_for_all() -> None:
    compile_engine()
    rooms = {function.__module__.removeprefix("corridor_sim.") for function, _ in _functions()}
    assert rooms == {"engine.kernel", "economics.loops", "metrics.loops"}
    new = njit(lambda number: number)
    assert is_compiled(_functions()) and not is_compiled([*_functions(), (new, (int64,))])


def test_without_a_compiler_the_kernel_is_ready_as_it_is() -> None:
    answer = json.loads(told(ASK.format(then="compile_all(functions)"), NUMBA_DISABLE_JIT="1"))
    assert answer == [True, True, 0]


def test_a_checked_kernel_refuses_rows_that_are_not_in_their_table() -> None:
    lines = told(LOOKS_OUTSIDE, NUMBA_DISABLE_JIT="1", CORRIDOR_SIM_CHECKED_KERNEL="1").split("\n")
    assert lines[:3] == ["7 10", "outside", "outside"]
