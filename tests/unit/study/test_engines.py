"""Which engine plays, and what is said when it is not the compiled one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from corridor_sim import load, lower
from corridor_sim.engine.reference import run as reference
from corridor_sim.errors import EngineError
from corridor_sim.study import engines
from corridor_sim.study.engines import AUTO, COMPILED, COMPILES, REFERENCE, SMALL_STUDY, TOO_SMALL, Choice, Found
from corridor_sim.study.executors import Here
from small_world import world

NO_NUMBA = """
import json, sys
sys.modules["numba"] = None
from corridor_sim.errors import EngineError
from corridor_sim.study.engines import choose_engine
auto = choose_engine("auto", 10**9, print)
try:
    choose_engine("compiled", 1)
except EngineError as problem:
    print(json.dumps([auto.name, auto.remark, str(problem), choose_engine("reference", 1).remark]))
"""
MISSING = "numba cannot be used (import of numba halted; None in sys.modules)"


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand in for the compiler: whether it has been at work (`ready`), and what happened."""
    jitted = pytest.importorskip("corridor_sim.engine.jitted")
    state: dict[str, Any] = {"ready": False, "happened": []}

    def compile_all(_: object) -> None:
        if not state["ready"]:
            state["happened"].append("compiled")

    monkeypatch.setattr(jitted, "is_compiled", lambda _: state["ready"])
    monkeypatch.setattr(jitted, "compile_all", compile_all)
    return state


def choose(compiler: dict[str, Any], wanted: str, work: int) -> Choice:
    return engines.choose_engine(wanted, work, compiler["happened"].append)


@pytest.mark.parametrize("work", [1, SMALL_STUDY])
@pytest.mark.parametrize("wanted", [AUTO, COMPILED])
def test_a_compiled_kernel_is_taken_without_a_word(compiler: dict[str, Any], wanted: str, work: int) -> None:
    compiler["ready"] = True
    assert choose(compiler, wanted, work) == Choice(COMPILED, "")
    assert compiler["happened"] == []


def test_a_small_study_is_not_worth_the_compiler_and_says_so(compiler: dict[str, Any]) -> None:
    choice = choose(compiler, AUTO, SMALL_STUDY - 1)
    assert (choice, compiler["happened"]) == (Choice(REFERENCE, TOO_SMALL), [])
    assert "corridor-sim compile" in choice.remark


@pytest.mark.parametrize(("wanted", "work"), [(AUTO, SMALL_STUDY), (COMPILED, 1)])
def test_a_large_study_or_the_users_word_is_and_who_waits_is_told_before(
    compiler: dict[str, Any], wanted: str, work: int
) -> None:
    assert choose(compiler, wanted, work) == Choice(COMPILED)
    assert compiler["happened"] == [COMPILES, "compiled"]


def test_nobody_has_to_listen(compiler: dict[str, Any]) -> None:
    assert engines.choose_engine(COMPILED, 1) == Choice(COMPILED)
    assert compiler["happened"] == ["compiled"]


def test_those_are_asked_who_will_play(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(Here):
        def run(self, work: Any, tasks: Any) -> Any:
            return ((task, Found("there is no numba there")) for task in tasks)

    def fails(_: str) -> None:
        raise AssertionError("numba was looked for here")

    monkeypatch.setattr(engines, "import_module", fails)
    choice = engines.choose_engine(AUTO, SMALL_STUDY, hands=Elsewhere())
    assert choice == Choice(REFERENCE, "played by the reference engine: there is no numba there")


def test_the_reference_engine_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> None:
        raise AssertionError("numba was looked for")

    monkeypatch.setattr(engines, "import_module", fails)
    assert engines.choose_engine(REFERENCE, SMALL_STUDY) == Choice(REFERENCE, "")


def test_without_a_folder_for_compiled_code_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: str) -> None:
        raise RuntimeError("no locator available")

    monkeypatch.setattr(engines, "import_module", fails)
    choice = engines.choose_engine(AUTO, SMALL_STUDY)
    assert choice.name == REFERENCE
    assert "no locator available" in choice.remark and "NUMBA_CACHE_DIR" in choice.remark
    with pytest.raises(EngineError, match="NUMBA_CACHE_DIR to one; use --engine reference"):
        engines.choose_engine(COMPILED, 1)


def test_without_numba_auto_is_the_reference_engine_and_compiled_an_error() -> None:
    done = subprocess.run([sys.executable, "-c", NO_NUMBA], env=os.environ, capture_output=True, text=True, check=True)
    # one line: nobody was told of a compiler
    assert json.loads(done.stdout) == [
        REFERENCE,
        f"played by the reference engine: {MISSING}",
        f"the compiled engine cannot run: {MISSING}; use --engine reference",
        "",
    ]


def test_engines_go_by_name_and_every_thread_has_a_compiled_one_of_its_own() -> None:
    pytest.importorskip("numba")
    assert engines.engine_named(REFERENCE) is reference
    mine = engines.engine_named(COMPILED)
    assert engines.engine_named(COMPILED) is mine
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(engines.engine_named, COMPILED).result() is not mine


def test_work_counts_the_visits_of_the_main_way_and_the_departures() -> None:
    # 3 released; each passes SEIZE, DELAY, RELEASE, BRANCH and BOARD; two trains leave
    text = world(
        flows={"f": ["08:00", "09:00", "10:00"]},
        facilities={"desk": {}},
        services={"train": {"departs": "on 2026-01-05 20:00, 2026-01-06 20:00"}},
        steps=[
            {"serve": {"at": "desk", "takes": "1 h"}},
            {"lot": {"branch": {"a": {"share": "100 %"}, "b": {"share": "0 %"}}}},
            {"ride": {"board": "train"}},
        ],
    )
    file = load(text)
    lowered = lower(file.base, file.baseline)
    visits, departures = 3 * 5, 2
    assert engines.work_of([(lowered, 1)]) == visits + departures
    assert engines.work_of([(lowered, 10), (lowered, 2)]) == 12 * (visits + departures)
