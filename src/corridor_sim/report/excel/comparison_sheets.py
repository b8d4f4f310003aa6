"""Alternatives against what they are compared with: differences, savings, where and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.report.excel.names import (
    Names,
    cell_unit,
    code_words,
    cost_words,
    percent_unit,
    remark,
)
from corridor_sim.report.excel.sheet import Cell, Column, Line, Sheet, column, interval, quantity
from corridor_sim.report.script.figures import kpi_words, unit_words
from corridor_sim.report.script.words import Words, say
from corridor_sim.report.words import CNY_PER_BOX, READY_PERCENT, Figure, Unit
from corridor_sim.units import CENTS

Pair = Mapping[str, Any]
CNY, PER_TONNE = Unit("CNY", decimals=2), Unit("CNY", decimals=1)
MEASURES = ("cny", "percent")
BARS = ("per_tonne", PER_TONNE), ("per_box", CNY_PER_BOX)
WHOLE = {"base": "total_logistics", "perspective": "chain", "per": "kg", "subsidy": "after"}


def pairs_of(names: Names) -> Sequence[Pair]:
    """Return every comparison of a run: with the baseline, and with the alternative that one starts from."""
    summary = names.run.summary
    return [*summary["comparisons"], *summary.get("changes", ())]


def comparison_sheets(names: Names) -> list[Sheet]:
    """Return the sheets of what is compared; none where a run has one alternative."""
    pairs = pairs_of(names)
    sheets = [_comparisons(names, pairs), _where(names, pairs)] if pairs else []
    explained = [pair for pair in pairs if pair.get("why")]
    return [*sheets, _why(names, explained)] if explained else sheets


def _comparisons(names: Names, pairs: Sequence[Pair]) -> Sheet:
    heads = ("alternative", "against", "measure", "figure", "flow", "value", "low", "high", "unit", "separated")
    columns = [column(head) for head in (*heads, "n", "resolved", "remark")]
    lines = (_compared(names, pair, *row) for pair in pairs for row in _rows(pair))
    return Sheet("comparisons", columns, lines, frozen=1 + 1)


Row = tuple[str, Words, str, Figure, bool, Unit]


def _rows(pair: Pair) -> Iterator[Row]:
    """Yield (measure, words of the figure, flow, estimate, whether it is separated, how it is shown)."""
    for kpi, figure in pair["kpis"].items():
        yield "difference", kpi_words(kpi), "all", figure, figure["separated"], cell_unit(figure["unit"])
    for row in pair["savings"]:
        for measure in MEASURES:
            unit = percent_unit(measure, row)
            yield f"saving_{measure}", cost_words(row), "all", row[measure], row["separated"], unit
    for flow, savings in pair["flow_savings"].items():
        for base, figure in savings.items():
            words = cost_words({**WHOLE, "base": base})
            yield "saving_percent", words, flow, figure, figure["separated"], READY_PERCENT


def _compared(
    names: Names, pair: Pair, measure: str, words: Words, flow: str, figure: Figure, separated: bool, unit: Unit
) -> Line:
    return Line(
        [
            *_sides(names, pair),
            code_words("measure", measure),
            words,
            names.flow(flow),
            *interval(figure, unit),
            unit_words(figure["unit"]),
            separated,
            figure["n"],
            figure["resolved"],
            remark(figure),
        ]
    )


def _sides(names: Names, pair: Pair) -> list[Cell]:
    return [names.alternative(pair["alternative"]), names.alternative(pair["against"])]


def _bar_columns() -> list[Column]:
    """Return the columns of a bar's figures: per tonne and per box with intervals, and the sum of all replications."""
    shown = [column(f"{measure}{end}", unit) for measure, unit in BARS for end in ("", "_low", "_high")]
    return [*shown, column("cny_sum", CNY), column("separated")]


def _bar_cells(bar: Pair) -> list[Cell]:
    shown = [cell for measure, unit in BARS for cell in interval(bar[measure], unit)]
    return [*shown, quantity(bar["cents"] / CENTS, CNY), bar["separated"]]


def _where(names: Names, pairs: Sequence[Pair]) -> Sheet:
    heads = ("alternative", "against", "base", "activity", "origin", "destination", "mode")
    columns = [*map(column, heads), *_bar_columns()]
    return Sheet("where", columns, (line for pair in pairs for line in _where_lines(names, pair)), frozen=1 + 1)


def _where_lines(names: Names, pair: Pair) -> Iterator[Line]:
    for bar in pair["where"]["bars"]:
        place = [names.thing(bar["origin"]), names.thing(bar["destination"])]
        if not bar["origin"]:
            place = [say("excel.whole_way"), say("excel.whole_way")]
        what = [
            code_words("posted", bar["base"]),
            names.thing(bar["activity"]),
            *place,
            names.thing(bar["mode"]),
        ]
        yield Line([*_sides(names, pair), *what, *_bar_cells(bar)])
    for total in pair["where"]["totals"]:
        words = [code_words("base", total["base"]), say("excel.together"), None, None, None]
        yield Line([*_sides(names, pair), *words, *_bar_cells(total)], bold=True)


def _why(names: Names, pairs: Sequence[Pair]) -> Sheet:
    columns = [*map(column, ("alternative", "against", "base", "group", "sets")), *_bar_columns()]
    below = [Line([say("excel.note", words=note)]) for pair in pairs for note in pair["why"]["notes"]]
    lines = (line for pair in pairs for line in _why_lines(names, pair))
    return Sheet("why", columns, lines, below=below, frozen=1 + 1)


def _why_lines(names: Names, pair: Pair) -> Iterator[Line]:
    sets = {group["name"]: ", ".join(group["sets"]) for group in pair["why"]["groups"]}
    for bar in pair["why"]["bars"]:
        words: list[Cell] = [code_words("base", bar["base"]), names.thing(bar["group"]), sets[bar["group"]]]
        yield Line([*_sides(names, pair), *words, *_bar_cells(bar)])
