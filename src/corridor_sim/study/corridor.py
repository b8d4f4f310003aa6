"""Summary in the field's vocabulary: CAREC's TFI1-TFI4, time over distance, and the intervals of time release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from corridor_sim.evidence.corridor import (
    hours_along,
    passage_hours,
    passages_of,
    release_intervals,
    section_cost,
    speed,
)
from corridor_sim.evidence.intervals import Estimate, ratio_of_sums
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG
from corridor_sim.network.customs import LANES
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats
from corridor_sim.study.figures import KG_PER_TONNE, Figures, figure
from corridor_sim.study.play import AFTER, Played, cost_key
from corridor_sim.units import CENTS

CUSTOMS = "customs"
ALL_LANES = "all"
DOLLAR = "USD"
LEG, NODE = "leg", "node"
CASH = cost_key("cash", "chain", AFTER)


def corridor_figures(lowered: Lowered, played: Sequence[Played]) -> dict[str, Figures]:
    """Return CAREC's trade facilitation indicators of an alternative, by name.

    TFI1 hours and TFI2 cash per box of a passage of a customs or food-control step of the main ways; TFI3 cash per
    500 km and 20 t; TFI4 km/h from door to door, without and with delay. Costs are those of the whole chain after
    subsidies, in CNY and, where the scenario knows a rate, in USD. What an alternative does not have is left out.
    """
    reps = [one.measured for one in played]
    border = [number for number, info in enumerate(lowered.steps) if info.kind == CUSTOMS and not info.lane]
    names = [_name(lowered, number) for number in range(len(lowered.steps))]
    found: dict[str, tuple[Estimate, str]] = {}
    if border:
        found["tfi1_border_hours"] = passage_hours(reps, [names[number] for number in border]), "h"
        found |= _in_currencies(lowered, "tfi2_border_cost", _border_cost(lowered, played, border))
    length = way_km(lowered)
    if length.any():
        cny, kg = zip(*(rep.terms[f"{COST_PER_KG}:{CASH}"] for rep in reps), strict=True)
        cost = section_cost(cny, [each / KG_PER_TONNE for each in kg], length)
        found |= _in_currencies(lowered, "tfi3_section_cost", cost)
        km = {name: float(info.km) for name, info in zip(names, lowered.steps, strict=True)}
        found["tfi4_speed_without_delay"] = speed(reps, km, delays=False), "km/h"
        found["tfi4_speed_with_delay"] = speed(reps, km, delays=True), "km/h"
    return {name: figure(estimate, unit) for name, (estimate, unit) in found.items()}


def _name(lowered: Lowered, step: int) -> str:
    """Return the beginning of the names of a step's figures in `Replication.details`."""
    return f"step/{lowered.steps[step].route}/{lowered.steps[step].name}"


def way_km(lowered: Lowered) -> Floats:
    """Return float64[own flows]: kilometres of the main way of each flow's route."""
    by_route: dict[str, float] = {}
    for info in lowered.steps:
        if not info.lane:
            by_route[info.route] = by_route.get(info.route, 0.0) + float(info.km)
    return np.array([by_route.get(lowered.scenario.flows[name].route, 0.0) for name in lowered.flow_order])


def _border_cost(lowered: Lowered, played: Sequence[Played], border: Sequence[int]) -> Estimate:
    """Return cash posted at customs steps per box and passage; boxes pass all those of their flow's route."""
    routes = [lowered.scenario.flows[name].route for name in lowered.flow_order]
    passages = np.array([sum(lowered.steps[step].route == route for step in border) for route in routes])
    boxes = [one.measured.terms[f"{COST_PER_BOX}:{CASH}"][1] for one in played]
    cny = [float(one.step_cents[list(border)].sum()) / CENTS for one in played]
    return ratio_of_sums(cny, [float((each * passages).sum()) for each in boxes])


