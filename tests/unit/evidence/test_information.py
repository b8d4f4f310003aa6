"""Shares of the doubt and values of information against closed forms."""

import numpy as np
import pytest

from claimed_worlds import LinearWorld, inputs_of
from corridor_sim.evidence.information import (
    fit_differences,
    group_indices,
    sobol_indices,
    unexplained,
    value_of_information,
)
from corridor_sim.evidence.metamodel import fit
from corridor_sim.evidence.polynomials import Basis
from corridor_sim.evidence.responses import Responses

WORLD = LinearWorld(0.06, (0.03, 0.02, 0.01, 0.01), noise=0.01)
INPUTS = inputs_of(20, 512, 6)
SQUARES = np.array(WORLD.weights) ** 2


def test_shares_of_a_linear_world_are_squared_weights():
    found = {each.name: each for each in sobol_indices(WORLD.metamodel(INPUTS, 2, 1), INPUTS.names)}
    for place, share in enumerate(SQUARES / SQUARES.sum()):
        assert found[f"x{place}"].first.value == pytest.approx(share, abs=0.05)
        assert found[f"x{place}"].first.low <= share <= found[f"x{place}"].first.high
        assert found[f"x{place}"].total.value == pytest.approx(share, abs=0.05)


def test_the_share_of_a_group():
    # x1 is an assumption and x3 an analogue (see claimed_worlds.GRADES)
    weak = INPUTS.graded({"assumption", "analogue"})
    share = (SQUARES[1] + SQUARES[3]) / SQUARES.sum()
    found = group_indices(WORLD.metamodel(INPUTS, 2, 1), "weak", weak)
    assert found.first.value == pytest.approx(share, abs=0.05)
    assert found.first.low <= share <= found.first.high
    assert found.name == "weak"


def test_what_two_do_together_counts_in_the_total_of_each_and_in_the_first_of_both():
    u = 2 * INPUTS.points - 1
    values = u[:, 0] + u[:, 1] + 3 * u[:, 0] * u[:, 1]
    # variances 1/3, 1/3 and 9/9
    metamodel = fit(INPUTS, Responses(values, np.zeros(512), 2))
    alone = group_indices(metamodel, "alone", [0])
    assert (alone.first.value, alone.total.value) == pytest.approx((1 / 5, 4 / 5), abs=1e-6)
    both = group_indices(metamodel, "both", [0, 1])
    assert (both.first.value, both.total.value) == pytest.approx((1, 1), abs=1e-6)
    assert group_indices(metamodel, "none", []).total.value == 0


def test_what_is_not_explained_is_nobodys():
    board = np.sign(np.prod(INPUTS.points[:, :3] - 0.5, axis=1))
    u = 2 * INPUTS.points[:, 4] - 1
    metamodel = fit(INPUTS, Responses(board + 3 * u, np.zeros(512), 2))
    # variances 1 and 9/3
    assert unexplained(metamodel).value == pytest.approx(1 / 4, abs=0.05)
    assert sobol_indices(metamodel, INPUTS.names)[0].first.value == pytest.approx(3 / 4, abs=0.05)


def cost_table(expected, noise=0.0):
    draws = np.random.default_rng(8)
    common = draws.normal(size=(512, 2)) * 300
    return expected[:, None] + common + noise * draws.normal(size=(512, 2))


@pytest.mark.parametrize(("noise", "within"), [(0.0, 0.6), (60.0, 8.0)])
def test_values_of_information_by_hand(noise, within):
    """Rail costs 1000; road 1010 + 200 u + 100 v with u, v uniform on (-1, 1), on common draws of the season.

    Not knowing, one takes rail. Knowing u: road is cheaper where u < -1/20, on average by E max(0, -10 - 200 u) =
    integral over u from -1 to -1/20 of (-10 - 200 u)/2 = 95^2/200 = 45.125. Knowing v: (100 - 10)^2 / 400 = 20.25.
    Knowing both: E max(0, S - 10) with S = 200 u + 100 v, trapezoidal: E max(0, S) = 200/4 + 100^2 / (12 x 200) =
    54.1667, less 10 x 1/2, plus 10^2 / 2 x the density 1/400 in the middle: 49.2917.
    """
    u = 2 * INPUTS.points - 1
    costs = {
        "rail": cost_table(np.full(512, 1000.0)),
        "road": cost_table(1010 + 200 * u[:, 3] + 100 * u[:, 11], noise),
    }
    dearer = fit_differences(INPUTS, costs)
    found = value_of_information(dearer, INPUTS.names, {"both": [3, 11], "other": [5]})
    assert found.choice == "rail"
    assert found.everything.avoided.value == pytest.approx(49.2917, abs=within)
    assert [each.name for each in found.top[:2]] == ["x3", "x11"]
    assert found.top[0].avoided.value == pytest.approx(45.125, abs=within)
    assert found.top[1].avoided.value == pytest.approx(20.25, abs=within)
    groups = {each.name: each.avoided.value for each in found.groups}
    assert groups == pytest.approx({"both": 49.2917, "other": 0}, abs=within)
    for each, truth in zip(found.top[:2], (45.125, 20.25), strict=True):
        assert each.avoided.low - 0.6 <= truth <= each.avoided.high + 0.6


def test_what_is_not_known_is_averaged_over():
    """Road costs 10 + 30 u + (20 + 100 u) q(v) more, q of mean 0: given u alone the last part is gone.

    E max(0, -10 - 30 u) = (30 - 10)^2 / (4 x 30) = 10/3.
    """
    u, v = (2 * INPUTS.points[:, place] - 1 for place in (3, 11))
    q = 3 * v**2 - 1
    costs = {"rail": cost_table(np.full(512, 1000.0)), "road": cost_table(1010 + 30 * u + (20 + 100 * u) * q)}
    dearer = fit_differences(INPUTS, costs, Basis(pair_degree=3))
    found = {each.name: each.avoided.value for each in value_of_information(dearer, INPUTS.names).inputs}
    assert found["x3"] == pytest.approx(10 / 3, abs=0.1)


def test_knowledge_that_changes_no_choice_is_worth_nothing():
    u = 2 * INPUTS.points - 1
    costs = {
        "rail": cost_table(1000 + 10 * u[:, 0]),
        "road": cost_table(1500 + 100 * u[:, 1]),
        "air": cost_table(9e3 + u[:, 2]),
    }
    found = value_of_information(fit_differences(INPUTS, costs), INPUTS.names)
    assert found.choice == "rail"
    assert found.everything.avoided.value == 0
    assert {each.avoided.value for each in found.inputs} == {0.0}


def test_the_order_of_the_alternatives_does_not_matter():
    u = 2 * INPUTS.points - 1
    costs = {
        "a": cost_table(1000 + 90 * u[:, 0]),
        "b": cost_table(1010 + 90 * u[:, 1]),
        "c": cost_table(1020 + 90 * u[:, 2]),
    }
    one = value_of_information(fit_differences(INPUTS, costs), INPUTS.names)
    other = value_of_information(fit_differences(INPUTS, dict(reversed(costs.items()))), INPUTS.names)
    assert (one.choice, other.choice) == ("a", "a")
    assert one.everything.avoided.value == pytest.approx(other.everything.avoided.value, abs=0.5)


def test_a_decision_needs_a_choice():
    with pytest.raises(ValueError, match="two alternatives"):
        fit_differences(INPUTS, {"rail": np.ones((512, 2))})
