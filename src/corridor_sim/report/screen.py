"""The one screen of `run`: what a planner asked, alternative by alternative, with nothing claimed that is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.report.terminal import chunks, side_by_side
from corridor_sim.report.words import (
    BASES,
    DAYS,
    PER_BOX,
    PERCENT,
    SUPPOSITION,
    SUPPOSITION_ZH,
    Footnotes,
    Unit,
    find,
    savings_of,
    subsidy_matters,
    text_of,
)
from corridor_sim.scenario.problems import printable

Summary = Mapping[str, Any]
Alternative = Mapping[str, Any]
Row = tuple[str, list[str]]

FIGURES = (
    ("transit_p50", "door to door, P50, days", DAYS),
    ("transit_p90", "door to door, P90, days", DAYS),
    ("on_time", "on time, %", PERCENT),
    ("latest_departure", "leave before due (P90), days", DAYS),
)
"""KPI, label and unit of the first rows. P90: nine in ten were delivered within it."""
SHOWN_BASES = ("cash", "total_logistics")
SHOWN_PERSPECTIVES = ("shipper", "chain")
HEADLINE = {"base": "total_logistics", "perspective": "chain", "per": "box", "subsidy": "after"}
"""The saving that the screen judges by."""
MOST_NOTES = 5
NOT_APPLICABLE = "-"


def show_run(summary: Summary, written: Path | None, console: Console) -> None:
    """Print the screen of one run; `written` is the folder of its results."""
    footnotes = Footnotes()
    for line in _opening(summary):
        console.print(line)
    for names in chunks([one["name"] for one in summary["alternatives"]]):
        shown = [one for one in summary["alternatives"] if one["name"] in names]
        console.print()
        console.print(side_by_side(console, [_head(one) for one in shown], _sections(summary, shown, footnotes)))
    console.print()
    for line in (*_findings(summary), *footnotes.lines()):
        console.print(Text(line))
    if written is not None:
        console.print(Text(f"Results: {written}"), soft_wrap=True)


def _opening(summary: Summary) -> Iterator[Text]:
    scenario, run = summary["scenario"], summary["run"]
    yield Text(text_of(scenario["title"]) or printable(scenario["name"]), style="bold")
    yield Text(text_of(scenario["question"]))
    noise = "" if run["noise"] else ", noise off"
    yield Text(
        f"{run['replications']} replications, seed {run['seed']}{noise}; released {' to '.join(run['measure'])}; "
        f"± is a {PERCENT.factor * run['confidence']:g} % interval",
        style="dim",
    )
    for one in summary["alternatives"]:
        title = text_of(one["title"])
        if title:
            yield Text(f"  {one['name']}: {title}{_supposed(one)}")


def _supposed(alternative: Alternative) -> str:
    if not alternative["supposition"]:
        return ""
    sources = f", {printable(', '.join(alternative['sources']))}" if alternative["sources"] else ""
    return f" ({SUPPOSITION} {SUPPOSITION_ZH}{sources})"


def _head(alternative: Alternative) -> Text:
    lines = [printable(alternative["name"])]
    lines += ["(baseline)"] if alternative["is_baseline"] else []
    lines += [SUPPOSITION, SUPPOSITION_ZH] if alternative["supposition"] else []
    return Text("\n".join(lines), style="italic" if alternative["supposition"] else "bold")


def _sections(
    summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes
) -> Iterator[tuple[str, Iterator[Row]]]:
    yield "", _kpi_rows(shown, footnotes)
    for per, unit in PER_BOX.items():
        yield f"cost per {per}, {unit.words}", _cost_rows(shown, per, unit, footnotes)
    if len(summary["alternatives"]) > 1:
        base, perspective = BASES[HEADLINE["base"]], HEADLINE["perspective"]
        yield f"saving: {base}, {perspective}", _saving_rows(summary, shown, footnotes)
    yield "resting on assumptions, %", _assumption_rows(shown)


def _kpi_rows(shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    for name, label, unit in FIGURES:
        yield label, [footnotes.cell(one["kpis"].get(name), unit) for one in shown]
    if any(one["undelivered"]["value"] for one in shown):
        yield "not delivered in time, %", [footnotes.cell(one["undelivered"], PERCENT) for one in shown]


def _cost_rows(shown: Sequence[Alternative], per: str, unit: Unit, footnotes: Footnotes) -> Iterator[Row]:
    for base in SHOWN_BASES:
        for perspective in SHOWN_PERSPECTIVES:
            wanted = {"base": base, "perspective": perspective, "per": per}
            rows = [row for one in shown for row in one["costs"] if find([row], **wanted)]
            label = f"{base.replace('_', ' ')}, {perspective}"
            differs = any(subsidy_matters(find_all(one["costs"], wanted)) for one in shown)
            for subsidy in ("after", "before") if differs else ("after",):
                note = f", {subsidy} subsidy" if differs else ""
                cells = [footnotes.cell(find(one["costs"], **wanted, subsidy=subsidy), unit) for one in shown]
                if rows:
                    yield label + note, cells


def find_all(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the rows with the wanted entries."""
    return [row for row in rows if all(row[key] == word for key, word in wanted.items())]
