"""The one screen of `run`: what a planner asked, alternative by alternative, with nothing claimed that is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.report.terminal import chunks, side_by_side
from corridor_sim.report.words import (
    BASES,
    CNY_PER_BOX,
    DAYS,
    LONGEST_TEXT,
    PER_BOX,
    PERCENT,
    SUPPOSITION,
    SUPPOSITION_ZH,
    Figure,
    Footnotes,
    Unit,
    number,
    row_with,
    rows_with,
    savings_of,
    say_supposed,
    subsidies_shown,
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
HEADLINE_SAVING = {"base": "total_logistics", "perspective": "chain", "per": "box"}
"""The saving that the screen judges by, after subsidy."""
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
            yield Text(f"  {one['name']}: {title}{say_supposed(one)}")


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
        base, perspective = BASES[HEADLINE_SAVING["base"]], HEADLINE_SAVING["perspective"]
        yield f"saving: {base}, {perspective}", _saving_rows(summary, shown, footnotes)
    yield "resting on assumptions, %", _assumption_rows(shown)


def _kpi_rows(shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    for name, label, unit in FIGURES:
        yield label, [footnotes.cell(one["kpis"].get(name), unit) for one in shown]
    if any(one["undelivered"]["value"] for one in shown):
        yield "not delivered in time, %", [footnotes.cell(one["undelivered"], PERCENT) for one in shown]


def _cost_rows(shown: Sequence[Alternative], per: str, unit: Unit, footnotes: Footnotes) -> Iterator[Row]:
    for base, perspective in product(SHOWN_BASES, SHOWN_PERSPECTIVES):
        wanted = {"base": base, "perspective": perspective, "per": per}
        subsidies = max(subsidies_shown(one["costs"], **wanted) for one in shown)
        for subsidy in subsidies:
            note = f", {subsidy} subsidy" if len(subsidies) > 1 else ""
            found = [row_with(one["costs"], **wanted, subsidy=subsidy) for one in shown]
            yield f"{BASES[base]}, {perspective}{note}", [footnotes.cell(row, unit) for row in found]


def _saving_rows(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    savings = {one["name"]: rows_with(savings_of(summary, one["name"]), **HEADLINE_SAVING) for one in shown}
    subsidies = max(subsidies_shown(rows) for rows in savings.values())
    for subsidy in subsidies:
        note = f", {subsidy} subsidy" if len(subsidies) > 1 else ""
        found = {name: row_with(rows, subsidy=subsidy) for name, rows in savings.items()}
        for key, unit in (("cny", CNY_PER_BOX), ("percent", PERCENT)):
            cells = [
                NOT_APPLICABLE if name == summary["baseline"] else footnotes.cell(row and row[key], unit)
                for name, row in found.items()
            ]
            yield f"{unit.words} per box{note}", cells
    yield "which is", [_verdict(summary, one["name"]) for one in shown]


def _verdict(summary: Summary, name: str) -> str:
    """Return what the headline saving shows, which is nothing where its interval spans zero."""
    if name == summary["baseline"]:
        return NOT_APPLICABLE
    row = headline(summary, name)
    if row is None or not row["separated"]:
        return "not told apart"
    return "cheaper" if row["cny"]["value"] > 0 else "dearer"


def headline(summary: Summary, alternative: str) -> Figure | None:
    """Return the saving that the screen judges an alternative by: total logistics cost, chain, after subsidy."""
    return row_with(savings_of(summary, alternative), **HEADLINE_SAVING, subsidy="after")


def cheapest(summary: Summary) -> str | None:
    """Return the alternative that is shown to be the cheapest by the headline saving, or None.

    Its interval must lie above zero and above the interval of every other alternative; the baseline needs every
    other interval below zero.
    """
    spans = {summary["baseline"]: (0.0, 0.0)}
    for one in summary["alternatives"]:
        if not one["is_baseline"]:
            row = headline(summary, one["name"])
            if row is None or row["cny"]["low"] is None or not row["cny"]["resolved"]:
                return None
            spans[one["name"]] = (row["cny"]["low"], row["cny"]["high"])
    for name, (low, _) in spans.items():
        if all(low > high for other, (_, high) in spans.items() if other != name):
            return name if len(spans) > 1 else None
    return None


def _assumption_rows(shown: Sequence[Alternative]) -> Iterator[Row]:
    for key, label in (("cost_share", "of the cost"), ("time_share", "of the time")):
        yield label, [number(one["assumptions"][key], PERCENT) for one in shown]


def _findings(summary: Summary) -> Iterator[str]:
    """Yield sentences: which is cheapest, why it was late, thresholds, notes."""
    if len(summary["alternatives"]) > 1:
        best = cheapest(summary)
        words = f"By {BASES[HEADLINE_SAVING['base']]} of the whole chain "
        if best is None:
            yield words + "no alternative is shown to be the cheapest."
        else:
            one = next(one for one in summary["alternatives"] if one["name"] == best)
            yield f"{words}the cheapest is {best}{saysay_supposed(one)}."
    for one in summary["alternatives"]:
        yield f"Late because, {one['name']}: {_cause(one)}"
    supposed = {one["name"] for one in summary["alternatives"] if one["supposition"]}
    for threshold in summary["thresholds"]:
        mark = f" ({SUPPOSITION} {SUPPOSITION_ZH})" if threshold.get("of") in supposed else ""
        yield f"{text_of(threshold['says'])}{mark}: {printable(threshold['verdict'], LONGEST_TEXT)}"
    notes = summary["notes"]
    yield from (f"Note: {printable(note, LONGEST_TEXT)}" for note in notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        yield f"and {len(notes) - MOST_NOTES} more notes in summary.json"


def _cause(alternative: Alternative) -> str:
    causes = alternative["late_because"]
    if not causes:
        return "nothing was late"
    return f"{printable(causes[0]['cause'], LONGEST_TEXT)} ({number(causes[0]['share'], PERCENT)} % of the late)"
