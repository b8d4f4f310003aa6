"""Spreads replications over processes; the result does not depend on how many there are."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from signal import SIG_IGN, SIGINT, signal

from corridor_sim.network.lowered import Lowered
from corridor_sim.study.play import Played, play

CHUNK = 5
"""Replications a worker gets at once."""
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

    def chunks(self) -> Iterator[Job]:
        """Yield the job in parts of CHUNK replications."""
        for start in range(self.replications.start, self.replications.stop, CHUNK):
            part = range(start, min(start + CHUNK, self.replications.stop))
            yield Job(self.alternatives, self.counts, part, self.seed, self.noise, self.lanes)

    def run(self) -> list[list[Played]]:
        """Return for each alternative its replications."""
        # a replication makes many objects and little rubbish: looking for cycles meanwhile costs a quarter of the time
        gc.disable()
        try:
            return play(self.alternatives, self.counts, self.replications, self.seed, self.noise, self.lanes)
        finally:
            gc.enable()
            gc.collect()


def run_jobs(jobs: Sequence[Job], workers: int, progress: Progress | None = None) -> list[list[list[Played]]]:
    """Return the results of all jobs: by job, alternative, replication. `progress(done, total)` counts replications."""
    parts = [(number, chunk) for number, job in enumerate(jobs) for chunk in job.chunks()]
    total = sum(len(job.replications) for job in jobs)
    results: list[list[list[Played]]] = [[[] for _ in job.alternatives] for job in jobs]
    done = 0
    with _mapper(workers if len(parts) > 1 else 1) as apply:
        for (number, chunk), played in zip(parts, apply([chunk for _, chunk in parts]), strict=True):
            for place, replications in enumerate(played):
                results[number][place].extend(replications)
            done += len(chunk.replications)
            if progress is not None:
                progress(done, total)
    return results


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[[list[Job]], Iterator[list[list[Played]]]]]:
    if workers <= 1:
        yield lambda chunks: map(Job.run, chunks)
        return
    # Ctrl-C reaches all processes of a terminal; only the one that can tidy up should act on it
    with ProcessPoolExecutor(workers, get_context("spawn"), signal, (SIGINT, SIG_IGN)) as pool:
        try:
            yield lambda chunks: pool.map(Job.run, chunks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
