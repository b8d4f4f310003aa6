"""The law of a doubled price: its lines double, the insurance of what was dearer to carry moves, and nothing else.

Every amount is worked out here from the lines before, in whole numbers and by other formulas than those of pricing:
* a line of one rate without limits is quantity x 2 x price x tax factor, rounded once, times its count;
* another line is twice the line before: x was rounded once and 2 x is rounded once, so 2 round(x) and round(2 x)
  differ by 1 cent at most for each time that it counts, and so they do where both are cut at limits that doubled;
* a departure costs twice as much, and each share of it is share x total / all shares but for less than a cent;
* a subsidy is rounded twice, so it doubles but for 2 cents; one with a cap only in total, but for as much a line;
* CNY are the amount times one of the dated rates that also gave the CNY before;
* the premium of a load's cargo is on x rate x CIF, where CIF = (value + freight) / (1 - on x rate), rounded once for
  each consignment: half a cent each. Whatever a load pays for carriage is its cargo's and nobody else's, so it needs
  not be known how the load divides it.
No other price of a scenario is a share of another one. The taxes that are not recovered are shares of their own line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from corridor_sim.economics.accounts import Accounts, settle_prepared
from corridor_sim.economics.ledger import BASES, VIEWS
from corridor_sim.economics.money import CENTS_TO_PRODUCT
from corridor_sim.economics.prepared import Prepared, prepare_accounts
from corridor_sim.engine.base import OUTCOMES
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.network.charge_rules import Charge
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.laws.doubled import (
    TWICE,
    Price,
    doubled,
    groups_of,
    price_of_charge,
    price_of_departure,
    price_of_subsidy,
    prices_of,
)
from corridor_sim.study.laws.law import Finding, Judged, Law, as_money
from corridor_sim.study.laws.side_by_side import Lines, lines_of
from corridor_sim.study.laws.world import World, world_of
from corridor_sim.study.simulate import Replication
from corridor_sim.units import HOME_CURRENCY

NAME = "price times two"
SAYS = (
    "twice a price doubles its lines to the cent, moves the insurance by its share of dearer carriage, and leaves "
    "every other line as it was"
)
CARRIAGE = ("line_haul", "drayage")
SUMS = ("value", "freight", "premium", "heads")
"""What is summed up for the cargo that travelled together: CNY cents, and consignments."""
NO_LINE = "no line in what was played"


@dataclass(frozen=True)
class Expected:
    """Cents that lines should amount to, as far as they can be off by rounding; `rows` are rows of Lines."""

    rows: Ints
    cents: Ints
    off_by: Ints


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what doubling every price of every alternative shows."""
    world = world_of(file, replications)
    return [
        finding
        for trial in world.trials
        for lowered in trial.alternatives
        for finding in _alternative(world, lowered, trial.played)
    ]


def _alternative(world: World, lowered: Lowered, played: tuple[Replication, ...]) -> Iterator[Finding]:
    judged, prices = Judged(NAME, lowered.alternative), prices_of(lowered.tariffs)
    if not prices:
        yield judged.exception("prices", "it has none that could be doubled")
        return
    plain = world.reader(lowered)
    promised = [plain.promised(each.inputs) for each in played]
    before = [_settled(plain.money, *each) for each in zip(played, promised, strict=True)]
    groups, seen = groups_of(prices), np.zeros(len(prices), bool)

    def broken() -> Iterator[Finding]:
        for group in groups:
            dearer = prepare_accounts(replace(lowered, tariffs=doubled(lowered.tariffs, group)), plain.money.fast)
            for each, known, was in zip(played, promised, before, strict=True):
                told = _Told(judged, lowered, prices, group, was, _settled(dearer, each, known))
                seen[np.unique(told.number[told.number != NONE])] = True
                yield from told.broken()

    found = list(judged.first_or_kept(broken(), f"{len(prices)} prices, doubled in {len(groups)} groups"))
    yield from found
    unseen = [price.tariff for price, was_seen in zip(prices, seen, strict=True) if not was_seen]
    if unseen and found[0].kind == "kept":
        yield judged.exception(f"the prices {', '.join(sorted(set(unseen)))}", f"{NO_LINE}, so nothing could double")


def _settled(prepared: Prepared, played: Replication, promised: Ints) -> Accounts:
    return settle_prepared(prepared, played.inputs, played.trace, promised)


