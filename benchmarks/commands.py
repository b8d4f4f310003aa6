"""Whole commands as a user types them: wall-clock seconds and the memory of the largest process.

`python -m benchmarks.commands ARGUMENTS` runs one and prints its Ran as JSON. It is started in between because a
process inherits the peak memory of the one that starts it, and that one should be small.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

SCENARIOS = Path("scenarios")
KIB = 1024
MIB = KIB * KIB


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went."""

    code: int
    seconds: float
    peak_mib: float


def run_command(arguments: Sequence[str]) -> Ran:
    """Run `corridor_sim` with arguments into a folder that is thrown away, on all processors."""
    command = [sys.executable, "-m", "benchmarks.commands", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Ran(**json.loads(done.stdout))


def _run(arguments: Sequence[str]) -> Ran:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "corridor_sim", *arguments, "--quiet", "--out", folder]
        begun = perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return Ran(child.returncode, perf_counter() - begun, used.ru_maxrss * KIB / MIB)


def asked_commands(replications: int) -> list[tuple[list[str], str]]:
    """Return the commands that have an asked time or memory, with what is asked."""
    many = ["--replications", str(replications)]
    return [
        *((["run", str(path)], _asked_of(path.stem)) for path in sorted(SCENARIOS.glob("*.yaml"))),
        (["sweep", str(SCENARIOS / "gba_global.yaml"), *many, "--yes"], "under 60 s, for 1,000"),
        (["sweep", "benchmarks/corridor_year.yaml", *many, "--yes"], "under 500 MB, for 1,000"),
    ]


def _asked_of(scenario: str) -> str:
    return "under 5 s once compiled" if scenario == "qinzhou" else "under 60 s"


if __name__ == "__main__":
    print(json.dumps(asdict(_run(sys.argv[1:]))))
