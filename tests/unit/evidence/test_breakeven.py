"""Where a response reaches a target, against closed forms."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan, sqrt

import pytest

from corridor_sim.evidence.breakeven import Search, Target
from corridor_sim.evidence.intervals import Estimate

GRID = tuple(float(place) for place in range(9))
NEAR = 8 * 1e-4
"""What the search calls known, on this grid."""


def run(response: Callable[[float], float], search: Search, half: float | None = None) -> Search:
    """Answer all questions of a search; `half` is the half-width of every interval."""
    while places := search.ask():
        for place in places:
            value = response(place)
            ends = (None, None) if half is None else (value - half, value + half)
            search.tell(place, Estimate(value, *ends, 30, "given"))
    return search


def test_a_line_crosses_where_it_does_with_the_interval_of_its_band() -> None:
    (stretch,) = run(lambda x: 2 * x - 3, Search(Target(4.0), GRID), half=0.5).stretches()
    assert stretch.stop is None and stretch.start is not None
    # 2 x - 3 = 4; the band's ends reach 4 half a half-width over the slope to either side
    assert stretch.start.value == pytest.approx(3.5, abs=1e-9)
    assert (stretch.start.low, stretch.start.high) == (pytest.approx(3.25), pytest.approx(3.75))


def test_a_target_of_at_most_stops_to_hold_where_the_line_rises_over_it() -> None:
    (stretch,) = run(lambda x: 2 * x - 3, Search(Target(4.0, at_least=False), GRID), half=0.5).stretches()
    assert stretch.start is None and stretch.stop is not None
    assert stretch.stop.value == pytest.approx(3.5, abs=1e-9)
    assert (stretch.stop.low, stretch.stop.high) == (pytest.approx(3.25), pytest.approx(3.75))


def test_a_hill_starts_and_stops_at_its_roots() -> None:
    (stretch,) = run(lambda x: 9 - (x - 4.1) ** 2, Search(Target(5.0), GRID), half=0.01).stretches()
    assert stretch.start is not None and stretch.stop is not None
    assert (stretch.start.value, stretch.stop.value) == (pytest.approx(2.1, abs=1e-3), pytest.approx(6.1, abs=1e-3))
    # (x - 4.1)^2 = 4 -+ 0.01
    assert stretch.start.low == pytest.approx(4.1 - sqrt(4.01), abs=1e-3)
    assert stretch.stop.low == pytest.approx(4.1 + sqrt(3.99), abs=1e-3)


def test_a_valley_leaves_two_stretches() -> None:
    first, second = run(lambda x: (x - 4) ** 2, Search(Target(4.0), GRID)).stretches()
    assert first.start is None and second.stop is None
    assert first.stop is not None and second.start is not None
    assert (first.stop.value, second.start.value) == (pytest.approx(2, abs=NEAR), pytest.approx(6, abs=NEAR))


def test_what_is_never_reached_names_the_closest() -> None:
    search = run(lambda x: 0.5 - (x - 3.3) ** 2, Search(Target(1.0), GRID))
    assert search.stretches() == ()
    assert search.closest() == pytest.approx(3.3, abs=0.1)
    assert search.found[search.closest()].value == pytest.approx(0.5, abs=0.01)


def test_a_hill_between_two_grid_points_is_found_when_nothing_else_holds() -> None:
    (stretch,) = run(lambda x: 1 - (x - 3.45) ** 2, Search(Target(0.99), GRID)).stretches()
    assert stretch.start is not None and stretch.stop is not None
    assert (stretch.start.value, stretch.stop.value) == (pytest.approx(3.35, abs=NEAR), pytest.approx(3.55, abs=NEAR))


def test_what_holds_everywhere_has_no_edges() -> None:
    (stretch,) = run(lambda x: 5 + x, Search(Target(1.0), GRID)).stretches()
    assert (stretch.start, stretch.stop) == (None, None)


def test_a_jump_is_found_to_the_tolerance() -> None:
    search = run(lambda x: float(x >= 4.37), Search(Target(0.5), GRID), half=0.1)
    (stretch,) = search.stretches()
    assert stretch.start is not None
    assert stretch.start.value == pytest.approx(4.37, abs=NEAR)
    assert len(search.found) < 60


def test_a_jump_whose_sides_mislead_a_line_is_found_too() -> None:
    (stretch,) = run(lambda x: 1000.0 if x >= 4.37 else -0.001, Search(Target(0.0), GRID)).stretches()
    assert stretch.start is not None
    assert stretch.start.value == pytest.approx(4.37, abs=NEAR)


@pytest.mark.parametrize("missing", [inf, nan])
def test_what_is_not_available_does_not_hold(missing: float) -> None:
    search = run(lambda x: x if x < 5.2 else missing, Search(Target(10.0, at_least=False), GRID))
    (stretch,) = search.stretches()
    assert stretch.start is None and stretch.stop is not None
    assert stretch.stop.value == pytest.approx(5.2, abs=NEAR)
    assert not stretch.stop.has_interval


def test_of_whole_numbers_the_first_that_holds_is_told() -> None:
    grid = (1.0, 26.0, 51.0, 76.0, 100.0)
    search = run(lambda x: x - 37.3, Search(Target(0.0), grid, step=1.0), half=4.5)
    (stretch,) = search.stretches()
    assert stretch.start is not None
    assert stretch.start.value == 38
    assert all(place.is_integer() for place in search.found)


def test_of_neighbours_in_steps_the_interval_is_the_values_in_doubt() -> None:
    search = run(lambda x: x - 3.3, Search(Target(0.0), GRID, step=1.0), half=1.5)
    (stretch,) = search.stretches()
    assert stretch.start is not None
    # at 2 the upper end, 0.2, still holds; at 5 the lower end, 0.2, holds for the first time
    assert (stretch.start.low, stretch.start.value, stretch.start.high) == (2, 4, 5)
    assert set(search.found) == set(GRID)


def test_listed_values_are_all_there_is() -> None:
    search = run(lambda x: x * x, Search(Target(10.0), (1.0, 3.0, 4.0, 9.0), step=inf))
    (stretch,) = search.stretches()
    assert stretch.start is not None
    assert (stretch.start.value, set(search.found)) == (4, {1.0, 3.0, 4.0, 9.0})


def test_an_interval_that_leaves_the_range_is_open() -> None:
    (stretch,) = run(lambda x: x - 7, Search(Target(0.0), GRID), half=2.0).stretches()
    assert stretch.start is not None
    assert (stretch.start.low, stretch.start.high) == (pytest.approx(5), None)
    assert stretch.start.has_interval


def test_without_intervals_there_is_none() -> None:
    (stretch,) = run(lambda x: x - 7, Search(Target(0.0), GRID)).stretches()
    assert stretch.start is not None and not stretch.start.has_interval
