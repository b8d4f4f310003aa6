"""The rules of money that need the whole scenario: nothing is counted twice, and every price has its quantity."""

from __future__ import annotations

from collections.abc import Iterator

from corridor_sim.catalog.values import Priced
from corridor_sim.errors import Problem
from corridor_sim.network.rates import WHERE_A_FEU_IS, lower_price
from corridor_sim.sampling.law import HALF
from corridor_sim.scenario.model import Scenario
from corridor_sim.units import UnitProblem

CONTAINED = "hummels_schaur already contains depreciation, reliability and finance"


def check_money(scenario: Scenario) -> list[Problem]:
    """Return what the scenario's money rules count twice or cannot count (MONEY.md, Time costs)."""
    return [*_counted_twice(scenario), *_not_countable(scenario)]


def _counted_twice(scenario: Scenario) -> Iterator[Problem]:
    rules = scenario.money
    if rules.time_cost.hummels_schaur is not None:
        if rules.reliability.none is None:
            yield Problem(f"{CONTAINED}; expected `none: true`", "money.reliability")
        if rules.trade_finance is not None:
            yield Problem(f"{CONTAINED}; leave it out", "money.trade_finance")
        for name, flow in scenario.flows.items():
            if flow.decay is not None:
                yield Problem(f"{CONTAINED}; leave it out", f"flows.{name}.decay")
    for name, tariff in scenario.tariffs.items():
        if tariff.activity == "delay" and rules.delay_penalty is not None:
            yield Problem(
                "a contract penalty is a transfer, money.delay_penalty the goods owner's loss; keep one of them",
                f"tariffs.{name}",
            )


def _not_countable(scenario: Scenario) -> Iterator[Problem]:
    rules = scenario.money
    if rules.reliability.safety_stock is not None:
        level = rules.reliability.safety_stock.service_level.value
        if not HALF <= level < 1:
            yield Problem(
                f"{float(level):g} is not a service level; expected at least 50 % and less than 100 %",
                "money.reliability.safety_stock.service_level",
            )
    for name, flow in scenario.flows.items():
        yield from _price(flow.value, f"flows.{name}.value", "10000 CNY/t")
    if rules.trade_finance is not None and rules.trade_finance.fee is not None:
        yield from _price(rules.trade_finance.fee, "money.trade_finance.fee", "300 CNY/consignment")
    if rules.insurance is not None and rules.insurance.on.value * rules.insurance.rate.value >= 1:
        yield Problem(
            "the premium would eat up all that is insured; expected a rate such as 0.3 %", "money.insurance.rate"
        )
    if rules.delay_penalty is not None:
        yield from _price(rules.delay_penalty, "money.delay_penalty", "500 CNY/consignment/day", per_time=True)
    if rules.carbon is not None and any(part.per != ("kilogram",) for part in rules.carbon.price.parts):
        yield Problem('emissions cost per mass; expected for instance "62.36 CNY/t"', "money.carbon.price")


def _price(priced: Priced, path: str, example: str, per_time: bool = False) -> Iterator[Problem]:
    """Yield a problem for a price of something that consignments do not count, or that is (not) per time."""
    try:
        rates = lower_price(priced, WHERE_A_FEU_IS)
    except UnitProblem as problem:
        yield Problem(str(problem), path)
        return
    if any(rate.timed != per_time for rate in rates):
        yield Problem(f'"{priced.text}" does not fit here; expected for instance "{example}"', path)
