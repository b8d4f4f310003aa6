"""Rules that say where something holds, where there are such, and none where there is none."""

import numpy as np
import pytest

from corridor_sim.evidence.conditions import Condition, find_rule
from corridor_sim.evidence.draws import sobol_points

POINTS = sobol_points(10, 1024, 4)
NAMES = tuple(f"x{place}" for place in range(10))


def test_two_conditions_are_found():
    holds = (POINTS[:, 2] > 0.6) & (POINTS[:, 5] <= 0.3)
    rule = find_rule(POINTS, NAMES, holds)
    (branch,) = rule.holding
    found = {each.name: each for each in branch.conditions}
    assert found["x2"].above and found["x2"].value == pytest.approx(0.6, abs=0.01)
    assert not found["x5"].above and found["x5"].value == pytest.approx(0.3, abs=0.01)
    assert branch.share == pytest.approx(0.4 * 0.3, abs=0.01)
    assert branch.holds > 0.97
    assert rule.accuracy > 0.99
    assert rule.majority == pytest.approx(0.88, abs=0.01)


def test_one_condition_is_found():
    rule = find_rule(POINTS, NAMES, POINTS[:, 7] <= 0.25)
    assert rule.holding[0].conditions[0] == Condition("x7", False, pytest.approx(0.25, abs=0.01))
    assert sum(branch.share for branch in rule.branches) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(10))
def test_chance_has_no_rule(seed):
    assert find_rule(POINTS, NAMES, np.random.default_rng(seed).random(1024) < 0.4, seed) is None


@pytest.mark.parametrize("share", [0.0, 1.0, 0.995])
def test_what_holds_nearly_always_or_never_has_no_rule(share):
    assert find_rule(POINTS, NAMES, POINTS[:, 0] < share) is None


def test_a_rule_needs_inputs_that_fit():
    assert find_rule(POINTS[:, :0], (), POINTS[:, 0] < 0.5) is None
    with pytest.raises(ValueError, match="do not fit"):
        find_rule(POINTS, NAMES[:3], POINTS[:, 0] < 0.5)
