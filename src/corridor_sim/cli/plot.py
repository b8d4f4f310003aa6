"""The command `plot`: charts of a stored run as pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import Debug, Language, workers
from corridor_sim.cli.outcome import complain, reported
from corridor_sim.cli.progress import progress_bar
from corridor_sim.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from corridor_sim.report.run import Run


UNSAFE = re.compile(r"[^\w.-]+")
"""What no part of a file's name may be, whoever wrote the folder."""


class Format(StrEnum):
    """The formats of `report.charts.canvas`; a test keeps them equal."""

    PNG = "png"
    SVG = "svg"


def plot(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="Folder results/<scenario>/<key> of a run.", show_default=False)
    ],
    charts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHART]...", help="Charts; by default all that have something to show."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the words.")] = Language.EN,
    form: Annotated[Format, typer.Option("--format", help="Format of the files.")] = Format.PNG,
    alternative: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Alternative that charts of a single one show.", show_default=False),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for <scenario>_<chart>[_<lang>].<format>; made if need be.")
    ] = Path(),
    debug: Debug = False,
) -> None:
    """Draw charts of a stored run, without running anything again; print where they are.

    An explained difference of an alternative that is not compared shows the one that differs most.
    """
    with reported(debug):
        from corridor_sim.report.charts.fonts import NONE_INSTALLED, lacks_font
        from corridor_sim.report.figures import draw_figures
        from corridor_sim.report.run import stored_run
        from corridor_sim.study.executors import local_executor
        from corridor_sim.study.kept_files import as_damaged
        from corridor_sim.study.kinds import Where
        from corridor_sim.study.pages import write_files
        from corridor_sim.study.stored import read_run

        stored = read_run(result)
        with as_damaged(result):
            run = stored_run(stored)
            names = _wanted(run, charts or (), alternative)
            without_font = lacks_font(run, lang.value)
            scenario = str(run.summary["scenario"]["name"])
        if without_font:
            complain([NONE_INSTALLED])
        several = local_executor(Where.PROCESSES, min(workers(), len(names)))
        with as_damaged(result), progress_bar(quiet=False, doing="drawing") as progress, several as hands:
            drawn = draw_figures(run, hands, names, lang.value, form.value, alternative, progress)
        empty = [name for name in charts or () if name not in drawn]
        if empty:
            raise InputError(f"this run has nothing to show in: {', '.join(empty)}")
        files = {out / file_name(scenario, name, lang, form): content for name, content in drawn.items()}
        write_files(files)
        for path in files:
            print(path)


def _wanted(run: Run, charts: Sequence[str], alternative: str | None) -> list[str]:
    """Return the charts to draw. Raises InputError for one, or an alternative, that there is not."""
    from corridor_sim.report.charts.registry import BY_NAME

    asked = [("chart", name, list(BY_NAME)) for name in charts]
    asked += [("alternative", alternative, run.names)] if alternative is not None else []
    problems = [
        f'there is no {kind} "{name}"{did_you_mean(name, known)}; there are: {", ".join(known)}'
        for kind, name, known in asked
        if name not in known
    ]
    if problems:
        raise InputError([Problem(problem) for problem in problems])
    return list(dict.fromkeys(charts)) or list(BY_NAME)


def file_name(scenario: str, chart: str, language: Language, form: Format) -> str:
    """Return the name of a picture; one in English does not say so."""
    safe = UNSAFE.sub("-", scenario).lstrip(".") or "run"
    words = [safe, chart, *([] if language is Language.EN else [language.value])]
    return f"{'_'.join(words)}.{form.value}"
