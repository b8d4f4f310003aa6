"""Which fonts draw the letters of pictures: one for most, and of those installed the one that suits Chinese best."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import cache
from typing import Any

from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH, HONG_KONG, SIMPLIFIED

LETTERS = "DejaVu Sans"
"""Comes with matplotlib."""
PREFERRED = {
    SIMPLIFIED: (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "Microsoft YaHei",
        "PingFang SC",
        "Hiragino Sans GB",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
        "SimHei",
        "Heiti SC",
    ),
    HONG_KONG: (
        "Noto Sans CJK HK",
        "Noto Sans HK",
        "Source Han Sans HC",
        "PingFang HK",
        "Noto Sans CJK TC",
        "Noto Sans TC",
        "Source Han Sans TC",
        "Source Han Sans TW",
        "PingFang TC",
        "Microsoft JhengHei",
        "Heiti TC",
    ),
}
"""Families that are drawn in the forms of a script, best first."""
IN_OTHER_FORMS = ("Noto Sans CJK JP", "Noto Serif CJK SC", "Noto Serif CJK JP", "Arial Unicode MS", "SimSun")
NONE_INSTALLED = (
    "no font with Chinese letters is installed; install for instance Noto Sans CJK (Debian: fonts-noto-cjk)"
)
FIRST_CHINESE, LAST_CHINESE = 0x2E80, 0x9FFF


def chinese_families(known: Collection[str], language: str) -> tuple[str, ...]:
    """Return those of the known families that draw Chinese: the best of the language's script, then of the other.

    Empty where there is none; of families that are of neither script, the first.
    """
    own = HONG_KONG if language == HONG_KONG else SIMPLIFIED
    other = SIMPLIFIED if own == HONG_KONG else HONG_KONG
    best = [name for script in (own, other) for name in [each for each in PREFERRED[script] if each in known][:1]]
    return tuple(best or [name for name in IN_OTHER_FORMS if name in known][:1])


def families(language: str = ENGLISH) -> tuple[str, ...]:
    """Return the families with which texts are drawn, the first that has a letter draws it."""
    return (LETTERS, *chinese_families(installed(), language))


@cache
def installed() -> frozenset[str]:
    """Return the families that matplotlib knows, and any installed since it last looked if none of those is Chinese."""
    from matplotlib.font_manager import fontManager

    names = frozenset(font.name for font in fontManager.ttflist)
    if not chinese_families(names, SIMPLIFIED):
        _look_again(fontManager)
        names = frozenset(font.name for font in fontManager.ttflist)
    return names


def _look_again(manager: Any) -> None:
    from matplotlib.font_manager import findSystemFonts

    known = {font.fname for font in manager.ttflist}
    for path in findSystemFonts():
        if path not in known:
            # some that are installed cannot be read, such as those of bitmaps
            with suppress(Exception):
                manager.addfont(path)


def language_drawn(language: str) -> str:
    """Return the language in which pictures are drawn: English where a Chinese one has no font."""
    return language if language == ENGLISH or chinese_families(installed(), language) else ENGLISH


def lacks_font(run: Run, language: str) -> bool:
    """Return whether pictures of a run in a language need Chinese letters that no installed font has."""
    wanted = language != ENGLISH or any(map(has_chinese, _names_drawn(run)))
    return wanted and not chinese_families(installed(), language)


def has_chinese(text: str) -> bool:
    """Return whether a text has Chinese letters."""
    return any(FIRST_CHINESE <= ord(letter) <= LAST_CHINESE for letter in text)


def _names_drawn(run: Run) -> set[str]:
    """Return the names that pictures show, in English where there is any."""
    steps = [step for one in run.alternatives for step in one["steps"]]
    names = {step[key] for step in steps for key in ("step", "route", "origin", "destination")}
    names |= {row["activity"] for one in run.alternatives for row in one["activities"]}
    names |= {flow for one in run.alternatives for flow in one["by_flow"]}
    title = run.summary["scenario"]["title"].get(ENGLISH, "")
    return {title, *(run.name(name)[ENGLISH] for name in names), *(run.alternative(one)[ENGLISH] for one in run.names)}
