"""One case of schema-aware fuzzing: a scenario, overrides or a command line, and what came of it.

A case may be accepted, or refused with an error of ours that names a place; anything else is a finding.
"""

from __future__ import annotations

import hashlib
import json
import resource
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some

from both_engines import first_difference, outcome_of
from corridor_sim.errors import CorridorSimError, EngineError
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.workload import expected_releases
from corridor_sim.reading.located import path_text
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.engines import COMPILED, REFERENCE, choose_engine, engine_named
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.play import play
from corridor_sim.study.prepare import prepare
from tests.trials import nasty

LONGEST_SECONDS, PATIENCE = 20, 10
"""Of processor time a case; the machine may be busy with other things."""
MOST_MEMORY_GIB = 8
MOST_RELEASES, MOST_DEPARTURES, MOST_EVENTS = 2_000, 3_000, 20_000
"""What is played: larger cases would only take longer."""
MOSTLY, EVALUATED = 0.7, 0.02
SIGNS = 12


class TooSlow(BaseException):
    """A case that takes longer than anybody would wait."""


class Unlike(AssertionError):
    """The engines differ, or an error does not say where it is."""


@dataclass
class Tally:
    """What came of some cases: how many by kind and outcome, what was found, and the slowest."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    agreed: int = 0
    found: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str, str] = (0.0, "", "")

    def add(self, other: Tally) -> None:
        """Add the outcomes of other cases."""
        self.outcomes += other.outcomes
        self.agreed += other.agreed
        self.found += other.found
        self.slowest = max(self.slowest, other.slowest)


@dataclass
class Trial:
    """Where findings go, and what is being tried just now."""

    found: Path
    trying: str = ""

    def run(self, case: Callable[[Trial, Any, Tally], tuple[str, str]], number: int, count: int) -> Tally:
        """Try about `count` cases that `number` decides."""
        tally = Tally()

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(some.data())
        def one(data: some.DataObject) -> None:
            self._try(case, data.draw, tally)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one()
        return tally

    def _try(self, case: Callable[[Trial, Any, Tally], tuple[str, str]], draw: Any, tally: Tally) -> None:
        self.trying, begun = "", time.process_time()
        try:
            with at_most(LONGEST_SECONDS):
                kind, outcome = case(self, draw, tally)
        except (TooSlow, MemoryError, RecursionError, Unlike) as error:
            kind, outcome = "found", type(error).__name__
            self.keep(error, tally)
        except Exception as error:
            if type(error).__module__.startswith("hypothesis"):
                raise
            kind, outcome = "found", type(error).__name__
            self.keep(error, tally)
        tally.outcomes[kind, outcome] += 1
        tally.slowest = max(tally.slowest, (time.process_time() - begun, kind, outcome))

    def keep(self, error: BaseException, tally: Tally) -> None:
        """Keep the shortest case that ends at this place of the program in this way."""
        places = traceback.extract_tb(error.__traceback__)
        ours = [f"{Path(place.filename).name}:{place.lineno}" for place in places if "/src/" in place.filename]
        what = f"{type(error).__name__} at {(ours or ['a test'])[-1]}"
        tally.found[what] += 1
        path = self.found / f"{hashlib.sha256(what.encode()).hexdigest()[:SIGNS]}.txt"
        if not path.exists() or len(self.trying) < len(path.read_text(encoding="utf-8").partition("\n=====\n")[0]):
            told = "".join(traceback.format_exception(error))
            text = f"{self.trying}\n=====\n{what}\n{told}"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TooSlow inside when this process has worked for so long, or ten times as long has passed."""

    def end(*_: object) -> None:
        raise TooSlow(f"more than {seconds} s")

    signals = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, PATIENCE * seconds)}
    before = {number: signal.signal(number, end) for number in signals}
    for timer, most in signals.values():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for number, (timer, _) in signals.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def begin() -> None:
    """Have the compiled engine ready, and let this process have no more memory than any case may need."""
    choose_engine(COMPILED, 0)
    most = MOST_MEMORY_GIB << 30
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def check_refusal(error: CorridorSimError) -> str:
    """Return the outcome of a refusal. Raises Unlike where it does not say where something is wrong."""
    # an engine knows nothing of files: it names who waits for whom
    named = isinstance(error, EngineError) or any(problem.file or problem.path for problem in error.problems)
    if not error.problems or not named:
        raise Unlike(f"no place is named: {error}")
    unprintable = [str(problem) for problem in error.problems if not str(problem).isprintable()]
    if unprintable:
        raise Unlike(f"not printable: {unprintable}")
    return f"exit {error.exit_code}"


