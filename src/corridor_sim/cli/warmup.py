"""The command `corridor-sim warmup`: how much of a steady run to remove at its start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridor_sim.cli.options import Debug, File, Replications, Seed, Sets
from corridor_sim.cli.outcome import print_json, reported
from corridor_sim.cli.progress import progress_bar

if TYPE_CHECKING:
    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.warmup import WarmUp


def warmup(
    file: File,
    plot: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw weekly means and what is removed.", show_default=False)
    ] = None,
    sets: Sets = None,
    replications: Replications = None,
    seed: Seed = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the number of weeks.")] = False,
    debug: Debug = False,
) -> None:
    """Find where a scenario has settled: MSER on weekly means, one truncation for all alternatives."""
    with reported(debug):
        from corridor_sim.scenario.load import load
        from corridor_sim.study.warmup import find_warm_up

        loaded = load(file, sets or ())
        clock = loaded.base.clock
        run = {
            "seed": clock.seed if seed is None else seed,
            "replications": replications or clock.replications,
        }
        with progress_bar(quiet) as report:
            found = find_warm_up(loaded, run["replications"], run["seed"], report)
        if plot is not None:
            _draw(plot, loaded, found, run)
        if json:
            print_json(_content(found, run))
        elif quiet:
            print(found.weeks)
        else:
            _show(loaded, found, plot)


def _content(found: WarmUp, run: dict[str, int]) -> dict[str, Any]:
    return {
        **run,
        "weeks": found.weeks,
        "alternatives": {
            name: {"removed": each.removed, "weeks": each.batches, "hours": found.hours[name].tolist()}
            for name, each in found.truncations.items()
        },
    }


def _draw(plot: Path, loaded: ScenarioFile, found: WarmUp, run: dict[str, int]) -> None:
    from importlib.metadata import version

    from corridor_sim.report.charts.warmup import warm_up_chart
    from corridor_sim.study.aside import write_bytes_whole

    summary = {
        "version": version("corridor-sim"),
        "scenario": {"name": loaded.name, "title": dict(loaded.base.title)},
        "run": run,
        "alternatives": [{"name": name, "is_baseline": name == loaded.baseline} for name in found.hours],
    }
    statistics = {name: each.statistic for name, each in found.truncations.items()}
    write_bytes_whole(plot, warm_up_chart(summary, found.weeks, found.hours, statistics))


def _show(loaded: ScenarioFile, found: WarmUp, plot: Path | None) -> None:
    from corridor_sim.report.sweeps import show_table
    from corridor_sim.report.terminal import console_for

    rows = [
        [name, each.removed, each.batches, float(found.hours[name][each.removed :].mean())]
        for name, each in found.truncations.items()
    ]
    show_table(["alternative", "weeks to remove", "of weeks", "mean hours after"], rows, console_for(sys.stdout))
    clock = loaded.base.clock
    if clock.kind != "steady":
        print("The scenario is terminating: nothing is removed of it unless it says `kind: steady`.")
    elif clock.warm_up is not None:
        print(f"One truncation for all: {found.weeks} weeks; the scenario removes {clock.warm_up.text}.")
    else:
        print(f"One truncation for all: {found.weeks} weeks; a run removes them by itself.")
    if plot is not None:
        print(f"Picture: {plot}")
