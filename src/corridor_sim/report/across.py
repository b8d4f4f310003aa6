"""The table of `compare` over several runs: alternatives side by side, differences against the first, what is best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from corridor_sim.reading.located import printable
from corridor_sim.report.comparison import SEPARATED, signed
from corridor_sim.report.screen import HANGING, interval_words, show_lines, size_of
from corridor_sim.report.terminal import Row, Section, chunks, say, side_by_side
from corridor_sim.report.words import (
    BASES,
    CNY_PER,
    DAYS,
    LONGEST_TEXT,
    PERCENT,
    SUPPOSITION,
    SUPPOSITION_ZH,
    Footnotes,
    Unit,
    reasons_of,
    say_supposed,
    text_of,
)

Found = Mapping[str, Any]
"""What `study.across.compare_across` found, and parts of it."""

MOST_BESIDE_FIRST = 3
LABEL_COLUMNS = 18
BEST = "best"
KPI_ROWS = (
    ("transit_p50", "days, P50", DAYS),
    ("transit_p90", "days, P90", DAYS),
    ("transit_mean", "days, mean", DAYS),
    ("on_time", "% on time", PERCENT),
    ("undelivered", "% undelivered", PERCENT),
)
SAMPLINGS = {
    ("paired", True): "paired replication by replication, on the same consignments",
    ("paired", False): "paired replication by replication (one seed), though other consignments are released",
    ("independent", True): "independent samples of other seeds, though the same consignments are released",
    ("independent", False): "independent samples of other seeds (Welch)",
    ("shared in part", True): "one seed, but not equally many replications: half-widths are added",
    ("shared in part", False): "one seed, but not equally many replications: half-widths are added",
}
"""How the replications of a column belong to those of the first, and whether both released the same."""


def show_columns(found: Found, console: Console) -> None:
    """Print every figure of all columns beside the first's, the differences under it, and what they rest on."""
    footnotes = Footnotes()
    say(console, "Alternatives of several runs, side by side", style="bold")
    for line in _opening(found):
        say(console, line, HANGING)
    first, *others = found["columns"]
    for places in chunks([str(place) for place in range(len(others))], MOST_BESIDE_FIRST) or [()]:
        shown = [first, *(others[int(place)] for place in places)]
        heads = [_head(one, one is first, footnotes) for one in shown]
        console.print()
        console.print(side_by_side(console, heads, _sections(found, shown, footnotes), LABEL_COLUMNS))
    for lines in (list(_legend(found)), [f"Note: {printable(note, LONGEST_TEXT)}" for note in found["notes"]]):
        show_lines(lines, console)
    show_lines(footnotes.lines(), console)


def column_name(one: Found) -> str:
    """Return a column's name, such as "A: by rail"."""
    return f"{one['subject']}: {printable(one['alternative'])}"


def _opening(found: Found) -> Iterator[str]:
    """Yield which run each letter stands for, and the titles of the alternatives, each once."""
    for subject in found["subjects"]:
        scenario, kept = subject["scenario"], subject["folder"]
        known = "" if kept in (None, subject["place"].rstrip("/")) else f", kept in {printable(kept, LONGEST_TEXT)}"
        yield f"{subject['label']}  {printable(subject['place'], LONGEST_TEXT)}{known}"
        yield f"   {text_of(scenario['title']) or printable(scenario['name'])}"
        yield f"   {size_of(subject['run'])}"
    yield f"{interval_words(found['confidence'])}; costs are those of the whole chain, after subsidies"
    titles = [
        f"  {printable(one['alternative'])}: {text_of(one['title'])}{say_supposed(one)}" for one in found["columns"]
    ]
    yield from dict.fromkeys(titles)


def _head(one: Found, is_first: bool, footnotes: Footnotes) -> list[str]:
    marks = ["(first)"] if is_first else []
    marks += [SUPPOSITION, SUPPOSITION_ZH] if one["supposition"] else []
    marks += [" ".join(footnotes.mark(reason) for reason in sorted(_common(one)))]
    return [column_name(one), *filter(None, marks)]


def _common(one: Found) -> frozenset[str]:
    """Return the reasons that hold for every figure of a column that has a value."""
    known = [frozenset(reasons_of(figure)) for figure in one["figures"].values() if figure["value"] is not None]
    return frozenset.intersection(*known) if known else frozenset()


def _sections(found: Found, shown: Sequence[Found], footnotes: Footnotes) -> Iterator[Section]:
    rows = [row for row in KPI_ROWS if row[0] != "undelivered" or _any_undelivered(found)]
    yield "", [_row(found, shown, *row, footnotes) for row in rows]
    for per, unit in reversed(CNY_PER.items()):
        costs = [(f"cost_per_{per}:{base}/chain/after", words) for base, words in BASES.items()]
        named = [(name, words) for name, words in costs if any(name in one["figures"] for one in found["columns"])]
        yield f"{unit.words} per {per}", [_row(found, shown, name, words, unit, footnotes) for name, words in named]


def _any_undelivered(found: Found) -> bool:
    return any(one["figures"].get("undelivered", {}).get("value") for one in found["columns"])


def _row(found: Found, shown: Sequence[Found], name: str, label: str, unit: Unit, footnotes: Footnotes) -> Row:
    """Return each column's figure, under it its difference from the first and whether it is the best."""
    compared = {_key(pair): pair["figures"].get(name) for pair in found["comparisons"]}
    best = found["best"].get(name, {}).get("best")
    cells = []
    for one in shown:
        said = _common(one)
        lines = [footnotes.cell(one["figures"].get(name), unit, said)]
        difference = compared.get(_key(one)) if one is not found["columns"][0] else None
        if difference is not None:
            known = said | _common(found["columns"][0])
            lines.append(f"{signed(difference, unit, footnotes, known)}{SEPARATED if difference['separated'] else ''}")
        if best is not None and _key(best) == _key(one):
            lines.append(BEST)
        cells.append("\n".join(lines))
    return label, cells


def _key(one: Found) -> tuple[str, str]:
    return one["subject"], one["alternative"]


def _legend(found: Found) -> Iterator[str]:
    """Yield how to read the table: differences, marks, and how the samples belong together."""
    first = column_name(found["against"])
    yield f"Below each figure: its difference from {first}; {SEPARATED} where the interval does not span zero."
    confidence = f"{PERCENT.factor * found['confidence']:g} %"
    yield f"{BEST}: better than every other column, all compared at once at {confidence}."
    if found["best"] and not any(row["best"] for row in found["best"].values()):
        unsure = any(not row["resolved"] for row in found["best"].values())
        yield f"None is marked: {'not all columns are resolved' if unsure else 'none is separated from all others'}."
    groups: dict[str, list[Found]] = {}
    for pair in found["comparisons"]:
        groups.setdefault(SAMPLINGS[pair["sampling"], pair["same_consignments"]], []).append(pair)
    for words, pairs in groups.items():
        yield f"Against {first}, {words}: {_names(found, pairs)}."


def _names(found: Found, pairs: Sequence[Found]) -> str:
    """Return the names of columns, "all of B" for a whole run."""
    names = []
    for subject in found["subjects"]:
        ours = [pair for pair in pairs if pair["subject"] == subject["label"]]
        others = [one for one in found["columns"][1:] if one["subject"] == subject["label"]]
        whole = len(ours) == len(others) and len(ours) > 1
        names += [f"all of {subject['label']}"] if whole else [column_name(pair) for pair in ours]
    return ", ".join(names)
