"""The command `corridor-sim claims`: what became of the sentences that a scenario tests."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli.options import Debug, Engine, EngineName, File, Out, Replications, Seed, Sets, workers
from corridor_sim.cli.outcome import reported, tell_answer
from corridor_sim.cli.progress import progress_bar, tell


def claims(
    file: File,
    quick: Annotated[bool, typer.Option("--quick", help="An eighth of the design; says what is left out.")] = False,
    into: Annotated[
        Path | None,
        typer.Option(metavar="PAGE", help="Renew a Markdown page below its line <!-- results -->.", show_default=False),
    ] = None,
    images: Annotated[Path, typer.Option(metavar="DIR", help="Folder of pictures of the page.")] = Path("docs/images"),
    sets: Sets = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = EngineName.AUTO,
    out: Out = Path("results"),
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the answers are.")] = False,
    debug: Debug = False,
) -> None:
    """Test the claims of a scenario over all that is in doubt.

    Chances that each holds over the ranges of the inputs, where, why, and what would have to be known.
    """
    with reported(debug):
        from corridor_sim.report.charts.claims import claims_chart
        from corridor_sim.report.claims_page import claims_page, picture_name
        from corridor_sim.report.page import with_results
        from corridor_sim.scenario.load import load
        from corridor_sim.study.bundle import check_out
        from corridor_sim.study.claims import QUICK, WHOLE, answer_claims
        from corridor_sim.study.claims_bundle import write_answers
        from corridor_sim.study.pages import read_page, write_page

        check_out(out)
        written = read_page(into) if into is not None else ""
        if into is not None:
            with_results(written, "", str(into))
        with progress_bar(quiet) as report:
            found = answer_claims(
                load(file, sets or ()),
                QUICK if quick else WHOLE,
                replications=replications,
                seed=seed,
                workers=workers(),
                engine=engine.value,
                progress=report,
                tell=None if quiet else tell,
            )
        command = f"corridor-sim claims {shlex.quote(str(file))}{' --quick' if quick else ''}"
        drawn = {
            picture_name(found.figures, place): claims_chart(found.figures, answer)
            for place, answer in enumerate(found.figures["claims"])
        }
        folder = write_answers(found, claims_page(found.figures, command, "figures/"), drawn, out)
        if into is not None:
            where = f"{Path(os.path.relpath(images, into.parent)).as_posix()}/"
            page = claims_page(found.figures, command, where)
            pictures = {images / name: picture for name, picture in drawn.items()}
            write_page(into, with_results(written, page, str(into)), pictures)
        tell_answer("claims", found.figures, folder, json, quiet)
