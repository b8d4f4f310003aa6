"""The first thing that runs, before anything heavy is loaded: from here on a stop is one line, whenever it comes."""

from __future__ import annotations

import sys

from corridor_sim.study.stop import Stopped, listen, listen_no_more


def main() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        listen()
        from corridor_sim.cli.app import main as run

        run()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(stopped.exit_code)
    finally:
        listen_no_more()
