"""Dates, opening hours and holidays in words, turned into whole ticks; and arithmetic on opening windows.

A tick is a second since the scenario's start. Hours are local wall-clock time; every local moment goes
through UTC, so that zones with daylight saving work too: an hour that the clock skips begins and ends at the
same tick, and of an hour that it repeats the first is meant.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt

from corridor_sim.errors import did_you_mean
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Tick

Ticks = npt.NDArray[np.int64]
Window = tuple[int, int]
"""From the first second to the second after the last (half-open)."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY, SATURDAY = WEEKDAYS.index("mon"), WEEKDAYS.index("sat")
EVERY_DAY = tuple(range(len(WEEKDAYS)))
HOLIDAY_REGIONS = ("CN", "HK", "none")
EARLIEST_YEAR, LATEST_YEAR = 2001, 2098
"""Outside these years the holidays library knows no mainland arrangement or no lunar calendar."""

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
LONGEST_QUOTE = 60
LONGEST_WEEKDAY = 4
ENDS = 2
"""A window has two ends."""
NEVER = -1
CACHED_YEARS = 64
"""The tick that stands for "not within the horizon"."""

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DASH = re.compile(r" ?(?:[-–]|\bto\b) ?")


@dataclass(frozen=True, slots=True)
class Clock:
    """Converts between local moments and ticks.

    `start` is the aware moment of tick 0 and `zone` the zone in which all words of the scenario are meant.
    Raises ValueError for a start without a zone.
    """

    start: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise ValueError(f"the start {self.start} has no time zone; expected for instance Asia/Shanghai")

    def tick_of(self, moment: datetime) -> Tick:
        """Return the tick of a moment, which is local to `zone` if naive; negative before the start."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        return (aware.astimezone(UTC) - self.start.astimezone(UTC)) // ONE_SECOND

    def tick_at(self, day: date, second: int) -> Tick:
        """Return the tick at the wall-clock time `second` seconds after the midnight that begins `day`."""
        return self.tick_of(datetime.combine(day, time.min) + timedelta(seconds=second))

    def moment(self, tick: Tick) -> datetime:
        """Return the aware local moment of a tick."""
        return (self.start.astimezone(UTC) + timedelta(seconds=int(tick))).astimezone(self.zone)

    def days(self, horizon_ticks: Tick) -> Iterator[date]:
        """Yield the local dates that [0, horizon) touches and first the one before: it may run into them."""
        day, last = self.moment(0).date() - ONE_DAY, self.moment(max(0, horizon_ticks - 1)).date()
        while day <= last:
            yield day
            day += ONE_DAY

    def years(self, horizon_ticks: Tick) -> range:
        """Return the local years that [0, horizon) touches."""
        return range(self.moment(0).year, self.moment(max(0, horizon_ticks - 1)).year + 1)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The days on which a region rests or works against the week.

    `closed` holds the holidays with the weekend days inside their runs; `workdays` the weekend dates on which
    the region works; `assumed_years` the asked years whose arrangement is not published, so that their runs
    are a guess from the law.
    """

    closed: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    assumed_years: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Opening hours of a week: for each weekday, Monday first, its windows in seconds after midnight.

    A window belongs to the day on which it starts and may end on the next (a second above 86,400).
    """

    windows: tuple[tuple[Window, ...], ...]

    def on(self, day: date, holidays: HolidayCalendar) -> tuple[Window, ...]:
        """Return the windows that start on `day`: none on a holiday.

        On a make-up workday, a place open on Monday to Friday but not on that weekday has its Monday hours.
        """
        if day in holidays.closed:
            return ()
        hours = self.windows[day.weekday()]
        if not hours and day in holidays.workdays and all(self.windows[MONDAY:SATURDAY]):
            return self.windows[MONDAY]
        return hours


def quoted(text: object) -> str:
    """Return the beginning of `text` in quotes, for a message."""
    return f'"{str(text)[:LONGEST_QUOTE]}"'


def parse_date(text: str) -> date:
    """Return the date of a text such as "2026-06-01". Raises ValueError that says what would be right."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise ValueError(f'{quoted(text)} is not a date; expected year-month-day such as "2026-06-01"')
    year, month, day = map(int, match.groups())
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(f"{quoted(text)} is out of range; expected {EARLIEST_YEAR} to {LATEST_YEAR}")
    try:
        last = calendar.monthrange(year, month)[1]
    except calendar.IllegalMonthError as error:
        raise ValueError(f"{quoted(text)} is not a date: {error}") from None
    if not 1 <= day <= last:
        raise ValueError(f"{quoted(text)} is not a date: {year}-{month:02} has the days 01 to {last}")
    return date(year, month, day)