class _Told:
    """One replication before and after a group of prices was doubled."""

    def __init__(
        self,
        judged: Judged,
        lowered: Lowered,
        prices: list[Price],
        group: frozenset[Price],
        before: Accounts,
        after: Accounts,
    ) -> None:
        self.judged, self.lowered, self.prices, self.accounts = judged, lowered, prices, before
        self.lines: Lines = lines_of(before.ledger, after.ledger)
        self.number = self.lines.numbers_of(prices)
        chosen = np.array([*(price in group for price in prices), False])
        self.is_doubled = chosen[self.number]
        self.group = group

    def broken(self) -> Iterator[Finding]:
        """Yield everything that is not as worked out by hand."""
        insured = self.insured()
        untouched = np.setdiff1d(np.flatnonzero(~self.is_doubled), insured)
        for which in range(len(self.lines.before)):
            was, now = self.lines.before[which][untouched], self.lines.after[which][untouched]
            yield from self.differing(Expected(untouched, was, np.zeros_like(was)), now, "what was not doubled", which)
        for expected in self.expected():
            yield from self.differing(expected, self.lines.after[0][expected.rows], "twice the price", 0)
        yield from self.exchanged()
        yield from self.subsidies()
        yield from self.departures()
        yield from self.premiums(insured)

    def differing(self, expected: Expected, found: Ints, what: str, which: int) -> Iterator[Finding]:
        """Yield a finding for the first line that is further off than rounding can take it."""
        wrong = np.flatnonzero(np.abs(found - expected.cents) > expected.off_by)
        for place in wrong[:1].tolist():
            row = int(expected.rows[place])
            currency = (self.lines.word("currency", row) or HOME_CURRENCY) if which == 0 else HOME_CURRENCY
            more = f"; {len(wrong)} lines are wrong" if len(wrong) > 1 else ""
            yield self.judged.broken(
                f"{what}: {self.called(row)}",
                as_money(int(expected.cents[place]), currency),
                as_money(int(found[place]), currency) + more,
            )

    def called(self, row: int) -> str:
        """Return a line in words: what it is for, by which tariff, of whom and where."""
        columns, steps = self.lines.columns, self.lowered.steps
        step, who = int(columns["step"][row]), int(columns["consignment"][row])
        where = f" at {steps[step].route}/{steps[step].name}" if step != NONE else ""
        whose = f" of consignment {who}" if who != NONE else ""
        tariff = self.lines.word("tariff", row)
        return f"{self.lines.word('activity', row)}{f' by {tariff}' if tariff else ''}{whose}{where}"

    def expected(self) -> Iterator[Expected]:
        """Yield what the lines of the doubled charges should amount to, in their currency."""
        columns = self.lines.columns
        kinds: dict[tuple[int, int], list[Charge]] = {}
        for charge in self.lowered.tariffs.charges:
            if price_of_charge(charge) in self.group:
                place = (self.prices.index(price_of_charge(charge)), NONE if charge.at_delivery else charge.step)
                kinds.setdefault(place, []).append(charge)
        for (price, step), charges in kinds.items():
            rows = np.flatnonzero((self.number == price) & (columns["step"] == step))
            once = _price_of_one(charges[0]) if len(charges) == 1 else None
            if once is None:
                often = max(charge.count for charge in charges)
                yield Expected(rows, TWICE * self.lines.before[0][rows], np.full(len(rows), often))
            else:
                count = charges[0].count
                cents = count * by_hand(columns["quantity"][rows] // count, TWICE * once)
                yield Expected(rows, cents, np.zeros(len(rows), np.int64))

    def exchanged(self) -> Iterator[Finding]:
        """Yield the lines whose CNY are not their amount at a rate that held for it before."""
        priced = self.is_doubled & (self.lines.columns["view"] == VIEWS.index("price"))
        for currency in self.lines.words["currency"]:
            rows = np.intersect1d(np.flatnonzero(priced), self.lines.mask("currency", currency))
            if not len(rows):
                continue
            dated = self.lowered.tariffs.exchange.get(currency)
            rates = dated.rates if dated else (Fraction(1),)
            right = np.zeros(len(rows), bool)
            (was, was_cny), (now, now_cny) = self.lines.before, self.lines.after
            for rate in rates:
                right |= (by_hand(was[rows], rate) == was_cny[rows]) & (by_hand(now[rows], rate) == now_cny[rows])
            for row in rows[~right][:1].tolist():
                known = as_money(round(int(now[row]) * rates[0]))
                yield self.judged.broken(f"in CNY: {self.called(row)}", known, as_money(int(now_cny[row])))

    def subsidies(self) -> Iterator[Finding]:
        """Yield the subsidies that do not double but for rounding."""
        for rule in self.lowered.tariffs.subsidies:
            price = price_of_subsidy(rule)
            if price not in self.group:
                continue
            rows = np.flatnonzero(self.number == self.prices.index(price))
            was, now = self.lines.before[0][rows], self.lines.after[0][rows]
            if rule.most_cents is None:
                yield from self.differing(Expected(rows, TWICE * was, np.full(len(rows), TWICE)), now, NAME, 0)
            elif abs(int(now.sum()) - TWICE * int(was.sum())) > TWICE * len(rows):
                yield self.judged.broken(
                    f"twice the price: all of the subsidy {rule.name}, with its cap",
                    as_money(TWICE * int(was.sum()), rule.currency),
                    as_money(int(now.sum()), rule.currency),
                )

    def departures(self) -> Iterator[Finding]:
        """Yield the departures that do not cost twice as much, and the shares that are not by what was carried."""
        columns = self.lines.columns
        for cost in self.lowered.tariffs.departure_costs:
            price = price_of_departure(cost.service)
            if price not in self.group:
                continue
            rows = np.flatnonzero(self.number == self.prices.index(price))
            which, place = np.unique(columns["departure"][rows], return_inverse=True)
            shares, found = columns["quantity"][rows], self.lines.after[0][rows]
            total = round(TWICE * cost.cents)
            whole, paid = np.zeros(len(which), np.int64), np.zeros(len(which), np.int64)
            np.add.at(whole, place, shares)
            np.add.at(paid, place, found)
            for wrong in np.flatnonzero(paid != total)[:1].tolist():
                yield self.judged.broken(
                    f"twice the price: departure {int(which[wrong])} of {cost.service}",
                    as_money(total, cost.currency),
                    as_money(int(paid[wrong]), cost.currency),
                )
            share = np.array([total * int(part) // int(whole[of]) for part, of in zip(shares, place, strict=True)])
            yield from self.differing(
                Expected(rows, share.astype(np.int64), np.ones(len(rows), np.int64)), found, "its share", 0
            )

    def insured(self) -> Ints:
        """Return the rows of premiums, which are by no tariff."""
        rows = np.intersect1d(self.lines.mask("activity", "insurance"), self.lines.mask("payee", "insurer"))
        return np.intersect1d(rows, np.flatnonzero(self.number == NONE))

    def premiums(self, rows: Ints) -> Iterator[Finding]:
        """Yield the loads whose premium is not on 110 % (or what is stated) of CIF with the dearer carriage."""
        insurance, columns = self.lowered.scenario.money.insurance, self.lines.columns
        if insurance is None:
            return
        leader = final_leaders(self.accounts.passages.trace.outcomes)
        count = len(self.accounts.value_cny_cents)
        value, freight, premium, heads = (np.zeros(len(leader), object) for _ in SUMS)
        np.add.at(value, leader[:count], self.accounts.value_cny_cents.astype(object))
        np.add.at(heads, leader[:count], 1)
        carriage = np.concatenate([self.lines.mask("activity", activity) for activity in CARRIAGE])
        invoiced = carriage[
            (columns["base"][carriage] == BASES.index("cash"))
            & (columns["view"][carriage] == VIEWS.index("price"))
            & (columns["consignment"][carriage] != NONE)
        ]
        now = self.lines.after[1]
        np.add.at(freight, leader[columns["consignment"][invoiced]], now[invoiced].astype(object))
        np.add.at(premium, leader[columns["consignment"][rows]], now[rows].astype(object))
        part = insurance.on.value * insurance.rate.value
        cif = Fraction(1) / (1 - part)
        share = part * cif
        off = np.abs(premium * share.denominator - (value + freight) * share.numerator) * TWICE
        wrong = np.flatnonzero((off > heads * share.denominator).astype(bool))
        for who in wrong[:1].tolist():
            yield self.judged.broken(
                f"insurance of the cargo that consignment {who} leads, on a value of {as_money(value[who])} and a "
                f"carriage of {as_money(freight[who])}",
                as_money(round((value[who] + freight[who]) * share)),
                as_money(premium[who]),
                "" if len(wrong) == 1 else f"{len(wrong)} premiums are wrong",
            )


def by_hand(values: Ints, factor: Fraction) -> Ints:
    """Return values x factor, each a fraction rounded to its nearest whole number."""
    different, place = np.unique(values, return_inverse=True)
    cents = np.array([round(value * factor) for value in different.tolist()], np.int64)
    return cents[place]


def final_leaders(outcomes: Ints) -> Ints:
    """Return who led the load that each consignment was in last."""
    leader = outcomes[:, OUTCOMES.index("leader")]
    while not np.array_equal(leader[leader], leader):
        leader = leader[leader]
    return leader


def _price_of_one(charge: Charge) -> Fraction | None:
    """Return cents of one thousandth of what a charge counts; None where one line has several rates, or limits."""
    rates = charge.rates
    if charge.clock is not None:
        rates = tuple(rate for tier in charge.clock.tiers for rate in tier.rates)
    if len(rates) != 1 or charge.least_cents is not None or charge.most_cents is not None:
        return None
    return rates[0].millionths * charge.net / CENTS_TO_PRODUCT


PRICE_TIMES_TWO = Law(NAME, SAYS, test)
