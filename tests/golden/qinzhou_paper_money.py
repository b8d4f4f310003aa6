"""What one load of scenarios/qinzhou.yaml costs, reckoned by hand from its sheet of moments: nothing of the package.

What the texts leave open, and the reading taken here, which is the one that the package's docstrings state:
* A load has one declaration, one bill and one box; its members are charged through their leader.
* A price list that adds up is one posting; it is rounded to cents once, then exchanged and rounded again. A price of 0
  is posted; a clock that never leaves its free time, and a loss or gain of nothing, are not.
* A calendar day counts as soon as it is touched by [start, end).
* Carrying rate: obsolescence is zero for goods whose decay is posted, insurance is zero as it is posted, and storage is
  zero in all alternatives, for a tariff posts storage (MONEY.md: "a component posted elsewhere is zero in it").
* Goods keep their reference temperature where they are not carried: nothing states another one.
* Goods below their least remaining life are worth nothing; `rejected` and the premium are on what is saleable, the
  premium on what of it is not rejected. The insured value is without the premium.
* Members of a load share freight and emissions by gross mass. Masses are those of the goods, without the box.
* A hub is a place where the load is worked on in a step with `at`; it emits once per box. Customs, batching, waiting
  and marks are no chain elements. (The first reading here took every place between two transports; a test of the
  package states this one.)
* An empty box adds its tare over the road to the packhouse, and from the market back; no emission of empty lorries.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import NormalDist, mean, variance

from qinzhou_paper_times import CONVENIENT, Load, promise

F = Fraction
HKD, USD, CNY = F("0.898"), F("6.989"), F(1)
NET_9, NET_6, UNTAXED = 1 / F("1.09"), 1 / F("1.06"), F(1)
Line = tuple[int, str, str, str]
"""Ordinal of the consignment, step, activity, tariff."""

WEIGHT_T = {"crisp plum": F("2.8"), "citrus": F(5), "lemon": F(5), "cured pork": F("1.6")}
CNY_PER_T = {"crisp plum": 10000, "citrus": 10000, "lemon": 8000, "cured pork": 67000}
REJECTED = {"crisp plum": F("0.02"), "citrus": F("0.02"), "lemon": F("0.02"), "cured pork": F("0.01")}
REJECTED_WITH_CERTIFICATE = {"crisp plum": F("0.01"), "citrus": F("0.01"), "lemon": F("0.01"), "cured pork": F("0.01")}
PREMIUM = F("0.02")
SHELF_LIFE_DAYS = {"crisp plum": 6, "citrus": 60, "lemon": 90}
LEAST_REMAINING = {"crisp plum": F("0.05"), "citrus": F("0.2"), "lemon": F("0.2")}
LOST_AT_END = F("0.6")
CAPITAL, OBSOLESCENCE = F("0.05"), F("0.05")
INSURANCE, INSURED = F("0.001"), F("1.1")
CARBON_CNY_PER_KG = F("62.36") / 1000

# Price in its currency, exchange, factor of tax
RAIL_KM, SHENZHEN_KM, MARKET_KM, DRAYAGE_KM, DELIVERY_KM, SEA_KM = 1406, 1430, 34, 30, 8, 740
Price = tuple[Fraction, Fraction, Fraction]


def cents(amount: Fraction) -> int:
    """Whole cents of an amount, half to even."""
    return round(amount * 100)


def net(price: Price) -> int:
    """CNY cents of a price: tax off, rounded; exchanged, rounded."""
    amount, exchange, tax = price
    return cents(F(cents(amount * tax), 100) * exchange)


TARIFFS: dict[str, tuple[str, Price]] = {
    "drayage chongqing": ("drayage", (F(1800), CNY, NET_9)),
    "empty reefer to chongqing": ("empty_positioning", (F(1500), CNY, NET_9)),
    "empty dry box": ("empty_positioning", (F(0), CNY, NET_9)),
    "documents mainland": ("documents", (F(450), CNY, NET_6)),
    "rail 40 ft": ("line_haul", ((532 + F("4.479") * RAIL_KM) * F("0.7"), CNY, NET_9)),
    "rail 20 ft": ("line_haul", ((440 + F("3.713") * RAIL_KM) * F("0.7"), CNY, NET_9)),
    "rail electrification 40 ft": ("line_haul", (F("0.238") * RAIL_KM, CNY, NET_9)),
    "rail electrification 20 ft": ("line_haul", (F("0.112") * RAIL_KM, CNY, NET_9)),
    "station handling 40 ft": ("handling", (585 * F("0.7"), CNY, NET_6)),
    "station handling 20 ft": ("handling", (390 * F("0.7"), CNY, NET_6)),
    "power on the train": ("plug_in", (F(800), CNY, NET_6)),
    "transfer qinzhou": ("handling", (F(200), CNY, NET_6)),
    "terminal handling qinzhou reefer": ("terminal_handling", (F(1746), CNY, NET_6)),
    "terminal handling qinzhou dry": ("terminal_handling", (F(890), CNY, NET_6)),
    "feeder reefer": ("line_haul", (F(904), USD, UNTAXED)),
    "feeder dry": ("line_haul", (F(302), USD, UNTAXED)),
    "terminal handling hong kong 40 ft": ("terminal_handling", (F(3000), HKD, UNTAXED)),
    "terminal handling hong kong 20 ft": ("terminal_handling", (F(2000), HKD, UNTAXED)),
    "bill of lading": ("documents", (F(550), HKD, UNTAXED)),
    "haulage hong kong 40 ft": ("delivery", (F(1650), HKD, UNTAXED)),
    "haulage hong kong 20 ft": ("delivery", (F(1350), HKD, UNTAXED)),
    "reefer truck": ("line_haul", (F(15000), CNY, NET_9)),
    "dry lorry": ("line_haul", (F(9000), CNY, NET_9)),
    "cross-boundary trailer": ("line_haul", (F(3500), HKD, UNTAXED)),
    "cross-boundary lorry": ("line_haul", (F(2500), HKD, UNTAXED)),
    "market sale": ("market", (F(0), CNY, UNTAXED)),
}
FRUIT_BY_QINZHOU = {
    "drayage": ("drayage chongqing", "empty reefer to chongqing", "documents mainland"),
    "train": ("rail 40 ft", "rail electrification 40 ft", "station handling 40 ft", "power on the train"),
    "transfer": ("transfer qinzhou",),
    "feeder": (
        "terminal handling qinzhou reefer",
        "feeder reefer",
        "terminal handling hong kong 40 ft",
        "bill of lading",
    ),
    "delivery": ("haulage hong kong 40 ft",),
    "sale": ("market sale",),
}
PORK_BY_QINZHOU = {
    "drayage": ("drayage chongqing", "empty dry box", "documents mainland"),
    "train": ("rail 20 ft", "rail electrification 20 ft", "station handling 20 ft"),
    "transfer": ("transfer qinzhou",),
    "feeder": ("terminal handling qinzhou dry", "feeder dry", "terminal handling hong kong 20 ft", "bill of lading"),
    "delivery": ("haulage hong kong 20 ft",),
    "hand-over": ("market sale",),
}
FRUIT_BY_TRUCK = {
    "road to shenzhen": ("reefer truck", "documents mainland"),
    "road to the market": ("cross-boundary trailer",),
    "sale": ("market sale",),
}
PORK_BY_TRUCK = {
    "road to shenzhen": ("dry lorry", "documents mainland"),
    "road to the importer": ("cross-boundary lorry",),
    "hand-over": ("market sale",),
}
Check = tuple[str, Price | None, Price]
"""Channel, price of the declaration (None where there is none), and of the inspection for who is selected."""
ORIGIN: Check = ("origin ordinary", None, (F(400), CNY, NET_6))
EXPORT_AT_PORT = ((F(100), CNY, NET_6), (F(800), CNY, NET_6))
FOOD_BY_SEA = ((F("73.5"), HKD, UNTAXED), (F(600), HKD, UNTAXED))
CHECKS_BY_TRUCK: dict[str, Check] = {
    "origin inspection": ORIGIN,
    "export check": ("export at the crossing", (F(100), CNY, NET_6), (F(500), CNY, NET_6)),
    "food check": ("food by lorry", (F("73.5"), HKD, UNTAXED), (F(0), HKD, UNTAXED)),
}


def checks_of(load: Load, alternative: str) -> dict[str, Check]:
    """The customs steps of a load's route; the convenient channels cost the same as the ordinary ones."""
    if not load.by_sea:
        return CHECKS_BY_TRUCK
    convenient = alternative in CONVENIENT
    return {
        "origin inspection": ORIGIN,
        "export check": ("export convenient" if convenient else "export ordinary", *EXPORT_AT_PORT),
        "food check": ("food by sea convenient" if convenient else "food by sea", *FOOD_BY_SEA),
    }


