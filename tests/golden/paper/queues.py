"""Facilities as they are used: who waits, who works or keeps room, and what closing does to work under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from paper.amounts import F
from paper.world import Facility

NOTHING = F(0)
Turn = tuple[int, int, int]
"""Priority, ready, tie."""


@dataclass(eq=False)
class Job:
    """Somebody who asks for servers or room; with `takes`, works on them and gives them back."""

    turn: Turn
    units: Fraction
    then: Callable[[int], None]
    takes: int | None = None
    granted: int = -1
    left: int = 0
    since: int = -1
    done_at: int = -1
    version: int = 0
    running: bool = False


@dataclass(eq=False)
class Shop:
    """A facility in the course of a run. `done_later(job, tick)` is told whenever the end of work is known anew."""

    facility: Facility
    done_later: Callable[[Shop, Job, int], None]
    capacity: Fraction = NOTHING
    queue: list[Job] = field(default_factory=list)
    holding: list[Job] = field(default_factory=list)
    kept: Fraction = NOTHING

    @property
    def used(self) -> Fraction:
        """Servers at work or kept, without those that rest."""
        return self.kept + sum((job.units for job in self.holding if job.running), F(0))

    @property
    def resting(self) -> list[Job]:
        return [job for job in self.holding if not job.running]

    def waits_ahead(self) -> Fraction:
        return sum((job.units for job in self.queue), F(0))

    def change(self, units: Fraction, now: int) -> None:
        """Other capacity: who began last stops first, and who rests goes on before anybody in the queue."""
        self.capacity = units
        if self.facility.at_closing != "finish":
            while self.used > self.capacity:
                running = [job for job in self.holding if job.running]
                if not running:
                    break
                self._rest(max(running, key=lambda job: (job.granted, job.turn)), now)
        for job in sorted(self.resting, key=lambda job: (job.granted, job.turn)):
            if self.used + job.units <= self.capacity:
                self._run(job, now)

    def _rest(self, job: Job, now: int) -> None:
        job.running = False
        job.version += 1
        if self.facility.at_closing == "pause":
            job.left -= now - job.since
        else:
            assert job.takes is not None
            job.left = job.takes

    def _run(self, job: Job, now: int) -> None:
        job.running, job.since = True, now
        job.version += 1
        self.done_later(self, job, now + job.left)

    def grant(self, now: int) -> Job | None:
        """Give units to the first in the queue that gets any."""
        for job in sorted(self.queue, key=lambda job: job.turn):
            resting = sum((each.units for each in self.resting), F(0))
            if self.capacity and self.used + resting + job.units <= self.capacity:
                self.queue.remove(job)
                job.granted = now
                if job.takes is None:
                    self.kept += job.units
                else:
                    self.holding.append(job)
                    job.left = job.takes
                    self._run(job, now)
                return job
            if not self.facility.first_fit:
                return None
        return None

    def finish(self, job: Job) -> None:
        self.holding.remove(job)

    def give_back(self, units: Fraction) -> None:
        self.kept -= units
