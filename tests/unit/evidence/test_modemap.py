"""The cheapest way over two axes, against a hyperbola by hand."""

from __future__ import annotations

import numpy as np
import pytest

from corridor_sim.evidence.modemap import between, cheapest

VALUES, RATES = np.array([1.0, 2.0, 5.0, 10.0]), np.array([0.01, 0.04, 0.2])
REPS = 12


def costs(price: float, days: float, noise: float) -> np.ndarray:
    """Return price + value x rate x days by replication and place; noise goes up and down by replication."""
    wave = noise * np.where(np.arange(REPS) % 2, 1.0, -1.0)
    return price + wave[:, None, None] + days * VALUES[None, :, None] * RATES[None, None, :]


def test_the_boundary_is_a_hyperbola() -> None:
    # fast: 3 CNY and 1 day; slow: 1 CNY and 6 days; equal where value x rate x 5 days = 2 CNY
    tops = np.stack([costs(3, 1, 0.0), costs(1, 6, 0.0)])
    found = cheapest(tops, np.ones((2, REPS)))
    assert (found.best == np.where(np.outer(VALUES, RATES) * 5 < 2, 1, 0)).all()
    assert found.cost[0, 3, 2] == pytest.approx(3 + 10 * 0.2)


def test_near_the_boundary_the_two_are_not_separated_and_common_noise_does_not_matter() -> None:
    bottoms = np.ones((2, REPS))
    common = np.stack([costs(3, 1, 5.0), costs(1, 6, 5.0)])
    assert cheapest(common, bottoms).separated[np.outer(VALUES, RATES) * 5 != 2].all()
    opposite = np.stack([costs(3, 1, 1.0), costs(1, 6, -1.0)])
    # differences vary by +-2: half-width t(11) 2 / sqrt(11), 2.201 x 0.603 = 1.327
    gap = np.abs(2 - np.outer(VALUES, RATES) * 5)
    assert (cheapest(opposite, bottoms).separated == (gap > 1.327)).all()


def test_of_three_ways_intervals_are_wider_and_all_have_to_be_beaten() -> None:
    bottoms = np.ones((3, REPS))
    tops = np.stack([costs(1, 0, 0.0), costs(1 + 1.4, 0, 2.0), costs(9, 0, 0.0)])
    # one other way: 1.327 < 1.4; two of them at 97.5 % each: t(11) 2.593 x 0.603 = 1.564 > 1.4
    assert cheapest(tops[:2], bottoms[:2]).separated.all()
    assert not cheapest(tops, bottoms).separated.any()


def test_too_few_replications_separate_nothing() -> None:
    tops = np.stack([costs(1, 0, 0.0), costs(9, 0, 0.0)])[:, :9]
    assert not cheapest(tops, np.ones((2, 9))).separated.any()


def test_what_is_straight_along_both_axes_comes_out_exactly() -> None:
    def surface(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 2 + 3 * x[:, None] - y[None, :] + 0.5 * np.outer(x, y)

    knots = ([1.0, 100.0], [0.1, 7.0])
    known = surface(np.array(knots[0]), np.array(knots[1]))[None]
    x, y = np.array([1.0, 3.0, 50.0, 100.0]), np.array([0.1, 2.0, 7.0])
    assert between(knots, known, x, y)[0] == pytest.approx(surface(x, y))
