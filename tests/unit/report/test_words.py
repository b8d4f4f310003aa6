"""Numbers and texts as readers see them, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.report.words import (
    CNY_PER_KG,
    DAYS,
    NOT_RESOLVED,
    PERCENT,
    Footnotes,
    Unit,
    common_reasons,
    differs_by_subsidy,
    number,
    short_number,
    text_of,
)

CNY = Unit("CNY")


def est(value: float | None, low: float | None, high: float | None, resolved: bool = True) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "resolved": resolved, "method": "too few replications"}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (36.0, DAYS, "1.5"),
        (0.9312, PERCENT, "93.1"),
        (12345.4, CNY, "12,345"),
        (-0.2, CNY, "0"),
        (1.23456, CNY_PER_KG, "1.235"),
    ],
)
def test_numbers_are_shown_in_their_unit(value: float, unit: Unit, shown: str) -> None:
    assert number(value, unit) == shown


@pytest.mark.parametrize(("value", "shown"), [(30562.0, "30,600"), (71.94, "71.9"), (0.0123, "0.0123"), (4.0, "4")])
def test_short_numbers_have_no_exponent(value: float, shown: str) -> None:
    assert short_number(value) == shown


def test_an_even_interval_is_one_half_width_and_an_uneven_one_both_ends() -> None:
    assert Footnotes().cell(est(100.0, 90.0, 110.0), CNY) == "100 ±10"
    assert Footnotes().cell(est(100.0, 95.0, 120.0), CNY) == "100 (95 to 120)"


def test_what_is_missing_says_why_and_each_reason_is_said_once() -> None:
    notes = Footnotes()
    assert notes.cell(est(None, None, None), CNY) == "n/a [1]"
    assert notes.cell(est(5.0, None, None), CNY) == "5 [1]"
    assert notes.cell(est(5.0, 4.0, 6.0, resolved=False), CNY) == "5 ±1 [2]"
    assert notes.cell(None, CNY) == "n/a [3]"
    assert notes.lines() == ["[1] too few replications", f"[2] {NOT_RESOLVED}", "[3] not available"]


def test_a_reason_that_holds_for_all_figures_is_not_repeated_in_cells() -> None:
    rare = est(5.0, 4.0, 6.0, resolved=False)
    alternative = {"kpis": {"on_time": rare, "lateness_mean": est(None, None, None)}, "costs": [rare]}
    assert common_reasons(alternative) == {NOT_RESOLVED}
    assert Footnotes().cell(rare, CNY, common_reasons(alternative)) == "5 ±1"
    assert common_reasons({"kpis": {"on_time": rare}, "costs": [est(5.0, 4.0, 6.0)]}) == frozenset()


def test_texts_are_english_first_and_one_printable_line() -> None:
    assert text_of({"zh-Hans": "钦州", "en": "Qinzhou"}) == "Qinzhou"
    assert text_of({"zh-Hans": "钦州"}) == "钦州"
    assert text_of({"en": "a\x1b[31mb\nc"}) == r"a\x1b[31mb\nc"
    assert text_of(None) == ""


def test_subsidy_matters_only_where_amounts_differ() -> None:
    def rows(before: float, after: float) -> list[dict[str, Any]]:
        key = {"base": "cash", "perspective": "chain", "per": "box"}
        return [key | {"subsidy": "before", "value": before}, key | {"subsidy": "after", "value": after}]

    assert differs_by_subsidy(rows(10.0, 8.0), base="cash")
    assert not differs_by_subsidy(rows(10.0, 10.0), base="cash")
    assert not differs_by_subsidy(rows(10.0, 8.0), base="with_carbon")