def parse_time_of_day(text: str, *, as_end: bool = False) -> int:
    """Return the seconds after midnight of "08:30"; "24:00" is a time only `as_end`. Raises ValueError."""
    latest = "24:00" if as_end else "23:59"
    match = _TIME.fullmatch(text)
    if not match or text.zfill(len(latest)) > latest or int(match[2]) >= SECONDS_PER_MINUTE:
        raise ValueError(f"{quoted(text)} is not a time of day; expected 00:00 to {latest}")
    return int(match[1]) * SECONDS_PER_HOUR + int(match[2]) * SECONDS_PER_MINUTE


def parse_moment(text: str) -> datetime:
    """Return "2026-06-01 08:00", or the midnight of "2026-06-01", as a naive datetime. Raises ValueError."""
    day, _, clock_time = text.strip().replace("T", " ").partition(" ")
    second = parse_time_of_day(clock_time.strip()) if clock_time else 0
    return datetime.combine(parse_date(day), time.min) + timedelta(seconds=second)


def parse_date_range(text: str) -> tuple[date, date]:
    """Return the first and the last day of "2026-06-26 to 2026-08-31", both included, or of one date.

    Raises ValueError, also where the last day comes before the first.
    """
    first, found, last = text.partition(" to ")
    days = parse_date(first), parse_date(last if found else first)
    if days[1] < days[0]:
        raise ValueError(f"{quoted(text)} ends before it begins; expected the earlier date first")
    return days


def parse_clock(start: str, timezone: str) -> Clock:
    """Return the clock that starts at the moment `start` of the IANA zone `timezone`. Raises ValueError."""
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(timezone, available_timezones())
        raise ValueError(f"{quoted(timezone)} is no zone; expected such as Asia/Shanghai{hint}") from None
    return Clock(parse_moment(start).replace(tzinfo=zone), zone)


def _weekday(word: str) -> int:
    if word.lower() not in WEEKDAYS:
        hint = did_you_mean(word.lower()[:LONGEST_WEEKDAY], WEEKDAYS)
        raise ValueError(f"{quoted(word)} is not a weekday; expected mon..sun{hint}")
    return WEEKDAYS.index(word.lower())


def _weekdays(word: str) -> list[int]:
    if word.lower() == "daily":
        return list(EVERY_DAY)
    first, dash, last = word.partition("-")
    begin, end = _weekday(first), _weekday(last if dash else first)
    return [(begin + step) % len(WEEKDAYS) for step in range((end - begin) % len(WEEKDAYS) + 1)]


def weekday_groups(text: str) -> list[tuple[list[int], list[str]]]:
    """Return the groups (weekdays from 0, time words) of words such as "mon-fri 06:00 and 18:00, sat 09:00".

    Raises ValueError for an unknown weekday, a time before any weekday and weekdays without a time.
    """
    groups: list[tuple[list[int], list[str]]] = []
    for word in re.split(r"[ ,]+", _DASH.sub("-", " ".join(text.split()))):
        if word in ("", "and"):
            continue
        if word[0].isdigit():
            if not groups:
                raise ValueError(f'{quoted(word)} has no weekday before it; expected such as "daily 08:00"')
            groups[-1][1].append(word)
            continue
        if not groups or groups[-1][1]:
            groups.append(([], []))
        groups[-1][0].extend(_weekdays(word))
    if not groups or not groups[-1][1]:
        raise ValueError(f'{quoted(text)} does not end in a time of day; expected such as "mon-fri 08:00"')
    return groups


def _daily_window(word: str) -> Window:
    begin, dash, end = word.partition("-")
    if not dash:
        raise ValueError(f'{quoted(word)} is not a window of time; expected for instance "08:00-20:00"')
    opens, closes = parse_time_of_day(begin), parse_time_of_day(end, as_end=True)
    if opens == closes:
        raise ValueError(f'{quoted(word)} is an empty window; expected "00:00-24:00" for the whole day')
    return opens, closes if closes > opens else closes + SECONDS_PER_DAY


