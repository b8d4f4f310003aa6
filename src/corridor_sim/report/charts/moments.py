"""The time axis of charts of one replication: days of the corridor's own clock, the same in both forms.

Rows hold minutes since the start of the clock; specifications turn them into moments by the parameter `origin`.
Dates are written in digits, which read the same in every script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from corridor_sim.report.charts.base import Spec
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words
from corridor_sim.scenario.calendars import Clock
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_MINUTE, SECONDS_PER_WEEK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MINUTES_PER_DAY = SECONDS_PER_DAY // SECONDS_PER_MINUTE
MILLISECONDS_PER_MINUTE = 1000 * SECONDS_PER_MINUTE
WEEKS_FIRST_SHOWN = 3
ORIGIN = "origin"
ZOOM = "zoom"
SHORTEST_WIDTH_PER_DATE = 55
"""Pixels."""
DATES = "utcFormat(datum.value, utchours(datum.value) + utcminutes(datum.value) ? '%m-%d %H:%M' : '%Y-%m-%d')"
MOMENT = "%Y-%m-%d %H:%M"
MOST_DATES = 7


@dataclass(frozen=True)
class Span:
    """The measured window of a run in ticks: `begin` to before `end`; `start` is the local moment of tick 0."""

    start: datetime
    begin: int
    end: int

    def date(self, tick: int) -> str:
        """Return the local date of a tick in digits."""
        return f"{self.start + timedelta(seconds=int(tick)):%Y-%m-%d}"

    def first_shown(self, end: int) -> tuple[int, int]:
        """Return the ticks a reader sees first: so many weeks, or less where there is less until `end`."""
        return self.begin, min(end, self.begin + WEEKS_FIRST_SHOWN * SECONDS_PER_WEEK)


def clock_of(run: Run) -> Clock | None:
    """Return the clock of a run; None where its scenario is not known."""
    told = run.scenario().get("clock")
    if told is None:
        return None
    zone = ZoneInfo(told["timezone"])
    return Clock(datetime.fromisoformat(told["start"]).replace(tzinfo=zone), zone)


def span_of(run: Run) -> Span | None:
    """Return the measured window of a run; None where its scenario is not known."""
    clock = clock_of(run)
    if clock is None:
        return None
    first, last = (datetime.fromisoformat(run.summary["run"]["measure"][place]) for place in (0, -1))
    end = clock.tick_of(last + timedelta(days=1))
    return Span(clock.start.replace(tzinfo=None), clock.tick_of(first), end)


def minutes(ticks: Iterable[int]) -> list[int]:
    """Return ticks as whole minutes, rounded."""
    return [(int(tick) + SECONDS_PER_MINUTE // 2) // SECONDS_PER_MINUTE for tick in ticks]


def origin_param(span: Span) -> Spec:
    """Return the parameter that holds the moment of minute 0 in milliseconds, as if the local time were UTC."""
    return {"name": ORIGIN, "value": int(span.start.replace(tzinfo=UTC).timestamp()) * 1000}


def moment_from(column: str, into: str) -> Spec:
    """Return the transform that turns a column of minutes into moments."""
    return {"calculate": f"{ORIGIN} + datum['{column}'] * {MILLISECONDS_PER_MINUTE}", "as": into}


def moment_text(column: str, into: str) -> Spec:
    """Return the transform that writes a column of moments in digits, for tooltips."""
    return {"calculate": f"utcFormat(datum['{column}'], '{MOMENT}')", "as": into}


def time_axis(span: Span, shown: tuple[int, int], title: Words) -> Spec:
    """Return the x encoding of moments in the column `time` that first shows some ticks."""
    axis = {
        "title": title,
        "labelExpr": DATES,
        "labelOverlap": "greedy",
        "labelSeparation": 8,
        "tickCount": {"expr": f"max(2, width / {SHORTEST_WIDTH_PER_DATE})"},
    }
    origin = origin_param(span)["value"]
    begin, end = (origin + minute * MILLISECONDS_PER_MINUTE for minute in minutes(shown))
    # an expression, because Vega-Lite reads numbers as dates at one end of a line and as numbers at the other
    domain = {"expr": f"[{begin}, {end}]"}
    scale = {"type": "utc", "domain": domain}
    return {"field": "time", "type": "temporal", "scale": scale, "axis": axis}


def same_time() -> Spec:
    """Return the x encoding of the other layers of a picture, which stand on the axis of the first."""
    return {"field": "time", "type": "temporal"}


def zoom() -> Spec:
    """Return the parameter, of one layer, by which a reader moves and stretches the time axis."""
    return {"name": ZOOM, "select": {"type": "interval", "encodings": ["x"]}, "bind": "scales"}


def draw_dates(axes: Axes, span: Span, shown: tuple[int, int]) -> None:
    """Make the x axis of matplotlib, in minutes, one of dates."""
    from matplotlib.ticker import MaxNLocator

    begin, end = minutes(shown)
    axes.set_xlim(begin, end)
    whole_days: Any = MaxNLocator(MOST_DATES, integer=True)
    days = whole_days.tick_values(begin / MINUTES_PER_DAY, end / MINUTES_PER_DAY)
    inside = [int(day) for day in days if begin <= day * MINUTES_PER_DAY <= end]
    axes.set_xticks(
        [day * MINUTES_PER_DAY for day in inside], [span.date(day * int(SECONDS_PER_DAY)) for day in inside]
    )
