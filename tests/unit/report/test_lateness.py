"""Why it was late, in words."""

import pytest

from corridor_sim.metrics.causes import USUAL_COURSE
from corridor_sim.metrics.spent import WORDS
from corridor_sim.report.lateness import CAUSES, HONG_KONG, SIMPLIFIED, late_sentence, late_sentences
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
    assert late_sentence(HELD, SIMPLIFIED) == (
        "41.0 ±2.0 % 的晚到货物：查验滞留（export check）致其错过 train 周五班次的截载"
    )
    assert late_sentence({**HELD, "mode": "sea"}, HONG_KONG) == (
        "41.0 ±2.0 % 的遲到貨物：查驗滯留（export check）令其錯過 train 星期五班次的截港"
    )


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
    assert late_sentence(row, SIMPLIFIED) == f"41.0 % 的晚到货物：{simplified}"


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


def test_every_cause_has_words_and_hong_kong_writes_no_simplified_ones():
    assert set(CAUSES) == {*WORDS.values(), USUAL_COURSE}
    for kind in CAUSES:
        for day in WEEKDAYS:
            said = late_sentence(_row(kind, service="x", weekday=day, mode="air"), HONG_KONG)
            assert not set(said) & set("货周错过达载业误满")
