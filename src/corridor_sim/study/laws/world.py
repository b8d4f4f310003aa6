"""A scenario as the laws try it: every alternative lowered, each Program played once for all that share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import AUTO, choose_engine, work_of
from corridor_sim.study.play import Played, Reader, readers_of, settle_one
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import Replication, simulate


@dataclass(frozen=True)
class Trial:
    """Alternatives with the same Program and plan, and their replications; the first of them speaks for the others."""

    alternatives: tuple[Lowered, ...]
    played: tuple[Replication, ...]

    @property
    def first(self) -> Lowered:
        """The alternative that speaks for the others where only times matter."""
        return self.alternatives[0]

    @property
    def names(self) -> str:
        """The names of all of them."""
        return ", ".join(each.alternative for each in self.alternatives)


@dataclass(frozen=True)
class World:
    """A scenario file ready for all laws; `seed` and `replications` are those of every trial."""

    file: ScenarioFile
    replications: int
    seed: int
    engine: str
    trials: tuple[Trial, ...]

    def play(self, lowered: Lowered, plan: InputPlan | None = None) -> tuple[Replication, ...]:
        """Return the replications of an alternative, by another plan if one is given."""
        what = lowered if plan is None else replace(lowered, plan=plan)
        return tuple(simulate(what, range(self.replications), self.seed, engine=self.engine))

    def reader(self, lowered: Lowered) -> Reader:
        """Return an alternative, ready to be priced and measured."""
        (reader,) = readers_of([lowered], self.seed, engine=self.engine, few=True)
        return reader

    def settled(self, lowered: Lowered, played: Replication, reader: Reader | None = None) -> Played:
        """Return the figures of a replication; those of the first come with its ledger and its Trace."""
        read = reader or self.reader(lowered)
        return settle_one(read, played.inputs, played.trace, read.promised(played.inputs))


class _Same:
    """A file as a key: the very same object, because what it holds has no hash."""

    def __init__(self, file: ScenarioFile) -> None:
        self.file = file

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.file is self.file

    def __hash__(self) -> int:
        return id(self.file)


def world_of(file: ScenarioFile, replications: int) -> World:
    """Return a file ready for all laws; asked again for the same file, it is the same world.

    Raises InputError or ModelError where an alternative cannot be simulated.
    """
    return _world(_Same(file), replications)


@lru_cache(maxsize=1)
def _world(key: _Same, replications: int) -> World:
    file, seed = key.file, key.file.base.clock.seed
    lowered = prepare(file)
    groups: dict[tuple[str, str], list[Lowered]] = {}
    for each in lowered.values():
        groups.setdefault((digest_of(each.program), digest_of(each.plan)), []).append(each)
    work = work_of((members[0], replications) for members in groups.values())
    world = World(file, replications, seed, choose_engine(AUTO, work).name, ())
    trials = tuple(Trial(tuple(members), world.play(members[0])) for members in groups.values())
    return replace(world, trials=trials)