def _in_currencies(lowered: Lowered, name: str, cny: Estimate) -> dict[str, tuple[Estimate, str]]:
    """Return a cost in CNY, and in USD where the scenario knows a rate for all measured days."""
    found = {f"{name}_cny": (cny, "CNY")}
    rate = dollar_rate(lowered)
    if rate is not None:
        low, high = (None if end is None else end / rate for end in (cny.low, cny.high))
        found[f"{name}_usd"] = replace(cny, value=cny.value / rate, low=low, high=high), DOLLAR
    return found


def dollar_rate(lowered: Lowered) -> float | None:
    """Return the mean CNY per USD over the measured days, None where the scenario does not know all of them."""
    dated, program = lowered.tariffs.exchange.get(DOLLAR), lowered.program
    if dated is None or dated.starts[0] > program.window_from or dated.until < program.window_to:
        return None
    turns = np.clip((*dated.starts, program.window_to), program.window_from, program.window_to)
    lengths = np.diff(turns)
    return float(np.dot(lengths, [float(rate) for rate in dated.rates]) / lengths.sum())


def distance_rows(lowered: Lowered, played: Sequence[Played]) -> list[Figures]:
    """Return UNESCAP's time/cost-distance table: one row at the end of each leg and node of the main ways.

    `km` and hours are from the beginning of the route and the release; `cny_per_box` is cash so far of those who take
    the route; undelivered cargo makes mean and maximum not available (None).
    """
    reached = {each.step: each for each in hours_along([one.measured for one in played])}
    rows: list[Figures] = []
    so_far: Mapping[str, list[float]] = {}
    for number, info in enumerate(lowered.steps):
        if info.lane:
            continue
        km, cost = so_far.get(info.route, [0.0, 0.0])
        here = _step_cny(lowered, played, number)
        so_far = {**so_far, info.route: [km + float(info.km), cost + here]}
        at = reached.get(number)
        if at is None:
            continue
        mean, p5, p95 = (figure(each, "h") for each in (at.mean, at.p5, at.p95))
        rows.append(
            {
                "route": info.route,
                "step": info.name,
                "kind": LEG if info.km else NODE,
                "mode": info.mode,
                "place": info.destination or info.origin,
                "km": so_far[info.route][0],
                "hours_mean": mean["value"],
                "hours_mean_low": mean["low"],
                "hours_mean_high": mean["high"],
                "hours_min": at.least if np.isfinite(at.least) else None,
                "hours_p5": p5["value"],
                "hours_p95": p95["value"],
                "hours_max": at.most if np.isfinite(at.most) else None,
                "consignments": at.count,
                "step_cny_per_box": here,
                "cny_per_box": so_far[info.route][1],
            }
        )
    return rows


def _step_cny(lowered: Lowered, played: Sequence[Played], step: int) -> float:
    """Return cash CNY per box of a step, of those whose flow takes its route."""
    ours = [lowered.scenario.flows[name].route == lowered.steps[step].route for name in lowered.flow_order]
    boxes = sum(float(one.measured.terms[f"{COST_PER_BOX}:{CASH}"][1][ours].sum()) for one in played)
    return sum(int(one.step_cents[step]) for one in played) / CENTS / boxes if boxes else 0.0


def release_rows(lowered: Lowered, played: Sequence[Played]) -> list[Figures]:
    """Return the intervals of a Time Release Study: one row for each customs step, lane and interval that was met."""
    reps = [one.measured for one in played]
    lanes: dict[str, int | None] = {ALL_LANES: None} | {name: number for number, name in enumerate(LANES)}
    rows = []
    for number, info in enumerate(lowered.steps):
        passages = passages_of(reps, number) if info.kind == CUSTOMS else []
        for lane, which in lanes.items() if passages else ():
            for name, interval in release_intervals(passages, which).items():
                rows.append(
                    {
                        "route": info.route,
                        "step": info.name,
                        "place": info.origin,
                        "side": info.customs_side,
                        "lane": lane,
                        "interval": name,
                        "count": interval.count,
                        "mean": figure(interval.mean, "h"),
                        "p50": figure(interval.p50, "h"),
                        "p90": figure(interval.p90, "h"),
                    }
                )
    return rows
