"""Differences of samples that one run did not make: paired, independent, or of a kind that nobody knows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.across import Observed, Sampling, best_of, difference, observe
from corridor_sim.evidence.intervals import Estimate, Pool, paired_difference_of_ratios

COST, MEDIAN, ON_TIME = "cost_per_kg:cash/chain/after", "transit_p50", "on_time"


def costs(seed: int, count: int, mean: float = 10.0, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return costs and kilograms by replication."""
    draws = np.random.default_rng(seed)
    kg = draws.uniform(50, 150, count)
    return kg * draws.normal(mean, spread, count), kg


def hours(seed: int, replications: int) -> list[np.ndarray]:
    draws = np.random.default_rng(seed)
    return [draws.gamma(4, 10, draws.integers(30, 60)) for _ in range(replications)]


def error_of(terms: tuple[np.ndarray, np.ndarray]) -> float:
    """The standard error of a ratio of sums, by Cochran's formula."""
    top, bottom = terms
    n, ratio = len(top), top.sum() / bottom.sum()
    return float(np.sqrt(((top - ratio * bottom) ** 2).sum() / (n * (n - 1))) / bottom.mean())


def welch(one: float, other: float, degrees: tuple[int, int], level: float = 0.975) -> float:
    variance = one**2 + other**2
    effective = variance**2 / (one**4 / degrees[0] + other**4 / degrees[1])
    return float(stats.t.ppf(level, effective) * np.sqrt(variance))


def test_independent_ratios_are_welchs_by_hand() -> None:
    first, second = costs(1, 30), costs(2, 80, 11.0, 3.0)
    found = difference(observe(COST, first), observe(COST, second), Sampling.INDEPENDENT)
    value = first[0].sum() / first[1].sum() - second[0].sum() / second[1].sum()
    half = welch(error_of(first), error_of(second), (29, 79))
    assert (found.value, found.low, found.high) == pytest.approx((value, value - half, value + half))


def test_equal_samples_are_the_two_sample_t_test_of_scipy() -> None:
    draws = np.random.default_rng(5)
    one, other, ones = draws.normal(3, 1, 25), draws.normal(2, 4, 40), np.ones
    found = difference(
        observe(COST, (one, ones(25))), observe(COST, (other, ones(40))), Sampling.INDEPENDENT, confidence=0.9
    )
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_independent_medians_have_ten_sections_each() -> None:
    samples = [hours(seed, count) for seed, count in ((1, 20), (2, 50))]
    found = difference(*(observe(MEDIAN, Pool.of(each)) for each in samples), Sampling.INDEPENDENT)
    errors, values = [], []
    for each in samples:
        value = float(np.quantile(np.concatenate(each), 0.5, method="inverted_cdf"))
        size = len(each) // 10
        parts = [
            float(np.quantile(np.concatenate(each[place * size : (place + 1) * size]), 0.5, method="inverted_cdf"))
            for place in range(10)
        ]
        errors.append(float(np.sqrt(sum((part - value) ** 2 for part in parts) / 90)))
        values.append(value)
    half = welch(errors[0], errors[1], (9, 9))
    assert found.value == pytest.approx(values[0] - values[1])
    assert found.high - found.value == pytest.approx(half)


def test_paired_ratios_are_those_of_one_run() -> None:
    first, second = costs(1, 30), costs(2, 30)
    found = difference(observe(COST, first), observe(COST, second), Sampling.PAIRED)
    assert found == paired_difference_of_ratios(first, second)


@pytest.mark.parametrize("sampling", [Sampling.IN_PART, Sampling.PAIRED])
def test_where_it_is_not_known_what_is_shared_half_widths_are_added(sampling: Sampling) -> None:
    """Paired replications of which only the estimates were kept are of that kind, too."""
    first, second = (Observed(COST, observe(COST, costs(seed, 30)).estimate) for seed in (1, 2))
    found = difference(first, second, sampling)
    halves = [each.estimate.high - each.estimate.value for each in (first, second)]
    assert found.high - found.value == pytest.approx(sum(halves))
    assert found.value - found.low == pytest.approx(sum(halves))


