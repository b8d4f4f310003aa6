"""The field's words in three scripts: every text in scenarios and catalog uses the glossary's, and none it forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CATALOG = ROOT / "src" / "corridor_sim" / "catalog" / "data"
FILES = [*sorted((ROOT / "scenarios").glob("*.yaml")), *sorted(CATALOG.glob("*.yaml"))]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", *FILES]

WORDS = {
    r"transhipment": ({"zh-Hans": "中转", "zh-Hant-HK": "轉運"}, ("过境", "轉關", "转关")),
    r"detention": ({"zh-Hans": "滞箱费", "zh-Hant-HK": "滯箱費"}, ("滞期费", "滯期費")),
    r"timetabled train": ({"zh-Hans": "图定", "zh-Hant-HK": "圖定"}, ()),
    r"all Chongqing\s*-\s*Shenzhen trains": ({"zh-Hans": "渝深班列", "zh-Hant-HK": "渝深班列"}, ("图定", "圖定")),
    r"Qinzhou Port East": ({"zh-Hans": "钦州港东", "zh-Hant-HK": "欽州港東"}, ()),
    r"Kwai Tsing": ({"zh-Hans": "葵青", "zh-Hant-HK": "葵青"}, ()),
    r"terminal handling": ({"zh-Hans": "码头作业费", "zh-Hant-HK": "碼頭處理費"}, ()),
    r"\bcontainer\b(?! terminals)": ({"zh-Hans": "集装箱", "zh-Hant-HK": "貨櫃"}, ()),
    r"comprehensive logistics cost": (
        {"zh-Hans": "综合物流成本", "zh-Hant-HK": "綜合物流成本"},
        ("社会物流总费用", "社會物流總費用"),
    ),
    r"inspection": ({}, ("检查", "檢查")),
}  # fmt: skip
"""English -> the word in each script that a text with it has to use, and words it may not use (shared/glossary.md)."""
NOWHERE = ("滞期费", "滯期費", "图定渝深", "渝深图定班列", "渝深圖定班列")
SIMPLIFIED_ONLY = set(
    "国际货车时间费关装转运输库仓价钱们么产业东车铁陆师图满载员汇结构统计术环节约义务设备认证贸电脑气"
)
TRADITIONAL_ONLY = set(
    "國際貨車時間費關裝轉運輸庫倉價錢們麼產業東鐵陸師圖滿載員匯結構統計術環節約義務設備認證貿電腦氣櫃"
)


def texts(tree: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (path, texts by language) of everything that is said in more than one script."""
    if isinstance(tree, Mapping):
        if "en" in tree and any(str(key).startswith("zh") for key in tree):
            yield path, {str(key): str(text) for key, text in tree.items()}
            return
        for key, part in tree.items():
            yield from texts(part, f"{path}.{key}")
    elif isinstance(tree, list):
        for place, part in enumerate(tree):
            yield from texts(part, f"{path}[{place}]")


SAID = [
    pytest.param(said, id=f"{file.name}{path}")
    for file in FILES
    for path, said in texts(yaml.safe_load(file.read_text(encoding="utf-8")))
]


def wrong_words(said: Mapping[str, str]) -> list[str]:
    """Return what a text says otherwise than the glossary."""
    wrong: list[str] = []
    for english, (wanted, forbidden) in WORDS.items():
        if re.search(english, said["en"], re.IGNORECASE):
            wrong += [f"{english}: never {word}" for text in said.values() for word in forbidden if word in text]
            missing = [language for language in said if language in wanted and wanted[language] not in said[language]]
            wrong += [f'{english} is "{wanted[language]}": {said[language]}' for language in missing]
    return wrong


@pytest.mark.parametrize("said", SAID)
def test_a_text_uses_the_glossarys_word_in_each_script(said: Mapping[str, str]) -> None:
    assert wrong_words(said) == []


def test_the_wrong_words_are_found() -> None:
    assert wrong_words({"en": "Transhipment at Hong Kong", "zh-Hans": "香港中转", "zh-Hant-HK": "香港轉運"}) == []
    assert len(wrong_words({"en": "Transhipment at Hong Kong", "zh-Hans": "香港转关"})) == 1 + 1
    assert len(wrong_words({"en": "All Chongqing - Shenzhen trains", "zh-Hans": "图定渝深班列"})) == 1
    assert len(wrong_words({"en": "Inspection at the port", "zh-Hans": "口岸检查"})) == 1


@pytest.mark.parametrize("said", SAID)
def test_each_script_is_written_in_its_own_characters(said: Mapping[str, str]) -> None:
    simplified, traditional = said.get("zh-Hans", ""), said.get("zh-Hant-HK", "")
    assert sorted(set(simplified) & (TRADITIONAL_ONLY - SIMPLIFIED_ONLY)) == []
    assert sorted(set(traditional) & (SIMPLIFIED_ONLY - TRADITIONAL_ONLY)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_words_that_are_wrong_anywhere_and_bare_abbreviations(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [word for word in NOWHERE if word in text] == []
    without_addresses = re.sub(r"https?://\S+|\S+\.(?:gov|com|hk|cn)\S*", "", text)
    assert re.findall(r"\bCFS\b", without_addresses) == [], "container freight station, or Centre for Food Safety"
