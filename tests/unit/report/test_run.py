"""What a run calls its things: the scenario's own words first, then those of the house, else as it is written."""

from __future__ import annotations

from typing import Any

from corridor_sim.report.run import Run


def _run(alternatives: dict[str, dict[str, str]], **scenario: Any) -> Run:
    rows = [{"name": name, "title": title} for name, title in alternatives.items()]
    baseline = next(iter(alternatives))
    return Run({"alternatives": rows, "baseline": baseline}, {baseline: scenario}, {})


def test_a_name_is_said_by_the_scenario_else_by_the_house_else_as_it_is():
    run = _run({"now": {}}, words={"train": {"zh-Hans": "夜班列"}, "slow boat": {"zh-Hant-HK": "慢船"}})
    assert run.name("train") == {"en": "train", "zh-Hans": "夜班列", "zh-Hant-HK": "夜班列"}
    assert run.name("slow boat") == {"en": "slow boat", "zh-Hans": "慢船", "zh-Hant-HK": "慢船"}
    assert run.name("delivery")["zh-Hant-HK"] == "送貨"
    assert run.name("nobody knows it") == dict.fromkeys(("en", "zh-Hans", "zh-Hant-HK"), "nobody knows it")


def test_an_alternative_has_its_name_in_english_and_its_short_words_or_its_title_in_chinese():
    titled = {"en": "By rail and sea", "zh-Hans": "铁海联运", "zh-Hant-HK": "鐵海聯運"}
    run = _run({"now": titled, "later": titled}, words={"now": {"zh-Hans": "现状", "zh-Hant-HK": "現狀"}})
    assert run.alternative("now") == {"en": "now", "zh-Hans": "现状", "zh-Hant-HK": "現狀"}
    assert run.alternative("later") == {"en": "later", "zh-Hans": "铁海联运", "zh-Hant-HK": "鐵海聯運"}
    assert _run({"bare": {}}).alternative("bare")["zh-Hans"] == "bare"


def test_an_alternative_named_like_a_thing_of_the_house_does_not_rename_that():
    run = _run({"finance": {}}, words={"finance": {"zh-Hans": "香港融资结算", "zh-Hant-HK": "香港融資結算"}})
    assert run.alternative("finance")["zh-Hans"] == "香港融资结算"
    assert run.name("finance")["zh-Hans"] == "融资"


def test_control_characters_of_a_name_are_shown_and_never_sent():
    run = _run({"now": {}}, words={"a\x1b[31m": {"zh-Hans": "红\x07"}})
    for words in (run.name("a\x1b[31m"), run.alternative("a\x1b[31m")):
        assert not any(set(text) & {"\x1b", "\x07"} for text in words.values())
