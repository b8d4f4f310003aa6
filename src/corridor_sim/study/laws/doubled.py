"""Tariffs with some prices doubled, and the few groups in which every price is told from every other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, count
from math import comb

from corridor_sim.network.charge_rules import Charge, ClockRule, SubsidyRule, Tariffs
from corridor_sim.network.rates import Rate

TWICE = 2


@dataclass(frozen=True, order=True)
class Price:
    """A price of the scenario by what its lines in the ledger say: the tariff, its activity and the view."""

    tariff: str
    activity: str
    view: str = "price"


def price_of_charge(charge: Charge) -> Price:
    """Return the price that a charge is due by."""
    return Price(charge.name, charge.activity)


def price_of_subsidy(rule: SubsidyRule) -> Price:
    """Return the price that a subsidy is paid by."""
    return Price(rule.name, "subsidy")


def price_of_departure(service: str) -> Price:
    """Return the price that a departure of a service costs its operator."""
    return Price(service, "line_haul", "resource")


def prices_of(tariffs: Tariffs) -> list[Price]:
    """Return every price of an alternative, in the order of their names."""
    charges = {price_of_charge(charge) for charge in tariffs.charges}
    subsidies = {price_of_subsidy(rule) for rule in tariffs.subsidies}
    departures = {price_of_departure(cost.service) for cost in tariffs.departure_costs}
    return sorted(charges | subsidies | departures)


def groups_of(prices: Sequence[Price]) -> list[frozenset[Price]]:
    """Return groups of prices such that of any two there is a group with the one and without the other.

    Each price stands in its own choice of half the groups: no choice of as many is part of another (Sperner), so
    twelve groups tell 924 prices apart. Doubling a group at a time shows each price's effect on each other.
    """
    few = next(number for number in count(1) if comb(number, _half(number)) >= len(prices))
    chosen = list(zip(prices, combinations(range(few), _half(few)), strict=False))
    groups = [frozenset(price for price, places in chosen if place in places) for place in range(few)]
    return [group for group in groups if group]


def _half(number: int) -> int:
    return (number + 1) // TWICE


def doubled(tariffs: Tariffs, chosen: Collection[Price]) -> Tariffs:
    """Return tariffs in which the chosen prices are twice what they were, with their least and most amounts."""
    return replace(
        tariffs,
        charges=tuple(_charge(one) if price_of_charge(one) in chosen else one for one in tariffs.charges),
        subsidies=tuple(_subsidy(one) if price_of_subsidy(one) in chosen else one for one in tariffs.subsidies),
        departure_costs=tuple(
            replace(one, cents=TWICE * one.cents) if price_of_departure(one.service) in chosen else one
            for one in tariffs.departure_costs
        ),
    )


def _rates(rates: tuple[Rate, ...]) -> tuple[Rate, ...]:
    return tuple(replace(rate, millionths=TWICE * rate.millionths) for rate in rates)


def _limit(cents: Fraction | None) -> Fraction | None:
    return None if cents is None else TWICE * cents


def _clock(rule: ClockRule | None) -> ClockRule | None:
    if rule is None:
        return None
    return replace(rule, tiers=tuple(replace(tier, rates=_rates(tier.rates)) for tier in rule.tiers))


def _charge(charge: Charge) -> Charge:
    return replace(
        charge,
        rates=_rates(charge.rates),
        clock=_clock(charge.clock),
        least_cents=_limit(charge.least_cents),
        most_cents=_limit(charge.most_cents),
    )


def _subsidy(rule: SubsidyRule) -> SubsidyRule:
    return replace(
        rule,
        places=tuple((step, _rates(rates)) for step, rates in rule.places),
        most_cents=_limit(rule.most_cents),
    )
