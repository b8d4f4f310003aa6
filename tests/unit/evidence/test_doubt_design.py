"""The design for all doubt: points that fill the cube, and values that follow the laws of the inputs."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from scipy import stats

from corridor_sim.evidence.design import at_shares, at_uniforms, lay_out_doubt, share_of_range
from corridor_sim.scenario.doubts import Doubt


def doubt(name: str, low: int, mode: int, high: int, group: str = "") -> Doubt:
    return Doubt(name, "assumption", F(low), F(mode), F(high), "one", group)


INPUTS = (
    doubt("rate", 1500, 2510, 5000, "ocean"),
    doubt("other rate", 400, 604, 1200, "ocean"),
    doubt("at the low end", 0, 0, 600),
    doubt("at the high end", 55, 110, 110),
    doubt("alone", 10, 20, 30),
)


def test_means_and_spreads_are_those_of_pert_laws() -> None:
    """(low + 4 mode + high) / 6, and (mean - low) (high - mean) / 7 for the variance."""
    values = lay_out_doubt(INPUTS, 1024, 3).values
    for place, one in enumerate(INPUTS):
        low, mode, high = (float(end) for end in (one.low, one.mode, one.high))
        mean = (low + 4 * mode + high) / 6
        variance = (mean - low) * (high - mean) / 7
        assert values[:, place].mean() == pytest.approx(mean, abs=2e-3 * (high - low))
        assert values[:, place].var() == pytest.approx(variance, rel=0.02)
        assert low <= values[:, place].min() <= values[:, place].max() <= high


def test_points_are_stratified_and_their_values_exact_quantiles() -> None:
    design = lay_out_doubt(INPUTS, 256, 3)
    assert design.coordinates == ("ocean", "at the low end", "at the high end", "alone")
    assert design.x.shape == (256, 4)
    for column in design.x.T:
        assert sorted(np.floor(column * 256)) == list(range(256))
    law = stats.beta(3, 3, 10, 20)
    np.testing.assert_allclose(design.values[:, 4], law.ppf(design.x[:, 3]), atol=2e-5)
    assert design.at(7)["alone"] == F(10) + 20 * F(int(design.steps[7, 4]), 1_000_000)


def test_a_group_shares_its_uniforms_and_others_are_independent() -> None:
    design = lay_out_doubt(INPUTS, 1024, 3)
    assert design.coordinate.tolist() == [0, 0, 1, 2, 3]
    ranks = [stats.rankdata(column) for column in design.values.T]
    assert (ranks[0] == ranks[1]).all()
    assert abs(np.corrcoef(ranks[0], ranks[4])[0, 1]) < 0.02


def test_the_seed_scrambles() -> None:
    first, second = lay_out_doubt(INPUTS, 64, 1), lay_out_doubt(INPUTS, 64, 2)
    assert (lay_out_doubt(INPUTS, 64, 1).steps == first.steps).all()
    assert (first.x != second.x).all()


def test_chosen_points() -> None:
    middle = at_uniforms(INPUTS, np.full((1, 4), 0.5))
    assert middle.at(0)["alone"] == 20
    assert at_shares(INPUTS, {"ocean": 1}) == {"rate": 5000, "other rate": 1200}
    assert at_shares(INPUTS, {"alone": 0.25}) == {"alone": 15}
    assert (share_of_range(doubt("exact", 5, 5, 5), np.array([0.3])) == 0).all()


def test_what_is_no_design() -> None:
    with pytest.raises(ValueError, match="power of two"):
        lay_out_doubt(INPUTS, 1000)
    with pytest.raises(ValueError, match="no input is in doubt"):
        lay_out_doubt(())
