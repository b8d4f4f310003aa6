"""Ctrl-C, SIGTERM and a closed terminal at random moments."""

from __future__ import annotations

import os
import random
import shutil
import signal
from functools import partial
from pathlib import Path

from tests.trials.commands import Started, some_delay
from tests.trials.fault_cases import Case, Fault, code_words
from tests.trials.kept_whole import tree_of

STOPPED = Fault(
    "Ctrl-C, SIGTERM, terminal closed",
    "exit 130, 143, 129, one line; no process left over, nothing half-written or lost; again: the same bytes",
)
CTRL_C, TERMINATE, HANG_UP = "Ctrl-C", "SIGTERM", "SIGHUP"
SENT = {CTRL_C: signal.SIGINT, TERMINATE: signal.SIGTERM, HANG_UP: signal.SIGHUP}
IN_A_ROW = (CTRL_C, TERMINATE, HANG_UP, CTRL_C)
FATAL_SIGNAL = 128
MOST_DELAY_SECONDS = 0.02


def stop_fault(case: Case, where: Path, work_seconds: float, seed: str) -> Fault:
    """Stop a command a few times in a row at random moments of its work, then let it end.

    Ctrl-C goes to all its processes, as from a terminal; SIGTERM to the main process, as from a job queue.
    """
    fault, chance = Fault(STOPPED.name, STOPPED.asked), random.Random(seed)
    shutil.copytree(case.before, where)
    for name in IN_A_ROW:
        started = Started(where, case.words)
        moment = chance.uniform(0, work_seconds)
        if started.wait_until(partial(_has_worked, started, moment)):
            some_delay(chance, MOST_DELAY_SECONDS)
            send(started, name)
        ended = started.end()
        orphans = started.orphans()
        wrong = [f"{len(orphans)} processes were left over"] if orphans else []
        wrong += [*case.after(tree_of(where))]
        if ended.code == 0:
            fault.note("done before", wrong)
            continue
        said = f"stopped by {name}"
        fine = ended.code == FATAL_SIGNAL + SENT[name] and ended.err.splitlines()[-1:] == [said]
        if not fine or ended.has_traceback or ended.err.count(said) != 1:
            wrong.append(f"it ended otherwise than with one line: {ended}")
        fault.note(code_words(ended), [f"{case.name}, {name} after {moment:.2f} s: {each}" for each in wrong])
    fault.wrong += [f"{case.name}: {each}" for each in case.again(where)]
    shutil.rmtree(where)
    return fault


def _has_worked(started: Started, seconds: float) -> bool:
    return started.listens and started.worked_seconds >= seconds


def send(started: Started, name: str) -> None:
    """Send a signal as it comes in life: of a terminal to all, of a job queue to the main process."""
    if started.process.poll() is None:
        to_whom = os.kill if name == TERMINATE else os.killpg
        to_whom(started.pid, SENT[name])
