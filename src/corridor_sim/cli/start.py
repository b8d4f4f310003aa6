"""The first thing that runs, before anything heavy is loaded: from here on a stop is one line, whenever it comes."""

from __future__ import annotations

import gc
import sys

from corridor_sim.study.stop import Stopped, listen, listen_no_more

NEW_OBJECTS_SEARCHED = 50_000
"""How many are made before Python looks for garbage: what is read from files stays, and looking costs a tenth."""


def main() -> None:
    """Run the command line of this process and exit with its code."""
    gc.set_threshold(NEW_OBJECTS_SEARCHED)
    try:
        listen()
        from corridor_sim.cli.app import main as run

        run()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(stopped.exit_code)
    finally:
        listen_no_more()
