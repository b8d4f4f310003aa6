"""Waterfalls as readers see them: on the screen, on pages and as a picture, with the same bars and the same sum."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.cells import cell_len

from corridor_sim.report.charts.cost_waterfall import COST_WATERFALL, most_different
from corridor_sim.report.comparison import show_comparison
from corridor_sim.report.figures import draw_figures
from corridor_sim.report.page import results_page
from corridor_sim.report.screen import show_run
from corridor_sim.report.terminal import console_for
from corridor_sim.report.waterfall import leg_words, signed, where_of, why_of


def compared(summary: Any) -> str:
    stream = StringIO()
    show_comparison(summary, console_for(stream))
    return stream.getvalue()


def drawn(results: Any) -> bytes | None:
    return draw_figures(results.run(), names=[COST_WATERFALL.name]).get(COST_WATERFALL.name)


def estimate(value: float | None, half: float | None = None, resolved: bool = True) -> dict[str, Any]:
    ends = {} if value is None or half is None else {"low": value - half, "high": value + half}
    return {"value": value, "low": None, "high": None, "resolved": resolved} | ends


def add_why(pair: Any) -> None:
    """Explain a made-up comparison by two groups that make up its totals."""
    groups = [{"name": "route", "sets": ["a", "b"]}, {"name": "train: departs", "sets": ["c"]}]
    bars = []
    for total in pair["where"]["totals"]:
        value, cents = total["per_tonne"]["value"], total["cents"]
        for group, part in (("route", 2.0), ("train: departs", -1.0)):
            bars.append(
                {"base": total["base"], "group": group, "cents": cents * part, "per_tonne": estimate(value * part)}
            )
    pair["why"] = {"groups": groups, "bars": bars, "cases": 2, "notes": ['"x" is one bar, because it must']}


def test_few_bars_and_the_rest_sum_to_the_total_whatever_is_shown(results: Any) -> None:
    for pair in results.summary["comparisons"]:
        for base in ("cash", "total_logistics", "with_carbon"):
            for most in (1, 4, 100):
                waterfall = where_of(pair, most, base)
                assert waterfall is not None
                shown = sum(bar.figure["value"] for bar in waterfall.rows)
                assert shown == pytest.approx(waterfall.total.figure["value"], abs=0.01)
                assert len(waterfall.bars) <= most + 1


def test_the_largest_bars_come_first_and_only_those_of_the_cost_base(results: Any) -> None:
    pair = results.summary["comparisons"][0]
    waterfall = where_of(pair, 3, "cash")
    assert waterfall is not None
    sizes = [abs(bar.figure["value"]) for bar in waterfall.bars]
    assert sizes == sorted(sizes, reverse=True)
    everything = where_of(pair, 100, "cash")
    assert everything is not None and "carbon" not in {bar.what for bar in everything.rows}


def test_places_are_told_as_planners_say_them() -> None:
    def said(origin: str, destination: str, mode: str) -> str:
        return leg_words({"origin": origin, "destination": destination, "mode": mode})

    assert said("CNQZH", "HKHKG", "sea") == "CNQZH - HKHKG, sea"
    assert said("CNQZH", "CNQZH", "") == "at CNQZH"
    assert said("", "", "") == "whole way"


def test_differences_have_their_sign_but_nought_has_none() -> None:
    assert signed(estimate(12.34, 1.0)) == "+12.3 ±1.0"
    assert signed(estimate(-12.34)) == "-12.3"
    assert signed(estimate(0.001)) == signed(estimate(-0.001)) == "0.0"


def test_the_comparison_tells_where_and_if_asked_why(results: Any) -> None:
    plain = compared(results.summary)
    assert plain.count("Where: ") == len(results.summary["comparisons"]) and "Why: " not in plain
    assert "Where: qinzhou_ordinary against truck" in plain
    assert "CNCKG-TJC - CNQZH, rail" in plain
    for pair in results.summary["comparisons"]:
        add_why(pair)
    text = compared(results.summary)
    assert text.count("Why: ") == len(results.summary["comparisons"])
    assert 'Note: "x" is one bar, because it must' in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_the_screen_of_a_run_tells_why_only_where_it_was_asked_for(results: Any) -> None:
    def screen() -> str:
        stream = StringIO()
        show_run(results.summary, None, console_for(stream))
        return stream.getvalue()

    assert "Why: " not in screen()
    add_why(results.summary["comparisons"][0])
    assert "Why: qinzhou_ordinary against truck" in screen() and "Where: " not in screen()


def test_the_page_tells_where_and_if_asked_why(results: Any) -> None:
    text = results_page(results.summary, "run x", "images/x_")
    assert "### Where the cost differs" in text and "### Why the cost differs" not in text
    assert "![Where the cost differs most from the baseline](images/x_cost_waterfall.png)" in text
    add_why(results.summary["comparisons"][0])
    assert "| qinzhou_ordinary | route | 2 overrides | " in results_page(results.summary, "run x", "images/x_")


def test_the_picture_shows_what_differs_most(results: Any) -> None:
    sizes = {
        pair["alternative"]: abs(
            next(row for row in pair["where"]["totals"] if row["base"] == "total_logistics")["cents"]
        )
        for pair in results.summary["comparisons"]
    }
    pair = most_different(results.summary)
    assert pair is not None and pair["alternative"] == max(sizes, key=lambda name: sizes[name])
    plain = drawn(results)
    add_why(pair)
    assert plain is not None and plain != drawn(results)


def test_without_anything_to_compare_there_is_no_waterfall(results: Any) -> None:
    summary = results.summary
    summary["alternatives"], summary["comparisons"] = summary["alternatives"][:1], []
    assert "cost_waterfall" not in draw_figures(results.run())
    text = results_page(summary, "run x", "images/x_")
    assert "cost_waterfall" not in text and "Where the cost differs" not in text


def test_a_cost_that_is_not_available_is_not_drawn(results: Any) -> None:
    summary = results.summary
    for pair in summary["comparisons"]:
        for row in (*pair["where"]["totals"], *pair["where"]["bars"]):
            row["per_tonne"] = estimate(None)
        add_nothing = {"groups": [], "bars": [], "cases": 0, "notes": []}
        pair["why"] = add_nothing
        assert where_of(pair, 3) is None and why_of(pair) is None
    assert drawn(results) is None
    assert "Where: " not in compared(summary)


def test_nothing_that_differs_is_said_in_words(results: Any) -> None:
    pair = results.summary["comparisons"][0]
    pair["where"]["bars"] = []
    for row in pair["where"]["totals"]:
        row["per_tonne"] = estimate(0.0, 0.0)
    assert "They cost the same everywhere." in compared(results.summary)
    results.summary["comparisons"] = [pair]
    assert drawn(results) is not None


def test_what_is_not_resolved_is_said(results: Any) -> None:
    pair = results.summary["comparisons"][0]
    for row in pair["where"]["totals"]:
        row["per_tonne"]["resolved"] = False
    waterfall = where_of(pair, 3)
    assert waterfall is not None and waterfall.total.place == "not resolved"


def test_hostile_names_are_shown_as_they_are_written(results: Any) -> None:
    hostile = "$\\frac$ <b> | \x00 重庆" + "x" * 200
    for pair in results.summary["comparisons"]:
        pair["alternative"] = hostile
        add_why(pair)
        for bar in pair["where"]["bars"]:
            bar["activity"] = bar["origin"] = hostile
        pair["why"]["groups"][0]["name"] = hostile
        for bar in pair["why"]["bars"]:
            bar["group"] = hostile if bar["group"] == "route" else bar["group"]
    summary = {**results.summary, "alternatives": results.summary["alternatives"][:1]}
    assert drawn(results) is not None
    assert max(cell_len(line) for line in compared(summary).splitlines()) <= 80
    assert "\x00" not in compared(summary) + results_page(summary, "run x", "images/x_")
