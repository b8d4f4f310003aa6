"""Spreads the tasks of a study over a Dask cluster: an existing one, or one of processes on this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any

from corridor_sim.errors import EngineError, InputError
from corridor_sim.study.executors import AHEAD, Executor, Result, Task

SECONDS_TO_CONNECT = 10
MISSING = "--executor dask needs Dask, which is not installed; pip install 'corridor-sim[dask]'"


class DaskExecutor:
    """Runs tasks on the workers of a cluster; those of a worker that dies are done by another."""

    def __init__(self, client: Any) -> None:
        """Use a connected `distributed.Client`."""
        self._client = client

    @property
    def workers(self) -> int:
        """How many tasks the cluster runs at once, now."""
        return max(1, sum(map(int, self._client.nthreads().values())))

    def run(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Yield each task with its result, in the order in which they are finished."""
        distributed = _distributed()
        waiting, under_way = iter(tasks), dict[str, Task]()
        finished = distributed.as_completed()
        while True:
            for task in islice(waiting, max(0, AHEAD * self.workers - len(under_way))):
                future = self._client.submit(work, task, pure=False)
                under_way[future.key] = task
                finished.add(future)
            if not under_way:
                return
            future = next(finished)
            try:
                result: Result = future.result()
            except distributed.KilledWorker:
                raise EngineError("workers keep dying, perhaps for want of memory; try smaller ones") from None
            yield under_way.pop(future.key), result


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise InputError(MISSING) from None


@contextmanager
def dask_executor(scheduler: str | None, workers: int) -> Iterator[Executor]:
    """Yield an executor on the cluster of a scheduler, such as "tcp://10.0.0.5:8786", or on a new local one.

    Raises InputError where Dask is not installed or no scheduler answers.
    """
    distributed = _distributed()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is not None:
        with _connected(distributed.Client, scheduler) as client:
            yield DaskExecutor(client)
        return
    cluster = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        yield DaskExecutor(client)


def _connected(connect: Callable[..., Any], scheduler: str) -> Any:
    try:
        return connect(scheduler, timeout=f"{SECONDS_TO_CONNECT} s")
    except (OSError, TimeoutError):
        message = f"--scheduler {scheduler}: no scheduler answers; gave up after {SECONDS_TO_CONNECT} s"
        raise InputError(message) from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"--scheduler {scheduler}: no address; expected such as tcp://10.0.0.5:8786") from None
