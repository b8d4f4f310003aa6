"""The command `corridor-sim breakeven`: from which value on a target holds, or one way beats another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import (
    MOST_REPLICATIONS,
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
from corridor_sim.cli.sweep import executor_of, names_of
from corridor_sim.errors import InputError
from corridor_sim.study.kinds import Where

if TYPE_CHECKING:
    from corridor_sim.study.targets import Reach, Sides

DEFAULT_POINTS = 9
FEWEST_POINTS, MOST_POINTS = 3, 200

Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATH=FROM:TO",
        help="What varies: path=from:to, path=template with {}:from:to, path=a,b,c, or a path with a range.",
        show_default=False,
    ),
]


def breakeven(
    file: File,
    vary: Vary = None,
    target: Annotated[
        str | None,
        typer.Option(
            metavar="FIGURE=LEVEL", help='What has to hold: "saving=10 %", "on_time=95 %", "transit_p90=30 d".'
        ),
    ] = None,
    beats: Annotated[
        str | None, typer.Option(metavar="ALT", help="Instead of --target: cost no more than this alternative.")
    ] = None,
    of: Of = None,
    against: Against = None,
    scope: Scope = None,
    cost_base: CostBase = "total_logistics",
    perspective: Perspective = "chain",
    per: Annotated[str, typer.Option(metavar="kg|box", help="What savings in per cent are counted by.")] = "kg",
    points: Annotated[
        int, typer.Option(min=FEWEST_POINTS, max=MOST_POINTS, help="Values of the coarse grid.")
    ] = DEFAULT_POINTS,
    replications: Replications = None,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="WIDTH", help='Replicate until the break-even is known to "10%" of its value, or to "2 h".'
        ),
    ] = None,
    cap: Annotated[
        int | None, typer.Option(min=1, max=MOST_REPLICATIONS, help="With --precision: most replications.")
    ] = None,
    seed: Seed = None,
    sets: Sets = None,
    engine: Engine = EngineName.AUTO,
    out: Out = Path("results"),
    executor: Annotated[Where, typer.Option(help="Where the work is done.")] = Where.PROCESSES,
    worker_count: WorkerCount = None,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Find from which value on, and up to which, a target holds; say what comes closest where it never does."""
    with reported(debug):
        chosen_path = _one(vary, target, beats, against, precision, cap)
        from corridor_sim.report.charts.breakeven import break_even_chart
        from corridor_sim.scenario.load import load
        from corridor_sim.study.breakeven import Question, break_even, goal_of, write_break_even
        from corridor_sim.study.bundle import check_out
        from corridor_sim.study.goals import DEFAULT_CAP
        from corridor_sim.study.player import Player
        from corridor_sim.study.targets import sides_of
        from corridor_sim.study.vary import read_vary
        from corridor_sim.study.warmup import settled

        check_out(out)
        named = [name for name in (of, beats or against) if name is not None] if of is not None else []
        loaded = load(file, sets or (), named)
        flows = tuple(names_of(scope or ()))
        sides = sides_of(loaded, of, beats or against, cost_base, perspective, per, flows)
        reach = _reach(target, sides)
        varied = read_vary(chosen_path, loaded, sides.of)
        chosen = loaded.base.clock.seed if seed is None else seed
        count = replications or loaded.base.clock.replications
        goal = goal_of(precision, varied, cap or max(DEFAULT_CAP, count), count) if precision is not None else None
        loaded = settled(loaded, loaded.base.clock.replications, chosen)
        question = Question(loaded, varied, reach, sides, chosen, count, points, goal)
        say = None if quiet else tell_line
        with executor_of(executor, None, worker_count or workers()) as hands, stage_progress(quiet) as tell:
            player = Player(loaded, chosen, hands, tell or silent, engine.value, say, flows)
            summary = break_even(question, player)
        folder = write_break_even(summary, out, break_even_chart)
        tell_answer("breakeven", summary, folder, json, quiet)


def _one(
    vary: list[str] | None,
    target: str | None,
    beats: str | None,
    against: str | None,
    precision: str | None,
    cap: int | None,
) -> str:
    """Return the one `--vary`. Raises InputError for options that are missing or do not go together."""
    if not vary or len(vary) > 1:
        raise InputError('a break-even varies one thing: give --vary once, such as --vary "services.x.cutoff=2 h:48 h"')
    if (target is None) == (beats is None):
        raise InputError('give either --target, such as --target "saving=10 %", or --beats ALTERNATIVE')
    if beats is not None and against is not None:
        raise InputError("--against is for --target; --beats names the other alternative itself")
    if cap is not None and precision is None:
        raise InputError("--cap is for --precision")
    return vary[0]


def _reach(target: str | None, sides: Sides) -> Reach:
    from corridor_sim.study.targets import beating, read_target

    return beating(sides) if target is None else read_target(target, sides)
