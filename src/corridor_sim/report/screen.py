"""The one screen of `run`: what a planner asked, alternative by alternative, with nothing claimed that is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from corridor_sim.reading.located import printable
from corridor_sim.report.lateness import late_sentence
from corridor_sim.report.run import REPORT
from corridor_sim.report.script.verdicts import anomaly_words, answer_words, broken_words
from corridor_sim.report.script.words import ENGLISH
from corridor_sim.report.terminal import Row, Section, chunks, say, side_by_side
from corridor_sim.report.waterfall import show_waterfalls
from corridor_sim.report.words import (
    BASES,
    DAYS,
    LONGEST_TEXT,
    PERCENT,
    READY_PERCENT,
    SUPPOSITION,
    SUPPOSITION_ZH,
    Figure,
    Footnotes,
    Unit,
    common_reasons,
    differs_by_subsidy,
    has_interval,
    number,
    row_with,
    rows_with,
    savings_of,
    say_supposed,
    text_of,
)

Summary = Mapping[str, Any]
Alternative = Mapping[str, Any]

FIGURES = (
    ("transit_p50", "days, P50", DAYS),
    ("transit_p90", "days, P90", DAYS),
    ("on_time", "% on time", PERCENT),
    ("latest_departure", "leave days before", DAYS),
    ("undelivered", "% undelivered", PERCENT),
)
"""KPI, label and unit of the first rows; the last only where there is any."""
LEGEND = (
    "Days are from door to door: half (P50) and 90 % (P90) are delivered within them. Leave so many days before the "
    "wanted delivery to make it in 90 % of cases. Savings are by {base} cost of the {perspective}."
)
SHOWN_BASES = {"box": ("cash", "total_logistics", "with_carbon"), "kg": ("cash", "total_logistics")}
SHOWN_PERSPECTIVES = ("shipper", "chain")
UNITS_SHOWN = {"box": Unit("CNY"), "kg": Unit("CNY", decimals=2)}
HEADLINE_SAVING = {"base": "total_logistics", "perspective": "chain", "per": "kg"}
"""The saving that the screen judges by, after subsidy. Ways differ in how they fill boxes, never in their kilograms."""
HEADLINE_WORDS = f"{BASES[HEADLINE_SAVING['base']]} cost of the {HEADLINE_SAVING['perspective']}"
MOST_NOTES = 5
HANGING = 2
NOT_APPLICABLE = "-"
VIEWS = (("price", "price paid"), ("resource", "cost over its load"), ("gap", "operator keeps"))
"""The two views of a service, which are never added, and what lies between them."""


def show_run(summary: Summary, written: Path | None, console: Console) -> None:
    """Print the screen of one run; `written` is the folder of its results."""
    footnotes = Footnotes()
    show_opening(summary, console)
    for names in chunks([one["name"] for one in summary["alternatives"]]):
        shown = [one for one in summary["alternatives"] if one["name"] in names]
        heads = [head_of(one, footnotes) for one in shown]
        console.print()
        console.print(side_by_side(console, heads, sections(summary, shown, footnotes)))
    legend = LEGEND.format(base=BASES[HEADLINE_SAVING["base"]], perspective=HEADLINE_SAVING["perspective"])
    for lines in ([legend], list(findings(summary)), footnotes.lines()):
        show_lines(lines, console)
    show_waterfalls(summary, console, with_where=False)
    if written is not None:
        console.print()
        console.print(Text(f"Engine: {summary['run']['engine']}"))
        if (written / REPORT).is_file():
            console.print(Text(f"Report: {written / REPORT}"), soft_wrap=True)
        console.print(Text(f"Results: {written}"), soft_wrap=True)


def show_opening(summary: Summary, console: Console) -> None:
    """Print the lines above the table."""
    for line in opening(summary):
        say(console, line.plain, HANGING if line.plain.startswith(" ") else 0, str(line.style))


def opening(summary: Summary) -> Iterator[Text]:
    """Yield the lines above the table: title, question, size of the run, titles of the alternatives."""
    scenario = summary["scenario"]
    yield Text(text_of(scenario["title"]) or printable(scenario["name"]), style="bold")
    yield Text(text_of(scenario["question"]))
    yield Text(f"{size_of(summary['run'])}; {interval_words(summary['run']['confidence'])}", style="dim")
    for one in summary["alternatives"]:
        title = text_of(one["title"])
        if title:
            yield Text(f"  {one['name']}: {title}{say_supposed(one)}")


def size_of(run: Summary) -> str:
    """Return how often, from which seed and over which days a run was played."""
    noise, plural = "" if run["noise"] else ", noise off", "" if run["replications"] == 1 else "s"
    size = f"{run['replications']:,} replication{plural}, seed {run['seed']}{noise}"
    return f"{size}; released {' to '.join(run['measure'])}"


def interval_words(confidence: float) -> str:
    """Return what the sign of an interval means."""
    return f"± is a {PERCENT.factor * confidence:g} % interval"


def show_lines(lines: Sequence[str], console: Console) -> None:
    """Print an empty line and sentences, each from its own indent on; nothing where there are none."""
    if lines:
        console.print()
    for line in lines:
        say(console, line, HANGING)


def head_of(alternative: Alternative, footnotes: Footnotes) -> list[str]:
    """Return the lines above an alternative's column: its name and the marks that hold for all of it."""
    marks = ["(baseline)"] if alternative["is_baseline"] else []
    marks += [SUPPOSITION, SUPPOSITION_ZH] if alternative["supposition"] else []
    marks += [" ".join(footnotes.mark(reason) for reason in sorted(common_reasons(alternative)))]
    return [printable(alternative["name"]), *filter(None, marks)]


