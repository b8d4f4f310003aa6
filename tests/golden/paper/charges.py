"""What loads are invoiced: tariffs, prices of steps and of customs, and charges by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from paper.amounts import F, number, quantity
from paper.calendars import Windows, closures, day_range, rest_days, worked_days
from paper.goods import Load, Passage
from paper.play import Play
from paper.prices import Money, Price, cost, plain
from paper.texts import Tree, as_list, steps_of, value
from paper.world import HAULS, KINDS, World

Line = tuple[str, int, str, str, str]
"""Flow, ordinal, step, activity, tariff."""
ACTIVITY = {
    **dict.fromkeys(HAULS, "line_haul"),
    "road": "drayage",
    "board": "line_haul",
    "at": "handling",
    "wait": "documents",
    "customs": "declaration",
}
FREIGHT = ("line_haul", "drayage")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Leg:
    """Where a step takes place: its body, its kind and the places at its two ends."""

    name: str
    body: Tree
    kind: str
    origin: str
    destination: str


class Map:
    """The steps of each route with their places, lanes included."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.legs: dict[tuple[str, str], Leg] = {}
        self.order: dict[str, list[Leg]] = {}
        for route, body in world.routes.items():
            self.order[route] = []
            self._walk(route, body["steps"], first_place(world, body["steps"]))

    def _walk(self, route: str, steps: list[Tree], here: str) -> str:
        for name, body in steps_of(steps):
            kind = next(key for key in body if key in KINDS)
            begin, end = ends_of(self.world, kind, body, here)
            leg = Leg(name, body, kind, begin, end)
            self.legs[route, name] = leg
            self.order[route].append(leg)
            here = end
            if kind == "branch":
                for lane in body["branch"].values():
                    here = self._walk(route, (lane or {}).get("steps") or [], end)
        return here


def ends_of(world: World, kind: str, body: Tree, here: str) -> tuple[str, str]:
    """Places where a step begins and ends."""
    if kind in HAULS:
        origin, destination = body[kind].split(" to ")
        return origin.strip(), destination.strip()
    if kind == "board":
        service = world.services[body["board"]].body
        return service["from"], service["to"]
    if kind in ("at", "seize", "release"):
        place = world.tree["facilities"][body[kind]]["at"]
        return place, place
    return here, here


def first_place(world: World, steps: list[Tree]) -> str:
    """Where a route begins."""
    for _, body in steps_of(steps):
        kind = next(key for key in body if key in KINDS)
        found = ends_of(world, kind, body, "")[0]
        if found:
            return found
    return ""


