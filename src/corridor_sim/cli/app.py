"""The commands of `corridor-sim`, thin: read the command line, call one function of `study`, show what it says.

Whatever is heavy is imported inside the commands, so that --help and usage errors answer at once.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.across import AcrossOptions, show_across
from corridor_sim.cli.breakeven import breakeven
from corridor_sim.cli.catalog import catalog
from corridor_sim.cli.check import bless, check
from corridor_sim.cli.claims import claims
from corridor_sim.cli.doctor import doctor
from corridor_sim.cli.modemap import modemap
from corridor_sim.cli.options import (
    Debug,
    Engine,
    EngineName,
    File,
    Lanes,
    Language,
    Noise,
    Replications,
    Seed,
    Sets,
    Switch,
    Why,
    lanes_of,
    workers,
)
from corridor_sim.cli.outcome import USAGE, complain, keep_to_installed_code, print_json, reported, use_safe_streams
from corridor_sim.cli.plot import plot
from corridor_sim.cli.progress import progress_bar, tell
from corridor_sim.cli.report import report
from corridor_sim.cli.results import results
from corridor_sim.cli.sensitivity import sensitivity
from corridor_sim.cli.sweep import sweep
from corridor_sim.cli.warmup import warmup
from corridor_sim.errors import CorridorSimError

if TYPE_CHECKING:
    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.evaluate import Results
    from corridor_sim.study.executors import Executor

PROGRAM = "corridor-sim"
DISTRIBUTION = "corridor-sim"

app = typer.Typer(
    name=PROGRAM,
    help="Transit time, reliability and cost of trade corridors.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(catalog, name="catalog")
app.add_typer(results, name="results")
app.command()(claims)
app.command()(sweep)
app.command()(breakeven)
app.command()(modemap)
app.command()(sensitivity)
app.command()(report)
app.command()(plot)
app.command()(warmup)
app.command()(doctor)
app.command()(check)
app.command()(bless)


def main() -> None:
    """Run the command line of this process and exit with its code."""
    use_safe_streams()
    keep_to_installed_code()
    # outside of what went wrong, which would keep all that the command had made, its workers too, until the very end
    sys.exit(_run())


def _run() -> int:
    """Run the command line and return the exit code."""
    command = typer.main.get_command(app)
    try:
        # not by calling it, for that hides what goes wrong when it prints its help
        with reported(debug=False), command.make_context(PROGRAM, sys.argv[1:]) as context:
            command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as error:
        complain([f"{PROGRAM}: {error.format_message()} (see {PROGRAM} --help)"])
        return USAGE
    return 0


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"{PROGRAM} {version(DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    file: File,
    sets: Sets = None,
    replications: Replications = None,
    seed: Seed = None,
    noise: Noise = Switch.ON,
    lanes: Lanes = None,
    engine: Engine = EngineName.AUTO,
    why: Why = False,
    excel: Annotated[bool, typer.Option("--excel", help="Also write report.xlsx, an Excel workbook.")] = False,
    lang: Annotated[Language, typer.Option(help="Script of the workbook.")] = Language.EN,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Simulate a scenario, show and write its results."""
    with reported(debug):
        from corridor_sim.study.bundle import check_out, write_bundle

        check_out(out)
        results = _evaluated(file, (), sets, replications, seed, noise, lanes, quiet, engine, why)
        # only now, so that a file with a mistake in it is refused at once
        from corridor_sim.report.run import run_of
        from corridor_sim.report.shown import for_readers

        with _processes() as hands:
            told = run_of(results, out, _command_line())
            pictures, reports = for_readers(told, hands)
        if excel:
            from corridor_sim.report.excel.workbook import WORKBOOK, workbook_bytes

            reports[WORKBOOK] = workbook_bytes(told, lang.value)
        folder = write_bundle(results, out, pictures, _command_line(), reports)
        if json:
            print_json(results.summary)
        elif quiet:
            print(folder)
        else:
            from corridor_sim.report.screen import show_run
            from corridor_sim.report.terminal import console_for

            show_run(results.summary, folder, console_for(sys.stdout))


@app.command()
def compare(
    first: Annotated[
        str, typer.Argument(metavar="FILE|FOLDER", help="Scenario, or a folder of results.", show_default=False)
    ],
    others: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE|FOLDER|ALT]...",
            help="Others to compare with, and alternatives to show; by default all.",
            show_default=False,
        ),
    ] = None,
    sets: Sets = None,
    replications: Replications = None,
    seed: Seed = None,
    noise: Noise = Switch.ON,
    lanes: Lanes = None,
    engine: Engine = EngineName.AUTO,
    why: Why = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results, for runs that are kept.")] = Path(
        "results"
    ),
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress bar.")] = False,
    debug: Debug = False,
) -> None:
    """Show alternatives of one or more runs side by side, write nothing.

    One FILE or FOLDER (results/SCENARIO/KEY): beside its baseline. Several, in any mixture: beside the first
    alternative of the first. A word that ends in .yaml or .yml, has a / in it or is a folder of results is one to
    compare; any other names an alternative. A file whose run is kept is not run again.

    Differences have intervals, and are paired replication by replication where seed and replications are the same.
    """
    with reported(debug):
        from corridor_sim.study.subjects import told_apart

        asked = told_apart(first, others or ())
        if not asked.is_one_file:
            how = AcrossOptions(tuple(sets or ()), replications, seed, noise, tuple(lanes or ()), engine, why, out)

            def play(file: ScenarioFile) -> Results:
                return _played(file, replications, seed, noise, lanes_of(lanes or (), noise), quiet, engine)

            show_across(asked, how, play, json)
            return
        results = _evaluated(Path(first), asked.names, sets, replications, seed, noise, lanes, quiet, engine, why)
        if json:
            print_json(results.summary)
        else:
            from corridor_sim.report.comparison import show_comparison
            from corridor_sim.report.terminal import console_for

            show_comparison(results.summary, console_for(sys.stdout))


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenarios, YAML files.", show_default=False)],
    sets: Sets = None,
    debug: Debug = False,
) -> None:
    """Say what is wrong with scenarios, or "ok"."""
    with reported(debug):
        from corridor_sim.reading.yaml_reader import read_yaml

        errors: list[CorridorSimError] = []
        for file in files:
            try:
                read = read_yaml(file)
                # imported where it is needed: what is no YAML, or no scenario, is refused sooner
                from corridor_sim.scenario.load import load

                loaded = load(read, sets or ())
                from corridor_sim.study.prepare import prepare

                prepare(loaded, with_tables=False)
            except CorridorSimError as error:
                errors.append(error)
            else:
                print(f"ok {file}")
        if errors:
            worst = min(errors, key=lambda error: error.exit_code)
            raise type(worst)([problem for error in errors for problem in error.problems])


