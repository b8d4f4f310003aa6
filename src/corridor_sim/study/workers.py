"""Spreads replications over processes; the result does not depend on how many there are."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from multiprocessing import get_context
from pickle import dumps, loads
from signal import SIG_IGN, SIGINT, signal

from corridor_sim.network.lowered import Lowered
from corridor_sim.study.engines import COMPILED, REFERENCE
from corridor_sim.study.play import Played, Reader, play, readers_of

CHUNKS = {REFERENCE: 3, COMPILED: 15}
"""Replications a worker gets at once, by engine: enough work to be worth the way, little enough to share it."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """Replications of alternatives that share a Program; of each only the first `counts` are wanted."""

    alternatives: tuple[Lowered, ...]
    counts: tuple[int, ...]
    replications: range
    seed: int
    noise: bool = True
    lanes: Mapping[str, str] | None = None
    engine: str = REFERENCE

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """The alternatives, ready to be priced and measured."""
        return readers_of(self.alternatives, self.seed, self.lanes, self.engine)

    def chunks(self) -> Iterator[range]:
        """Yield the replications in parts."""
        size = CHUNKS[self.engine]
        for start in range(self.replications.start, self.replications.stop, size):
            yield range(start, min(start + size, self.replications.stop))

    def run(self, replications: range) -> list[list[Played]]:
        """Return for each alternative some of its replications."""
        # a replication makes many objects and little rubbish: looking for cycles meanwhile costs a quarter of the time
        gc.disable()
        try:
            return play(
                self.alternatives,
                self.counts,
                replications,
                self.seed,
                self.noise,
                self.lanes,
                self.engine,
                readers=self.readers,
            )
        finally:
            gc.enable()
            gc.collect()


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor | None]:
    """Yield a pool of processes that are starting up already, or None where one process does it all."""
    if workers <= 1:
        yield None
        return
    # Ctrl-C reaches all processes of a terminal; only the one that can tidy up should act on it
    with ProcessPoolExecutor(workers, get_context("spawn"), signal, (SIGINT, SIG_IGN)) as pool:
        try:
            for _ in range(workers):
                pool.submit(gc.collect)
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run_jobs(
    jobs: Sequence[Job], pool: Executor | None = None, progress: Progress | None = None
) -> list[list[list[Played]]]:
    """Return the results of all jobs: by job, alternative, replication. `progress(done, total)` counts replications."""
    parts = [(number, chunk) for number, job in enumerate(jobs) for chunk in job.chunks()]
    total = sum(len(job.replications) for job in jobs)
    results: list[list[list[Played]]] = [[[] for _ in job.alternatives] for job in jobs]
    done = 0
    for (number, chunk), played in zip(parts, _played(jobs, parts, pool), strict=True):
        for place, replications in enumerate(played):
            results[number][place].extend(replications)
        done += len(chunk)
        if progress is not None:
            progress(done, total)
    return results


def _played(
    jobs: Sequence[Job], parts: Sequence[tuple[int, range]], pool: Executor | None
) -> Iterator[list[list[Played]]]:
    if pool is None:
        return (jobs[number].run(chunk) for number, chunk in parts)
    packed = [dumps(job) for job in jobs]
    return pool.map(_run_packed, [packed[number] for number, _ in parts], [chunk for _, chunk in parts])


def _run_packed(packed: bytes, replications: range) -> list[list[Played]]:
    return _unpacked(packed).run(replications)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Job:
    """Return a job as it came from this program's own pipe; its chunks follow each other, so one is kept."""
    job: Job = loads(packed)
    # what stays for the whole job need not be looked through after every chunk
    gc.freeze()
    return job