class Invoices:
    """All postings that are invoiced, in CNY cents."""

    def __init__(self, play: Play) -> None:
        self.play, self.world = play, play.world
        self.money, self.map = Money(self.world.tree), Map(self.world)
        self.tariffs: Tree = self.world.tree.get("tariffs") or {}
        self.lines: Counter[Line] = Counter()
        self.booked: set[Line] = set()
        self.freight: Counter[tuple[Load, ...]] = Counter()

    def of(self, loads: Iterable[Load]) -> dict[Line, int]:
        for load in loads:
            for passage in load.passages:
                if passage.end is not None and passage.members:
                    self._passage(load, passage)
            self._at_delivery(load)
        return {line: self.lines[line] for line in self.booked}

    def post(self, line: Line, amount: Fraction, currency: str, tick: int, members: tuple[Load, ...]) -> None:
        """Book CNY cents that these consignments pay together."""
        posted = self.money.posted(amount, currency, self.world.clock.when(tick).date())
        self.lines[line] += posted
        self.booked.add(line)
        if line[3] in FREIGHT:
            self.freight[members] += posted

    # ------------------------------------------------------------------------------------------------------ one step
    def counts(self, passage: Passage) -> dict[str, Fraction]:
        return self.world.counts(passage.members, passage.batched, passage.route)

    def km(self, leg: Leg) -> Fraction | None:
        body = self.world.services[leg.body["board"]].body if leg.kind == "board" else leg.body
        return number(body["km"]) if "km" in body else None

    def _passage(self, load: Load, passage: Passage) -> None:
        leg, counts = self.map.legs[passage.route, passage.step], self.counts(passage)
        assert passage.end is not None
        body, end = leg.body, passage.end
        spent = end - (passage.ready if passage.start is None else passage.start)
        if "price" in body:
            activity = body.get("activity", ACTIVITY.get(leg.kind, "handling"))
            if not self._inside_bill(passage.route, leg, activity):
                price = self.money.price(body["price"])
                amount = cost(price, counts, self.km(leg), spent) * price.tax
                self.post(
                    (*load.who, leg.name, activity, f"{passage.route}/{leg.name}"),
                    amount,
                    price.currency,
                    end,
                    passage.members,
                )
        if leg.kind == "customs":
            self._customs(load, leg, passage, counts)
        for use in as_list(body.get("charges")):
            self._charge(load, passage, leg, use if isinstance(use, dict) else {"tariff": use}, counts)

    def _customs(self, load: Load, leg: Leg, passage: Passage, counts: dict[str, Fraction]) -> None:
        name, end = leg.body["channel"], passage.end
        assert end is not None
        channel = self.world.channels[name]
        wanted = ["declaration"] + ["inspection"] * self.world.selected(leg.name, leg.body)
        for part in wanted:
            key = "price" if part == "declaration" else "inspection_price"
            if key in channel:
                price = self.money.price(channel[key])
                amount = cost(price, counts) * price.tax
                self.post((*load.who, leg.name, part, f"{name} {part}"), amount, price.currency, end, passage.members)

    def _charge(self, load: Load, passage: Passage, leg: Leg, use: Tree, counts: dict[str, Fraction]) -> None:
        name = use["tariff"]
        tariff, end = self.tariffs[name], passage.end
        assert end is not None
        if not self._valid(tariff, end) or self._inside_bill(passage.route, leg, tariff["activity"]):
            return
        km = number(use["km"]) if "km" in use else self.km(leg)
        line = (*load.who, leg.name, tariff["activity"], name)
        if "clock" in tariff:
            price, amount = self._by_time(load, leg, tariff, counts)
            if not amount:
                return
        else:
            price = self.money.price(tariff["price"], tariff["tax"])
            spent = end - (passage.ready if passage.start is None else passage.start)
            amount = cost(price, counts, km, spent)
        amount *= number(use.get("count"), "1")
        self.post(line, self._final(tariff, amount, passage.route) * price.tax, price.currency, end, passage.members)

    def _final(self, tariff: Tree, amount: Fraction, route: str) -> Fraction:
        """Less discount and boxes reused, and between the least and the most of one posting."""
        amount *= 1 - number(tariff.get("discount"))
        if tariff["activity"] == "empty_positioning":
            amount *= 1 - number((self.world.routes[route].get("box") or {}).get("reuse"))
        if "minimum" in tariff:
            amount = max(amount, plain(tariff["minimum"])[0])
        if "maximum" in tariff:
            amount = min(amount, plain(tariff["maximum"])[0])
        return amount

    def _valid(self, tariff: Tree, tick: int) -> bool:
        if "valid" not in tariff:
            return True
        first, last = day_range(value(tariff["valid"]))
        return first <= self.world.clock.when(tick).date() <= last

    def _inside_bill(self, route: str, leg: Leg, activity: str) -> bool:
        """Whether handling is inside a carrier's rate: under a through bill, but at neither of its ends."""
        if activity != "terminal_handling":
            return False
        for contract in as_list(self.world.routes[route].get("contracts")):
            if contract.get("terms") == "through bill":
                order = self.map.order[route]
                reached = [i for i, each in enumerate(order) if contract["from"] in (each.origin, each.destination)]
                left = [i for i, each in enumerate(order) if contract["to"] in (each.origin, each.destination)]
                here = order.index(leg)
                if min(reached) <= here <= max(left):
                    return not {leg.origin, leg.destination} & {contract["from"], contract["to"]}
        return False

    def _at_delivery(self, load: Load) -> None:
        route = self.world.routes[load.route]
        for name in as_list(route.get("charges_per_consignment")):
            tariff = self.tariffs[name]
            for member in load.members if load.leader in (None, load) else []:
                if member.delivered is None or not self._valid(tariff, member.delivered):
                    continue
                counts = self.world.counts([member], False, load.route)
                price = self.money.price(tariff["price"], tariff["tax"])
                amount = self._final(tariff, cost(price, counts), load.route) * price.tax
                line = (*member.who, "", tariff["activity"], name)
                self.post(line, amount, price.currency, member.delivered, (member,))

    # ----------------------------------------------------------------------------------------------- charges by time
    def _by_time(self, load: Load, leg: Leg, tariff: Tree, counts: dict[str, Fraction]) -> tuple[Price, Fraction]:
        clock = tariff["clock"]
        tiers = [(tier, self.money.price(tier["price"], tariff["tax"])) for tier in clock["tiers"]]
        begin = self._event(load, clock["starts"])
        end = self._event(load, clock["stops"])
        if end is None:
            end = load.delivered if load.delivered is not None else self.play.stop
        if begin is None or end <= begin:
            return tiers[0][1], F(0)
        units = self._units(leg, clock, begin, end) - int(quantity(clock.get("free", "0"))[0])
        total, gone = F(0), 0
        for tier, price in tiers:
            upto = min(units, int(value(tier["up_to"]))) if "up_to" in tier else units
            total += max(0, upto - gone) * cost(price, counts)
            gone = max(gone, upto)
        return tiers[0][1], total

    def _event(self, load: Load, text: str) -> int | None:
        """When the event of a clock was."""
        word, _, name = text.partition(" ")
        if word == "mark":
            return load.marks.get(name)
        name = name.removeprefix("of ")
        found = [passage for passage in load.passages if passage.step == name]
        if not found:
            return None
        last = found[-1]
        return {"ready": last.ready, "start": last.start, "end": last.end}[word]

    def _units(self, leg: Leg, clock: Tree, begin: int, end: int) -> int:
        """Charge units begun between two ticks."""
        world = self.world.clock
        shift = world.shift(value(clock.get("timezone", world.zone)))
        if clock.get("start_rule") == "next midnight":
            local = world.when(begin) + shift
            midnight = datetime.combine(local.date(), datetime.min.time())
            begin = world.tick((midnight if midnight == local else midnight + DAY) - shift)
        if end <= begin:
            return 0
        shut = self._shut(leg) if value(clock.get("closures_stop_it", "false")) == "true" else []
        unit = clock.get("unit", "24 h")
        if unit in ("24 h", "hour"):
            length = 86400 if unit == "24 h" else 3600
            spent = end - begin - sum(max(0, min(end, b) - max(begin, a)) for a, b in shut)
            return -(-spent // length)
        first, last = (world.when(begin) + shift).date(), (world.when(end - 1) + shift).date()
        days = [first + n * DAY for n in range((last - first).days + 1)]
        if unit == "working day":
            land = clock.get("holidays", "none")
            days = [day for day in days if works(day, land)]
        return len([day for day in days if not self._wholly_shut(shut, day, shift)])

    def _shut(self, leg: Leg) -> Windows:
        tree = self.world.tree.get("closures")
        modes = {mode for each in (tree or {}).values() for act in each["acts"] for mode in act["modes"]}
        return sorted(
            {
                w
                for place in (leg.origin, leg.destination)
                for m in modes
                for w in closures(self.world.clock, tree, place, m)
            }
        )

    def _wholly_shut(self, shut: Windows, day: date, shift: timedelta) -> bool:
        midnight = datetime.combine(day, datetime.min.time()) - shift
        begin = self.world.clock.tick(midnight)
        return any(a <= begin and begin + 86400 <= b for a, b in shut)


def works(day: date, land: str) -> bool:
    """Whether a day is a working day."""
    if day in worked_days(land, day.year):
        return True
    return day.weekday() < 5 and day not in rest_days(land, day.year)
