"""Days, hours, closures and timetables, in seconds since the start of the world (local time of the clock's zone)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from paper.amounts import DAY, offset, seconds
from paper.texts import Tree, as_list, value

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
Windows = list[tuple[int, int]]


# --------------------------------------------------------------------------------------------------------- rest days
def _days(year: int, text: str) -> set[date]:
    """`2.15-2.23 4.4`: days of a year."""
    found: set[date] = set()
    for piece in text.split():
        first, last = (piece.split("-") * 2)[:2]
        day, end = (date(year, *map(int, each.split("."))) for each in (first, last))
        while day <= end:
            found.add(day)
            day += ONE_DAY
    return found


# Arrangements of the State Council: rest days with the weekends inside, and weekend days that are worked instead
CN_REST = {
    2023: "1.1-1.2 1.21-1.27 4.5 4.29-5.3 6.22-6.24 9.29-10.6 12.30-12.31",
    2024: "1.1 2.10-2.17 4.4-4.6 5.1-5.5 6.8-6.10 9.15-9.17 10.1-10.7",
    2025: "1.1 1.28-2.4 4.4-4.6 5.1-5.5 5.31-6.2 10.1-10.8",
    2026: "1.1-1.3 2.15-2.23 4.4-4.6 5.1-5.5 6.19-6.21 9.25-9.27 10.1-10.7",
}
CN_WORKED = {
    2023: "1.28-1.29 4.23 5.6 6.25 10.7-10.8",
    2024: "2.4 2.18 4.7 4.28 5.11 9.14 9.29 10.12",
    2025: "1.26 2.8 4.27 9.28 10.11",
    2026: "1.4 2.14 2.28 5.9 9.20 10.10",
}
# General holidays of Hong Kong besides Sundays
HK_REST = {
    2026: "1.1 2.17-2.19 4.3-4.4 4.6-4.7 5.1 5.25 6.19 7.1 9.26 10.1 10.19 12.25-12.26",
    2027: "1.1 2.6 2.8-2.9 3.26-3.27 3.29 4.5 5.1 5.13 6.9 7.1 9.16 10.1 10.8 12.25 12.27",
}


@cache
def rest_days(land: str, year: int) -> frozenset[date]:
    """Holidays of a land in a year; a mainland year without an arrangement has its statutory days and the weekends
    that touch them."""
    if land == "CN":
        if year in CN_REST:
            return frozenset(_days(year, CN_REST[year]))
        days = set(holidays.country_holidays("CN", years=year))
        for day in sorted(days):
            for way in (ONE_DAY, -ONE_DAY):
                near = day + way
                while near.weekday() >= WEEKDAYS.index("sat"):
                    days.add(near)
                    near += way
        return frozenset(days)
    if land == "HK":
        if year in HK_REST:
            return frozenset(_days(year, HK_REST[year]))
        return frozenset(holidays.country_holidays("HK", years=year))
    return frozenset()


def worked_days(land: str, year: int) -> frozenset[date]:
    """Make-up workdays."""
    return frozenset(_days(year, CN_WORKED.get(year, ""))) if land == "CN" else frozenset()


# --------------------------------------------------------------------------------------------------------- the clock
def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.strip())


def day_range(text: str) -> tuple[date, date]:
    first, last = (text.split(" to ") * 2)[:2]
    return moment(first).date(), moment(last).date()


@dataclass(frozen=True)
class Clock:
    """The start of the world, its measured days and its last second."""

    start: datetime
    zone: str
    measure: tuple[date, date]
    end: int

    @staticmethod
    def of(tree: Tree) -> Clock:
        start, measure = moment(tree["start"]), day_range(tree["measure"])
        measured_until = datetime.combine(measure[1] + ONE_DAY, datetime.min.time())
        end = int((measured_until - start).total_seconds()) + seconds(tree["follow_up"])
        return Clock(start, tree.get("timezone", "Asia/Shanghai"), measure, end)

    def tick(self, when: datetime | date) -> int:
        if not isinstance(when, datetime):
            when = datetime.combine(when, datetime.min.time())
        return int((when - self.start).total_seconds())

    def when(self, tick: int) -> datetime:
        return self.start + timedelta(seconds=tick)

    def range_ticks(self, text: str) -> tuple[int, int]:
        """From the first second of a date range to the one after its last."""
        first, last = day_range(text)
        return self.tick(first), self.tick(last + ONE_DAY)

    def days(self) -> Iterable[date]:
        """Every day that may matter, with one before and a month after."""
        day = self.start.date() - ONE_DAY
        while self.tick(day) < self.end + 40 * DAY:
            yield day
            day += ONE_DAY

    def shift(self, zone: str) -> timedelta:
        """What a clock in `zone` is ahead of ours, at the start."""
        here = self.start.replace(tzinfo=ZoneInfo(self.zone)).utcoffset()
        there = self.start.replace(tzinfo=ZoneInfo(zone)).utcoffset()
        assert here is not None
        assert there is not None
        return there - here


# ------------------------------------------------------------------------------------------------------ weekly hours
def weekdays(text: str) -> list[int]:
    """`mon-fri`, `sat,sun`, `daily`, `sat-mon`."""
    if text == "daily":
        return list(range(7))
    found: list[int] = []
    for piece in text.split(","):
        first, last = (piece.strip().split("-") * 2)[:2]
        day, end = WEEKDAYS.index(first), WEEKDAYS.index(last)
        found.append(day)
        while day != end:
            day = (day + 1) % 7
            found.append(day)
    return found


def time_of_day(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


def weekly(node: Tree) -> dict[int, Windows]:
    """Windows of each weekday in seconds from its midnight, some beyond 24 h."""
    found: dict[int, Windows] = {day: [] for day in range(7)}
    for text in as_list(value(node)):
        text = "daily 00:00-24:00" if text == "always" else text
        for days, spans in re.findall(r"([a-z][a-z,\- ]*?)\s+((?:\d[\d:]*-[\d:]+(?:\s+and\s+)?)+)", text):
            for span in spans.split(" and "):
                begin, end = map(time_of_day, span.strip().split("-"))
                for day in weekdays(days.replace(" ", "").strip(",")):
                    found[day].append((begin, end if end > begin else end + DAY))
    return found


def merged(spans: Iterable[tuple[int, int]]) -> Windows:
    found: Windows = []
    for begin, end in sorted(span for span in spans if span[1] > span[0]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(windows: Windows, closed: Windows) -> Windows:
    """What is left of windows outside closures."""
    found = windows
    for begin, end in closed:
        cut = [(a, min(b, begin)) for a, b in found] + [(max(a, end), b) for a, b in found]
        found = merged(cut)
    return found


def openings(clock: Clock, facility: Tree, closed: Windows) -> Windows:
    """When a facility works: its hours on its days, less dated closures."""
    hours, land = weekly(facility.get("opens", "always")), facility.get("holidays", "none")
    office = all(hours[day] for day in range(5))
    spans = []
    for day in clock.days():
        windows = hours[day.weekday()]
        if day in rest_days(land, day.year):
            windows = []
        elif day in worked_days(land, day.year) and not windows and office:
            windows = hours[WEEKDAYS.index("fri")]
        begin = clock.tick(day)
        spans += [(begin + a, begin + b) for a, b in windows]
    return without(merged(spans), closed)


def closures(clock: Clock, closures_tree: Tree, place: str, mode: str | None) -> Windows:
    """Dated closures at a place for a mode."""
    found = []
    for closure in (closures_tree or {}).values():
        for days in as_list(closure.get("on")):
            begin, end = clock.range_ticks(days)
            for act in closure["acts"]:
                if place in act["places"] and mode in act["modes"]:
                    found.append((begin + offset(act.get("starts")), end + offset(act.get("ends"))))
    return merged(found)


def next_open(windows: Windows, tick: int) -> int:
    """The first open second from `tick` on."""
    return next(max(begin, tick) for begin, end in windows if end > tick)


# --------------------------------------------------------------------------------------------------------- timetables
def departures(clock: Clock, node: Tree, until: int) -> list[int]:
    """Scheduled departures from the start to `until`."""
    found: list[int] = []
    for text in as_list(value(node)):
        found += list(_one_timetable(clock, text, until))
    return sorted(tick for tick in found if 0 <= tick <= until)


def _one_timetable(clock: Clock, text: str, until: int) -> Iterable[int]:
    if text.startswith("on "):
        yield from (clock.tick(moment(each)) for each in text[3:].split(","))
        return
    text, begin, end = _limits(clock, text, until)
    if text.startswith("every "):
        gap, tick = seconds(text[6:]), begin
        while tick < end:
            yield tick
            tick += gap
        return
    parity = None
    if found := re.match(r"(odd|even) weeks (.*)", text):
        parity, text = found[1] == "odd", found[2]
    times: dict[int, set[int]] = {day: set() for day in range(7)}
    for days, hours in re.findall(r"([a-z][a-z,\- ]*?)\s+(\d\d:\d\d(?:\s+and\s+\d\d:\d\d)*)", text):
        for day in weekdays(days.replace(" ", "").strip(",")):
            times[day] |= {time_of_day(each) for each in hours.split(" and ")}
    for each in clock.days():
        if parity is None or (each.isocalendar().week % 2 == 1) == parity:
            for at in sorted(times[each.weekday()]):
                if begin <= clock.tick(each) + at < end:
                    yield clock.tick(each) + at


def _limits(clock: Clock, text: str, until: int) -> tuple[str, int, int]:
    """The text without `from` and `to`, the first second and the one after the last."""
    found = re.match(r"(.*?)(?: from (.*?))?(?: to (.*))?$", text)
    assert found is not None
    begin = clock.tick(moment(found[2])) if found[2] else 0
    end = until + 1
    if found[3]:
        last = moment(found[3])
        end = clock.tick(last) + 1 if ":" in found[3] else clock.tick(last + ONE_DAY)
    return found[1], begin, end
