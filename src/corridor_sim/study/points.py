"""What a worker does for a sweep: say what a design point is made of, and play replications down to their sums.

A worker gets the file as written and the overrides of a point and lowers them itself: words are small, Programs big.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pickle import dumps, loads

from corridor_sim.errors import CorridorSimError, Problem
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.study.cases import case_digest, model_digest
from corridor_sim.study.chunks import Label, chunk_bytes
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import REFERENCE, work_of
from corridor_sim.study.play import Reader, play, readers_of, without_looking_for_cycles
from corridor_sim.study.prepare import prepare_scenarios
from corridor_sim.study.summary import touching

Overrides = tuple[str, ...]
"""`path=value` arguments of a design point."""
KEPT_BATCHES = 2
"""Batches a worker keeps lowered: the one whose chunks it gets, and the one before."""
NOT_DECISIVE = ("replications", "seed")
"""Fields of the clock that a sweep replaces by its own."""


@dataclass(frozen=True)
class CaseInfo:
    """One alternative at one point: digests of its inputs, simulation and results, and the names behind its numbers."""

    alternative: str
    inputs: str
    model: str
    case: str
    flows: tuple[str, ...]
    facilities: tuple[str, ...]
    closures: Mapping[int, str]
    work: int
    """Visits and departures of a replication, about (see `engines.work_of`)."""


@dataclass(frozen=True)
class Asked:
    """A scenario file on its way to workers, and the alternatives that are wanted of it, the baseline first."""

    packed: bytes
    alternatives: tuple[str, ...]

    @classmethod
    def of(cls, file: ScenarioFile) -> Asked:
        """Return a file without its resolved alternatives, which every point resolves anew."""
        return cls(dumps(replace(file, alternatives={})), tuple(file.alternatives))


@dataclass(frozen=True)
class PointTask:
    """Look at some of the alternatives at one design point."""

    asked: Asked
    overrides: Overrides
    alternatives: tuple[str, ...]


@dataclass(frozen=True)
class ChunkTask:
    """Play replications of cases that share a Program: of each the overrides and the alternative."""

    asked: Asked
    members: tuple[tuple[Overrides, str], ...]
    label: Label
    engine: str = REFERENCE


def look_at(task: PointTask) -> tuple[CaseInfo, ...]:
    """Return what each of the alternatives is made of. Raises InputError and ModelError that name the point."""
    file = _unpacked(task.asked.packed)
    try:
        lowered = prepare_scenarios(file.file, file.overridden(task.overrides, task.alternatives))
    except CorridorSimError as error:
        raise type(error)([at_point(problem, task.overrides) for problem in error.problems]) from None
    return tuple(_info(one) for one in lowered.values())


def play_chunk(task: ChunkTask) -> bytes:
    """Return the replications of a chunk as the bytes of its file."""
    members = _members(task.asked, task.members)
    label = task.label
    readers = _readers(task.asked, task.members, label.seed, task.engine)
    with without_looking_for_cycles():
        played = play(
            members,
            (label.stop,) * len(members),
            label.replications,
            label.seed,
            engine=task.engine,
            readers=readers,
            details=False,
        )
    return chunk_bytes(label, [[one.measured for one in reps] for reps in played])


def _info(lowered: Lowered) -> CaseInfo:
    model = model_digest(lowered)
    return CaseInfo(
        lowered.alternative,
        digest_of(_decisive(lowered.scenario)),
        model,
        case_digest(lowered, model),
        lowered.flow_order,
        tuple(lowered.program.facility_names),
        touching(lowered),
        work_of([(lowered, 1)]),
    )


def _decisive(scenario: Scenario) -> dict[str, object]:
    dumped = scenario.model_dump(mode="json")
    dumped["clock"] = {name: value for name, value in dumped["clock"].items() if name not in NOT_DECISIVE}
    return dumped


def at_point(problem: Problem, overrides: Overrides) -> Problem:
    """Return a problem that names the option it comes from, or the point it arises at."""
    if problem.file.startswith(SET):
        return replace(problem, file=f"{VARY}{problem.file.removeprefix(SET)}")
    if not overrides:
        return problem
    return replace(problem, message=f"{problem.message} (at {', '.join(overrides)})")


SET, VARY = "--set ", "--vary "


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> ScenarioFile:
    """Return a file as it came from this program's own pipe; its tasks follow each other, so one is kept."""
    file: ScenarioFile = loads(packed)
    return file


@lru_cache(maxsize=KEPT_BATCHES)
def _members(asked: Asked, members: tuple[tuple[Overrides, str], ...]) -> tuple[Lowered, ...]:
    """Return the members of a chunk lowered; they share one Program and plan, so that only one is kept."""
    file, found = _unpacked(asked.packed), list[Lowered]()
    for overrides, name in members:
        # what stands against it was found when its point was looked at
        one = lower(file.overridden(overrides, [name])[name], name)
        shared = replace(one, program=found[0].program, plan=found[0].plan) if found else one
        found.append(shared)
    return tuple(found)


@lru_cache(maxsize=KEPT_BATCHES)
def _readers(asked: Asked, members: tuple[tuple[Overrides, str], ...], seed: int, engine: str) -> tuple[Reader, ...]:
    """Return the members of a chunk ready to be priced and measured."""
    return readers_of(_members(asked, members), seed, engine=engine)
