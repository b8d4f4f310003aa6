"""The HTML report: every number is the summary's, every text is a text, in every script, and nothing is fetched."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from corridor_sim.report.charts.registry import CHARTS
from corridor_sim.report.html.answer import focus_of
from corridor_sim.report.html.markup import Numbers, spans, tell
from corridor_sim.report.html.page import page_html
from corridor_sim.report.script.words import LANGUAGES
from corridor_sim.report.words import DAYS, Unit

LIBRARY = "window.vegaEmbed = () => {};"
"""In place of the charting library, which is only a long script."""


class Reader(HTMLParser):
    """Reads a page as a browser would: its elements, its numbers, its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.numbers: list[tuple[str, float, str]] = []
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] in ("script", "style"):
            return
        if self._inside and self._inside[-1] == "data":
            told = self.tags[-1][1]
            self.numbers.append((str(told["data-at"]), float(str(told["value"])), data))
        self.texts.append(data)


def at(summary: Any, place: str) -> Any:
    for part in place.split("/"):
        summary = summary[int(part) if isinstance(summary, list) else part]
    return summary


def test_every_number_is_the_summarys(results: Any) -> None:
    page = Reader(page_html(results.run(), "en", LIBRARY))
    assert len(page.numbers) > 20
    for place, value, _ in page.numbers:
        found = at(results.summary, place)
        assert value == (found["value"] if isinstance(found, dict) else found), place


def test_a_number_is_written_as_on_the_screen() -> None:
    figure = {"value": 36.0, "low": 33.6, "high": 38.4, "resolved": True, "method": ""}
    numbers = Numbers({"kpis": {"transit_p50": figure}})
    assert numbers.text(figure, DAYS) == '<data value="36.0" data-at="kpis/transit_p50">1.5 ±0.1</data>'
    assert numbers.text(figure, Unit("h"), sign=True).endswith(">+36 ±2</data>")
    assert str(numbers.text(None, DAYS)) == "–"


def test_hostile_texts_are_texts(results: Any) -> None:
    hostile = "<script>alert(1)</script>\"'</script> $\\frac$ 😀 重庆" + "x" * 300
    summary = results.summary
    summary["scenario"]["title"] = summary["scenario"]["question"] = {"en": hostile}
    for one in summary["alternatives"]:
        one["title"] = {"en": hostile}
    summary["alternatives"][1]["name"] = summary["comparisons"][0]["alternative"] = hostile
    results.samples[hostile] = (
        results.samples.pop("rail and sea")
        if "rail and sea" in results.samples
        else next(iter(results.samples.values()))
    )
    for row in summary["inputs"]:
        row |= {"path": hostile, "text": hostile, "because": hostile}
    for source in summary["sources"].values():
        source |= {"title": hostile, "url": "javascript:alert(1)", "note": hostile}
    text = page_html(results.run(), "en", LIBRARY)
    page = Reader(text)
    assert text.count("<script") == 4
    assert any("<script>alert(1)</script>" in part for part in page.texts)
    assert not any((attrs.get("href") or "").startswith("javascript") for _, attrs in page.tags)
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert data is not None and "charts" in json.loads(data.group(1))


def test_nothing_is_fetched(results: Any) -> None:
    page = Reader(page_html(results.run(), "en", LIBRARY))
    fetched = [attrs.get("src") or attrs.get("href") for tag, attrs in page.tags if tag in ("script", "link", "img")]
    assert all(address is None or address.startswith("data:") for address in fetched)
    (policy,) = [attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None and policy.startswith("default-src 'none'")


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_chart_has_words_in_every_script(chart: Any) -> None:
    for words in (chart.title, chart.says):
        assert set(words) == set(LANGUAGES) and all(words.values())


def test_words_and_phrases_become_elements_of_their_script() -> None:
    words = {"en": "a < b", "zh-Hans": "甲", "zh-Hant-HK": "乙"}
    assert spans(words) == (
        '<span lang="en">a &lt; b</span><span lang="zh-Hans">甲</span><span lang="zh-Hant-HK">乙</span>'
    )
    assert spans("<same>") == "&lt;same&gt;"
    assert "&lt;b&gt; is the cheapest" in tell("page.the_cheapest", alternative="<b>")["en"]


def test_the_answer_is_about_what_saves_most(results: Any) -> None:
    savings = {
        pair["alternative"]: next(
            row["percent"]["value"]
            for row in pair["savings"]
            if (row["base"], row["perspective"], row["per"], row["subsidy"])
            == ("total_logistics", "chain", "kg", "after")
        )
        for pair in results.summary["comparisons"]
    }
    assert focus_of(results.run()) == max(savings, key=lambda name: savings[name])
