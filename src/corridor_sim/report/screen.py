"""The one screen of `run`: what a planner asked, alternative by alternative, with nothing claimed that is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.report.terminal import Row, Section, chunks, side_by_side
from corridor_sim.report.words import (
    BASES,
    DAYS,
    LONGEST_TEXT,
    PER_BOX,
    PERCENT,
    READY_PERCENT,
    SUPPOSITION,
    SUPPOSITION_ZH,
    Figure,
    Footnotes,
    differs_by_subsidy,
    number,
    row_with,
    rows_with,
    savings_of,
    say_supposed,
    text_of,
)
from corridor_sim.scenario.problems import printable

Summary = Mapping[str, Any]
Alternative = Mapping[str, Any]

FIGURES = (
    ("transit_p50", "days door to door, P50", DAYS),
    ("transit_p90", "days door to door, P90", DAYS),
    ("on_time", "% on time", PERCENT),
    ("latest_departure", "days to leave before, P90", DAYS),
)
"""KPI, label and unit of the first rows. P90: nine in ten were delivered within it."""
SHOWN_BASES = {"box": ("cash", "total_logistics", "with_carbon"), "kg": ("cash", "total_logistics")}
SHOWN_PERSPECTIVES = ("shipper", "chain")
HEADLINE_SAVING = {"base": "total_logistics", "perspective": "chain", "per": "box"}
"""The saving that the screen judges by, after subsidy."""
HEADLINE_WORDS = f"{BASES[HEADLINE_SAVING['base']]} cost of the {HEADLINE_SAVING['perspective']}"
MOST_NOTES = 5
NOT_APPLICABLE = "-"


def show_run(summary: Summary, written: Path | None, console: Console) -> None:
    """Print the screen of one run; `written` is the folder of its results."""
    footnotes = Footnotes()
    for text in opening(summary):
        console.print(text)
    for names in chunks([one["name"] for one in summary["alternatives"]]):
        shown = [one for one in summary["alternatives"] if one["name"] in names]
        console.print()
        console.print(side_by_side(console, [head_of(one) for one in shown], _sections(summary, shown, footnotes)))
    console.print()
    for line in (*_findings(summary), *footnotes.lines()):
        console.print(Text(line))
    if written is not None:
        console.print(Text(f"Results: {written}"), soft_wrap=True)


def opening(summary: Summary) -> Iterator[Text]:
    """Yield the lines above the table: title, question, size of the run, titles of the alternatives."""
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


def head_of(alternative: Alternative) -> list[str]:
    """Return the lines above an alternative's column: its name and its marks."""
    marks = ["(baseline)"] if alternative["is_baseline"] else []
    marks += [SUPPOSITION, SUPPOSITION_ZH] if alternative["supposition"] else []
    return [printable(alternative["name"]), *marks]


def _sections(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Section]:
    yield "", _kpi_rows(shown, footnotes)
    for per, bases in SHOWN_BASES.items():
        yield f"{PER_BOX[per].words} per {per}", _cost_rows(shown, per, bases, footnotes)
    if len(summary["alternatives"]) > 1:
        yield f"saving: {BASES[HEADLINE_SAVING['base']]}", _saving_rows(summary, shown, footnotes)
    yield "resting on assumptions", _assumption_rows(shown)


