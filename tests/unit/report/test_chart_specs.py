"""Charts in both forms: the rows of the specification are those of the picture, and every word is in three scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import vl_convert
from matplotlib.text import Text

from corridor_sim.report.charts.base import Chart
from corridor_sim.report.charts.registry import BY_NAME
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES
from corridor_sim.report.waterfall import where_of

NAMES = ["time_cost_distance", "cost_breakdown", "cost_waterfall", "change_waterfall", "claims"]
HOSTILE = '<script>alert(1)</script> $\\frac$ =HYPERLINK("x") {{x}} \x00 🍑 重庆'


def estimate(value: float, half: float) -> dict[str, Any]:
    ends = {"value": value, "low": value - half, "high": value + half}
    return {**ends, "unit": "%", "n": 30, "resolved": True, "method": "t"}


def spread(middle: float, wide: float) -> dict[str, Any]:
    return {
        "low": middle - 4 * wide,
        "quartiles": [middle - wide, middle + wide],
        "median": middle,
        "high": middle + 4 * wide,
    }


def claim(name: str, interval: list[float]) -> dict[str, Any]:
    cells = [
        {"flow": "crisp plum", "stated": estimate(4.0, 1.0), **spread(3.0, 1.0)},
        {"flow": "lemon", "stated": estimate(-9.0, 1.0), **spread(-30.0, 20.0)},
    ]
    return {
        "name": name,
        "interval": interval,
        "cost_base": "cash",
        "against": "truck",
        "verdict": "falls short",
        "stated": estimate(1.5, 0.5),
        "doubt": spread(1.0, 0.5),
        "cells": {"cells": cells},
    }


@pytest.fixture
def run(results: Any) -> Run:
    """A made-up run with changes and claims."""
    summary = results.summary
    summary["changes"] = [summary["comparisons"][1] | {"against": "qinzhou_ordinary"}]
    claims = {key: summary[key] for key in ("scenario", "run", "version")}
    claims["claims"] = [claim("rail", [5.0, 8.0]), claim("rail and more", [10.0, 20.0])]
    return Run(summary, results.resolved, results.tables, claims)


def spec_of(run: Run, name: str) -> Any:
    spec = BY_NAME[name].spec(run)
    assert spec is not None
    return spec


def rows_of(run: Run, name: str, **wanted: str) -> list[dict[str, Any]]:
    rows = spec_of(run, name)["data"]["values"]
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def labels_of(run: Run, name: str) -> Any:
    return {one["name"]: one["value"] for one in spec_of(run, name)["params"]}["labels"]


def in_language(part: Any, language: str) -> Any:
    """The specification as the page makes it: words become the text of one language."""
    if isinstance(part, list):
        return [in_language(each, language) for each in part]
    if not isinstance(part, dict):
        return part
    if set(part) == set(LANGUAGES):
        return part[language]
    return {key: in_language(value, language) for key, value in part.items()}


def parts_named(part: Any, name: str) -> Iterator[Any]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == name:
                yield value
            if key not in ("data", "params"):
                yield from parts_named(value, name)
    elif isinstance(part, list):
        for each in part:
            yield from parts_named(each, name)


def drawn(run: Run, name: str, language: str = "en", alternative: str = "") -> Any:
    chart: Chart = BY_NAME[name]
    figure = chart.draw(run, language, chart.shown(run, alternative))
    assert figure is not None
    return figure


def texts(run: Run, name: str, language: str) -> list[str]:
    return [text for one in drawn(run, name, language).findobj(Text) if (text := one.get_text().strip())]


@pytest.mark.parametrize("name", NAMES)
def test_every_title_is_in_three_scripts_and_the_specification_is_plain_data(run: Run, name: str) -> None:
    spec = spec_of(run, name)
    titles = [title for title in parts_named(spec, "title") if title is not None]
    assert titles and all(set(title) == set(LANGUAGES) for title in titles)
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_specification_is_good_vega_lite(run: Run, name: str, language: str) -> None:
    made = in_language(spec_of(run, name), language)
    assert vl_convert.vegalite_to_vega({**made, "width": 300})["marks"]


@pytest.mark.parametrize("name", NAMES)
def test_words_of_the_picture_change_with_the_language(run: Run, name: str) -> None:
    """What stays the same are numbers and the names that this made-up scenario has in English only."""
    chinese, hong_kong = (set(texts(run, name, language)) for language in LANGUAGES[1:])
    assert BY_NAME[name].title["zh-Hans"] in " ".join(chinese)
    assert BY_NAME[name].title["zh-Hant-HK"] in " ".join(hong_kong)
    axes = {
        label.get_text() for one in drawn(run, name).axes for label in (one.xaxis.label, one.yaxis.label, one.title)
    }
    assert not (axes - {""}) & (chinese | hong_kong)


def test_a_way_has_the_same_points_in_both_forms(run: Run) -> None:
    rows = rows_of(run, "time_cost_distance", alternative="truck")
    assert [(row["km"], row["hours"]) for row in rows] == [(0, 0), (0, 6), (1480, 40), (1480, 45), (1535, 48)]
    assert [row["cny"] for row in rows] == [0, 500, 15300, 16200, 22400]
    assert [row["hours_shown"] for row in rows] == ["0.0", "6.0", "40.0", "45.0", "48.0"]
    assert [row["step"] for row in rows] == ["", "loading", "haul to Shenzhen", "border", "haul to market"]
    times, costs, _ = drawn(run, "time_cost_distance").axes
    lines = {tuple(line.get_ydata()) for axes in (times, costs) for line in axes.lines}
    for one in run.names:
        way = rows_of(run, "time_cost_distance", alternative=one)
        assert tuple(row["hours"] for row in way) in lines and tuple(row["cny"] for row in way) in lines
        assert all(row["low"] <= row["hours"] <= row["high"] for row in way)


def test_what_is_not_known_has_no_point(run: Run) -> None:
    run.summary["alternatives"][0]["steps"][1]["elapsed"]["p90"] = None
    run.summary["alternatives"][0]["steps"][2]["cost"] = None
    rows = rows_of(run, "time_cost_distance", alternative="truck")
    assert "high" not in rows[2] and "band_shown" not in rows[2] and "hours" in rows[2]
    assert [("cny" in row) for row in rows] == [True, True, True, False, False]
    json.dumps(spec_of(run, "time_cost_distance"), allow_nan=False)
    for one in run.summary["alternatives"]:
        one["steps"] = []
    assert BY_NAME["time_cost_distance"].spec(run) is None


def test_amounts_of_a_bar_sum_to_the_activities_and_totals_are_those_of_the_summary(run: Run) -> None:
    for one in run.alternatives:
        rows = rows_of(run, "cost_breakdown", alternative=one["name"])
        amounts = sum(row["cny"] for row in rows if "cny" in row)
        assert amounts == pytest.approx(sum(row["value"] for row in one["activities"]))
        totals = {row["what"]: row for row in rows if "total" in row}
        for base in ("cash", "total_logistics", "with_carbon"):
            (cost,) = [
                row
                for row in one["costs"]
                if (row["base"], row["perspective"], row["per"], row["subsidy"]) == (base, "chain", "box", "after")
            ]
            assert (totals[base]["total"], totals[base]["low"]) == (cost["value"], cost["low"])
            assert totals[base]["shown"] == f"{cost['value']:,.0f} ±{cost['high'] - cost['value']:,.0f}"
            assert any(totals[base]["shown"] in text for text in texts(run, "cost_breakdown", "en"))
    widths = sorted(round(bar.get_width(), 6) for bar in drawn(run, "cost_breakdown").axes[0].patches)
    rows = [round(row["cny"], 6) for row in rows_of(run, "cost_breakdown") if "cny" in row]
    assert widths == sorted(rows)


def test_an_activity_of_two_bases_is_told_apart(run: Run) -> None:
    for one in run.summary["alternatives"]:
        one["activities"][0] |= {"activity": "decay"}
        one["activities"].append({"activity": "decay", "cost_class": "x", "base": "carbon", "value": 9e9})
    said = [words["en"] for words in labels_of(run, "cost_breakdown").values()]
    assert len(said) == len(set(said))
    assert {"loss of freshness", "loss of freshness (time)", "loss of freshness (carbon)"} <= set(said)


@pytest.mark.parametrize("name", ["cost_waterfall", "change_waterfall"])
def test_bars_of_a_waterfall_follow_each_other_up_to_their_sum(run: Run, name: str) -> None:
    pairs = run.summary[{"cost_waterfall": "comparisons", "change_waterfall": "changes"}[name]]
    for pair in pairs:
        rows = rows_of(run, name, alternative=pair["alternative"])
        bars, (total,) = [row for row in rows if row.get("kind") in ("cheaper", "dearer")], rows[-1:]
        assert all(begun["to"] == pytest.approx(goes["from"]) for begun, goes in pairwise(bars))
        assert all((bar["to"] > bar["from"]) == (bar["kind"] == "dearer") for bar in bars)
        (whole,) = [row for row in pair["where"]["totals"] if row["base"] == "total_logistics"]
        assert bars[-1]["to"] == pytest.approx(whole["per_tonne"]["value"], abs=0.01)
        assert (total["kind"], total["from"], total["to"]) == ("total", 0, whole["per_tonne"]["value"])
        assert (total["low"], total["high"]) == (whole["per_tonne"]["low"], whole["per_tonne"]["high"])
        shown = where_of(pair, 12)
        assert shown is not None
        labels = labels_of(run, name)
        assert [labels[bar["what"]]["en"] for bar in bars] == [run.name(bar.what)["en"] for bar in shown.rows]


def test_an_alternative_that_is_not_compared_says_so(run: Run) -> None:
    for name, alternative in (("cost_waterfall", "truck"), ("change_waterfall", "with_certificate")):
        (row,) = rows_of(run, name, alternative=alternative)
        assert (
            labels_of(run, name)[row["what"]]["zh-Hans"]
            == f"{run.alternative(alternative)['zh-Hans']}：此处无可对比的方案。"
        )


def test_the_chosen_waterfall_is_drawn_or_else_the_one_that_differs_most(run: Run) -> None:
    def heading(alternative: str) -> str:
        (title,) = [
            t
            for t in (one.get_text() for one in drawn(run, "cost_waterfall", "en", alternative).texts)
            if ":" in t and "against" in t
        ]
        return title.partition(": ")[2]

    sizes = {}
    for pair in run.summary["comparisons"]:
        (whole,) = [row for row in pair["where"]["totals"] if row["base"] == "total_logistics"]
        sizes[pair["alternative"]] = abs(whole["per_tonne"]["value"])
    most = max(sizes, key=lambda name: sizes[name])
    assert {name: heading(name) for name in sizes} == {name: f"{name} against truck" for name in sizes}
    assert heading("truck") == heading("") == f"{most} against truck"


def test_without_changes_claims_or_comparisons_there_is_no_chart(results: Any) -> None:
    run = results.run()
    for name in ("change_waterfall", "claims"):
        assert BY_NAME[name].spec(run) is None
        assert BY_NAME[name].draw(run, "en", run.main) is None
    run.summary["comparisons"] = []
    assert BY_NAME["cost_waterfall"].spec(run) is None


def test_claims_have_their_band_and_a_line_for_each_kind(run: Run) -> None:
    rows = [row for row in rows_of(run, "claims") if "median" in row]
    assert [row["row"] for row in rows] == [3, 4, 5, 8, 9, 10], "each claim has two lines of heading"
    assert [(row["band_low"], row["band_high"]) for row in rows] == [(5, 8)] * 3 + [(10, 20)] * 3
    plum, lemon = rows[1], rows[2]
    assert [plum[part] for part in ("low", "first", "median", "third", "high", "stated")] == [-1, 2, 3, 4, 7, 4]
    assert plum["stated_shown"] == "4.0 ±1.0" and plum["claimed"] == "5 – 8"
    assert (lemon["beyond_low"], lemon["beyond_high"], plum["beyond_low"]) == (True, False, False)
    assert [labels_of(run, "claims")[str(row["row"])]["zh-Hans"] for row in rows[:2]] == ["全部货物", "脆李"]
    first, second = drawn(run, "claims").axes
    for axes, band in ((first, (5, 8)), (second, (10, 20))):
        (patch,) = axes.patches
        corners = patch.get_path().transformed(patch.get_patch_transform()).vertices[:, 0]
        assert (corners.min(), corners.max()) == band
        ends = {tuple(line.get_xdata()) for line in axes.lines}
        assert {(-1.0, 7.0), (2.0, 4.0), (3.0,), (4.0,)} <= ends


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_text(run: Run, name: str) -> None:
    summary: Any = run.summary
    for one in summary["alternatives"]:
        for step in one["steps"]:
            step |= {"step": HOSTILE, "origin": HOSTILE, "route": HOSTILE}
        one["activities"][0]["activity"] = HOSTILE
    for pair in (*summary["comparisons"], *summary["changes"]):
        for bar in pair["where"]["bars"]:
            bar["origin"] = HOSTILE
    for answer in run.claims["claims"] if run.claims else ():
        answer["name"] = answer["cells"]["cells"][0]["flow"] = HOSTILE
    svg = vl_convert.vegalite_to_svg({**in_language(spec_of(run, name), "zh-Hans"), "width": 1200})
    assert "<script" not in svg and "\x00" not in svg
    assert all("\x00" not in text for text in texts(run, name, "en"))
    from corridor_sim.report.figures import draw_figures

    picture = draw_figures(run, names=[name], form="svg")[name]
    assert b"<script" not in picture
