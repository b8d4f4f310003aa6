"""Checks of the run: its dates and length, and how many departures, failures and closures happen in it."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.scenario.calendars import (
    LATEST_YEAR,
    Clock,
    Window,
    parse_clock,
    parse_date_range,
    parse_moment,
    parse_weekly,
)
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.texts import parse_event_rate
from corridor_sim.scenario.timetables import parse_timetable
from corridor_sim.scenario.world import Closure, Facility, Failures, Service
from corridor_sim.units import DAYS_PER_YEAR, SECONDS_PER_DAY, SECONDS_PER_WEEK, Tick, to_ticks

LONGEST_RUN_YEARS = 20
LONGEST_RUN = LONGEST_RUN_YEARS * DAYS_PER_YEAR * SECONDS_PER_DAY
MOST_DEPARTURES = 1_000_000
MOST_EVENTS = 1_000_000
"""Failures of a facility, or events of a closure, in one replication."""
MOST_OPENINGS = 200_000
"""Opening hours of a facility that begin in a run: ten a day for 20 years are 73,000; each takes a kilobyte."""
SAMPLE = SECONDS_PER_WEEK + SECONDS_PER_WEEK
"""Odd and even weeks may differ."""


@dataclass(frozen=True, slots=True)
class Run:
    """The clock of a run, its measured window and its horizon in ticks."""

    clock: Clock
    window: Window
    horizon: Tick

    def ticks(self, dates: str) -> Window:
        """Return a date range, both days included, in ticks, from the start to the horizon."""
        first, last = parse_date_range(dates)
        start, end = self.clock.tick_at(first, 0), self.clock.tick_at(last, SECONDS_PER_DAY)
        return max(0, start), min(self.horizon, end)

    def overlaps(self, dates: str) -> bool:
        """Whether a date range shares a moment with the run."""
        start, end = self.ticks(dates)
        return start < end


def check_clock(found: Findings) -> Run | None:
    """Check the clock; return the run, None where it makes no sense or is absurdly long."""
    rules = found.scenario.clock
    clock = parse_clock(rules.start, rules.timezone)
    first, last = parse_date_range(rules.measure)
    window = clock.tick_at(first, 0), clock.tick_at(last, SECONDS_PER_DAY)
    horizon = window[1] + to_ticks(rules.follow_up.value)
    if rules.warm_up is not None and rules.kind == "terminating":
        found.add(("clock", "warm_up"), "a terminating scenario has no warm-up; leave it out, or write `kind: steady`")
    elif rules.warm_up is not None and rules.warm_up.value >= window[1]:
        found.add(("clock", "warm_up"), f'"{rules.warm_up.text}" is as long as the run; nothing would be left')
    if first < parse_moment(rules.start).date():
        found.add(("clock", "measure"), f"the measured window begins before the world does, at {rules.start}")
    elif horizon > LONGEST_RUN:
        found.add(("clock", "measure"), f"the run would last over {LONGEST_RUN_YEARS} years, follow-up included")
    elif clock.moment(horizon).year > LATEST_YEAR:
        found.add(("clock", "measure"), f"the run goes on after {LATEST_YEAR}, for which no calendar is known")
    else:
        return Run(clock, (max(0, window[0]), window[1]), horizon)
    return None


def check_run(found: Findings, run: Run | None) -> None:
    """Check what happens in the run; nothing where that is not known."""
    if run is None:
        return
    departures = 0
    for name, service in found.scenario.services.items():
        if departures <= MOST_DEPARTURES:
            departures += _departures(found, run, name, service, MOST_DEPARTURES - departures)
    for name, facility in found.scenario.facilities.items():
        _check_openings(found, run, name, facility)
        if facility.failures is not None:
            _check_failures(found, run, name, facility.failures)
    for name, closure in found.scenario.closures.items():
        if closure.rate is not None:
            _check_events(found, run, name, closure, closure.rate)


def _departures(found: Findings, run: Run, name: str, service: Service, most: int) -> int:
    """Return how many departures a service has in the run; above `most`, note a problem."""
    path = ("services", name, "departs")
    # counted on two weeks first, so that an absurd timetable is not worked out
    patterns = [text.partition(" from ")[0] for text in service.departs]
    sample = min(SAMPLE, run.horizon)
    counts = found.read(path, lambda: [len(parse_timetable(pattern, run.clock, sample)) for pattern in patterns])
    if counts is None:
        return 0
    if sum(counts) * run.horizon // sample > most:
        found.add(path, f"more than {MOST_DEPARTURES} departures in a run")
        return MOST_DEPARTURES + 1
    ticks = found.read(path, lambda: parse_timetable(list(service.departs), run.clock, run.horizon))
    return len(ticks) if ticks is not None else 0


def _check_openings(found: Findings, run: Run, name: str, facility: Facility) -> None:
    weekly = sum(map(len, parse_weekly(facility.opens).windows))
    if weekly * run.horizon > MOST_OPENINGS * SECONDS_PER_WEEK:
        found.add(("facilities", name, "opens"), f"more than {MOST_OPENINGS} openings in a run")


def _check_failures(found: Findings, run: Run, name: str, failures: Failures) -> None:
    cycle = failures.every.law.mean() + failures.lasts.law.mean()
    if cycle * MOST_EVENTS < run.horizon:
        found.add(("facilities", name, "failures"), f"more than {MOST_EVENTS} failures in a run")


def _check_events(found: Findings, run: Run, name: str, closure: Closure, rate: str) -> None:
    if closure.season and not any(run.overlaps(dates) for dates in closure.season):
        found.add(("closures", name, "season"), "no season falls in the run; the closure could never come")
    for place, dates in enumerate(closure.season):
        first, last = parse_date_range(dates)
        if (last.year, last.month, last.day) >= (first.year + 1, first.month, first.day):
            message = f'"{dates}" is longer than a year, whose events all fall in it; write a season for each year'
            found.add(("closures", name, "season", place), message)
    if parse_event_rate(rate) * run.horizon > MOST_EVENTS:
        found.add(("closures", name, "rate"), f"more than {MOST_EVENTS} events in a run")
