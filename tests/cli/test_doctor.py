"""`doctor`: what is in order, what does less than it could, and what is broken, with what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app
from corridor_sim.report import doctor
from corridor_sim.report.charts import fonts
from corridor_sim.study import self_test
from corridor_sim.study.engines import Found


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def state_of(result: Result, name: str) -> str:
    return next(line for line in result.stdout.splitlines() if line.startswith(name)).split()[len(name.split())]


def test_the_known_answer_is_worked_out_by_hand() -> None:
    first, second = (8 + 2) + 12 + 2, (20 + 4) + (20 - 8) + 10 + 2
    assert (first, second) == (24, 48)
    assert {
        "hours, mean": (first + second) / 2,
        "share on time": 1 / 2,
        "CNY in cash": 2 * (150 + 25),
    } == self_test.KNOWN


def test_an_installation_in_order_is_said_to_be() -> None:
    result = call("--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["fine"]
    assert {one["name"] for one in found["findings"]} >= {"corridor_sim", "Python", "reference engine", "results"}
    assert not list(Path.cwd().iterdir())


def test_a_wrong_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "KNOWN", {**self_test.KNOWN, "CNY in cash": 351.0})
    result = call()
    assert result.exit_code == 1
    assert state_of(result, "reference engine") == doctor.BROKEN
    assert "CNY in cash 350 and not 351" in result.stdout
    assert result.stderr.startswith("broken: reference engine")


def test_a_package_that_is_missing_or_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["numpy>=99.1", "no-such-thing>=2", "also-none>=1; platform_machine in 'x'", 'dask>=3; extra == "dask"']
    monkeypatch.setattr(doctor, "requires", lambda _: lines)
    result = call()
    assert result.exit_code == 1
    assert state_of(result, "numpy") == state_of(result, "no-such-thing") == doctor.BROKEN
    assert state_of(result, "also-none") == doctor.POOR
    assert "dask" not in result.stdout
    assert "pip install 'numpy>=99.1'" in result.stdout


def test_an_engine_or_font_that_is_not_there_does_not_break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.study.engines.look_for_compiled", lambda: Found("numba is not installed"))
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"DejaVu Sans"}))
    result = call()
    assert result.exit_code == 0
    assert state_of(result, "compiled engine") == state_of(result, "Chinese letters") == doctor.POOR


def test_where_nothing_can_be_written_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = call("--out", str(tmp_path / "file" / "below"))
    assert result.exit_code == 1
    assert state_of(result, "results") == doctor.BROKEN