def sections(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Section]:
    """Yield the parts of the table of some alternatives: figures, costs, savings, views of services, assumptions."""
    yield "", _kpi_rows(shown, footnotes)
    for (per, bases), perspective in product(SHOWN_BASES.items(), SHOWN_PERSPECTIVES):
        yield (
            f"{UNITS_SHOWN[per].words} per {per}, {perspective}",
            _cost_rows(shown, per, perspective, bases, footnotes),
        )
    if len(summary["alternatives"]) > 1:
        yield f"saving, {HEADLINE_SAVING['perspective']}", _saving_rows(summary, shown, footnotes)
    for service in dict.fromkeys(view["service"] for one in shown for view in one["views"]):
        yield f"CNY per TEU on {printable(service)}", _view_rows(shown, service, footnotes)
    yield "on assumptions", _assumption_rows(shown)


def _kpi_rows(shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    for name, label, unit in FIGURES:
        if name != "undelivered" or any(one["kpis"].get(name, {}).get("value") for one in shown):
            yield label, [footnotes.cell(one["kpis"].get(name), unit, common_reasons(one)) for one in shown]


def _cost_rows(
    shown: Sequence[Alternative], per: str, perspective: str, bases: Sequence[str], footnotes: Footnotes
) -> Iterator[Row]:
    """Yield each base after subsidy, and cash before it where that differs: a subsidy is cash in every base."""
    wanted = {"perspective": perspective, "per": per}
    rows = [(BASES[base], {"base": base, "subsidy": "after"}) for base in bases]
    if any(differs_by_subsidy(one["costs"], base="cash", **wanted) for one in shown):
        rows.append(("cash before subsidy", {"base": "cash", "subsidy": "before"}))
    for words, kind in rows:
        found = [row_with(one["costs"], **wanted, **kind) for one in shown]
        cells = zip(shown, found, strict=True)
        yield words, [footnotes.cell(row, UNITS_SHOWN[per], common_reasons(one)) for one, row in cells]


def _saving_rows(summary: Summary, shown: Sequence[Alternative], footnotes: Footnotes) -> Iterator[Row]:
    savings = {one["name"]: rows_with(savings_of(summary, one["name"]), **HEADLINE_SAVING) for one in shown}
    differs = any(differs_by_subsidy(rows) for rows in savings.values())
    for subsidy in ("after", "before") if differs else ("after",):
        note = f" {subsidy} subsidy" if differs else f" per {HEADLINE_SAVING['per']}"
        for key, unit in (("cny", UNITS_SHOWN[HEADLINE_SAVING["per"]]), ("percent", READY_PERCENT)):
            cells = []
            for one in shown:
                row = row_with(savings[one["name"]], subsidy=subsidy)
                figure = None if row is None else row[key]
                said = common_reasons(one)
                cells.append(NOT_APPLICABLE if one["is_baseline"] else footnotes.cell(figure, unit, said))
            yield f"{unit.words}{note}", cells
    yield "so it is", [_verdict(summary, one["name"]) for one in shown]


def _verdict(summary: Summary, name: str) -> str:
    """Return what the headline saving shows, which is nothing where its interval spans zero."""
    if name == summary["baseline"]:
        return NOT_APPLICABLE
    row = headline(summary, name)
    if row is None or not row["separated"]:
        return "undecided"
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
            if row is None or not has_interval(row["cny"]):
                return None
            spans[one["name"]] = (row["cny"]["low"], row["cny"]["high"])
    for name, (low, _) in spans.items():
        if all(low > high for other, (_, high) in spans.items() if other != name):
            return name if len(spans) > 1 else None
    return None


def _view_rows(shown: Sequence[Alternative], service: str, footnotes: Footnotes) -> Iterator[Row]:
    """Yield what our cargo pays for a service, what its departures cost over their loads, and the operator's gap."""
    for key, label in VIEWS:
        rows = [row_with(one["views"], service=service) for one in shown]
        cells = zip(shown, rows, strict=True)
        yield (
            label,
            [
                NOT_APPLICABLE if row is None else footnotes.cell(row[key], UNITS_SHOWN["box"], common_reasons(one))
                for one, row in cells
            ],
        )


def _assumption_rows(shown: Sequence[Alternative]) -> Iterator[Row]:
    for key, label in (("cost_share", "% of cost"), ("time_share", "% of time")):
        yield label, [number(one["assumptions"][key], PERCENT) for one in shown]
    if any(one["assumptions"]["unknown_tax_share"] for one in shown):
        yield "% less if tax inside", [number(one["assumptions"]["unknown_tax_share"], PERCENT) for one in shown]


def findings(summary: Summary) -> Iterator[str]:
    """Yield sentences: which is cheapest, why it was late, what breaks, thresholds, anomalies, notes."""
    if len(summary["alternatives"]) > 1:
        yield f"By {HEADLINE_WORDS}, {_cheapest_words(summary)}."
    yield "Late because (the biggest of the causes):"
    yield from (f"  {one['name']}: {_cause(one)}" for one in summary["alternatives"])
    if any(one["breaks"] for one in summary["alternatives"]):
        yield "What breaks first (a queue that no longer empties):"
        yield from (f"  {one['name']}: {broken_words(one)[ENGLISH]}" for one in summary["alternatives"])
    supposed = {one["name"] for one in summary["alternatives"] if one["supposition"]}
    for threshold in summary["thresholds"]:
        mark = f" ({SUPPOSITION} {SUPPOSITION_ZH})" if threshold.get("of") in supposed else ""
        yield f"{text_of(threshold['says'])}{mark}: {answer_words(threshold)[ENGLISH]}"
    yield from (anomaly_words(anomaly)[ENGLISH] for anomaly in summary["anomalies"])
    notes = summary["notes"]
    yield from (f"Note: {printable(note, LONGEST_TEXT)}" for note in notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        yield f"and {len(notes) - MOST_NOTES} more notes in summary.json"


def _cheapest_words(summary: Summary) -> str:
    one = next((one for one in summary["alternatives"] if one["name"] == cheapest(summary)), None)
    if one is None:
        return "no alternative is shown to be the cheapest"
    rows = [headline(summary, other["name"]) for other in summary["alternatives"]]
    resolved = all(row["cny"]["resolved"] for row in rows if row is not None)
    return f"the cheapest is {one['name']}{say_supposed(one)}{'' if resolved else ' (not resolved)'}"


def _cause(alternative: Alternative) -> str:
    causes = alternative["late_because"]
    return late_sentence(causes[0]) if causes else "nothing was late"
