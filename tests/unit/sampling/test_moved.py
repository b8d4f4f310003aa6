"""Laws whose mean is in doubt: the mean is exactly the wanted one, and no draw leaves what law and range allow."""

from fractions import Fraction as F

import numpy as np
import pytest
from scipy import stats

from corridor_sim.sampling.distributions import (
    Constant,
    Distribution,
    Empirical,
    Gamma,
    Mixture,
    Pert,
    Triangular,
    Uniform,
)
from corridor_sim.sampling.moved import Moved, with_mean
from corridor_sim.sampling.tables import build_sampler, digest, sample_amounts

PERT = Pert(F(1800), F(3600), F(14400))
BARGE = Mixture(((F(85), Triangular(F(100), F(110), F(130))), (F(15), Constant(F(200)))))
LAWS = [PERT, BARGE, Uniform(F(0), F(1)), Empirical((F(2), F(5), F(9)), (F(1), F(2), F(1)))]
UNIFORMS = np.linspace(0, 2**53 - 1, 4001).astype(np.int64)


def test_the_way_to_the_end_by_hand() -> None:
    """PERT(1800, 3600, 14400) has the mean 5100; a third of the way from there to 16200 the mean is 8800."""
    moved = with_mean(PERT, F(8800), F(1800), F(16200))
    assert moved == Moved(PERT, F(16200), F(1, 3))
    assert (moved.mean(), moved.smallest(), moved.largest()) == (8800, 6600, 15000)
    assert with_mean(PERT, F(5100), F(1800), F(16200)) is PERT


def test_downwards_by_hand() -> None:
    """Half the way from the mean 0.5 of a uniform law down to 0: everything is halved, and so is the spread."""
    moved = with_mean(Uniform(F(0), F(1)), F(1, 4), F(0), F(9, 10))
    assert (moved.mean(), moved.smallest(), moved.largest()) == (F(1, 4), 0, F(1, 2))
    assert moved.second_moment() == pytest.approx(1 / 12)


def test_a_constant_becomes_its_mean_and_a_law_at_the_very_end_a_constant() -> None:
    assert with_mean(Constant(F(5)), F(7), F(5), F(9)) == Constant(F(7))
    assert with_mean(PERT, F(16200), F(1800), F(16200)) == Constant(F(16200))
    with pytest.raises(ValueError, match="out of range"):
        with_mean(PERT, F(20000), F(1800), F(16200))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
@pytest.mark.parametrize("share", [F(1, 100), F(2, 5), F(99, 100)])
@pytest.mark.parametrize("up", [False, True])
def test_means_are_exact_and_draws_stay_inside(law: Distribution, share: F, up: bool) -> None:
    low, high = law.smallest() / 2, law.largest() * 2
    end = high if up else low
    mean = F(law.mean())
    wanted = mean + share * (end - mean)
    moved = with_mean(law, wanted, low, high)
    assert moved.mean() == wanted
    sampler = build_sampler(moved)
    assert sampler.mean == wanted
    drawn = sample_amounts(sampler, UNIFORMS, UNIFORMS[::-1].copy()) / sampler.one
    assert float(low) <= drawn.min() <= drawn.max() <= float(high)
    assert drawn.min() >= float(moved.smallest()) - 1e-6
    assert drawn.max() <= float(moved.largest()) + 1e-6


@pytest.mark.parametrize(("low", "wanted", "high"), [(1800, 3000, 14400), (600, 8800, 16200), (1800, 5101, 10**9)])
def test_a_moved_table_against_scipys_quantiles(low: int, wanted: int, high: int) -> None:
    moved = with_mean(PERT, F(wanted), F(low), F(high))
    sampler = build_sampler(moved)
    shape = 1 + 4 * (3600 - 1800) / (14400 - 1800)
    inner = UNIFORMS[1:-1]
    quantiles = stats.beta(shape, 6 - shape, 1800, 12600).ppf((inner + 0.5) / 2**53)
    end, weight = float(moved.end), float(moved.weight)
    drawn = sample_amounts(sampler, inner, inner) / sampler.one
    np.testing.assert_allclose(drawn, quantiles + weight * (end - quantiles), rtol=2e-5)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
@pytest.mark.parametrize("wanted", [F(1, 3), F(2, 3)])
def test_a_moved_table_goes_on_rising(law: Distribution, wanted: F) -> None:
    low, high = law.smallest(), law.largest()
    knots = build_sampler(with_mean(law, low + (high - low) * wanted, low, high)).knots
    assert (np.diff(knots[:, 0]) >= 0).all()
    assert (np.diff(knots[:, 1]) <= 0).all()


def test_a_mean_that_is_no_exact_number_is_moved_from_the_rounded_one() -> None:
    gamma = Gamma(F(400), F(4, 5), F(2000))
    moved = with_mean(gamma, F(700), F(100), F(2000))
    assert moved.mean() == 700
    assert build_sampler(moved) is build_sampler(with_mean(gamma, F(700), F(100), F(2000)))
    assert digest(build_sampler(moved)) != digest(build_sampler(with_mean(gamma, F(701), F(100), F(2000))))
