"""The command `corridor-sim modemap`: the cheapest way of a flow over value and urgency."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli.options import (
    CostBase,
    Debug,
    Engine,
    EngineName,
    File,
    Out,
    Perspective,
    Replications,
    Seed,
    Sets,
    WorkerCount,
    workers,
)
from corridor_sim.cli.outcome import reported, tell_answer
from corridor_sim.cli.progress import silent, stage_progress
from corridor_sim.cli.progress import tell as tell_line
from corridor_sim.cli.sweep import executor_of, names_of
from corridor_sim.study.kinds import Where

DEFAULT_CELLS = 60
FEWEST_CELLS, MOST_CELLS = 2, 200


def modemap(
    file: File,
    flow: Annotated[str, typer.Option("--flow", metavar="FLOW", help="The goods that are mapped.", show_default=False)],
    alternatives: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ALT,...", help="Ways; by default the first alternative on each route.", show_default=False
        ),
    ] = None,
    value: Annotated[str, typer.Option(metavar="FROM:TO", help="What goods are worth.")] = "1 CNY/kg:1000 CNY/kg",
    urgency: Annotated[
        str, typer.Option(metavar="FROM:TO", help="Share of its value that a day in transit costs.")
    ] = "0.01 %:10 %",
    cells: Annotated[
        int, typer.Option(min=FEWEST_CELLS, max=MOST_CELLS, help="Cells along each axis.")
    ] = DEFAULT_CELLS,
    cost_base: CostBase = "total_logistics",
    perspective: Perspective = "chain",
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    engine: Engine = EngineName.AUTO,
    out: Out = Path("results"),
    worker_count: WorkerCount = None,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Map which way of a flow is cheapest over the value of its goods and their urgency, by repricing."""
    with reported(debug):
        from corridor_sim.report.charts.modemap import mode_map_chart
        from corridor_sim.scenario.load import load
        from corridor_sim.study.bundle import check_out
        from corridor_sim.study.modemap import PER_DAY, Question, mode_map, read_ends, ways_of, write_mode_map
        from corridor_sim.study.player import Player
        from corridor_sim.study.targets import sides_of
        from corridor_sim.study.warmup import settled

        check_out(out)
        named = list(names_of(alternatives or ()))
        loaded = load(file, sets or (), named)
        ways = ways_of(loaded, flow, named)
        sides = sides_of(loaded, ways[-1], ways[0], cost_base, perspective, "kg", (flow,))
        values = read_ends("--value", value, ("CNY/kg",))
        urgencies = read_ends("--urgency", urgency, PER_DAY)
        chosen = loaded.base.clock.seed if seed is None else seed
        loaded = settled(loaded, loaded.base.clock.replications, chosen)
        count = replications or loaded.base.clock.replications
        question = Question(loaded, flow, ways, sides, values, urgencies, cells, chosen, count)
        say = None if quiet else tell_line
        with executor_of(Where.PROCESSES, None, worker_count or workers()) as hands, stage_progress(quiet) as tell:
            player = Player(loaded, chosen, hands, tell or silent, engine.value, say, (flow,))
            summary = mode_map(question, player)
        folder = write_mode_map(summary, out, mode_map_chart)
        tell_answer("modemap", summary, folder, json, quiet)
