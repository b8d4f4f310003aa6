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
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

SCENARIOS = Path("scenarios")
GBA, YEAR = SCENARIOS / "gba_global.yaml", Path("benchmarks/corridor_year.yaml")
LOOKS_SECONDS = 0.2
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
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        peak = 0.0
        while True:
            peak = max(peak, _largest(child.pid))
            try:
                child.wait(LOOKS_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return Ran(child.returncode, perf_counter() - begun, peak)


def _largest(session: int) -> float:
    """Return the peak memory in MiB of the largest process of a session; forked workers are nobody's children."""
    found = [0.0]
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            if os.getsid(int(process.name)) == session:
                lines = (process / "status").read_text().splitlines()
                found += [int(line.split()[1]) * KIB / MIB for line in lines if line.startswith("VmHWM")]
    return max(found)


def asked_commands(replications: int) -> list[tuple[list[str], str]]:
    """Return the commands that have an asked time or memory, with what is asked."""
    many = ["--replications", str(replications)]
    return [
        *((["run", str(path)], _asked_of(path.stem)) for path in sorted(SCENARIOS.glob("*.yaml"))),
        (["sweep", str(GBA), "--vary", "clock.follow_up=120 days", *many, "--yes"], "under 60 s and 500 MB, for 1,000"),
        (["sweep", str(YEAR), "--vary", "clock.follow_up=60 days", *many, "--yes"], "under 500 MB, for 1,000"),
        (["claims", str(GBA), "--quick"], "under 60 s"),
        (["claims", str(GBA)], "under 5 min"),
    ]


def _asked_of(scenario: str) -> str:
    return "under 5 s once compiled" if scenario == "qinzhou" else "under 60 s"


if __name__ == "__main__":
    print(json.dumps(asdict(_run(sys.argv[1:]))))
