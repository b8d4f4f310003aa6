"""Figures and differences from hand-made replications."""

import math
from dataclasses import replace

import numpy as np
import pytest

from corridor_sim.engine.program import NONE
from corridor_sim.evidence.compare import compare, details, lateness_causes, met, separated, summarise
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.metrics.causes import USUAL, Chain, Lateness
from corridor_sim.metrics.kpis import Replication
from corridor_sim.metrics.spent import Spent
from corridor_sim.metrics.times import NEVER

H = 3600
FRIDAY = Chain(1, Spent.NO_ROOM, 0, 4)


def _rep(number, hours, cost, life=(), flow=(0, 1)):
    """Return a replication of two consignments of two flows, a box of 1,000 kg each."""
    ticks = np.array([hour * H if hour is not None else NONE for hour in hours], np.int64)
    there = ticks != NONE
    ones = np.ones(2)
    transit = np.where(there, ticks / H, math.inf)
    return Replication(
        number=number,
        flow=np.array(flow, np.int64),
        door_to_door=ticks,
        late_due=ticks,
        late_promised=np.where(there, ticks - 30 * H, NEVER),
        remaining_life=np.array(life),
        terms={
            "transit_mean": (transit, ones),
            "on_time": (np.array(hours) == 30 if all(there) else there * 1.0, ones),
            "cost_per_box:cash/chain": (cost * ones, ones),
            "cost_per_kg:cash/chain": (cost * ones, 1000 * ones),
        },
        details={"facility/yard/utilisation": (number + 1.0, 10.0), "facility/pool/utilisation": (0.0, 0.0)},
        lateness=Lateness({FRIDAY: number % 2}, 1),
        elapsed=(np.zeros(0, np.int64), np.zeros(0, np.int64)),
        closures=frozenset({3} if number < 4 else ()),
        outages=frozenset({1}),
    )


def _reps(extra_hours=0, factor=1.0, count=10):
    return [_rep(number, (30 + extra_hours, 40 + extra_hours), factor * (100 + number)) for number in range(count)]


def test_summarise_pools_and_sums():
    found = summarise(_reps())
    assert found["transit_p50"].value == 30
    assert found["transit_p90"].value == found["latest_departure"].value == 40
    assert found["transit_mean"].value == 35
    # ten values of 30 and ten of 40, divisor 19
    assert found["transit_sd"].value == pytest.approx(math.sqrt(500 / 19))
    assert found["buffer_index"].value == pytest.approx(5 / 35)
    # all were promised to take 30 hours
    assert found["planning_time_index"].value == pytest.approx(40 / 30)
    assert found["lateness_sd"].value == found["transit_sd"].value
    assert found["cost_per_box:cash/chain"].value == pytest.approx(104.5)
    assert found["cost_per_kg:cash/chain"].value == pytest.approx(0.1045)
    assert "remaining_life_p10" not in found
    assert all(figure.resolved for figure in found.values())


def test_summarise_one_flow():
    found = summarise(_reps(), flow=1)
    assert (found["transit_p50"].value, found["transit_mean"].value) == (40, 40)
    assert found["on_time"].value == 0
    assert summarise(_reps(), flow=0)["on_time"].value == 1


def test_remaining_life_leaves_out_what_does_not_decay():
    reps = [_rep(number, (30, 40), 1, life=(0.1 * number, math.nan)) for number in range(10)]
    assert summarise(reps)["remaining_life_p10"].value == 0
    assert summarise(reps)["remaining_life_p10"].low is not None
    assert math.isnan(summarise(reps, flow=1)["remaining_life_p10"].value)


def test_compare_is_alternative_minus_baseline_and_savings_are_relative():
    found = compare(_reps(), _reps(extra_hours=5, factor=0.9))
    assert found["transit_p90"].value == found["transit_mean"].value == 5
    assert found["cost_per_box:cash/chain"].value == pytest.approx(-10.45)
    for per in ("box", "kg"):
        saving = found[f"saving_per_{per}:cash/chain"]
        assert (saving.value, saving.low, saving.high) == pytest.approx((0.1, 0.1, 0.1))
    assert separated(found["cost_per_box:cash/chain"])


def test_undelivered_make_means_not_available_but_not_the_median():
    reps = _reps()
    reps[0] = _rep(0, (30, None), 100)
    found = summarise(reps)
    assert math.isinf(found["transit_mean"].value)
    assert math.isinf(found["buffer_index"].value)
    assert math.isinf(found["transit_sd"].value)
    assert found["transit_p50"].value == 30
    assert math.isinf(compare(_reps(), reps)["transit_mean"].value)


def test_only_the_same_replications_are_compared():
    with pytest.raises(ValueError, match="same replications"):
        compare(_reps(), _reps()[::-1])


def test_what_is_not_resolved_is_marked():
    assert not any(figure.resolved for figure in compare(_reps(), _reps(), resolved=False).values())


def test_separated_needs_an_interval_beside_zero():
    estimate = Estimate(1, 0.5, 1.5, 10, "t")
    assert separated(estimate)
    assert separated(replace(estimate, low=-2, high=-1))
    assert not separated(replace(estimate, low=-0.5))
    assert not separated(replace(estimate, low=None, high=None))


def test_details_are_ratios_and_the_unused_is_left_out():
    found = details(_reps())
    assert list(found) == ["facility/yard/utilisation"]
    assert found["facility/yard/utilisation"].value == pytest.approx(55 / 100)


def test_causes_of_lateness_by_share():
    found = lateness_causes(_reps(), lambda chain: chain)
    # ten late of the usual course, five without room
    assert [(key, round(share.value, 3)) for key, share in found.items()] == [(USUAL, 0.667), (FRIDAY, 0.333)]
    assert lateness_causes([replace(rep, lateness=Lateness({}, 0)) for rep in _reps()], lambda chain: chain) == {}


def test_causes_told_alike_count_together():
    (share,) = lateness_causes(_reps(), lambda chain: "all").values()
    assert (share.value, share.low, share.high) == (1, 1, 1)


def test_how_often_closures_and_outages_were_met():
    assert met(_reps()) == ({3: 4}, {1: 10})
