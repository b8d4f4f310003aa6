"""What reports say in three scripts of thresholds, printed figures, claims, notes and units."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.economics.remarks import SENTENCES as REMARKS
from corridor_sim.evidence.thresholds import Verdict
from corridor_sim.evidence.verdicts import Word
from corridor_sim.report.script.claims import amount_words, chance_words, chances_words, claim_words, condition_words
from corridor_sim.report.script.figures import cost_words, estimate_words, kpi_words, unit_words
from corridor_sim.report.script.notes import note_words, notes_of
from corridor_sim.report.script.verdicts import (
    anomaly_words,
    answer_words,
    broken_words,
    difference_words,
    threshold_words,
    verdict_words,
)
from corridor_sim.report.script.words import LANGUAGES, room, same, spaced
from corridor_sim.report.words import DAYS, PERCENT
from corridor_sim.study.notes import SENTENCES, note_text


def _threshold(verdict: str, crossing: dict[str, Any] | None, unit: str = "CNY/TEU") -> dict[str, Any]:
    points = [{"number": number} for number in (1800.0, 4500.0)]
    says = {"en": "better once it costs more than", "zh-Hans": "条件是高于", "zh-Hant-HK": "條件是高於"}
    return {"name": "price", "says": says, "verdict": verdict, "crossing": crossing, "unit": unit, "points": points}


CROSSED = _threshold("worth it above", {"value": 3380.0, "low": 3300.0, "high": None})


def test_a_threshold_tells_where_it_turns_and_how_sure_that_is():
    assert answer_words(CROSSED) == {
        "en": "worth it above 3,380 CNY/TEU (3,300 to at least 4,500 CNY/TEU)",
        "zh-Hans": "高于 3,380 元/标准箱时值得采用（3,300 至 不低于 4,500 元/标准箱）",
        "zh-Hant-HK": "高於 3,380 人民幣元/標準箱時值得採用（3,300 至 不低於 4,500 人民幣元/標準箱）",
    }
    assert threshold_words(CROSSED)["zh-Hans"].startswith("条件是高于……：高于 3,380")


def test_signs_stand_apart_from_chinese_words_and_not_from_brackets():
    told = _threshold("worth it below", {"value": 7.0, "low": 6.0, "high": 8.0}, "%")
    assert answer_words(told)["zh-Hans"] == "低于 7 % 时值得采用（6 至 8 %）"


def test_where_it_never_turns_the_range_tried_is_told():
    told = answer_words(_threshold("never worth it", None))
    assert told["en"] == "never worth it from 1,800 to 4,500 CNY/TEU"
    assert told["zh-Hant-HK"] == "在 1,800 至 4,500 人民幣元/標準箱範圍內都不值得採用"


@pytest.mark.parametrize("verdict", Verdict.__args__)
def test_every_verdict_on_a_threshold_has_words(verdict):
    crossing = {"value": 2.0, "low": 1.0, "high": 3.0} if verdict in ("worth it below", "worth it above") else None
    assert answer_words(_threshold(verdict, crossing))["en"].startswith(verdict)


def test_verdicts_on_claims_are_those_of_the_glossary():
    glossary = {
        "supported": ("支持", "支持"),
        "exceeds": ("超出", "超出"),
        "falls short": ("未达", "未達"),
        "contradicted": ("不支持", "不支持"),
        "inconclusive": ("证据不足", "證據不足"),
    }
    for word in Word.__args__:
        said = verdict_words(word)
        assert said["en"] == word
        if word in glossary:
            assert (said["zh-Hans"], said["zh-Hant-HK"]) == glossary[word]
            assert room("verdicts")[f"claim {word}"]["zh-Hans"].startswith(glossary[word][0])


def test_a_saving_is_one_where_it_is_separated_from_none():
    assert difference_words(None)["en"] == "undecided"
    assert difference_words({"separated": False, "cny": {"value": 9.0}})["en"] == "undecided"
    assert difference_words({"separated": True, "cny": {"value": 9.0}})["zh-Hant-HK"] == "較便宜"
    assert difference_words({"separated": True, "cny": {"value": -9.0}})["zh-Hans"] == "更贵"


def test_readings_of_a_printed_figure():
    readings = [{"reading": "as printed", "t": 9e6, "fits": False}, {"reading": "mine", "t": 1e4, "fits": True}]
    told = anomaly_words({"name": "printed tonnage", "lift_t": 25900.0, "readings": readings})
    assert told["en"] == (
        "printed tonnage: the timetable lifts 25,900 t a year; as printed 9,000,000 t cannot be, mine 10,000 t fits"
    )
    assert (
        told["zh-Hans"] == "印载吨位：按时刻表一年可运 25,900 吨；按原文数字 9,000,000 吨不可能，mine 10,000 吨说得通"
    )


def test_what_breaks_first():
    first = {"kind": "service", "name": "train", "broke_after": {"value": 123.4}, "broken": {"value": 0.867}}
    assert broken_words({"breaks": [first]})["zh-Hant-HK"] == "班次「班列」，123 日後（86.7 % 的重複模擬）"
    assert broken_words({"breaks": []})["en"] == "nothing, demand is carried"


CLAIM = {
    "interval": [5.0, 8.0],
    "of": "by rail",
    "against": "now",
    "titles": {"of": {"en": "By rail", "zh-Hans": "走铁路"}, "against": {}},
    "cost_base": "cash",
    "stated": {"value": -11.8},
    "by_inputs": "falls short",
    "verdict": "falls short",
    "doubt": {
        "chances": {
            name: {"value": 0.25, "low": 0.2, "high": 0.35} for name in ("below", "inside", "above", "at_least")
        }
    },
    "cells": {"cells": [{"stated": {"value": value}, "teu": 1.0, "value_cny": 2.0} for value in (-3.0, 6.0, None)]},
}


def test_a_claim_in_two_sentences():
    assert claim_words(CLAIM) == {
        "en": "“By rail”, which is said to save 5 to 8 % against “now”, costs 11.8 % more over all the cargo "
        "looked at, in cash cost (what is invoiced). At least 5 % is saved by 1 of 3 kinds of cargo, which are "
        "33.3 % of the containers and 33.3 % of the value.",
        "zh-Hans": "据称“走铁路”比“now”节省 5 至 8 %；就所考察的全部货物而言，按现金成本（账单金额）计算，"
        "结果是成本高出 11.8 %。3 类货物中有 1 类至少节省 5 %，占集装箱数的 33.3 %、货值的 33.3 %。",
        "zh-Hant-HK": "據稱「走铁路」比「now」節省 5 至 8 %；就所考察的全部貨物而言，按現金成本（賬單金額）計算，"
        "結果是成本高出 11.8 %。3 類貨物中有 1 類至少節省 5 %，佔貨櫃數的 33.3 %、貨值的 33.3 %。",
    }


def test_the_verdict_of_a_claim_and_its_chances():
    told = chances_words({**CLAIM, "verdict": "more replications needed"})
    assert told["en"].startswith("The claim is open: more replications or points are needed to tell whether it is not")
    assert "低于 5 % 的概率为 25.0 (20.0 至 35.0) %" in told["zh-Hans"]
    assert chance_words({"value": None, "low": None, "high": None})["zh-Hans"] == "无法得出"


def test_a_condition_on_an_input():
    hours = {"input": "delay", "above": True, "value": 7200.0, "unit": "second", "quantile": 0.4}
    assert condition_words(hours)["zh-Hant-HK"] == "「延誤」高於 2 小時"
    group = {**hours, "above": False, "value": None}
    assert condition_words(group)["en"] == "“delay” is at most its 40.0 % point"
    assert amount_words(0.05, "one") == same("5 %")


def test_units_are_put_together_from_their_parts():
    assert unit_words("CNY/kg")["zh-Hans"] == "元/公斤"
    assert unit_words("pallets per week") == {"en": "pallets per week", "zh-Hans": "托盘/周", "zh-Hant-HK": "卡板/星期"}
    assert unit_words("furlong") == same("furlong")


def test_an_uneven_interval_has_the_readers_word_between_its_ends():
    figure = {"value": 24.0, "low": 12.0, "high": 48.0}
    assert estimate_words(figure, DAYS) == {
        "en": "1.0 (0.5 to 2.0)",
        "zh-Hans": "1.0 (0.5 至 2.0)",
        "zh-Hant-HK": "1.0 (0.5 至 2.0)",
    }
    assert estimate_words({"value": 0.5, "low": 0.4, "high": 0.6}, PERCENT) == same("50.0 ±10.0")


def test_labels_of_figures_and_costs():
    assert kpi_words("on_time")["zh-Hant-HK"] == "準時送達率"
    assert kpi_words("some_new_figure") == same("some new figure")
    assert cost_words("cash", "chain", "kg")["zh-Hans"] == "现金成本（全链条，每公斤）"
    assert cost_words("cash", "chain", "box", "after")["en"] == "cash cost, whole chain, per box, after subsidy"


def test_latin_letters_in_a_chinese_sentence_stand_apart():
    assert spaced(same("train 7")) == {"en": "train 7", "zh-Hans": " train 7 ", "zh-Hant-HK": " train 7 "}
    assert spaced(same("班列")) == same("班列")


PARTS = {
    "event": "typhoon",
    "region": "HK",
    "year": "2027",
    "flow": "goods",
    "fewest": "2",
    "route": "way",
    "step": "unload it",
    "factor": "sea",
    "start": "A",
    "stop": "B",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_note_says_in_english_what_the_summary_says(kind):
    row = {"kind": kind, "parts": PARTS, "alternatives": ["one", "two"]}
    assert note_words(row)["en"] == note_text(row)
    assert set(note_words(row)) == set(LANGUAGES)


def test_notes_are_told_in_the_readers_words():
    assert set(REMARKS) < set(SENTENCES)
    row = {"kind": "unresolved", "parts": {"event": "typhoon"}, "alternatives": ["one", "two"]}
    assert note_words(row)["zh-Hans"] == "遇到“台风”的重复仿真次数过少，数值尚不可靠（one、two）"
    holidays = {"kind": "holidays", "parts": {"region": "HK", "year": "2027"}, "alternatives": []}
    assert note_words(holidays)["zh-Hant-HK"] == "香港2027年假期安排尚未公布，按假定計算"


def test_notes_of_older_folders_stay_as_they_are():
    summary = {"notes": ["a \x1b[31m note"]}
    (told,) = notes_of(summary)
    assert told["zh-Hans"] == told["en"] and "\x1b" not in told["en"]
    assert notes_of({**summary, "note_rows": []}) == []
