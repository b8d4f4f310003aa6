"""Hostile files through the command line: each a child process, timed, its peak of memory measured.

`-- [--rounds 3]`: of so many runs the least time counts, as anything more is other work on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tables import Section

from tests.trials.hostile_files import Hostile, hostile_files

MOST_SECONDS, MOST_MIB = 1.0, 200
PATIENCE_SECONDS = 120
MOST_ADDRESS_GIB = 8
KIBIBYTES_PER_MEBIBYTE = 1024
ROUNDS = 3
BROKEN = 70


@dataclass(frozen=True)
class Seen:
    """What a child did: exit code, seconds of the clock and of the processor, most memory in MiB, first line."""

    code: int
    seconds: float
    worked: float
    mebibytes: float
    said: str

    @property
    def passed(self) -> bool:
        """Whether it was refused with one of our codes, in time and within memory."""
        return 0 < self.code < BROKEN and self.worked <= MOST_SECONDS and self.mebibytes <= MOST_MIB


def trial(arguments: list[str]) -> Section:
    """Let the command line read every hostile file and return the table."""
    parser = argparse.ArgumentParser(prog="hostile")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="names that contain this")
    asked = parser.parse_args(arguments)
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        start = least(
            [sys.executable, "-c", "import corridor_sim.scenario.load, corridor_sim.study.prepare"], asked.rounds
        )
        for one in hostile_files(Path(folder)):
            if asked.only not in one.name:
                one.clear()
                continue
            seen = read(one, asked.rounds)
            failed += not seen.passed
            rows.append(
                (
                    one.name,
                    str(seen.code),
                    f"{seen.worked:.2f}",
                    f"{seen.seconds:.2f}",
                    f"{seen.mebibytes:.0f}",
                    seen.said,
                )
            )
            print("; ".join(rows[-1]), "" if seen.passed else "FAILED", file=sys.stderr, flush=True)
    remarks = [
        f"{len(rows) - failed} of {len(rows)} were refused within {MOST_SECONDS:.0f} s of processor time and "
        f"{MOST_MIB} MB. Of that, starting Python and importing what reads scenarios took "
        f"{start.worked:.2f} s and {start.mebibytes:.0f} MB.",
    ]
    return Section("Hostile files", ("file", "exit", "s", "s by the clock", "MB", "first line"), rows, remarks)


def read(one: Hostile, rounds: int) -> Seen:
    """Let a child read a hostile file and remove it."""
    words = [sys.executable, "-m", "corridor_sim", *one.words]
    try:
        return least(words, rounds)
    finally:
        one.clear()


def least(words: list[str], rounds: int) -> Seen:
    """Run a command some times and return the quickest."""
    return min((run(words) for _ in range(rounds)), key=lambda seen: seen.worked)


WATCH = """
import json, os, resource, sys
pid = os.fork()
if not pid:
    for kind, most in ((resource.RLIMIT_AS, int(sys.argv[1])), (resource.RLIMIT_CPU, int(sys.argv[2]))):
        resource.setrlimit(kind, (most, most))
    os.execv(sys.argv[4], sys.argv[4:])
_, status, used = os.wait4(pid, 0)
told = [os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss]
os.write(int(sys.argv[3]), json.dumps(told).encode())
"""
"""Starts a command and writes exit code, processor time and most memory. A process of its own, as what it starts counts
the memory of whoever started it, too: so that has to be little."""


def run(words: list[str]) -> Seen:
    """Run a command with a bound on its memory and its time."""
    reading, writing = os.pipe()
    limits = [str(MOST_ADDRESS_GIB << 30), str(PATIENCE_SECONDS), str(writing)]
    begun = time.monotonic()
    with os.fdopen(reading) as report, tempfile.TemporaryFile() as told:
        watch = [sys.executable, "-S", "-E", "-c", WATCH, *limits, *words]
        subprocess.run(watch, stdin=subprocess.DEVNULL, stdout=told, stderr=told, pass_fds=(writing,), check=True)
        seconds = time.monotonic() - begun
        os.close(writing)
        code, worked, kibibytes = json.loads(report.read())
        told.seek(0)
        said = told.read(LONGEST_TOLD).decode("utf-8", "replace")
    line = next(iter(said.strip().splitlines()), "")
    return Seen(code, seconds, worked, kibibytes / KIBIBYTES_PER_MEBIBYTE, shortened(line))


LONGEST_TOLD, LONGEST_SHOWN = 4000, 140


def shortened(line: str) -> str:
    """Return a line as a cell of a table has it: without the folder, and not too long."""
    words = line.replace("|", "/").split(" ")
    words[:1] = [words[0].rpartition("/")[2]]
    text = " ".join(words)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
