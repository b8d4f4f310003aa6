"""The first thing that runs, before anything heavy is loaded: from here on a stop is one line, whenever it comes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

from corridor_sim.cli.stop import STOPPED_CODES, Stopped, listen, listen_no_more


def main() -> None:
    """Run the command line of this process and exit with its code."""
    try:
        listen()
        from corridor_sim.cli.app import main as run

        run()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        _end_now(stopped.exit_code)
    except SystemExit as ended:
        if ended.code in STOPPED_CODES:
            _end_now(ended.code)
        raise
    finally:
        listen_no_more()


def _end_now(code: object) -> NoReturn:
    """End with an exit code and wait for no thread: a stop may have come while a library held a lock of theirs."""
    listen_no_more()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 1)
