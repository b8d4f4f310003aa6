"""The validation page in Markdown: facts beside figures, labelled, with what they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corridor_sim.evidence.validation import CONSISTENCY, PART, PROMOTER, VALIDATION, Row
from corridor_sim.report.page import table
from corridor_sim.report.words import PERCENT, short_number

WANTED_VALIDATIONS = 8
LABELS = {
    VALIDATION: "Validation: no parameter on the way has a source of the fact",
    CONSISTENCY: "Consistency: the model does what it was told",
    PROMOTER: "Promoters' savings: shown, not counted",
    PART: "Parts of a whole: what share of it is simulated",
}


def validation_page(rows: Sequence[Row]) -> str:
    """Return the part of docs/validation.md below its marker."""
    blocks = [_opening(rows)]
    for label, words in LABELS.items():
        chosen = [row for row in rows if row.label == label]
        if chosen:
            blocks += [f"## {words}", table(("fact", "published", "simulated", "", "note"), list(_lines(chosen)))]
    blocks += ["## What each figure depends on", "\n".join(_dependencies(rows))]
    return "\n\n".join(blocks) + "\n"


def _opening(rows: Sequence[Row]) -> str:
    counted = [row for row in rows if row.label == VALIDATION]
    met = sum(row.agrees is True for row in counted)
    short = "" if len(counted) >= WANTED_VALIDATIONS else f" Fewer than {WANTED_VALIDATIONS} exist."
    return (
        f"{len(rows)} published facts; {len(counted)} of them are validation, of which {met} meet the simulated "
        f"interval.{short} Nothing was tuned to make a row agree."
    )


def _lines(rows: Sequence[Row]) -> Iterator[list[str]]:
    for row in rows:
        yield [row.says, _published(row), _simulated(row), _verdict(row), row.note]


def _published(row: Row) -> str:
    low, high = (_shown(value, row.unit) for value in (row.low, row.high))
    return low if low == high else f"{low} to {high}"


def _simulated(row: Row) -> str:
    if row.simulated is None:
        return "not available"
    value, low, high = (_shown(each, row.unit) for each in row.simulated)
    return value if low == high else f"{value} ({low} to {high})"


def _shown(value: float, unit: str) -> str:
    if unit == "share":
        return f"{short_number(value * PERCENT.factor)} %"
    return f"{short_number(value)} {unit}".strip()


def _verdict(row: Row) -> str:
    if row.simulated is None:
        return "not available"
    if row.label == PART:
        return f"{short_number(PERCENT.factor * row.simulated[0] / row.high)} % of it"
    if row.agrees or row.misfit is None:
        return "agrees" if row.agrees else "differs"
    return f"differs, {row.misfit:.2f} x"


def _dependencies(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        shared = (
            f" Shares a source with the fact: {', '.join(f'`{name}`' for name in row.shared)}." if row.shared else ""
        )
        names = ", ".join(f"`{name}`" for name in row.dependencies) or "no catalog parameter"
        yield f"* **{row.fact}** ({row.label}): {names}.{shared}"
