"""The commands `corridor-sim results ...`: what is kept, one of them in full, and questions in SQL."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from corridor_sim.cli.options import Debug
from corridor_sim.cli.outcome import print_json, reported
from corridor_sim.errors import InputError

results = typer.Typer(help="Kept results: list, show, query.", rich_markup_mode=None)
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
HEADS = ("scenario", "key", "kind", "points", "replications", "version", "state")


@results.command("list")
def list_results(out: Out = Path("results"), json: Json = False, debug: Debug = False) -> None:
    """List runs and sweeps, complete or not."""
    with reported(debug):
        from corridor_sim.study.archive import kept_below

        rows = [[getattr(each, head) for head in HEADS] for each in kept_below(out)]
        if json:
            print_json([dict(zip(HEADS, row, strict=True)) for row in rows])
        else:
            from corridor_sim.report.kept_list import show_list
            from corridor_sim.report.terminal import console_for
            from corridor_sim.study.bundle import RESULTS_VERSION

            told = [dict(zip(HEADS, row, strict=True)) for row in rows]
            show_list(told, RESULTS_VERSION, str(out), console_for(sys.stdout))


@results.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Key or its beginning, scenario, or folder.", show_default=False)
    ],
    kpi: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Figure of a sweep to show; may be repeated.")
    ] = None,
    out: Out = Path("results"),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show one run, sweep or answer as when it was made."""
    with reported(debug):
        from corridor_sim.study.archive import SWEEP_KIND, find
        from corridor_sim.study.kept_files import as_damaged

        kept = find(name, out)
        summary = kept.summary()
        with as_damaged(kept.folder):
            if json:
                print_json(summary)
            elif kept.kind == SWEEP_KIND:
                show_sweep_of(kept.folder, summary, kpi)
            else:
                from corridor_sim.report.kept import show_kept
                from corridor_sim.report.terminal import console_for

                show_kept(kept.kind, summary, kept.folder, console_for(sys.stdout))


@results.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help='Such as "select * from kpis limit 5".', show_default=False)
    ],
    out: Out = Path("results"),
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV and nothing else.")] = False,
    debug: Debug = False,
) -> None:
    """Ask all kept tables in SQL (DuckDB): kpis, consignments, lines, sweep, replications and more.

    A query reads nothing but these tables and writes nothing.
    """
    with reported(debug):
        if json and csv:
            raise InputError("--json and --csv: choose one")
        from corridor_sim.study.query import ask

        answer = ask(sql, out)
        if json:
            print_json([dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows])
        elif csv:
            _print_csv(answer.columns, answer.rows)
        else:
            _show(answer.columns, answer.rows)


def show_sweep_of(folder: Path, summary: Any, figures: Sequence[str] | None) -> None:
    """Print a finished sweep; `figures` are those to show."""
    from corridor_sim.study.archive import sweep_rows, whole_table

    # before more is imported: a damaged one is refused at once
    table = whole_table(folder)
    from corridor_sim.study.goals import SHOWN, wanted_figure

    names = [wanted_figure(name, summary["baseline"]).name for name in figures or SHOWN]
    rows = sweep_rows(table, names)
    from corridor_sim.report.sweeps import show_sweep
    from corridor_sim.report.terminal import console_for

    show_sweep(summary, rows, names, str(folder), console_for(sys.stdout))


def _show(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from corridor_sim.report.sweeps import show_table
    from corridor_sim.report.terminal import console_for

    show_table(heads, rows, console_for(sys.stdout))


def _print_csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    import csv as csv_files

    from corridor_sim.study.bundle import cell_of

    writer = csv_files.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(cell_of, heads))
    writer.writerows([cell_of(value) for value in row] for row in rows)


def _plain(value: object) -> object:
    """Return a value as JSON has it; numbers that are none become null, dates and the like text."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
