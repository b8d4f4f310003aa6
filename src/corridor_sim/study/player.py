"""Plays a file's alternatives under overrides on the same draws; what shares a Program is simulated once and priced."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from corridor_sim.errors import InputError, ModelError
from corridor_sim.evidence.scope import of_flows
from corridor_sim.metrics.kpis import Replication
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.cases import Case, model_digest, play_cases
from corridor_sim.study.engines import AUTO, Tell, choose_engine, work_of
from corridor_sim.study.executors import Executor
from corridor_sim.study.points import Overrides, at_point
from corridor_sim.study.prepare import prepare_scenarios
from corridor_sim.study.summary import unresolved_events

Progress = Callable[[str, int, int], None]
"""Told (what is done, how much of it is done, how much there is)."""


@dataclass(frozen=True)
class PlayedCase:
    """One alternative under some overrides: its replications, and the events that too few of them met."""

    reps: Sequence[Replication]
    rare: tuple[str, ...]
    model: str
    """What identifies its simulation."""


@dataclass(frozen=True)
class Player:
    """How a study plays its points: `flows` keeps these flows alone (all if empty)."""

    file: ScenarioFile
    seed: int
    executor: Executor
    progress: Progress
    engine: str = AUTO
    say: Tell | None = None
    flows: tuple[str, ...] = ()

    def play(
        self, points: Mapping[Hashable, Overrides], names: Sequence[str], replications: int, stage: str
    ) -> dict[tuple[Hashable, str], PlayedCase]:
        """Return the replications of the alternatives `names` at each point. Raises InputError and ModelError."""
        lowered: dict[tuple[Hashable, str], Lowered] = {}
        models: dict[tuple[Hashable, str], str] = {}
        first: dict[str, Lowered] = {}
        for point, overrides in points.items():
            for name, one in self._lowered(overrides, names).items():
                models[point, name] = model = model_digest(one)
                # workers get one Program for all that share it
                shared = first.setdefault(model, one)
                lowered[point, name] = replace(one, program=shared.program, plan=shared.plan)
        cases: dict[Hashable, Case] = {key: Case(one, replications, details=False) for key, one in lowered.items()}
        work = work_of((one, replications) for one in first.values())
        choice = choose_engine(self.engine, work, self.say, self.executor)

        def report(done: int, total: int) -> None:
            self.progress(stage, done, total)

        played = play_cases(cases, self.seed, True, {}, self.executor, report, choice.name)
        return {
            key: PlayedCase(
                [self._scoped(each.measured, one) for each in played[key]],
                tuple(unresolved_events(one, played[key])),
                models[key],
            )
            for key, one in lowered.items()
        }

    def _lowered(self, overrides: Overrides, names: Sequence[str]) -> dict[str, Lowered]:
        try:
            return prepare_scenarios(self.file.file, self.file.overridden(overrides, names))
        except (InputError, ModelError) as error:
            raise type(error)([at_point(problem, overrides) for problem in error.problems]) from None

    def _scoped(self, rep: Replication, lowered: Lowered) -> Replication:
        if not self.flows:
            return rep
        return of_flows(rep, [lowered.flow_order.index(name) for name in self.flows])
