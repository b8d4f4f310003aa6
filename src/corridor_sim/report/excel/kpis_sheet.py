"""The sheet of all figures: the rows of kpis.csv, one for each alternative, flow and figure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from corridor_sim.report.excel.names import (
    Names,
    cell_unit,
    cost_unit,
    cost_words,
    percent_unit,
    remark,
)
from corridor_sim.report.excel.sheet import Line, Sheet, column, interval
from corridor_sim.report.run import Figures
from corridor_sim.report.script.figures import kpi_words, unit_words
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.words import Unit
from corridor_sim.study.bundle import figure_rows, indicator_rows

MEASURES = ("cny", "percent")


def kpis_sheet(names: Names) -> Sheet:
    """Return every figure of the summary with its words beside the key it has in kpis.csv."""
    summary = names.run.summary
    heads = ("alternative", "flow", "figure", "value", "low", "high", "unit", "n", "resolved", "remark", "key")
    return Sheet("kpis", [column(head) for head in heads], _lines(names, summary), frozen=1 + 1 + 1)


def _lines(names: Names, summary: Figures) -> Iterator[Line]:
    rows = chain(figure_rows(summary), indicator_rows(summary))
    for (alternative, flow, kpi, figure), (words, unit) in zip(rows, figure_words(names, summary), strict=True):
        yield Line(
            (
                names.alternative(alternative),
                names.flow(flow),
                words,
                *interval(figure, unit),
                unit_words(figure["unit"]),
                figure["n"],
                figure["resolved"],
                remark(figure),
                kpi,
            )
        )


def figure_words(names: Names, summary: Figures) -> Iterator[tuple[Words, Unit]]:
    """Yield the words of each figure and how cells show it, in the order of the rows of kpis.csv."""
    for one in summary["alternatives"]:
        for kpis in (one["kpis"], *one["by_flow"].values()):
            for kpi, figure in kpis.items():
                yield kpi_words(kpi), cell_unit(figure["unit"])
        for row in one["costs"]:
            yield cost_words(row), cost_unit(row)
    for pair in summary["comparisons"]:
        against = names.alternative(pair["against"])
        for kpi, figure in pair["kpis"].items():
            yield say("excel.difference", figure=kpi_words(kpi), against=against), cell_unit(figure["unit"])
        for row in pair["savings"]:
            for measure in MEASURES:
                words = say(f"excel.saving_{measure}", cost=cost_words(row), against=against)
                yield words, percent_unit(measure, row)
    for one in summary["alternatives"]:
        for name, figure in one["corridor"].items():
            yield kpi_words(name), cell_unit(figure["unit"])