def parse_weekly(spec: object) -> WeeklyHours:
    """Return the opening hours of "mon-fri 08:00-20:00, sat 09:00-12:00", "always", or a list of such texts.

    A window may run over midnight ("daily 22:00-06:00") and may end at 24:00; overlapping windows merge.
    Raises ValueError that says what would be right.
    """
    texts = spec if isinstance(spec, list | tuple) else [spec]
    week: list[list[Window]] = [[] for _ in WEEKDAYS]
    for text in texts or [""]:
        if not isinstance(text, str):
            raise ValueError(f'{quoted(text)} is not a text of opening hours such as "mon-fri 08:00-20:00"')
        plain = "daily 00:00-24:00" if text.strip() == "always" else text
        for weekdays, words in weekday_groups(plain):
            for weekday in weekdays:
                week[weekday] += map(_daily_window, words)
    return WeeklyHours(tuple(tuple(subtract_windows(windows, ())) for windows in week))


def _with_weekends(days: Iterable[date], workdays: frozenset[date]) -> frozenset[date]:
    """Return `days` with the weekend days that touch them, as the arrangement has it, but no `workdays`."""
    closed = set(days)
    for day in tuple(closed):
        for step in (ONE_DAY, -ONE_DAY):
            neighbour = day + step
            while neighbour.weekday() >= SATURDAY and neighbour not in workdays:
                closed.add(neighbour)
                neighbour += step
    return frozenset(closed)


def holiday_days(region: str, years: Iterable[int]) -> HolidayCalendar:
    """Return the holidays of `region` ("CN", "HK", "none") in `years`. Raises ValueError for other regions.

    CN: the State Council's yearly arrangement; the library omits weekend days inside a run, which are added.
    A year for which it lists no make-up workday is not published: `assumed_years`.
    HK: the general holidays (General Holidays Ordinance, Cap. 149), which ports, banks and offices keep; not
    the fewer statutory ones of the Employment Ordinance. The library calls the former its optional category.
    They follow from the law, so no year is assumed.
    """
    if region not in HOLIDAY_REGIONS:
        hint = did_you_mean(region, HOLIDAY_REGIONS)
        raise ValueError(f"{quoted(region)} has no holiday calendar; expected CN, HK or none{hint}")
    asked = frozenset(years)
    return _holiday_days(region, asked) if region != "none" and asked else HolidayCalendar()


@lru_cache(maxsize=CACHED_YEARS)
def _holiday_days(region: str, asked: frozenset[int]) -> HolidayCalendar:
    import holidays

    if region == "HK":
        general = holidays.country_holidays("HK", years=asked, categories=holidays.OPTIONAL)
        return HolidayCalendar(frozenset(general))
    # A New Year's run reaches into the neighbouring year, so both neighbours are looked at.
    around = {year + step for year in asked for step in (-1, 0, 1)}
    listed = holidays.country_holidays("CN", years=around)
    workdays = frozenset(listed.weekend_workdays)
    return HolidayCalendar(
        frozenset(day for day in _with_weekends(listed, workdays) if day.year in asked),
        frozenset(day for day in workdays if day.year in asked),
        asked - {day.year for day in workdays},
    )


def _covered(windows: Ticks, ticks: Ticks) -> npt.NDArray[np.bool_]:
    begun = np.searchsorted(np.sort(windows[:, 0]), ticks, side="right")
    ended = np.searchsorted(np.sort(windows[:, 1]), ticks, side="right")
    return begun > ended


def subtract_windows(windows: Sequence[Window], closures: Sequence[Window]) -> list[Window]:
    """Return what is in `windows` and not in `closures`, merged, sorted and half-open; all may overlap."""
    opened, closed = (np.array(pairs, dtype=np.int64).reshape(-1, ENDS) for pairs in (windows, closures))
    opened, closed = (pairs[pairs[:, 0] < pairs[:, 1]] for pairs in (opened, closed))
    edges = np.unique(np.concatenate((opened.ravel(), closed.ravel())))
    is_open = _covered(opened, edges) & ~_covered(closed, edges)
    changes = edges[np.flatnonzero(np.diff(is_open, prepend=False))].tolist()
    return list(zip(changes[::ENDS], changes[1::ENDS], strict=True))


