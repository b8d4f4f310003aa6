"""Scenarios moved by whole weeks, and cut to a stretch that begins shortly before what is measured."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from corridor_sim.network.usage import things_in_use
from corridor_sim.scenario.calendars import (
    WEEKDAYS,
    HolidayCalendar,
    holiday_days,
    parse_clock,
    parse_date_range,
    parse_moment,
)
from corridor_sim.scenario.goods import Arrivals, Flow
from corridor_sim.scenario.model import Clock, Scenario
from corridor_sim.scenario.money import Exchange, ExchangeRate, Subsidy, Tariff
from corridor_sim.scenario.world import Closure, Cut, Service, TransitIn
from corridor_sim.units import SECONDS_PER_DAY

DAYS_PER_WEEK = len(WEEKDAYS)
DATED: dict[type[BaseModel], tuple[str, ...]] = {
    Clock: ("start", "measure"),
    Cut: ("on",),
    Service: ("departs",),
    TransitIn: ("on",),
    Closure: ("on", "season"),
    Tariff: ("valid",),
    Subsidy: ("valid",),
    Flow: ("season",),
    Arrivals: ("on", "first"),
    ExchangeRate: ("on",),
    Exchange: ("hold_last",),
}
"""Where a scenario has dates, in texts."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BY_WEEK = re.compile(r"\b(odd|even) weeks\b")
ALWAYS_OPEN = "none"
TWO_WEEKS = 2


def moved(scenario: Scenario, weeks: int) -> Scenario:
    """Return a scenario with every date so many weeks later; monthly demand profiles cannot be moved."""
    walked: Scenario = _moved(scenario, timedelta(days=DAYS_PER_WEEK * weeks))
    return walked


def _moved(thing: Any, by: timedelta) -> Any:
    if isinstance(thing, BaseModel):
        dated = DATED.get(type(thing), ())
        fields = {name: getattr(thing, name) for name in type(thing).model_fields}
        now = {name: _later(value, by) if name in dated else _moved(value, by) for name, value in fields.items()}
        changed = {name: value for name, value in now.items() if value is not fields[name]}
        return thing.model_copy(update=changed) if changed else thing
    if isinstance(thing, dict):
        parts = {name: _moved(value, by) for name, value in thing.items()}
        return parts if any(parts[name] is not value for name, value in thing.items()) else thing
    if type(thing) is tuple:
        items = tuple(_moved(item, by) for item in thing)
        return items if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
    return thing


def _later(text: Any, by: timedelta) -> Any:
    """Return texts with all their dates later."""
    if isinstance(text, tuple):
        return tuple(_later(each, by) for each in text)
    if isinstance(text, str):
        return _DATE.sub(lambda found: (date.fromisoformat(found[0]) + by).isoformat(), text)
    return text


@dataclass(frozen=True)
class Stretch:
    """A scenario whose run lasts from `first` to `last`, both days included."""

    scenario: Scenario
    first: date
    last: date

    @staticmethod
    def whole(scenario: Scenario) -> Stretch:
        """Return a scenario as it is."""
        _, last = parse_date_range(scenario.clock.measure)
        more = -(-scenario.clock.follow_up.value // SECONDS_PER_DAY)
        return Stretch(scenario, parse_moment(scenario.clock.start).date(), last + timedelta(days=int(more)))

    def cut(self, weeks: int) -> Stretch:
        """Return so many weeks of it, of which releases of the first half are measured; less than a week goes before.

        It begins on the weekday and at the hour at which it began.
        """
        clock, start = self.scenario.clock, parse_moment(self.scenario.clock.start)
        measured, last = parse_date_range(clock.measure)
        lead = max(0, (measured - start.date()).days // DAYS_PER_WEEK)
        begin = start + timedelta(days=DAYS_PER_WEEK * lead)
        until = begin.date() + timedelta(days=DAYS_PER_WEEK * weeks - 1)
        half = min(last, begin.date() + timedelta(days=DAYS_PER_WEEK * max(1, weeks // TWO_WEEKS) - 1))
        follow = Fraction((until - half).days * SECONDS_PER_DAY)
        shorter = clock.model_copy(
            update={
                "start": f"{begin:%Y-%m-%d %H:%M}",
                "measure": f"{measured} to {half}",
                "follow_up": replace(clock.follow_up, value=follow, text=f"{follow} s"),
                "warm_up": None,
            }
        )
        return Stretch(self.scenario.model_copy(update={"clock": shorter}), begin.date(), until)

    def moved(self, weeks: int) -> Stretch:
        """Return it so many weeks later."""
        by = timedelta(days=DAYS_PER_WEEK * weeks)
        return Stretch(moved(self.scenario, weeks), self.first + by, self.last + by)

    @property
    def days(self) -> list[date]:
        """Its days with one before and one after, which may reach into it."""
        first = self.first - timedelta(days=1)
        return [first + timedelta(days=number) for number in range((self.last - first).days + 1 + 1)]

    def later(self, weeks: int) -> list[date]:
        """Return its days so many weeks later."""
        return [day + timedelta(days=DAYS_PER_WEEK * weeks) for day in self.days]


def regions_of(scenario: Scenario) -> set[str]:
    """Return whose holidays matter for facilities in use and for charge clocks."""
    used = things_in_use(scenario).facilities
    facilities: set[str] = {body.holidays for name, body in scenario.facilities.items() if name in used}
    clocks: set[str] = {tariff.clock.holidays for tariff in scenario.tariffs.values() if tariff.clock is not None}
    return (facilities | clocks) - {ALWAYS_OPEN}


def is_quiet(days: list[date], regions: set[str]) -> bool:
    """Return whether none of the days is a holiday or a make-up workday anywhere."""
    years = range(days[0].year, days[-1].year + 1)
    return not any(_special(holiday_days(region, years)) & set(days) for region in sorted(regions))


def _special(calendar: HolidayCalendar) -> set[date]:
    return {*calendar.closed, *calendar.workdays}


def same_clockwork(scenario: Scenario, days: list[date], others: list[date]) -> bool:
    """Return whether local time, odd and even weeks and years of random closures run alike on two runs of days."""
    zone = parse_clock(scenario.clock.start, scenario.clock.timezone).zone
    before, after = (
        [datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() for day in run] for run in (days, others)
    )
    texts = [text for service in scenario.services.values() for text in service.departs]
    if any(_BY_WEEK.search(text) for text in texts) and _parities(days) != _parities(others):
        return False
    by = others[0] - days[0]
    seasons = [[parse_date_range(text)[0] for text in closure.season] for closure in scenario.closures.values()]
    years = [(len({day.year for day in each}), len({(day + by).year for day in each})) for each in seasons]
    return before == after and all(mine == yours for mine, yours in years)


def _parities(days: list[date]) -> list[bool]:
    """Return which days lie in odd weeks."""
    return [day.isocalendar().week % TWO_WEEKS == 1 for day in days]
