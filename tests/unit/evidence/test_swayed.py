"""How far inputs decide whether a claim holds, against probabilities known by hand."""

import numpy as np
import pytest

from claimed_worlds import inputs_of
from corridor_sim.evidence.metamodel import fit
from corridor_sim.evidence.responses import Responses
from corridor_sim.evidence.swayed import verdict_indices
from corridor_sim.evidence.verdicts import Claimed

INPUTS = inputs_of(6, 256, 2)
X = INPUTS.points


def shares(values, claimed, group):
    metamodel = fit(INPUTS, Responses(values, np.zeros(256), 2))
    found = verdict_indices(metamodel, claimed, 6, "group", group)
    return found.first.value, found.total.value


def test_one_input_decides_alone():
    assert shares(X[:, 2], Claimed(0.5), [2]) == pytest.approx((1, 1), abs=0.02)
    assert shares(X[:, 2], Claimed(0.5), [1, 3]) == pytest.approx((0, 0), abs=0.02)


def test_two_inputs_decide_together():
    """x + y >= 1: given x the chance is x, with variance 1/12 of a whole 1/4. So first 1/3, total 1 - 1/3."""
    values = X[:, 0] + X[:, 4]
    assert shares(values, Claimed(1), [0]) == pytest.approx((1 / 3, 2 / 3), abs=0.03)
    assert shares(values, Claimed(1), [0, 4, 5]) == pytest.approx((1, 1), abs=0.02)


def test_an_interval_has_two_ends():
    """1/2 <= x + y <= 3/2: 3/4. Given x the chance is 1/2 + x below 1/2 and 3/2 - x above: variance 1/48 of 3/16."""
    found = shares(X[:, 0] + X[:, 4], Claimed(0.5, 1.5), [0])
    assert found == pytest.approx((1 / 9, 8 / 9), abs=0.03)


def test_misfit_is_in_no_group():
    """A checkerboard that no term knows, of 1 beside x of 3: "above 0" is decided by x alone where |x| is above 1."""
    board = np.sign(np.prod(X[:, :3] - 0.5, axis=1))
    first, total = shares(board + 3 * (2 * X[:, 4] - 1), Claimed(0.0), [4])
    assert first < 0.85
    assert total > first


def test_a_claim_that_holds_everywhere_is_swayed_by_nothing():
    assert shares(X[:, 2], Claimed(-5), [2]) == (0, 0)
