"""Makes up small worlds by chance over the whole instruction set, in which most things fall on half hours and tie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random
from typing import Any

from small_world import world

Step = dict[str, Any]
SHORT = (
    "30 min",
    "1 h",
    "90 min",
    {"empirical": ["30 min", "1 h", "2 h"]},
    {"empirical": ["30 min", "1 h", "2 h"]},
    {"uniform": ["10 min", "3 h"]},
    {"exponential": {"mean": "1 h", "max": "5 h"}},
    {"mixture": [{"share": "70 %", "of": "30 min"}, {"share": "30 %", "of": {"uniform": ["1 h", "2 h"]}}]},
)
LONG = ("4 h", "10 h", {"empirical": ["4 h", "8 h", "20 h"]}, {"uniform": ["3 h", "20 h"]})
TIMETABLES = (
    "daily 20:00",
    "daily 08:00 and 20:00",
    "every 8 h",
    "every 5 h",
    "mon,wed,fri 12:00",
    ["daily 12:00", "tue 06:00"],
)
HOURS = ("always", "mon-fri 08:00-18:00", "daily 06:00-12:00 and 13:00-22:30", "daily 22:00-06:00", "daily 08:00-20:00")
MODES = ("rail", "sea", "road")
RAIL, SEA = "rail", "sea"
ORIGIN, DESTINATION = "A", "B"
WORKPLACES = {ORIGIN: ("crane", "desk", "shed"), DESTINATION: ("gate", "hall")}
YARDS, TRACKS = {ORIGIN: "yard a", DESTINATION: "yard b"}, {ORIGIN: "a track", DESTINATION: "b track"}
POOL = "pool"
BOXES = {"40RF": {"teu": 2, "payload": "26 t", "pallets": 20, "plugs": 1}}
CARGO: Mapping[str, Mapping[str, Any]] = {
    "loose": {
        "sizes": ("1 TEU", "1 TEU", "2 TEU", "3 TEU"),
        "rooms": ("3 TEU", "4 TEU", "6 TEU"),
        "capacities": ("5 TEU", ["20 TEU", "90 t"], ["8 TEU", "60 t"], ["6 TEU", "12 consignments"]),
        "batches": ("3 TEU", "5 TEU", "2 consignments"),
        "units": ("1 TEU", "2 TEU"),
        "least": "3 TEU",
    },
    "boxed": {
        "sizes": ("1 box", "1 box", "2 boxes", "3 boxes"),
        "rooms": ("6 TEU", "8 TEU", "3 boxes", "5 boxes"),
        "capacities": (["6 TEU", "3 plugs"], ["40 TEU", "20 plugs", "180 t"], ["12 TEU", "9 plugs"]),
        "batches": ("2 boxes", "3 consignments"),
        "units": ("2 TEU", "1 box"),
        "least": "4 TEU",
    },
    "pallets": {
        "sizes": ("1 pallet", "2 pallets", "4 pallets"),
        "rooms": ("4 TEU", "3 boxes"),
        "capacities": (["2 TEU", "1 plug"], ["6 TEU", "8 plugs", "90 t"], ["20 TEU", "20 plugs"]),
        "batches": ("4 pallets", "6 pallets", "3 consignments"),
        "units": ("2 TEU", "1 box"),
        "least": "4 TEU",
    },
}
"""Per kind of cargo what fits together: sizes, room of yards and pools, capacity of services, batches."""


def made_world(chance: Random) -> str:
    """Return a scenario text; not every one is sound."""
    return _Maker(chance).text()


class _Maker:
    """One world in the making."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.kind = self.one("loose", "boxed", "pallets")
        self.cargo = CARGO[self.kind]
        self.numbers = count()
        self.sides = ["origin", "export", "transit", "import", "food"]
        self.may_switch = self.happens(40)
        # vehicles that keep their track until they are unloaded, and cargo that waits in the yard for that track
        self.may_jam = self.happens(20)
        self.facilities = self.made_facilities()

    def one(self, *options: Any) -> Any:
        """Choose one of the options."""
        return options[self.chance.randint(0, len(options) - 1)]

    def happens(self, percent: int) -> bool:
        """Say yes so often; the simplest case of all is no."""
        return self.chance.randint(1, 100) > 100 - percent

    def some(self, **options: tuple[int, Callable[[], Any]]) -> dict[str, Any]:
        """Return those keys that happen, each with what is made for it: key=(percent, make)."""
        return {key: make() for key, (percent, make) in options.items() if self.happens(percent)}

    def short(self) -> Any:
        return self.one(*SHORT)

    def workplace_at(self, place: str) -> str:
        """Return where cargo is worked on; now and then it gets in the way of vehicles at their track."""
        return TRACKS[place] if self.happens(8) else self.one(*WORKPLACES[place])

    def named(self, word: str) -> str:
        return f"{word} {next(self.numbers)}"

    def text(self) -> str:
        """Return the world."""
        routes = {"r": self.route(), "q": self.route()}
        if self.may_switch:
            routes["alt"] = self.boxed([{"alt start": self.haul()}, {"alt ride": {"board": "ship"}}])
        used = [*routes] if self.happens(60) else ["r"]
        return world(
            flows={name: self.flow(used) for name in "fgh"[: self.one(1, 2, 3)]},
            routes=routes,
            boxes=BOXES,
            facilities=self.facilities,
            services={
                "train": self.service(ORIGIN, RAIL),
                "ship": self.service(ORIGIN, SEA),
                "back": self.service(DESTINATION, RAIL),
            },
            customs_channels={"ordinary": self.channel()},
            closures={name: self.closure() for name in ("strike", "storm")[: self.one(0, 0, 1, 2)]},
            clock={
                "start": "2026-01-05 00:00",
                "measure": self.one("2026-01-05 to 2026-01-07", "2026-01-06 to 2026-01-09"),
                "follow_up": self.one("3 days", "9 days"),
            },
        )

    # ------------------------------------------------------------------------------------------------------ demand

    def flow(self, routes: list[str]) -> dict[str, Any]:
        moments = [
            f"2026-01-{self.one(5, 5, 6, 7):02} {self.one('08:00', '08:30', '12:00', '20:00')}" for _ in "123456"
        ]
        arrives = self.one(
            {"on": moments},
            {"every": self.one("3 h", "5 h", "12 h")},
            {"every": "8 h", "first": "2026-01-05 06:00"},
            {"poisson": self.one("20 consignments per week", "90 consignments per week")},
            {"poisson": "30 consignments per week", "profile": {"weekly": {"mon": 1, "tue": 3, "thu": 2}}},
        )
        return {
            "route": self.one(*routes),
            "arrives": arrives,
            "size": self.one(*self.cargo["sizes"]),
            "weight": self.one("2 t", "6 t"),
            **self.some(priority=(40, lambda: self.one(-1, 1, 3))),
        }

    # ----------------------------------------------------------------------------------------------------- the world

    def made_facilities(self) -> dict[str, Any]:
        work = {name: self.workplace(place) for place, names in WORKPLACES.items() for name in names}
        holds = {name: self.yard(place) for place, name in YARDS.items()}
        tracks = {name: self.workplace(place, (1, 1, 2)) for place, name in TRACKS.items()}
        return work | holds | tracks | {POOL: self.yard(ORIGIN)}

    def yard(self, place: str) -> dict[str, Any]:
        body = {"at": place, "holds": self.one(*self.cargo["rooms"])}
        return body | self.some(
            discipline=(40, lambda: "first_fit"), opens=(20, lambda: self.one(*HOURS)), mode=(20, lambda: RAIL)
        )

    def workplace(self, place: str, servers: tuple[Any, ...] = (1, 1, 2, 3, "unlimited")) -> dict[str, Any]:
        body = {"at": place, "servers": self.one(*servers)}
        limited = body["servers"] != "unlimited"
        return body | self.some(
            opens=(55, lambda: self.one(*HOURS)),
            at_closing=(60, lambda: self.one("restart", "finish")),
            at_failure=(50, lambda: "restart"),
            discipline=(25, lambda: "first_fit"),
            mode=(40, lambda: self.one(*MODES)),
            failures=(30, lambda: self.failures(limited)),
            cuts=(
                25 * limited,
                lambda: [{"on": self.one("2026-01-05", "2026-01-06 to 2026-01-07"), "servers": self.one(0, 1)}],
            ),
            background=(
                20 * limited,
                lambda: {
                    "load": self.one("20 %", "50 %"),
                    "takes": self.short(),
                    **self.some(priority=(50, lambda: 1)),
                },
            ),
        )

    def failures(self, limited: bool) -> dict[str, Any]:
        every = self.one("5 h", {"uniform": ["2 h", "30 h"]}, {"empirical": ["4 h", "12 h"]})
        return {
            "every": every,
            "lasts": self.short(),
            "counts": self.one("calendar", "busy", "busy"),
            **self.some(servers=(50 * limited, lambda: 1)),
        }

    def service(self, origin: str, mode: str) -> dict[str, Any]:
        ends = (ORIGIN, DESTINATION) if origin == ORIGIN else (DESTINATION, ORIGIN)
        body = {
            "mode": mode,
            "from": ends[0],
            "to": ends[1],
            "departs": self.one(*TIMETABLES),
            "takes": self.one(*LONG),
        }
        return (
            body
            | {"capacity": self.one(*self.cargo["capacities"])}
            | self.some(
                cutoff=(
                    60,
                    lambda: self.one("2 h", {"documents": "6 h", "yard": "2 h"}, {"release": "1 h", "vgm": "5 h"}),
                ),
                opens=(20, lambda: self.one("12 h", "30 h")),
                taken_by_others=(40, lambda: self.one("30 %", {"uniform": ["0 %", "60 %"]})),
                takes_in=(15, lambda: [{"on": ["2026-01-06"], "takes": "26 h"}]),
                delay=(30, lambda: {"share": "50 %", "lasts": self.short()}),
                cancelled=(
                    40,
                    lambda: {"share": "40 %", **self.some(notice=(60, lambda: self.one("30 min", "1 h", "9 h")))},
                ),
                minimum=(
                    20,
                    lambda: {"load": self.cargo["least"], "otherwise": self.one("cancel", "cancel", "run")},
                ),
                loading=(30, lambda: "strict"),
                waits_for_reopening=(50, lambda: self.one("2 h", "30 h")),
                berths=(100 if self.may_jam else 40, lambda: self.berths(*ends)),
            )
        )

    def berths(self, origin: str, destination: str) -> dict[str, Any]:
        likely = 100 if self.may_jam else 70
        return self.some(
            at_origin=(likely, lambda: TRACKS[origin]),
            loading=(60, self.short),
            at_destination=(likely, lambda: TRACKS[destination]),
            unloading=(60, self.short),
        )

    def closure(self) -> dict[str, Any]:
        when = self.one(
            {"on": [self.one("2026-01-06", "2026-01-07 to 2026-01-08")]},
            {"rate": "120 per year", "lasts": self.one("12 h", {"uniform": ["2 h", "30 h"]})},
        )
        acts = [
            {
                "places": self.one([ORIGIN], [DESTINATION], [ORIGIN, DESTINATION]),
                "modes": self.one([RAIL], [SEA, RAIL], [*MODES]),
                **self.some(starts=(40, lambda: self.one("-6 h", "4 h")), ends=(40, lambda: self.one("-5 h", "8 h"))),
            }
        ]
        return {**when, "acts": acts}

    def channel(self) -> dict[str, Any]:
        times = {name: (50, self.short) for name in ("documents", "manifest", "declaration", "hold", "release")}
        return {"selected": self.one("30 %", "60 %"), "inspection": self.short(), **self.some(**times)}

    # -------------------------------------------------------------------------------------------------------- routes

    def route(self) -> dict[str, Any]:
        steps: list[Step] = []
        if self.kind == "pallets" or self.happens(35):
            steps.append(self.gathering())
        steps.append({self.named("start"): {"wait": self.short()}})
        loop_to = next(iter(steps[-1]))
        if self.may_switch:
            steps += self.choosing()
        steps += self.stretch(ORIGIN)
        over = {"holds": POOL} if self.happens(20) else {}
        if over:
            steps.append(self.seizing(POOL))
        round_trip = self.happens(100 if self.may_jam else 45)
        through = round_trip and self.happens(90 if self.may_jam else 50)
        steps += self.crossing(self.one("train", "train", "ship"), ORIGIN, through)
        if over:
            steps.append(self.releasing(POOL))
        if round_trip:
            steps += self.crossing("back", DESTINATION, False, through)
            if self.happens(50):
                lanes = {"on": {}, "round": {"share": "50 %", "again": loop_to, "at_most": self.one(1, 2)}}
                steps.append({self.named("once more"): {"branch": lanes}})
        return self.boxed(steps)

    def boxed(self, steps: list[Step]) -> dict[str, Any]:
        boxed = {"box": {"type": "40RF", "owner": "coc"}} if self.kind != "loose" else {}
        return {**boxed, "steps": steps}

    def crossing(self, service: str, place: str, stays: bool, stayed: bool = False) -> list[Step]:
        """Return the boarding of a service, with yards at its ends or without, and what is done behind it.

        `stays`: it ends in a yard, which is not left; `stayed`: it begins in such a yard.
        """
        there = DESTINATION if place == ORIGIN else ORIGIN
        before, ride, behind = [], {"board": service}, []
        if stayed or self.happens(40):
            before = self.stretch(place, 1) if stayed else [self.seizing(YARDS[place]), *self.stretch(place, 1)]
            ride["leaves"] = YARDS[place]
        if stays or self.happens(50):
            ride["enters"] = YARDS[there]
            behind = [] if stays else [*self.stretch(there, 1), self.releasing(YARDS[there])]
        return [*before, {self.named("ride"): ride}, *behind, *([] if stays else self.stretch(there, 1))]

    def gathering(self) -> Step:
        body = {"batch": self.one(*self.cargo["batches"]), "mixes": self.one("flow", "route")}
        return {self.named("gather"): body | self.some(or_after=(80, lambda: self.one("3 h", "10 h")))}

    def choosing(self) -> Iterator[Step]:
        """Yield a switch to the other route, and where it goes by a queue the work that one queues for."""
        busy = self.one("crane", "desk")
        by_timetable = {"next_departure_of": "train", "later_than": self.one("3 h", "8 h", "20 h")}
        rule = self.one(by_timetable, {"queue_at": busy, "over": self.one(0, 0, 1)})
        yield {self.named("choose"): {"switch": rule, "to": "alt", "join": "alt start"}}
        if "queue_at" in rule:
            yield {self.named("work"): {"at": busy, "takes": "2 h", "stream": self.named("stream")}}

    def haul(self) -> dict[str, Any]:
        return {"road": f"{ORIGIN} to {ORIGIN}", "takes": self.short(), "stream": self.named("stream")}

    def seizing(self, facility: str) -> Step:
        return {self.named("take"): {"seize": facility}}

    def releasing(self, facility: str) -> Step:
        later = self.some(returns_after=(40, self.short))
        return {self.named("leave"): {"release": facility, "stream": self.named("stream"), **later}}

    def stretch(self, place: str, most: int = 3, depth: int = 0) -> list[Step]:
        """Return some steps that begin and end at a place, holding nothing more at their end."""
        return [step for _ in range(self.one(*range(most + 1))) for step in self.doing(place, depth)]

    def doing(self, place: str, depth: int) -> Iterator[Step]:
        kind = self.one("work", "work", "work", "wait", "mark", "hold", "customs", "branch", "loop")
        stream = {"stream": self.named("stream")}
        if kind == "wait" or (depth and kind in ("hold", "loop", "branch")):
            yield {self.named("wait"): {"wait": self.short(), **stream}}
        elif kind == "mark":
            yield {self.named("mark"): {"mark": self.one("documents", "vgm", "yard", "release", "own")}}
        elif kind == "hold":
            facility = self.workplace_at(place)
            some_servers = self.facilities[facility]["servers"] != 1
            units = self.some(units=(60 * some_servers, lambda: 2))
            yield {self.named("take"): {"seize": facility, **units}}
            yield {self.named("wait"): {"wait": self.short(), **stream}}
            yield self.releasing(facility)
        elif kind == "customs" and self.sides:
            inspected = self.some(inspect_at=(60, lambda: self.workplace_at(place)), marks=(50, lambda: "release"))
            yield {self.named("check"): {"customs": self.sides.pop(), "channel": "ordinary", **inspected}}
        elif kind == "branch":
            lanes = {
                "a": {"share": "30 %", "steps": self.stretch(place, 2, 1)},
                "b": {"steps": self.stretch(place, 1, 1)},
            }
            yield {self.named("lot"): {"branch": lanes}}
        elif kind == "loop":
            first = self.named("try")
            yield {first: {"wait": self.short(), **stream}}
            lanes = {"no": {"share": "50 %", "again": first, "at_most": self.one(1, 2, 3)}, "yes": {}}
            lanes["no"]["steps"] = self.stretch(place, 1, 1)
            yield {self.named("tested"): {"branch": lanes}}
        else:
            body = {"at": self.workplace_at(place), "takes": self.short(), **stream}
            yield {self.named("work"): body | self.some(per=(30, lambda: "container"))}
