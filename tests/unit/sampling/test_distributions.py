"""Distributions: moments and both tails against scipy.stats and hand calculations."""

from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from corridor_sim.sampling.distributions import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Pert,
    Triangular,
    TruncatedNormal,
    Uniform,
    Weibull,
)


def lognormal(mean, cv):
    sigma = np.sqrt(np.log1p(cv**2))
    return stats.lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2))


# Our law, scipy's law before truncation, and the limits.
CAPPED = [
    (Lognormal(F(3600), F(3, 10), F(20_000)), lognormal(3600, 0.3), 0, 20_000),
    (Lognormal(F(10), F(1), F(500)), lognormal(10, 1), 0, 500),
    (Lognormal(F(10), F(2), F(12)), lognormal(10, 2), 0, 12),
    (Exponential(F(5), F(60)), stats.expon(scale=5), 0, 60),
    (Exponential(F(5), F(2)), stats.expon(scale=5), 0, 2),
    (Gamma(F(8), F(1, 2), F(40)), stats.gamma(4, scale=2), 0, 40),
    (Gamma(F(8), F(2), F(300)), stats.gamma(0.25, scale=32), 0, 300),
    (Weibull(F(6), F(7, 10), F(200)), stats.weibull_min(0.7, scale=6), 0, 200),
    (Weibull(F(6), F(3, 2), F(20)), stats.weibull_min(1.5, scale=6), 0, 20),
    (TruncatedNormal(F(10), F(3), F(4), F(13)), stats.norm(10, 3), 4, 13),
    (TruncatedNormal(F(10), F(3), F(19), F(25)), stats.norm(10, 3), 19, 25),
    (TruncatedNormal(F(10), F(3), F(-9), F(1)), stats.norm(10, 3), -9, 1),
]
BOUNDED = [
    (Uniform(F(2), F(5)), stats.uniform(2, 3), 2, 5),
    (Triangular(F(2), F(3), F(9)), stats.triang(1 / 7, 2, 7), 2, 9),
    (Triangular(F(2), F(2), F(9)), stats.triang(0, 2, 7), 2, 9),
    (Pert(F(3), F(4), F(8)), stats.beta(1.8, 4.2, 3, 5), 3, 8),
    (Pert(F(3), F(8), F(8)), stats.beta(5, 1, 3, 5), 3, 8),
]
LAWS = CAPPED + BOUNDED


def moment_by_quadrature(law, low, high, order):
    """Integrate x**order over the law conditioned on [low, high], in pieces that shrink to both tails."""
    shares = 10.0 ** -np.arange(1, 13)
    corners = np.clip(np.concatenate([law.ppf(shares), law.isf(shares), [low, high]]), low, high)
    pieces = np.unique(corners)

    def integral(power):
        ends = pairwise(pieces)
        return sum(integrate.quad(lambda x: x**power * law.pdf(x), a, b, epsabs=0)[0] for a, b in ends)

    return integral(order) / integral(0)


@pytest.mark.parametrize(("ours", "scipys", "low", "high"), LAWS)
def test_moments_agree_with_quadrature(ours, scipys, low, high):
    assert float(ours.mean()) == pytest.approx(moment_by_quadrature(scipys, low, high, 1), rel=1e-7)
    assert ours.second_moment() == pytest.approx(moment_by_quadrature(scipys, low, high, 2), rel=1e-7)


@pytest.mark.parametrize(("ours", "scipys", "low", "high"), LAWS)
def test_quantiles_undo_the_conditional_distribution_function(ours, scipys, low, high):
    tail = np.array([1e-12, 1e-6, 0.01, 0.2, 0.5])
    kept = min(scipys.cdf(high) - scipys.cdf(low), scipys.sf(low) - scipys.sf(high), key=abs)
    below = (scipys.cdf(ours.quantile(tail, False)) - scipys.cdf(low)) / kept
    above = (scipys.sf(ours.quantile(tail, True)) - scipys.sf(high)) / kept
    np.testing.assert_allclose(below, tail, rtol=1e-7, atol=1e-11)
    np.testing.assert_allclose(above, tail, rtol=1e-7, atol=1e-11)


@pytest.mark.parametrize(("ours", "scipys"), [(law[0], law[1]) for law in CAPPED if law[3] >= 60 and law[2] == 0])
def test_far_upper_tail_keeps_its_digits(ours, scipys):
    over = scipys.sf(float(ours.max))
    tail = np.array([2.0**-54, 1e-9])
    expected = scipys.isf(over + tail * (1 - over))
    np.testing.assert_allclose(ours.quantile(tail, True), expected, rtol=1e-9)


