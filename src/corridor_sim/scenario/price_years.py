"""Old prices brought to the scenario's price year: exchange rate of their own year, then a named index (MONEY.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from pydantic import BaseModel

from corridor_sim.catalog.values import Amount, Priced
from corridor_sim.reading.located import FieldPath, suggestion
from corridor_sim.scenario.findings import Findings, values_of
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.money import Money
from corridor_sim.units import HOME_CURRENCY


def check_indices(found: Findings) -> None:
    """Check that every price with an index has a year, and that index and exchange rates know the years they need."""
    money = found.scenario.money
    for path, price in found.values:
        if isinstance(price, Priced) and price.provenance.index:
            _check_index(found, path, price, money)


def _check_index(found: Findings, path: FieldPath, price: Priced, money: Money) -> None:
    name, year, currency = price.provenance.index, price.provenance.price_year, price.parts[0].currency
    if year is None:
        found.add(path, f'"{price.text}" has an index but no year; add `price_year: ...`')
        return
    if name not in money.indices:
        found.add(path, f'"{name}" is no index under money.indices{suggestion(name, money.indices)}')
        return
    for wanted in (year, money.price_year):
        if str(wanted) not in money.indices[name].years:
            found.add(path, f'the index "{name}" does not know {wanted}')
    known: dict[str, dict[str, Priced]] = {code: exchange.yearly for code, exchange in money.rates.items()}
    if currency != HOME_CURRENCY and str(year) not in known.get(currency, {}):
        found.add(path, f"no yearly rate of {currency} for {year}; add it under money.rates.{currency}.yearly")


def at_price_year(scenario: Scenario) -> Scenario:
    """Return a checked scenario with every price that names an index in CNY of the scenario's price year."""
    if not any(isinstance(value, Priced) and value.provenance.index for _, value in values_of(scenario)):
        return scenario
    changed: Scenario = _rewritten(scenario, partial(_present, money=scenario.money))
    return changed


def _present(price: Priced, money: Money) -> Priced:
    """Return one price; moved by an assumed index or rate, it keeps its old year, by which it counts as assumed."""
    provenance = price.provenance
    if not provenance.index:
        return price
    years = money.indices[provenance.index].years
    then, now = years[str(provenance.price_year)], years[str(money.price_year)]
    used: list[Amount | Priced] = [then, now]
    rate = Fraction(1)
    for currency, exchange in money.rates.items():
        if currency == price.parts[0].currency:
            yearly = exchange.yearly[str(provenance.price_year)]
            used.append(yearly)
            rate = yearly.parts[0].amount
    factor = rate * now.value / then.value
    parts = tuple(replace(part, amount=part.amount * factor, currency=HOME_CURRENCY) for part in price.parts)
    low, high = (None if end is None else end * factor for end in (provenance.low, provenance.high))
    provenance = replace(provenance, low=low, high=high)
    if not any(value.provenance.is_assumption for value in used):
        provenance = replace(provenance, price_year=money.price_year)
    return replace(price, parts=parts, provenance=provenance)


def _rewritten(thing: Any, change: Any) -> Any:
    """Return `thing` with `change` applied to every price in it; what does not change is kept as it is."""
    if isinstance(thing, Priced):
        return change(thing)
    if isinstance(thing, BaseModel):
        fields = {name: getattr(thing, name) for name in type(thing).model_fields}
        updates = {name: new for name, old in fields.items() if (new := _rewritten(old, change)) is not old}
        return thing.model_copy(update=updates) if updates else thing
    if isinstance(thing, Mapping):
        items = {key: _rewritten(old, change) for key, old in thing.items()}
        return items if any(items[key] is not thing[key] for key in thing) else thing
    if isinstance(thing, tuple):
        parts = tuple(_rewritten(old, change) for old in thing)
        return parts if any(new is not old for new, old in zip(parts, thing, strict=True)) else thing
    return thing
