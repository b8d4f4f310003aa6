"""Where a "can" claim holds, and cells one by one with Holm's test."""

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.cells import Cell, explored, holding
from corridor_sim.evidence.intervals import Estimate, paired_relative_saving, t_quantile

WORLDS, CELLS, SEASONS = 1000, 10, 40


def estimate(value: float, error: float, n: int = 30, resolved: bool = True) -> Estimate:
    half = t_quantile(n - 1) * error
    return Estimate(value, value - half, value + half, n, "t", resolved)


def test_shares_by_hand():
    # two points of the inputs' ranges: at the first A and B hold, at the second A alone
    cells = [
        Cell("A", 10, 1, np.array([0.06, 0.07])),
        Cell("B", 30, 1, np.array([0.05, 0.04])),
        Cell("C", 60, 2, np.array([0.00, 0.049])),
    ]
    found = holding(cells, 0.05)
    assert found.by_teu.value == pytest.approx((0.4 + 0.1) / 2)
    assert found.by_value.value == pytest.approx((0.5 + 0.25) / 2)
    assert found.by_cells.value == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert found.chance == {"A": 1.0, "B": 0.5, "C": 0.0}
    assert 0.1 <= found.by_teu.low < found.by_teu.high <= 0.4


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([], "no cells"),
        ([Cell("A", 1, 1, np.ones(2)), Cell("B", 1, 1, np.ones(3))], "same points"),
        ([Cell("A", -1, 1, np.ones(2))], "TEU"),
        ([Cell("A", 1, 0, np.ones(2))], "value"),
    ],
)
def test_cells_that_cannot_be_weighed(cells, says):
    with pytest.raises(ValueError, match=says):
        holding(cells, 0.05)


def test_holm_by_hand():
    """p-values 0.01, 0.02, 0.03, 0.005 at 5 %: 0.005 <= 1/80, 0.01 <= 1/60, then 0.02 <= 1/40 and 0.03 <= 1/20."""
    wanted = {"a": 0.01, "b": 0.02, "c": 0.03, "d": 0.005}
    figures = {name: estimate(0.05 + stats.t.isf(p / 2, 29) * 0.01, 0.01) for name, p in wanted.items()}
    found = explored(figures, 0.05)
    assert list(found) == list("abcd")
    assert {name: each.p_value for name, each in found.items()} == pytest.approx(wanted)
    adjusted = {"d": 4 * 0.005, "a": 3 * 0.01, "b": 2 * 0.02, "c": 0.04}
    assert {name: each.adjusted_p_value for name, each in found.items()} == pytest.approx(adjusted)
    assert all(each.above for each in found.values())
    assert found["d"].estimate.low == pytest.approx(figures["d"].value - stats.t.isf(0.05 / 4 / 2, 29) * 0.01)


def test_after_the_first_that_does_not_hold_none_does():
    """p-values 0.01, 0.03, 0.04, 0.045: 0.01 <= 1/80, but 0.03 > 1/60."""
    wanted = {"a": 0.01, "b": 0.03, "c": 0.04, "d": 0.045}
    figures = {name: estimate(0.05 - stats.t.isf(p / 2, 29) * 0.01, 0.01) for name, p in wanted.items()}
    found = explored(figures, 0.05)
    assert [each.below for each in found.values()] == [True, False, False, False]
    # an interval excludes the bound exactly where the test does
    assert [each.estimate.high < 0.05 for each in found.values()] == [True, False, False, False]


def test_cells_without_interval_or_not_resolved_are_never_decided():
    found = explored({"a": Estimate(0.5, None, None, 5, "too few"), "b": estimate(0.5, 0.01, resolved=False)}, 0.05)
    assert not any(each.above or each.below for each in found.values())
    assert found["b"].adjusted_p_value < 1e-6


def test_all_decisions_together_err_in_one_of_twenty_worlds():
    """All cells save exactly the bound; the baseline's noise is common to them."""
    draws = np.random.default_rng(3)
    ones, wrong = np.ones(SEASONS), 0
    for _ in range(WORLDS):
        theirs = 100 * np.exp(0.05 * draws.normal(size=SEASONS))
        ours = 95 * np.exp(0.05 * draws.normal(size=(CELLS, SEASONS)))
        figures = {str(cell): paired_relative_saving((row, ones), (theirs, ones)) for cell, row in enumerate(ours)}
        wrong += any(each.above or each.below for each in explored(figures, 0.05).values())
    # at most 5 %, with a standard error of 0.7 %
    assert wrong / WORLDS < 0.065
