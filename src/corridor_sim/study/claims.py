"""Tests the claims of a scenario: plays what is stated and one design for all doubt, then reads the answers off."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

from corridor_sim.errors import InputError, Problem
from corridor_sim.evidence.design import POINTS, at_shares
from corridor_sim.network.lowered import Lowered
from corridor_sim.reading.located import shown, suggestion
from corridor_sim.scenario.doubts import Doubt
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.answers import key_of
from corridor_sim.study.bundle import RESULTS_VERSION, key_of_run
from corridor_sim.study.cases import Case, play_cases
from corridor_sim.study.claim_answer import COSTS, answer, fits_wanted
from corridor_sim.study.claim_doubt import Decision, decide
from corridor_sim.study.claim_fits import fit_all
from corridor_sim.study.claim_known import Known, Level, Tested, inputs_of_design
from corridor_sim.study.doubt import REPLICATIONS, Doubted, PlayedDesign, PlayedPoints, doubted, play_at, play_design
from corridor_sim.study.engines import AUTO, Tell, choose_engine, work_of
from corridor_sim.study.evaluate import Settings
from corridor_sim.study.executors import Executor, local_executor
from corridor_sim.study.figures import Figures
from corridor_sim.study.kinds import Where
from corridor_sim.study.play import Played
from corridor_sim.study.prepare import prepare
from corridor_sim.study.workers import Progress

QUICK_POINTS = 128
ENDS = {"low": 0.0, "high": 1.0}
"""Ends of a range, as shares of it."""
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
    design: PlayedDesign


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

    `replications` at the stated inputs and `seed` default to the scenario's; `progress` is told the points done;
    `engine` and `tell` as of `evaluate`. Raises InputError where there is no claim or an input is named that is in no
    doubt, ModelError where a range reaches what cannot run.
    """
    clock = file.base.clock
    settings = Settings(replications or clock.replications, clock.seed if seed is None else seed, noise=True, lanes={})
    claims = file.base.claims
    if not claims:
        raise InputError(Problem("no claim stands here; expected at least one", "claims", file.file))
    known = doubted(file, _alternatives(file))
    _check_levels(known)
    with local_executor(Where.PROCESSES, workers) as hands:
        lowered = prepare(file)
        work = work_of((one, settings.replications) for one in lowered.values())
        work += work_of((lowered[name], depth.points * REPLICATIONS) for name in known.alternatives)
        choice = choose_engine(engine, work, tell, hands)
        if choice.remark and tell is not None:
            tell(choice.remark)
        player = _Player(known, replace(settings, engine=choice.name), depth, hands)
        return _answers(player, lowered, progress)


@dataclass(frozen=True)
class _Player:
    """What is played, how, and by whom."""

    known: Doubted
    settings: Settings
    depth: Depth
    hands: Executor

    def stated(self, lowered: Mapping[str, Lowered]) -> dict[str, list[Played]]:
        """Return the replications of all alternatives at the stated inputs."""
        cases: dict[Hashable, Case] = {name: Case(one, self.settings.replications) for name, one in lowered.items()}
        played = play_cases(cases, self.settings.seed, True, {}, self.hands, None, self.settings.engine)
        return {name: played[name] for name in lowered}

    def design(self, progress: Progress | None) -> PlayedDesign:
        """Return the one design for all doubt, played."""
        names, points, engine = self.known.alternatives, self.depth.points, self.settings.engine
        return play_design(
            self.known.file, names, COSTS, points, self.settings.seed, self.hands, progress, figures=(), engine=engine
        )

    def levels(self) -> dict[Level, PlayedPoints]:
        """Return what claims show at the ends of groups of inputs."""
        if not self.depth.levels:
            return {}
        claims = self.known.file.base.claims.values()
        keys = [(members, end) for claim in claims for members in claim.levels.values() for end in ENDS]
        return {(members, end): self._at(members, ENDS[end]) for members, end in dict.fromkeys(keys)}

    def _at(self, members: tuple[str, ...], share: float) -> PlayedPoints:
        values = at_shares(self.known.inputs, dict.fromkeys(members, share))
        count, seed, engine = self.settings.replications, self.settings.seed, self.settings.engine
        return play_at(self.known, [values], count, COSTS, seed, self.hands, figures=(), engine=engine)


def _answers(player: _Player, lowered: Mapping[str, Lowered], progress: Progress | None) -> Answers:
    file = player.known.file
    design = player.design(progress)
    known = Known(file, lowered, player.stated(lowered), player.levels(), design)
    tested = [Tested.of(known, name, claim) for name, claim in file.base.claims.items()]
    inputs = inputs_of_design(design.design)
    wanted = [each for one in tested for each in fits_wanted(one)]
    decisions = [Decision(design, flows) for flows in dict.fromkeys(one.flows for one in tested)]
    known = replace(
        known,
        fitted=fit_all(design, inputs, wanted, player.hands),
        information={task.flows: found for task, found in player.hands.run(decide, decisions)},
    )
    settings = player.settings
    return Answers(
        {
            "key": _key(player),
            "results_version": RESULTS_VERSION,
            "version": version("corridor-sim"),
            "scenario": {"name": file.name, "title": dict(file.base.title), "file": file.file},
            "run": {
                "seed": settings.seed,
                "replications": settings.replications,
                "points": player.depth.points,
                "replications_a_point": REPLICATIONS,
                "engine": settings.engine,
                "left_out": _left_out(player.depth),
            },
            "of_run": key_of_run(file, settings.seed, settings.replications),
            "baseline": file.baseline,
            "claims": [answer(known, one) for one in tested],
            "inputs": [_input(one, design) for one in player.known.inputs],
        },
        design,
    )


def _key(player: _Player) -> str:
    """Return what names the question: inputs, claims, seed, and how much is played."""
    known, settings = player.known, player.settings
    return key_of(
        {
            "scenario": known.file.name,
            "inputs": {name: one.model_dump(mode="json") for name, one in known.file.alternatives.items()},
            "run": [settings.seed, settings.replications, player.depth.points, player.depth.levels],
        }
    )


def _alternatives(file: ScenarioFile) -> tuple[str, ...]:
    """Return the alternatives that claims speak of, in the order of the file."""
    named = {file.baseline}
    for claim in file.base.claims.values():
        named |= {claim.of, claim.against or file.baseline, *claim.by_way_of.values()}
    return tuple(name for name in file.alternatives if name in named)


def _check_levels(known: Doubted) -> None:
    """Raise InputError for a level of something that is in no doubt."""
    coordinates = {one.coordinate for one in known.inputs}
    problems = [
        Problem(
            f"{shown(wanted)} is no group or input with a range in use here{suggestion(wanted, coordinates)}; "
            "give it a range or leave it out",
            f"claims.{name}.levels.{words}",
            known.file.file,
        )
        for name, claim in known.file.base.claims.items()
        for words, members in claim.levels.items()
        for wanted in members
        if wanted not in coordinates
    ]
    if problems:
        raise InputError(problems)


def _left_out(depth: Depth) -> list[str]:
    said = [f"{POINTS - depth.points:,} of {POINTS:,} points of the design"] if depth.points < POINTS else []
    return said if depth.levels else [*said, LEFT_OUT]


def _input(one: Doubt, design: PlayedDesign) -> Figures:
    return {
        "name": one.name,
        "grade": one.grade,
        "group": one.group,
        "low": float(one.low),
        "stated": float(one.mode),
        "high": float(one.high),
        "unit": one.unit,
        "held_at_points": sum(one.name in held for held in design.played.held.values()),
    }
