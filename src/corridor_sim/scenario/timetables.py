"""Timetables in words ("mon,tue,thu 16:00", "every 3.5 days") turned into scheduled departure ticks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from corridor_sim.errors import did_you_mean
from corridor_sim.scenario.calendars import (
    ONE_DAY,
    WEEKDAYS,
    Clock,
    Ticks,
    parse_date,
    parse_date_range,
    parse_moment,
    parse_time_of_day,
    weekday_groups,
)
from corridor_sim.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Tick, parse_quantity, to_ticks

SHORTEST_INTERVAL = SECONDS_PER_MINUTE
WEEK_PARITIES = ("even", "odd")
INTERVAL_KEYS = ("every", "first")
EXAMPLES = '"daily 20:00", "mon,thu 16:00", "every 8 h" or "on 2026-06-03 10:00"'


def parse_timetable(spec: object, clock: Clock, horizon_ticks: Tick) -> Ticks:
    """Return the scheduled departures of `spec` in [0, horizon_ticks), as rising int64 ticks.

    `spec` is one of these, or a list of them, whose departures are united:
    * weekdays and times: "mon-fri 06:00 and 18:00", "daily 20:00", "odd weeks tue 10:00" (ISO weeks), with
      "... from 2026-06-01" or "... from 2026-06-01 to 2026-08-31" (both days included) behind it if wanted;
    * an interval: "every 8 h" (from the start on), "every 3.5 days from 2026-06-02 20:00", with
      " to 2026-08-31" if wanted, or {every: "3.5 days", first: "2026-06-02 20:00"};
    * moments: "on 2026-06-03 10:00, 2026-06-07 10:00".
    Times are local. An interval is elapsed time, rounded once to whole ticks. Raises ValueError that says what
    would be right; two departures at one tick are an error.
    """
    parts = spec if isinstance(spec, list | tuple) else [spec]
    if not parts:
        raise ValueError(f"the timetable is empty; expected {EXAMPLES}")
    ticks = np.sort(np.concatenate([_part_ticks(part, clock, horizon_ticks) for part in parts]))
    repeated = ticks[1:][np.diff(ticks) == 0]
    if len(repeated):
        raise ValueError(f"two departures at {clock.moment(repeated[0]):%Y-%m-%d %H:%M}; expected each moment once")
    return ticks


def _part_ticks(part: object, clock: Clock, horizon_ticks: Tick) -> Ticks:
    if isinstance(part, Mapping):
        departures: Iterable[Tick] = _mapping(part, clock, horizon_ticks)
    elif not isinstance(part, str):
        raise ValueError(f'"{str(part)[:40]}" is not a timetable; expected a text such as {EXAMPLES}')
    else:
        word, _, rest = part.strip().partition(" ")
        match word:
            case "every":
                departures = _interval_text(rest, clock, horizon_ticks)
            case "on":
                departures = map(_departure, re.split(r"\s*,\s*|\s+and\s+", rest.strip()))
            case _:
                departures = _weekly(part, clock, horizon_ticks)
    return np.array([tick for tick in departures if 0 <= tick < horizon_ticks], dtype=np.int64)