@pytest.mark.parametrize(("law", "scipys", "low", "high"), LAWS)
def test_quantiles_stay_inside_and_never_fall(law, scipys, low, high):
    tail = np.geomspace(2.0**-54, 0.5, 200)
    rising = np.concatenate([law.quantile(tail, False), law.quantile(tail[::-1], True)])
    slack = 1e-12 * high
    assert np.all(np.diff(rising) >= -slack)
    assert rising[0] >= low - slack and rising[-1] <= high + slack
    assert (law.smallest(), law.largest()) == (low, high)


def test_exact_means():
    assert Constant(F(1, 3)).mean() == F(1, 3)
    assert Uniform(F(1), F(2)).mean() == F(3, 2)
    assert Triangular(F(1), F(2), F(4)).mean() == F(7, 3)
    assert Pert(F(3), F(4), F(8)).mean() == F(27, 6)
    assert Empirical((F(5), F(1)), (F(1), F(3))).mean() == F(2)
    assert Mixture(((F(1), Constant(F(4))), (F(3), Uniform(F(0), F(2))))).mean() == F(7, 4)


def test_second_moments_by_hand():
    assert Constant(F(3)).second_moment() == 9
    assert Empirical((F(5), F(1)), (F(1), F(3))).second_moment() == 7  # (25 + 3 * 1) / 4
    mixture = Mixture(((F(1), Constant(F(4))), (F(3), Uniform(F(0), F(3)))))
    assert mixture.second_moment() == pytest.approx(25 / 4)  # (16 + 3 * 3) / 4


def test_mixture_of_inexact_laws_averages_their_means():
    inexact = Exponential(F(2), F(100))
    mixture = Mixture(((F(1), inexact), (F(1), Constant(F(6)))))
    assert mixture.mean() == pytest.approx(4, rel=1e-9)
    assert (mixture.smallest(), mixture.largest()) == (0, 100)


def test_weibull_of_a_given_mean():
    law = Weibull.of_mean(F(7200), F(3, 2), F(10**6))
    assert law.mean() == pytest.approx(7200, rel=1e-9)


@pytest.mark.parametrize(
    "law",
    [
        Uniform(F(4), F(4)),
        Triangular(F(4), F(4), F(4)),
        Pert(F(4), F(4), F(4)),
        TruncatedNormal(F(9), F(1), F(4), F(4)),
    ],
)
def test_a_range_of_no_width_is_its_one_value(law):
    assert law.mean() == 4
    assert law.second_moment() == 16
    if not isinstance(law, TruncatedNormal):
        assert law.quantile(np.array([0.1, 0.5]), True).tolist() == [4, 4]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Uniform(F(2), F(1)), "low, high must not fall, but are 2, 1"),
        (lambda: Triangular(F(1), F(5), F(4)), "low, mode, high must not fall"),
        (lambda: Pert(F(2), F(1), F(4)), "low, mode, high must not fall"),
        (lambda: TruncatedNormal(F(1), F(0), F(0), F(2)), "sd 0 is not above 0"),
        (lambda: TruncatedNormal(F(1), F(1), F(3), F(2)), "low, high must not fall"),
        (lambda: TruncatedNormal(F(1), F(1), F(50), F(60)), "keep practically nothing"),
        (lambda: Lognormal(F(-1), F(1), F(2)), "mean -1 is not above 0"),
        (lambda: Lognormal(F(1), F(-1, 2), F(2)), "cv -0.5 is not above 0; without spread use a constant"),
        (lambda: Lognormal(F(1), F(1), F(0)), "max 0 is not above 0"),
        (lambda: Gamma(F(1), F(0), F(2)), "use a constant"),
        (lambda: Gamma(F(100), F(1, 10), F(1)).mean(), "keep practically nothing"),
        (lambda: Weibull(F(1), F(0), F(2)), "shape 0 is not above 0"),
        (lambda: Weibull.of_mean(F(1), F(-1), F(2)), "shape -1 is not above 0"),
        (lambda: Exponential(F(0), F(2)), "mean 0 is not above 0"),
        (lambda: Exponential(F(1), F(-2)), "max -2 is not above 0"),
        (lambda: Empirical((), ()), "give one weight for each"),
        (lambda: Empirical((F(1), F(2)), (F(1),)), "2 values with 1 weights"),
        (lambda: Empirical((F(1),), (F(0),)), "weight 0 is not above 0"),
        (lambda: Mixture(()), "at least one part"),
        (lambda: Mixture(((F(-1), Constant(F(1))),)), "weight -1 is not above 0"),
        (lambda: Mixture(((F(1), Mixture(((F(1), Constant(F(1))),))),)), "cannot be a mixture"),
    ],
)
def test_impossible_parameters(build, message):
    with pytest.raises(ValueError, match=message):
        build()
