"""Equivalence of a run with blessed statistics: margins worked out by hand, and the chances that are promised."""

from __future__ import annotations

from math import nan, sqrt

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.equivalence import (
    FALSE_ALARMS,
    Spread,
    Verdict,
    farthest,
    judge,
    practical_margin,
    spread_of,
)
from corridor_sim.evidence.intervals import linearised

NORMAL_95 = 1.6448536269514722


def spread(value: float, deviation: float = 0.0, replications: int = 1000, skewness: float = 0.0) -> Spread:
    return Spread(value, deviation, skewness, 0.0, replications)


def test_margins_nobody_would_act_upon_by_unit() -> None:
    assert practical_margin("h", 100) == 1.0
    assert practical_margin("h", 2) == 0.25
    assert practical_margin("share", 0.9) == 0.005
    assert practical_margin("CNY", 2.0) == pytest.approx(0.01)
    with pytest.raises(KeyError):
        practical_margin("furlong", 1)


def test_the_margin_is_practical_where_the_run_is_precise() -> None:
    # standard error 0.01 sqrt(1/1000 + 1/1000) = 0.00045 h; the margin of 100 h is 1 h
    found = judge(spread(100, 0.01), spread(100.9, 0.01), "h", 1)
    assert (found.verdict, found.margin) == (Verdict.EQUIVALENT, 1.0)
    assert judge(spread(100, 0.01), spread(101.1, 0.01), "h", 1).verdict is Verdict.DIFFERENT


def test_the_margin_is_six_standard_errors_where_that_is_more() -> None:
    # error 50 sqrt(1/1000 + 1/250) = 3.5355 h; one figure alone needs 1.645 + 2.576 = 4.2 of them, so six decide
    error = 50 * sqrt(0.005)
    just_in, just_out = (6 - NORMAL_95) * error - 0.01, (6 - NORMAL_95) * error + 0.01
    found = judge(spread(100, 50), spread(100 + just_in, 50, 250), "h", 1)
    assert (found.verdict, found.error, found.margin) == (
        Verdict.EQUIVALENT,
        pytest.approx(error),
        pytest.approx(6 * error),
    )
    assert judge(spread(100, 50), spread(100 - just_out, 50, 250), "h", 1).verdict is Verdict.DIFFERENT


def test_a_large_family_widens_the_margin_by_bonferroni() -> None:
    error = 50 * sqrt(0.002)
    by_chance = stats.norm.isf(0.01 / 5000 / 2)
    assert by_chance + NORMAL_95 > 6
    found = judge(spread(100, 50), spread(100, 50), "h", 5000)
    assert found.margin == pytest.approx((by_chance + NORMAL_95) * error)


def test_what_is_not_available_on_both_sides_is_not_judged_and_on_one_side_is_different() -> None:
    gone = Spread(nan, nan, nan, nan, 30)
    assert judge(gone, gone, "h", 1).verdict is Verdict.UNJUDGED
    assert judge(spread(1.0, 1.0), gone, "h", 1).verdict is Verdict.DIFFERENT
    assert judge(gone, spread(1.0, 1.0), "h", 1).verdict is Verdict.DIFFERENT


def test_a_figure_that_one_replication_in_a_few_decides_is_not_judged_from_few() -> None:
    # an event with chance p has skewness about 1/sqrt(p): of 1 % it is 10, so 100 replications are wanted
    rare = spread(1.0, 1.0, skewness=10.0)
    found = judge(rare, spread(1.0, 1.0, 30), "h", 1)
    assert found.verdict is Verdict.UNJUDGED and "from 100 replications on" in found.because
    assert judge(rare, spread(1.0, 1.0, 1000), "h", 1).verdict is Verdict.EQUIVALENT


def test_chance_goes_farther_where_the_spread_is_skewed() -> None:
    # Cornish-Fisher: z + (z^2 - 1) g / 6 + (z^3 - 3 z) k / 24 at z = 4
    assert farthest(4.0, 0.0, 0.0) == 4.0
    assert farthest(4.0, -0.6, 0.0) == pytest.approx(4 + 15 * 0.6 / 6)
    assert farthest(4.0, 0.0, 0.5) == pytest.approx(4 + 52 * 0.5 / 24)
    assert farthest(4.0, 0.0, -2.0) == 4.0


def test_a_gamma_mean_stays_within_what_chance_is_allowed() -> None:
    # the mean of n exponentials is a gamma variable, whose tails are known: allowed 1e-4 to either side
    tail, n = 1e-4, 40
    skewness, excess = 2 / sqrt(n), 6 / n
    allowed = farthest(float(stats.norm.isf(tail)), skewness, excess)
    beyond = stats.gamma.sf(n + allowed * sqrt(n), n) + stats.gamma.cdf(n - allowed * sqrt(n), n)
    assert beyond <= 2 * tail


def test_the_spread_of_a_ratio_is_that_of_its_influences() -> None:
    chance = np.random.default_rng(3)
    top, bottom = chance.gamma(2, 1, 500), np.full(500, 2.0)
    found = spread_of(*linearised(top, bottom))
    assert found.value == pytest.approx(top.mean() / 2)
    assert found.deviation == pytest.approx(top.std(ddof=1) / 2)
    assert found.skewness == pytest.approx(stats.skew(top))
    assert found.excess == pytest.approx(stats.kurtosis(top))


def test_sums_in_another_order_have_no_spread() -> None:
    found = spread_of(1e6, np.array([1e-7, -1e-7, 0.0]))
    assert (found.deviation, found.skewness) == (0.0, 0.0)
    assert judge(found, found, "CNY", 1).verdict is Verdict.EQUIVALENT


def test_no_more_false_alarms_than_promised_in_families_of_skewed_figures() -> None:
    """2,000 families of 50 figures, each a mean of 30 exponentials against 1,000 others: at most 1 % may fail."""
    chance = np.random.default_rng(11)
    families, figures = 2000, 50
    blessed = Spread(1.0, 1.0, 2.0, 6.0, 1000)
    difference = chance.gamma(30, 1 / 30, (families, figures)) - chance.gamma(1000, 1 / 1000, (families, figures))
    widest = np.abs(difference).max(axis=1)
    fails = sum(
        judge(blessed, spread(1.0 + gap, 1.0, 30), "CNY", figures).verdict is Verdict.DIFFERENT for gap in widest
    )
    assert fails <= stats.binom.ppf(0.999, families, FALSE_ALARMS)


def test_a_change_as_large_as_the_margin_is_missed_at_most_one_time_in_twenty() -> None:
    chance = np.random.default_rng(5)
    blessed, tries = spread(1.0, 1.0), 4000
    margin = judge(blessed, spread(1.0, 1.0, 30), "CNY", 50).margin
    error = sqrt(1 / 1000 + 1 / 30)
    missed = sum(
        judge(blessed, spread(1.0 + margin + error * gap, 1.0, 30), "CNY", 50).verdict is Verdict.EQUIVALENT
        for gap in chance.standard_normal(tries)
    )
    assert missed <= stats.binom.ppf(0.999, tries, 0.05)
