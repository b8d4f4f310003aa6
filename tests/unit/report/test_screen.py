"""The screen of `run` and the table of `compare`: what they must say, must not claim, and where they must fit."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from corridor_sim.report.comparison import show_comparison
from corridor_sim.report.screen import cheapest, show_run
from corridor_sim.report.terminal import Screen, chunks, console_for, wrap_name

HEADLINE = {"base": "total_logistics", "perspective": "chain", "per": "kg", "subsidy": "after"}


def screen(summary: Any) -> str:
    stream = StringIO()
    show_run(summary, Path("results/qinzhou/0123456789abcdef"), console_for(stream))
    return stream.getvalue()


def table(summary: Any) -> str:
    stream = StringIO()
    show_comparison(summary, console_for(stream))
    return stream.getvalue()


def row(text: str, label: str) -> list[str]:
    """The cells of the first line that starts with a label."""
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return line.strip().removeprefix(label).split()


def set_saving(summary: Any, alternative: str, value: float, half: float) -> None:
    """Set the headline saving of an alternative against the baseline."""
    pair = next(pair for pair in summary["comparisons"] if pair["alternative"] == alternative)
    saving = next(row for row in pair["savings"] if all(row[key] == word for key, word in HEADLINE.items()))
    saving["cny"] |= {"value": value, "low": value - half, "high": value + half}
    saving["separated"] = abs(value) > half


def keep_alternatives(summary: Any, count: int) -> None:
    names = [one["name"] for one in summary["alternatives"][:count]]
    summary["alternatives"] = summary["alternatives"][:count]
    summary["comparisons"] = [pair for pair in summary["comparisons"] if pair["alternative"] in names]


@pytest.mark.parametrize("show", [screen, table])
def test_nothing_is_wider_than_80_columns(results: Any, show: Any) -> None:
    text = show(results.summary)
    assert max(cell_len(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize("show", [screen, table])
def test_a_pipe_gets_no_colours_and_no_drawn_lines(results: Any, show: Any) -> None:
    text = show(results.summary)
    assert "\x1b" not in text
    assert {sign for sign in text if ord(sign) > 127} - set("±假设情景") == set()


def test_a_terminal_gets_colours_and_lines(results: Any) -> None:
    stream = StringIO()
    show_run(results.summary, None, Screen(file=stream, force_terminal=True, color_system="standard", width=80))
    assert "\x1b[1m" in stream.getvalue()
    assert "──" in stream.getvalue()


def test_days_costs_and_shares_are_those_of_the_summary(results: Any) -> None:
    truck = results.summary["alternatives"][0]
    truck["kpis"]["transit_p90"] |= {"value": 108.0, "low": 96.0, "high": 120.0}
    truck["kpis"]["latest_departure"] |= {"value": 117.6, "low": 115.2, "high": 120.0}
    truck["kpis"]["on_time"] |= {"value": 0.5, "low": 0.25, "high": 0.75}
    text = screen(results.summary)
    assert row(text, "days, P90")[:2] == ["4.5", "±0.5"]
    assert row(text, "leave days before")[:2] == ["4.9", "±0.1"]
    assert row(text, "% on time")[:2] == ["50.0", "±25.0"]
    assert row(text, "cash before subsidy")[:2] == ["17,920", "±179"]
    assert row(text, "% of cost") == ["62.0"] * 4
    late = "43.0 ±2.0 % of the late: an inspection hold (food check) carried them past the Friday cut-off of barge"
    assert f"qinzhou_ordinary: {late}" in " ".join(text.split())
    assert text.endswith("Results: results/qinzhou/0123456789abcdef\n")


def test_suppositions_are_marked_in_both_languages(results: Any) -> None:
    text = screen(results.summary)
    head = text[: text.index("----")]
    assert head.count("supposition") == 4
    assert head.count("假设情景") == 4
    assert "qinzhou_ordinary: Rail to Qinzhou, feeder, ordinary clearance\n" in text


def test_thresholds_are_sentences_with_their_interval_or_the_range_tried(results: Any) -> None:
    threshold = results.summary["thresholds"][0]
    said = "worth it by length of a hold (supposition 假设情景): worth it below 36 h (32 to 40 h)"
    assert said in " ".join(screen(results.summary).split())
    threshold["crossing"] |= {"low": None, "high": None}
    assert "below 36 h (at most 12 to at least 48 h)" in " ".join(screen(results.summary).split())
    threshold |= {"crossing": None, "verdict": "never worth it"}
    assert "never worth it from 12 to 48 h" in " ".join(screen(results.summary).split())


def test_nothing_is_called_cheapest_where_intervals_overlap_or_span_zero(results: Any) -> None:
    summary = results.summary
    for name, value, half in (
        ("qinzhou_ordinary", 500.0, 100.0),
        ("qinzhou_convenient", 1000.0, 100.0),
        ("with_certificate", 1050.0, 100.0),
    ):
        set_saving(summary, name, value, half)
    assert cheapest(summary) is None
    assert "no alternative is shown to be the cheapest" in " ".join(screen(summary).split())
    set_saving(summary, "with_certificate", 1300.0, 100.0)
    assert cheapest(summary) == "with_certificate"
    assert "the cheapest is with_certificate (supposition 假设情景, B6)" in " ".join(screen(summary).split())
    for name in ("qinzhou_ordinary", "qinzhou_convenient", "with_certificate"):
        set_saving(summary, name, 50.0, 51.0)
    assert cheapest(summary) is None
    for name in ("qinzhou_ordinary", "qinzhou_convenient", "with_certificate"):
        set_saving(summary, name, -52.0, 51.0)
    assert cheapest(summary) == "truck"


def test_the_verdict_follows_the_interval_of_the_saving(results: Any) -> None:
    set_saving(results.summary, "qinzhou_ordinary", 10.0, 5.0)
    set_saving(results.summary, "qinzhou_convenient", -10.0, 5.0)
    set_saving(results.summary, "with_certificate", 10.0, 11.0)
    assert row(screen(results.summary), "so it is") == ["-", "cheaper", "dearer", "undecided"]


def test_without_intervals_nothing_is_called_cheapest(results: Any) -> None:
    for pair in results.summary["comparisons"]:
        for saving in pair["savings"]:
            saving["cny"] |= {"low": None, "high": None}
    assert cheapest(results.summary) is None


def test_not_available_has_its_reason(results: Any) -> None:
    results.summary["alternatives"][1]["kpis"]["transit_p90"] |= {"value": None, "method": "cargo was not delivered"}
    text = screen(results.summary)
    assert row(text, "days, P90")[2:4] == ["n/a", "[1]"]
    assert "[1] cargo was not delivered" in text


def test_undelivered_cargo_is_shown_only_where_there_is_any(results: Any) -> None:
    assert "undelivered" not in screen(results.summary)
    results.summary["alternatives"][1]["kpis"]["undelivered"] |= {"value": 0.04, "low": 0.03, "high": 0.05}
    assert row(screen(results.summary), "% undelivered")[2:4] == ["4.0", "±1.0"]


def test_one_alternative_alone_has_no_savings(results: Any) -> None:
    keep_alternatives(results.summary, 1)
    text = screen(results.summary)
    assert "saving" not in text.split("Days are")[0]
    assert "cheapest" not in text
    assert "17,920 ±179" in table(results.summary)


def test_hostile_texts_are_printed_as_they_are_written(results: Any) -> None:
    hostile = "[red]x[/red] :smile: $a_b$ \x1b[2J \u202e <b> [link=http://x]y[/link]"
    results.summary["scenario"]["title"] = {"en": hostile}
    results.summary["alternatives"][1]["title"] = {"en": hostile}
    results.summary["notes"] = [hostile]
    text = " ".join(screen(results.summary).split())
    assert text.count(r"[red]x[/red] :smile: $a_b$ \x1b[2J \u202e <b> [link=http://x]y[/link]") == 3
    assert "\x1b" not in text and "\u202e" not in text


def test_long_names_and_many_alternatives_still_fit(results: Any) -> None:
    summary = results.summary
    summary["alternatives"] *= 2
    for one in summary["alternatives"]:
        one["name"] = "n" * 80
    assert max(cell_len(line) for line in screen(summary).splitlines()) <= 80


def test_comparison_shows_differences_and_stars_only_separated_ones(results: Any) -> None:
    pair = results.summary["comparisons"][0]
    pair["kpis"]["transit_p50"] |= {"value": 12.0, "low": 8.0, "high": 16.0, "separated": True}
    pair["kpis"]["on_time"] |= {"value": -0.02, "low": -0.05, "high": 0.01, "separated": False}
    text = table(results.summary)
    assert "+12.0 ±4.0*" in text
    assert "-2.0 ±3.0 " in text
    saving = next(row for row in pair["savings"] if row["per"] == "box" and row["perspective"] == "chain")
    saving |= {"separated": False}
    saving["cny"] |= {"value": 100.0, "low": -50.0, "high": 250.0}
    saving["percent"] |= {"value": 1.5, "low": -0.5, "high": 3.5}
    text = table(results.summary)
    assert "-100 ±150" in text
    assert "-1.5 ±2.0 % " in text


def test_groups_side_by_side_are_even() -> None:
    assert [len(group) for group in chunks(list("abcdef"), 5)] == [3, 3]
    assert [len(group) for group in chunks(list("abcde"), 5)] == [5]
    assert chunks([], 5) == []


def test_names_break_after_underscores_and_spaces() -> None:
    assert wrap_name("qinzhou_convenient", 11) == ["qinzhou_", "convenient"]
    assert wrap_name("a b c", 11) == ["a b c"]
