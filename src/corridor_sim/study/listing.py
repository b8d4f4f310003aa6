"""Lists the inputs of a scenario with their provenance, and says how much of a result rests on assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from corridor_sim.catalog.values import Amount, Priced, Provenance, Sampled
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.model import Scenario
from corridor_sim.study.play import Played

Value = Amount | Sampled | Priced
COSTED_AS_ASSUMED = ("decay", "quality", "stock_in_transit", "safety_stock", "reliability", "delay")
"""Time costs rest on rates and curves of the money section; they count as assumed where any of those is."""


@dataclass(frozen=True, slots=True)
class Input:
    """One value of a scenario: where it stands, as written, and where it comes from."""

    path: str
    text: str
    provenance: Provenance


def inputs_of(scenario: Scenario) -> list[Input]:
    """Return every quantity, distribution and price of a resolved scenario, in the order of the file."""
    return [Input(path, value.text, value.provenance) for path, value in _values(scenario, "")]


def _values(thing: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(thing, Amount | Sampled | Priced):
        yield path, thing
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from _values(getattr(thing, name), f"{path}.{name}" if path else name)
    elif isinstance(thing, Mapping):
        for name, part in thing.items():
            yield from _values(part, f"{path}.{name}")
    elif isinstance(thing, list | tuple):
        for place, part in enumerate(thing):
            yield from _values(part, f"{path}[{place}]")


def assumed_cost_share(lowered: Lowered, played: Sequence[Played]) -> float:
    """Return the share of total logistics cost (absolute amounts of the chain) that rests on assumptions."""
    money = lowered.scenario.money
    grades = {charge.name: _rests(charge.provenance, money.price_year) for charge in lowered.tariffs.charges}
    soft = any(
        item.provenance.is_assumption for item in inputs_of(lowered.scenario) if item.path.startswith("money.time")
    )
    insured = money.insurance is not None and money.insurance.rate.provenance.is_assumption
    assumed = total = 0
    for one in played:
        for (base, activity, tariff, _), cents in one.lines.items():
            if base == "carbon":
                continue
            total += abs(cents)
            rests = grades.get(tariff, activity in COSTED_AS_ASSUMED and soft) or (activity == "insurance" and insured)
            assumed += abs(cents) if rests else 0
    return assumed / total if total else 0.0


def unknown_tax_share(lowered: Lowered, played: Sequence[Played]) -> float:
    """Return the share of total logistics cost that falls away if prices of unknown tax basis should include tax."""
    parts = {charge.name: float(charge.unknown_tax) for charge in lowered.tariffs.charges if charge.unknown_tax}
    total = inside = 0.0
    for one in played:
        for (base, _, tariff, _), cents in one.lines.items():
            if base != "carbon":
                total += cents
                inside += parts.get(tariff, 0.0) * cents
    return inside / total if total else 0.0


def _rests(provenance: Provenance, price_year: int) -> bool:
    """Return whether a price is assumed: also an old one that enters nominally, without an index to the price year."""
    return provenance.is_assumption or (provenance.price_year or price_year) < price_year


def assumed_time_share(lowered: Lowered, played: Sequence[Played]) -> float:
    """Return the share of door-to-door time spent in steps whose own duration is an assumption.

    Waiting for a departure counts to the step of that departure, so with the grade of its transit time.
    """
    assumed = total = 0.0
    for info in lowered.steps:
        name = f"step/{info.route}/{info.name}/hours"
        hours = sum(one.measured.details[name][0] for one in played)
        total += hours
        if _duration_is_assumed(lowered, info.route, info.name):
            assumed += hours
    return assumed / total if total else 0.0


def _duration_is_assumed(lowered: Lowered, route: str, name: str) -> bool:
    scenario = lowered.scenario
    step = scenario.routes[route].steps.get(name)
    if step is None:
        return True
    values: list[Any] = [getattr(step, field, None) for field in ("takes", "wait", "or_after")]
    service, channel = getattr(step, "board", None), getattr(step, "channel", None)
    if service is not None:
        values.append(scenario.services[service].takes)
    if channel is not None:
        rules = scenario.customs_channels[channel]
        values += [rules.declaration, rules.hold, rules.inspection]
    known = [value for value in values if value is not None]
    return any(value.provenance.is_assumption for value in known)
