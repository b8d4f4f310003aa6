"""Where the work of a study is done: here, in threads, or in processes; each result comes as soon as it is there.

What comes first may differ; what comes never does, for every task is a pure function.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures import Executor as Pool
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import BaseContext
from signal import SIG_BLOCK, SIG_IGN, SIG_SETMASK, SIGHUP, SIGINT, pthread_sigmask, signal
from threading import Thread
from typing import Protocol, TypeVar

from corridor_sim.errors import EngineError
from corridor_sim.study.kinds import Where
from corridor_sim.study.stop import held

Task = TypeVar("Task")
Result = TypeVar("Result")
AHEAD = 2
"""Tasks under way or waiting for each worker: what is finished can be written while all are busy."""
FORKED, PRELOADED = "forkserver", "corridor_sim.study.preloaded"
"""Workers are forked from a process that has run nothing but the imports of a module: it holds no thread or lock."""
LONGEST_HOLD_SECONDS = 0.25
"""So long may a stop have to wait for a pool."""
MOST_DEATHS = 3
"""Worker processes that may die one after the other without a single result between them."""


class Executor(Protocol):
    """Runs pure functions somewhere."""

    @property
    def workers(self) -> int:
        """How many tasks it runs at once."""
        ...

    def run(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Yield each task with its result, in the order in which they are finished."""
        ...


class Here:
    """Does one task after the other in this thread."""

    workers = 1

    def run(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Yield each task with its result."""
        return ((task, work(task)) for task in tasks)


class Pooled:
    """Spreads tasks over a pool of threads or processes; a pool whose process died is replaced."""

    def __init__(self, make_pool: Callable[[], Pool], workers: int) -> None:
        """Start the pool of `make_pool`, which has so many workers."""
        self._make_pool = make_pool
        self._pool = make_pool()
        self.workers = workers

    def run(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Yield each task with its result, in the order in which they are finished."""
        waiting, under_way, deaths = iter(tasks), dict[Future[Result], Task](), 0
        while True:
            for task in islice(waiting, AHEAD * self.workers - len(under_way)):
                under_way[self._submit(work, task)] = task
            if not under_way:
                return
            with held():
                done, _ = wait(under_way, LONGEST_HOLD_SECONDS, FIRST_COMPLETED)
                outcomes = [(under_way.pop(future), future, future.exception()) for future in done]
            lost = []
            for task, future, error in outcomes:
                if isinstance(error, BrokenProcessPool):
                    lost.append(task)
                else:
                    deaths = 0
                    yield task, future.result()
            if lost:
                deaths += 1
                lost += under_way.values()
                under_way = self._start_again(work, lost, deaths)

    def _submit(self, work: Callable[[Task], Result], task: Task) -> Future[Result]:
        try:
            with held():
                return self._pool.submit(work, task)
        except BrokenProcessPool as error:
            broken: Future[Result] = Future()
            broken.set_exception(error)
            return broken

    def _start_again(self, work: Callable[[Task], Result], lost: list[Task], deaths: int) -> dict[Future[Result], Task]:
        """Return the lost tasks under way in a new pool."""
        if deaths > MOST_DEATHS:
            raise EngineError("worker processes keep dying, perhaps for want of memory; try fewer --workers")
        self.close(cancel=True)
        self._pool = self._make_pool()
        return {self._submit(work, task): task for task in lost}

    def close(self, cancel: bool = False) -> None:
        """End the pool; with `cancel` what has not begun is dropped and nothing waited for."""
        with held():
            self._pool.shutdown(wait=not cancel, cancel_futures=cancel)


@contextmanager
def local_executor(where: Where, workers: int) -> Iterator[Executor]:
    """Yield an executor of this machine: threads or processes, or this thread alone for one worker.

    Processes are forked from one that loads what they need while the caller still prepares their tasks.
    """
    if workers <= 1:
        yield Here()
        return
    context = prepare_processes() if where is Where.PROCESSES else None

    def processes() -> Pool:
        return ProcessPoolExecutor(workers, context, _begin_worker)

    def threads() -> Pool:
        return ThreadPoolExecutor(workers)

    others = set(active_children())
    pooled = Pooled(threads if context is None else processes, workers)
    try:
        yield pooled
    except BaseException:
        pooled.close(cancel=True)
        # nobody wants what they are at, and this process would wait for it at its end
        for worker in set(active_children()) - others:
            worker.terminate()
        raise
    pooled.close()


def prepare_processes() -> BaseContext:
    """Let what worker processes need be loaded from now on, for callers that will want some; return how they start.

    Where the system can fork, this begins the process from which they are forked.
    """
    if FORKED not in get_all_start_methods():
        return get_context("spawn")
    from multiprocessing import forkserver, resource_tracker

    context = get_context(FORKED)
    context.set_forkserver_preload([PRELOADED])
    # neither Ctrl-C nor a closed terminal is for them, not even while they start: this process ends them
    heard = pthread_sigmask(SIG_BLOCK, [SIGHUP])
    try:
        resource_tracker.ensure_running()
        # only now, for the tracker's start hears Ctrl-C again in the end
        pthread_sigmask(SIG_BLOCK, [SIGINT])
        forkserver.ensure_running()
    finally:
        pthread_sigmask(SIG_SETMASK, heard)
    return context


def _begin_worker() -> None:
    """Leave Ctrl-C to the process that can tidy up, and end with it, even if it is killed."""
    signal(SIGINT, SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
