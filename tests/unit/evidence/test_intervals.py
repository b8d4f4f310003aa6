"""Estimators against textbooks, closed forms and the coverage they promise."""

import math

import numpy as np
import pytest

from corridor_sim.evidence.intervals import (
    NOT_AVAILABLE,
    Pool,
    Values,
    buffer_index,
    deviation,
    not_resolved,
    paired_difference_of_ratios,
    paired_relative_saving,
    pooled,
    pooled_difference,
    pooled_quantile,
    quantile,
    ratio_of_sums,
    t_quantile,
)
from corridor_sim.sampling.streams import stream_key, uniforms

MACRO, REPS, CARGO = 2000, 30, 20
ONES = [1.0] * 10


def _normals(name, *shape):
    """Return standard normal draws of `shape`, from the counter-based generator."""
    from scipy.special import ndtri

    count = math.prod(shape)
    lots = uniforms(stream_key(20260422, name), 0, 1, np.arange(count), 0)[0]
    return ndtri((lots + 0.5) / 2**53).reshape(shape)


@pytest.mark.parametrize(("degrees", "expected"), [(1, 12.706), (9, 2.262), (29, 2.045), (120, 1.980)])
def test_t_quantiles_as_in_printed_tables(degrees, expected):
    assert t_quantile(degrees) == pytest.approx(expected, abs=5e-4)


def test_ratio_with_equal_denominators_is_the_mean_with_its_t_interval():
    # 1..10 has mean 5.5, s = 3.02765, n = 10
    found = ratio_of_sums(range(1, 11), ONES)
    half = 2.262157 * 3.0276504 / math.sqrt(10)
    assert (found.value, found.low, found.high) == pytest.approx((5.5, 5.5 - half, 5.5 + half), rel=1e-6)
    assert (found.n, found.resolved) == (10, True)


def test_ratio_is_of_sums_and_not_a_mean_of_ratios():
    found = ratio_of_sums([0, 10] * 5, [1, 3] * 5)
    assert found.value == pytest.approx(50 / 20)
    # residuals -2.5 and 2.5: s^2 = 62.5 / 9; mean denominator 2
    half = 2.262157 * math.sqrt(62.5 / 9 / 10) / 2
    assert found.high - found.value == pytest.approx(half, rel=1e-6)


def test_no_interval_from_fewer_than_ten():
    found = ratio_of_sums([1, 2, 3], [1, 1, 1])
    assert (found.value, found.low, found.high, found.n) == (2, None, None, 3)
    assert pooled_quantile([np.array([1.0, 2.0])] * 9, 0.5).low is None


def test_infinite_or_empty_is_not_available():
    for found in (ratio_of_sums([math.inf, *ONES[1:]], ONES), pooled_quantile([np.array([math.inf])] * 10, 0.5)):
        assert math.isinf(found.value)
        assert (found.low, found.method) == (None, NOT_AVAILABLE)
    assert math.isnan(ratio_of_sums([0] * 10, [0] * 10).value)
    # what is unknown is not infinite
    assert math.isnan(ratio_of_sums([math.nan] * 10, ONES).value)
    assert math.isnan(pooled_quantile([np.zeros(0)] * 10, 0.5).value)


def test_ratio_covers_its_truth_as_often_as_it_says():
    # cost 5 a box plus a shared storm of deviation 2; the number of boxes varies too
    storm, count = _normals("storm", MACRO, REPS), _normals("count", MACRO, REPS)
    boxes = np.exp(3 + 0.4 * count)
    costs = boxes * (5 + 2 * storm) + 3 * _normals("own", MACRO, REPS)
    found = [ratio_of_sums(cost, box) for cost, box in zip(costs, boxes, strict=True)]
    covered = np.mean([one.low <= 5 <= one.high for one in found])
    assert 0.93 <= covered <= 0.97


def test_pooled_quantile_covers_its_truth_about_as_often_as_it_says():
    from scipy.special import ndtri

    # consignments of a replication share half of the variance; each is standard normal
    shared, own = _normals("shared", MACRO, REPS, 1), _normals("each", MACRO, REPS, CARGO)
    values = np.sqrt(0.5) * (shared + own)
    found = [pooled_quantile(list(one), 0.75) for one in values]
    covered = np.mean([one.low <= ndtri(0.75) <= one.high for one in found])
    assert 0.91 <= covered <= 0.98


def test_relative_saving_covers_its_truth_as_often_as_it_says():
    storm = _normals("saving storm", MACRO, REPS)
    boxes = np.exp(3 + 0.3 * _normals("saving boxes", MACRO, REPS))
    baseline = boxes * (10 + 2 * storm)
    alternative = boxes * (8 + storm) + 2 * _normals("saving own", MACRO, REPS)
    rows = zip(alternative, baseline, boxes, strict=True)
    found = [paired_relative_saving((ours, box), (theirs, box)) for ours, theirs, box in rows]
    covered = np.mean([one.low <= 0.2 <= one.high for one in found])
    assert 0.93 <= covered <= 0.97


