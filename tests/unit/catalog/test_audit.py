"""The audit finds what is put wrong into a copy of the catalog, and nothing in the one that ships."""

from __future__ import annotations

from datetime import date

import pytest

from corridor_sim.catalog import store
from corridor_sim.catalog.audit import Finding, audit

TODAY = date(2026, 11, 22)
GOOD = """parameters:
  rail.way.km: {says: Length of the way, published: 100 km, source: map, as_of: 2025-01, reviewed: 2026-11-01}
  rail.way.price:
    {says: Price, published: 9 CNY/box, source: map, as_of: 2025, price_year: 2025, tax: exempt, reviewed: 2026-11-01}
  rail.way.takes:
    {says: Its time, assume: {pert: [1 h, 2 h, 4 h]}, range: [1 h, 4 h], because: no clock, reviewed: 2026-11-01}
  rail.way.list:
    says: Its tariff
    reviewed: 2026-11-01
    whole:
      activity: line_haul
      price: {derived: 7 CNY/box, source: map, from: 9 less 2, as_of: 2025, price_year: 2025}
      tax: {basis: included, rate: 9 %}
"""
SOURCES = """sources:
  map: {title: A map, confidence: H}
  hearsay: {title: Somebody said so, confidence: R}
  brief_b1: {title: What is to be tested, confidence: L}
"""


@pytest.fixture
def findings(tmp_path, monkeypatch):
    """Return a function that audits a catalog made of one room and one file of sources."""

    def audited(room: str = GOOD, sources: str = SOURCES, today: date = TODAY) -> list[Finding]:
        (tmp_path / "rail.yaml").write_text(room, encoding="utf-8")
        (tmp_path / "sources_all.yaml").write_text(sources, encoding="utf-8")
        monkeypatch.setattr(store, "DATA", tmp_path)
        caches = (
            store.room_names,
            store.document,
            store.room,
            store.find,
            store._blocks,
            store.sources,
            store.source_files,
        )
        for cache in caches:
            cache.cache_clear()
        try:
            return list(audit(today).findings)
        finally:
            for cache in caches:
                cache.cache_clear()

    return audited


def test_the_catalog_that_ships_is_clean() -> None:
    assert [str(finding) for finding in audit(TODAY).findings] == []


def test_the_small_catalog_is_clean(findings) -> None:
    assert findings() == []


WRONG = [
    ("source: map, as_of: 2025-01", "as_of: 2025-01", "unsourced", "rail.way.km"),
    ("source: map, as_of: 2025-01", "source: mapp, as_of: 2025-01", "unsourced", "rail.way.km"),
    ("source: map, as_of: 2025-01", "source: hearsay, as_of: 2025-01", "unsourced", "rail.way.km"),
    ("source: map, as_of: 2025-01", "source: brief_b1, as_of: 2025-01", "fed by a claim", "rail.way.km"),
    ("as_of: 2025-01, ", "", "undated", "rail.way.km"),
    ("as_of: 2025-01, ", "as_of: 2009-02, ", "stale", "rail.way.km"),
    ("as_of: 2025-01, ", "as_of: undated, ", "stale", "rail.way.km"),
    ("100 km", "100 kmh", "unreadable", "rail.way.km"),
    ("range: [1 h, 4 h]", "range: [1 km, 4 km]", "unit clash", "rail.way.takes"),
    ("range: [1 h, 4 h], ", "", "unexplained", "rail.way.takes"),
    (", because: no clock", "", "unexplained", "rail.way.takes"),
    ("says: Its tariff", "says: ''", "unsaid", "rail.way.list"),
    ("price_year: 2025, tax: exempt, ", "tax: exempt, ", "price without a year", "rail.way.price"),
    ("tax: exempt, ", "", "price without tax basis", "rail.way.price"),
    ("price_year: 2025}", "price_year: 2025, tax: exempt}", "tax clash", "rail.way.list price"),
    ("9 CNY/box", "9 EUR/box", "unreadable", "rail.way.price"),
    ("9 CNY/box", "-9 CNY/box", "unreadable", "rail.way.price"),
    ("no clock, reviewed: 2026-11-01", "no clock", "unreviewed", "rail.way.takes"),
    ("no clock, reviewed: 2026-11-01", "no clock, reviewed: 2025-01-01", "stale", "rail.way.takes"),
    ("assume: {pert", "guess: {pert", "ungraded", "rail.way.takes"),
]


@pytest.mark.parametrize(
    ("old", "new", "kind", "where"), WRONG, ids=[f"{kind}: {new[:30]}" for _, new, kind, _ in WRONG]
)
def test_what_is_wrong_is_found_and_nothing_else(findings, old, new, kind, where) -> None:
    assert GOOD.count(old) == 1
    found = findings(GOOD.replace(old, new))
    assert [(each.kind, each.where) for each in found] == [(kind, where)]


def test_an_old_fact_may_stand_with_a_range_a_law_or_the_year_in_its_id(findings) -> None:
    old = GOOD.replace("as_of: 2025-01", "as_of: 2009-02")
    assert findings(old.replace("100 km,", "100 km, range: [90 km, 120 km],")) == []
    assert findings(old.replace("published: 100 km", "published: {uniform: [90 km, 120 km]}")) == []
    assert findings(old.replace("rail.way.km", "rail.way.km_2009")) == []


def test_a_review_grows_stale_with_the_calendar(findings) -> None:
    assert findings(today=date(2027, 11, 2)) == []
    assert {each.kind for each in findings(today=date(2027, 11, 3))} == {"stale"}


def test_a_source_needs_a_confidence(findings) -> None:
    found = findings(sources=SOURCES.replace("A map, confidence: H", "A map"))
    assert [(each.kind, each.where) for each in found] == [("unsourced", "source map")]
