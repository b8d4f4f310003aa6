"""Several alternatives at once: what is excluded as best is not the best, as often as is said."""

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.ranking import rank

WORLDS, SEASONS = 1000, 20
ONES = np.ones(SEASONS)


def table(means, seed, spread=1.0, common=5.0):
    """Return costs [alternatives, seasons] on common draws."""
    draws = np.random.default_rng(seed)
    shape = (len(means), SEASONS)
    return np.array(means)[:, None] + common * draws.normal(size=SEASONS) + spread * draws.normal(size=shape)


def ranked(costs, **more):
    return rank({str(place): (row, ONES) for place, row in enumerate(costs)}, **more)


def test_two_alternatives_are_a_one_sided_paired_t_test():
    costs = table([10, 10.5], 1)
    difference = costs[1] - costs[0]
    half = stats.t.ppf(0.95, SEASONS - 1) * difference.std(ddof=1) / SEASONS**0.5
    found = {each.name: each for each in ranked(costs).ranks}
    assert found["1"].worse_by.value == pytest.approx(difference.mean())
    assert found["1"].worse_by.high == pytest.approx(max(0, difference.mean() + half))
    assert found["0"].worse_by.low == pytest.approx(min(0, -difference.mean() - half))
    assert found["1"].may_be_best == (difference.mean() - half <= 0)


def test_four_alternatives_by_hand():
    """Means apart by far more than their noise: the ends are differences to the best of the others, +- half-widths."""
    costs = table([10, 20, 40, 80], 2, spread=0.1)
    found = ranked(costs)
    assert (found.best, found.candidates) == ("0", ("0",))
    assert [each.name for each in found.ranks] == ["0", "1", "2", "3"]
    third = found.ranks[2]
    apart = costs[2] - costs[0]
    half = stats.t.ppf(1 - 0.05 / 3, SEASONS - 1) * apart.std(ddof=1) / SEASONS**0.5
    assert (third.worse_by.low, third.worse_by.high) == pytest.approx((0, apart.mean() + half))
    assert third.worse_by.value == pytest.approx(apart.mean())
    assert found.ranks[0].worse_by.high == 0


def test_alternatives_that_are_alike_all_remain():
    found = ranked(table([10, 10, 10, 99], 3))
    assert found.best is None
    assert set(found.candidates) == {"0", "1", "2"}


@pytest.mark.parametrize("means", [[10, 10.2, 10.4, 10.6, 12], [10] * 5, [10, 10.5]])
def test_the_best_is_excluded_in_at_most_one_of_twenty_worlds(means):
    excluded = missed = 0
    for world in range(WORLDS):
        found = ranked(table(means, 1000 + world))
        excluded += "0" not in found.candidates
        for each in found.ranks:
            others = [mean for place, mean in enumerate(means) if str(place) != each.name]
            truth = means[int(each.name)] - min(others)
            if not each.worse_by.low <= truth <= each.worse_by.high:
                missed += 1
                break
    # 5 % with a standard error of 0.7 %
    assert excluded / WORLDS < 0.065
    assert missed / WORLDS < 0.065


def test_common_draws_are_used():
    """The season's noise is a hundred times that of the difference."""
    assert ranked(table([10, 10.5], 4, spread=0.1, common=10)).best == "0"


def test_costs_are_ratios_of_sums():
    boxes = np.arange(1, SEASONS + 1)
    found = rank({"a": (boxes * 10.0, boxes), "b": (boxes * 10.0 + np.arange(SEASONS) % 2, boxes)})
    assert found.ranks[1].worse_by.value == pytest.approx(SEASONS / 2 / boxes.sum())


def test_too_few_replications_or_rare_storms_exclude_no_one():
    costs = table([10, 99], 5)
    assert ranked(costs, resolved=False).candidates == ("0", "1")
    assert not ranked(costs, resolved=False).ranks[0].worse_by.resolved
    few = rank({"a": (costs[0][:5], ONES[:5]), "b": (costs[1][:5], ONES[:5])})
    assert few.candidates == ("a", "b")
    assert few.ranks[0].worse_by.high is None


def test_good_enough_within_a_zone_of_indifference():
    found = {each.name: each for each in ranked(table([10, 10.1, 20], 6, spread=0.1)).ranks}
    assert found["1"].good_enough(1.0)
    assert not found["2"].good_enough(1.0)


def test_one_alternative_is_no_ranking():
    with pytest.raises(ValueError, match="two alternatives"):
        rank({"a": (ONES, ONES)})
