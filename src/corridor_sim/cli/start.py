"""The first thing that runs: whatever moment Ctrl-C or SIGTERM comes at, the command ends tidily and with one line."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from corridor_sim.stopped import STOPS, Stopped


def main() -> None:
    """Run the command line of this process and exit with its code."""
    for number in STOPS:
        # who starts a command in the background, with nohup or from a script, may have it ignore Ctrl-C
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        from corridor_sim.cli.app import main as run

        run()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(stopped.exit_code)
    finally:
        # all is done; the interpreter ends by itself, and nothing is left to be tidied up
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(number)
