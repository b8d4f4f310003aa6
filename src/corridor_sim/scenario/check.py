"""Checks that the parts of a scenario fit together: names that refer to something, sizes that fit, sound money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import FieldPath, Located, shown, suggestion
from corridor_sim.scenario.accepted import accepted_keys
from corridor_sim.scenario.check_demand import check_demand
from corridor_sim.scenario.check_loads import check_loads
from corridor_sim.scenario.check_money import check_money, check_prices
from corridor_sim.scenario.check_routes import check_routes
from corridor_sim.scenario.check_run import check_clock, check_run
from corridor_sim.scenario.check_sources import check_sources, refer_sources
from corridor_sim.scenario.check_steps import check_steps
from corridor_sim.scenario.check_tonnage import check_tonnage
from corridor_sim.scenario.check_world import check_world
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import ALL_FLOWS, Scenario
from corridor_sim.scenario.overrides import parse_path
from corridor_sim.scenario.price_years import check_indices
from corridor_sim.units import parse_number

NAMED = (
    "sources", "parameters", "places", "boxes", "facilities", "services", "closures", "customs_channels", "tariffs",
    "subsidies", "routes", "flows", "alternatives", "thresholds", "claims", "anomalies",
)  # fmt: skip
"""The parts of a scenario whose keys are names of things."""


def check_scenario(scenario: Scenario, source: Located) -> list[Problem]:
    """Return every problem of a validated scenario in the order of the file, with positions from `source`."""
    found = Findings(scenario, source)
    check_references(found)
    # a route that names what is not there would not fit together for that reason alone
    sound = [route for route in scenario.routes if ("routes", route) not in found.touched]
    run = check_clock(found)
    check_run(found, run)
    check_routes(found, sound)
    check_loads(found, sound)
    check_demand(found, run)
    check_money(found, run)
    check_indices(found)
    check_tonnage(found, run)
    return _in_order(found)


def check_references(found: Findings) -> list[Problem]:
    """Return the problems of each part on its own: bad names, and names of nothing."""
    _check_names(found)
    check_sources(found)
    check_world(found)
    check_steps(found)
    check_prices(found)
    for name, flow in found.scenario.flows.items():
        found.refer(("flows", name, "route"), flow.route, found.scenario.routes, "route")
        if flow.commodity:
            found.name(("flows", name, "commodity"), flow.commodity)
    _check_comparisons(found)
    return _in_order(found)


def _in_order(found: Findings) -> list[Problem]:
    return sorted(dict.fromkeys(found.problems), key=lambda problem: (problem.line, problem.column))


def _check_names(found: Findings) -> None:
    found.name(("name",), found.scenario.name)
    for part in NAMED:
        for name in getattr(found.scenario, part):
            found.name((part, name), name)


def _check_comparisons(found: Findings) -> None:
    """Check alternatives, thresholds and claims."""
    scenario, alternatives = found.scenario, found.scenario.alternatives
    found.refer(("baseline",), scenario.baseline, alternatives, "alternative")
    for name, alternative in alternatives.items():
        found.refer(("alternatives", name, "like"), alternative.like, alternatives, "alternative")
        refer_sources(found, ("alternatives", name), alternative.source)
    for name, threshold in scenario.thresholds.items():
        found.refer(("thresholds", name, "of"), threshold.of, alternatives, "alternative")
        found.refer(("thresholds", name, "against"), threshold.against, alternatives, "alternative")
        _check_vary(found, ("thresholds", name, "vary"), threshold.vary)
        _check_values(found, ("thresholds", name, "values"), threshold.values)
    for name, claim in scenario.claims.items():
        found.refer(("claims", name, "of"), claim.of, alternatives, "alternative")
        found.refer(("claims", name, "against"), claim.against, alternatives, "alternative")
        refer_sources(found, ("claims", name), claim.source)
        for effect, way in claim.by_way_of.items():
            found.refer(("claims", name, "by_way_of", effect), way, alternatives, "alternative")
        for place, flow in enumerate(claim.scope):
            if flow != ALL_FLOWS:
                found.refer(("claims", name, "scope", place), flow, scenario.flows, "flow")
    for name, anomaly in scenario.anomalies.items():
        refer_sources(found, ("anomalies", name), anomaly.source)


def _check_values(found: Findings, path: FieldPath, values: Sequence[Any]) -> None:
    """Check that the values of a threshold are numbers of one unit, so that there is something between them."""
    texts = [" ".join(str(value).split()) for value in values]
    for place, text in enumerate(texts):
        number, _, unit = text.partition(" ")
        read = found.read((*path, place), partial(parse_number, number))
        if read is not None and text in texts[:place]:
            found.add((*path, place), f'"{text}" stands twice; the values of a threshold differ')
        elif read is not None and unit != texts[0].partition(" ")[-1]:
            found.add((*path, place), f'"{text}" is not in the unit of the first value, "{texts[0]}"')


def _check_vary(found: Findings, path: FieldPath, text: str) -> None:
    """Check that a dotted path leads to something in the file, or to a key that could stand there."""
    try:
        segments = parse_path(text)
    except InputError as error:
        found.add(path, error.problems[0].message)
        return
    value: Any = found.source.data
    for count, segment in enumerate(segments):
        below = _below(value, segment)
        if below is None:
            known = list(value) if isinstance(value, Mapping) else []
            if count == len(segments) - 1:
                known += accepted_keys(Scenario, segments[:count])
            if segment not in known:
                found.add(path, f"{shown(text)} leads nowhere: no {shown(segment)}{suggestion(str(segment), known)}")
            return
        value = below


def _below(value: Any, segment: str | int) -> Any:
    if isinstance(value, list) and isinstance(segment, str):
        items = [item[segment] for item in value if isinstance(item, Mapping) and segment in item]
        return items[0] if items else None
    if isinstance(value, list) and isinstance(segment, int):
        return value[segment] if segment < len(value) else None
    return value.get(segment) if isinstance(value, Mapping) else None
