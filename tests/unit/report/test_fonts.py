"""Chinese letters: the font that suits the asked script, and English words where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.report.charts import fonts
from corridor_sim.report.charts.canvas import fitting, wrapped
from corridor_sim.report.figures import picture_task

NOTO = [f"Noto Sans CJK {region}" for region in ("JP", "KR", "SC", "TC", "HK")]
LATIN = ["DejaVu Sans", "Liberation Sans"]


@pytest.mark.parametrize(
    ("known", "language", "first"),
    [
        (NOTO, "zh-Hans", "Noto Sans CJK SC"),
        (NOTO, "zh-Hant-HK", "Noto Sans CJK HK"),
        (NOTO, "en", "Noto Sans CJK SC"),
        ([name for name in NOTO if not name.endswith("HK")], "zh-Hant-HK", "Noto Sans CJK TC"),
        (["Noto Sans CJK JP"], "zh-Hans", "Noto Sans CJK JP"),
        (["Microsoft YaHei", "Microsoft JhengHei"], "zh-Hant-HK", "Microsoft JhengHei"),
        (["Microsoft YaHei", "Microsoft JhengHei"], "zh-Hans", "Microsoft YaHei"),
        (["SimHei"], "zh-Hant-HK", "SimHei"),
    ],
)
def test_the_font_of_the_asked_script_comes_first(known: list[str], language: str, first: str) -> None:
    assert fonts.chinese_families([*LATIN, *known], language)[0] == first


def test_the_other_script_is_at_hand_too_and_nothing_where_nothing_is() -> None:
    assert fonts.chinese_families(NOTO, "zh-Hant-HK") == ("Noto Sans CJK HK", "Noto Sans CJK SC")
    assert fonts.chinese_families(LATIN, "zh-Hans") == ()


def test_without_a_font_the_words_are_english(results: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = results.run()
    monkeypatch.setattr(fonts, "installed", lambda: frozenset(LATIN))
    assert {language: fonts.language_drawn(language) for language in ("en", "zh-Hans", "zh-Hant-HK")} == {
        "en": "en",
        "zh-Hans": "en",
        "zh-Hant-HK": "en",
    }
    assert picture_task(run, "cost_breakdown", "zh-Hans")[2] == "en"
    assert fonts.lacks_font(run, "zh-Hant-HK") and not fonts.lacks_font(run, "en")
    results.summary["alternatives"][0]["steps"][0]["step"] = "装箱"
    assert fonts.lacks_font(results.run(), "en")
    monkeypatch.setattr(fonts, "installed", lambda: frozenset([*LATIN, "SimHei"]))
    assert not fonts.lacks_font(results.run(), "zh-Hans")
    assert fonts.language_drawn("zh-Hans") == "zh-Hans"


def test_lines_end_before_no_closing_sign_and_texts_are_cut_by_columns() -> None:
    assert wrapped("经香港出海（假设情景）", 10) == ["经香港出海", "（假设情", "景）"]
    assert fitting("12345", 5) == "12345" and fitting("123456", 5) == "12..."
