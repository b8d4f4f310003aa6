"""What the owners of the goods bear: insurance, time, decay, quality, damage, delay; and the price of emissions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from statistics import NormalDist, fmean, variance

from paper.amounts import DAY, F, mean, number, seconds
from paper.charges import Invoices, Leg, Line
from paper.goods import Load, Passage, measured
from paper.prices import cents, cost
from paper.promise import Promises
from paper.texts import Tree, value
from paper.world import HAULS

YEAR_DAYS = 365
CARRYING = ("capital", "obsolescence", "storage", "insurance")


class Owners:
    """Postings that nobody invoices but insurers and banks."""

    def __init__(self, invoices: Invoices) -> None:
        self.invoices, self.play, self.world = invoices, invoices.play, invoices.world
        self.money = invoices.money
        self.lines: Counter[Line] = Counter()

    def of(self, loads: Iterable[Load]) -> dict[Line, int]:
        freight: Counter[Load] = Counter()
        for members, total in self.invoices.freight.items():
            for member, part in zip(members, shared(total, [self.weight(each) for each in members]), strict=True):
                freight[member] += part
        carbon = self._factors_complete()
        for load in loads:
            self._member(load.leader or load, load, F(freight[load], 100))
            if carbon:
                self._carbon(load)
        return dict(self.lines)

    def weight(self, load: Load) -> Fraction:
        return number(self.world.flows[load.flow]["weight"])

    def value(self, load: Load) -> Fraction:
        """CNY."""
        flow, route = self.world.flows[load.flow], load.route
        price = self.money.price(flow["value"])
        amount = cost(price, self.world.one(load.flow, route))
        return amount * self.money.exchange(price.currency, self.world.clock.when(load.release).date())

    # ----------------------------------------------------------------------------------------------------- one member
    def _add(self, load: Load, activity: str, tariff: str, amount: Fraction, step: str = "") -> None:
        if cents(amount):
            self.lines[*load.who, step, activity, tariff] += cents(amount)

    def _member(self, load: Load, member: Load, freight: Fraction) -> None:
        flow, worth, body = self.world.flows[member.flow], self.value(member), self.money.body
        end = self.play.stop if member.delivered is None else member.delivered
        days = F(end - member.release, DAY)
        if "insurance" in body:
            rate = number(body["insurance"]["rate"]) * number(body["insurance"]["on"])
            self._add(member, "insurance", "", rate * (worth + freight) / (1 - rate))
        self._time(member, worth, days)
        self._finance(member, worth)
        saleable = F(1)
        if "decay" in flow and "hummels_schaur" not in body["time_cost"]:
            saleable = self._saleable(flow, load, member)
            self._add(member, "decay", "", worth * (1 - saleable))
        if member.delivered is not None and saleable:
            rejected = number(flow.get("rejected"))
            self._add(member, "quality", "rejected", worth * saleable * rejected)
            premium = number(flow.get("price_premium"))
            self._add(member, "quality", "premium", -worth * saleable * (1 - rejected) * premium)
        self._damage(load, member, worth)
        if "delay_penalty" in body and days > F(seconds(flow["due"]["within"]), DAY):
            late = math.ceil(days - F(seconds(flow["due"]["within"]), DAY))
            price = self.money.price(body["delay_penalty"])
            amount = cost(price, self.world.one(member.flow, member.route), None, late * DAY)
            self._add(member, "delay", "", self._in_cny(amount, price.currency, end))

    def rate(self, flow: Tree) -> Fraction:
        """Share of the value a year that time in transit costs, without capital."""
        body = self.money.body["time_cost"]
        if "carrying" not in body:
            return F(0)
        carrying = {part: number(body["carrying"][part]) for part in CARRYING}
        if "decay" in flow:
            carrying["obsolescence"] = F(0)
        if "insurance" in self.money.body:
            carrying["insurance"] = F(0)
        if any(tariff["activity"] == "storage" for tariff in self.invoices.tariffs.values()):
            carrying["storage"] = F(0)
        return sum(carrying.values(), F(0)) - carrying["capital"]

    def capital(self) -> Fraction:
        body = self.money.body["time_cost"]
        return number(body["carrying"]["capital"]) if "carrying" in body else number(body.get("finance_only"))

    def _time(self, member: Load, worth: Fraction, days: Fraction) -> None:
        body = self.money.body["time_cost"]
        if "hummels_schaur" in body:
            self._add(member, "stock_in_transit", "", worth * number(body["hummels_schaur"]) * days)
            return
        financed = F(0)
        if "trade_finance" in self.money.body:
            financed = F(seconds(self.money.body["trade_finance"]["days"]), DAY)
        amount = worth * self.rate(self.world.flows[member.flow]) * days / YEAR_DAYS
        amount += worth * self.capital() * max(F(0), days - financed) / YEAR_DAYS
        self._add(member, "stock_in_transit", "", amount)

    def _finance(self, member: Load, worth: Fraction) -> None:
        body = self.money.body.get("trade_finance")
        if body is None:
            return
        days = F(seconds(body["days"]), DAY)
        self._add(member, "finance", "interest", worth * number(body["rate"]) * days / YEAR_DAYS)
        if "fee" in body:
            price = self.money.price(body["fee"])
            amount = cost(price, self.world.one(member.flow, member.route)) * price.tax
            self._add(member, "finance", "fee", self._in_cny(amount, price.currency, member.release))

    def _in_cny(self, amount: Fraction, currency: str, tick: int) -> Fraction:
        """CNY of an amount posted then."""
        return F(self.money.posted(amount, currency, self.world.clock.when(tick).date()), 100)

    def _saleable(self, flow: Tree, load: Load, member: Load) -> Fraction:
        """Share of the value that is left by the life used up; none below the least that the market takes."""
        decay = flow["decay"]
        life, used = F(seconds(decay["shelf_life"])), F(0)
        for passage in self.way(load, member):
            spent = (self.play.stop if passage.end is None else passage.end) - passage.ready
            warmer = (self._temperature(flow, passage) - number(decay["at"])) / 10
            pace = F(float(number(decay["q10"])) ** float(warmer)) if warmer else F(1)
            used += spent * pace
        used /= life
        if 1 - used < number(decay["least_remaining"]):
            return F(0)
        return 1 - number(decay["value_lost_at_end"]) * used

    def way(self, load: Load, member: Load) -> list[Passage]:
        """A member's own passages, and then its load's."""
        if member is load:
            return load.passages
        joined = member.passages[-1].end or 0
        return member.passages + [passage for passage in load.passages if passage.ready >= joined]

    def _temperature(self, flow: Tree, passage: Passage) -> Fraction:
        leg = self.invoices.map.legs[passage.route, passage.step]
        if "temperature" in leg.body:
            return number(leg.body["temperature"])
        ambient = number(flow.get("ambient"), value(flow["decay"]["at"]))
        return number(flow["temperature"]) if leg.kind in (*HAULS, "board") and "temperature" in flow else ambient

    def _damage(self, load: Load, member: Load, worth: Fraction) -> None:
        lost = F(0)
        for passage in self.way(load, member):
            leg = self.invoices.map.legs[passage.route, passage.step]
            if "damage" in leg.body and passage.end is not None:
                lost += mean(leg.body["damage"])
        self._add(member, "damage", "", worth * lost)

    # ------------------------------------------------------------------------------------------------------ emissions
    def factor(self, load: Load, leg: Leg, mode: str) -> list[Tree]:
        """Factors of a step for a load's box: those it names, else its mode's."""
        service = self.world.services[leg.body["board"]].body if leg.kind == "board" else {}
        mode = leg.body.get("emits", service.get("emits", mode))
        body, box = self.money.body.get("emissions") or {}, self.world.box(load.route)
        if box is not None and number(box.get("plugs")):
            if f"reefer_{mode}" in body:
                return [body[f"reefer_{mode}"]]
            return [body[name] for name in (mode, "reefer") if name in body]
        return [body[mode]] if mode in body else []

    def _factors_complete(self) -> bool:
        """Whether no step in use lacks a factor or its km."""
        if "carbon" not in self.money.body or "emissions" not in self.money.body:
            return False
        for load in self.play.loads:
            for passage in load.passages:
                leg = self.invoices.map.legs[passage.route, passage.step]
                mode = self.mode(leg)
                if mode and not (self.factor(load, leg, mode) and (mode == "hub" or self.invoices.km(leg) is not None)):
                    return False
        return True

    def mode(self, leg: Leg) -> str | None:
        if leg.kind == "board":
            return str(self.world.services[leg.body["board"]].body["mode"])
        return leg.kind if leg.kind in HAULS else "hub" if leg.kind in ("at", "seize") else None

    def emissions(self, load: Load) -> list[tuple[Passage, Fraction]]:
        """kg CO2e, well to wheel, of each passage that this consignment led."""
        found: list[tuple[Passage, Fraction]] = []
        hub = ""
        for passage in load.passages:
            leg = self.invoices.map.legs[passage.route, passage.step]
            mode = self.mode(leg)
            if mode is None or passage.end is None:
                continue
            km = F(1) if mode == "hub" else self.invoices.km(leg)
            assert km is not None
            again = mode == "hub" and hub == leg.origin
            hub = leg.origin if mode == "hub" else ""
            if passage.members and not again:
                own = self.invoices.counts(passage)
                kg = sum((emitted(each, own, km) for each in self.factor(load, leg, mode)), F(0))
                found.append((passage, kg + (F(0) if mode == "hub" else self._empty(load, leg, own, mode) * km)))
        return found

    def _empty(self, load: Load, leg: Leg, own: dict[str, Fraction], mode: str) -> Fraction:
        """kg a km of the empty box, where this leg is its way to the goods or back."""
        box, used = self.world.box(load.route), self.world.routes[load.route].get("box") or {}
        if box is None or "tare" not in box or mode not in self.money.body["emissions"]:
            return F(0)
        order = self.invoices.map.order[load.route]
        ways = []
        if "empty_from" in used:
            ways.append({used["empty_from"], order[0].origin})
        if "return_to" in used:
            ways.append({used["return_to"], order[-1].destination})
        times = len([way for way in ways if way == {leg.origin, leg.destination} and len(way) > 1])
        empty = {"kg": own["box"] * number(box["tare"]), "TEU": own["TEU"], "box": own.get("box", F(0))}
        return times * (1 - number(used.get("reuse"))) * emitted(self.money.body["emissions"][mode], empty, F(1))

    def _carbon(self, load: Load) -> None:
        price = self.money.price(self.money.body["carbon"]["price"])
        parts: dict[tuple[Load, str], Fraction] = {}
        for passage, kg in self.emissions(load):
            total = sum((self.weight(member) for member in passage.members), F(0))
            for member in passage.members:
                key = (member, passage.step)
                parts[key] = parts.get(key, F(0)) + kg * self.weight(member) / total
        for (member, step), kg in parts.items():
            self._add(member, "carbon", "", cost(price, {"kg": kg}), step)

    # ---------------------------------------------------------------------------------------------------- whole flows
    def spread(self, name: str, promises: Promises) -> float | None:
        """Variance of a flow's lateness against the promise, in days squared."""
        late = []
        for load in self._trips(name):
            promised = promises.of(load)
            if load.delivered is not None and promised is not None:
                late.append((load.delivered - promised) / DAY)
        return variance(late) if len(late) > 1 else None

    def _trips(self, name: str) -> list[Load]:
        return [load for load in self.play.loads if load.flow == name and measured(self.world.clock, load.release)]

    def reliability(self, promises: Promises) -> dict[Line, int]:
        """By consignment: a day of standard deviation is worth so many times a day in transit."""
        found: dict[Line, int] = {}
        ratio = self.money.body["reliability"].get("ratio")
        for name, flow in self.world.flows.items() if ratio is not None else ():
            spread = self.spread(name, promises)
            a_day = float(self.capital() + self.rate(flow)) / YEAR_DAYS
            for load in self.play.loads if spread is not None else ():
                if load.flow == name:
                    amount = float(number(ratio)) * math.sqrt(spread or 0) * a_day * float(self.value(load))
                    found[*load.who, "", "reliability", ""] = cents(F(amount))
        return found

    def flows(self, promises: Promises) -> dict[tuple[str, str], int]:
        """What is posted on a whole flow for the measured days: safety stock."""
        found: dict[tuple[str, str], int] = {}
        for name, flow in self.world.flows.items() if "safety_stock" in self.money.body["reliability"] else ():
            spread = self.spread(name, promises)
            if spread is not None:
                found[name, "safety_stock"] = self._stock(flow, self._trips(name), spread)
        return found

    def _stock(self, flow: Tree, trips: list[Load], spread: float) -> int:
        body, clock = self.money.body["reliability"]["safety_stock"], self.world.clock
        days = (clock.measure[1] - clock.measure[0]).days + 1
        lead = fmean((load.delivered - load.release) / DAY for load in trips if load.delivered is not None)
        kg = float(sum((self.weight(load) for load in trips), F(0))) / days
        if "annual_demand" in flow:
            kg = float(number(flow["annual_demand"])) / YEAR_DAYS
        z = NormalDist().inv_cdf(float(number(body["service_level"])))
        stock = z * math.sqrt(lead * float(number(body["demand_cv"])) ** 2 + spread) * kg
        per_kg = float(sum(map(self.value, trips), F(0)) / sum(map(self.weight, trips), F(0)))
        carrying = self.money.body["time_cost"].get("carrying")
        rate = self.capital() if carrying is None else sum((number(carrying[part]) for part in CARRYING), F(0))
        return round(stock * per_kg * float(rate) * days / YEAR_DAYS * 100)


def emitted(factor: Tree, own: dict[str, Fraction], km: Fraction) -> Fraction:
    """kg CO2e of one factor."""
    amount = number(factor["wtw"])
    per = {
        "tonne_km": own["kg"] / 1000 * km,
        "teu_km": own.get("TEU", F(0)) * km,
        "tonne": own["kg"] / 1000,
        "box": own.get("box", F(0)),
    }
    return amount * per[factor["per"]]


def shared(total: int, weights: list[Fraction]) -> list[int]:
    """Whole cents in proportion, by largest remainders in order."""
    whole = sum(weights, F(0))
    exact = [total * weight / whole for weight in weights]
    found = [math.floor(each) for each in exact]
    order = sorted(range(len(weights)), key=lambda place: (found[place] - exact[place], place))
    for place in order[: total - sum(found)]:
        found[place] += 1
    return found
