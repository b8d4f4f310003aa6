"""The commands `corridor-sim catalog ...`: look up sourced values, and check that all of them are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridor_sim.cli.options import Debug
from corridor_sim.cli.outcome import reported
from corridor_sim.errors import CheckFailed, InputError, Problem

if TYPE_CHECKING:
    from corridor_sim.catalog.store import Entry

catalog = typer.Typer(help="Sourced parameters: list, show, audit.", rich_markup_mode=None)
DATE_FORM = "%Y-%m-%d"


@catalog.command("list")
def list_entries(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Only ids that hold all words.", show_default=False)
    ] = None,
    grade: Annotated[str, typer.Option(metavar="GRADE", help="Only values of this grade, such as assumption.")] = "",
    debug: Debug = False,
) -> None:
    """List parameters: id, grade, value, what it is."""
    with reported(debug):
        from corridor_sim.catalog.values import GRADES
        from corridor_sim.report.catalog import show_entries

        if grade and grade not in GRADES.values():
            raise InputError(f'"{grade}" is no grade; expected {", ".join(GRADES.values())}')
        show_entries(words or (), grade, sys.stdout)


@catalog.command()
def show(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of parameters.", show_default=False)],
    debug: Debug = False,
) -> None:
    """Show parameters in full, with their sources."""
    with reported(debug):
        from corridor_sim.report.catalog import show_entry

        for entry in [_found(name) for name in ids]:
            show_entry(entry, sys.stdout)


def _found(name: str) -> Entry:
    from corridor_sim.catalog import store
    from corridor_sim.reading.located import suggestion

    entry = store.find(name)
    if entry is None:
        raise InputError(f'"{name}" is no parameter of the catalog{suggestion(name, store.similar(name))}')
    return entry


@catalog.command()
def audit(
    today: Annotated[
        str, typer.Option(metavar="DATE", help="Day by which age is judged; by default today.", show_default=False)
    ] = "",
    debug: Debug = False,
) -> None:
    """Check every value for source, date, review, unit and tax basis; exit 1 if anything is found."""
    with reported(debug):
        from corridor_sim.catalog.audit import audit as audited
        from corridor_sim.report.catalog import show_audit

        found = audited(_day(today))
        show_audit(found, sys.stdout)
        if found.findings:
            raise CheckFailed([Problem(str(finding)) for finding in found.findings])


def _day(text: str) -> Any:
    from datetime import date, datetime

    if not text:
        return date.today()
    try:
        return datetime.strptime(text, DATE_FORM).date()
    except ValueError:
        raise InputError(f'"{text}" is no date; expected such as 2026-11-22') from None
