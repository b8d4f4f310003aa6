"""Where a saving passes zero."""

import math

import pytest

from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.thresholds import find_crossing


def _savings(*values, half=None):
    return [Estimate(value, *((value - half, value + half) if half else (None, None)), 30, "t") for value in values]


def test_linear_between_grid_points():
    found = find_crossing([12, 24, 48], _savings(6, 2, -6, half=1))
    # the value falls from 2 to -6 over 24: a quarter of the way; its lower end from 1 to -7, its upper from 3 to -5
    assert (found.verdict, found.value) == ("worth it below", pytest.approx(30))
    assert (found.low, found.high) == (pytest.approx(27), pytest.approx(33))
    assert found.words("h") == "worth it below 30 h (27 to 33 h)"


def test_a_rising_saving_turns_the_interval_round():
    found = find_crossing([48, 12, 24], _savings(6, -6, -2, half=1))
    assert (found.verdict, found.value) == ("worth it above", pytest.approx(30))
    assert (found.low, found.high) == (pytest.approx(27), pytest.approx(33))


def test_an_interval_may_reach_beyond_the_range():
    found = find_crossing([0, 10], _savings(1, -1, half=2))
    assert (found.value, found.low, found.high) == (pytest.approx(5), None, None)
    assert found.words("t") == "worth it below 5 t (at most 0 to at least 10 t)"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((-1, -2, -3), "never worth it within the range 0 to 2 h"),
        ((0, 0, 0), "never worth it within the range 0 to 2 h"),
        ((3, 2, 1), "worth it throughout within the range 0 to 2 h"),
        ((1, -1, 1), "changes several times within the range 0 to 2 h"),
    ],
)
def test_no_single_crossing_is_said_so(values, words):
    found = find_crossing([0, 1, 2], _savings(*values))
    assert (found.value, found.words("h")) == (None, words)


def test_without_intervals_only_the_value():
    found = find_crossing([0, 10], _savings(1, -1))
    assert (found.value, found.low, found.high) == (5, None, None)


@pytest.mark.parametrize(("places", "values"), [([1], [1]), ([1, 1], [1, -1])])
def test_what_makes_no_curve_is_refused(places, values):
    with pytest.raises(ValueError, match="a threshold needs"):
        find_crossing(places, _savings(*values))


def test_where_a_saving_is_not_available_neither_is_the_verdict():
    found = find_crossing([1, 2], _savings(1, math.nan))
    assert (found.value, found.verdict) == (None, "not available, some value has no saving")
