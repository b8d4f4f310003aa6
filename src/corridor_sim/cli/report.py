"""The command `report`: what is told of stored runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli.options import Debug
from corridor_sim.cli.outcome import reported
from corridor_sim.errors import InputError


def report(
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULT...", help="Folders results/<scenario>/<key> of runs.", show_default=False),
    ],
    stress: Annotated[
        bool, typer.Option("--stress", help="The reporting list STRESS-DES, filled from the run, as Markdown.")
    ] = False,
    into: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Write there instead of printing.", show_default=False)
    ] = None,
    debug: Debug = False,
) -> None:
    """Report stored runs, without running anything again."""
    with reported(debug):
        if not stress:
            raise InputError("say what to report: --stress")
        from corridor_sim.report.stress import stress_report
        from corridor_sim.study.pages import write_page
        from corridor_sim.study.stored import read_run

        runs = [read_run(folder) for folder in results]
        text = "\n".join(stress_report(run.manifest, run.summary, run.resolved) for run in runs)
        if into is None:
            sys.stdout.write(text)
        else:
            write_page(into, text)
            print(into)
