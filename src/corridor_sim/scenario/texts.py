"""Texts with a form of their own (dates, hours, timetables, rates), checked as they are read, with their field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from corridor_sim.catalog.numbers import scalar_text
from corridor_sim.catalog.values import NOT_EMPTY
from corridor_sim.scenario.calendars import (
    Clock,
    parse_clock,
    parse_date,
    parse_date_range,
    parse_moment,
    parse_weekly,
)
from corridor_sim.scenario.timetables import parse_timetable
from corridor_sim.units import SECONDS_PER_WEEK, UnitProblem, parse_quantity, parse_rate

ANY_CLOCK = Clock(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
"""The moment does not matter where only the words of a timetable are checked."""
_SIGN = re.compile(r"\s*([+-]?)\s*(.*)", re.DOTALL)


def parse_offset(text: str) -> Fraction:
    """Return a duration with a sign ("-6 h") in seconds. Raises ValueError."""
    match = _SIGN.fullmatch(text)
    sign, duration = match.groups() if match else ("", text)
    seconds = parse_quantity(duration, "duration")
    return -seconds if sign == "-" else seconds


def parse_event_rate(text: str) -> Fraction:
    """Return events per second of a text such as "1.48 per year". Raises ValueError."""
    if "per" not in text:
        raise UnitProblem(f'"{text}" is not a rate; expected for instance "1.48 per year"')
    per_second = parse_rate(text.replace("per", "consignments per", 1))[1]
    return _not_negative(text, per_second)


def parse_release_rate(text: str) -> tuple[str, Fraction]:
    """Return (measure, amount per second, above 0) of "30 pallets per week". Raises ValueError."""
    measure, per_second = parse_rate(text)
    if not _not_negative(text, per_second):
        raise UnitProblem(f'"{text}" is nothing; expected more than 0')
    return measure, per_second


def _not_negative(text: str, per_second: Fraction) -> Fraction:
    if per_second < 0:
        raise UnitProblem(f'"{text}" is negative; expected 0 or more')
    return per_second


def _check_zone(text: str) -> None:
    parse_clock("2026-01-01", text)


def _check_timetable(texts: tuple[str, ...]) -> None:
    for text in texts:
        parse_timetable(text, ANY_CLOCK, SECONDS_PER_WEEK)


def _written(raw: Any) -> Any:
    """Return a bare number as text, so that its problem is told by who reads it: 1.5 lacks "per year"."""
    return scalar_text(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw


def _read_by(read: Callable[[Any], object]) -> AfterValidator:
    def checked(text: Any) -> Any:
        read(text)
        return text

    return AfterValidator(checked)


Lines = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda raw: [raw] if isinstance(raw, str) else raw),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]
"""One text or a list of texts."""
Words = Annotated[
    dict[str, str],
    BeforeValidator(lambda raw: {"en": raw} if isinstance(raw, str) else raw),
    NOT_EMPTY,
    WithJsonSchema({"type": ["string", "object"], "additionalProperties": {"type": "string"}}),
]
"""A text in one or several languages: `en`, `zh-Hans`, `zh-Hant-HK`."""
Moment = Annotated[str, BeforeValidator(_written), _read_by(parse_moment)]
Day = Annotated[str, BeforeValidator(_written), _read_by(parse_date)]
DateRange = Annotated[str, BeforeValidator(_written), _read_by(parse_date_range)]
Zone = Annotated[str, BeforeValidator(_written), _read_by(_check_zone)]
Offset = Annotated[str, BeforeValidator(_written), _read_by(parse_offset)]
EventRate = Annotated[str, BeforeValidator(_written), _read_by(parse_event_rate)]
ReleaseRate = Annotated[str, BeforeValidator(_written), _read_by(parse_release_rate)]
Hours = Annotated[Lines, NOT_EMPTY, _read_by(parse_weekly)]
Timetable = Annotated[Lines, NOT_EMPTY, _read_by(_check_timetable)]
