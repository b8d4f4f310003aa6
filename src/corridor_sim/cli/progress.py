"""A progress bar on stderr, for people who wait at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[int, int], None]


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Report | None]:
    """Yield a function of (replications done, total), or None where nobody looks."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("simulating", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def tell(line: str) -> None:
    """Say on stderr why something takes time or is not what one would expect."""
    print(line, file=sys.stderr, flush=True)
