"""Networks of queues made by chance, of what this program and other simulators of queues both have rules for.

Servers, priorities, opening hours with work that rests, begins again or is finished, fewer servers on some days,
vehicles that leave at set times with so many, ways chosen by lot, work done again, and stations with little room that
block the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, pairwise
from math import ceil
from random import Random
from typing import Any

from small_world import world

HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
WEEK_HOURS = 168
WEEKS, AFTER_WEEKS = 8, 26
"""Of releases, and within which all have passed."""
RUN = (WEEKS + AFTER_WEEKS) * WEEK
LAWS: tuple[tuple[float, Any], ...] = (
    (1.75, {"uniform": ["10 min", "200 min"]}),
    (1.5, {"triangular": ["30 min", "1 h", "3 h"]}),
    (2.0, {"exponential": {"mean": "2 h", "max": "40 h"}}),
    (3.0, {"lognormal": {"mean": "3 h", "cv": 0.7, "max": "60 h"}}),
)
"""Mean in hours, and law."""
SHORT_LAWS = LAWS[:2]
"""The longest fits between opening and closing, and between closing and opening."""
HOURS: tuple[tuple[str, range, tuple[tuple[int, int], ...]], ...] = (
    ("always", range(7), ((0, 24),)),
    ("daily 06:00-18:00", range(7), ((6, 18),)),
    ("mon-fri 08:00-20:00", range(5), ((8, 20),)),
    ("mon-sat 00:00-05:00 and 10:00-20:00", range(6), ((0, 5), (10, 20))),
)
"""As a scenario says it, and the days of the week with their hours."""
TIMETABLES = (("daily 20:00", 7), ("mon,wed,fri 12:00", 3))
"""As a scenario says it, and departures in a week."""
MOMENTS = ([(day, 20) for day in range(7)], [(0, 12), (2, 12), (4, 12)])
CUT = ("2026-01-19 to 2026-01-22", 14 * DAY, 18 * DAY)
"""Days with fewer servers, both included, and when they begin and are over."""
RELEASED = "2026-01-05 to 2026-03-01"
BUSY = 0.85
FEATURES = (
    "priorities",
    "hours, pause",
    "hours, restart",
    "hours, finish",
    "cut",
    "timetable",
    "branch",
    "again",
    "room",
)


@dataclass
class Station:
    """Some servers; `room`: how many may be there before those at the station before it have to stay (0: any)."""

    name: str
    place: str
    opens: int = 0
    at_closing: str = "pause"
    is_cut: bool = False
    room: int = 0
    servers: int = 1
    hours_asked: float = 0.0
    """Of work that comes in a week."""

    def settle(self) -> None:
        """Take so many servers that they are busy but can do the work."""
        _, days, windows = HOURS[self.opens]
        open_hours = len(days) * sum(end - begin for begin, end in windows)
        self.servers = max(1, ceil(self.hours_asked / open_hours / BUSY))

    def told(self) -> dict[str, Any]:
        """Return it as a scenario has it."""
        hours = {"opens": HOURS[self.opens][0], "at_closing": self.at_closing} if self.opens else {}
        cuts = {"cuts": [{"on": CUT[0], "servers": self.servers - 1}]} if self.is_cut else {}
        return {"at": self.place, "servers": self.servers, **hours, **cuts}

    def changes(self) -> list[tuple[int, int]]:
        """Return (servers, until which tick) over the whole run."""
        _, days, windows = HOURS[self.opens]
        opened = [
            (day * DAY + begin * HOUR, day * DAY + end * HOUR)
            for day in range(RUN // DAY)
            if day % len(range(7)) in days
            for begin, end in windows
        ]
        levels = {0: 0} | {end: 0 for _, end in opened} | {begin: self.servers for begin, _ in opened}
        if self.is_cut:
            _, begin, end = CUT
            levels = {0: self.servers, begin: self.servers - 1, end: self.servers}
        return [(levels[start], until) for start, until in pairwise([*sorted(levels.keys() - {RUN}), RUN])]


@dataclass
class Flow:
    """Who comes, how often in a week, with which priority."""

    name: str
    per_week: int
    priority: int
    steps: list[Any] = field(default_factory=list)


class Network:
    """One network; `node_of` says which station or service each step that takes time is at, None if at none."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.numbers = count()
        self.features: set[str] = set()
        self.node_of: dict[str, str | None] = {}
        self.in_line = self.happens(20)
        several = not self.in_line and self.happens(50)
        self.stations = [*self._line()] if self.in_line else [self._station(place) for place in "AAABB"]
        self.timetable = chance.randrange(len(TIMETABLES))
        self.flows = [self._flow(name, number * several) for number, name in enumerate("fgh"[: chance.randint(1, 3)])]
        for station in self.stations:
            station.settle()
        self.places = ceil(sum(flow.per_week for flow in self.flows) / TIMETABLES[self.timetable][1] / BUSY)
        if len({flow.priority for flow in self.flows}) > 1:
            self.features.add("priorities")
            # other simulators choose otherwise who rests
            for station in self.stations:
                station.is_cut = False
        self.features |= {"cut" for one in self.stations if one.is_cut and one.hours_asked}
        self.features |= {f"hours, {one.at_closing}" for one in self.stations if one.opens and one.hours_asked}

    def happens(self, percent: int) -> bool:
        """Say yes so often."""
        return self.chance.randrange(100) < percent

    def text(self) -> str:
        """Return the scenario."""
        rides = {"departs": TIMETABLES[self.timetable][0], "capacity": f"{self.places} consignments", "takes": "10 h"}
        rooms = {f"room of {one.name}": {"at": one.place, "servers": one.room} for one in self.stations if one.room}
        return world(
            facilities={one.name: one.told() for one in self.stations} | rooms,
            services={"train": rides},
            routes={flow.name: {"steps": flow.steps} for flow in self.flows},
            flows={
                flow.name: {
                    "route": flow.name,
                    "arrives": {"poisson": f"{flow.per_week} consignments per week"},
                    "priority": flow.priority,
                    "season": RELEASED,
                }
                for flow in self.flows
            },
            clock={
                "start": "2026-01-05 00:00",
                "measure": RELEASED,
                "follow_up": f"{AFTER_WEEKS * 7 - 1} days",
            },
        )

    def _station(self, place: str) -> Station:
        opens = self.chance.randrange(len(HOURS)) if self.happens(50) else 0
        at_closing = self.chance.choice(["pause", "restart", "finish"]) if opens else "pause"
        return Station(f"s{next(self.numbers)}", place, opens, at_closing, is_cut=not opens and self.happens(30))

    def _line(self) -> list[Station]:
        """Return two or three stations, with little room before each but the first."""
        self.features.add("room")
        rooms = [0, *(self.chance.randint(1, 4) for _ in range(self.chance.randint(1, 2)))]
        return [Station(f"s{next(self.numbers)}", "A", room=room) for room in rooms]

    def _flow(self, name: str, priority: int) -> Flow:
        flow = Flow(name, self.chance.randint(8, 20), priority)
        self._step(flow, None, "wait", self._law())
        if self.in_line:
            self._blocking(flow)
            return flow
        self._walk(flow, "A")
        if self.happens(40):
            self.features.add("timetable")
            self._add(flow, "train", {"board": "train"})
            # those who come together go on one by one
            self._step(flow, None, "wait", self._law())
            self._walk(flow, "B")
        return flow

    def _walk(self, flow: Flow, place: str) -> None:
        """Add some work at one place, never twice in a row at the same station."""
        there = [one for one in self.stations if one.place == place]
        for station in self.chance.sample(there, self.chance.randint(1, len(there))):
            kind = self.chance.choice(["work", "work", "branch", "again"])
            if kind == "branch":
                self.features.add("branch")
                aside = Flow(flow.name, flow.per_week, flow.priority)
                self._work(aside, station, share=0.4)
                flow.steps.append(
                    {self._named("lot"): {"branch": {"on": {}, "by": {"share": "40 %", "steps": aside.steps}}}}
                )
            elif kind == "again":
                self.features.add("again")
                first = self._step(flow, None, "wait", self._law())
                self._work(flow, station, share=1.3)
                back = {"share": "30 %", "again": first, "at_most": 2}
                flow.steps.append({self._named("lot"): {"branch": {"good": {}, "again": back}}})
                self._step(flow, None, "wait", self._law())
            else:
                self._work(flow, station)

    def _blocking(self, flow: Flow) -> None:
        """Add the work at all stations in line; each keeps its server until there is room at the next."""
        for before, station in zip([None, *self.stations], self.stations, strict=False):
            if station.room:
                flow.steps.append({self._named("room"): {"seize": f"room of {station.name}"}})
            if before is not None:
                flow.steps += [{self._named("free"): {"release": name}} for name in self._held(before)]
            flow.steps.append({self._named("take"): {"seize": station.name}})
            self._step(flow, station, "wait", self._law(), share=1 / len(self.stations))
        flow.steps += [{self._named("free"): {"release": name}} for name in self._held(self.stations[-1])]

    def _held(self, station: Station) -> list[str]:
        return [station.name, *([f"room of {station.name}"] if station.room else [])]

    def _law(self) -> tuple[float, Any]:
        return self.chance.choice(LAWS)

    def _work(self, flow: Flow, station: Station, share: float = 1) -> None:
        law = self._law() if station.at_closing == "pause" else self.chance.choice(SHORT_LAWS)
        station.hours_asked += flow.per_week * law[0] * share
        self._add(flow, station.name, {"at": station.name, "takes": law[1], "stream": self._named("stream")})

    def _step(self, flow: Flow, station: Station | None, kind: str, law: tuple[float, Any], share: float = 1) -> str:
        if station is not None:
            station.hours_asked += flow.per_week * law[0] * share
        return self._add(flow, station.name if station else None, {kind: law[1], "stream": self._named("stream")})

    def _add(self, flow: Flow, node: str | None, body: dict[str, Any]) -> str:
        name = self._named("step")
        self.node_of[name] = node
        flow.steps.append({name: body})
        return name

    def _named(self, word: str) -> str:
        return f"{word} {next(self.numbers)}"