def invoices(load: Load, alternative: str, selected: Collection[str]) -> dict[Line, int]:
    """What the load's leader is charged."""
    dry, who = load.goods.dry, load.first_ordinal
    ways = (FRUIT_BY_QINZHOU, PORK_BY_QINZHOU) if load.by_sea else (FRUIT_BY_TRUCK, PORK_BY_TRUCK)
    used, lines = ways[dry], {}
    for step, tariffs in used.items():
        for tariff in tariffs:
            activity, price = TARIFFS[tariff]
            lines[who, step, activity, tariff] = net(price)
    for step, (channel, declaration, inspection) in checks_of(load, alternative).items():
        if declaration is not None:
            lines[who, step, "declaration", f"{channel} declaration"] = net(declaration)
        if step in selected:
            lines[who, step, "inspection", f"{channel} inspection"] = net(inspection)
    if load.by_sea and storage_qinzhou(load):
        lines[who, "feeder", "storage", "storage qinzhou"] = storage_qinzhou(load)
    if load.by_sea and not dry:
        lines[who, "food check", "plug_in", "plug hong kong"] = plug_hong_kong(load)
    return lines


def days_touched(load: Load, begin: str, end: str) -> int:
    """Calendar days that [begin, end) touches."""
    last_second = load.at[end] - timedelta(seconds=1)
    return (last_second.date() - load.at[begin].date()).days + 1


