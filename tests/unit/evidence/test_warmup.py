"""MSER on series whose transient is known."""

from __future__ import annotations

import numpy as np
import pytest

from corridor_sim.evidence.warmup import LEAST_BATCHES, mser


def test_the_statistic_is_the_squared_standard_error_of_what_is_left() -> None:
    found = mser([9.0] + [1, 2] * 10)
    # twenty values of 1 and 2 about 1.5: sum of squares 20 / 4, divided by 20 squared
    assert found.statistic[1] == pytest.approx(5 / 400)
    assert (found.removed, found.batches, found.too_late) == (1, 21, False)


def test_nothing_is_removed_where_nothing_changes() -> None:
    assert mser([3.0] * LEAST_BATCHES).removed == 0


def test_an_exponential_transient_goes_when_it_is_lost_in_the_noise() -> None:
    """AR(1) from 50 above its mean with coefficient 0.8: the expected distance at step k is 50 x 0.8^k."""
    rng = np.random.default_rng(4)
    weeks, replications, coefficient = 150, 40, 0.8
    state = np.full(replications, 50.0)
    means = []
    for _ in range(weeks):
        state = coefficient * state + rng.normal(size=replications)
        means.append(state.mean())
    removed = mser(means).removed
    # the mean of 40 series has a stationary deviation of 1 / sqrt(1 - 0.64) / sqrt(40) = 0.26; the transient is 5 times
    # that after 16 steps and a tenth of it after 34
    assert 50 * coefficient**removed < 5 * 0.26
    assert removed <= 34


def test_an_empty_m_m_1_queue_fills_before_it_is_steady() -> None:
    """Lindley's recursion at rho 0.9 from empty: relaxation time about 1 / (1 - sqrt(rho))^2 = 380 services."""
    rng = np.random.default_rng(7)
    customers, batch, replications, rho = 20_000, 200, 100, 0.9
    wait, waits = np.zeros(replications), []
    for _ in range(customers):
        waits.append(wait.mean())
        wait = np.maximum(wait + rng.exponential(rho, replications) - rng.exponential(1.0, replications), 0)
    means = np.array(waits).reshape(-1, batch).mean(axis=1)
    found = mser(means)
    steady = rho**2 / (1 - rho)
    assert means[0] < 0.75 * steady
    assert found.removed >= 2 and not found.too_late
    assert means[found.removed :].mean() == pytest.approx(steady, rel=0.05)


def test_a_series_that_never_settles_or_too_late_is_told() -> None:
    assert mser(np.arange(40.0) ** 2).too_late
    late = np.where(np.arange(40) < 25, 9.0, np.arange(40) % 2)
    assert mser(late).too_late
    early = np.where(np.arange(40) < 15, 9.0, np.arange(40) % 2)
    assert (mser(early).removed, mser(early).too_late) == (15, False)


@pytest.mark.parametrize(("series", "said"), [([1.0] * 19, "at least 20"), ([1.0] * 20 + [np.inf], "finite")])
def test_too_short_or_unfinished_series_are_refused(series: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mser(series)
