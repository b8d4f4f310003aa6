"""The commands of `corridor-sim`, thin: read the command line, call one function of `study`, show what it says.

Whatever is heavy is imported inside the commands, so that --help and usage errors answer at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import (
    Debug,
    File,
    Lanes,
    Noise,
    Replications,
    Seed,
    Sets,
    Switch,
)
from corridor_sim.cli.outcome import USAGE, complain, reported, use_safe_streams

if TYPE_CHECKING:
    pass

PROGRAM = "corridor-sim"
DISTRIBUTION = "corridor-sim"

app = typer.Typer(
    name=PROGRAM,
    help="Transit time, reliability and cost of trade corridors.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line of this process and exit with its code."""
    use_safe_streams()
    try:
        sys.exit(app(prog_name=PROGRAM, standalone_mode=False))
    except typer.TyperException as error:
        complain([f"{PROGRAM}: {error.format_message()} (see {PROGRAM} --help)"])
        sys.exit(USAGE)


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
    sets: Sets = [],
    replications: Replications = None,
    seed: Seed = None,
    noise: Noise = Switch.ON,
    lane: Lanes = [],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    json: Annotated[bool, typer.Option("--json", help="Print summary.json and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only where the results are.")] = False,
    debug: Debug = False,
) -> None:
    """Simulate a scenario, compare its alternatives, write the results and show them on one screen."""
    with reported(debug):
        from corridor_sim.study.bundle import check_out, json_bytes, write_bundle

        check_out(out)
        results = _evaluated(file, sets, [], replications, seed, noise, lane, quiet)
        folder = write_bundle(results, out, _figures(results), _command())
        if json:
            sys.stdout.flush()
            sys.stdout.buffer.write(json_bytes(results.summary))
        elif quiet:
            print(folder)
        else:
            from corridor_sim.report.screen import show_run
            from corridor_sim.report.terminal import console_for

            show_run(results.summary, folder, console_for(sys.stdout))


@app.command()
def compare(
    file: File,
    alternatives: Annotated[
        list[str] | None, typer.Argument(metavar="[ALT]...", help="Alternatives, by default all.", show_default=False)
    ] = None,
    sets: Sets = [],
    replications: Replications = None,
    seed: Seed = None,
    noise: Noise = Switch.ON,
    lane: Lanes = [],
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress bar.")] = False,
    debug: Debug = False,
) -> None:
    """Show alternatives beside the baseline, with paired differences and their intervals; writes nothing."""
