"""Screening against Ishigami's function, whose indices are known exactly, and against what can be done by hand."""

import math

import numpy as np
import pytest

from corridor_sim.evidence.draws import sobol_points
from corridor_sim.evidence.information import sobol_indices
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.metamodel import fit
from corridor_sim.evidence.polynomials import Basis
from corridor_sim.evidence.responses import Inputs, mean_responses
from corridor_sim.evidence.screening import plan_morris, plan_sobol, plan_tornado

A, B = 7.0, 0.1
NAMES = ("x1", "x2", "x3")
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 1 / 2
PART_1 = (1 + B * math.pi**4 / 5) ** 2 / 2
PART_2 = A**2 / 8
PART_13 = B**2 * math.pi**8 * (1 / 18 - 1 / 50)
FIRST = {"x1": PART_1 / VARIANCE, "x2": PART_2 / VARIANCE, "x3": 0.0}
TOTAL = {"x1": (PART_1 + PART_13) / VARIANCE, "x2": PART_2 / VARIANCE, "x3": PART_13 / VARIANCE}
"""Ishigami and Homma 1990, sin x1 + a sin^2 x2 + b x3^4 sin x1 on (-pi, pi)^3."""
FINE = Basis(degree=10, strongest=3, strong_degree=10, pair_degree=10)


def ishigami(points: np.ndarray) -> np.ndarray:
    x = math.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def close(found, first: float, total: float) -> None:
    assert {each.name: each.first.value for each in found} == pytest.approx(FIRST, abs=first)
    assert {each.name: each.total.value for each in found} == pytest.approx(TOTAL, abs=total)


def test_the_printed_values():
    assert [round(FIRST[name], 4) for name in NAMES] == [0.3139, 0.4424, 0]
    assert [round(TOTAL[name], 4) for name in NAMES] == [0.5576, 0.4424, 0.2437]


def test_sobol_indices_of_the_model_itself():
    plan = plan_sobol(NAMES, 4096, 1)
    assert plan.points.shape == (4096 * 5, 3)
    found = plan.indices(ishigami(plan.points))
    close(found, first=0.02, total=0.02)
    for each in found:
        assert each.first.low <= FIRST[each.name] <= each.first.high
        assert each.total.low <= TOTAL[each.name] <= each.total.high
    assert [each.name for each in found] == ["x1", "x2", "x3"]


def test_sobol_indices_of_the_metamodel():
    points = sobol_points(3, 1024, 3)
    metamodel = fit(Inputs(points, NAMES, ("derived",) * 3), mean_responses(ishigami(points)[:, None] + [0, 0]), FINE)
    assert metamodel.variance == pytest.approx(VARIANCE, rel=0.001)
    close(sobol_indices(metamodel, NAMES), first=0.001, total=0.001)


def test_sobol_indices_of_a_metamodel_from_noisy_answers():
    points = sobol_points(3, 1024, 3)
    noise = np.random.default_rng(1).normal(size=(1024, 2)) * VARIANCE**0.5
    metamodel = fit(Inputs(points, NAMES, ("derived",) * 3), mean_responses(ishigami(points)[:, None] + noise), FINE)
    found = sobol_indices(metamodel, NAMES)
    close(found, first=0.05, total=0.05)
    for each in found:
        assert each.total.low <= TOTAL[each.name] <= each.total.high


def test_morris_of_a_straight_line_is_its_slopes():
    plan = plan_morris(NAMES, 10, 1)
    assert plan.points.shape == (10 * 4, 3)
    found = plan.effects(plan.points @ [1.0, -3.0, 0.0])
    assert [each.name for each in found] == ["x2", "x1", "x3"]
    assert [each.mean for each in found] == pytest.approx([-3, 1, 0])
    assert [each.mean_size.value for each in found] == pytest.approx([3, 1, 0])
    assert [each.spread for each in found] == pytest.approx([0, 0, 0], abs=1e-9)


def test_morris_of_ishigami():
    """x2 has steps of 2/3 between levels 0, 1/3, 2/3, 1: a sin^2 there is 0, 3a/4, 3a/4, 0, each effect 9a/8."""
    plan = plan_morris(NAMES, 50, 1)
    found = {each.name: each for each in plan.effects(ishigami(plan.points))}
    assert found["x2"].mean_size.value == pytest.approx(9 * A / 8)
    assert found["x3"].spread > abs(found["x3"].mean)


def test_a_tornado_moves_one_input_at_a_time():
    plan = plan_tornado(("a", "b"), 0.1, 0.9, middle=[0.5, 0.4])
    assert plan.points.tolist() == [[0.5, 0.4], [0.1, 0.4], [0.9, 0.4], [0.5, 0.1], [0.5, 0.9]]
    answers = [Estimate(value, value - 1, value + 1, 30, "t") for value in plan.points @ [1, 10]]
    middle, bars = plan.bars(answers)
    assert middle.value == pytest.approx(4.5)
    assert [(bar.name, bar.swing) for bar in bars] == [("b", pytest.approx(8)), ("a", pytest.approx(0.8))]
    assert bars[0].at_low.value == pytest.approx(1.5)


def test_answers_that_do_not_fit():
    plan = plan_morris(NAMES, 4)
    with pytest.raises(ValueError, match="16 points"):
        plan.effects(np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        plan.effects(np.full(16, np.nan))
    with pytest.raises(ValueError, match="power of two"):
        plan_sobol(NAMES, 100)
    with pytest.raises(ValueError, match="its own"):
        plan_morris(("a", "a"))
    with pytest.raises(ValueError, match="low < high"):
        plan_tornado(NAMES, 0.9, 0.1)
    with pytest.raises(ValueError, match="2 figures for 7 points"):
        plan_tornado(NAMES).bars([Estimate(1, 1, 1, 10, "t")] * 2)
