"""Which simulations a study needs: every distinct Program once, priced for every alternative that shares it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from corridor_sim.network.lowered import Lowered
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import REFERENCE
from corridor_sim.study.executors import Executor
from corridor_sim.study.play import Played
from corridor_sim.study.workers import Job, Progress, run_jobs


@dataclass(frozen=True)
class Case:
    """One alternative to be played so often; without `details` its steps and resources are not looked at."""

    lowered: Lowered
    replications: int
    details: bool = True


def model_digest(lowered: Lowered) -> str:
    """Return what identifies the simulation: rules and plans, without money."""
    return digest_of((lowered.program, lowered.plan))


def case_digest(lowered: Lowered, model: str) -> str:
    """Return what identifies the results: the simulation (`model`), tariffs, and what flows and money say."""
    scenario = lowered.scenario
    money = (scenario.money.model_dump(mode="json"), [flow.model_dump(mode="json") for flow in scenario.flows.values()])
    return digest_of((model, lowered.tariffs, money))


def play_cases(
    cases: Mapping[Hashable, Case],
    seed: int,
    noise: bool,
    lanes: Mapping[str, str],
    executor: Executor | None,
    progress: Progress | None,
    engine: str = REFERENCE,
) -> dict[Hashable, list[Played]]:
    """Return the replications of every case; `lanes`: without noise, step -> lane; `engine`: see `engines`.

    Raises InputError for lanes that a step does not have.
    """
    models = {key: model_digest(case.lowered) for key, case in cases.items()}
    digests = {key: case_digest(case.lowered, models[key]) for key, case in cases.items()}
    model_of = {digests[key]: model for key, model in models.items()}
    needed: dict[str, Case] = {}
    for key, case in cases.items():
        known = needed.get(digests[key], case)
        most = max(known.replications, case.replications)
        needed[digests[key]] = replace(case, replications=most, details=known.details or case.details)
    groups: dict[str, list[str]] = {}
    for digest in needed:
        groups.setdefault(model_of[digest], []).append(digest)
    jobs = []
    for group in groups.values():
        counts = tuple(needed[digest].replications for digest in group)
        alternatives = tuple(needed[digest].lowered for digest in group)
        details = tuple(needed[digest].details for digest in group)
        jobs.append(Job(alternatives, counts, details, range(max(counts)), seed, noise, dict(lanes), engine))
    by_digest: dict[str, Sequence[Played]] = {}
    for group, result in zip(groups.values(), run_jobs(jobs, executor, progress), strict=True):
        by_digest.update(zip(group, result, strict=True))
    return {key: list(by_digest[digests[key]][: case.replications]) for key, case in cases.items()}