def open_windows(
    weekly: WeeklyHours,
    holidays: HolidayCalendar,
    closures: Sequence[Window],
    clock: Clock,
    horizon_ticks: Tick,
) -> list[Window]:
    """Return the merged, sorted, half-open opening windows in ticks within [0, horizon_ticks).

    Windows that start on a holiday are dropped whole; `closures` are pairs of ticks, closed between.
    A place that never closes has one window: midnight is no closing.
    """
    hours = [
        (clock.tick_at(day, begin), clock.tick_at(day, end))
        for day in clock.days(horizon_ticks)
        for begin, end in weekly.on(day, holidays)
    ]
    within = ((min(max(begin, 0), horizon_ticks), min(max(end, 0), horizon_ticks)) for begin, end in hours)
    return subtract_windows(list(within), closures)


def window_arrays(windows: Sequence[Window]) -> tuple[Ticks, Ticks]:
    """Return `windows` as two int64 arrays: opening ticks and closing ticks."""
    pairs = np.array(windows, dtype=np.int64).reshape(-1, ENDS)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def next_open(opens: Ticks, closes: Ticks, ticks: npt.ArrayLike) -> Ticks:
    """Return for each of `ticks` the first tick from it on that is in a window; -1 where there is none."""
    wanted = np.asarray(ticks, dtype=np.int64)
    following = np.searchsorted(closes, wanted, side="right")
    return np.where(following < len(opens), np.maximum(np.append(opens, NEVER)[following], wanted), NEVER)


def _open_time_before(opens: Ticks, closes: Ticks, ticks: Ticks) -> Ticks:
    """Return the open ticks in [0, tick) for each of `ticks`."""
    begun = np.searchsorted(opens, ticks, side="right")
    total = np.concatenate(([0], np.cumsum(closes - opens)))
    still_to_come = np.maximum(np.concatenate(([0], closes))[begun] - np.maximum(ticks, 0), 0)
    return np.asarray(total[begun] - still_to_come, dtype=np.int64)


def open_time_between(opens: Ticks, closes: Ticks, begin: npt.ArrayLike, end: npt.ArrayLike) -> Ticks:
    """Return the open ticks in [begin, end), for each pair of `begin` and `end` (ticks, begin <= end)."""
    first, last = np.asarray(begin, dtype=np.int64), np.asarray(end, dtype=np.int64)
    return _open_time_before(opens, closes, last) - _open_time_before(opens, closes, first)


def add_open_time(opens: Ticks, closes: Ticks, start: npt.ArrayLike, work: npt.ArrayLike) -> Ticks:
    """Return for each job the tick at which it ends if it rests while closed (pausable work).

    `start` in ticks, open or not; `work` in ticks, at least 1. Work that ends exactly at closing ends there.
    -1 where the horizon's windows do not hold it. Raises ValueError for work below 1 tick.
    """
    begin, ticks_of_work = np.asarray(start, dtype=np.int64), np.asarray(work, dtype=np.int64)
    if np.any(ticks_of_work < 1):
        raise ValueError("work must be at least 1 tick")
    goal = _open_time_before(opens, closes, begin) + ticks_of_work
    total = np.cumsum(closes - opens)
    last = np.searchsorted(total, goal, side="left")
    padded_closes, padded_total = np.append(closes, NEVER), np.append(total, 0)
    return np.where(last < len(opens), padded_closes[last] - padded_total[last] + goal, NEVER)


def longest_window(opens: Ticks, closes: Ticks) -> Tick:
    """Return the length of the longest window in ticks; 0 where there is none."""
    return int(np.max(closes - opens, initial=0))


def shortest_window(opens: Ticks, closes: Ticks, horizon_ticks: Tick) -> Tick:
    """Return the length of the shortest window in ticks; 0 where there is none.

    A window that the start or the horizon may have cut counts only where there is no other.
    """
    lengths = closes - opens
    whole = lengths[(opens > 0) & (closes < horizon_ticks)]
    return int(np.min(whole if len(whole) else lengths)) if len(lengths) else 0
