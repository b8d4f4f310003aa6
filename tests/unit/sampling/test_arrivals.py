"""Arrivals: the unit-rate process, its inversion, and who an arrival is."""

from fractions import Fraction as F

import numpy as np
import pytest
from scipy import stats

from corridor_sim.errors import ModelError
from corridor_sim.sampling import arrivals
from corridor_sim.sampling.arrivals import arrival_ticks, cumulative_rate, invert_rate, unit_positions
from corridor_sim.sampling.streams import name_word, stream_key, uniforms

ONE = 2**30
DAY = 86_400
KEY = stream_key(11, "fruit/arrivals")
FLOW = name_word("fruit")


def test_unit_gaps_are_exponential():
    positions = unit_positions(KEY, 0, FLOW, 20_000)
    gaps = np.diff(positions, prepend=0) / ONE
    assert stats.kstest(gaps, "expon").pvalue > 0.001
    assert gaps.mean() == pytest.approx(1, abs=4 / np.sqrt(20_000))
    assert gaps.std() == pytest.approx(1, abs=0.05)


def test_each_gap_is_its_uniforms_quantile():
    k = uniforms(KEY, 3, FLOW, np.arange(5000), 0)[0]
    gaps = np.diff(unit_positions(KEY, 3, FLOW, 5000), prepend=0) / ONE
    np.testing.assert_allclose(gaps, -np.log1p(-(k + 0.5) / 2.0**53), atol=5e-5)


def test_the_first_n_replications_and_arrivals_are_the_same_in_any_block():
    block = unit_positions(KEY, np.arange(8), FLOW, 300)
    assert block.shape == (8, 300)
    assert unit_positions(KEY, np.arange(4), FLOW, 300).tolist() == block[:4].tolist()
    assert unit_positions(KEY, 5, FLOW, 100).tolist() == block[5, :100].tolist()


