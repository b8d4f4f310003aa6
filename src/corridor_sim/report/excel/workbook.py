"""The workbook of a run: every figure as a real number, with its interval, for those who go on in a spreadsheet."""

from __future__ import annotations

from corridor_sim.reading.located import printable
from corridor_sim.report.excel.book import book_bytes
from corridor_sim.report.excel.claims_sheets import claim_sheets
from corridor_sim.report.excel.comparison_sheets import comparison_sheets
from corridor_sim.report.excel.distance_sheet import distance_sheet
from corridor_sim.report.excel.inputs_sheet import input_sheets
from corridor_sim.report.excel.kpis_sheet import kpis_sheet
from corridor_sim.report.excel.ledger_sheet import ledger_sheet, postings_sheet
from corridor_sim.report.excel.names import Names
from corridor_sim.report.excel.sheet import Sheet
from corridor_sim.report.excel.summary_sheet import summary_sheet
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import text_words
from corridor_sim.report.words import LONGEST_TEXT

WORKBOOK = "report.xlsx"


def workbook_bytes(run: Run, language: str) -> bytes:
    """Return a run as one Excel workbook (.xlsx) in one of LANGUAGES; the same run gives the same bytes."""
    summary = run.summary
    scenario, settings = summary["scenario"], summary["run"]
    name = printable(scenario["name"], LONGEST_TEXT)
    properties = {
        "title": text_words(scenario["title"], name)[language],
        "subject": text_words(scenario["question"], "")[language],
        "author": f"corridor_sim {summary['version']}",
        "comments": f"scenario {name}, seed {settings['seed']}, {settings['replications']} replications",
    }
    return book_bytes(sheets_of(run), language, properties)


def sheets_of(run: Run) -> list[Sheet]:
    """Return the sheets of a run, in their order; what it has nothing for is left out."""
    names = Names(run)
    tables = (ledger_sheet(names), postings_sheet(names), distance_sheet(names))
    return [
        summary_sheet(names),
        kpis_sheet(names),
        *(sheet for sheet in tables if sheet is not None),
        *comparison_sheets(names),
        *input_sheets(names),
        *claim_sheets(names),
    ]
