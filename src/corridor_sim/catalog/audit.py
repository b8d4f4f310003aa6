"""Audits the catalog: values sourced or admitted as assumed, readable, reviewed, fresh, of one unit and tax basis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from corridor_sim import units
from corridor_sim.catalog import store
from corridor_sim.catalog.laws import read_law
from corridor_sim.catalog.numbers import scalar_text
from corridor_sim.catalog.values import GRADES, SOURCED, grade_key, is_graded, read_priced, split_provenance
from corridor_sim.units import UnitProblem

STALE_REVIEW_DAYS = 366
STALE_FACT_YEARS = 5
"""A fact that is older admits it by a range or a distribution, or is about the year that stands in its id."""
YEAR_DIGITS = 4
UNDATED = "undated"
_EVENTS = re.compile(r"([0-9.]+) per (hour|day|week|month|year)")
RECALLED = "R"
CLAIMING = "brief_"
"""Sources whose ids begin so make the statements under test; they may feed no parameter."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with an entry: what kind of thing, where, and what would be right."""

    kind: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind}: {self.says}"


@dataclass(frozen=True, slots=True)
class Audit:
    """How many values there are of each grade, and everything wrong."""

    grades: Mapping[str, int]
    entries: int
    sources: int
    findings: tuple[Finding, ...]


def audit(today: date) -> Audit:
    """Return the audit of the whole catalog as of `today`; it is clean when nothing is found."""
    counts = dict.fromkeys(GRADES.values(), 0)
    findings: list[Finding] = []
    entries = [entry for name in store.room_names() for entry in store.room(name).values()]
    for entry in entries:
        findings += _of_entry(entry, today)
        for _, value in graded_of(entry):
            counts[_grade(value)] += 1
    findings += _of_sources()
    return Audit(counts, len(entries), len(store.sources()), tuple(findings))


def graded_of(entry: store.Entry) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (path, graded value) of an entry: itself, or those in its object."""
    if not entry.is_whole:
        return [("", entry.body)] if is_graded(entry.body) else []
    return list(store.graded_values(entry.body[store.WHOLE]))


def _grade(value: Mapping[str, Any]) -> str:
    return GRADES[grade_key(value)]


def _of_entry(entry: store.Entry, today: date) -> Iterator[Finding]:
    if not entry.says:
        yield Finding("unsaid", entry.id, "add `says: ...`, one line of what it is")
    reviewed = str(entry.body.get("reviewed", ""))
    if not reviewed:
        yield Finding("unreviewed", entry.id, "add `reviewed: YYYY-MM-DD` once somebody has looked at it")
    elif (today - date.fromisoformat(reviewed)).days > STALE_REVIEW_DAYS:
        yield Finding("stale", entry.id, f"last reviewed on {reviewed}; look at it again")
    if not entry.is_whole and not is_graded(entry.body):
        yield Finding("ungraded", entry.id, f"needs one of {', '.join(GRADES)}, or `whole`")
        return
    tax = _whole_tax(entry)
    for path, value in graded_of(entry):
        where = f"{entry.id} {path}".strip()
        found = [*_of_value(where, value, today), *_of_price(where, value, tax, entry.is_whole)]
        yield from found or _of_reading(where, value)


def _of_value(where: str, value: Mapping[str, Any], today: date) -> Iterator[Finding]:
    """Yield what is wrong with the provenance of a value."""
    key = grade_key(value)
    cited = value.get("source") or []
    cited = [cited] if isinstance(cited, str) else cited
    if key in SOURCED and not cited:
        yield Finding("unsourced", where, f"a {key} value names its source")
    for source in cited:
        yield from _of_citation(where, key, source)
    for note, grades in (("from", ("derived",)), ("because", ("assume", "analogue")), ("range", ("assume",))):
        if key in grades and not value.get(note):
            yield Finding("unexplained", where, f"a value graded {key} needs `{note}`")
    if key in SOURCED:
        yield from _of_date(where, value, today)


def _of_reading(where: str, value: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what cannot be read, or a range of another kind than its value."""
    key = grade_key(value)
    try:
        low, high = value.get("range") or (None, None)
        split_provenance(value, None)
        ends = [read_any(end) for end in (low, high) if end is not None and isinstance(end, str)]
        kinds = {kind for kind, _ in [*ends, *_ends_of(value[key])] if kind != "share"}
        if len(kinds) > 1:
            yield Finding("unit clash", where, f"value and range are of different kinds: {', '.join(sorted(kinds))}")
    except ValueError as error:
        yield Finding("unreadable", where, str(error))