def storage_qinzhou(load: Load) -> int:
    """Seven days free, then 200 CNY a day up to the fifteenth, then 400; 6 % of tax included."""
    charged = max(0, days_touched(load, "train", "feeder start") - 7)
    return net((F(200 * min(charged, 15) + 400 * max(0, charged - 15)), CNY, NET_6))


def plug_hong_kong(load: Load) -> int:
    """600 HKD a calendar day from the arrival of the feeder to the end of the food check."""
    return net((F(600 * days_touched(load, "feeder", "food check")), HKD, UNTAXED))


# ------------------------------------------------------------------------------------------- time, risk, decay, carbon
def owners_lines(load: Load, alternative: str, freight: int) -> dict[Line, int]:
    """What each member's owner bears; `freight`: the load's line-haul and drayage in cents."""
    certified = alternative == "with certificate"
    value = WEIGHT_T[load.flow] * CNY_PER_T[load.flow]
    decays = load.flow in SHELF_LIFE_DAYS
    rejected = (REJECTED_WITH_CERTIFICATE if certified else REJECTED)[load.flow]
    lines = {}
    for place, release in enumerate(load.releases):
        who, days = load.first_ordinal + place, F(round((load.at["sale"] - release).total_seconds()), 86400)
        share = F(shared(freight, len(load.releases))[place], 100)
        lines[who, "", "insurance", ""] = cents(INSURED * INSURANCE * (value + share) / (1 - INSURED * INSURANCE))
        rate = CAPITAL if decays else CAPITAL + OBSOLESCENCE
        lines[who, "", "stock_in_transit", ""] = cents(value * rate * days / 365)
        saleable = F(1)
        if decays:
            used = days / SHELF_LIFE_DAYS[load.flow]  # q10 to the power 0: always at the reference temperature
            saleable = F(0) if 1 - used < LEAST_REMAINING[load.flow] else 1 - LOST_AT_END * used
            lines[who, "", "decay", ""] = cents(value * (1 - saleable))
        if saleable:
            lines[who, "", "quality", "rejected"] = cents(value * saleable * rejected)
            if certified:
                lines[who, "", "quality", "premium"] = -cents(value * saleable * (1 - rejected) * PREMIUM)
    return lines


