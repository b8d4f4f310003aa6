"""Scenario -> Tariffs: every price of every step resolved to exact numbers, or reported as a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from corridor_sim.catalog.values import Priced
from corridor_sim.engine.program import NONE
from corridor_sim.errors import InputError, Problem, did_you_mean
from corridor_sim.network.charge_rules import COST_CLASSES, Charge, DepartureCost, SubsidyRule, Tariffs
from corridor_sim.network.clock_rules import ClockReader
from corridor_sim.network.info import StepInfo
from corridor_sim.network.payers import inside_through_bill, lower_payers
from corridor_sim.network.rates import (
    Basis,
    DatedRates,
    Rate,
    lower_exchange,
    lower_price,
    lump,
    parse_tax,
    tax_rule,
    valid_ticks,
)
from corridor_sim.scenario.calendars import Clock, parse_date_range, subtract_windows
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.money import Subsidy, Tariff
from corridor_sim.scenario.steps import Branch, ChargeUse, Customs, Step
from corridor_sim.units import CENTS, HOME_CURRENCY, SECONDS_PER_DAY, UnitProblem, to_ticks

__all__ = ["Tariffs", "lower_tariffs"]

MUST_BE_PRICED = ("move", "board", "work")
TAKES_TIME = ("move", "board", "work", "wait", "seize", "release")
"""Kinds of step whose passage has a duration, which a price per time can be multiplied with."""
CARRIAGE = ("move", "board")
INLINE_ACTIVITIES = {
    "move": "line_haul",
    "board": "line_haul",
    "work": "handling",
    "wait": "documents",
    "customs": "declaration",
    "batch": "handling",
    "seize": "storage",
    "release": "equipment",
}
"""Kind of step -> activity of its inline price."""
EMPTY_POSITIONING = "empty_positioning"
OTHER_ACTIVITY = "handling"
PAYEES = {
    "handling": "terminal",
    "terminal_handling": "terminal",
    "storage": "terminal",
    "documents": "others",
    "declaration": "customs",
    "inspection": "customs",
}
"""Activity -> payee of an inline price; the carrier otherwise."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A step as lowered, as written, and the path of its words in the file."""

    row: int
    info: StepInfo
    body: Step
    path: str


def _written(steps: Mapping[str, Step], path: str, lane: str = "") -> Iterator[tuple[str, str, Step, str]]:
    """Yield (name, lane, body, path) of all steps, those in lanes too."""
    for name, body in steps.items():
        yield name, lane, body, f"{path}.{name}"
        if isinstance(body, Branch):
            for key, inner in body.branch.items():
                yield from _written(inner.steps, f"{path}.{name}.branch.{key}.steps", f"{name}/{key}")


