"""Tables: integer draws against the laws they stand for."""

from fractions import Fraction as F

import numpy as np
import pytest
from scipy import stats

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
from corridor_sim.sampling.streams import name_word, stream_key, uniforms
from corridor_sim.sampling.tables import (
    build_sampler,
    choose,
    cumulative_weights,
    digest,
    sample_amounts,
    sample_ticks,
    to_whole,
)

LAST = 2**53 - 1


def lognormal(mean, cv):
    sigma = np.sqrt(np.log1p(cv**2))
    return stats.lognorm(sigma, scale=mean * np.exp(-(sigma**2) / 2))


# The limits lie so far out that truncation matters to no printed digit: scipy's moments are the truth.
WIDE = [
    (Lognormal(F(3600), F(3, 10), F(10**6)), lognormal(3600, 0.3)),
    (Lognormal(F(3600), F(1), F(10**8)), lognormal(3600, 1)),
    (Lognormal(F(36), F(2), F(10**9)), lognormal(36, 2)),
    (Exponential(F(3600), F(10**6)), stats.expon(scale=3600)),
    (Gamma(F(3600), F(1, 2), F(10**6)), stats.gamma(4, scale=900)),
    (Gamma(F(3600), F(2), F(10**6)), stats.gamma(0.25, scale=14400)),
    (Weibull(F(3600), F(7, 10), F(10**7)), stats.weibull_min(0.7, scale=3600)),
    (Weibull(F(3600), F(3, 2), F(10**6)), stats.weibull_min(1.5, scale=3600)),
    (Pert(F(3), F(4), F(8)), stats.beta(1.8, 4.2, 3, 5)),
    (Triangular(F(3), F(4), F(8)), stats.triang(0.2, 3, 5)),
    (TruncatedNormal(F(10), F(3), F(4), F(13)), stats.truncnorm(-2, 1, 10, 3)),
]


def exact_moments(knots, one):
    """Integrate one table's piecewise linear quantile function; each cell exactly."""
    octaves, cells = 52, 64
    u = np.array([2.0**octave * (1 + cell / cells) for octave in range(octaves) for cell in range(cells)])
    share = np.diff(np.append(u, 2.0**octaves)) / 2.0**53
    share = share / (2 * share.sum())
    start, end = knots[:, :-2] / one, knots[:, 1:-1] / one
    return np.sum(share * (start + end) / 2), np.sum(share * (start**2 + start * end + end**2) / 3)


@pytest.mark.parametrize(("ours", "truth"), WIDE)
def test_table_keeps_mean_square_and_tail(ours, truth):
    sampler = build_sampler(ours)
    mean, square = exact_moments(sampler.knots[0], sampler.one)
    assert mean == pytest.approx(truth.mean(), rel=1e-4)
    assert square == pytest.approx(truth.var() + truth.mean() ** 2, rel=1e-3)
    assert float(sampler.mean) == pytest.approx(truth.mean(), rel=1e-6)
    k = np.array([round(0.999 * 2**53), round(0.001 * 2**53)])
    drawn = sample_amounts(sampler, k, 0) / sampler.one
    np.testing.assert_allclose(drawn, truth.ppf([0.999, 0.001]), rtol=1e-3, atol=1 / sampler.one)


