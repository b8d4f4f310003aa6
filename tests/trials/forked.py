"""Commands in processes forked from this one, in which the program is loaded already: they start at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from tests.trials.commands import POLL_SECONDS, Ended, Started

LOADED = ("cli.app", "study.play", "study.sweep", "study.claims", "study.sensitivity", "report.run", "report.html.page")
Before = Callable[[], object]


def load_program() -> None:
    """Load what most commands need, once for all."""
    for name in LOADED:
        import_module(f"corridor_sim.{name}")
    import_module("corridor_sim.study.engines").look_for_compiled()


class Child:
    """A forked process, with what is used of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Return how it ended. Raises TimeoutExpired."""
        ends = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(POLL_SECONDS)
        return code


class Forked(Started):
    """A command under way, like any other but that it need not load the program."""

    def __init__(self, where: Path, words: Sequence[str], before: Before | None = None) -> None:
        """Fork it in a folder; it first does what is to come `before`, such as giving up its rights."""
        self._said = [where.with_name(f"{where.name}.{stream}") for stream in ("out", "err")]
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            _be(where, words, self._said, before)
        self._child = Child(pid)

    @property
    def process(self) -> Child:
        """The main process."""
        return self._child


def _be(where: Path, words: Sequence[str], said: Sequence[Path], before: Before | None) -> NoReturn:
    """Be the command from now on."""
    code = 1
    try:
        os.setsid()
        os.chdir(where)
        for number, path in enumerate(said, 1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        tempfile.tempdir = str(where.parent)
        # its workers are not to load the module that this process began with
        sys.modules["__main__"] = ModuleType("__main__")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["corridor-sim", *words]
        if before is not None:
            before()
        from corridor_sim.cli.start import main

        main()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    finally:
        # as at the end of any interpreter; what else this process would do then is not for a fork of it
        import_module("multiprocessing.util")._exit_function()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def forked(where: Path, words: Sequence[str], before: Before | None = None) -> Ended:
    """Fork a command and wait for its end."""
    return Forked(where, words, before).end()
