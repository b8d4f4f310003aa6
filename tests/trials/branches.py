"""Branch coverage of the default tests, by room, also of what numba compiles (played without its compiler)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.tables import Section

ROOT = Path(__file__).parents[2]
WHOLE_ROOMS = ("network", "sampling", "engine", "economics", "catalog")
ALL, MOST = 100.0, 95.0
"""Per cent of lines and branches asked of these rooms, and of all others."""
UNCOMPILED = (
    *("tests/contract/test_rules.py", "tests/contract/test_departures.py", "tests/contract/test_steps.py"),
    *("tests/unit/engine/test_compiled.py", "tests/unit/network", "tests/contract/test_loops.py"),
    *("tests/unit/metrics", "tests/unit/economics"),
)
"""Tests that are played again without numba's compiler, so that its kernel and its loops can be watched."""
AT_ONCE = ("-n", "2", "--dist", "worksteal")
SETTINGS = """[run]
branch = true
source_pkgs = corridor_sim
data_file = {folder}/data
parallel = true
patch = subprocess
sigterm = true
"""


def trial(arguments: list[str]) -> Section:
    """Return a row for each room and one for all."""
    parser = argparse.ArgumentParser(prog="branches")
    parser.add_argument("--json", type=Path, help="read this report of coverage instead of running the tests")
    asked = parser.parse_args(arguments)
    told = json.loads(asked.json.read_bytes()) if asked.json else measured()
    rooms: dict[str, list[Mapping[str, Any]]] = {}
    for path, one in told["files"].items():
        rooms.setdefault(room_of(path), []).append(one["summary"])
    rows = []
    for room, files in sorted(rooms.items()):
        least = ALL if room in WHOLE_ROOMS else MOST
        share, missing = share_of(files), missing_of(files)
        rows.append([room, f"{least:.0f} %", f"{share:.2f} %", f"{missing:,}", "" if share >= least else "**short**"])
    everything = [one for files in rooms.values() for one in files]
    rows.append(["all", "", f"{share_of(everything):.2f} %", f"{missing_of(everything):,}", ""])
    head = ["room of src/corridor_sim", "asked", "lines and branches covered", "not covered", ""]
    said = "The tests of CI without those in a browser; loops that numba compiles are watched without its compiler."
    return Section("Branch coverage", head, rows, [said])


def measured() -> Mapping[str, Any]:
    """Return coverage's JSON report of the default tests."""
    with TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.ini"
        settings.write_text(SETTINGS.format(folder=folder))
        # from a cold cache: what says to numba how to compile runs only then
        cold = {"NUMBA_CACHE_DIR": str(Path(folder) / "cache")}
        # a test that fails is for CI to complain of: what was covered was covered
        run(settings, "run", "-m", "pytest", *AT_ONCE, "--ignore", "tests/browser", **cold)
        run(settings, "run", "-m", "pytest", *AT_ONCE, *UNCOMPILED, NUMBA_DISABLE_JIT="1")
        run(settings, "combine")
        report = Path(folder) / "report.json"
        run(settings, "json", "-o", str(report))
        told: Mapping[str, Any] = json.loads(report.read_bytes())
        return told


def run(settings: Path, command: str, *words: str, **environment: str) -> None:
    """Run a command of coverage on this repository."""
    called = [sys.executable, "-m", "coverage", command, f"--rcfile={settings}", *words]
    subprocess.run(called, cwd=ROOT, env=os.environ | environment, check=command != "run")


def room_of(path: str) -> str:
    """Return the room that a file stands in; files of the package itself stand in none."""
    parts = Path(path).parts
    place = parts.index("corridor_sim") + 1
    return parts[place] if len(parts) > place + 1 else "(top)"


def share_of(files: Iterable[Mapping[str, Any]]) -> float:
    """Return the per cent of lines and branches that are covered."""
    files = list(files)
    all_of_them = sum(one["num_statements"] + one["num_branches"] for one in files)
    covered = sum(one["covered_lines"] + one["covered_branches"] for one in files)
    return 100 * covered / all_of_them if all_of_them else 100.0


def missing_of(files: Iterable[Mapping[str, Any]]) -> int:
    """Return how many lines and branches are not covered."""
    return sum(one["missing_lines"] + one["missing_branches"] for one in files)
