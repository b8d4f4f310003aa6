"""The plug-in makes a test of each law for each scenario file, and leaves everything else alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.laws import registry
from corridor_sim.study.laws.law import Finding, Law
from small_world import world

pytest_plugins = "pytester"
PLUGIN = ("-p", "corridor_sim.api.pytest_plugin", "--corridor-laws")
TEXT = world(flows={"f": {"on": ["08:00", "tue 09:00"]}}, steps=[{"leg": {"road": "A to B", "takes": "10 h"}}])
Tried = Callable[..., pytest.RunResult]


@pytest.fixture
def tried(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Tried:
    """Return a function that runs pytest with the plug-in on a folder with one scenario, and other words."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "small.yaml").write_text(TEXT.replace('{"corridor_sim": 1, ', "{\ncorridor_sim: 1, "), "utf-8")
    (pytester.path / "other.yaml").write_text("jobs: []\n", "utf-8")
    return lambda *words: pytester.runpytest(*PLUGIN, *words)


def only(monkeypatch: pytest.MonkeyPatch, *found: Finding) -> None:
    """Let there be one law, which finds this."""

    def find(file: ScenarioFile, replications: int) -> list[Finding]:
        assert (file.name, replications) == ("small", 3)
        return list(found)

    monkeypatch.setattr(registry, "LAWS", (Law("a law", "nothing is free", find),))


def test_a_scenario_is_tried_by_every_law(tried: Tried) -> None:
    result = tried("small.yaml", "-v")
    result.assert_outcomes(passed=len(registry.LAWS))
    result.stdout.fnmatch_lines(["small.yaml::price times two PASSED*", "small.yaml::more trains PASSED*"])
    result.stdout.fnmatch_lines(
        ["*exceptions of the laws*", "small.yaml::more trains", "  exception: more trains: base: services; no route*"]
    )


def test_a_folder_is_searched_for_scenarios_only(tried: Tried) -> None:
    tried("--collect-only", "-q").stdout.fnmatch_lines(["small.yaml::titles and order", "6 tests collected*"])
    assert "other.yaml" not in tried("--collect-only", "-q").stdout.str()


def test_what_is_broken_is_told_in_words(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    only(
        monkeypatch,
        Finding("a law", "base", "broken", "the price of f", "2.00 CNY", "1.00 CNY"),
        Finding("a law", "base", "exception", "the rest", because="nobody knows"),
    )
    result = tried("small.yaml", "--corridor-replications", "3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["nothing is free", "broken: a law: base: the price of f; expected 2.00 CNY; found 1.00 CNY"]
    )
    result.stdout.fnmatch_lines(["small.yaml::a law", "  exception: a law: base: the rest; nobody knows"])
    assert "Traceback" not in result.stdout.str() and "pytest_plugin.py" not in result.stdout.str()


def test_a_file_that_is_no_scenario_but_named_fails_with_its_lines(tried: Tried) -> None:
    result = tried("other.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['other.yaml:1:1 jobs: "jobs" is not a known key*'])
    assert "load.py" not in result.stdout.str()


def test_a_scenario_that_cannot_run_fails_with_its_line(tried: Tried, pytester: pytest.Pytester) -> None:
    desk = {"desk": {"opens": "daily 08:00-12:00", "at_closing": "restart"}}
    long = world(flows={"f": "08:00"}, steps=[{"serve": {"at": "desk", "takes": "5 h"}}], facilities=desk)
    (pytester.path / "long.yaml").write_text(long, "utf-8")
    result = tried("long.yaml")
    result.assert_outcomes(failed=len(registry.LAWS))
    result.stdout.fnmatch_lines(["long.yaml facilities.desk*"])
    assert "prepare.py" not in result.stdout.str()


def test_a_law_that_stumbles_shows_where(tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(file: ScenarioFile, replications: int) -> list[Finding]:
        raise ZeroDivisionError("stumbled")

    monkeypatch.setattr(registry, "LAWS", (Law("a law", "nothing is free", stumble),))
    result = tried("small.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError: stumbled"])


def test_without_its_option_it_does_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "small.yaml").write_text(TEXT, "utf-8")
    result = pytester.runpytest(*PLUGIN[:2])
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_it_imports_nothing_of_the_simulator() -> None:
    code = (
        "import sys, pytest; known = set(sys.modules); import corridor_sim.api.pytest_plugin; "
        "print(sorted(set(sys.modules) - known))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert told.stdout.strip() == "['corridor_sim', 'corridor_sim.api', 'corridor_sim.api.pytest_plugin']"
