"""In every shipped scenario both waterfalls sum to the difference to the cent, in every cost base.

The difference is taken from elsewhere: from the cost figures of consignments, and from other sums of the postings.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.metrics.kpis import COST_PER_KG
from corridor_sim.scenario.load import load
from corridor_sim.study.evaluate import Results, evaluate
from corridor_sim.study.play import AFTER, cost_key

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
BASES = {"cash": ["cash"], "total_logistics": ["cash", "time"], "with_carbon": ["cash", "time", "carbon"]}


@cache
def results_of(path: Path) -> Results:
    return evaluate(load(path), noise=False, why=True)


def cents_of(results: Results, alternative: str, base: str) -> int:
    """The cost of all measured consignments, from the terms of the cost per kg."""
    key = f"{COST_PER_KG}:{cost_key(base, 'chain', AFTER)}"
    return sum(round(yuan * 100) for one in results.played[alternative] for yuan in one.measured.terms[key][0].tolist())


def by_activity(results: Results, alternative: str) -> dict[tuple[str, str], int]:
    """The sums by base and activity that the tables of costs are made of."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for one in results.played[alternative]:
        for (base, activity, _, _), cents in one.lines.items():
            found[base, activity] += cents
    return found


def cash_by_leg(results: Results, alternative: str) -> dict[tuple[str, str], int]:
    """The sums of cash by the ends of a step that the tables of steps are made of."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for one in results.played[alternative]:
        for info, cents in zip(results.lowered[alternative].steps, one.step_cents.tolist(), strict=True):
            found[info.origin, info.destination] += cents
    return found


def less(after: dict[tuple[str, str], int], before: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """The differences that there are."""
    both = {key: after.get(key, 0) - before.get(key, 0) for key in before | after}
    return {key: cents for key, cents in both.items() if cents}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_both_waterfalls_sum_to_the_difference_to_the_cent(path: Path) -> None:
    results = results_of(path)
    summary = results.summary
    for pair in summary["comparisons"]:
        for base in COST_BASES:
            difference = cents_of(results, pair["alternative"], base) - cents_of(results, summary["baseline"], base)
            total = next(row for row in pair["where"]["totals"] if row["base"] == base)
            where = sum(bar["cents"] for bar in pair["where"]["bars"] if bar["base"] in BASES[base])
            why = sum(bar["cents"] for bar in pair["why"]["bars"] if bar["base"] == base)
            found = {"total": total["cents"], "where": where, "why": why}
            assert found == dict.fromkeys(found, difference), (pair["alternative"], base)
            assert len(pair["why"]["groups"]) <= 6


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_bars_have_the_sums_by_activity_and_by_leg_of_the_other_tables(path: Path) -> None:
    results = results_of(path)
    baseline = results.summary["baseline"]
    for pair in results.summary["comparisons"]:
        activities, legs = defaultdict[tuple[str, str], int](int), defaultdict[tuple[str, str], int](int)
        for bar in pair["where"]["bars"]:
            activities[bar["base"], bar["activity"]] += bar["cents"]
            if bar["base"] == "cash" and bar["origin"]:
                legs[bar["origin"], bar["destination"]] += bar["cents"]
        name = pair["alternative"]
        assert less(activities, {}) == less(by_activity(results, name), by_activity(results, baseline))
        assert less(legs, {}) == less(cash_by_leg(results, name), cash_by_leg(results, baseline))