def _of_citation(where: str, key: str, source: str) -> Iterator[Finding]:
    known = store.sources()
    if source not in known:
        yield Finding("unsourced", where, f'"{source}" is no source of the catalog')
    elif source.startswith(CLAIMING):
        yield Finding("fed by a claim", where, f'"{source}" makes statements under test and may feed no parameter')
    elif known[source].get("confidence") == RECALLED and key in ("measured", "published"):
        yield Finding("unsourced", where, f'"{source}" is only recalled; such a value is an assumption')


def _of_date(where: str, value: Mapping[str, Any], today: date) -> Iterator[Finding]:
    as_of = str(value.get("as_of", ""))
    if not as_of:
        yield Finding("undated", where, f"add `as_of: YYYY-MM`, or `as_of: {UNDATED}`")
        return
    old = as_of == UNDATED or today.year - int(as_of[:YEAR_DIGITS]) > STALE_FACT_YEARS
    about_its_year = as_of != UNDATED and as_of[:YEAR_DIGITS] in where
    if old and not about_its_year and not value.get("range") and not _is_law(value):
        yield Finding("stale", where, f"as of {as_of} without a range; say within which limits it may still hold")


def _is_law(value: Mapping[str, Any]) -> bool:
    """Return whether a value is a distribution, whose spread says within which limits it holds."""
    return any(isinstance(value.get(grade), Mapping) for grade in GRADES)


def _of_price(where: str, value: Mapping[str, Any], tax: str | None, whole: bool) -> Iterator[Finding]:
    key = grade_key(value)
    parts = value[key] if isinstance(value[key], list) else [value[key]]
    if not any(isinstance(part, str) and any(code in part for code in units.CURRENCIES) for part in parts):
        return
    try:
        read_priced({name: note for name, note in value.items() if name != "param"})
    except ValueError as error:
        yield Finding("unreadable", where, str(error))
    if "price_year" not in value:
        yield Finding("price without a year", where, "add `price_year: ...`")
    stated = value.get("tax")
    if not stated and not whole:
        yield Finding("price without tax basis", where, "add `tax: ...`, such as `included 9 %` or `exempt`")
    if stated and tax and " ".join(str(stated).split()) != tax:
        yield Finding("tax clash", where, f'"{stated}" within a tariff that says "{tax}"')


def _whole_tax(entry: store.Entry) -> str | None:
    whole = entry.body.get(store.WHOLE)
    tax = whole.get("tax") if isinstance(whole, Mapping) else None
    if not isinstance(tax, Mapping):
        return None
    return f"{tax['basis']} {tax['rate']}" if "rate" in tax else str(tax["basis"])


def read_any(raw: Any) -> tuple[str, Fraction]:
    """Return (kind, number) of one quantity or price; the kind of a price is its currency and what it is per.

    Raises ValueError for what is neither.
    """
    text = scalar_text(raw)
    event_rate = _EVENTS.fullmatch(text)
    if event_rate:
        return units.parse_rate(f"{event_rate[1]} consignments per {event_rate[2]}")
    try:
        return units.parse_any(text)
    except UnitProblem:
        if not any(code in text for code in units.CURRENCIES):
            return units.parse_rate(text)
        price = units.parse_price(text)
        return "/".join((price.currency, *price.per)), price.amount


def _ends_of(raw: Any) -> list[tuple[str, Fraction]]:
    """Return the kinds and numbers of a constant, or of the quantities a distribution is made of."""
    if isinstance(raw, list):
        return [read_any(part) for part in raw[:1]]
    if not isinstance(raw, Mapping):
        return [read_any(raw)]
    quantities = [part for part in _leaves(raw) if isinstance(part, str)]
    found = [read_any(part) for part in quantities]
    measures = {kind for kind, _ in found if kind != "share"}
    if len(measures) == 1:
        read_law(raw, measures.pop())
    return found


def _leaves(raw: Any) -> Iterator[Any]:
    if isinstance(raw, Mapping):
        for part in raw.values():
            yield from _leaves(part)
    elif isinstance(raw, list):
        for part in raw:
            yield from _leaves(part)
    else:
        yield raw


def _of_sources() -> Iterator[Finding]:
    """Yield sources without title or confidence."""
    for name, source in store.sources().items():
        if not source.get("title") or source.get("confidence") not in tuple("HMLDR"):
            yield Finding("unsourced", f"source {name}", "needs a title and a confidence of H, M, L, D or R")
