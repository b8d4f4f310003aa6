"""Why it was late, in words."""

import pytest

from corridor_sim.metrics.causes import USUAL_COURSE
from corridor_sim.metrics.spent import WORDS
from corridor_sim.report.lateness import late_rows, late_sentence, late_sentences, late_words
from corridor_sim.report.script.words import HONG_KONG, LANGUAGES, SIMPLIFIED, name_words, room, same
from corridor_sim.scenario.calendars import WEEKDAYS


def _row(kind, share=0.41, low=None, high=None, step="check", service="", weekday="", mode=""):
    return {
        "kind": kind,
        "step": step,
        "service": service,
        "weekday": weekday,
        "mode": mode,
        "share": share,
        "value": share,
        "low": low,
        "high": high,
    }


HELD = _row("inspection hold", 0.41, 0.39, 0.43, "export check", "train", "fri", "rail")


def test_what_carried_them_past_which_cut_off():
    wanted = "41.0 ±2.0 % of the late: an inspection hold (export check) carried them past the Friday cut-off of train"
    assert late_sentence(HELD) == wanted
    assert late_sentence(HELD, SIMPLIFIED) == ("41.0 ±2.0 % 的延误货物：查验滞留（出口通关）致其错过班列周五班次的截载")
    assert late_sentence({**HELD, "mode": "sea"}, HONG_KONG) == (
        "41.0 ±2.0 % 的遲到貨物：查驗滯留（出口清關）令其錯過班列星期五班次的截港"
    )


def test_names_are_said_as_the_scenario_says_them():
    own = {"train": {"en": "night train", "zh-Hans": "夜班列", "zh-Hant-HK": "夜間班列"}}
    said = late_words(HELD, lambda name: name_words(name, own))
    assert said["en"].endswith("carried them past the Friday cut-off of night train")
    assert said["zh-Hant-HK"].endswith("查驗滯留（出口清關）令其錯過夜間班列星期五班次的截載")
    assert late_words(HELD, same)["zh-Hans"].endswith("查验滞留（export check）致其错过 train 周五班次的截载")


@pytest.mark.parametrize(
    ("kind", "mode", "english", "simplified"),
    [
        ("no room", "rail", "the Sunday departure of x had no room", "x 周日班次舱位已满"),
        ("cancelled departure", "rail", "the Sunday departure of x did not run", "x 周日班次停运"),
        ("cancelled departure", "barge", "the Sunday departure of x did not run", "x 周日班次停航"),
    ],
)
def test_what_happened_to_the_departure_itself(kind, mode, english, simplified):
    row = _row(kind, service="x", weekday="sun", mode=mode)
    assert late_sentence(row) == f"41.0 % of the late: {english}"
    assert late_sentence(row, SIMPLIFIED) == f"41.0 % 的延误货物：{simplified}"


def test_without_a_departure_the_excess_itself_is_told():
    assert late_sentence(_row("queue at facility")) == "41.0 % of the late: a queue (check)"
    assert late_sentence(_row(USUAL_COURSE, step="")) == f"41.0 % of the late: {USUAL_COURSE}"


def test_the_biggest_are_told_and_the_rest_is_summed():
    rows = [HELD, *(_row("closure", share) for share in (0.3, 0.2, 0.09))]
    assert late_sentences(rows, most=2)[1:] == [
        "30.0 % of the late: a closure (check)",
        "29.0 % the rest: other causes",
    ]
    assert len(late_sentences(rows)) == 4


def test_the_rest_is_told_in_every_script():
    rows = [HELD, *(_row("closure", share) for share in (0.3, 0.2, 0.09))]
    assert late_rows(rows, most=2)[-1] == {
        "en": "29.0 % the rest: other causes",
        "zh-Hans": "29.0 % 其余：其他原因",
        "zh-Hant-HK": "29.0 % 其餘：其他原因",
    }


def test_every_cause_and_every_day_has_words():
    causes = {key.removeprefix("cause ") for key in room("late") if key.startswith("cause ")}
    assert causes == {*WORDS.values(), USUAL_COURSE}
    for kind in causes:
        for day in WEEKDAYS:
            for mode in ("air", "sea"):
                assert set(late_words(_row(kind, service="x", weekday=day, mode=mode))) == set(LANGUAGES)
