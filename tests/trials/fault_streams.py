"""Readers that go away, a full disk behind the output, and an output that is closed from the start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.trials.commands import RUN, SWEEP, Ended
from tests.trials.fault_cases import ANSWERS, Fault, code_words
from tests.trials.fault_signals import FATAL_SIGNAL

GONE, FIRST_LINE, BOTH, NO_ROOM, CLOSED = "reader gone", "| head -1", "2>&1 | head -1", ">/dev/full", ">&-"
STREAMS = Fault(
    "output: reader gone, | head -1, /dev/full, closed",
    "exit 141 and quiet; 5 and one line for /dev/full; never a traceback",
)
NO_READER, NO_SPACE, FINE = 141, 5, 0
ALLOWED = {
    GONE: (FINE, NO_READER),
    FIRST_LINE: (FINE, NO_READER),
    BOTH: (FINE, NO_READER),
    NO_ROOM: (FINE, NO_SPACE),
    CLOSED: (FINE,),
}


def talking(result: str) -> list[tuple[str, ...]]:
    """Return commands that say something, for a folder in which a run is kept."""
    return [
        *(("--help",), ("--version",), ("schema",), ("doctor",), ("doctor", "--json")),
        *(("catalog", "list"), ("catalog", "audit"), ("validate", "small.yaml")),
        *(("results", "list"), ("results", "list", "--json"), ("results", "show", "small", "--json")),
        *(("results", "query", "select * from lines", how) for how in ("--csv", "--json")),
        *(("compare", result), ("compare", result, "--json"), ("report", result), ("report", result, "--stress")),
        *((*aloud(RUN), "--json"), aloud(SWEEP), aloud(ANSWERS["breakeven"]), (*aloud(ANSWERS["modemap"]), "--json")),
        ("plot", result, "transit_times", "--out", "pictures"),
    ]


def aloud(words: Sequence[str]) -> tuple[str, ...]:
    """Return a command that says more than where its results are."""
    return tuple(word for word in words if word != "--quiet")


def stream_fault(words: Sequence[str], before: Path, where: Path, how: str) -> Fault:
    """Run a command whose output goes nowhere."""
    fault = Fault(STREAMS.name, STREAMS.asked)
    shutil.copytree(before, where)
    ended = _run(words, where, how)
    shutil.rmtree(where)
    fine = ended.code in ALLOWED[how] and not ended.has_traceback
    quiet = how == BOTH or ended.code != NO_SPACE or ended.err.splitlines()[-1:] == [FULL_LINE]
    wrong = [] if fine and quiet else [f"it ended otherwise: {ended}"]
    fault.note(code_words(ended), [f"{' '.join(words)} {how}: {each}" for each in wrong])
    return fault


FULL_LINE = "the system refused: [Errno 28] No space left on device"


def _run(words: Sequence[str], where: Path, how: str) -> Ended:
    command = [sys.executable, "-m", "corridor_sim", *words]
    reading, writing = os.pipe()
    if how == NO_ROOM:
        os.dup2(os.open("/dev/full", os.O_WRONLY), writing)
    errors = writing if how == BOTH else subprocess.PIPE
    if how == CLOSED:
        command = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    if how == GONE:
        os.close(reading)
    started = subprocess.Popen(command, cwd=where, stdout=writing, stderr=errors)
    os.close(writing)
    if how in (FIRST_LINE, BOTH):
        _read_a_line(reading)
    if how != GONE:
        os.close(reading)
    said = b"" if started.stderr is None else started.stderr.read()
    code = started.wait()
    return Ended(code if code >= 0 else FATAL_SIGNAL - code, "", said.decode(errors="replace"))


def _read_a_line(reading: int) -> None:
    while os.read(reading, 1) not in (b"\n", b""):
        pass
