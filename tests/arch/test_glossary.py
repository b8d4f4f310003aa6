"""The field's words in three scripts: texts of scenarios, catalog and reports use the glossary's, each in its script.

A text is written in its own characters where a converter would change nothing: zh-Hans from traditional to simplified,
zh-Hant-HK from simplified to traditional, but for the few characters that Hong Kong writes as the simplified ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml
from opencc import OpenCC

ROOT = Path(__file__).parents[2]
CATALOG = ROOT / "src" / "corridor_sim" / "catalog" / "data"
PHRASES = sorted((ROOT / "src" / "corridor_sim" / "report" / "script" / "phrases").glob("*.yaml"))
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
FILES = [*SCENARIOS, *sorted(CATALOG.glob("*.yaml")), *PHRASES]
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
LANGUAGES = {"en", "zh-Hans", "zh-Hant-HK"}
SHORT_NAMES = ".words."
"""Where a text has no English: in English a name is shown as it is written."""
TO_SIMPLIFIED, TO_TRADITIONAL = OpenCC("t2s"), OpenCC("s2t")
AS_SIMPLIFIED = {"台": "臺", "布": "佈", "了": "瞭", "里": "裏"}
"""Character that Hong Kong writes -> what a converter would make of it: 平台, 公布, 了解, 里數."""


def texts(tree: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (path, texts by language) of everything that is said in more than one script."""
    if isinstance(tree, Mapping):
        if any(str(key).startswith("zh-") for key in tree):
            yield path, {str(key): str(text) for key, text in tree.items()}
            return
        for key, part in tree.items():
            yield from texts(part, f"{path}.{key}")
    elif isinstance(tree, list):
        for place, part in enumerate(tree):
            yield from texts(part, f"{path}[{place}]")


EVERY = [(file, path, said) for file in FILES for path, said in texts(yaml.safe_load(file.read_text(encoding="utf-8")))]
SAID = [pytest.param(said, id=f"{file.name}{path}") for file, path, said in EVERY]


def wrong_words(said: Mapping[str, str]) -> list[str]:
    """Return what a text says otherwise than the glossary."""
    wrong: list[str] = []
    for english, (wanted, forbidden) in WORDS.items():
        if re.search(english, said.get("en", ""), re.IGNORECASE):
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


def foreign(said: Mapping[str, str]) -> list[str]:
    """Return the characters of a text that belong to the other script, each with what it should be."""
    simplified, traditional = said.get("zh-Hans", ""), said.get("zh-Hant-HK", "")
    pairs = [
        *zip(simplified, TO_SIMPLIFIED.convert(simplified), strict=True),
        *zip(traditional, TO_TRADITIONAL.convert(traditional), strict=True),
    ]
    return [f"{is_} for {should}" for is_, should in pairs if is_ != should and AS_SIMPLIFIED.get(is_) != should]


@pytest.mark.parametrize("said", SAID)
def test_each_script_is_written_in_its_own_characters(said: Mapping[str, str]) -> None:
    assert foreign(said) == []


def test_characters_of_the_other_script_are_found() -> None:
    assert foreign({"zh-Hans": "货柜码头", "zh-Hant-HK": "貨櫃碼頭"}) == []
    assert foreign({"zh-Hans": "貨柜码头"}) == ["貨 for 货"]
    assert foreign({"zh-Hant-HK": "货櫃碼头"}) == ["货 for 貨", "头 for 頭"]
    assert foreign({"zh-Hant-HK": "平台公布，有助了解"}) == []


def incomplete(path: str, said: Mapping[str, str]) -> set[str]:
    """Return the languages that a text lacks, has too many of or leaves empty."""
    wanted = LANGUAGES - ({"en"} if path.startswith(SHORT_NAMES) else set())
    return wanted ^ {language for language, text in said.items() if text.strip()}


@pytest.mark.parametrize(("file", "path", "said"), [pytest.param(*one, id=f"{one[0].name}{one[1]}") for one in EVERY])
def test_every_text_is_there_in_every_script(file: Path, path: str, said: Mapping[str, str]) -> None:
    if file in PHRASES:
        assert set(said) == LANGUAGES
    else:
        assert incomplete(path, said) == set()


@pytest.mark.parametrize("file", PHRASES, ids=lambda file: file.name)
def test_phrases_have_the_same_parts_in_every_script(file: Path) -> None:
    for key, said in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        assert set(said) == LANGUAGES, key
        parts = {
            language: {part for _, part, _, _ in Formatter().parse(text) if part} for language, text in said.items()
        }
        assert len(set(map(frozenset, parts.values()))) == 1, (key, parts)


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.name)
def test_no_text_of_a_scenario_is_in_english_only(file: Path) -> None:
    assert list(only_english(yaml.safe_load(file.read_text(encoding="utf-8")))) == []


def only_english(tree: Any, path: str = "") -> Iterator[str]:
    """Yield the places of titles, questions, sayings, statements and names that are one bare text or English only."""
    for key, part in tree.items() if isinstance(tree, Mapping) else ():
        here = f"{path}.{key}"
        if here.startswith((".sources.", ".name")):
            continue
        asked = key in ("title", "question", "statement", "name") or (key == "says" and ".thresholds." in here)
        if asked and (isinstance(part, str) or (isinstance(part, Mapping) and set(part) == {"en"})):
            yield here
        yield from only_english(part, here)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_words_that_are_wrong_anywhere_and_bare_abbreviations(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [word for word in NOWHERE if word in text] == []
    without_addresses = re.sub(r"https?://\S+|\S+\.(?:gov|com|hk|cn)\S*", "", text)
    assert re.findall(r"\bCFS\b", without_addresses) == [], "container freight station, or Centre for Food Safety"