def test_common_noise_cancels_in_a_paired_difference():
    noise = _normals("common", REPS)
    found = paired_difference_of_ratios((7 + noise, np.ones(REPS)), (9 + noise, np.ones(REPS)))
    assert (found.value, found.low, found.high) == pytest.approx((-2, -2, -2))
    apart = ratio_of_sums(7 + noise, np.ones(REPS))
    assert apart.high - apart.low > 0.1


def test_a_difference_is_the_t_interval_of_differences():
    ours, theirs = np.arange(10.0), np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    found = paired_difference_of_ratios((ours, ONES), (theirs, ONES))
    differences = ours - theirs
    half = 2.262157 * np.std(differences, ddof=1) / math.sqrt(10)
    assert (found.low, found.high) == pytest.approx((differences.mean() - half, differences.mean() + half), rel=1e-6)


def test_a_proportional_alternative_saves_exactly():
    costs = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])
    found = paired_relative_saving((costs * 0.92, ONES), (costs, ONES))
    assert (found.value, found.low, found.high) == pytest.approx((0.08, 0.08, 0.08))
    assert math.isnan(paired_relative_saving((costs, ONES), (costs * 0, ONES)).value)


def test_unequal_pairs_are_refused():
    with pytest.raises(ValueError, match="equally many"):
        paired_difference_of_ratios(([1, 2], [1, 1]), ([1], [1]))
    with pytest.raises(ValueError, match="equally many"):
        pooled_difference(Pool.of([np.ones(1)]), Pool.of([]), quantile(0.5))


def test_quantile_is_the_smallest_value_that_reaches_the_share():
    values = [np.array([float(rank)]) for rank in range(1, 11)]
    assert [pooled_quantile(values, level).value for level in (0.5, 0.9, 0.91, 1.0)] == [5, 9, 10, 10]
    # the undelivered count as infinite: P50 stands, P95 does not
    values[-1] = np.array([math.inf])
    assert pooled_quantile(values, 0.5).value == 5
    assert math.isinf(pooled_quantile(values, 0.95).value)


def test_a_group_without_a_value_leaves_no_interval():
    values = [np.array([float(rank)]) for rank in range(1, 10)] + [np.array([math.inf])]
    found = pooled_quantile(values, 0.5)
    assert (found.value, found.low, found.high) == (5, None, None)


def test_sectioning_of_ten_replications_by_hand():
    # each group is one value, so the groups' medians are 1..10 about the pooled median 5
    found = pooled_quantile([np.array([float(rank)]) for rank in range(1, 11)], 0.5)
    squares = sum((rank - 5) ** 2 for rank in range(1, 11))
    half = 2.262157 * math.sqrt(squares / 90)
    assert (found.low, found.high) == pytest.approx((5 - half, 5 + half), rel=1e-6)


def test_twenty_five_replications_are_all_used():
    reps = [np.array([float(number)]) for number in range(25)]
    assert pooled(Pool.of(reps), lambda values: float(values.as_met.sum())).value == sum(range(25))
    groups_of = []
    pooled(Pool.of(reps), lambda values: groups_of.append(len(values.as_met)) or 0.0)
    assert (len(groups_of), sum(groups_of[1:]), min(groups_of[1:])) == (11, 25, 2)


@pytest.mark.parametrize("level", [0.05, 0.1, 0.5, 0.9, 0.95])
def test_quantiles_are_those_of_numpys_inverted_distribution(level):
    draws = np.rint(_normals("quantiles", 400) * 4)
    for count in range(1, len(draws)):
        expected = np.quantile(draws[:count], level, method="inverted_cdf")
        assert quantile(level)(Values(draws[:count])) == expected, f"{count} values"


def test_deviation_and_buffer_index():
    values = Values(np.arange(1.0, 21.0))
    assert deviation(values) == pytest.approx(math.sqrt(35))
    # P95 of 1..20 is 19, the mean 10.5
    assert buffer_index(values) == pytest.approx((19 - 10.5) / 10.5)
    assert math.isinf(deviation(Values(np.array([1.0, math.inf]))))
    assert math.isinf(buffer_index(Values(np.array([1.0, math.inf]))))


def test_paired_difference_of_quantiles():
    reps = [np.array([1.0, 2.0, 3.0]) + number for number in range(10)]
    found = pooled_difference(Pool.of([rep - 0.5 for rep in reps]), Pool.of(reps), quantile(0.5))
    assert (found.value, found.low, found.high) == pytest.approx((-0.5, -0.5, -0.5))


@pytest.mark.parametrize(
    ("met", "total", "expected"), [(0, 30, True), (19, 100, True), (20, 100, False), (12, 12, False)]
)
def test_rarely_met_is_not_resolved(met, total, expected):
    assert not_resolved(met, total) is expected
