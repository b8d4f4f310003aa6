"""Checks of money: tariffs and steps that subsidies name, rates for every currency, Incoterm places on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from corridor_sim.catalog.values import Priced
from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.calendars import parse_date
from corridor_sim.scenario.check_run import Run
from corridor_sim.scenario.check_steps import places_of
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.money import Activity, Exchange
from corridor_sim.scenario.steps import MODES, Switch
from corridor_sim.units import SECONDS_PER_DAY

ACTIVITIES: tuple[str, ...] = get_args(Activity)
EMITTERS = (*MODES, "hub")
EMISSION_KEYS = (*EMITTERS, "reefer", *(f"reefer_{emitter}" for emitter in EMITTERS))
YEAR = re.compile(r"[12][0-9]{3}")
BUYER_PAYS_ALL = "EXW"


def check_prices(found: Findings) -> None:
    """Check what steps, subsidies and emission factors are about."""
    for route in found.scenario.routes:
        for path, _, step in found.steps(route):
            found.refer((*path, "activity"), step.activity, ACTIVITIES, "activity")
    _check_subsidies(found)
    _check_emissions(found)


def check_money(found: Findings, run: Run | None) -> None:
    """Check currencies and Incoterms, against the run where that is known."""
    _check_rates(found, run)
    for name, flow in found.scenario.flows.items():
        if flow.terms.incoterm != BUYER_PAYS_ALL:
            _check_terms_place(found, name, flow.route, flow.terms.place)


def _check_subsidies(found: Findings) -> None:
    scenario = found.scenario
    steps = {name: None for route in scenario.routes for _, name, _ in found.steps(route)}
    for name, subsidy in scenario.subsidies.items():
        path = ("subsidies", name)
        found.refer((*path, "step"), subsidy.step, steps, "step of any route")
        found.refer((*path, "tariff"), subsidy.tariff, steps | dict.fromkeys(scenario.tariffs), "tariff or step")
        currency = subsidy.amount.parts[0].currency
        if subsidy.cap is not None and subsidy.cap.parts[0].currency != currency:
            found.add((*path, "cap"), f"the cap is not in {currency}, as the amount is")


def _check_emissions(found: Findings) -> None:
    """Check that factors are those of modes and hubs, or named by a step or service, and that these exist."""
    scenario, factors = found.scenario, found.scenario.money.emissions
    named: list[tuple[FieldPath, str]] = [
        (("services", name, "emits"), service.emits) for name, service in scenario.services.items() if service.emits
    ]
    named += [
        ((*path, "emits"), step.emits)
        for route in scenario.routes
        for path, _, step in found.steps(route)
        if step.emits
    ]
    for path, name in named:
        found.refer(path, name, factors, "emission factor under money.emissions")
    known = dict.fromkeys((*EMISSION_KEYS, *(key for _, name in named for key in (name, f"reefer_{name}"))))
    for key in factors:
        found.refer(("money", "emissions", key), key, known, "mode, hub or factor that a step names")


def _prices(found: Findings) -> Iterator[tuple[FieldPath, Priced]]:
    """Yield every price of the scenario but the exchange rates themselves."""
    for path, value in found.values:
        if isinstance(value, Priced) and path[: 1 + 1] != ("money", "rates"):
            yield path, value


def _check_rates(found: Findings, run: Run | None) -> None:
    home = found.scenario.money.report_in
    rates: dict[str, Exchange] = dict(found.scenario.money.rates.items())
    for currency, exchange in rates.items():
        for number, entry in enumerate(exchange.rates):
            _check_rate(found, ("money", "rates", currency, "rates", number, "rate"), entry.rate, currency, home)
        for year, rate in exchange.yearly.items():
            _check_rate(found, ("money", "rates", currency, "yearly", year), rate, currency, home)
            _check_year_name(found, ("money", "rates", currency, "yearly", year), year)
    for name, index in found.scenario.money.indices.items():
        found.name(("money", "indices", name), name)
        for year in index.years:
            _check_year_name(found, ("money", "indices", name, "years", year), year)
    asked: set[str] = {home}
    for path, price in _prices(found):
        currency = price.parts[0].currency
        if currency not in asked and currency not in rates:
            found.add(path, f"a price in {currency}, but money.rates has no {currency}")
        elif currency not in asked and run is not None:
            _check_covered(found, run, currency, rates[currency])
        asked.add(currency)


def _check_rate(found: Findings, path: FieldPath, rate: Priced, currency: str, home: str) -> None:
    """Check that an exchange rate is one amount above 0 of the home currency, and moved by no index."""
    part = rate.parts[0]
    if len(rate.parts) > 1 or part.currency != home or part.per or not part.amount or rate.provenance.index:
        found.add(path, f'"{rate.text}" is no rate; expected {home} per one {currency}, such as "0.9 {home}"')


def _check_year_name(found: Findings, path: FieldPath, year: str) -> None:
    if not YEAR.fullmatch(year):
        found.add(path, f'"{year}" is no year; expected such as 2017', at_key=True)


def _check_covered(found: Findings, run: Run, currency: str, exchange: Exchange) -> None:
    """Check that a currency has a rate on every day of the run."""
    path = ("money", "rates", currency)
    days = sorted(parse_date(entry.on) for entry in exchange.rates)
    if len(set(days)) < len(days):
        found.add((*path, "rates"), "two rates hold from the same day")
    if run.clock.tick_at(days[0], 0) > 0:
        found.add((*path, "rates"), f"the first rate is of {days[0]}, after the start of the run")
    last = max(days[-1], parse_date(exchange.hold_last)) if exchange.hold_last is not None else days[-1]
    if run.clock.tick_at(last, SECONDS_PER_DAY) < run.horizon:
        end = run.clock.moment(run.horizon - 1).date()
        found.add(path, f"known until {last}, but the run ends on {end}; add a later rate, or say `hold_last: {end}`")


def _check_terms_place(found: Findings, name: str, route: str, place: str) -> None:
    scenario = found.scenario
    titles = {word: key for key, known in scenario.places.items() for word in (*known.name.values(), key)}
    seen: list[str] = []
    waiting = [route]
    while waiting:
        route = waiting.pop()
        if route not in scenario.routes or route in seen:
            continue
        seen.append(route)
        on_route = places_of(found, route)
        if titles.get(place, place) not in on_route:
            found.refer(("flows", name, "terms", "place"), place, on_route, f'place of route "{route}"')
        waiting += [step.to for _, _, step in found.steps(route) if isinstance(step, Switch)]
