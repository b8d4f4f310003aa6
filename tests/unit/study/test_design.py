"""What `--vary` arguments mean, and the points they are laid out to."""

from __future__ import annotations

import pytest

from corridor_sim.errors import InputError
from corridor_sim.study.design import Design, lay_out, numbers_of
from corridor_sim.study.kinds import Kind


def grid(*arguments: str) -> Design:
    return lay_out(arguments, Kind.GRID, None, seed=1)


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("a.b=1,2,3", ["1", "2", "3"]),
        ("a.b= 2 CNY/kg , 3 CNY/kg", ["2 CNY/kg", "3 CNY/kg"]),
        ("a=[mon 20:00, thu 20:00],[daily 08:00]", ["[mon 20:00, thu 20:00]", "[daily 08:00]"]),
        ('a={pert: [1 h, 2 h, 3 h]},"x, y"', ["{pert: [1 h, 2 h, 3 h]}", '"x, y"']),
        ("a=08:30", ["08:30"]),
        ("a=08:30,09:30", ["08:30", "09:30"]),
        ("a=daily 20:00", ["daily 20:00"]),
        ('parameters."rail.transit".published=1 h,2 h', ["1 h", "2 h"]),
        ("a=10%:40%:4", ["10%", "20%", "30%", "40%"]),
        ("a=2 CNY/kg:6 CNY/kg:5", ["2 CNY/kg", "3 CNY/kg", "4 CNY/kg", "5 CNY/kg", "6 CNY/kg"]),
        ("a=HKD 100/box:HKD 300/box:3", ["HKD 100/box", "HKD 200/box", "HKD 300/box"]),
        ("a=0:1:3", ["0", "0.5", "1"]),
        ("a=1:2:4", ["1", "1.33333333", "1.66666667", "2"]),
        ("a=3 h:1 h:3", ["3 h", "2 h", "1 h"]),
        ("a=-1 h:1 h:2", ["-1 h", "1 h"]),
    ],
)
def test_values_are_as_set_takes_them(argument: str, values: list[str]) -> None:
    assert [point[0] for point in grid(argument).points] == values


def test_a_grid_has_every_combination_the_last_axis_fastest() -> None:
    design = grid("a=1,2", "b.c=x,y,z")
    assert design.paths == ("a", "b.c")
    assert design.points == (("1", "x"), ("1", "y"), ("1", "z"), ("2", "x"), ("2", "y"), ("2", "z"))
    assert design.overrides(4) == ("a=2", "b.c=y")


@pytest.mark.parametrize("kind", [Kind.LHS, Kind.SOBOL])
def test_space_filling_points_put_one_value_into_each_part_of_an_axis(kind: Kind) -> None:
    count = 16
    design = lay_out(["a=2 h:6 h", "b=x,y", "c=10%:20%:3"], kind, count, seed=5)
    hours, shares = ([float(point[place].rstrip(" h%")) for point in design.points] for place in (0, 2))
    assert sorted(int((hour - 2) / 4 * count) for hour in hours) == list(range(count))
    assert sorted(int((share - 10) / 10 * count) for share in shares) == list(range(count))
    assert sorted(point[1] for point in design.points) == ["x"] * 8 + ["y"] * 8
    assert design == lay_out(["a=2 h:6 h", "b=x,y", "c=10%:20%:3"], kind, count, seed=5)
    assert design.points != lay_out(["a=2 h:6 h", "b=x,y", "c=10%:20%:3"], kind, count, seed=6).points


def test_sobol_goes_on_where_it_stopped() -> None:
    few, many = (lay_out(["a=0:1", "b=0:1"], Kind.SOBOL, count, seed=2).points for count in (5, 11))
    assert many[:5] == few


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "an empty design"),
        (["a="], "a: an empty design"),
        (["a"], "expected path=a,b,c"),
        (["=1"], "expected path=a,b,c"),
        (["a=1,,2"], "nothing between two commas"),
        (["a=1,1"], "a value stands twice"),
        (["a=1", "a=2"], "a: varies twice"),
        (["a..b=1"], "is not a path"),
        (["a=1 h:5 h"], "is not from:to:n"),
        (["a=1 h:5 h:x"], "is not from:to:n"),
        (["a=1 h:5 h:2:3"], "is not from:to:n"),
        (["a=1 h:five:3"], '"five" is not a number'),
        (["a=1 h:5 d:3"], "the same unit"),
        (["a=1 h:5 h:1"], "n is 1"),
        (["a=1 h:5 h:0"], "n is 0"),
        (["a=1 h:1 h:3"], "from and to are the same"),
        (["clock.seed=1,2"], "see --seed"),
        (["clock.replications=1,2"], "see --replications"),
        (["alternatives.x.set=1"], "see --alternatives"),
        (["a=1:1000:1000", "b=1:1000:1000"], "a design of 1,000,000 points; at least 1 and at most 100,000"),
    ],
)
def test_what_is_no_design_is_refused_with_what_would_be(arguments: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        grid(*arguments)
    assert said in str(caught.value)
    assert len(caught.value.problems) == 1


def test_the_number_of_points_belongs_to_designs_that_fill_space() -> None:
    for kind, count, said in [
        (Kind.LHS, None, "needs --points"),
        (Kind.SOBOL, 0, "0 points"),
        (Kind.GRID, 3, "a grid"),
    ]:
        with pytest.raises(InputError, match=said):
            lay_out(["a=0:1:2"], kind, count, seed=1)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        grid("a=1,,2", "clock.seed=3", "b=4,5")
    assert len(caught.value.problems) == 2


def test_numbers_of_one_unit_are_numbers() -> None:
    assert numbers_of(["2 CNY/kg", "2.5 CNY/kg"]) == ([2.0, 2.5], "CNY/kg")
    assert numbers_of(["1", "-2"]) == ([1.0, -2.0], "")
    assert numbers_of(["1 h", "2 d"]) is None
    assert numbers_of(["1 h", "x"]) is None
