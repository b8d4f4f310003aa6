"""What a design answered: savings without first-order bias, their noise, and the split of the variance."""

import numpy as np
import pytest

from claimed_worlds import LinearWorld, inputs_of
from corridor_sim.evidence.responses import (
    Inputs,
    Responses,
    drawn_in,
    mean_responses,
    ratio_responses,
    saving_responses,
    split_variance,
)

WORLDS = 200


def test_a_saving_from_two_replications_by_hand():
    # ratios 80/100 and 110/120, together 190/220; jackknife 2 x 190/220 - (80/100 + 110/120) / 2 = 0.868939
    found = saving_responses([[80, 110]], [[100, 120]])
    assert found.values[0] == pytest.approx(1 - 0.8689394, abs=1e-7)
    # influences (80 - 0.863636 x 100) / 110 = -0.057851 and its opposite: variance of the mean is its square
    assert found.noise[0] == pytest.approx(0.05785124**2, rel=1e-6)


def test_a_ratio_is_one_minus_the_saving():
    ratio, saving = (of([[80, 110]], [[100, 120]]) for of in (ratio_responses, saving_responses))
    assert ratio.values[0] == pytest.approx(0.8689394, abs=1e-7)
    assert (1 - saving.values[0], saving.noise[0]) == (pytest.approx(ratio.values[0]), ratio.noise[0])


def test_savings_are_without_the_bias_of_a_ratio():
    # theirs is 100 or 300 with equal chance, ours always 100: E ours / E theirs = 1/2. Of the four pairs of seasons
    # the plain ratio of sums gives (1 + 1/2 + 1/2 + 1/3) / 4 = 7/12, 1/12 too much.
    theirs = np.array([[100, 100], [100, 300], [300, 100], [300, 300]])
    found = saving_responses(np.full((4, 2), 100), theirs)
    # the jackknife's four, 1, 2/2 - 2/3, 2/2 - 2/3 and 1/3, are right on average
    assert 1 - found.values.mean() == pytest.approx(1 / 2)


def test_a_mean_and_its_noise_by_hand():
    found = mean_responses([[1, 3, 5], [2, 2, 2]])
    assert found.values.tolist() == [3, 2]
    assert found.noise.tolist() == pytest.approx([4 / 3, 0])


def test_variance_is_split_as_it_was_put_in():
    world = LinearWorld(0.06, (0.02,) * 8, noise=0.03)
    inputs = inputs_of(10, 1024, 1)
    split = split_variance(world.responses(inputs, 2, 1))
    assert split.doubt.low < world.variance < split.doubt.high
    # E (noise / theirs)^2 for the mean of two is not that of one halved: theirs vary by exp(0.2 z)
    assert split.noise.value == pytest.approx(0.03**2, rel=0.15)
    assert split.doubt_share.value == pytest.approx(world.variance / (world.variance + 0.03**2), abs=0.06)


def test_the_interval_of_doubt_holds_the_truth_as_often_as_it_says():
    world = LinearWorld(0.06, (0.02,) * 3, noise=0.03)
    draws = np.random.default_rng(5)
    held = 0
    for number in range(WORLDS):
        values = world.saving(draws.random((128, 3)))[:, None] + 0.03 * draws.normal(size=(128, 2))
        doubt = split_variance(mean_responses(values), number).doubt
        held += doubt.low <= world.variance <= doubt.high
    # 95 % of 200 with a standard error of 1.5 %, and a percentile interval of 128 points falls a little short
    assert 0.90 <= held / WORLDS <= 0.99


def test_without_doubt_none_is_found():
    values = np.random.default_rng(1).normal(size=(512, 2))
    split = split_variance(mean_responses(values))
    assert split.doubt.low == 0
    assert split.doubt_share.value < 0.15


@pytest.mark.parametrize(
    ("ours", "theirs", "says"),
    [
        ([[1, 2]], [[1, 0]], "above zero"),
        ([[1, 2]], [[1, 2], [3, 4]], "paired"),
        ([[1], [2]], [[1], [2]], "at least 2 replications"),
        ([[1, np.inf]], [[1, 2]], "1 of 1 points have no value"),
    ],
)
def test_costs_that_cannot_be_used(ours, theirs, says):
    with pytest.raises(ValueError, match=says):
        saving_responses(ours, theirs)


def test_inputs_that_cannot_be_used():
    fine = np.full((40, 2), 0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Inputs(fine + 0.6, ("a", "b"), ("derived",) * 2)
    with pytest.raises(ValueError, match="same name"):
        Inputs(fine, ("a", "a"), ("derived",) * 2)
    with pytest.raises(ValueError, match="do not fit"):
        Inputs(fine, ("a",), ("derived",))
    with pytest.raises(ValueError, match="at least 32"):
        Inputs(fine[:5], ("a", "b"), ("derived",) * 2)
    with pytest.raises(ValueError, match="finite"):
        Responses(np.array([np.nan, 1]), np.array([0, np.nan]), 2)


def test_grades_are_found():
    assert inputs_of(7, 64, 0).graded({"assumption", "analogue"}) == (1, 3, 6)


def test_runaway_points_are_drawn_in_to_the_outer_fences():
    values = np.append(np.linspace(0, 1, 101), [50, -50])
    found, moved = drawn_in(Responses(values, np.append(np.full(101, 0.01), [9, 0.001]), 2))
    low, high = np.quantile(values, [0.25, 0.75])
    assert moved == 2
    assert found.values[:-2].tolist() == values[:-2].tolist()
    assert found.values[-2:].tolist() == pytest.approx([high + 3 * (high - low), low - 3 * (high - low)])
    assert found.noise[-2:].tolist() == pytest.approx([0.01, 0.001])


def test_nothing_is_drawn_in_where_nothing_runs_away():
    responses = Responses(np.linspace(0, 1, 64), np.zeros(64), 2)
    found, moved = drawn_in(responses)
    assert (found.values.tolist(), moved) == (responses.values.tolist(), 0)
