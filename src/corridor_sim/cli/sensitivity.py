"""The command `corridor-sim sensitivity`: which inputs in doubt move a saving or a KPI, and how far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import (
    Against,
    CostBase,
    Debug,
    Engine,
    EngineName,
    File,
    Of,
    Out,
    Perspective,
    Replications,
    Scope,
    Seed,
    Sets,
    WorkerCount,
    workers,
)
from corridor_sim.cli.outcome import reported, tell_answer
from corridor_sim.cli.progress import silent, stage_progress
from corridor_sim.cli.progress import tell as tell_line
from corridor_sim.cli.sweep import MOST_UNASKED, executor_of, names_of, say_size
from corridor_sim.errors import InputError
from corridor_sim.study.kinds import Method, Where

if TYPE_CHECKING:
    from corridor_sim.study.sensitivity import Question

FEWEST_TRAJECTORIES, MOST_TRAJECTORIES = 2, 10_000


def sensitivity(
    file: File,
    of: Of = None,
    against: Against = None,
    method: Annotated[
        Method, typer.Option(help="Ends of each range, elementary effects, or shares of the variance.")
    ] = Method.TORNADO,
    kpi: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The difference of this KPI, such as on_time, instead of the saving."),
    ] = None,
    cost_base: CostBase = "total_logistics",
    perspective: Perspective = "chain",
    scope: Scope = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME,...", help="Inputs or groups that move; by default all.", show_default=False),
    ] = None,
    trajectories: Annotated[
        int | None,
        typer.Option(min=FEWEST_TRAJECTORIES, max=MOST_TRAJECTORIES, help="Trajectories of morris; by default 20."),
    ] = None,
    base: Annotated[
        int | None, typer.Option(metavar="N", help="Base points of sobol, a power of two; by default 256.")
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    engine: Engine = EngineName.AUTO,
    out: Out = Path("results"),
    yes: Annotated[bool, typer.Option("--yes", help=f"Run even more than {MOST_UNASKED:,} replications.")] = False,
    worker_count: WorkerCount = None,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Show which inputs move what an alternative saves, each over its range."""
    with reported(debug):
        size = _size(method, trajectories, base)
        at_once = worker_count or workers()
        if at_once > 1:
            from corridor_sim.study.executors import prepare_processes

            prepare_processes()
        from corridor_sim.report.charts.sensitivity import sensitivity_chart
        from corridor_sim.scenario.load import load
        from corridor_sim.study.bundle import check_out
        from corridor_sim.study.doubt import doubted
        from corridor_sim.study.player import Player
        from corridor_sim.study.response import response_of
        from corridor_sim.study.sensitivity import FEW_REPLICATIONS, SIZES, Question, inputs_asked
        from corridor_sim.study.sensitivity import sensitivity as asked
        from corridor_sim.study.sensitivity_bundle import key_of_sensitivity, write_sensitivity
        from corridor_sim.study.targets import sides_of
        from corridor_sim.study.warmup import settled

        check_out(out)
        loaded = load(file, sets or (), [name for name in (of, against) if name is not None] if of else [])
        clock = loaded.base.clock
        sides = sides_of(loaded, of, against, cost_base, perspective, "kg", tuple(names_of(scope or ())))
        response = response_of(sides, kpi)
        chosen = clock.seed if seed is None else seed
        known = doubted(settled(loaded, clock.replications, chosen), (sides.of, sides.against))
        count = replications or (clock.replications if method is Method.TORNADO else FEW_REPLICATIONS)
        moving = inputs_asked(known, list(names_of(inputs or ())))
        question = Question(known, moving, response, method, size or SIZES[method], chosen, count)
        _say_size(question, engine, at_once, yes, quiet)
        say = None if quiet else tell_line
        with executor_of(Where.PROCESSES, None, at_once) as hands, stage_progress(quiet) as tell:
            player = Player(known.file, chosen, hands, tell or silent, engine.value, say)
            summary = {**asked(question, player), "key": key_of_sensitivity(question)}
        folder = write_sensitivity(summary, out, sensitivity_chart)
        tell_answer("sensitivity", summary, folder, json, quiet)


def _size(method: Method, trajectories: int | None, base: int | None) -> int | None:
    """Return the size of the screening that was asked for. Raises InputError for options of another method."""
    if trajectories is not None and method is not Method.MORRIS:
        raise InputError("--trajectories is for --method morris")
    if base is not None and method is not Method.SOBOL:
        raise InputError("--base is for --method sobol")
    if base is not None and (base <= 0 or base & (base - 1)):
        raise InputError(f"--base {base}: expected a power of two, such as 256")
    return trajectories or base


def _say_size(question: Question, engine: EngineName, at_once: int, yes: bool, quiet: bool) -> None:
    from corridor_sim.study.forecast import seconds_a_point

    played = len(question.known.alternatives) * question.replications
    sizes = {"point": question.points, "alternative": len(question.known.alternatives)}

    def a_replication() -> float | None:
        seconds = seconds_a_point(question.known, question.replications, engine.value)
        return None if seconds is None else seconds / played

    say_size({**sizes, "replication": question.replications}, a_replication, at_once, yes, quiet)
