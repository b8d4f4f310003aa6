"""When a figure is precise enough, and how many replications to try next."""

from __future__ import annotations

from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.precision import Precision, next_round


def estimate(value: float, half: float | None) -> Estimate:
    ends = (None, None) if half is None else (value - half, value + half)
    return Estimate(value, *ends, 10, "t")


def test_a_share_counts_of_the_size_of_the_value() -> None:
    one_percent = Precision(0.01, relative=True)
    assert one_percent.reached(estimate(200, 2))
    assert one_percent.reached(estimate(-200, 2))
    assert not one_percent.reached(estimate(200, 2.01))
    assert not one_percent.reached(estimate(0, 0.1))
    assert one_percent.reached(estimate(0, 0))


def test_an_amount_counts_in_the_figures_own_unit() -> None:
    half_an_hour = Precision(0.5, relative=False)
    assert half_an_hour.reached(estimate(0, 0.5))
    assert not half_an_hour.reached(estimate(1000, 0.6))


def test_without_an_interval_nothing_is_precise() -> None:
    assert not Precision(1e9, relative=False).reached(estimate(1, None))
    assert not Precision(1.0, relative=True).reached(estimate(float("inf"), None))


def test_half_widths_fall_with_the_root_of_the_replications() -> None:
    # twice as wide as wanted: four times the replications, and a tenth more for safety; at most four times
    twice = Precision(1, relative=False)
    assert next_round(twice, [estimate(5, 1.5), estimate(5, 0.1)], 40, 1000) == 99
    assert next_round(twice, [estimate(5, 2)], 40, 1000) == 160
    assert next_round(twice, [estimate(5, 1.01)], 40, 1000) == 50
    assert next_round(twice, [estimate(5, 100)], 40, 1000) == 160
    assert next_round(twice, [estimate(5, 100)], 40, 100) == 100


def test_it_ends_when_all_are_reached_or_the_cap_is() -> None:
    goal = Precision(1, relative=False)
    assert next_round(goal, [estimate(5, 1), estimate(3, 0)], 40, 1000) == 40
    assert next_round(goal, [estimate(5, 9)], 40, 40) == 40
    assert next_round(goal, [estimate(5, None)], 5, 1000) == 11
