"""Which engine plays a study: the reference engine, or the compiled one where it is there and worth its start.

Both give the same Trace, so the choice changes no figure. The compiled engine needs numba, and compiles itself once on
a machine; `auto` takes it unless numba is missing, or the study would be over before the compiler is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from corridor_sim.engine.base import Engine
from corridor_sim.engine.program import NONE, Inputs, Program
from corridor_sim.engine.reference import run as reference
from corridor_sim.errors import EngineError
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.arrivals import ONE_ARRIVAL
from corridor_sim.study.executors import Executor, Here

AUTO, REFERENCE, COMPILED = "auto", "reference", "compiled"
ENGINES = (AUTO, REFERENCE, COMPILED)
SMALL_STUDY = 1_000_000
"""Visits and departures, counted as if nobody joined a load, that the reference engine plays in about the time that
the compiler needs."""
COMPILES = "compiling the fast engine, once on this machine: about half a minute"
TOO_SMALL = (
    "played by the reference engine: the compiled one is not compiled on this machine yet, and this run is done "
    "sooner without; `corridor-sim compile` does it once"
)
NUMBA_SETTINGS = ".numba_config.yaml"
"""Where numba looks for settings: in the current folder. One of them names the folder of compiled code to load."""
_thread = threading.local()

Tell = Callable[[str], None]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Choice:
    """The engine that plays, and in words why it is not the compiled one ("" where nothing is to say)."""

    name: str
    remark: str = ""


@dataclass(frozen=True)
class Found:
    """What stands against the compiled engine somewhere ("" where nothing does), and whether it is compiled there."""

    missing: str = ""
    compiled: bool = False


def choose_engine(wanted: str, work: int, tell: Tell | None = None, hands: Executor | None = None) -> Choice:
    """Return the engine to play with; the compiled one is ready to run when this returns.

    `wanted` one of ENGINES; `work` the visits and departures to be played (see `work_of`); `tell` is called with a
    line before anybody has to wait for the compiler; `hands` are those that will play. Raises EngineError where the
    compiled engine was asked for by name and cannot run there.
    """
    if wanted == REFERENCE:
        return Choice(REFERENCE)
    hands = hands or Here()
    found = _ask(hands, look_for_compiled)
    if found.missing:
        if wanted == COMPILED:
            raise EngineError(f"the compiled engine cannot run: {found.missing}; use --engine reference")
        return Choice(REFERENCE, f"played by the reference engine: {found.missing}")
    if not found.compiled:
        if wanted == AUTO and work < SMALL_STUDY:
            return Choice(REFERENCE, TOO_SMALL)
        if tell is not None:
            tell(COMPILES)
        _ask(hands, compile_engine)
    return Choice(COMPILED)


def _ask(hands: Executor, work: Callable[[None], Answer]) -> Answer:
    """Return what one of those who will play answers."""
    ((_, answer),) = hands.run(work, [None])
    return answer


def look_for_compiled(_: object = None) -> Found:
    """Return whether the compiled engine can run here; if so it is loaded."""
    missing = _what_is_missing()
    if missing:
        return Found(missing)
    from corridor_sim.engine.jitted import is_compiled

    compiled = is_compiled(_functions())
    if compiled:
        compile_engine()
    return Found(compiled=compiled)


def compile_engine(_: object = None) -> None:
    """Compile the kernel and the loops of pricing and measuring, or load them."""
    from corridor_sim.engine.jitted import compile_all

    compile_all(_functions())


def _functions() -> list[Any]:
    """Return the functions that are compiled, with their types (see `engine.jitted`)."""
    rooms = ("engine.compiled", "economics.loops", "metrics.loops")
    return [function for room in rooms for function in import_module(f"corridor_sim.{room}").functions()]


def engine_named(name: str) -> Engine:
    """Return an engine for this thread: "reference" or "compiled"."""
    if name == REFERENCE:
        return reference
    from corridor_sim.engine.compiled import CompiledEngine

    engine: Engine | None = getattr(_thread, "engine", None)
    if engine is None:
        engine = _thread.engine = CompiledEngine()
    return engine


def forget_programs() -> None:
    """Forget what this thread's engine remembers of Programs, for a study whose Programs are all different."""
    engine: object = getattr(_thread, "engine", None)
    forget = getattr(engine, "forget", None)
    if forget is not None:
        forget()
    drawn = getattr(_thread, "inputs", None)
    if drawn is not None:
        _thread.spare, _thread.inputs = drawn.cells, None


def inputs_for(
    name: str, lowered: Lowered, seed: int, noise: bool, lanes: Mapping[int, int] | None
) -> Callable[[int], Inputs]:
    """Return what draws the inputs of a replication (its number), in the kernel where the engine is compiled."""
    program, plan = lowered.program, lowered.plan
    if name == REFERENCE or not noise:
        return lambda replication: draw_inputs(program, plan, seed, replication, noise, lanes)
    from corridor_sim.network.compiled_inputs import CompiledInputs

    drawn: CompiledInputs | None = getattr(_thread, "inputs", None)
    if drawn is None or not drawn.is_for(program, plan, seed):
        drawn = _thread.inputs = CompiledInputs(program, plan, seed, getattr(_thread, "spare", None))
        _thread.spare = None
    return drawn.draw


def work_of(cases: Iterable[tuple[Lowered, int]]) -> int:
    """Return about how many visits and departures it takes to play alternatives so often: (alternative, times)."""
    return sum(times * _size(lowered) for lowered, times in cases)


def _size(lowered: Lowered) -> int:
    """Return about how many visits and departures a replication has."""
    visits, program = 0, lowered.program
    for rule, plan in zip(program.flows, lowered.plan.flows, strict=True):
        released = len(plan.fixed) if plan.curve is None else int(plan.curve[1][-1]) // ONE_ARRIVAL
        visits += released * len(_main_way(program, rule.start))
    return visits + sum(len(plan.scheduled) for plan in lowered.plan.services)


def _main_way(program: Program, step: int) -> set[int]:
    """Return the steps from `step` on if every branch goes on to the next."""
    way: set[int] = set()
    while step != NONE and step not in way:
        way.add(step)
        step = program.code[step].next
    return way


def _what_is_missing() -> str:
    """Return in words why the compiled engine cannot run here, "" if it can."""
    if Path(NUMBA_SETTINGS).exists():
        return f"numba would obey {NUMBA_SETTINGS} of this folder, which may name code to load; move it away"
    try:
        import_module("corridor_sim.engine.compiled")
    except ImportError as problem:
        return f"numba cannot be used ({problem})"
    except RuntimeError as problem:
        return f"there is no folder for what numba compiles ({problem}); set NUMBA_CACHE_DIR to one"
    return ""
