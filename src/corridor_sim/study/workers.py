"""Spreads replications over processes; the result does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from pickle import dumps, loads

from corridor_sim.network.lowered import Lowered
from corridor_sim.study.engines import COMPILED, REFERENCE
from corridor_sim.study.executors import Executor, Here
from corridor_sim.study.play import Played, Reader, play, readers_of, without_looking_for_cycles

CHUNKS = {REFERENCE: 3, COMPILED: 15}
"""Replications a worker gets at once, by engine: enough work to be worth the way, little enough to share it."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """Replications of alternatives that share a Program; of each only the first `counts` are wanted."""

    alternatives: tuple[Lowered, ...]
    counts: tuple[int, ...]
    details: tuple[bool, ...]
    """For each alternative whether its steps and resources are looked at."""
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
        with without_looking_for_cycles():
            return play(
                self.alternatives,
                self.counts,
                replications,
                self.seed,
                self.noise,
                self.lanes,
                self.engine,
                readers=self.readers,
                details=self.details,
            )


@dataclass(frozen=True)
class Part:
    """Some replications of a job, which is packed once for all of its parts where it has to travel."""

    number: int
    job: Job | bytes
    replications: range


def run_jobs(
    jobs: Sequence[Job], executor: Executor | None = None, progress: Progress | None = None
) -> list[list[list[Played]]]:
    """Return the results of all jobs: by job, alternative, replication. `progress(done, total)` counts replications."""
    hands = executor or Here()
    carried = jobs if hands.workers == 1 else [dumps(job) for job in jobs]
    parts = [Part(number, carried[number], chunk) for number, job in enumerate(jobs) for chunk in job.chunks()]
    total = sum(len(job.replications) for job in jobs)
    found: dict[tuple[int, int], list[list[Played]]] = {}
    done = 0
    for part, played in hands.run(_run_part, parts):
        found[part.number, part.replications.start] = played
        done += len(part.replications)
        if progress is not None:
            progress(done, total)
    results: list[list[list[Played]]] = [[[] for _ in job.alternatives] for job in jobs]
    for (number, _), alternatives in sorted(found.items(), key=itemgetter(0)):
        for place, replications in enumerate(alternatives):
            results[number][place].extend(replications)
    return results


def _run_part(part: Part) -> list[list[Played]]:
    job = _unpacked(part.job) if isinstance(part.job, bytes) else part.job
    return job.run(part.replications)


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Job:
    """Return a job as it came from this program's own pipe; its chunks follow each other, so one is kept."""
    job: Job = loads(packed)
    return job
