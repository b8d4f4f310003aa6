"""Timetables in words ("mon,tue,thu 16:00", "every 3.5 days") turned into scheduled departure ticks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import product

import numpy as np

from corridor_sim.errors import did_you_mean
from corridor_sim.scenario.calendars import (
    WEEKDAYS,
    Clock,
    Ticks,
    parse_date,
    parse_date_range,
    parse_moment,
    parse_time_of_day,
    quoted,
    weekday_groups,
)
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_MINUTE, Tick, parse_quantity, to_ticks

SHORTEST_INTERVAL = SECONDS_PER_MINUTE
CACHED_TIMETABLES = 512
WEEK_PARITIES = ("even", "odd")
INTERVAL_KEYS = ("every", "first")
EXAMPLES = '"daily 20:00", "mon,thu 16:00", "every 8 h" or "on 2026-06-03 10:00"'


def parse_timetable(spec: object, clock: Clock, horizon_ticks: Tick) -> Ticks:
    """Return the scheduled departures of `spec` in [0, horizon_ticks), as rising int64 ticks.

    `spec` is one of these, or a list of them, whose departures are united:
    * weekdays and times: "mon-fri 06:00 and 18:00", "daily 20:00", "odd weeks tue 10:00" (ISO weeks), which
      may end in "from 2026-06-01" or "from 2026-06-01 to 2026-08-31" (both days included);
    * an interval: "every 8 h" (from the start on), "every 3.5 days from 2026-06-02 20:00", which may end in
      "to 2026-08-31" (that day included); or {every: "3.5 days", first: "2026-06-02 20:00"};
    * moments: "on 2026-06-03 10:00, 2026-06-07 10:00".
    Times are local. An interval is elapsed time, rounded once to whole ticks. Raises ValueError that says
    what would be right; two departures at one tick are an error.
    """
    parts = spec if isinstance(spec, list | tuple) else [spec]
    if not parts:
        raise ValueError(f"the timetable is empty; expected for instance {EXAMPLES}")
    if all(isinstance(part, str) for part in parts):
        return _known_ticks(tuple(parts), clock, horizon_ticks)
    return _all_ticks(parts, clock, horizon_ticks)


@lru_cache(maxsize=CACHED_TIMETABLES)
def _known_ticks(parts: tuple[str, ...], clock: Clock, horizon_ticks: Tick) -> Ticks:
    """Return the departures of a timetable in words; checks and alternatives of a file ask for the same ones."""
    ticks = _all_ticks(parts, clock, horizon_ticks)
    ticks.setflags(write=False)
    return ticks


def _all_ticks(parts: Iterable[object], clock: Clock, horizon_ticks: Tick) -> Ticks:
    ticks = np.sort(np.concatenate([_part_ticks(part, clock, horizon_ticks) for part in parts]))
    repeated = ticks[1:][np.diff(ticks) == 0]
    if len(repeated):
        moment = clock.moment(repeated[0])
        raise ValueError(f"two departures at {moment:%Y-%m-%d %H:%M}; expected each moment once")
    return ticks


def _part_ticks(part: object, clock: Clock, horizon_ticks: Tick) -> Ticks:
    if isinstance(part, Mapping):
        departures = _interval_of_mapping(part, clock, horizon_ticks)
    elif isinstance(part, str) and part.strip():
        text = " ".join(part.split())
        word, _, rest = text.partition(" ")
        match word:
            case "every":
                departures = _interval_of_text(rest, clock, horizon_ticks)
            case "on":
                departures = (_departure(moment, clock) for moment in re.split(r" ?, ?| and ", rest))
            case _:
                departures = _weekly(text, clock, horizon_ticks)
    else:
        raise ValueError(f"{quoted(part)} is not a timetable; expected for instance {EXAMPLES}")
    return np.array([tick for tick in departures if 0 <= tick < horizon_ticks], dtype=np.int64)


def _departure(text: str, clock: Clock) -> Tick:
    moment = parse_moment(text)
    if ":" not in text:
        raise ValueError(f'{quoted(text)} has no time of day; expected for instance "{text} 08:00"')
    return clock.tick_of(moment)


def _interval_of_mapping(part: Mapping[object, object], clock: Clock, horizon_ticks: Tick) -> Iterable[Tick]:
    for key in part:
        if key not in INTERVAL_KEYS:
            hint = did_you_mean(str(key), INTERVAL_KEYS)
            raise ValueError(f"{quoted(key)} is not a key of an interval; expected every, first{hint}")
    if "every" not in part:
        raise ValueError('an interval needs "every"; expected for instance {every: 3.5 days}')
    first = _departure(str(part["first"]), clock) if "first" in part else 0
    return _interval(str(part["every"]), first, horizon_ticks)


def _interval_of_text(text: str, clock: Clock, horizon_ticks: Tick) -> Iterable[Tick]:
    every, found, span = text.partition(" from ")
    if not found:
        return _interval(every, 0, horizon_ticks)
    first, found, last = span.partition(" to ")
    begin = _departure(first, clock)
    if not found:
        return _interval(every, begin, horizon_ticks)
    end = clock.tick_at(parse_date(last), SECONDS_PER_DAY)
    if end <= begin:
        raise ValueError(f"{quoted(span)} ends before it begins; expected the earlier date first")
    return _interval(every, begin, min(end, horizon_ticks))


def _interval(every: str, first: Tick, end: Tick) -> range:
    """Return the departures first, first + every, ... that fall in [0, end)."""
    step_seconds = parse_quantity(every, "duration")
    if step_seconds < SHORTEST_INTERVAL:
        raise ValueError(f"{quoted(every)} is too short an interval; expected at least {SHORTEST_INTERVAL} s")
    step = to_ticks(step_seconds)
    missed = -(min(first, 0) // step)
    return range(first + missed * step, end, step)


def _days_of_span(span: str) -> tuple[date, date]:
    if " to " in span:
        return parse_date_range(span)
    return (parse_date(span), date.max) if span else (date.min, date.max)


def _week_pattern(text: str) -> list[set[int]]:
    """Return for each weekday, Monday first, the departures in seconds after midnight."""
    week: list[set[int]] = [set() for _ in WEEKDAYS]
    for weekdays, words in weekday_groups(text):
        for weekday, word in product(weekdays, words):
            second = parse_time_of_day(word)
            if second in week[weekday]:
                raise ValueError(f"{quoted(text)} names {WEEKDAYS[weekday]} {word} twice; expected it once")
            week[weekday].add(second)
    return week


def _weekly(text: str, clock: Clock, horizon_ticks: Tick) -> Iterator[Tick]:
    pattern, _, span = text.partition(" from ")
    first, last = _days_of_span(span)
    parity, alternating, alternate_weeks = pattern.partition(" weeks ")
    if alternating and parity not in WEEK_PARITIES:
        hint = did_you_mean(parity, WEEK_PARITIES)
        raise ValueError(f"{quoted(parity)} weeks are not known; expected odd or even weeks{hint}")
    week = _week_pattern(alternate_weeks if alternating else pattern)
    for day in clock.days(horizon_ticks):
        week_parity = WEEK_PARITIES[day.isocalendar().week % len(WEEK_PARITIES)]
        if first <= day <= last and (not alternating or parity == week_parity):
            yield from (clock.tick_at(day, second) for second in week[day.weekday()])