def loaded(trial: Trial, draw: Any, tally: Tally) -> tuple[str, str]:
    """Load a changed scenario; what is accepted is played by both engines."""
    kind, tree = draw(nasty.scenarios())
    trial.trying = json.dumps(tree, ensure_ascii=False)
    return f"loader, {kind}", _outcome(trial.trying, (), Random(len(trial.trying)), tally)


def overridden(trial: Trial, draw: Any, tally: Tally) -> tuple[str, str]:
    """Load a sound world with changed values set on the command line."""
    chance = draw(nasty.chances())
    tree = chance.choice(nasty.worlds())
    sets = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        path = path_text(chance.choice(nasty.paths_in(tree)))
        kind = chance.choice(("json", "json", "plausible", "plausible", "text", "path"))
        value = json.dumps(draw(nasty.nasty())) if kind == "json" else nasty.plausible(chance)
        value = chance.choice(nasty.TEXTS) if kind == "text" else value
        path = chance.choice((f"{path}.x", chance.choice(nasty.TEXTS), f"{path}[1]")) if kind == "path" else path
        sets.append(f"{path}={value}")
    text = json.dumps(tree)
    trial.trying = f"{sets}\n{text}"
    return "overrides", _outcome(text, sets, chance, tally)


def _outcome(text: str, sets: Sequence[str], chance: Random, tally: Tally) -> str:
    try:
        file = load(text, sets)
        prepare(file, with_tables=False)
        _played(file, chance, tally)
    except CorridorSimError as error:
        return check_refusal(error)
    return "accepted"


def _played(file: ScenarioFile, chance: Random, tally: Tally) -> None:
    """Play some alternatives with both engines, and price and measure what happened."""
    for name in list(file.alternatives)[:2]:
        lowered = lower(file.alternatives[name], name)
        if not is_small(lowered):
            continue
        noise = chance.random() < MOSTLY
        ends = [_ending(lowered, noise, engine) for engine in (REFERENCE, COMPILED)]
        if ends[0] != ends[1]:
            inputs = draw_inputs(lowered.program, lowered.plan, 1, 0, noise, {})
            outcomes = [outcome_of(engine_named(engine), lowered.program, inputs) for engine in (REFERENCE, COMPILED)]
            raise Unlike(f"{ends}; {first_difference(lowered.program, inputs, *outcomes)}")
        tally.agreed += 1
        if chance.random() < EVALUATED:
            json.dumps(evaluate(file, replications=1, engine=REFERENCE).summary, allow_nan=False)


def _ending(lowered: Lowered, noise: bool, engine: str) -> tuple[str, str]:
    """Return the digests of Trace and ledger that an engine comes to, or its error."""
    try:
        ((played,),) = play([lowered], [1], range(1), seed=1, noise=noise, engine=engine)
    except CorridorSimError as error:
        return type(error).__name__, str(error)
    return played.trace_digest, played.ledger_digest


def is_small(lowered: Lowered) -> bool:
    """Whether one replication is played in a moment."""
    plan, horizon = lowered.plan, lowered.program.horizon
    releases = sum(expected_releases(flow) * flow.containers for flow in plan.flows)
    departures = sum(len(service.scheduled) for service in plan.services)
    changes = sum(len(facility.changes) for facility in plan.facilities)
    failing = [rule for rule in lowered.program.facilities if rule.uptime >= 0]
    samplers = lowered.program.samplers
    failures = sum(horizon / max(1.0, float(samplers[rule.uptime].mean)) for rule in failing)
    failures += sum(
        horizon / max(1.0, float(samplers[facility.uptime].mean))
        for facility in plan.facilities
        if facility.uptime >= 0
    )
    return releases < MOST_RELEASES and departures < MOST_DEPARTURES and changes + failures < MOST_EVENTS
