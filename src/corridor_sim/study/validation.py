"""Builds the rows of the validation page: facts of the catalog, figures of runs, and what those depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.catalog import store
from corridor_sim.catalog.audit import read_any
from corridor_sim.errors import InputError, Problem
from corridor_sim.evidence.validation import OF_STEPS, Dependency, Row, Span, label_of, simulated
from corridor_sim.network.usage import all_steps, routes_in_use, things_in_use
from corridor_sim.scenario.calendars import parse_date_range
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.steps import AnyStep
from corridor_sim.study.listing import Input, inputs_of
from corridor_sim.units import DAYS_PER_YEAR, SECONDS_PER_HOUR

TIME_PARTS = ("closures",)
COST_PARTS = ("money", "flows", "boxes", "subsidies")
COSTING = ("step_cost", "saving", "cost_ratio", "emissions_ratio", "value")


def rows_wanted() -> list[Mapping[str, Any]]:
    """Return the rows that the catalog asks for: fact, scenario, alternative, measure."""
    return list(store.document("validation").data["rows"])


def build_rows(files: Mapping[str, ScenarioFile], summaries: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """Return every row; `files` and `summaries` are by name of scenario. Raises InputError for a row about nothing."""
    problems: list[Problem] = []
    rows: list[Row] = []
    for place, wanted in enumerate(rows_wanted()):
        try:
            rows.append(_row(wanted, files, summaries))
        except KeyError as error:
            problems.append(Problem(f"there is no {error}", f"rows[{place}]", "catalog/validation.yaml"))
    if problems:
        raise InputError(problems)
    return rows


def _row(
    wanted: Mapping[str, Any], files: Mapping[str, ScenarioFile], summaries: Mapping[str, Mapping[str, Any]]
) -> Row:
    fact = store.facts()[wanted["fact"]]
    name, alternative, measure = wanted["scenario"], wanted["alternative"], dict(wanted["measure"])
    scenario = files[name].alternatives[alternative]
    measure["per_year"] = _times_a_year(scenario)
    found = simulated(summaries[name], alternative, measure)
    low, high, unit = _published(fact["value"], fact.get("rounded_to"))
    depends = dependencies(scenario, measure)
    others = [measure.get("to"), measure.get("over", {}).get("alternative")]
    others += [files[name].baseline] if "saving" in measure else []
    for other in filter(None, others):
        depends += dependencies(files[name].alternatives[other], measure.get("over", measure))
    flags = bool(wanted.get("arithmetic")), bool(fact.get("promoter")), bool(wanted.get("part"))
    label, shared = label_of(fact["source"], depends, *flags)
    return Row(
        wanted["fact"],
        fact["says"],
        label,
        low,
        high,
        unit,
        _scaled(found, float(wanted.get("times", 1))),
        tuple(sorted({each.param for each in depends})),
        shared,
        str(wanted.get("note", "")),
    )


def _times_a_year(scenario: Scenario) -> float:
    first, last = parse_date_range(scenario.clock.measure)
    return DAYS_PER_YEAR / ((last - first).days + 1)


def _scaled(span: Span | None, times: float) -> Span | None:
    return None if span is None else (span[0] * times, span[1] * times, span[2] * times)


def _published(value: Sequence[Any], rounded_to: str | None) -> tuple[float, float, str]:
    """Return (low, high, unit) of a published interval: hours, shares, plain numbers, or as written.

    What is printed in whole days, say, may be half a day less or more.
    """
    kinds, ends = zip(*(read_any(end) for end in value), strict=True)
    half = float(read_any(rounded_to)[1]) / 2 if rounded_to else 0.0
    low, high = float(ends[0]) - half, float(ends[1]) + half
    if kinds[0] == "duration":
        return low / SECONDS_PER_HOUR, high / SECONDS_PER_HOUR, "h"
    if kinds[0] == "share":
        per_cent = "%" in str(value[0])
        return low, high, "share" if per_cent else ""
    return low, high, kinds[0]


def dependencies(scenario: Scenario, measure: Mapping[str, Any]) -> list[Dependency]:
    """Return the catalog parameters that a figure of an alternative depends on, with their sources."""
    prefixes = tuple(_prefixes(scenario, measure))
    found: list[Input] = [item for item in inputs_of(scenario) if item.path.startswith(prefixes)]
    return [
        Dependency(item.provenance.param, frozenset(item.provenance.sources))
        for item in found
        if store.find(item.provenance.param) is not None
    ]


def _prefixes(scenario: Scenario, measure: Mapping[str, Any]) -> Iterator[str]:
    """Yield the beginnings of the paths of the values that a figure depends on."""
    costs = any(kind in measure for kind in COSTING)
    if any(kind in measure for kind in OF_STEPS):
        named = next(measure[kind] for kind in OF_STEPS if kind in measure)
        route = measure["route"]
        for name in (*named, *measure.get("rides", ())):
            yield from _of_step(scenario, f"routes.{route}.steps.{name}.", scenario.routes[route].steps[name], costs)
    else:
        for route in routes_in_use(scenario):
            yield f"routes.{route}."
            for step in all_steps(scenario.routes[route].steps):
                yield from _of_step(scenario, f"routes.{route}.", step, costs)
        usage = things_in_use(scenario)
        yield from (f"facilities.{name}." for name in usage.facilities)
        yield from (f"{part}." for part in TIME_PARTS)
    if costs:
        yield from (f"{part}." for part in COST_PARTS)


def _of_step(scenario: Scenario, path: str, step: AnyStep, costs: bool) -> Iterator[str]:
    yield path
    for key, part in (("board", "services"), ("channel", "customs_channels"), ("at", "facilities")):
        name = getattr(step, key, None)
        if isinstance(name, str):
            yield f"{part}.{name}."
    if costs:
        yield from (f"tariffs.{use.tariff}." for use in step.charges)
