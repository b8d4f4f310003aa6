"""Ctrl-C, SIGTERM and a closed terminal: each stops a command tidily, and the exit code says which it was."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

FATAL_SIGNAL = 128
"""A shell adds this to the number of the signal that ended a command."""
REPEAT_SECONDS = 0.1
"""After a library swallowed a stop."""
PATIENCE_SECONDS = 15.0
"""After a stop; what takes longer to be tidied up is left to the next command."""
WORDS = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}

_holding: list[int] = []
"""One for each `held` block under way; in it the signal that came in the meantime, or 0."""


class Stopped(BaseException):
    """Somebody stopped this command; no library takes it for an error of its own, or for a Ctrl-C to be kept."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(f"stopped by {WORDS[signal.Signals(number)]}")
        self.exit_code = FATAL_SIGNAL + number


def listen() -> None:
    """Raise Stopped from now on, except for what whoever started this command has it ignore, as nohup does."""
    sys.unraisablehook = _repeat
    for number in WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def listen_no_more() -> None:
    """Let the interpreter end undisturbed: all is done, and nothing is left to be tidied up."""
    for number in WORDS:
        signal.signal(number, signal.SIG_IGN)
    if isinstance(waiting := signal.getsignal(signal.SIGALRM), partial) and waiting.func is _stop_again:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def held() -> Iterator[None]:
    """Let a stop wait until the end of this block of the main thread, which must be short.

    For calls that take locks which other threads want: a stop in their midst would leave a lock held for ever.
    """
    _holding.append(0)
    try:
        yield
    finally:
        came = _holding.pop()
        if came:
            _stop(came, None)


def _stop(number: int, frame: FrameType | None) -> None:
    if _holding:
        _holding[-1] = number
        return
    # what is stopped may be a library with a lock in its hands, for which one of its threads then waits for ever
    signal.signal(signal.SIGALRM, partial(_end_now, FATAL_SIGNAL + number))
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    raise Stopped(number)


def _repeat(lost: sys.UnraisableHookArgs) -> None:
    """Stop again what swallowed a stop: from compiled code that tells of no error none gets through."""
    if isinstance(lost.exc_value, Stopped):
        number = lost.exc_value.exit_code - FATAL_SIGNAL
        signal.signal(signal.SIGALRM, partial(_stop_again, number))
        signal.setitimer(signal.ITIMER_REAL, REPEAT_SECONDS)
    else:
        sys.__unraisablehook__(lost)


def _stop_again(number: int, alarm: int, frame: FrameType | None) -> None:
    _stop(number, frame)


def _end_now(code: int, alarm: int, frame: FrameType | None) -> None:
    """End without tidying up; what was kept is as safe as from any kill."""
    os._exit(code)
