"""Several commands on one folder at the same time, and clocks that are wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.trials.commands import RUN, SWEEP, Ended
from tests.trials.fault_cases import RESULTS_CODE, Case, Fault, code_words
from tests.trials.forked import Forked
from tests.trials.kept_whole import left_overs, tree_of

TOGETHER = Fault(
    "several on one folder at once",
    "each exit 0, or 5 and one line that names the other; what is seen is whole, the same bytes",
)
CLOCK = Fault("clock set back or ahead, files of the future", "the same bytes; what was kept is used")
LIBRARIES = (
    *(Path(f"/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1") for machine in ("x86_64", "aarch64")),
    Path("/usr/lib/faketime/libfaketime.so.1"),
)
SHIFTS = ("-20y", "+11y")
FUTURE = 2_200_000_000
"""A moment of 2039."""
SEVERAL = 4


def together_fault(name: str, cases: Mapping[str, Case], where: Path) -> Fault:
    """Run some commands at once on one folder, again and again, while others look at it."""
    fault = Fault(TOGETHER.name, TOGETHER.asked)
    crowds: dict[str, tuple[str, Sequence[tuple[str, ...]]]] = {
        "runs": ("run", [RUN] * SEVERAL),
        "runs over a run": ("run again", [RUN] * SEVERAL),
        "sweeps": ("sweep", [SWEEP] * SEVERAL),
        "reports": ("report", [cases["report"].words] * SEVERAL),
        "a run, readers": ("run again", [RUN, *_readers(cases["report"])]),
    }
    case, crowd = cases[crowds[name][0]], crowds[name][1]
    shutil.copytree(case.before, where)
    started = [Forked(_beside(where, number), words, lambda: os.chdir(where)) for number, words in enumerate(crowd)]
    ends = [one.end() for one in started]
    wrong = [f"{' '.join(words)}: {end}" for words, end in zip(crowd, ends, strict=True) if not _is_fine(end)]
    wrong += [] if any(end.code == 0 for end in ends) else ["nobody got through"]
    tree = tree_of(where)
    wrong += [*case.after(tree)]
    wrong += [f"left aside: {each}" for each in left_overs(tree)]
    wrong += [*case.again(where)]
    fault.note(" and ".join(sorted({code_words(end) for end in ends})), [f"{name}: {each}" for each in wrong])
    shutil.rmtree(where)
    return fault


def _beside(where: Path, number: int) -> Path:
    """Return a folder of its own, beside which what a command says is kept."""
    place = where.with_name(f"{where.name} {number}")
    place.mkdir()
    return place


def _readers(report: Case) -> list[tuple[str, ...]]:
    folder = report.words[1]
    return [("results", "list"), ("compare", folder), ("results", "query", "select count(*) from kpis")]


def _is_fine(ended: Ended) -> bool:
    lines = ended.err.splitlines()
    told = ended.code == RESULTS_CODE and len(lines) == 1 and "another run is at work" in lines[0]
    return (ended.code == 0 or told) and not ended.has_traceback


def future_fault(case: Case, where: Path) -> Fault:
    """Run a command where all files come from the future."""
    fault = Fault(CLOCK.name, CLOCK.asked)
    shutil.copytree(case.before, where)
    for path in where.rglob("*"):
        os.utime(path, (FUTURE, FUTURE))
    fault.note("files of 2039", [f"{case.name}, files of 2039: {each}" for each in case.again(where)])
    shutil.rmtree(where)
    return fault


def clock_fault(case: Case, where: Path, library: str, shift: str) -> Fault:
    """Run a command, or go on with it, when the clock is years off."""
    fault = Fault(CLOCK.name, CLOCK.asked)
    shutil.copytree(case.before, where)
    if shift == SHIFTS[0]:
        # the clock is set back after a first run
        Forked(where, case.words).end()
    ended = _with_clock(where, case.words, library, shift)
    wrong = [] if ended.code == 0 and not ended.has_traceback else [f"it failed: {ended}"]
    found = tree_of(where)
    wrong += [f"{path} differs" for path in {**found, **case.wanted} if found.get(path) != case.wanted.get(path)]
    fault.note(f"clock {shift}", [f"{case.name}, clock {shift}: {each}" for each in wrong])
    shutil.rmtree(where)
    return fault


def _with_clock(where: Path, words: Sequence[str], library: str, shift: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "corridor_sim", *words],
        cwd=where,
        env={**os.environ, "LD_PRELOAD": library, "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        capture_output=True,
        check=False,
        text=True,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def faketime() -> str | None:
    """Return the library that shows a process another clock, if it is installed or named in FAKETIME_LIBRARY."""
    named = os.environ.get("FAKETIME_LIBRARY")
    found = [path for path in (*([Path(named)] if named else []), *LIBRARIES) if path.is_file()]
    return str(found[0]) if found else None