def shared(total: int, members: int) -> list[int]:
    """Equal shares of whole cents; the cents left over go to the first members."""
    return [total // members + (place < total % members) for place in range(members)]


def emissions_kg(load: Load) -> dict[str, Fraction]:
    """kg CO2e, well to wheel, of the load by the step at which they are posted."""
    tonnes, dry = len(load.releases) * WEIGHT_T[load.flow], load.goods.dry
    road, hub = (F("0.089") if dry else F("0.1")), F("13.4")
    sale = "hand-over" if dry else "sale"
    if not load.by_sea:
        to_market = "road to the importer" if dry else "road to the market"
        return {"road to shenzhen": tonnes * SHENZHEN_KM * road, to_market: tonnes * MARKET_KM * road, sale: hub}
    empty = F("2.3") * F("0.089") if dry else F("4.6") * F("0.089")  # per km: not cooled
    return {
        "drayage": tonnes * DRAYAGE_KM * road + empty * DRAYAGE_KM,
        "train": tonnes * RAIL_KM * (F("0.0116") if dry else F("0.0172")),
        "transfer": hub,
        "feeder": load.teu * SEA_KM * (F("0.0717") if dry else F("0.1423")),
        "delivery": tonnes * DELIVERY_KM * road + empty * DELIVERY_KM,
        sale: hub,
    }


def carbon(load: Load) -> dict[Line, int]:
    """62.36 CNY a tonne, by member."""
    members = len(load.releases)
    return {
        (load.first_ordinal + place, step, "carbon", ""): cents(kg / members * CARBON_CNY_PER_KG)
        for step, kg in emissions_kg(load).items()
        for place in range(members)
    }


def account(load: Load, alternative: str, selected: Collection[str]) -> dict[Line, int]:
    """Every line of a load and its members, in CNY cents."""
    charged = invoices(load, alternative, selected)
    freight = sum(amount for (_, _, activity, _), amount in charged.items() if activity in ("line_haul", "drayage"))
    return {**charged, **owners_lines(load, alternative, freight), **carbon(load)}


# ------------------------------------------------------------------------------------------------------ safety stock
WINDOW = (datetime(2026, 5, 1), datetime(2026, 9, 1))
WINDOW_DAYS = 31 + 30 + 31 + 31
SERVICE_LEVEL, DEMAND_CV = 0.95, 0.3
HOLDING = 0.05 + 0.05 + 0.05  # capital, obsolescence, storage: the receiver's own stock lies in no charged yard


def safety_stock(loads: list[Load], alternative: str, selected: tuple[str, ...]) -> int:
    """CNY cents that one flow's stock against lateness costs its receiver over the window."""
    trips = [
        (release, load.at["sale"], promise(load.flow, release, alternative, selected))
        for load in loads
        for release in load.releases
        if WINDOW[0] <= release < WINDOW[1]
    ]
    flow = loads[0].flow
    lead_days = mean((arrival - release) / timedelta(days=1) for release, arrival, _ in trips)
    lateness_days = [(arrival - promised) / timedelta(days=1) for _, arrival, promised in trips]
    tonnes_a_day = len(trips) * float(WEIGHT_T[flow]) / WINDOW_DAYS
    spread = math.sqrt(lead_days * DEMAND_CV**2 + variance(lateness_days))  # in days of demand
    stock_t = NormalDist().inv_cdf(SERVICE_LEVEL) * spread * tonnes_a_day
    return round(stock_t * CNY_PER_T[flow] * HOLDING * WINDOW_DAYS / 365 * 100)
