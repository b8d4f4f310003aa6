"""Networks of queues made by chance, told to this program as scenarios and to Ciw as networks, with the same draws.

Ciw (https://ciw.readthedocs.io) is a simulator of queueing networks by other people. A world is played once with
nobody in anybody's way: that tells how long each work of each consignment lasts and which way it goes, since draws do
not depend on what is in the way. Ciw is given releases, ways and durations, and has to find the queues by itself:
servers, priorities, opening hours with work that rests, begins again or is finished, fewer servers on some days,
vehicles that leave at set times with so many, and stations with little room that block the one before.

What Ciw has no words for, or other rules, is not here: equipment kept over several steps, loads gathered, cut-offs,
failures by chance, cancelled departures, closures, switches; priorities where servers are cut (Ciw lets others rest).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from math import ceil, inf
from random import Random
from typing import Any

import ciw

from corridor_sim import load, lower, simulate
from corridor_sim.engine.base import VISITS
from corridor_sim.engine.program import NONE, Op
from small_world import world

Row = dict[str, int]
HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
WEEKS = 8
AFTER = 26
"""Weeks within which everybody has passed."""
DRAWN_ONCE = {"uniform": ["10 min", "200 min"]}
LAWS: tuple[tuple[float, Any], ...] = (
    (1.75, DRAWN_ONCE),
    (2.0, {"exponential": {"mean": "2 h", "max": "40 h"}}),
    (3.0, {"lognormal": {"mean": "3 h", "cv": 0.7, "max": "60 h"}}),
    (1.5, {"triangular": ["30 min", "1 h", "3 h"]}),
)
"""Mean in hours, and law."""
SHORT_LAWS = (LAWS[0], LAWS[3])
"""Those of which even the longest fits between opening and closing, and between closing and opening."""
HOURS: tuple[tuple[str, tuple[int, ...], tuple[tuple[int, int], ...]], ...] = (
    ("daily 06:00-18:00", (0, 1, 2, 3, 4, 5, 6), ((6, 18),)),
    ("mon-fri 08:00-20:00", (0, 1, 2, 3, 4), ((8, 20),)),
    ("mon-sat 00:00-05:00 and 10:00-20:00", (0, 1, 2, 3, 4, 5), ((0, 5), (10, 20))),
)
"""As a scenario says it, and days with hours of a week."""
TIMETABLES = {"daily 20:00": [(day, 20) for day in range(7)], "mon,wed,fri 12:00": [(0, 12), (2, 12), (4, 12)]}
CUT_DAYS = (14, 17)
"""Days from the first to the last of a cut."""
AT_CLOSING = {"pause": "resume", "restart": "restart", "finish": False}
"""Our word, and Ciw's."""
FEATURES = (
    "priorities",
    "hours, pause",
    "hours, restart",
    "hours, finish",
    "cut",
    "timetable",
    "loop",
    "branch",
    "room",
)
PLACES = ("A", "B")


@dataclass
class Station:
    """Some servers at a place."""

    place: str
    servers: int = 0
    opens: int = NONE
    at_closing: str = "pause"
    cut_to: int = NONE
    room: int = 0
    hours_asked: float = 0.0

    def told(self) -> dict[str, Any]:
        """Return it as a scenario has it."""
        body: dict[str, Any] = {"at": self.place, "servers": self.servers}
        if self.opens != NONE:
            body |= {"opens": HOURS[self.opens][0], "at_closing": self.at_closing}
        if self.cut_to != NONE:
            body["cuts"] = [{"on": f"2026-01-{5 + CUT_DAYS[0]} to 2026-01-{5 + CUT_DAYS[1]}", "servers": self.cut_to}]
        return body

    @property
    def open_share(self) -> float:
        """The share of the week in which it is open."""
        return self.open_hours() / (WEEK / HOUR)

    def open_hours(self) -> float:
        if self.opens == NONE:
            return WEEK / HOUR
        _, days, windows = HOURS[self.opens]
        return len(days) * sum(end - begin for begin, end in windows)

    def changes(self) -> list[tuple[int, int]]:
        """Return (servers, until when) over the whole run."""
        marks = {0, (WEEKS + AFTER) * WEEK, CUT_DAYS[0] * DAY, (CUT_DAYS[1] + 1) * DAY}
        _, days, windows = HOURS[self.opens] if self.opens != NONE else ("", tuple(range(7)), ((0, 24),))
        open_at = []
        for day in range((WEEKS + AFTER) * 7):
            if day % 7 in days:
                open_at += [(day * DAY + begin * HOUR, day * DAY + end * HOUR) for begin, end in windows]
        marks.update(tick for window in open_at for tick in window)
        ends = sorted(marks)
        starts = (
            {tick for begin, end in open_at for tick in ends if begin <= tick < end}
            if self.cut_to != NONE
            else {begin for begin, _ in open_at}
        )
        return [
            (self._at(tick) if tick in starts or self._inside(tick, open_at) else 0, until)
            for tick, until in zip(ends, ends[1:])
        ]