@dataclass
class _Reader:
    """Lowers one scenario and collects what is wrong with its prices."""

    scenario: Scenario
    steps: Sequence[StepInfo]
    clock: Clock
    horizon: int
    problems: list[Problem] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    def wrong(self, path: str, message: str | Exception) -> None:
        self.problems.append(Problem(str(message), path))

    def places(self) -> list[_Place]:
        """Return the steps that stand in the file."""
        found: list[_Place] = []
        rows: dict[str, list[tuple[int, StepInfo]]] = {}
        for row, info in enumerate(self.steps):
            rows.setdefault(info.route, []).append((row, info))
        for route, model in self.scenario.routes.items():
            named: dict[str, list[tuple[str, Step, str]]] = {}
            for name, lane, body, path in _written(model.steps, f"routes.{route}.steps") if route in rows else ():
                named.setdefault(name, []).append((lane, body, path))
            for row, info in rows.get(route, ()):
                same = named.get(info.name, [])
                same = [entry for entry in same if entry[0] == info.lane] or same
                found += [_Place(row, info, body, path) for _, body, path in same[:1]]
        return found

    def basis(self, route: str, km: Fraction | None) -> Basis:
        box = self.scenario.routes[route].box
        known = self.scenario.boxes.get(box.type) if box else None
        return Basis(km or None, known.teu.value if known else None)

    def read_step(self, place: _Place, inside: set[int], drayage: set[int]) -> None:
        """Add the charges of one step."""
        before, wrong_before = len(self.charges), len(self.problems)
        if place.body.price is not None:
            default = "drayage" if place.row in drayage else INLINE_ACTIVITIES.get(place.info.kind, OTHER_ACTIVITY)
            name = f"{place.info.route}/{place.info.name}"
            self.inline(place, place.body.price, name, place.body.activity or default)
        for use in place.body.charges:
            self.named(f"{place.path}.charges", use, place.row, place.info.main)
        if isinstance(place.body, Customs):
            self.customs(place, place.body)
        if place.info.kind in MUST_BE_PRICED and len(self.charges) == before and len(self.problems) == wrong_before:
            self.wrong(place.path, "no price and no charges; nothing is free by accident: write `price: 0 CNY`")
        self.check_validity(place, self.charges[before:])
        if place.row in inside:
            self.charges[before:] = [c for c in self.charges[before:] if c.activity != "terminal_handling"]

    def customs(self, place: _Place, body: Customs) -> None:
        channel = self.scenario.customs_channels[body.channel]
        if channel.price is not None:
            self.inline(place, channel.price, f"{body.channel} declaration", "declaration")
        if channel.inspection_price is None:
            return
        if place.info.inspection == NONE:
            self.wrong(f"customs_channels.{body.channel}.inspection_price", "there is no `inspection` it could be for")
        else:
            self.inline(
                place, channel.inspection_price, f"{body.channel} inspection", "inspection", place.info.inspection
            )

    def inline(self, place: _Place, price: Priced, name: str, activity: str, instruction: int | None = None) -> None:
        """Add a charge for a price that stands at its step."""
        try:
            tax = parse_tax(price.provenance.tax)
            rates = self.rates(price, self.basis(place.info.route, place.info.km), place.info.kind)
        except ValueError as problem:
            self.wrong(f"{place.path}.price", problem)
            return
        self.charges.append(
            Charge(
                name,
                place.row,
                place.info.main if instruction is None else instruction,
                activity,
                "incoterm",
                PAYEES.get(activity, "carrier"),
                price.parts[0].currency,
                rates,
                tax.words,
                tax.net,
                price.provenance,
                COST_CLASSES.get(activity, ""),
                tax.unknown,
            )
        )

    def rates(self, price: Priced, basis: Basis, kind: str, discount: Fraction = Fraction(0)) -> tuple[Rate, ...]:
        """Return the rates of a price at a step of `kind`, empty at delivery. Raises UnitProblem."""
        rates = lower_price(price, basis, discount)
        if kind and kind not in TAKES_TIME and any(rate.timed for rate in rates):
            raise UnitProblem(f'"{price.text}" is per time, but a {kind} step takes none; use a tariff with a `clock`')
        return rates

    def named(self, path: str, use: ChargeUse, row: int, instruction: int) -> None:
        """Add a charge for the use of a named tariff at a step, or at delivery where `instruction` is NONE."""
        tariff = self.scenario.tariffs.get(use.tariff)
        if tariff is None:
            self.wrong(path, f'"{use.tariff}" is no tariff{did_you_mean(use.tariff, self.scenario.tariffs)}')
            return
        try:
            self.charges.append(self.charge(use, tariff, row, instruction))
        except ValueError as problem:
            self.wrong(path, f"{use.tariff}: {problem}")

    def discount(self, tariff: Tariff, route: str) -> Fraction:
        """Return the share taken off a price; no empty is moved for boxes that find a return load."""
        discount = tariff.discount.value if tariff.discount else Fraction(0)
        box = self.scenario.routes[route].box
        if tariff.activity == EMPTY_POSITIONING and box is not None and box.reuse is not None:
            return 1 - (1 - discount) * (1 - box.reuse.value)
        return discount

    def charge(self, use: ChargeUse, tariff: Tariff, row: int, instruction: int) -> Charge:
        """Return the charge of a tariff at a step. Raises ValueError."""
        info = self.steps[row]
        basis = self.basis(info.route, use.km.value if use.km else info.km)
        discount = self.discount(tariff, info.route)
        tax, clock = tax_rule(tariff.tax), None
        kind = info.kind if instruction != NONE else ""
        if tariff.clock:
            clock = ClockReader(self.scenario, info).read(tariff.clock, basis, discount)
        prices = [tariff.price] if tariff.price else [tier.price for tier in tariff.clock.tiers] if tariff.clock else []
        currency = prices[0].parts[0].currency
        limits = (tariff.minimum, tariff.maximum)
        if any(price.parts[0].currency != currency for price in (*prices, *limits) if price):
            raise ValueError(f"price, tiers, minimum and maximum have one currency; the first is in {currency}")
        least, most = (lump(limit) * CENTS if limit else None for limit in limits)
        grades = [price.provenance for price in prices]
        return Charge(
            use.tariff,
            row,
            NONE if clock else instruction,
            tariff.activity,
            tariff.payer,
            tariff.payee,
            currency,
            () if clock or not tariff.price else self.rates(tariff.price, basis, kind, discount),
            tax.words,
            tax.net,
            next((grade for grade in grades if grade.is_assumption), grades[0]),
            tariff.cost_class or COST_CLASSES[tariff.activity],
            tax.unknown,
            least,
            most,
            use.count,
            tariff.common,
            valid_ticks(tariff.valid, self.clock),
            clock,
        )

    def check_validity(self, place: _Place, charges: list[Charge]) -> None:
        """Report a stretch of the run in which no charge of a step that must be priced is valid."""
        spans = [charge.valid for charge in charges if charge.valid]
        if place.info.kind not in MUST_BE_PRICED or not charges or len(spans) < len(charges):
            return
        for begin, _ in subtract_windows([(0, self.horizon)], spans)[:1]:
            self.wrong(f"{place.path}.charges", f"no charge is valid on {self.clock.moment(begin):%Y-%m-%d}")

    def read_route(self, route: str, places: list[_Place]) -> None:
        model = self.scenario.routes[route]
        rows = [place.row for place in places]
        inside = inside_through_bill(model, rows, self.steps)
        drayage = self.drayage(rows)
        for place in places:
            self.read_step(place, inside, drayage)
        end = max((row for row in rows if not self.steps[row].lane), default=NONE)
        for name in model.charges_per_consignment if rows else ():
            self.named(f"routes.{route}.charges_per_consignment", ChargeUse.model_validate({"tariff": name}), end, NONE)

    def drayage(self, rows: list[int]) -> set[int]:
        """Return the first and the last road leg of a route; none where all of it goes by road."""
        legs = [row for row in rows if self.steps[row].kind in CARRIAGE]
        road = [row for row in legs if self.steps[row].kind == "move" and self.steps[row].mode == "road"]
        return {road[0], road[-1]} if road and len(road) < len(legs) else set()

    def subsidy(self, name: str, subsidy: Subsidy) -> SubsidyRule | None:
        rows = [row for row, info in enumerate(self.steps) if info.name == subsidy.step]
        if not rows:
            return None
        try:
            return SubsidyRule(
                name,
                tuple(
                    (row, lower_price(subsidy.amount, self.basis(self.steps[row].route, self.steps[row].km)))
                    for row in rows
                ),
                subsidy.amount.parts[0].currency,
                subsidy.payer,
                subsidy.recipient,
                subsidy.pass_through.value,
                subsidy.threshold,
                lump(subsidy.cap) * CENTS if subsidy.cap else None,
                valid_ticks(subsidy.valid, self.clock),
                subsidy.amount.provenance,
            )
        except ValueError as problem:
            self.wrong(f"subsidies.{name}", problem)
            return None

    def departure_costs(self) -> tuple[DepartureCost, ...]:
        """Return the costs of departures of the services that the routes in use board."""
        costs: list[DepartureCost] = []
        boarded = {info.service for info in self.steps}
        for name, service in self.scenario.services.items():
            price = service.cost_per_departure
            if price is None or name not in boarded:
                continue
            try:
                tax = parse_tax(price.provenance.tax)
                cents = lump(price, service.km.value if service.km else None) * CENTS * tax.net
            except ValueError as problem:
                self.wrong(f"services.{name}.cost_per_departure", problem)
                continue
            costs.append(
                DepartureCost(name, price.parts[0].currency, cents, tax.words, service.load_measure, price.provenance)
            )
        return tuple(costs)

    def exchange(self, currencies: dict[str, str]) -> dict[str, DatedRates]:
        """Return the dated rates; `currencies` maps each currency in use to what is priced in it."""
        known: dict[str, DatedRates] = {
            code: lower_exchange(dated, self.clock) for code, dated in self.scenario.money.rates.items()
        }
        for currency, user in currencies.items():
            path = f"money.rates.{currency}"
            if currency == HOME_CURRENCY:
                continue
            if currency not in known:
                self.wrong(path, f"missing; {user} is priced in {currency}")
                continue
            if known[currency].starts[0] > 0:
                self.wrong(
                    path,
                    f"the first rate is of {self.clock.moment(known[currency].starts[0]):%Y-%m-%d}, "
                    f"after the start of the run on {self.clock.moment(0):%Y-%m-%d}",
                )
            if known[currency].until < self.horizon:
                self.wrong(
                    path,
                    f"known until {self.clock.moment(known[currency].until - 1):%Y-%m-%d}, but the run "
                    f"goes on until {self.clock.moment(self.horizon - 1):%Y-%m-%d}; add a later rate, or "
                    "say `hold_last: ...`",
                )
        return known


