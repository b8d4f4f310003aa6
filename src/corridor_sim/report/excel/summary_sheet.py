"""The first sheet: the question, and the figures of the first screen side by side with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.excel.names import Names, cost_words
from corridor_sim.report.excel.sheet import ENDS, Cell, Line, Sheet, column, interval, quantity
from corridor_sim.report.screen import (
    FIGURES,
    HEADLINE_SAVING,
    NOT_APPLICABLE,
    SHOWN_BASES,
    SHOWN_PERSPECTIVES,
    UNITS_SHOWN,
    cheapest,
    headline,
)
from corridor_sim.report.script.figures import kpi_words, unit_words
from corridor_sim.report.script.notes import notes_of
from corridor_sim.report.script.verdicts import difference_words, threshold_words
from corridor_sim.report.script.words import Words, joined, same, say, text_words
from corridor_sim.report.words import (
    LONGEST_TEXT,
    PERCENT,
    READY_PERCENT,
    Unit,
    differs_by_subsidy,
    row_with,
    savings_of,
)

Summary = Mapping[str, Any]
ASSUMED = ("cost_share", "time_share", "unknown_tax_share")
LEGENDS = ("legend_interval", "legend_weak", "legend_saving")
LABELS = 2
"""Columns before those of alternatives: figure and unit."""


def summary_sheet(names: Names) -> Sheet:
    """Return the figures of the first screen of all alternatives, each with low and high."""
    run = names.run
    columns = [column("figure"), column("unit"), *([column(end) for end in ENDS] * len(run.names))]
    groups = [
        (_head(names, one), LABELS + place * len(ENDS), LABELS + (place + 1) * len(ENDS) - 1)
        for place, one in enumerate(run.alternatives)
    ]
    return Sheet(
        "summary", columns, list(_lines(names)), list(_above(run.summary)), list(_below(names)), groups, frozen=LABELS
    )


def _head(names: Names, one: Summary) -> Words:
    return _marked(names.alternative(one["name"]), one)


def _marked(words: Words, one: Summary) -> Words:
    """Return an alternative's words with its marks, each only where the words do not say it themselves."""
    for mark in ("is_baseline", "supposition"):
        said = say(f"excel.mark_{mark}")
        if one[mark]:
            words = {
                key: text if any(each in text for each in said.values()) else f"{text} {said[key]}"
                for key, text in words.items()
            }
    return words


def _above(summary: Summary) -> Iterator[Line]:
    """Yield title, question, and what was run."""
    scenario, run = summary["scenario"], summary["run"]
    yield Line([text_words(scenario["title"], scenario["name"])])
    yield Line([text_words(scenario["question"], "")])
    facts = {name: str(run[name]) for name in ("replications", "seed")}
    begin, end = run["measure"]
    confidence = f"{run['confidence'] * PERCENT.factor:g}"
    yield Line([say("excel.made", **facts, begin=begin, end=end, confidence=confidence, version=summary["version"])])
    if not run["noise"]:
        yield Line([say("excel.noise_off")])
    yield Line([])


def _lines(names: Names) -> Iterator[Line]:
    alternatives = names.run.alternatives
    for kpi, _, unit in FIGURES:
        if kpi != "undelivered" or any((one["kpis"].get(kpi) or {}).get("value") for one in alternatives):
            yield _line(kpi_words(kpi), unit, [one["kpis"].get(kpi) for one in alternatives])
    for (per, bases), perspective in product(SHOWN_BASES.items(), SHOWN_PERSPECTIVES):
        wanted = {"perspective": perspective, "per": per}
        kinds = [{"base": base, "subsidy": "after"} for base in bases]
        if any(differs_by_subsidy(one["costs"], base="cash", **wanted) for one in alternatives):
            kinds.append({"base": "cash", "subsidy": "before"})
        for kind in kinds:
            found = [row_with(one["costs"], **wanted, **kind) for one in alternatives]
            yield _line(cost_words({**wanted, **kind}), UNITS_SHOWN[per], found)
    if len(alternatives) > 1:
        yield from _savings(names)
    for key in ASSUMED:
        shares = [quantity(one["assumptions"][key], PERCENT) for one in alternatives]
        yield Line([kpi_words(key), unit_words("%"), *(cell for share in shares for cell in _alone(share))])


def _line(words: Words, unit: Unit, figures: Sequence[Summary | None]) -> Line:
    return Line([words, unit_words(unit.words), *(cell for one in figures for cell in interval(one, unit))])


def _alone(cell: Cell) -> list[Cell]:
    """Return the cells of a value that has no interval."""
    return [cell, *[None] * (len(ENDS) - 1)]


def _savings(names: Names) -> Iterator[Line]:
    """Yield the saving that the first screen judges by, and what it shows."""
    summary, alternatives = names.run.summary, names.run.alternatives
    rows = {name: savings_of(summary, name) for name in names.run.names}
    differs = any(differs_by_subsidy(each, **HEADLINE_SAVING) for each in rows.values())
    for subsidy in ("after", "before") if differs else ("after",):
        kind = {**HEADLINE_SAVING, "subsidy": subsidy}
        found = [row_with(each, **kind) for each in rows.values()]
        for measure, unit in (("cny", UNITS_SHOWN[HEADLINE_SAVING["per"]]), ("percent", READY_PERCENT)):
            words = say("excel.saving", cost=cost_words(kind))
            yield _line(words, unit, [None if row is None else row[measure] for row in found])
    verdicts = [
        same(NOT_APPLICABLE) if one["is_baseline"] else difference_words(headline(summary, one["name"]))
        for one in alternatives
    ]
    yield Line([say("excel.so_it_is"), None, *(cell for words in verdicts for cell in _alone(words))], bold=True)


def _below(names: Names) -> Iterator[Line]:
    """Yield which alternative is shown to be the cheapest, thresholds, notes, and what the alternatives are."""
    summary = names.run.summary
    yield Line([])
    if len(names.run.names) > 1:
        yield Line([_cheapest(names, summary)])
    supposed = {one["name"] for one in summary["alternatives"] if one["supposition"]}
    for threshold in summary["thresholds"]:
        marks = [say("excel.mark_supposition")] if threshold.get("of") in supposed else []
        yield Line([joined([threshold_words(threshold), *marks])])
    notes = notes_of(summary, names.run.name, names.run.alternative)
    yield from (Line([say("excel.note", words=note)]) for note in notes)
    yield from (Line([say(f"excel.{legend}")]) for legend in LEGENDS)
    yield Line([])
    yield Line([say("excel.alternatives")], bold=True)
    for one in summary["alternatives"]:
        yield Line([joined([printable(one["name"], LONGEST_TEXT), _marked(names.run.title(one["name"]), one)], ": ")])


def _cheapest(names: Names, summary: Summary) -> Words:
    """Return which alternative is shown to be the cheapest by the headline saving, or that none is."""
    cost, best = cost_words({**HEADLINE_SAVING, "subsidy": "after"}), cheapest(summary)
    if best is None:
        return say("excel.no_cheapest", cost=cost)
    rows = [headline(summary, one["name"]) for one in summary["alternatives"]]
    resolved = all(row["cny"]["resolved"] for row in rows if row is not None)
    return say("excel.cheapest" if resolved else "excel.cheapest_not_resolved", cost=cost, name=names.alternative(best))
