"""Says in plain words, in three scripts, why it was late: "an inspection hold carried them past the Friday cut-off"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.words import LONGEST_TEXT, PERCENT, has_interval, number, with_interval

Row = Mapping[str, Any]
"""A row of `late_because` of the summary."""
ENGLISH, SIMPLIFIED, HONG_KONG = "en", "zh-Hans", "zh-Hant-HK"
SEA_MODES = ("sea", "barge")
WEEKDAYS = {
    ENGLISH: {
        "mon": "Monday",
        "tue": "Tuesday",
        "wed": "Wednesday",
        "thu": "Thursday",
        "fri": "Friday",
        "sat": "Saturday",
        "sun": "Sunday",
    },
    SIMPLIFIED: dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)),
    HONG_KONG: dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "一二三四五六日", strict=True)),
}
CAUSES = {
    "consolidation wait": ("waiting for a full load", "集拼等待", "集拼等候"),
    "wait for the timetable": ("waiting for the timetable", "等待班期", "等候班期"),
    "missed cut-off": ("arriving after the cut-off", "到达过晚", "到達過遲"),
    "no room": ("no room", "舱位已满", "艙位已滿"),
    "cancelled departure": ("a cancelled departure", "班次停运", "班次停運"),
    "late departure": ("a late departure", "班次晚点", "班次誤點"),
    "closure": ("a closure", "停止作业", "停止作業"),
    "queue at facility": ("a queue", "排队", "輪候"),
    "slow handling": ("slow handling", "作业缓慢", "作業緩慢"),
    "inspection hold": ("an inspection hold", "查验滞留", "查驗滯留"),
    "slow transit": ("slow transit", "在途缓慢", "途中緩慢"),
    "the usual course is later than due": (
        "the usual course is later than due",
        "正常行程已晚于约定时限",
        "正常行程已遲於約定時限",
    ),
}
"""Cause of the summary -> its words in English, 简体, 香港繁體."""
LANGUAGES = (ENGLISH, SIMPLIFIED, HONG_KONG)
OF_THE_DEPARTURE = {
    "no room": ("had no room", "舱位已满", "艙位已滿"),
    "cancelled departure": ("did not run", "停运", "停運"),
}
"""What happened to the missed departure itself."""
CANCELLED_AT_SEA = ("did not run", "停航", "停航")
CUTOFFS = {SIMPLIFIED: ("截载", "截港"), HONG_KONG: ("截載", "截港")}
"""Cut-off of trains, lorries and flights; of ships."""
MOST_TOLD = 5


def late_sentence(row: Row, language: str = ENGLISH) -> str:
    """Return why a share of the late was late, such as "41.0 ±2.3 % of the late: ..."."""
    share = with_interval(row, PERCENT) if has_interval(row) else number(row["share"], PERCENT)
    says = printable(_reason(row, language), LONGEST_TEXT)
    if language == ENGLISH:
        return f"{share} % of the late: {says}"
    late = "晚到货物" if language == SIMPLIFIED else "遲到貨物"
    return f"{share} % 的{late}：{says}"


def _reason(row: Row, language: str) -> str:
    kind, step, service, weekday = (row[key] for key in ("kind", "step", "service", "weekday"))
    script = LANGUAGES.index(language)
    cause = CAUSES[kind][script]
    if service and kind in OF_THE_DEPARTURE:
        fate = (
            CANCELLED_AT_SEA if kind == "cancelled departure" and row["mode"] in SEA_MODES else OF_THE_DEPARTURE[kind]
        )
        return _departure(service, weekday, fate[script], language)
    if service:
        return _carried_past(cause, row, language)
    if not step:
        return cause
    return f"{cause} ({step})" if language == ENGLISH else f"{cause}（{step}）"


def _departure(service: str, weekday: str, fate: str, language: str) -> str:
    day = WEEKDAYS[language][weekday]
    if language == ENGLISH:
        return f"the {day} departure of {service} {fate}"
    return f"{service} {_chinese_day(day, language)}班次{fate}"


def _carried_past(cause: str, row: Row, language: str) -> str:
    day = WEEKDAYS[language][row["weekday"]]
    if language == ENGLISH:
        return f"{cause} ({row['step']}) carried them past the {day} cut-off of {row['service']}"
    cutoff = CUTOFFS[language][row["mode"] in SEA_MODES]
    carried, missed = ("致其", "错过") if language == SIMPLIFIED else ("令其", "錯過")
    return f"{cause}（{row['step']}）{carried}{missed} {row['service']} {_chinese_day(day, language)}班次的{cutoff}"


def _chinese_day(day: str, language: str) -> str:
    return f"周{day}" if language == SIMPLIFIED else f"星期{day}"


def late_sentences(rows: Sequence[Row], language: str = ENGLISH, most: int = MOST_TOLD) -> list[str]:
    """Return the sentences of the biggest causes, and what share the others have together."""
    said = [late_sentence(row, language) for row in rows[:most]]
    rest = sum(row["share"] for row in rows[most:])
    if not rest:
        return said
    others = {ENGLISH: "the rest: other causes", SIMPLIFIED: "其余：其他原因", HONG_KONG: "其餘：其他原因"}
    return [*said, f"{number(rest, PERCENT)} % {others[language]}"]
