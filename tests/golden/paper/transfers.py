"""Subsidies, cost bases and who pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from paper.amounts import F, number
from paper.calendars import day_range
from paper.charges import Invoices, Leg, Line
from paper.goods import Load, Passage, measured
from paper.owners import shared
from paper.prices import cents, cost, plain
from paper.texts import Tree, value
from paper.world import HAULS

OWNERS = ("shipper", "consignee")
CASH, LOGISTICS, CARBON = range(3)
"""The first cost base that holds a posting."""
BASES = {
    **dict.fromkeys(
        ("stock_in_transit", "safety_stock", "reliability", "decay", "damage", "quality", "delay"), LOGISTICS
    ),
    "carbon": CARBON,
}
SHIPPER_WORKS_AT_PLACE = ("FCA", "FAS", "FOB", "DPU", "DDP")
D_TERMS = ("DAP", "DPU", "DDP")


def base(activity: str) -> int:
    return BASES.get(activity, CASH)


def subsidies(invoices: Invoices, loads: Iterable[Load]) -> dict[Line, int]:
    """CNY cents of what is given, below nothing."""
    found: Counter[Line] = Counter()
    for name, body in (invoices.world.tree.get("subsidies") or {}).items():
        _one_subsidy(invoices, name, body, list(loads), found)
    return dict(found)


def _one_subsidy(invoices: Invoices, name: str, body: Tree, loads: list[Load], found: Counter[Line]) -> None:
    world = invoices.world
    price = invoices.money.price(body["amount"])
    due: list[tuple[int, Load, Passage]] = []
    for load in loads:
        for passage in load.passages:
            if passage.step == body["step"] and passage.end is not None and measured(world.clock, load.release):
                day = world.clock.when(passage.end).date()
                first, last = day_range(value(body["valid"])) if "valid" in body else (day, day)
                if first <= day <= last:
                    due.append((passage.end, load, passage))
    boxes = sum((invoices.counts(passage)["box"] for _, _, passage in due), F(0))
    if boxes < number(body.get("threshold"), "0"):
        return
    left = cents(plain(body["cap"])[0]) if "cap" in body else None
    for end, load, passage in sorted(due, key=lambda each: (each[0], each[1].tie)):
        amount = cost(price, invoices.counts(passage))
        if left is not None:
            amount = min(amount, F(left, 100))
            left -= cents(amount)
        parts = [amount]
        if body["recipient"] not in (*OWNERS, "incoterm"):
            through = F(cents(amount * number(body["pass_through"])), 100)
            parts = [through, amount - through]
        day = world.clock.when(end).date()
        for part in parts:
            if part:
                line = (*load.who, passage.step, "subsidy", name)
                found[line] -= invoices.money.posted(part, price.currency, day)


# ------------------------------------------------------------------------------------------------------- resource view
KINDS = {"teu": "TEU", "mass": "kg", "volume": "litre"}


def resources(invoices: Invoices) -> dict[Line, int]:
    """CNY cents of each departure's cost by the loads on it; others bear their own share of it."""
    found: Counter[Line] = Counter()
    world = invoices.world
    for departure in invoices.play.departed:
        service = departure.service
        if "cost_per_departure" not in service.body or not departure.listed:
            continue
        price = invoices.money.price(service.body["cost_per_departure"])
        km = number(service.body["km"]) if "km" in service.body else None
        loads = sorted(departure.listed, key=lambda load: load.tie)
        kind = KINDS[service.body.get("load_measure", "teu")]
        steps = [next(each for each in load.passages if each.start == departure.left) for load in loads]
        weights = [invoices.counts(step).get(kind, F(0)) for step in steps]
        total = cost(price, {}, km) * price.tax
        day = world.clock.when(departure.left).date()
        parts = shared(invoices.money.posted(total, price.currency, day), [*weights, service.others.get(kind, F(0))])
        for load, step, part in zip(loads, steps, parts, strict=False):
            found[*load.who, step.step, "line_haul", service.name] += part
    return dict(found)


# ------------------------------------------------------------------------------------------------------------ who pays
def owner(flow: Tree) -> str:
    """Who bears time, decay and delay."""
    return "shipper" if flow["terms"]["incoterm"] in D_TERMS else "consignee"


def insures(flow: Tree) -> str:
    """The seller under CIF, CIP and D terms."""
    return "shipper" if flow["terms"]["incoterm"] in (*D_TERMS, "CIF", "CIP") else "consignee"


def pays_at(invoices: Invoices, flow: Tree, leg: Leg, route: str) -> str:
    """Whoever the terms make pay at a step: the shipper up to the arrival at the place, the consignee from there."""
    incoterm, place = flow["terms"]["incoterm"], key_of(invoices.world.tree["places"], flow["terms"]["place"])
    if incoterm == "EXW":
        return "consignee"
    order = invoices.map.order[route]
    starts = order[0].origin == place
    reached = -1 if starts else next(i for i, each in enumerate(order) if each.destination == place)
    here = order.index(leg)
    hauls = leg.kind in (*HAULS, "board")
    if here < reached or (here == reached and hauls):
        return "shipper"
    later = order[max(reached, 0) : here + 1]
    left = any(each.origin == place != each.destination for each in later)
    return "shipper" if not left and incoterm in SHIPPER_WORKS_AT_PLACE else "consignee"


def key_of(places: Tree, name: str) -> str:
    """A place by its key or one of its names."""
    if name in places:
        return name
    for key, body in places.items():
        names = body["name"] if isinstance(body["name"], dict) else {"en": body["name"]}
        if name in names.values():
            return str(key)
    raise KeyError(name)
