"""A stop ends a command at once, even where a thread of a library would never end."""

from __future__ import annotations

import subprocess
import sys

import pytest

CHILD = """
import sys, threading
from corridor_sim.cli import app, start
from corridor_sim.cli.outcome import reported
from corridor_sim.cli.stop import Stopped

def run():
    # what an executor's thread does that waits for a lock which the stopped main thread held
    held = threading.Lock()
    held.acquire()
    threading.Thread(target=held.acquire).start()
    if sys.argv[1] == "early":
        raise Stopped()
    import typer
    try:
        with reported(debug=False):
            raise Stopped()
    except typer.Exit as ended:
        sys.exit(ended.exit_code)

app.main = run
start.main()
"""


@pytest.mark.parametrize("when", ["early", "in a command"])
def test_a_stop_waits_for_no_thread(when: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, when], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (130, "stopped by Ctrl-C\n")
