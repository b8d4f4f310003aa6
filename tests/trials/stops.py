"""Stops writing at every single call that touches the folder of results, by `kill -9` or a disk that is full from then.

`python -m tests.trials.stops [N]` prints as JSON how many stops there were and what went wrong, with a number only
every so many calls. Each stop is in a forked process, in which Python tells a hook of every file that is opened,
renamed or removed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from corridor_sim.errors import ResultsError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.design import lay_out
from corridor_sim.study.engines import REFERENCE
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.executors import Here
from corridor_sim.study.kinds import Kind
from corridor_sim.study.pages import write_files
from corridor_sim.study.sweep import Question, sweep
from tests.trials.commands import SMALL
from tests.trials.kept_whole import Tree, chunks_of, half_written, left_overs, seen, tree_of

KILL, FULL = "kill -9", "full disk"
CALLS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir")
WITHOUT_PATH = ("fcntl.flock", "ctypes.dlsym")
"""Calls that tell no path; the second comes before two folders are exchanged."""
VARY = ("tariffs.lift.price=HKD 300/box,HKD 600/box", "services.train.cutoff=6 h,12 h")
SEED, REPLICATIONS = 7, 2
CODE = ResultsError.exit_code
PAGE = b"<html>a page</html>"
Work = Callable[[Path], object]


@dataclass
class Stops:
    """How often something was stopped, and what went wrong."""

    stops: int = 0
    left_over: int = 0
    wrong: list[str] = field(default_factory=list)


class Stopper:
    """Counts the calls that touch a folder and stops at one of them, or makes all from then on that need room fail."""

    def __init__(self, folder: Path, number: int, how: str) -> None:
        self._folder, self._left, self._how = str(folder), number, how

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Be told of a call."""
        if event not in CALLS and event not in WITHOUT_PATH:
            return
        if event in CALLS and not any(self._is_below(each) for each in arguments):
            return
        self._left -= 1
        if self._how == KILL and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._how == FULL and self._left <= 0 and _needs_room(event, arguments):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _is_below(self, argument: Any) -> bool:
        return isinstance(argument, str | os.PathLike) and str(argument).startswith(self._folder)


def _needs_room(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        return bool(arguments[2] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR))
    return event == "os.mkdir"


def stopped(work: Work, folder: Path, number: int = 0, how: str = KILL) -> int:
    """Do some work in a forked process, stopped at a call, 0 for never; return its exit code, or minus the signal."""
    child = os.fork()
    if not child:
        _work(work, folder, number, how)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work(work: Work, folder: Path, number: int, how: str) -> NoReturn:
    code = 1
    try:
        if number:
            sys.addaudithook(Stopper(folder, number, how))
        work(folder)
        code = 0
    except ResultsError as error:
        code = error.exit_code
    finally:
        os._exit(code)


def stop_everywhere(work: Work, before: Path, place: Path, how: str, every: int) -> Stops:
    """Stop some work at its first call, and every so many further; look at what is left, do it again, compare.

    What can be seen has to be what was there or what is to be, as a whole.
    """
    wanted_in, out = place / "wanted", place / "stopped"
    shutil.copytree(before, wanted_in)
    assert stopped(work, wanted_in) == 0
    earlier, wanted = tree_of(before), tree_of(wanted_in)
    found = Stops()
    while True:
        shutil.copytree(before, out)
        number = 1 + every * found.stops
        code = stopped(work, out, number, how)
        after = tree_of(out)
        if code == 0:
            break
        found.stops += 1
        found.left_over += bool(left_overs(after))
        wrong = [] if code in (-signal.SIGKILL, CODE) else [f"exit code {code}"]
        wrong += ["it is neither what it was nor what it is to be"] * (seen(after) not in (seen(earlier), wanted))
        wrong += ["a full disk left something aside"] * (how == FULL and bool(left_overs(after)))
        wrong += ["again it did not go well"] * (stopped(work, out) != 0)
        wrong += ["again it gave something else"] * (tree_of(out) != wanted)
        found.wrong += [f"call {number}: {each}" for each in wrong]
        shutil.rmtree(out)
    found.wrong += ["undisturbed it gave something else"] * (after != wanted)
    return found


def stop_again_and_again(work: Work, place: Path, every: int, how: str) -> Stops:
    """Stop some work after so many calls each time, going on from what is left, until it gets to its end."""
    wanted_in, out = place / "wanted", place / "stopped"
    for folder in (wanted_in, out):
        folder.mkdir(parents=True)
    assert stopped(work, wanted_in) == 0
    wanted, found, kept = tree_of(wanted_in), Stops(), dict[str, int]()
    while stopped(work, out, every, how):
        after = tree_of(out)
        found.stops += 1
        found.left_over += bool(left_overs(after))
        found.wrong += [f"stop {found.stops}: {each}" for each in _of_sweep(after, wanted)]
        found.wrong += [f"stop {found.stops}: {path} was not kept" for path in kept if path not in after]
        now = {path: (out / path).stat().st_ino for path in chunks_of(after)}
        found.wrong += [
            f"stop {found.stops}: {path} was made again" for path in now if kept.get(path, now[path]) != now[path]
        ]
        kept |= now
        every += 1
    found.wrong += ["in the end it gave something else"] * (tree_of(out) != wanted)
    return found


def _of_sweep(after: Tree, wanted: Tree) -> Iterator[str]:
    yield from half_written({path: content for path, content in after.items() if not path.endswith("lock")})
    yield from (
        f"{path} is not what it is to be" for path, content in seen(after).items() if wanted.get(path) != content
    )


def main(every: int = 1) -> dict[str, dict[str, Any]]:
    """Stop everything at every so many of its calls and return what was found."""
    small = load(SMALL)
    results = evaluate(small, replications=REPLICATIONS, engine=REFERENCE)

    def run(out: Path, command: str = "now") -> Path:
        return write_bundle(results, out, {"picture": b"\x89PNG"}, command, {"report.html": PAGE})

    def page(out: Path) -> None:
        write_files({out / "small" / "page.html": PAGE})

    found: dict[str, Stops] = {}
    with TemporaryDirectory() as name:
        place = Path(name)
        for folder in ("nothing", "kept", "page"):
            (place / folder).mkdir()
        run(place / "kept", "earlier")
        (place / "page" / "small").mkdir()
        (place / "page" / "small" / "page.html").write_bytes(b"an earlier page")
        for how in (KILL, FULL):
            found[f"run, {how}"] = stop_everywhere(run, place / "nothing", place / f"run {how}", how, every)
            found[f"run again, {how}"] = stop_everywhere(run, place / "kept", place / f"again {how}", how, every)
            found[f"page, {how}"] = stop_everywhere(page, place / "page", place / f"page {how}", how, every)
            found[f"sweep, {how}"] = stop_again_and_again(
                sweep_of(small), place / f"sweep {how}", EVERY * min(every, MOST_EVERY), how
            )
    return {name: vars(one) for name, one in found.items()}


EVERY, MOST_EVERY = 25, 3
"""Calls of a sweep after which it is stopped, and one more each time: about two chunks."""


def sweep_of(small: ScenarioFile) -> Work:
    """Return a sweep with a chunk for each replication."""
    question = Question(small, lay_out(VARY, Kind.GRID, None, SEED), SEED, REPLICATIONS, None, 1, REFERENCE)
    return lambda out: sweep(question, out, Here())


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:])), indent=1))