@pytest.mark.parametrize(("ours", "truth"), WIDE)
def test_draws_are_the_quantiles_of_the_open_uniform(ours, truth):
    edges = [0, 1, 2, 5, 63, 64, 65, 2**26 - 1, 2**26, 2**27 + 12345, 2**40 - 1, 2**51 + 1, 2**52 - 1]
    k = np.array([*edges, 3 * 2**51 // 5, 2**52 * 9 // 10])
    tail = (k + 0.5) / 2.0**53
    sampler = build_sampler(ours)
    grid = 2 / sampler.one
    low, high = (sample_amounts(sampler, side, 0) / sampler.one for side in (k, LAST - k))
    np.testing.assert_allclose(low, truth.ppf(tail), rtol=3e-4, atol=grid)
    np.testing.assert_allclose(high, truth.isf(tail), rtol=3e-4, atol=grid)


def test_mixture_keeps_mean_square_and_tail():
    slow, fast = Lognormal(F(7200), F(1), F(10**8)), Exponential(F(600), F(10**6))
    sampler = build_sampler(Mixture(((F(1), slow), (F(3), fast))))
    moments = np.array([exact_moments(knots, sampler.one) for knots in sampler.knots])
    mean, square = np.array([1, 3]) @ moments / 4
    assert mean == pytest.approx((7200 + 3 * 600) / 4, rel=1e-4)
    assert square == pytest.approx((2 * 7200**2 + 3 * 2 * 600**2) / 4, rel=1e-3)
    assert sampler.part_upto.tolist() == [2**51, 2**53]
    k = np.array([round(0.999 * 2**53)])
    assert sample_amounts(sampler, k, 2**51 - 1)[0] / sampler.one == pytest.approx(
        lognormal(7200, 1).ppf(0.999), rel=1e-3
    )
    assert sample_amounts(sampler, k, 2**51)[0] / sampler.one == pytest.approx(600 * np.log(1000), rel=1e-3)


@pytest.mark.parametrize(("ours", "truth"), WIDE)
def test_larger_uniforms_never_draw_less(ours, truth):
    sampler = build_sampler(ours)
    steps = np.unique(np.geomspace(1, 2**52, 5000).astype(np.int64)) - 1
    drawn = sample_amounts(sampler, np.concatenate([steps, LAST - steps[::-1]]), 0)
    assert np.all(np.diff(drawn) >= 0)
    assert drawn[-1] <= ours.largest() * sampler.one


def test_truncation_conditions_and_does_not_clip():
    sampler = build_sampler(Exponential(F(3600), F(3600)))
    k1, k2 = uniforms(stream_key(1, "a/b"), 0, name_word("x"), np.arange(20_000), 0)
    ticks = sample_ticks(sampler, k1, k2)
    assert ticks.max() <= 3600
    # P(x > 3595 | x <= 3600) = (exp(-3595/3600) - exp(-1)) / (1 - exp(-1)) = 0.0008; clipping gives 0.37.
    assert (ticks > 3595).mean() < 0.003
    # Mean of the law given x <= mean: m (1 - 1 / (e - 1)).
    assert float(sampler.mean) == pytest.approx(3600 * (1 - 1 / (np.e - 1)), rel=1e-6)


@pytest.mark.parametrize(
    ("ours", "truth"), [WIDE[1], WIDE[6], (Pert(F(3000), F(4000), F(8000)), stats.beta(1.8, 4.2, 3000, 5000))]
)
def test_drawn_ticks_follow_the_law(ours, truth):
    k1, k2 = uniforms(stream_key(7, "gate/duration"), np.arange(4)[:, None], name_word("x"), np.arange(5000), 0)
    ticks = sample_ticks(build_sampler(ours), k1, k2).ravel()
    # A tick stands for the second around it, so it is spread evenly over that second before the test.
    spread = ticks + uniforms(stream_key(7, "spread"), 0, 0, np.arange(ticks.size), 0)[0] / 2.0**53 - 0.5
    assert stats.kstest(spread, truth.cdf).pvalue > 0.001


def test_empirical_draws_its_values_in_proportion():
    sampler = build_sampler(Empirical((F(9), F(2), F(5, 2)), (F(1), F(2), F(1))))
    k2 = np.array([0, 2**52 - 1, 2**52, 2**52 + 2**51 - 1, 2**52 + 2**51, LAST])
    assert (sample_amounts(sampler, 0, k2) / sampler.one).tolist() == [2, 2, 2.5, 2.5, 9, 9]
    assert sampler.knots.size == 0
    assert (sampler.mean, sampler.largest) == (F(31, 8), 9)


def test_mixture_may_hold_constants_and_measured_values():
    parts = (
        (F(2), Empirical((F(3), F(1)), (F(1), F(1)))),
        (F(1), Constant(F(7))),
        (F(1), Uniform(F(10), F(20))),
    )
    sampler = build_sampler(Mixture(parts))
    k2 = np.array([0, 2**51, 2**52, 2**52 + 2**51])
    assert np.rint(sample_amounts(sampler, 2**52, k2) / sampler.one).tolist() == [1, 3, 7, 15]
    assert len(sampler.knots) == 1


def test_a_law_of_no_width_is_a_constant():
    sampler = build_sampler(Pert(F(60), F(60), F(60)))
    assert sampler.knots.size == 0
    assert sample_ticks(sampler, np.array([0, LAST]), 0).tolist() == [60, 60]


@pytest.mark.parametrize(
    ("seconds", "ticks"),
    [
        (F(5, 2), 2),
        (F(7, 2), 4),
        (F(1, 10), 1),
        (F(0), 1),
        (F(10**12 + 1, 2 * 10**12), 1),
        (F(1999, 2), 1000),
    ],
)
@pytest.mark.parametrize("noise", [True, False])
def test_constant_durations_round_half_to_even_once(seconds, ticks, noise):
    assert sample_ticks(build_sampler(Constant(seconds)), 5, 5, noise).tolist() == ticks


@pytest.mark.parametrize("tiny", [F(1, 10**15), F(-1, 10**15)])
def test_a_value_next_to_a_tie_is_not_rounded_twice(tiny):
    nearest = 3 if tiny > 0 else 2
    assert sample_ticks(build_sampler(Constant(F(5, 2) + tiny)), 0, 0) == nearest


def test_noise_off_is_the_rounded_mean():
    k = np.arange(3)
    assert sample_ticks(build_sampler(Pert(F(3), F(4), F(8))), k, k, noise=False).tolist() == [4, 4, 4]  # 4.5
    assert sample_ticks(build_sampler(Uniform(F(3), F(4))), k, k, noise=False).tolist() == [4, 4, 4]  # 3.5
    sampler = build_sampler(Gamma(F(7200), F(1, 2), F(10**6)))
    assert sample_ticks(sampler, 1, 1, noise=False) == 7200
    shares = build_sampler(Triangular(F(4, 10), F(7, 10), F(1)))
    assert sample_amounts(shares, 1, 1, noise=False) / shares.one == pytest.approx(0.7, rel=1e-9)


@pytest.mark.parametrize("one", [1, 2, 1024])
def test_to_whole_rounds_like_exact_fractions(one):
    values = np.arange(-5 * one, 5 * one + 1)
    assert to_whole(values, one, -10).tolist() == [round(F(int(value), one)) for value in values]
    assert to_whole(values, one, 1).min() == 1


def test_fixed_point_is_fine_and_never_overflows():
    longest = F(2**31 - 1)
    sampler = build_sampler(Uniform(F(0), longest))
    assert sampler.one >= 2**10
    assert sample_ticks(sampler, LAST, 0) == pytest.approx(2**31 - 1, abs=64)
    wide = build_sampler(Uniform(-longest, longest))
    k = np.linspace(0, LAST, 1001).astype(np.int64)
    np.testing.assert_allclose(sample_amounts(wide, k, 0) / wide.one, -(2.0**31) + k / 2.0**21, rtol=1e-6, atol=64)
    with pytest.raises(ValueError, match="too large to be drawn"):
        build_sampler(Constant(F(2**41)))


def test_lowest_uniform_of_a_wide_first_step_does_not_overflow():
    sampler = build_sampler(Lognormal(F(1), F(20), F(2**40)))
    drawn = sample_amounts(sampler, np.array([LAST, LAST - 1, LAST - 2**30, 0]), 0)
    assert np.all(np.diff(drawn) < 0)
    assert drawn.min() >= 0


def test_choice_by_weights():
    upto = cumulative_weights((F(1, 20), F(19, 20)))
    assert upto.tolist() == [round(2**53 / 20), 2**53]
    assert choose(upto, np.array([0, upto[0] - 1, upto[0], LAST])).tolist() == [0, 0, 1, 1]


def test_digest_tells_tables_apart():
    one, same = (build_sampler(Uniform(F(0), F(4))) for _ in range(2))
    other = build_sampler(Triangular(F(0), F(2), F(4)))
    assert one is same
    assert (one.one, one.mean, one.largest) == (other.one, other.mean, other.largest)
    assert digest(one) != digest(other)
    assert len(digest(one)) == 64


def test_the_last_bits_of_libm_change_nothing(monkeypatch):
    law = TruncatedNormal(F(30_000), F(1000), F(20_000), F(32_000))
    plain = digest(build_sampler(law))
    exact = TruncatedNormal.quantile
    monkeypatch.setattr(
        TruncatedNormal, "quantile", lambda self, tail, upper: exact(self, tail, upper) * (1 + 2.0**-51)
    )
    build_sampler.cache_clear()
    assert digest(build_sampler(law)) == plain
    build_sampler.cache_clear()


def test_tables_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        build_sampler(Exponential(F(5), F(60))).knots[0, 0, 0] = 1
