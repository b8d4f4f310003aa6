"""Which processors a measurement may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread_each() -> None:
    """Keep libraries from starting threads of their own; call it before they are imported."""
    for name in THREAD_SETTINGS:
        os.environ.setdefault(name, "1")


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process and those it starts on one processor, where the system can."""
    with _on(lambda allowed: {max(allowed)}):
        yield


@contextmanager
def all_processors() -> Iterator[None]:
    """Let this process use all processors that it may use anyway."""
    with _on(lambda allowed: allowed):
        yield


@contextmanager
def _on(choose: Callable[[set[int]], set[int]]) -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, choose(before))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
