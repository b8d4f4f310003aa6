"""The command `report`: what is told of stored runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridor_sim.cli.options import Debug, Language
from corridor_sim.cli.outcome import complain, reported
from corridor_sim.errors import InputError

if TYPE_CHECKING:
    from corridor_sim.study.stored import StoredRun


def report(
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULT...", help="Folders results/<scenario>/<key> of runs.", show_default=False),
    ],
    lang: Annotated[
        Language | None,
        typer.Option(help="Script it opens in; by default that of its reader's browser.", show_default=False),
    ] = None,
    excel: Annotated[bool, typer.Option("--excel", help="An Excel workbook instead, English without --lang.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    stress: Annotated[
        bool, typer.Option("--stress", help="The reporting list STRESS-DES, filled from the run, as Markdown.")
    ] = False,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write there; by default report.html or report.xlsx of its folder.", show_default=False
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Report stored runs, without running anything again: an HTML page that needs no network."""
    with reported(debug):
        from corridor_sim.study.kept_files import as_damaged
        from corridor_sim.study.stored import read_run

        runs = [read_run(folder) for folder in results]
        if stress:
            _stress(runs, into)
            return
        if into is not None and len(runs) > 1:
            raise InputError("--into takes one report; give one result")
        if excel:
            _excel(runs, into, Language.EN if lang is None else lang)
            return
        from corridor_sim.report.html.page import page_html
        from corridor_sim.report.run import REPORT, stored_run
        from corridor_sim.study.pages import write_page

        for run in runs:
            path = into or run.folder / REPORT
            with as_damaged(run.folder):
                page = page_html(stored_run(run), None if lang is None else lang.value)
            write_page(path, page)
            print(path)
            if open_it:
                _open(path)


def _stress(runs: Sequence[StoredRun], into: Path | None) -> None:
    from corridor_sim.report.stress import stress_report
    from corridor_sim.study.kept_files import as_damaged
    from corridor_sim.study.pages import write_page

    texts = []
    for run in runs:
        with as_damaged(run.folder):
            texts.append(stress_report(run.manifest, run.summary, run.resolved))
    text = "\n".join(texts)
    if into is None:
        sys.stdout.write(text)
    else:
        write_page(into, text)
        print(into)


def _excel(runs: Sequence[StoredRun], into: Path | None, language: Language) -> None:
    from corridor_sim.report.excel.workbook import WORKBOOK, workbook_bytes
    from corridor_sim.report.run import stored_run
    from corridor_sim.study.kept_files import as_damaged
    from corridor_sim.study.pages import write_files

    for run in runs:
        path = into or run.folder / WORKBOOK
        with as_damaged(run.folder):
            workbook = workbook_bytes(stored_run(run), language.value)
        write_files({path: workbook})
        print(path)


def _open(path: Path) -> None:
    """Show a page in the reader's browser, or say that there is none."""
    import webbrowser

    try:
        opened = webbrowser.open(path.absolute().as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        complain([f"no browser could be opened; open {path} yourself"])
