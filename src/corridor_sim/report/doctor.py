"""Examines an installation: versions, engines, fonts, where results go, and whether a known answer is found."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.errors import CorridorSimError
from corridor_sim.report.terminal import say
from corridor_sim.study.bundle import RESULTS_VERSION

FINE, POOR, BROKEN = "fine", "poor", "broken"
"""What a finding is: as it should be; something does less than it could; something does not work."""
COLOURS = {FINE: "green", POOR: "yellow", BROKEN: "red"}
NAME_COLUMNS, STATE_COLUMNS = 22, 8
CLOSE = 1e-9
REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?\s*(?:>=(?P<least>[0-9.]+))?[^;]*(?:;(?P<when>.*))?"
)


@dataclass(frozen=True)
class Finding:
    """One thing examined: its name, FINE, POOR or BROKEN, what was found, and what to do about it."""

    name: str
    state: str
    found: str
    advice: str = ""


def examine(out: Path) -> list[Finding]:
    """Return what was found; `out` is the folder of results."""
    return [*_program(), *_packages(), *_engines(), *_readers(), *_place(out)]


def _program() -> Iterator[Finding]:
    made = f"{version('corridor-sim')}, results version {RESULTS_VERSION}"
    yield Finding("corridor_sim", FINE, made)
    yield Finding("Python", FINE, f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _packages() -> Iterator[Finding]:
    """Yield the packages that are missing or older than what is needed, or that all are there."""
    wrong = []
    needed = [found for line in requires("corridor-sim") or () if (found := REQUIREMENT.match(line))]
    plain = [one for one in needed if "extra" not in (one["when"] or "")]
    for one in plain:
        try:
            there = version(one["name"])
        except PackageNotFoundError:
            optional = one["when"] is not None
            state = POOR if optional else BROKEN
            wrong.append(Finding(one["name"], state, "missing", f"pip install '{one['name']}>={one['least']}'"))
            continue
        if one["least"] and _parts(there) < _parts(one["least"]):
            wrong.append(Finding(one["name"], BROKEN, there, f"pip install '{one['name']}>={one['least']}'"))
    yield from wrong
    if not wrong:
        yield Finding("packages", FINE, f"all {len(plain)} are there and new enough")


def _parts(text: str) -> tuple[int, ...]:
    """Return the leading whole numbers of a version."""
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, found[0].split("."))) if found else ()


def _engines() -> Iterator[Finding]:
    """Yield for each engine whether it finds an answer that is known by hand."""
    from corridor_sim.study.engines import COMPILED, REFERENCE, look_for_compiled

    yield _self_test(REFERENCE)
    found = look_for_compiled()
    if found.missing:
        yield Finding("compiled engine", POOR, f"cannot run: {found.missing}", "the reference engine plays, slower")
    elif not found.compiled:
        advice = "corridor-sim compile does it once, in about half a minute"
        yield Finding("compiled engine", POOR, "not compiled on this machine yet", advice)
    else:
        yield _self_test(COMPILED)


def _self_test(engine: str) -> Finding:
    from corridor_sim.study.self_test import KNOWN, self_test

    try:
        answer = self_test(engine)
    except CorridorSimError as error:
        return Finding(f"{engine} engine", BROKEN, str(error.problems[0]), "install corridor_sim anew")
    wrong = [name for name, known in KNOWN.items() if abs(answer[name] - known) > CLOSE]
    if wrong:
        found = ", ".join(f"{name} {answer[name]:g} and not {KNOWN[name]:g}" for name in wrong)
        return Finding(f"{engine} engine", BROKEN, f"a wrong answer: {found}", "install corridor_sim anew")
    return Finding(f"{engine} engine", FINE, "finds the answer that is known by hand")


def _readers() -> Iterator[Finding]:
    """Yield what reports need: letters, and the charting library."""
    from corridor_sim.report.charts.fonts import NONE_INSTALLED, chinese_families, installed
    from corridor_sim.report.html.library import chart_library
    from corridor_sim.report.script.words import SIMPLIFIED

    families = chinese_families(installed(), SIMPLIFIED)
    if families:
        yield Finding("Chinese letters", FINE, families[0])
    else:
        yield Finding("Chinese letters", POOR, "no font has them", NONE_INSTALLED.partition("; ")[2])
    yield Finding("charts of reports", FINE, f"{len(chart_library()) // 1000} kB of script")


def _place(out: Path) -> Iterator[Finding]:
    """Yield whether results can be written."""
    from corridor_sim.study.aside import as_results_error
    from corridor_sim.study.bundle import check_out

    nearest = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), out)
    try:
        check_out(out)
        with as_results_error(out), TemporaryDirectory(prefix=".doctor-", dir=nearest):
            yield Finding("results", FINE, f"can be written below {out}")
    except CorridorSimError as error:
        yield Finding("results", BROKEN, str(error.problems[0]), "name another folder with --out")
    encoding = sys.stdout.encoding or "unknown"
    if encoding.lower().replace("-", "") != "utf8":
        yield Finding("terminal", POOR, f"writes {encoding}", "set PYTHONUTF8=1 to see Chinese")


def findings_json(findings: list[Finding]) -> dict[str, Any]:
    """Return the findings as plain data."""
    return {"fine": all(one.state != BROKEN for one in findings), "findings": [asdict(one) for one in findings]}


def show_findings(findings: list[Finding], console: Console) -> None:
    """Print a line for each finding, and below it what to do."""
    for one in findings:
        line = Text(one.name.ljust(NAME_COLUMNS))
        line.append(one.state.ljust(STATE_COLUMNS), style=COLOURS[one.state])
        line.append(one.found)
        console.print(line)
        if one.advice:
            say(console, f"{' ' * (NAME_COLUMNS + STATE_COLUMNS)}{one.advice}")