def lower_tariffs(scenario: Scenario, steps: Sequence[StepInfo], clock: Clock) -> Tariffs:
    """Return every price of a scenario (one alternative, resolved) for its lowered `steps`.

    Raises InputError with all that is wrong: unknown tariffs, prices per something a load has not, steps without a
    price, places of Incoterms off the route, currencies without a rate on some day of the run.
    """
    last_day = parse_date_range(scenario.clock.measure)[1]
    horizon = clock.tick_at(last_day, SECONDS_PER_DAY) + to_ticks(scenario.clock.follow_up.value)
    reader = _Reader(scenario, steps, clock, horizon)
    places = reader.places()
    for route in scenario.routes:
        reader.read_route(route, [place for place in places if place.info.route == route])
    subsidies = [rule for name, model in scenario.subsidies.items() if (rule := reader.subsidy(name, model))]
    costs = reader.departure_costs()
    payers, problems = lower_payers(scenario, steps)
    exchange = reader.exchange(
        _currencies(scenario)
        | {cost.currency: cost.service for cost in costs}
        | {rule.currency: rule.name for rule in subsidies}
        | {charge.currency: charge.name for charge in reader.charges}
    )
    if reader.problems or problems:
        raise InputError(list(dict.fromkeys(reader.problems + problems)))
    return Tariffs(tuple(reader.charges), tuple(subsidies), costs, payers, exchange)


def _currencies(scenario: Scenario) -> dict[str, str]:
    """Return the currencies of values and prices outside the routes, and what is stated in each."""
    money = scenario.money
    stated = {f"the value of {name}": flow.value for name, flow in scenario.flows.items()}
    others = {
        "the delay penalty": money.delay_penalty,
        "carbon": money.carbon.price if money.carbon else None,
        "trade finance": money.trade_finance.fee if money.trade_finance else None,
    }
    return {price.parts[0].currency: what for what, price in (stated | others).items() if price}
