"""A progress bar on stderr, for people who wait at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

Report = Callable[[int, int], None]
Tell = Callable[[str, int, int], None]
"""Told (what is done, how much of it is done, how much there is)."""
TENTHS = 10


@contextmanager
def progress_bar(quiet: bool, doing: str = "simulating") -> Iterator[Report | None]:
    """Yield a function of (replications done, total), or None where nobody looks; `doing` is said beside the bar."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def tell(line: str) -> None:
    """Say on stderr why something takes time or is not what one would expect."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def stage_progress(quiet: bool) -> Iterator[Tell | None]:
    """Yield a function of (stage, done, total): a bar with the time left, or a plain line for every tenth in a pipe."""
    if quiet or sys.stderr is None:
        yield None
        return
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, TextColumn("left"), console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                # time left is judged by the speed of this run, not by what was kept before
                tasks[what] = progress.add_task(what, total=total, completed=done)
            progress.update(tasks[what], completed=done, total=total)

        yield tell


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _plain_lines() -> Tell:
    said: dict[str, int] = {}

    def tell(what: str, done: int, total: int) -> None:
        tenth = done * TENTHS // max(total, 1)
        if said.get(what) != tenth:
            said[what] = tenth
            print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell
