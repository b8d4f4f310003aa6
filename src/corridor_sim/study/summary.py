"""The summary of a run: a plain dict of figures with intervals, the one source of screen, files and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from math import isfinite
from typing import Any

import numpy as np

from corridor_sim.economics.ledger import BASES, COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.evidence.compare import (
    Sample,
    compare,
    details,
    flow_cost,
    flow_saving,
    met,
    separated,
    summarise,
)
from corridor_sim.evidence.intervals import Estimate, not_resolved, ratio_of_sums
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG, KPIS, Replication, kpi_of
from corridor_sim.metrics.steps import profile
from corridor_sim.network.charge_rules import COST_CLASSES
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.world import ClosurePlan
from corridor_sim.study.corridor import corridor_figures, release_rows
from corridor_sim.study.figures import KG_PER_TONNE, ONE_BOX, Figures, figure
from corridor_sim.study.lateness import late_because
from corridor_sim.study.listing import assumed_cost_share, assumed_time_share, unknown_tax_share
from corridor_sim.study.operations import break_figures, missed_figures, resource_figures, view_figures
from corridor_sim.study.play import AFTER, BEFORE, Played, cost_key
from corridor_sim.units import CENTS, DAYS_PER_YEAR, SECONDS_PER_DAY

PER = {"box": COST_PER_BOX, "kg": COST_PER_KG}


def unresolved_events(lowered: Lowered, played: Sequence[Played]) -> list[str]:
    """Return the closures and outages that too few replications met to be judged."""
    return rare_events([one.measured for one in played], touching(lowered), lowered.program.facility_names)


def rare_events(reps: Sequence[Replication], touching: Mapping[int, str], facilities: Sequence[str]) -> list[str]:
    """Return the same from the replications, the closures that touch the alternative and its facilities by number."""
    closures, outages = met(reps)
    total = len(reps)
    rare = [touching[number] for number, count in closures.items() if number in touching and not_resolved(count, total)]
    return rare + [facilities[number] for number, count in outages.items() if not_resolved(count, total)]


def touching(lowered: Lowered) -> dict[int, str]:
    """Return the closures that stop anything that this alternative uses: their names by number."""
    return {number: plan.name for number, plan in enumerate(lowered.plan.closures) if touches(lowered, plan)}


def touches(lowered: Lowered, closure: ClosurePlan) -> bool:
    """Return whether a closure stops anything that this alternative uses."""
    plan = lowered.plan
    used = {(place.place, place.mode) for place in plan.facilities}
    used |= {(end, line.mode) for line in plan.services for end in (line.origin, line.destination)}
    return any(place in act.places and mode in act.modes for act in closure.acts for place, mode in used)


def alternative_summary(lowered: Lowered, played: Sequence[Played]) -> Figures:
    """Return everything about one alternative."""
    reps = Sample([one.measured for one in played])
    alternative = lowered.scenario.alternatives[lowered.alternative]
    resolved = not unresolved_events(lowered, played)
    all_figures = summarise(reps, None, resolved)
    return {
        "name": lowered.alternative,
        "title": dict(alternative.title or {"en": lowered.alternative}),
        "supposition": alternative.supposition,
        "sources": list(alternative.source),
        "is_baseline": lowered.alternative == lowered.scenario.baseline,
        "kpis": kpi_figures(all_figures),
        "by_flow": {
            name: kpi_figures(summarise(reps, number, resolved)) for number, name in enumerate(lowered.flow_order)
        },
        "costs": cost_figures(all_figures),
        "flow_costs": {
            name: {
                base: figure(
                    flow_cost(reps, f"{COST_PER_KG}:{cost_key(base, 'chain', AFTER)}", number, resolved), "CNY"
                )
                for base in COST_BASES
            }
            for number, name in enumerate(lowered.flow_order)
        },
        "main_route": main_route(lowered, played),
        "yearly": yearly_figures(lowered, played),
        "activities": activity_figures(played),
        "steps": step_figures(lowered, played),
        "late_because": late_because(lowered, played),
        "corridor": corridor_figures(lowered, played),
        "releases": release_rows(lowered, played),
        "missed": missed_figures(played),
        **resource_figures(played),
        "views": view_figures(played),
        "breaks": break_figures(played),
        "assumptions": {
            "cost_share": assumed_cost_share(lowered, played),
            "time_share": assumed_time_share(lowered, played),
            "unknown_tax_share": unknown_tax_share(lowered, played),
        },
        "undelivered": figure(all_figures["undelivered"], "share"),
    }


def kpi_figures(figures: Mapping[str, Estimate]) -> dict[str, Figures]:
    """Return the KPIs without cost figures, by name."""
    return {kpi.name: figure(figures[kpi.name], kpi.unit) for kpi in KPIS if kpi.name in figures}


def cost_figures(figures: Mapping[str, Estimate]) -> list[Figures]:
    """Return cost per box and per kg in each cost base and perspective, before and after subsidies."""
    return [
        {
            "base": base,
            "perspective": perspective,
            "per": per,
            "subsidy": subsidy,
            **figure(figures[f"{name}:{cost_key(base, perspective, subsidy)}"], "CNY"),
        }
        for base in COST_BASES
        for perspective in PERSPECTIVES
        for per, name in PER.items()
        for subsidy in (AFTER, BEFORE)
        if f"{name}:{cost_key(base, perspective, subsidy)}" in figures
    ]


def activity_figures(played: Sequence[Played]) -> list[Figures]:
    """Return CNY per box of the chain by base, activity and whether common; they sum to the cost with carbon."""
    keys = sorted({(base, activity, common) for one in played for base, activity, _, common in one.lines})
    boxes = [one.boxes / ONE_BOX for one in played]
    rows = []
    for base, activity, common in keys:
        cents = [
            sum(total for (b, a, _, c), total in one.lines.items() if (b, a, c) == (base, activity, common))
            for one in played
        ]
        estimate = ratio_of_sums([total / CENTS for total in cents], boxes)
        rows.append(
            {
                "activity": activity,
                "cost_class": COST_CLASSES.get(activity, ""),
                "base": base,
                "common": common,
                **figure(estimate, "CNY"),
            }
        )
    return sorted(rows, key=lambda row: (BASES.index(row["base"]), -(row["value"] or 0)))


def main_route(lowered: Lowered, played: Sequence[Played]) -> str:
    """Return the route on which most boxes of measured consignments go; of equals the first by name."""
    boxes: dict[str, float] = {}
    name = f"{COST_PER_BOX}:{cost_key('cash', 'chain', AFTER)}"
    for number, flow in enumerate(lowered.flow_order):
        route = lowered.scenario.flows[flow].route
        boxes[route] = boxes.get(route, 0.0) + sum(float(one.measured.terms[name][1][number]) for one in played)
    return max(sorted(boxes), key=lambda route: boxes[route])


def yearly_figures(lowered: Lowered, played: Sequence[Played]) -> Figures:
    """Return value, tonnes and boxes of what the flows release in the measured window, scaled to a year."""
    program = lowered.program
    years = [(program.window_to - program.window_from) / (DAYS_PER_YEAR * SECONDS_PER_DAY)] * len(played)
    sums = {
        "value": ([one.value_cents / CENTS for one in played], "CNY"),
        "tonnes": ([one.kg / (ONE_BOX * KG_PER_TONNE) for one in played], "t"),
        "boxes": ([one.boxes / ONE_BOX for one in played], "boxes"),
    }
    return {name: figure(ratio_of_sums(amounts, years), unit) for name, (amounts, unit) in sums.items()}


def step_figures(lowered: Lowered, played: Sequence[Played]) -> list[Figures]:
    """Return time and cost of each step, in the order of the routes; elapsed only on the main way."""
    hours = details([one.measured for one in played])
    rows: list[Figures] = []
    for route, numbers in groupby(range(len(lowered.steps)), key=lambda number: lowered.steps[number].route):
        ends = profile(lowered, route, [one.measured.elapsed for one in played])
        reached = {step: place for place, step in enumerate(ends.step)}
        km = 0.0
        for number in numbers:
            info = lowered.steps[number]
            name = f"step/{route}/{info.name}/hours"
            begin, km = km, km + (float(info.km) if not info.lane else 0.0)
            place = reached.get(number)
            rows.append(
                {
                    "route": route,
                    "step": info.name,
                    "kind": info.kind,
                    "mode": info.mode,
                    "origin": info.origin,
                    "destination": info.destination,
                    "km_from": begin,
                    "km_to": km,
                    "lane": info.lane,
                    "hours": figure(hours[name], "h") if name in hours else None,
                    "waiting": _part(hours, name, "waiting_hours"),
                    "travelling": _part(hours, name, "travelling_hours"),
                    "elapsed": None
                    if place is None
                    else {
                        "mean": _finite(ends.mean_hours[place]),
                        "p10": _finite(ends.low_hours[place]),
                        "p90": _finite(ends.high_hours[place]),
                    },
                    "cost": figure(_step_cost(lowered, played, number), "CNY"),
                    "emissions": _step_emissions(lowered, played, number),
                }
            )
    return rows


def _part(hours: Mapping[str, Estimate], name: str, part: str) -> Figures | None:
    """Return the waiting or travelling hours of a step."""
    found = hours.get(f"{name.removesuffix('hours')}{part}")
    return None if found is None else figure(found, "h")


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _step_cost(lowered: Lowered, played: Sequence[Played], step: int) -> Estimate:
    """Return cash CNY per box of those who take the step's route."""
    route = lowered.steps[step].route
    flows = {number for number, name in enumerate(lowered.flow_order) if lowered.scenario.flows[name].route == route}
    boxes = []
    for one in played:
        _, per_flow = one.measured.terms[f"{COST_PER_BOX}:{cost_key('cash', 'chain', AFTER)}"]
        boxes.append(float(sum(per_flow[number] for number in flows)))
    if not any(boxes):
        boxes = [one.boxes / ONE_BOX for one in played]
    return ratio_of_sums([one.step_cents[step] / CENTS for one in played], boxes)


def _step_emissions(lowered: Lowered, played: Sequence[Played], step: int) -> Figures | None:
    """Return kg CO2e of a chain element per tonne of all measured cargo; None where they are not available."""
    kept = [one.step_kg for one in played if one.step_kg is not None]
    if len(kept) < len(played):
        return None
    tonnes = [one.kg / (ONE_BOX * KG_PER_TONNE) for one in played]
    return figure(ratio_of_sums([float(kg[step]) for kg in kept], tonnes), "kg CO2e/t")


def comparison_summary(
    one: Lowered, against: str, played: Sequence[Played], baseline: Sequence[Played], resolved: bool
) -> Figures:
    """Return the paired differences and savings of one alternative against another, savings also by flow."""
    ours, theirs = (Sample([each.measured for each in reps]) for reps in (played, baseline))
    figures = compare(theirs, ours, None, resolved)
    kpis = {
        kpi.name: {**figure(figures[kpi.name], kpi.unit), "separated": separated(figures[kpi.name])}
        for kpi in KPIS
        if kpi.name in figures
    }
    flows: Figures = {}
    for number, name in enumerate(one.flow_order):
        flows[name] = {}
        for base in COST_BASES:
            cost = f"{COST_PER_KG}:{cost_key(base, 'chain', AFTER)}"
            saving = scaled(flow_saving(theirs, ours, cost, number, resolved), PERCENT)
            flows[name][base] = {**figure(saving, "%"), "separated": separated(saving)}
    return {
        "alternative": one.alternative,
        "against": against,
        "kpis": kpis,
        "savings": saving_figures(figures),
        "flow_savings": flows,
    }


def saving_figures(figures: Mapping[str, Estimate]) -> list[Figures]:
    """Return savings in CNY (baseline minus alternative) and in per cent, for each cost figure."""
    rows = []
    for name, difference in figures.items():
        cost, _, key = name.partition(":")
        if cost not in PER.values():
            continue
        base, perspective, subsidy = key.split("/")
        percent = figures[f"{cost.replace('cost', 'saving')}:{key}"]
        rows.append(
            {
                "base": base,
                "perspective": perspective,
                "subsidy": subsidy,
                "per": kpi_of(cost).per,
                "cny": figure(_negated(difference), "CNY"),
                "percent": figure(scaled(percent, PERCENT), "%"),
                "separated": separated(difference),
            }
        )
    return rows


PERCENT = 100


def _negated(estimate: Estimate) -> Estimate:
    return scaled(estimate, -1)


def scaled(estimate: Estimate, factor: int) -> Estimate:
    """Return an estimate times a factor; a negative one turns the interval round."""
    ends = [None if end is None else end * factor for end in (estimate.low, estimate.high)]
    low, high = ends if factor > 0 else reversed(ends)
    return Estimate(estimate.value * factor, low, high, estimate.n, estimate.method, estimate.resolved)


def samples(played: Sequence[Played]) -> dict[str, Any]:
    """Return arrays over all measured consignments of all replications: one row each."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("replication", "flow", "ordinal", "release", "delivered", "leader")
    }
    for one in played:
        kept = one.counted == 1
        columns["replication"].append(np.full(int(kept.sum()), one.measured.number))
        for name in ("flow", "ordinal", "release", "delivered", "leader"):
            columns[name].append(getattr(one, name)[kept])
    return {name: np.concatenate(parts).astype(np.int64) for name, parts in columns.items()}


def sources_of(lowered: Lowered) -> Figures:
    """Return the scenario's sources."""
    return {name: source.model_dump() for name, source in lowered.scenario.sources.items()}


def listed(inputs: Sequence[Any]) -> list[Figures]:
    """Return inputs with their provenance as plain rows."""
    rows = []
    for item in inputs:
        provenance = asdict(item.provenance)
        rows.append(
            {
                "path": item.path,
                "text": item.text,
                "grade": provenance["grade"],
                "sources": list(provenance["sources"]),
                "because": provenance["because"] or provenance["derived_from"],
                "low": None if provenance["low"] is None else float(provenance["low"]),
                "high": None if provenance["high"] is None else float(provenance["high"]),
            }
        )
    return rows