@app.command()
def page(
    file: File,
    into: Annotated[
        Path, typer.Option(metavar="PAGE", help="Markdown page with a line <!-- results -->.", show_default=False)
    ],
    images: Annotated[Path, typer.Option(metavar="DIR", help="Folder of pictures.")] = Path("docs/images"),
    replications: Replications = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress bar.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario and renew the results part of its docs page."""
    with reported(debug):
        from corridor_sim.report.page import results_page, with_results
        from corridor_sim.report.run import run_of
        from corridor_sim.report.shown import for_readers
        from corridor_sim.study.bundle import check_out, write_bundle
        from corridor_sim.study.pages import read_page, write_page

        check_out(out)
        written = read_page(into)
        with_results(written, "", str(into))
        results = _evaluated(file, (), None, replications, None, Switch.ON, None, quiet)
        with _processes() as hands:
            pictures, reports = for_readers(run_of(results, out, _command_line()), hands)
        write_bundle(results, out, pictures, _command_line(), reports)
        name = results.summary["scenario"]["name"]
        where = os.path.relpath(images, into.parent)
        text = results_page(results.summary, f"{PROGRAM} run {file}", f"{Path(where).as_posix()}/{name}_")
        drawn = {images / f"{name}_{picture}.png": content for picture, content in pictures.items()}
        write_page(into, with_results(written, text, str(into)), drawn)
        print(into)


@app.command()
def validation(
    into: Annotated[
        Path, typer.Option(metavar="PAGE", help="Markdown page with a line <!-- results -->.", show_default=False)
    ],
    scenarios: Annotated[Path, typer.Option(metavar="DIR", help="Folder of scenarios.")] = Path("scenarios"),
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress bar.")] = False,
    debug: Debug = False,
) -> None:
    """Set published facts beside simulated figures; runs what has not been run yet."""
    with reported(debug):
        from corridor_sim.report.page import with_results
        from corridor_sim.report.validation import validation_page
        from corridor_sim.scenario.load import load
        from corridor_sim.study.pages import read_page, write_page
        from corridor_sim.study.stored import stored_summary
        from corridor_sim.study.validation import build_rows, rows_wanted

        written = read_page(into)
        with_results(written, "", str(into))
        names = dict.fromkeys(str(row["scenario"]) for row in rows_wanted())
        files = {name: load(scenarios / f"{name}.yaml") for name in names}
        summaries = {}
        for name, file in files.items():
            stored = stored_summary(file, out)
            path = scenarios / f"{name}.yaml"
            summaries[name] = stored or _evaluated(path, (), None, None, None, Switch.ON, None, quiet).summary
        write_page(into, with_results(written, validation_page(build_rows(files, summaries)), str(into)))
        print(into)


@app.command("compile")
def compile_engine(debug: Debug = False) -> None:
    """Compile the fast engine for this machine, once, so that no run has to."""
    with reported(debug):
        from corridor_sim.study.engines import COMPILED, choose_engine

        choose_engine(COMPILED, 0, tell)
        print("the compiled engine is ready")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenarios, for editors."""
    with reported(debug=False):
        from corridor_sim.scenario.schema import json_schema

        print_json(json_schema())


def _evaluated(
    file: Path,
    alternatives: Iterable[str],
    sets: Iterable[str] | None,
    replications: int | None,
    seed: int | None,
    noise: Switch,
    lanes: Iterable[str] | None,
    quiet: bool,
    engine: EngineName = EngineName.AUTO,
    why: bool = False,
) -> Results:
    from corridor_sim.reading.yaml_reader import read_yaml

    chosen = lanes_of(lanes or (), noise)
    read = read_yaml(file)
    if workers() > 1:
        from corridor_sim.study.executors import prepare_processes

        prepare_processes()
    from corridor_sim.scenario.load import load

    return _played(load(read, sets or (), alternatives), replications, seed, noise, chosen, quiet, engine, why)


def _played(
    file: ScenarioFile,
    replications: int | None,
    seed: int | None,
    noise: Switch,
    lanes: Mapping[str, str],
    quiet: bool,
    engine: EngineName,
    why: bool = False,
) -> Results:
    from corridor_sim.study.evaluate import evaluate

    with progress_bar(quiet) as progress:
        return evaluate(
            file,
            replications=replications,
            seed=seed,
            noise=noise is Switch.ON,
            lanes=lanes,
            workers=workers(),
            progress=progress,
            engine=engine.value,
            tell=None if quiet else tell,
            why=why,
        )


def _processes() -> AbstractContextManager[Executor]:
    from corridor_sim.study.executors import local_executor
    from corridor_sim.study.kinds import Where

    return local_executor(Where.PROCESSES, workers())


def _command_line() -> str:
    return shlex.join([PROGRAM, *sys.argv[1:]])
