"""The table of `compare`: alternatives beside the baseline, with paired differences and their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from corridor_sim.metrics.kpis import KPIS
from corridor_sim.report.screen import Alternative, Summary, head_of, show_lines, show_opening
from corridor_sim.report.terminal import Row, Section, chunks, side_by_side
from corridor_sim.report.waterfall import show_waterfalls
from corridor_sim.report.words import (
    BASES,
    CNY_PER,
    READY_PERCENT,
    Figure,
    Footnotes,
    Unit,
    common_reasons,
    differs_by_subsidy,
    row_with,
    savings_of,
    unit_of,
)

MOST_BESIDE_BASELINE = 3
SEPARATED = "*"
PERSPECTIVES = ("shipper", "consignee", "chain")
LABEL_COLUMNS = 24
LEGEND = f"Below each figure: its difference from the baseline; {SEPARATED} where the interval does not span zero."


def show_comparison(summary: Summary, console: Console) -> None:
    """Print every figure of the alternatives beside the baseline's, the differences under it, and the waterfalls."""
    footnotes = Footnotes()
    show_opening(summary, console)
    baseline = next(one for one in summary["alternatives"] if one["is_baseline"])
    others = {one["name"]: one for one in summary["alternatives"] if not one["is_baseline"]}
    for names in chunks(list(others), MOST_BESIDE_BASELINE) or [()]:
        shown = [baseline, *(others[name] for name in names)]
        heads, sections = [head_of(one, footnotes) for one in shown], _sections(summary, shown, footnotes)
        console.print()
        console.print(side_by_side(console, heads, sections, LABEL_COLUMNS))
    for lines in ([LEGEND], footnotes.lines()):
        show_lines(lines, console)
    show_waterfalls(summary, console, with_where=True)


def _sections(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Section]:
    yield "", _kpi_rows(summary, shown, footnotes)
    for per, unit in CNY_PER.items():
        yield f"cost, {unit.words} per {per}", _cost_rows(summary, shown, per, footnotes)


def _kpi_rows(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    compared = {pair["alternative"]: pair["kpis"] for pair in summary["comparisons"]}
    for kpi in KPIS:
        figures = [one["kpis"].get(kpi.name) for one in shown]
        if not any(figures):
            continue
        unit = unit_of(kpi.unit)
        cells = []
        for one, figure in zip(shown, figures, strict=True):
            said = common_reasons(one)
            cell, difference = footnotes.cell(figure, unit, said), compared.get(one["name"], {}).get(kpi.name)
            under = f"\n{signed(difference, unit, footnotes, said)}{_star(difference)}" if difference else ""
            cells.append(cell + under)
        yield f"{kpi.words}, {unit.words}", cells


def _cost_rows(summary: Summary, shown: Sequence[Alternative], per: str, footnotes: Footnotes) -> Iterator[Row]:
    """Yield each base after subsidy, and cash before it where that differs: a subsidy is cash in every base."""
    for perspective in PERSPECTIVES:
        wanted = {"perspective": perspective, "per": per}
        rows = [(words, {"base": base, "subsidy": "after"}) for base, words in BASES.items()]
        if any(differs_by_subsidy(one["costs"], base="cash", **wanted) for one in shown):
            rows.append(("before subsidy", {"base": "cash", "subsidy": "before"}))
        for words, kind in rows:
            cells = [_cost(summary, one, {**wanted, **kind}, CNY_PER[per], footnotes) for one in shown]
            yield f"{perspective}: {words}", cells


def _cost(summary: Summary, one: Alternative, wanted: Mapping[str, str], unit: Unit, footnotes: Footnotes) -> str:
    """Return the cost and, under it, how it differs from the baseline's in CNY and in %."""
    said = common_reasons(one)
    cost = footnotes.cell(row_with(one["costs"], **wanted), unit, said)
    saving = row_with(savings_of(summary, one["name"]), **wanted)
    if saving is None:
        return cost
    cny = signed(_turned(saving["cny"]), unit, footnotes, said)
    percent = signed(_turned(saving["percent"]), READY_PERCENT, footnotes, said)
    return f"{cost}\n{cny}\n{percent} %{_star(saving)}"


def _star(figure: Figure) -> str:
    return SEPARATED if figure["separated"] else ""


def signed(figure: Figure, unit: Unit, footnotes: Footnotes, said: frozenset[str]) -> str:
    """Return a difference with its sign, interval and marks."""
    return f"{'+' if (figure['value'] or 0) > 0 else ''}{footnotes.cell(figure, unit, said)}"


def _turned(figure: Figure) -> Figure:
    """Return a saving (baseline - alternative) as a difference (alternative - baseline)."""
    value, low, high = (None if figure[name] is None else -figure[name] for name in ("value", "low", "high"))
    return {**figure, "value": value, "low": high, "high": low}
