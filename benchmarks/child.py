"""One measurement in a process of its own, so that its peak memory is its own: `python -m benchmarks.child KIND SIZE`.

KIND is "SimPy" or the name of an engine; SIZE is consignments a year. Prints JSON: seconds and bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

from benchmarks.size import REFERENCE, Size

KIB = 1024
STATUS = Path("/proc/self/status")
SMALL = 200
Measured = Mapping[str, float]


def measure(kind: str, consignments: int) -> Measured:
    """Measure in a new process: `run_seconds` draws and simulation, `whole_seconds` and `peak_bytes` with all figures.

    `start_bytes` is the memory once everything is imported and the scenario read.
    """
    command = [sys.executable, "-m", "benchmarks.child", kind, str(consignments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: Measured = json.loads(done.stdout)
    return measured


def _peak_bytes() -> int:
    # not the peak of getrusage: a new process inherits that of the one that started it
    for line in STATUS.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * KIB
    raise SystemExit("this system does not tell the peak memory of a process")


def _seconds(work: Callable[[int], object], times: int) -> float:
    begun = perf_counter()
    for turn in range(times):
        work(turn)
    return (perf_counter() - begun) / times


def _by_hand(size: Size, times: int) -> Measured:
    from benchmarks.by_hand_simpy import run_year

    run_year(0, Size.of(SMALL))
    start = _peak_bytes()
    whole = _seconds(lambda turn: run_year(turn, size), times)
    return {"run_seconds": whole, "whole_seconds": whole, "start_bytes": start, "peak_bytes": _peak_bytes()}


def _engine(name: str, size: Size, times: int) -> Measured:
    from benchmarks import ours

    run = ours.engine(name)
    if run is None:
        raise SystemExit(f"there is no engine {name}")
    ours.years(ours.corridor(Size.of(SMALL)), run, range(1))
    lowered = ours.corridor(size)
    start = _peak_bytes()
    simulated = _seconds(lambda turn: ours.trace_of(lowered, run, turn), times)
    whole = _seconds(lambda turn: ours.years(lowered, run, range(turn, turn + 1)), times)
    return {"run_seconds": simulated, "whole_seconds": whole, "start_bytes": start, "peak_bytes": _peak_bytes()}


def _main(kind: str, consignments: int) -> None:
    size, times = Size.of(consignments), max(1, REFERENCE // consignments)
    print(json.dumps(_by_hand(size, times) if kind == "SimPy" else _engine(kind, size, times)))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