def test_added_half_widths_hold_whatever_the_correlation() -> None:
    """The paired interval of replications that pull against each other is wider than any independent one."""
    top, kg = costs(1, 30)
    opposite = 20 * kg - top
    paired = difference(observe(COST, (top, kg)), observe(COST, (opposite, kg)), Sampling.PAIRED)
    added = difference(observe(COST, (top, kg)), observe(COST, (opposite, kg)), Sampling.IN_PART)
    alone = difference(observe(COST, (top, kg)), observe(COST, (opposite, kg)), Sampling.INDEPENDENT)
    assert alone.high - alone.low < paired.high - paired.low
    assert added.high - added.low == pytest.approx(paired.high - paired.low)


def test_nothing_is_made_up() -> None:
    short, gone = observe(COST, costs(1, 9)), Observed(COST, Estimate(float("nan"), None, None, 30, "not available"))
    known = observe(COST, costs(2, 30))
    for other in (short, gone):
        for pair in ((known, other), (other, known)):
            found = difference(*pair, Sampling.INDEPENDENT)
            assert (found.low, found.high) == (None, None)
            assert found.method in (short.estimate.method, "not available")
    unresolved = observe(COST, costs(3, 30), resolved=False)
    assert not difference(known, unresolved, Sampling.PAIRED).resolved
    assert not difference(unresolved, known, Sampling.INDEPENDENT).resolved
    certain = observe(COST, (np.full(30, 5.0), np.ones(30)))
    found = difference(certain, certain, Sampling.INDEPENDENT)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    with pytest.raises(ValueError, match="either pooled or a ratio"):
        difference(known, observe(MEDIAN, Pool.of(hours(1, 30))), Sampling.PAIRED)


def best(*columns: Observed, name: str = COST, sampling: Sampling = Sampling.INDEPENDENT) -> str | None:
    found = best_of(name, dict(zip("abcdef", columns, strict=False)), lambda one, other: sampling)
    return None if found is None else found.best


def test_the_best_is_named_only_where_all_others_are_excluded() -> None:
    cheap, dear, like = (observe(COST, costs(seed, 30, mean)) for seed, mean in ((1, 10), (2, 20), (3, 10)))
    assert best(cheap, dear) == best(cheap, dear, dear) == "a"
    assert best(cheap, like, dear) is None
    assert best(cheap, cheap, sampling=Sampling.PAIRED) is None
    assert best(cheap, observe(COST, costs(2, 30, 20), resolved=False)) is None
    assert best(cheap, observe(COST, costs(2, 9, 20))) is None
    assert best(cheap) is None
    assert best(cheap, Observed(COST, Estimate(float("inf"), None, None, 30, "not available"))) is None


def test_on_time_the_highest_is_the_best() -> None:
    ones = np.ones(30)
    draws = np.random.default_rng(4)
    good, bad = (observe(ON_TIME, (draws.uniform(low, low + 0.1, 30), ones)) for low in (0.8, 0.5))
    assert best(bad, good, name=ON_TIME) == "b"


def test_more_columns_ask_for_more() -> None:
    """A difference that is separated for two columns is not for six: one of many nulls would be."""
    one = np.random.default_rng(8).normal(0, 1, 30)
    apart = stats.t.ppf(0.97, 29) * one.std(ddof=1) / 30**0.5
    close, far = np.zeros(30), np.full(30, 50.0)
    first, second = observe(COST, (close, np.ones(30))), observe(COST, (one - one.mean() + apart, np.ones(30)))
    others = [observe(COST, (far + place, np.ones(30))) for place in range(4)]
    assert best(first, second, sampling=Sampling.PAIRED) == "a"
    assert best(first, second, *others, sampling=Sampling.PAIRED) is None
