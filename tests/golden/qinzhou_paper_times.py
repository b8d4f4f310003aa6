"""Every load of scenarios/qinzhou.yaml followed by hand with the noise off: moments only, nothing of the package.

All moments are wall-clock times; mainland China and Hong Kong are both eight hours ahead of UTC all the year. A stage
is worked off for all loads of all flows before the next one, for no route comes back to an earlier stage; only the
crossing is visited twice, and is therefore followed in order of time.

What the texts leave open, and the reading taken here:
* A consignment that comes in the very tick in which the timer of its batch ends is too late for it: timeouts come
  before zero-time moves (WORLD.md, Within a tick). So each fifth lot of cured pork opens a batch: 4 x 42 h = 7 days.
  The other reading, as for "ready exactly at the cut-off", was the first here; the contract tests state this one.
* What others take of a service is a share of its capacity, not rounded to whole plugs: of 8 plugs they take 4.8, and 3
  reefers find one. (The first reading here was rounded down to 4 plugs; it lets a fourth one on the train of 7 May.)
* A service with several cut-offs fixes its load list at the latest of them; by then the cargo is at the boarding, and
  each mark is no later than its own cut-off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache

CLOCK_START = datetime(2026, 4, 20)
CLOCK_END = datetime(2026, 10, 1)  # 30 days of follow-up after 31 August
CHECKS = ("origin inspection", "export check", "food check")


# ------------------------------------------------------------------------------------------------ durations at mean
def hours(text: str | Fraction) -> timedelta:
    """Whole seconds, half to even, at least one."""
    return timedelta(seconds=max(1, round(Fraction(text) * 3600)))


def pert(least: str, likely: str, most: str) -> timedelta:
    return hours((Fraction(least) + 4 * Fraction(likely) + Fraction(most)) / 6)


def triangular(least: str, likely: str, most: str) -> timedelta:
    return hours((Fraction(least) + Fraction(likely) + Fraction(most)) / 3)


DRAYAGE = pert("1", "2", "5")  # (1 + 8 + 5) / 6 h = 2 h 20 min
TRAIN = triangular("38.7", "44", "60")  # 142.7 / 3 h = 47 h 34 min
TRANSFER = pert("2", "6", "12")  # 38 / 6 h = 6 h 20 min
FEEDER = hours("33.6")  # 33 h 36 min
DISCHARGE = pert("1", "3", "10")  # 23 / 6 h = 3 h 50 min
DELIVERY = pert("1", "2", "4")  # 13 / 6 h = 2 h 10 min
ROAD_TO_SHENZHEN = pert("18", "24", "40")  # 154 / 6 h = 25 h 40 min
ROAD_TO_MARKET = pert("2", "3.8", "9")  # 26.2 / 6 h = 4 h 22 min
SALE = hours("1")


@dataclass(frozen=True)
class Channel:
    """A passage: the declaration and, for who is selected, hold and inspection."""

    declaration: timedelta
    hold: timedelta
    inspection: timedelta


CHANNELS = {
    "origin ordinary": Channel(hours("2"), pert("2", "8", "24"), pert("1", "2", "4")),
    "export ordinary": Channel(hours("0.77"), pert("6", "24", "96"), pert("2", "4", "10")),
    "export convenient": Channel(hours("0.39"), pert("1", "4", "12"), pert("1", "2", "4")),
    "export at the crossing": Channel(hours("1.03"), pert("1", "3", "12"), pert("1", "2", "5")),
    "food by sea": Channel(hours("0.5"), pert("1", "4", "24"), pert("1.5", "3.5", "8")),
    "food by sea convenient": Channel(hours("0.25"), pert("0.5", "2", "8"), pert("1.5", "3.5", "8")),
    "food by lorry": Channel(hours("0.25"), pert("0.5", "1", "4"), pert("0.5", "1", "3")),
}

# --------------------------------------------------------------------------------------------------------- calendars
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
# State Council arrangement for 2026, as far as this clock runs: rest days, and weekend days that are worked instead
CN_REST = {date(2026, 5, day) for day in (1, 2, 3, 4, 5)} | {date(2026, 6, day) for day in (19, 20, 21)}
CN_REST |= {date(2026, 9, day) for day in (25, 26, 27)}
CN_WORKED = {date(2026, 5, 9), date(2026, 9, 20)}
# General holidays of Hong Kong 2026 within the clock: Labour Day, the day after the Buddha's birthday (a Sunday), Tuen
# Ng, the establishment day, and the day after Mid-Autumn
HK_REST = {date(2026, 5, 1), date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 1), date(2026, 9, 26)}


@dataclass(frozen=True)
class Facility:
    """Servers with hours. `finish`: what has begun goes on after closing; else it rests until the next opening."""

    servers: int
    opens: time = time(0)
    open_for: timedelta = timedelta(days=1)
    weekdays: tuple[int, ...] = (MON, TUE, WED, THU, FRI, SAT, SUN)
    rest: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    finish: bool = False

    def window(self, day: date) -> tuple[datetime, datetime] | None:
        """The opening of that day, from its first second to the second after its last."""
        if day in self.rest or (day.weekday() not in self.weekdays and day not in self.worked):
            return None
        begin = datetime.combine(day, self.opens)
        return begin, begin + self.open_for

    def windows_from(self, moment: datetime) -> Iterable[tuple[datetime, datetime]]:
        """What is left of the openings from `moment` on."""
        for ahead in range(30):
            window = self.window(moment.date() + timedelta(days=ahead))
            if window and window[1] > moment:
                yield max(window[0], moment), window[1]

    def first_open(self, moment: datetime) -> datetime:
        return next(iter(self.windows_from(moment)))[0]

    def ends(self, start: datetime, takes: timedelta) -> datetime:
        """When work begun at `start`, within an opening, is done."""
        if self.finish:
            return start + takes
        for begin, close in self.windows_from(start):
            if begin + takes <= close:  # work that ends exactly at closing is done
                return begin + takes
            takes -= close - begin
        raise RuntimeError("no opening within a month")


MANY = 1000
WEEKDAYS, NO_SUNDAY = (MON, TUE, WED, THU, FRI), (MON, TUE, WED, THU, FRI, SAT)
CHONGQING_INSPECTION = Facility(
    2, time(8, 30), timedelta(hours=9), WEEKDAYS, rest=frozenset(CN_REST), worked=frozenset(CN_WORKED)
)
QINZHOU_YARD = Facility(3)
QINZHOU_INSPECTION = Facility(2, time(8), timedelta(hours=12))
CROSSING_INSPECTION = Facility(2, time(7), timedelta(hours=15), finish=True)
KWAI_CHUNG = Facility(2, time(8), timedelta(hours=10), NO_SUNDAY, rest=frozenset(HK_REST))
FRUIT_MARKET = Facility(MANY, time(1), timedelta(hours=4), finish=True)
IMPORTERS = Facility(MANY, time(9), timedelta(hours=9), NO_SUNDAY, rest=frozenset(HK_REST), finish=True)


# ------------------------------------------------------------------------------------------------ goods and batches
@dataclass(frozen=True)
class Goods:
    """A flow: constant spacing from the start of its season, the first at half a gap."""

    priority: int
    gap: timedelta
    pallets: int
    full_box: int
    timer: timedelta
    season: tuple[datetime, datetime]
    dry: bool = False

    def releases(self) -> list[datetime]:
        first, moments = self.season[0] + self.gap / 2, []
        while first + len(moments) * self.gap < self.season[1]:
            moments.append(first + len(moments) * self.gap)
        return moments


WEEK, TWO_DAYS = timedelta(days=7), timedelta(hours=48)
GOODS = {
    # 60 pallets a week in lots of 4: one in 11.2 h
    "crisp plum": Goods(0, WEEK * 4 / 60, 4, 20, TWO_DAYS, (datetime(2026, 6, 26), datetime(2026, 9, 1))),
    # 80 a week: one in 8.4 h
    "citrus": Goods(1, WEEK * 4 / 80, 4, 20, TWO_DAYS, (datetime(2026, 5, 1), datetime(2026, 7, 1))),
    # 40 a week: one in 16.8 h
    "lemon": Goods(1, WEEK * 4 / 40, 4, 20, TWO_DAYS, (CLOCK_START, CLOCK_END)),
    # 8 a week in lots of 2: one in 42 h
    "cured pork": Goods(2, WEEK * 2 / 8, 2, 10, WEEK, (CLOCK_START, CLOCK_END), dry=True),
}


@dataclass
class Load:
    """Members that travel together, and the sheet on which their moments are noted."""

    flow: str
    by_sea: bool
    first_ordinal: int
    releases: list[datetime]
    at: dict[str, datetime] = field(default_factory=dict)
    ready: dict[str, datetime] = field(default_factory=dict)
    tie: int = 0

    @property
    def goods(self) -> Goods:
        return GOODS[self.flow]

    def turn(self, ready: datetime) -> tuple[int, datetime, int]:
        """The place in any queue."""
        return self.goods.priority, ready, self.tie

    @property
    def teu(self) -> int:
        return 1 if self.goods.dry else 2

    @property
    def plugs(self) -> int:
        return 0 if self.goods.dry else 1


def batches(flow: str, by_sea: bool) -> list[Load]:
    """Full boxes at once, others when the timer of their first member ends."""
    goods, loads, waiting = GOODS[flow], [], []

    def leave(moment: datetime, ordinal: int) -> None:
        loads.append(Load(flow, by_sea, ordinal - len(waiting), waiting[:], {"batch": moment}))
        waiting.clear()

    moments = goods.releases()
    for ordinal, moment in enumerate(moments):
        if waiting and moment >= waiting[0] + goods.timer:
            leave(waiting[0] + goods.timer, ordinal)
        waiting.append(moment)
        if len(waiting) * goods.pallets >= goods.full_box:
            leave(moment, ordinal + 1)
    if waiting:
        leave(waiting[0] + goods.timer, len(moments))
    return loads


# ----------------------------------------------------------------------------------------------------------- queues
Job = tuple[datetime, timedelta, Load, str]
"""Ready, work, load, name under which start and end are noted."""


def serve(facility: Facility, jobs: list[Job], then: Callable[[Load, str, datetime], Job | None] | None = None) -> None:
    """Give the servers to the jobs in order (priority, ready, tie); `then` may send a load back with another job."""
    free = [CLOCK_START] * facility.servers
    while jobs:
        now = facility.first_open(max(min(free), min(job[0] for job in jobs)))
        job = min((job for job in jobs if job[0] <= now), key=lambda job: job[2].turn(job[0]))
        ready, takes, load, name = job
        jobs.remove(job)
        free.remove(min(free))
        end = facility.ends(now, takes)
        free.append(end)
        load.ready[name], load.at[name + " start"], load.at[name] = ready, now, end
        back = then(load, name, end) if then else None
        if back:
            jobs.append(back)


# --------------------------------------------------------------------------------------------------------- services
@dataclass(frozen=True)
class Service:
    """Departures on weekdays at an hour, what the others leave free, and cut-offs before departure by mark."""

    leaves: time
    weekdays: tuple[int, ...]
    free_teu: Fraction
    free_plugs: Fraction
    takes: timedelta
    cutoffs: dict[str, timedelta]


# 50 TEU and 8 plugs; others take (20 + 240 + 100) / 6 = 60 %: 30 TEU and 4.8 plugs
TRAINS = Service(
    time(20), (MON, TUE, WED, THU, FRI, SAT, SUN), Fraction(20), Fraction("3.2"), TRAIN, {"yard": timedelta(hours=6)}
)
# 120 TEU and 30 plugs; others take (30 + 260 + 95) / 6 = 64 1/6 %: 77 TEU and 19.25 plugs
FEEDERS = Service(
    time(16),
    (MON, WED, THU, FRI, SAT),
    Fraction(43),
    Fraction("10.75"),
    FEEDER,
    {"documents": timedelta(hours=24), "yard": timedelta(hours=12), "release": timedelta(hours=8)},
)


def ride(service: Service, name: str, loads: list[Load], marks: Callable[[Load], dict[str, datetime]]) -> None:
    """Put the loads on the departures, first fit in order (priority, ready at the boarding, tie)."""
    ashore, day = list(loads), min((load.ready[name].date() for load in loads), default=CLOCK_START.date())
    while ashore:
        leaves, teu, plugs = datetime.combine(day, service.leaves), service.free_teu, service.free_plugs
        listed = leaves - min(service.cutoffs.values())
        in_time = [load for load in ashore if load.ready[name] <= listed and day.weekday() in service.weekdays]
        for load in sorted(in_time, key=lambda load: load.turn(load.ready[name])):
            late = any(marks(load)[kind] > leaves - before for kind, before in service.cutoffs.items())
            if late or load.teu > teu or load.plugs > plugs:
                continue
            teu, plugs = teu - load.teu, plugs - load.plugs
            load.at[name + " start"], load.at[name] = leaves, leaves + service.takes
            ashore.remove(load)
        day += timedelta(days=1)


# ------------------------------------------------------------------------------------------------------ the two ways
def origin(loads: list[Load], selected: frozenset[str]) -> None:
    """Origin inspection in Chongqing: 2 h of declaration; who is selected waits for a call and an inspector."""
    channel, jobs = CHANNELS["origin ordinary"], []
    for load in loads:
        decided = load.at["batch"] + channel.declaration
        load.at["origin declared"] = load.at["origin inspection"] = decided
        if "origin inspection" in selected:
            jobs.append((decided + channel.hold, channel.inspection, load, "origin inspection"))
    serve(CHONGQING_INSPECTION, jobs)


def by_truck(loads: list[Load], selected: frozenset[str]) -> None:
    """Road to Shenzhen, export check and food check at the crossing, road to the market, sale."""
    export, food = CHANNELS["export at the crossing"], CHANNELS["food by lorry"]

    def food_check(load: Load) -> Job | None:
        load.at["food declared"] = load.at["food check"] = load.at["export check"] + food.declaration
        held_until = load.at["food declared"] + food.hold
        return (held_until, food.inspection, load, "food check") if "food check" in selected else None

    jobs: list[Job] = []
    for load in loads:
        load.at["road to shenzhen"] = load.at["origin inspection"] + ROAD_TO_SHENZHEN
        load.at["export declared"] = load.at["export check"] = load.at["road to shenzhen"] + export.declaration
        if "export check" in selected:
            jobs.append((load.at["export declared"] + export.hold, export.inspection, load, "export check"))
        elif job := food_check(load):
            jobs.append(job)
    serve(CROSSING_INSPECTION, jobs, lambda load, name, end: food_check(load) if name == "export check" else None)
    for load in loads:
        load.at["road to the market"] = load.at["food check"] + ROAD_TO_MARKET
    sell(loads, "road to the market")


def by_qinzhou(loads: list[Load], selected: frozenset[str], convenient: bool) -> None:
    """Drayage, train, transfer, export check, feeder, discharge, food check, delivery, sale."""
    for load in loads:
        load.at["drayage"] = load.ready["train"] = load.at["origin inspection"] + DRAYAGE  # marks documents and yard
    ride(TRAINS, "train", loads, lambda load: {"yard": load.at["drayage"]})
    serve(QINZHOU_YARD, [(load.at["train"], TRANSFER, load, "transfer") for load in loads])
    export = CHANNELS["export convenient" if convenient else "export ordinary"]
    for load in loads:
        load.at["export declared"] = load.at["export check"] = load.at["transfer"] + export.declaration  # marks yard
    if "export check" in selected:
        serve(
            QINZHOU_INSPECTION,
            [(load.at["export declared"] + export.hold, export.inspection, load, "export check") for load in loads],
        )
    for load in loads:
        load.ready["feeder"] = load.at["export check"]  # marks release
    ride(
        FEEDERS,
        "feeder",
        loads,
        lambda load: {"documents": load.at["drayage"], "yard": load.at["transfer"], "release": load.at["export check"]},
    )
    food = CHANNELS["food by sea convenient" if convenient else "food by sea"]
    for load in loads:
        load.at["discharge"] = load.at["feeder"] + DISCHARGE
        load.at["food declared"] = load.at["food check"] = load.at["discharge"] + food.declaration
    if "food check" in selected:
        serve(
            KWAI_CHUNG,
            [(load.at["food declared"] + food.hold, food.inspection, load, "food check") for load in loads],
        )
    for load in loads:
        load.at["delivery"] = load.at["food check"] + DELIVERY
    sell(loads, "delivery")


def sell(loads: list[Load], last_haul: str) -> None:
    """Fruit at the market from 01:00 to 05:00, pork at the importers' stores; one hour."""
    for load in loads:
        place = IMPORTERS if load.goods.dry else FRUIT_MARKET
        load.at["sale start"] = place.first_open(load.at[last_haul])
        load.at["sale"] = place.ends(load.at["sale start"], SALE)