def test_noise_off_stands_at_the_middles():
    assert unit_positions(KEY, 3, FLOW, 3, noise=False).tolist() == [ONE // 2, 3 * ONE // 2, 5 * ONE // 2]
    assert unit_positions(KEY, np.arange(2), FLOW, 3, noise=False).shape == (2, 3)


def test_constant_spacing_starts_at_half_a_gap_to_the_second():
    # 30 a week is one every 20,160 s; the season of 66 days ends in the 283rd gap (282.86).
    curve = cumulative_rate([(0, 66 * DAY, F(30, 7 * DAY))])
    ticks = arrival_ticks(KEY, 0, FLOW, curve, noise=False)
    assert ticks.tolist() == [10_080 + 20_160 * n for n in range(283)]


def test_ties_of_constant_spacing_go_to_the_even_second():
    ticks = arrival_ticks(KEY, 0, FLOW, cumulative_rate([(0, 530, F(1, 101))]), noise=False)
    assert ticks.tolist() == [50, 152, 252, 354, 454]  # 50.5, 151.5, 252.5, 353.5, 454.5


def test_doubled_rate_keeps_identities():
    plain = arrival_ticks(KEY, 2, FLOW, cumulative_rate([(0, 400 * DAY, F(1, 3600))]))
    double = arrival_ticks(KEY, 2, FLOW, cumulative_rate([(0, 400 * DAY, F(2, 3600))]))
    assert len(double) > 1.9 * len(plain)
    assert np.abs(double[: len(plain)] - plain / 2).max() <= 1


def test_growth_in_one_season_leaves_the_earlier_arrivals_alone():
    before = (0, 30 * DAY, F(1, 3600))
    plain = arrival_ticks(KEY, 2, FLOW, cumulative_rate([before, (30 * DAY, 60 * DAY, F(1, 3600))]))
    grown = arrival_ticks(KEY, 2, FLOW, cumulative_rate([before, (30 * DAY, 60 * DAY, F(3, 3600))]))
    early = plain < 30 * DAY
    assert early.sum() > 600
    assert plain[early].tolist() == grown[: early.sum()].tolist()


def test_poisson_counts_have_equal_mean_and_variance():
    curve = cumulative_rate([(0, 10 * DAY, F(5, DAY)), (20 * DAY, 30 * DAY, F(15, DAY))])
    counts, middle = [], 0
    for replication in range(400):
        ticks = arrival_ticks(KEY, replication, FLOW, curve)
        counts.append(len(ticks))
        middle += np.sum((ticks > 10 * DAY) & (ticks < 20 * DAY))
    assert np.mean(counts) == pytest.approx(200, abs=4 * np.sqrt(200 / 400))
    assert np.var(counts) == pytest.approx(200, rel=4 * np.sqrt(2 / 400))
    assert middle == 0


def test_gaps_of_a_poisson_flow_are_exponential():
    ticks = arrival_ticks(KEY, 1, FLOW, cumulative_rate([(0, 3000 * DAY, F(4, DAY))]))
    assert stats.kstest(np.diff(ticks), stats.expon(scale=DAY / 4).cdf).pvalue > 0.001
    assert np.all(np.diff(ticks) >= 0)


def test_too_short_a_first_guess_changes_nothing(monkeypatch):
    curve = cumulative_rate([(0, 10 * DAY, F(5, DAY))])
    guessed = [arrival_ticks(KEY, replication, FLOW, curve).tolist() for replication in range(40)]
    assert max(map(len, guessed)) > 58
    monkeypatch.setattr(arrivals, "SPREADS", 1)
    assert [arrival_ticks(KEY, replication, FLOW, curve).tolist() for replication in range(40)] == guessed


def test_inversion_equals_exact_fractions():
    ticks = np.array([0, 7, 2**31 + 12_345, 2**31 + 20_000])
    cumulative = np.array([0, 3, 2**53 + 1_000_003, 2**53 + 1_000_003])
    ticks, cumulative = np.append(ticks, 2**31 + 20_011), np.append(cumulative, 2**53 + 1_000_010)
    inner = (np.arange(1, 2000, dtype=np.int64) * (2**53 // 2001)).tolist()
    positions = [0, 1, 2, 3, 4, *inner, 2**53 + 1_000_002, 2**53 + 1_000_003, 2**53 + 1_000_009]
    expected = []
    for position in positions:
        segment = max(place for place in range(4) if cumulative[place] <= position)
        rise = int(cumulative[segment + 1] - cumulative[segment])
        share = F(int(position - cumulative[segment]), rise)
        expected.append(round(int(ticks[segment]) + share * int(ticks[segment + 1] - ticks[segment])))
    assert invert_rate(np.array(positions), ticks, cumulative).tolist() == expected


def test_positions_beyond_the_curve_are_refused():
    with pytest.raises(ValueError, match="beyond the end"):
        invert_rate(np.array([ONE]), *cumulative_rate([(0, 10, F(1, 10))]))


def test_cumulative_rate_by_hand():
    ticks, cumulative = cumulative_rate([(10, 14, F(1, 4)), (20, 30, F(1, 2))])
    assert ticks.tolist() == [10, 14, 20, 30]
    assert cumulative.tolist() == [0, ONE, ONE, 6 * ONE]


def test_a_flow_that_never_arrives():
    for segments in ([], [(0, 10, F(0))]):
        assert arrival_ticks(KEY, 0, FLOW, cumulative_rate(segments)).tolist() == []


@pytest.mark.parametrize("segments", [[(5, 5, F(1))], [(0, 5, F(-1))], [(0, 5, F(1)), (4, 9, F(1))]])
def test_impossible_segments(segments):
    with pytest.raises(ValueError, match="empty, negative or out of order"):
        cumulative_rate(segments)


@pytest.mark.parametrize("segment", [(0, 10, F(2**25)), (0, 2**32, F(1, 100))])
def test_flows_too_large_to_count(segment):
    with pytest.raises(ModelError, match="too large to be counted"):
        cumulative_rate([segment])