def _kpi_rows(shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    for name, label, unit in FIGURES:
        yield label, [footnotes.cell(one["kpis"].get(name), unit) for one in shown]
    if any(one["undelivered"]["value"] for one in shown):
        yield "% undelivered", [footnotes.cell(one["undelivered"], PERCENT) for one in shown]


def _cost_rows(shown: Sequence[Alternative], per: str, bases: Sequence[str], footnotes: Footnotes) -> Iterator[Row]:
    """Yield each base after subsidy, and cash before it where that differs: a subsidy is cash in every base."""
    for perspective in SHOWN_PERSPECTIVES:
        rows = [rows_with(one["costs"], perspective=perspective, per=per) for one in shown]
        for base in bases:
            found = [row_with(costs, base=base, subsidy="after") for costs in rows]
            yield f"{perspective}: {BASES[base]}", [footnotes.cell(row, PER_BOX[per]) for row in found]
        if any(differs_by_subsidy(costs, base="cash") for costs in rows):
            found = [row_with(costs, base="cash", subsidy="before") for costs in rows]
            yield f"{perspective}: before subsidy", [footnotes.cell(row, PER_BOX[per]) for row in found]


def _saving_rows(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    savings = {one["name"]: rows_with(savings_of(summary, one["name"]), **HEADLINE_SAVING) for one in shown}
    differs = any(differs_by_subsidy(rows) for rows in savings.values())
    for subsidy in ("after", "before") if differs else ("after",):
        note = " before subsidy" if subsidy == "before" else ""
        found = {name: row_with(rows, subsidy=subsidy) for name, rows in savings.items()}
        for key, unit in (("cny", PER_BOX["box"]), ("percent", READY_PERCENT)):
            cells = [
                NOT_APPLICABLE if name == summary["baseline"] else footnotes.cell(row and row[key], unit)
                for name, row in found.items()
            ]
            yield f"{HEADLINE_SAVING['perspective']}: {unit.words}{note}", cells
    yield "which is", [_verdict(summary, one["name"]) for one in shown]


def _verdict(summary: Summary, name: str) -> str:
    """Return what the headline saving shows, which is nothing where its interval spans zero."""
    if name == summary["baseline"]:
        return NOT_APPLICABLE
    row = headline(summary, name)
    if row is None or not row["separated"] or not row["cny"]["resolved"]:
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
    for key, label in (("cost_share", "% of the cost"), ("time_share", "% of the time")):
        yield label, [number(one["assumptions"][key], PERCENT) for one in shown]


def _findings(summary: Summary) -> Iterator[str]:
    """Yield sentences: which is cheapest, why it was late, thresholds, notes."""
    if len(summary["alternatives"]) > 1:
        best = cheapest(summary)
        one = next((one for one in summary["alternatives"] if one["name"] == best), None)
        found = f"the cheapest is {best}{say_supposed(one)}" if one else "no alternative is shown to be the cheapest"
        yield f"By {HEADLINE_WORDS}, {found}."
    yield "Biggest cause of lateness:"
    yield from (f"  {one['name']}: {_cause(one)}" for one in summary["alternatives"])
    supposed = {one["name"] for one in summary["alternatives"] if one["supposition"]}
    for threshold in summary["thresholds"]:
        mark = f" ({SUPPOSITION} {SUPPOSITION_ZH})" if threshold.get("of") in supposed else ""
        yield f"{text_of(threshold['says'])}{mark}: {_answer(threshold)}"
    notes = summary["notes"]
    yield from (f"Note: {printable(note, LONGEST_TEXT)}" for note in notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        yield f"and {len(notes) - MOST_NOTES} more notes in summary.json"


def _answer(threshold: Mapping[str, Any]) -> str:
    """Return the verdict with the value at which it turns and how sure that is, or the range that was tried."""
    unit, crossing, verdict = printable(threshold["unit"]), threshold["crossing"], threshold["verdict"]
    tried = [point["number"] for point in threshold["points"]]
    if crossing is None or crossing["value"] is None:
        return f"{verdict} from {min(tried):g} to {max(tried):g} {unit}"
    low = f"at most {min(tried):g}" if crossing["low"] is None else f"{crossing['low']:.3g}"
    high = f"at least {max(tried):g}" if crossing["high"] is None else f"{crossing['high']:.3g}"
    return f"{verdict} {crossing['value']:.3g} {unit} ({low} to {high} {unit})"


def _cause(alternative: Alternative) -> str:
    causes = alternative["late_because"]
    if not causes:
        return "nothing was late"
    return f"{printable(causes[0]['cause'], LONGEST_TEXT)} ({number(causes[0]['share'], PERCENT)} %)"
