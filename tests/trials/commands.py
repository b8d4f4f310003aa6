"""Commands of this program as processes of their own, which can be stopped at a chosen moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
SCENARIO = "small.yaml"
RUN = ("run", SCENARIO, "--replications", "3", "--quiet")
SWEEP = (
    *("sweep", SCENARIO, "--replications", "4", "--workers", "2", "--quiet"),
    *("--vary", "tariffs.lift.price=HKD 300/box,HKD 600/box", "--vary", "services.train.cutoff=6 h,12 h"),
)
"""Three Programs with four replications: every chunk holds one, however often the sweep is begun again."""
NANOSECONDS = 1e9
POLL_SECONDS = 0.001
LONGEST_SECONDS = 600.0


def folder_for(parent: Path) -> Path:
    """Return a new folder with the small scenario in it."""
    parent.mkdir(parents=True)
    shutil.copy(SMALL, parent / SCENARIO)
    return parent


class Process(Protocol):
    """What is asked of a main process."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        ...

    def wait(self, timeout: float) -> int:
        """Return how it ended."""
        ...


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def has_traceback(self) -> bool:
        """Whether it showed its inside."""
        return any(word in self.out + self.err for word in ("Traceback", "Exception ignored", "internal error"))


class Started:
    """A command under way, in a session of its own with all processes that it starts."""

    def __init__(self, where: Path, words: Sequence[str], program: Sequence[str] = ("-m", "corridor_sim")) -> None:
        """Start it in a folder; what it says goes into files beside that folder."""
        self._said = [where.with_name(f"{where.name}.{stream}") for stream in ("out", "err")]
        with self._said[0].open("wb") as out, self._said[1].open("wb") as err:
            self._popen = subprocess.Popen(
                [sys.executable, *program, *words], cwd=where, stdout=out, stderr=err, start_new_session=True
            )

    @property
    def process(self) -> Process:
        """The main process."""
        return self._popen

    @property
    def pid(self) -> int:
        """The main process, which is the session's leader."""
        return self.process.pid

    @property
    def worked_seconds(self) -> float:
        """Processor time of the main process so far."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / NANOSECONDS
        except (OSError, IndexError):
            return 0.0

    @property
    def listens(self) -> bool:
        """Whether it catches SIGTERM by now: the interpreter has started and the program's first line has run."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        (caught,) = (int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(caught >> (signal.SIGTERM - 1) & 1)

    def others(self) -> list[int]:
        """Return the other living processes of its session."""
        return [pid for pid in session(self.pid) if pid != self.pid]

    def wait_until(self, reached: Callable[[], bool]) -> bool:
        """Return True as soon as something is reached, False where the command ended before."""
        while self.process.poll() is None:
            if reached():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def end(self) -> Ended:
        """Wait for the main process and return how it ended."""
        code = self.process.wait(LONGEST_SECONDS)
        out, err = (path.read_text(errors="replace") for path in self._said)
        return Ended(code, out, err)

    def orphans(self, patience_seconds: float = 20.0) -> list[int]:
        """Return the processes of its session that are still there some time after it; they are then ended."""
        ends = time.monotonic() + patience_seconds
        while (left := self.others()) and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return left


def session(leader: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, belongs = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if int(belongs) == leader and state not in "ZX":
                found.append(int(entry.name))
    return found


def done(where: Path, words: Sequence[str]) -> Ended:
    """Run a command to its end."""
    return Started(where, words).end()


def workers_of(started: Started) -> list[int]:
    """Return the worker processes: the children of the process from which they are forked."""
    return [worker for server in _children(started.pid) for worker in _children(server)]


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_writing(folder: Path) -> bool:
    """Return whether something is being written aside below a folder now."""
    for place, folders, files in os.walk(folder):
        if any(name.startswith(".writing-") for name in (*folders, *files)):
            return bool(place)
    return False


def some_delay(chance: random.Random, most_seconds: float) -> None:
    """Wait a random while."""
    time.sleep(chance.uniform(0, most_seconds))
