"""The commands `check` and `bless`: are results as somebody last said was right, and to say so."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import (
    LARGEST_SEED,
    MOST_REPLICATIONS,
    Debug,
    Engine,
    EngineName,
    WorkerCount,
    workers,
)
from corridor_sim.cli.outcome import print_json, reported
from corridor_sim.cli.progress import progress_bar, tell
from corridor_sim.errors import CheckFailed, InputError

if TYPE_CHECKING:
    from corridor_sim.study.regression.check import Checked

BASELINES = Path("results/baselines")
BLESSED_REPLICATIONS, FEWEST_BLESSED = 1000, 100
"""Replications of the KPI statistics; a test keeps the first equal to that of `study.regression.bless`."""
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenarios, YAML files.", show_default=False)]


def check(
    files: Files,
    against: Annotated[Path, typer.Option(metavar="DIR", help="Folder of baselines.")] = BASELINES,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=LARGEST_SEED, help="Compare KPI statistics at this seed, instead of hashes."),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(min=2, max=MOST_REPLICATIONS, help="With --seed: replications, instead of the scenario's."),
    ] = None,
    laws: Annotated[bool, typer.Option("--laws/--no-laws", help="Also try the laws that every scenario keeps.")] = True,
    engine: Engine = EngineName.AUTO,
    worker_count: WorkerCount = None,
    junit: Annotated[Path | None, typer.Option(metavar="XML", help="Also write JUnit XML.")] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="MD", help="Also append a summary in Markdown, such as for a CI job's page.")
    ] = None,
    annotations: Annotated[
        bool, typer.Option("--annotations/--no-annotations", help="Also print annotations as GitHub wants them.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Also list exceptions of laws, and what is not judged.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but what differs.")] = False,
    debug: Debug = False,
) -> None:
    """Say whether scenarios give what their baselines say: the first stage that differs tells where a change began.

    Exit code 1 where anything differs: read it, then mend it or `bless` it.
    """
    with reported(debug):
        from corridor_sim.study.executors import local_executor
        from corridor_sim.study.kinds import Where
        from corridor_sim.study.regression.check import CheckTask
        from corridor_sim.study.regression.suite import check_files

        if replications is not None and seed is None:
            raise InputError("--replications is for --seed; hashes are those of the baseline's own replications")
        tasks = [CheckTask(str(file), str(against), engine.value, seed, replications, laws=laws) for file in files]
        count = min(worker_count or workers(), len(tasks))
        with local_executor(Where.PROCESSES, count) as hands, progress_bar(quiet, "checking") as done:
            checked = check_files(tasks, hands, engine.value, None if quiet else tell, done)
        _write(checked, junit, markdown)
        _print(checked, json, quiet, verbose, annotations)
        _fail(checked)


def _write(checked: Sequence[Checked], junit: Path | None, markdown: Path | None) -> None:
    from corridor_sim.report import regression
    from corridor_sim.study.aside import as_results_error
    from corridor_sim.study.pages import write_files

    if junit is not None:
        write_files({junit: regression.junit_xml(checked)})
    if markdown is not None:
        with as_results_error(markdown), markdown.open("a", encoding="utf-8") as page:
            page.write(regression.markdown(checked))


def _print(checked: Sequence[Checked], json: bool, quiet: bool, verbose: bool, annotations: bool) -> None:
    from corridor_sim.report import regression
    from corridor_sim.report.terminal import console_for

    if json:
        print_json(regression.checked_json(checked))
    elif not quiet:
        regression.show_checked(checked, console_for(sys.stdout), verbose)
    if annotations:
        for line in regression.github_annotations(checked):
            print(line)


def _fail(checked: Sequence[Checked]) -> None:
    """Raise what stands against the files: differences first, else what could not be checked."""
    from corridor_sim.report.regression import problem_of

    differences = [problem_of(one, finding) for one in checked for finding in one.findings]
    unusable = [one.unusable for one in checked if one.unusable is not None]
    problems = [*differences, *(problem for error in unusable for problem in error.problems)]
    if differences:
        raise CheckFailed(problems)
    if unusable:
        raise type(min(unusable, key=lambda error: error.exit_code))(problems)


def bless(
    files: Files,
    reason: Annotated[str, typer.Option(help="Why this is right now; it is kept.", show_default=False)],
    into: Annotated[Path, typer.Option(metavar="DIR", help="Folder of baselines.")] = BASELINES,
    replications: Annotated[
        int, typer.Option(min=FEWEST_BLESSED, max=MOST_REPLICATIONS, help="Replications of the KPI statistics.")
    ] = BLESSED_REPLICATIONS,
    engine: Engine = EngineName.AUTO,
    worker_count: WorkerCount = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the baselines are.")] = False,
    debug: Debug = False,
) -> None:
    """Say that what scenarios give now is right, and why; show what is equivalent to what was blessed before."""
    with reported(debug):
        if not reason.strip():
            raise InputError("--reason: say in some words why this is right")
        from corridor_sim.report.regression import show_blessing
        from corridor_sim.report.terminal import console_for
        from corridor_sim.scenario.load import load
        from corridor_sim.study.engines import SMALL_STUDY, choose_engine
        from corridor_sim.study.executors import local_executor
        from corridor_sim.study.kinds import Where
        from corridor_sim.study.regression.bless import bless as bless_one

        loaded = [load(file) for file in files]
        with local_executor(Where.PROCESSES, worker_count or workers()) as hands:
            chosen = choose_engine(engine.value, SMALL_STUDY, None if quiet else tell, hands)
            for file in loaded:
                with progress_bar(quiet, file.name) as progress:
                    blessing = bless_one(
                        file,
                        into,
                        reason.strip(),
                        replications=replications,
                        engine=chosen.name,
                        hands=hands,
                        progress=progress,
                    )
                if quiet:
                    print(blessing.path)
                else:
                    show_blessing(blessing, console_for(sys.stdout))
