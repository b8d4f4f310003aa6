"""A stop ends a command even where a thread of a library would never end."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
fake = types.ModuleType("corridor_sim.cli.app")
fake.main = run
sys.modules["corridor_sim.cli.app"] = fake
start.main()
"""
CHILD = """
import signal, sys, threading, types
from corridor_sim.cli import start
from corridor_sim.study import stop
stop.PATIENCE_SECONDS = 0.1

def run():
    # what an executor's thread does that waits for a lock which the stopped main thread held
    held = threading.Lock()
    held.acquire()
    threading.Thread(target=held.acquire).start()
    if sys.argv[1] == "early":
        signal.raise_signal(signal.SIGINT)
    import typer
    from corridor_sim.cli.outcome import reported
    try:
        with reported(debug=False):
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                if sys.argv[1] == "while it tidies up":
                    print("stopped by Ctrl-C", file=sys.stderr)
                    held.acquire()
    except typer.Exit as ended:
        sys.exit(ended.exit_code)
"""


@pytest.mark.parametrize("when", ["early", "in a command", "while it tidies up"])
def test_a_stop_waits_for_no_thread_for_ever(when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD + BEGIN, when], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (130, "stopped by Ctrl-C\n")


SWALLOWED = """
import signal, sys, types
from corridor_sim.cli import start

class Library:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)

def run():
    # Python can only tell of what is raised here, and goes on, as do libraries in Cython
    Library()
    print("went on", flush=True)
"""


def test_a_stop_that_a_library_swallows_is_repeated() -> None:
    busy = SWALLOWED + "    while True:\n        pass\n" + BEGIN
    done = subprocess.run([sys.executable, "-c", busy], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, "went on\n", "stopped by SIGTERM\n")


def test_a_swallowed_stop_disturbs_no_command_that_has_ended() -> None:
    ended = SWALLOWED + BEGIN + "print(signal.getitimer(signal.ITIMER_REAL))"
    done = subprocess.run([sys.executable, "-c", ended], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n(0.0, 0.0)\n", "")