BY_SEA = {
    "truck today": (),
    "qinzhou ordinary": tuple(GOODS),
    "what keeps by qinzhou": ("citrus", "lemon", "cured pork"),
    "qinzhou convenient": tuple(GOODS),
    "with certificate": tuple(GOODS),
}
CONVENIENT = ("qinzhou convenient", "with certificate")


def travel(loads: list[Load], alternative: str, selected: Iterable[str]) -> list[Load]:
    """Note every moment of these loads, where the named checks select every load."""
    lanes = frozenset(selected)
    origin(loads, lanes)
    by_truck([load for load in loads if not load.by_sea], lanes)
    by_qinzhou([load for load in loads if load.by_sea], lanes, alternative in CONVENIENT)
    return loads


def follow(alternative: str, selected: Iterable[str], ties: Mapping[tuple[str, int], int]) -> list[Load]:
    """All loads of an alternative with their moments.

    `ties`: tie rank by (flow, ordinal of the leader); it is drawn by lot, hence given.
    """
    loads = [load for flow in GOODS for load in batches(flow, flow in BY_SEA[alternative])]
    for load in loads:
        load.tie = ties[load.flow, load.first_ordinal]
    return travel(loads, alternative, selected)


@cache
def promise(flow: str, release: datetime, alternative: str, selected: tuple[str, ...]) -> datetime:
    """The delivery that the timetable promises at release: batched for the whole timer, and alone in the world."""
    alone = Load(flow, flow in BY_SEA[alternative], 0, [release], {"batch": release + GOODS[flow].timer})
    return travel([alone], alternative, selected)[0].at["sale"]
