"""The command `corridor-sim sweep`: many points of a scenario, kept as they are finished."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import (
    MOST_REPLICATIONS,
    MOST_WORKERS,
    Debug,
    Engine,
    EngineName,
    File,
    Replications,
    Seed,
    Sets,
    workers,
)
from corridor_sim.cli.outcome import print_json, reported
from corridor_sim.cli.progress import stage_progress
from corridor_sim.cli.progress import tell as tell_line
from corridor_sim.cli.results import show_sweep_of
from corridor_sim.errors import InputError
from corridor_sim.study.kinds import Kind, Where

if TYPE_CHECKING:
    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.design import Design
    from corridor_sim.study.executors import Executor
    from corridor_sim.study.goals import Goal

MOST_UNASKED = 50_000
"""Replications of all alternatives at all points that are run without --yes."""

Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH=VALUES", help="What varies: path=a,b,c or path=from:to:n; may be repeated.", show_default=False
    ),
]


def sweep(
    file: File,
    vary: Vary = None,
    design: Annotated[Kind, typer.Option(help="Every combination, a Latin hypercube, or Sobol points.")] = Kind.GRID,
    points: Annotated[int | None, typer.Option(help="Number of points of --design lhs or sobol.")] = None,
    replications: Replications = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="WIDTH", help='Replicate until --kpi is known to "1%" of its value, or to "0.5 h".'),
    ] = None,
    kpi: Annotated[str | None, typer.Option(metavar="NAME", help="Figure to be precise, and to be shown.")] = None,
    cap: Annotated[
        int | None, typer.Option(min=1, max=MOST_REPLICATIONS, help="With --precision: most replications a point.")
    ] = None,
    alternatives: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME,...", help="Alternatives besides the baseline; by default all.", show_default=False),
    ] = None,
    seed: Seed = None,
    sets: Sets = None,
    engine: Engine = EngineName.AUTO,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    yes: Annotated[bool, typer.Option("--yes", help=f"Run even more than {MOST_UNASKED:,} replications.")] = False,
    executor: Annotated[Where, typer.Option(help="Where the work is done.")] = Where.PROCESSES,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="With --executor dask: such as tcp://10.0.0.5:8786.")
    ] = None,
    worker_count: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=MOST_WORKERS, help="Workers; by default one a processor."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario at many points; what is finished is kept, and the same command goes on from there."""
    with reported(debug):
        _check_options(executor, scheduler, worker_count, precision, kpi, cap)
        from corridor_sim.study.bundle import check_out

        check_out(out)
        at_once = worker_count or workers()
        if executor is Where.PROCESSES and at_once > 1:
            from corridor_sim.study.executors import prepare_processes

            prepare_processes()
        from corridor_sim.scenario.load import load
        from corridor_sim.study.design import lay_out
        from corridor_sim.study.forecast import seconds_each
        from corridor_sim.study.goals import wanted_figure
        from corridor_sim.study.sweep import Question, sweep
        from corridor_sim.study.warmup import settled

        loaded = load(file, sets or (), list(names_of(alternatives or ())))
        chosen = loaded.base.clock.seed if seed is None else seed
        laid_out = lay_out(vary or (), design, points, chosen)
        count = replications or loaded.base.clock.replications
        loaded = settled(loaded, loaded.base.clock.replications, chosen)
        if kpi is not None:
            wanted_figure(kpi, loaded.baseline)
        goal = _goal(loaded, kpi, precision, cap, count)
        sizes = _sizes(loaded, laid_out, count if goal is None else goal.cap)
        say_size(sizes, lambda: seconds_each(loaded), at_once, yes, quiet)
        say = None if quiet else tell_line
        question = Question(loaded, laid_out, chosen, count, goal, engine=engine.value, say=say)
        with executor_of(executor, scheduler, at_once) as hands, stage_progress(quiet) as tell:
            folder, summary = sweep(question, out, hands, tell)
        if json:
            print_json(summary)
        elif quiet:
            print(folder)
        else:
            show_sweep_of(folder, summary, None if kpi is None else [kpi])


def _check_options(
    executor: Where,
    scheduler: str | None,
    worker_count: int | None,
    precision: str | None,
    kpi: str | None,
    cap: int | None,
) -> None:
    """Raise InputError for options that do not go together."""
    if scheduler is not None and executor is not Where.DASK:
        raise InputError("--scheduler is for --executor dask")
    if scheduler is not None and worker_count is not None:
        raise InputError("--workers: the cluster of --scheduler has its own")
    if precision is not None and kpi is None:
        raise InputError("--precision needs --kpi, the figure that has to be precise")
    if cap is not None and precision is None:
        raise InputError("--cap is for --precision")


def names_of(given: Sequence[str]) -> Iterator[str]:
    """Yield the names of an option that takes them one by one or with commas."""
    for text in given:
        yield from filter(None, (name.strip() for name in text.split(",")))


def _goal(loaded: ScenarioFile, kpi: str | None, precision: str | None, cap: int | None, count: int) -> Goal | None:
    from corridor_sim.study.goals import DEFAULT_CAP, goal_of, wanted_figure

    if precision is None or kpi is None:
        return None
    return goal_of(wanted_figure(kpi, loaded.baseline), precision, cap or max(DEFAULT_CAP, count), count)


def say_size(
    sizes: Mapping[str, int], a_replication: Callable[[], float | None], at_once: int, yes: bool, quiet: bool
) -> None:
    """Say how much it is (the number of each kind of thing) and how long that may take.

    `a_replication` tells the seconds that one takes. Raises InputError where that needs --yes.
    """
    total = prod(sizes.values())
    unasked = total > MOST_UNASKED and not yes
    if quiet and not unasked:
        return
    from corridor_sim.study.forecast import in_words

    each = a_replication()
    lasts = "" if each is None else f"; at most about {in_words(total * each / at_once)} with {at_once} worker(s)"
    said = " x ".join(f"{size:,} {what}{'' if size == 1 else 's'}" for what, size in sizes.items())
    said += f" = {total:,}{lasts}"
    if unasked:
        raise InputError(f"{said}; that is over {MOST_UNASKED:,}: add --yes to run it, or take fewer points")
    print(said, file=sys.stderr)


def _sizes(loaded: ScenarioFile, design: Design, count: int) -> dict[str, int]:
    return {"point": len(design.points), "alternative": len(loaded.alternatives), "replication": count}


def executor_of(executor: Where, scheduler: str | None, at_once: int) -> AbstractContextManager[Executor]:
    """Return the executor that the options ask for."""
    if executor is Where.DASK:
        from corridor_sim.study.dask_executor import dask_executor

        return dask_executor(scheduler, at_once)
    from corridor_sim.study.executors import local_executor

    return local_executor(executor, at_once)
