"""A pytest plug-in: `pytest --corridor-laws scenarios/*.yaml` holds scenario files against the laws, one test for each.

It does nothing without its option, and imports nothing of the simulator before a file is collected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.laws.law import Finding, Law

OPTION, REPLICATIONS = "--corridor-laws", "--corridor-replications"
ENDINGS = (".yaml", ".yml")
FORMAT_KEY = "corridor_sim:"
"""How a line of a scenario file begins; other YAML files are left alone."""
EXCEPTIONS = "exceptions"
SECTION = f"Captured {EXCEPTIONS} call"
"""What pytest calls the section of a report in which exceptions travel, also from other processes."""
OUTCOMES = ("passed", "failed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("corridor-sim", "freight corridors (corridor_sim)")
    group.addoption(OPTION, action="store_true", help="collect scenario files and hold them against the laws")
    group.addoption(REPLICATIONS, type=int, default=1, help="replications that each law is tried with (default: 1)")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a YAML file that is named, or that says in a folder that it is a scenario, where the option is given."""
    if not parent.config.getoption(OPTION) or file_path.suffix not in ENDINGS:
        return None
    if not parent.session.isinitpath(file_path) and not is_scenario(file_path):
        return None
    collected: ScenarioTests = ScenarioTests.from_parent(parent, path=file_path)
    return collected


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell every exception: what a law could not judge is not passed over in silence."""
    reports = [report for outcome in OUTCOMES for report in terminalreporter.getreports(outcome)]
    told = [(each.nodeid, text) for each in reports for name, text in each.sections if name == SECTION]
    if told:
        terminalreporter.section("exceptions of the laws")
    for nodeid, text in told:
        terminalreporter.write_line(nodeid)
        for line in text.splitlines():
            terminalreporter.write_line(f"  {line}")


def is_scenario(path: Path) -> bool:
    """Return whether a YAML file says that it is a scenario, in a line of its own."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        return any(line.startswith(FORMAT_KEY) for line in lines)


class ScenarioTests(pytest.File):
    """A scenario file: one test for each law."""

    def collect(self) -> Iterator[pytest.Item]:
        """Read the file and yield a test for each law. Raises InputError with all that is wrong with the file."""
        from corridor_sim.scenario.load import load
        from corridor_sim.study.laws.registry import LAWS

        here = self.config.invocation_params.dir
        scenario = load(self.path.relative_to(here) if self.path.is_relative_to(here) else self.path)
        for law in LAWS:
            yield LawTest.from_parent(self, name=law.name, law=law, scenario=scenario)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        """Return what is wrong with a file that cannot be read, a line each."""
        return in_words(excinfo) or str(super().repr_failure(excinfo))


def in_words(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Return what is meant for a reader; "" where a traceback says more."""
    from corridor_sim.errors import CorridorSimError

    return str(excinfo.value) if isinstance(excinfo.value, LawBroken | CorridorSimError) else ""


class LawTest(pytest.Item):
    """One law held against one scenario file."""

    def __init__(self, *, law: Law, scenario: ScenarioFile, name: str, parent: ScenarioTests) -> None:
        """Remember the law and the scenario, which is the same for all laws of a file."""
        super().__init__(name, parent)
        self.law, self.scenario = law, scenario

    def runtest(self) -> None:
        """Try the law. Raises LawBroken with all that is broken, and what the simulator raises."""
        found = self.law.test(self.scenario, self.config.getoption(REPLICATIONS))
        shown = [str(each) for each in found if each.kind == "exception"]
        if shown:
            self.add_report_section("call", EXCEPTIONS, "\n".join(shown))
        broken = [each for each in found if each.kind == "broken"]
        if broken:
            raise LawBroken(self.law, broken)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: str | None = None) -> str:
        """Return what is broken in words, and what cannot be simulated in its own lines; else a traceback."""
        return in_words(excinfo) or str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test stands and its title."""
        return self.path, None, f"{self.path.name}: {self.name}"


class LawBroken(Exception):
    """A scenario does not keep a law."""

    def __init__(self, law: Law, broken: Iterable[Finding]) -> None:
        """Say the law and all that breaks it."""
        super().__init__("\n".join([law.says, *map(str, broken)]))
