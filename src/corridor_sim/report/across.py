"""The table of `compare` over several runs: alternatives side by side, differences against the first, what is best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

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
PAIRED = "paired"
ADDED = "half-widths are added"
SAMPLINGS = {
    PAIRED: "paired replication by replication (one seed)",
    "independent": "independent samples of other seeds (Welch)",
    "shared in part": f"one seed, but not equally many replications: {ADDED}",
}
SAME, OTHERS = ", on the same consignments", ", though other consignments are released"
WITHOUT_SUMS = f"one seed, but sums by replication were not kept: but for P50 and P90 {ADDED}"
"""How the replications of a column belong to those of the first, and whether both released the same."""


def show_columns(found: Found, console: Console) -> None:
    """Print every figure of all columns beside the first's, the differences under it, and what they rest on."""
    footnotes = Footnotes()
    _show_opening(found, console)
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


def _show_opening(found: Found, console: Console) -> None:
    """Print which run each letter stands for, and the titles of the alternatives, each once."""
    say(console, "Alternatives of several runs, side by side", style="bold")
    for subject in found["subjects"]:
        scenario, place, kept = subject["scenario"], subject["place"], subject["folder"]
        _say_path(f"{subject['label']}  ", place, console)
        if kept not in (None, place.rstrip("/")):
            _say_path("   kept in ", kept, console)
        say(console, f"   {text_of(scenario['title']) or printable(scenario['name'])}")
        say(console, f"   {size_of(subject['run'])}")
    words = f"{interval_words(found['confidence'])}; costs are those of the whole chain, after subsidies"
    say(console, words, style="dim")
    titles = {one["alternative"]: (text_of(one["title"]), say_supposed(one)) for one in found["columns"]}
    for name, (title, supposed) in titles.items():
        if title != name or supposed:
            say(console, f"  {printable(name)}: {title}{supposed}", HANGING)


def _say_path(before: str, path: str, console: Console) -> None:
    """Print a path on one line, however long, so that it can be copied."""
    console.print(Text(f"{before}{printable(path, LONGEST_TEXT)}"), soft_wrap=True)


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
        groups.setdefault(_sampling_words(pair), []).append(pair)
    for words, pairs in groups.items():
        yield f"Against {first}, {words}: {_names(found, pairs)}."


def _sampling_words(pair: Found) -> str:
    if pair["sampling"] != PAIRED:
        return SAMPLINGS[pair["sampling"]]
    if not pair["sums_kept"]:
        return WITHOUT_SUMS
    return SAMPLINGS[PAIRED] + (SAME if pair["same_consignments"] else OTHERS)


def _names(found: Found, pairs: Sequence[Found]) -> str:
    """Return the names of columns, "all of B" for a whole run."""
    names = []
    for subject in found["subjects"]:
        ours = [pair for pair in pairs if pair["subject"] == subject["label"]]
        others = [one for one in found["columns"][1:] if one["subject"] == subject["label"]]
        whole = len(ours) == len(others) and len(ours) > 1
        names += [f"all of {subject['label']}"] if whole else [column_name(pair) for pair in ours]
    return ", ".join(names)
