"""Consignments: when they are released, what they count, and what the loads count that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from math import ceil

from paper.amounts import DAY, F, cargo, number, quantity, seconds
from paper.calendars import WEEKDAYS, Clock, moment
from paper.texts import Tree, as_list, value

THOUSAND = 1000


@dataclass
class Passage:
    """A step as it was passed once."""

    route: str
    step: str
    ready: int
    start: int | None = None
    end: int | None = None
    members: tuple[Load, ...] = ()
    batched: bool = False


@dataclass(eq=False)
class Load:
    """A consignment, or several led by this one."""

    flow: str
    ordinal: int
    release: int
    priority: int
    tie: int
    route: str
    members: list[Load] = field(default_factory=list)
    leader: Load | None = None
    batched: bool = False
    at: int = 0
    ready: int = 0
    need: Fraction = Fraction(0)
    marks: dict[str, int] = field(default_factory=dict)
    holds: dict[str, Fraction] = field(default_factory=dict)
    loops: dict[int, int] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    delivered: int | None = None
    boarded: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.members = [self]

    @property
    def turn(self) -> tuple[int, int, int]:
        """The place in any queue."""
        return self.priority, self.ready, self.tie

    @property
    def who(self) -> tuple[str, int]:
        return self.flow, self.ordinal


# ------------------------------------------------------------------------------------------------------------ releases
def releases(clock: Clock, flow: Tree) -> list[int]:
    """The ticks at which a flow's consignments are released."""
    arrives = flow["arrives"]
    begin, end = 0, clock.end
    if "season" in flow:
        first, last = clock.range_ticks(value(flow["season"]))
        begin, end = max(first, 0), min(last, clock.end)
    if "on" in arrives:
        found = sorted(clock.tick(moment(each)) for each in as_list(value(arrives["on"])))
    elif "every" in arrives:
        first = clock.tick(moment(value(arrives["first"]))) if "first" in arrives else begin
        found = list(range(first, end, seconds(arrives["every"])))
    else:
        found = list(_even(clock, flow, begin, end))
    return [tick for tick in found if begin <= tick < end]


def rate(flow: Tree) -> Fraction:
    """Consignments a second of a flow by chance."""
    text = value(flow["arrives"]["poisson"])
    amount, per = text.split(" per ") if " per " in text else text.split("/")
    count, kind = quantity(amount)
    span = quantity(per if per.strip()[0].isdigit() else f"1 {per}")[0]
    each = {"consignment": F(1), "kg": number(flow["weight"]), **cargo(flow["size"])}[kind]
    return count / each / span * number(flow["arrives"].get("times"), "1")


def _even(clock: Clock, flow: Tree, begin: int, end: int) -> Iterable[int]:
    """Evenly spaced through the cumulative rate, the first after half a gap."""
    profile, usual = flow["arrives"].get("profile") or {}, rate(flow)
    weights = {day: number(weight) for day, weight in (profile.get("weekly") or {}).items()}
    months = {month: number(factor) for month, factor in (profile.get("monthly") or {}).items()}
    gone, due = F(0), F(1, 2)
    tick = begin
    while tick < end:
        day = clock.when(tick)
        midnight = clock.tick(day.date() + timedelta(days=1))
        factor = months.get(f"{day:%Y-%m}", F(1))
        if weights:
            factor *= weights.get(WEEKDAYS[day.weekday()], F(0)) * 7 / sum(weights.values())
        upto = min(midnight, end)
        now = usual * factor
        while now and gone + now * (upto - tick) > due:
            yield round(tick + (due - gone) / now)
            due += 1
        gone += now * (upto - tick)
        tick = upto


# ------------------------------------------------------------------------------------------------------ what they count
def boxes_of(flow: Tree, box: Tree | None) -> Fraction:
    """Boxes that one consignment fills."""
    size = cargo(flow["size"])
    if box is None or "box" in size:
        return size.get("box", F(0))
    if "pallet" in size and "pallets" in box:
        return size["pallet"] / number(box["pallets"])
    if "TEU" in size:
        return size["TEU"] / number(box["teu"])
    return F(ceil(number(flow["weight"]) / number(box["payload"])))


def counts(flow: Tree, box: Tree | None) -> dict[str, Fraction]:
    """What a consignment counts on a route with this box."""
    size = cargo(flow["size"])
    own = boxes_of(flow, box)
    found = {
        "consignment": F(1),
        "kg": number(flow["weight"]),
        "litre": number(flow.get("volume"), "0 m3"),
        **{kind: amount for kind, amount in size.items() if kind not in ("kg", "litre")},
    }
    if box is not None:
        found["box"] = own
        found["TEU"] = own * number(box["teu"])
        found["plug"] = own * number(box.get("plugs"), "0")
        found["ULD"] = own * number(box.get("ulds"), "0") or size.get("ULD", F(0))
    return found


def load_counts(
    members: Iterable[Load], batched: bool, box: Tree | None, one: Callable[[str], dict[str, Fraction]]
) -> dict[str, Fraction]:
    """What a load counts: one box, where its members were gathered into one. `one`: what each of a flow counts."""
    found: dict[str, Fraction] = {}
    for member in members:
        for kind, amount in one(member.flow).items():
            found[kind] = found.get(kind, F(0)) + amount
    if batched and box is not None:
        found["box"] = F(1)
        found["TEU"] = number(box["teu"])
        found["plug"] = number(box.get("plugs"), "0")
        found["ULD"] = number(box.get("ulds"), "0")
    return {kind: in_thousandths(amount) for kind, amount in found.items()}


def in_thousandths(amount: Fraction) -> Fraction:
    """Rounded to the nearest thousandth."""
    return F(round(amount * THOUSAND), THOUSAND)


def measured(clock: Clock, tick: int) -> bool:
    """Whether who is released then is measured."""
    first, last = clock.tick(clock.measure[0]), clock.tick(clock.measure[1]) + DAY
    return first <= tick < last


def all_loads(clock: Clock, flows: Tree, ties: dict[tuple[str, int], int]) -> list[Load]:
    """Every consignment of every flow."""
    return [
        Load(name, ordinal, tick, int(value(flow.get("priority", "0"))), ties.get((name, ordinal), 0), flow["route"])
        for name, flow in sorted(flows.items())
        for ordinal, tick in enumerate(releases(clock, flow))
    ]
