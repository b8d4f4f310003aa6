"""Tests the claims of a scenario: plays what is stated and one design for all doubt, then reads the answers off them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Literal

from corridor_sim.errors import InputError, Problem
from corridor_sim.evidence.design import POINTS, at_shares
from corridor_sim.network.lowered import Lowered
from corridor_sim.reading.located import suggestion
from corridor_sim.scenario.doubts import Doubt
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Claim
from corridor_sim.study.cases import Case, play_cases
from corridor_sim.study.claim_answer import Known, answer, fits_wanted, inputs_of_design
from corridor_sim.study.claim_fits import fit_all
from corridor_sim.study.doubt import PlayedDesign, doubts_of_file, play_design, rewritten
from corridor_sim.study.engines import AUTO, Tell, choose_engine, warm_up, work_of
from corridor_sim.study.executors import Executor, local_executor
from corridor_sim.study.figures import Figures
from corridor_sim.study.kinds import Where
from corridor_sim.study.play import Played
from corridor_sim.study.prepare import prepare, prepare_scenarios
from corridor_sim.study.workers import Progress

QUICK_POINTS = 128
REPLICATIONS_A_POINT = 2
LEVELS: Mapping[Literal["low", "high"], float] = {"low": 0.0, "high": 1.0}
LEFT_OUT = "levels of input groups"


@dataclass(frozen=True)
class Depth:
    """How much is played: points of the design, and whether groups of inputs are shown at their ends too."""

    points: int = POINTS
    levels: bool = True


WHOLE, QUICK = Depth(), Depth(QUICK_POINTS, levels=False)


@dataclass(frozen=True)
class Answers:
    """The answers for readers, and the design they were read off."""

    figures: Figures
    played: PlayedDesign


def answer_claims(
    file: ScenarioFile,
    depth: Depth = WHOLE,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    engine: str = AUTO,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Answers:
    """Return the answer to every claim of a file.

    `replications` at the stated inputs and `seed` default to the scenario's; `progress`, `engine` and `tell` as of
    `evaluate`. Raises InputError where there is no claim or an input is named that is in no doubt, ModelError.
    """
    clock = file.base.clock
    count, start = replications or clock.replications, clock.seed if seed is None else seed
    claims = dict(file.base.claims)
    if not claims:
        raise InputError(Problem("no claim stands here; expected at least one", "claims", file.file))
    names = _alternatives(file, claims)
    doubts = doubts_of_file(file, names)
    _check_levels(file, claims, doubts)
    with local_executor(Where.PROCESSES, workers, warm_up) as hands:
        lowered = prepare(file)
        cases: dict[Hashable, Case] = {name: Case(one, count) for name, one in lowered.items()}
        if depth.levels:
            cases |= _level_cases(file, claims, doubts, names, count)
        work = work_of((case.lowered, case.replications) for case in cases.values())
        work += depth.points * REPLICATIONS_A_POINT * work_of((lowered[name], 1) for name in names)
        choice = choose_engine(engine, work, tell)
        if choice.remark and tell is not None:
            tell(choice.remark)
        stated = play_cases(cases, start, True, {}, hands, None, choice.name)
        played = play_design(file, names, depth.points, start, hands, progress, choice.name)
        known = _known(file, lowered, stated, played, start)
        wanted = [each for claim in claims.values() for each in fits_wanted(known, claim)]
        fitted = fit_all(played, inputs_of_design(played), wanted, start, hands)
    known = replace(known, fitted=fitted)
    return Answers(
        {
            "version": version("corridor-sim"),
            "scenario": {"name": file.name, "title": dict(file.base.title), "file": file.file},
            "run": {
                "seed": start,
                "replications": count,
                "points": depth.points,
                "replications_a_point": REPLICATIONS_A_POINT,
                "engine": choice.name,
                "left_out": [] if depth == WHOLE else _left_out(depth),
            },
            "baseline": file.baseline,
            "claims": [answer(known, name, claim) for name, claim in claims.items()],
            "inputs": [_input(one) for one in doubts],
        },
        played,
    )


def _known(
    file: ScenarioFile,
    lowered: Mapping[str, Lowered],
    stated: Mapping[Hashable, Sequence[Played]],
    played: PlayedDesign,
    seed: int,
) -> Known:
    levels: dict[tuple[tuple[str, ...], str], dict[str, Sequence[Played]]] = {}
    for key, reps in stated.items():
        if isinstance(key, tuple):
            members, end, name = key
            levels.setdefault((members, end), {})[name] = reps
    return Known(file, lowered, {name: stated[name] for name in lowered}, levels, played, seed)


def _alternatives(file: ScenarioFile, claims: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the alternatives that claims speak of, in the order of the file."""
    named = {file.baseline}
    for claim in claims.values():
        named |= {claim.of, claim.against or file.baseline, *claim.by_way_of.values()}
    return tuple(name for name in file.alternatives if name in named)


def _check_levels(file: ScenarioFile, claims: Mapping[str, Claim], doubts: Sequence[Doubt]) -> None:
    """Raise InputError for a level of something that is in no doubt."""
    coordinates = {one.coordinate for one in doubts}
    problems = [
        Problem(
            f'"{wanted}" is no group or input with a range{suggestion(wanted, coordinates)}; '
            "give it a range, or leave it out",
            f"claims.{name}.levels.{words}",
            file.file,
        )
        for name, claim in claims.items()
        for words, members in claim.levels.items()
        for wanted in members
        if wanted not in coordinates
    ]
    if problems:
        raise InputError(problems)


def _level_cases(
    file: ScenarioFile, claims: Mapping[str, Claim], doubts: Sequence[Doubt], names: Sequence[str], count: int
) -> dict[Hashable, Case]:
    """Return the alternatives at the ends of each level: (its members, end, alternative) -> Case."""
    cases: dict[Hashable, Case] = {}
    for members in dict.fromkeys(members for claim in claims.values() for members in claim.levels.values()):
        for end, share in LEVELS.items():
            values = at_shares(doubts, dict.fromkeys(members, share))
            lowered = prepare_scenarios(file.file, rewritten(file, names, doubts, values))
            cases |= {(members, end, name): Case(one, count, details=False) for name, one in lowered.items()}
    return cases


def _left_out(depth: Depth) -> list[str]:
    said = [f"{POINTS - depth.points:,} of {POINTS:,} points of the design"] if depth.points < POINTS else []
    return said if depth.levels else [*said, LEFT_OUT]


def _input(one: Doubt) -> Figures:
    return {
        "name": one.name,
        "grade": one.grade,
        "group": one.group,
        "low": float(one.low),
        "stated": float(one.mode),
        "high": float(one.high),
        "unit": one.unit,
    }
