"""Waterfalls: sums that are exact to the cent, Shapley values known in closed form, groups that go together."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.evidence.intervals import paired_difference_of_ratios, weighted_sum_of_ratios
from corridor_sim.evidence.waterfall import (
    Side,
    Subset,
    difference,
    joined_groups,
    shapley_weights,
    subsets_of,
    where,
    whole_cents,
    why,
)

BOTH = frozenset({0, 1})


def played(**values: int) -> dict[Subset, list[int]]:
    """Values of subsets of two groups, "none", "a", "b" and "ab", in one replication."""
    return {subset: [values[name]] for name, subset in zip(("none", "a", "b", "ab"), subsets_of(2), strict=True)}


def cents(values: dict[Subset, list[int]], groups: int) -> list[int]:
    return [bar.cents for bar in why(values, {}, groups)]


def test_groups_that_add_up_are_worth_what_each_does_alone() -> None:
    assert cents(played(none=1000, a=1000 + 70, b=1000 - 30, ab=1000 + 70 - 30), 2) == [70, -30]


def test_what_two_groups_do_only_together_is_divided_evenly() -> None:
    assert cents(played(none=1000, a=1000, b=1000, ab=1080), 2) == [40, 40]
    assert cents(played(none=0, a=10, b=4, ab=10 + 4 + 6), 2) == [10 + 3, 4 + 3]


def test_an_odd_cent_goes_to_the_first_of_equal_groups() -> None:
    assert cents(played(none=0, a=0, b=0, ab=-7), 2) == [-3, -4]
    assert cents(played(none=0, a=0, b=0, ab=7), 2) == [4, 3]


def test_gloves_of_which_a_pair_is_worth_something() -> None:
    """One left glove and two right ones (Shapley 1953): the left one is worth two thirds, each right one a sixth."""
    pairs = {subset: [600 if 0 in subset and len(subset) > 1 else 0] for subset in subsets_of(3)}
    assert cents(pairs, 3) == [400, 100, 100]


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(-999, 999), min_size=2**n))))
def test_shapley_values_sum_to_the_difference_and_none_is_a_cent_off(drawn: tuple[int, list[int]]) -> None:
    groups, numbers = drawn
    values = {subset: [number] for subset, number in zip(subsets_of(groups), numbers, strict=False)}
    whole = values[frozenset(range(groups))][0] - values[frozenset()][0]
    exact = [
        sum((weight * values[subset][0] for subset, weight in shapley_weights(groups, group).items()), Fraction(0))
        for group in range(groups)
    ]
    assert sum(exact) == whole
    found = cents(values, groups)
    assert sum(found) == whole
    assert all(abs(one - share) < 1 for one, share in zip(found, exact, strict=True))


def test_cents_left_go_to_the_largest_remainders() -> None:
    assert whole_cents([Fraction(1, 4), Fraction(3, 4), Fraction(2)]) == [0, 1, 2]
    assert whole_cents([Fraction(-1, 3), Fraction(-1, 3), Fraction(-1, 3)]) == [0, 0, -1]
    assert whole_cents([]) == []


def side(*reps: dict[str, int], tonnes: float = 2.0) -> Side:
    return Side(reps, {"tonne": [tonnes] * len(reps)})


def test_where_has_a_bar_for_each_place_that_differs_and_they_sum_to_the_difference() -> None:
    road = side({"road": 500, "gate": 70}, {"road": 510, "gate": 70})
    rail = side({"rail": 300, "gate": 70, "lift": 90}, {"rail": 300, "gate": 70, "lift": 95})
    bars = where(road, rail)
    assert {bar.key: bar.cents for bar in bars} == {"road": -1010, "rail": 600, "lift": 185}
    assert sum(bar.cents for bar in bars) == difference(road, rail, lambda _: True).cents == 1365 - 1590 + 0
    assert {bar.key: bar.per["tonne"].value for bar in bars} == {"road": -2.525, "rail": 1.5, "lift": 0.4625}
    assert difference(road, rail, lambda key: key == "lift").cents == 185


def test_equal_cents_for_unlike_amounts_of_cargo_are_a_difference_per_tonne() -> None:
    (bar,) = where(side({"gate": 400}), side({"gate": 400}, tonnes=4.0))
    assert bar.cents == 0
    assert bar.per["tonne"].value == pytest.approx(1.0 - 2.0)


def test_the_interval_of_two_weighted_ratios_is_that_of_their_difference() -> None:
    above, below, kg = [3.0, 5.0, 4.0] * 4, [2.0, 2.5, 4.0] * 4, [1.0, 1.1, 0.9] * 4
    ours = weighted_sum_of_ratios([(1.0, above, kg), (-1.0, below, kg)])
    known = paired_difference_of_ratios((above, kg), (below, kg))
    assert (ours.value, ours.low, ours.high) == pytest.approx((known.value, known.low, known.high))
    half = weighted_sum_of_ratios([(0.5, above, kg), (-0.5, below, kg)])
    assert known.low is not None
    assert (half.value, half.low) == pytest.approx((known.value / 2, known.low / 2))


def test_weighted_ratios_must_be_paired() -> None:
    with pytest.raises(ValueError, match="equally many"):
        weighted_sum_of_ratios([(1.0, [1.0, 2.0], [1.0, 1.0]), (1.0, [1.0], [1.0])])


@pytest.mark.parametrize(
    ("impossible", "joined"),
    [
        ([], [[0], [1], [2]]),
        ([{0}], [[0, 1], [2]]),  # no telling which of the two it needs: the first
        ([{1}, {1, 2}], [[0, 1], [2]]),  # 1 needs 0, whatever 2 does
        ([{2}, {0, 2}], [[0], [1, 2]]),
        ([{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}], [[0, 1, 2]]),
    ],
)
def test_groups_that_cannot_be_had_apart_are_joined(impossible: list[set[int]], joined: list[list[int]]) -> None:
    assert joined_groups(3, [frozenset(each) for each in impossible]) == joined
