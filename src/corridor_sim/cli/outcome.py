"""How a command ends: one line for each problem on stderr, and an exit code that says what to do.

0   done                                    1-5  as drawn in `corridor_sim.errors`; 2 also for a wrong command line
70  an error of this program (--debug)      129, 130, 143  stopped: the terminal closed, Ctrl-C, SIGTERM
141 the reader of the output has gone
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

import typer

from corridor_sim.errors import CorridorSimError, ResultsError
from corridor_sim.study.stop import Stopped

USAGE = 2
INTERNAL = 70
NO_READER = 141
LONGEST_LINE = 2000


@contextmanager
def reported(debug: bool) -> Iterator[None]:
    """Run a command; turn whatever stops it into lines on stderr and an exit code (raises typer.Exit)."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except (typer.Exit, typer.TyperException):
        raise
    except BrokenPipeError:
        _drop(sys.stdout)
        _drop(sys.stderr)
        raise typer.Exit(NO_READER) from None
    except (KeyboardInterrupt, Stopped) as error:
        stopped = error if isinstance(error, Stopped) else Stopped()
        _fail([str(stopped)], stopped.exit_code, debug)
    except CorridorSimError as error:
        _fail(map(str, error.problems), error.exit_code, debug)
    except OSError as error:
        _drop(sys.stdout)
        _fail([f"the system refused: {error}"], ResultsError.exit_code, debug)
    except Exception as error:
        _fail([f"internal error: {type(error).__name__}: {error}; run with --debug for the details"], INTERNAL, debug)


def use_safe_streams() -> None:
    """Make letters that the terminal's encoding lacks come out as escapes instead of stopping the program.

    What is printed where the caller closed the stream (`>&-`) goes nowhere.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def keep_to_installed_code() -> None:
    """Let the processes that this one starts look for modules where Python is installed, not in the current folder."""
    os.environ.setdefault("PYTHONSAFEPATH", "1")


def complain(lines: Iterable[str]) -> None:
    """Write lines to stderr, each kept on one line whatever it quotes."""
    from corridor_sim.reading.located import printable

    try:
        for line in lines:
            print(printable(line, LONGEST_LINE), file=sys.stderr)
    except OSError:
        _drop(sys.stderr)


def print_json(content: Any) -> None:
    """Print JSON in UTF-8 whatever the terminal's encoding: the same bytes as in the file."""
    from corridor_sim.study.bundle import json_bytes

    sys.stdout.flush()
    sys.stdout.buffer.write(json_bytes(content))


def tell_answer(kind: str, summary: Any, folder: Path, json: bool, quiet: bool) -> None:
    """Print what a study of one question found (`study.answers.KINDS`): as JSON, only where it is, or for readers."""
    if json:
        print_json(summary)
    elif quiet:
        print(folder)
    else:
        from corridor_sim.report.kept import show_kept
        from corridor_sim.report.terminal import console_for

        show_kept(kind, summary, folder, console_for(sys.stdout))


def _fail(lines: Iterable[str], code: int, debug: bool) -> NoReturn:
    if debug:
        import traceback

        traceback.print_exc()
    complain(lines)
    raise typer.Exit(code) from None


def _drop(stream: TextIO) -> None:
    """Send what is still buffered for a closed pipe nowhere, so that the interpreter's last flush is quiet."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
