"""What varies in a break-even: ranges, templates, lists and stated ranges."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.vary import Varied, read_vary

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
QINZHOU = Path(__file__).parents[3] / "scenarios" / "qinzhou.yaml"


@pytest.fixture(scope="module")
def small() -> ScenarioFile:
    return load(SMALL)


def read(argument: str, file: ScenarioFile) -> Varied:
    return read_vary(argument, file, file.baseline)


def test_a_range_keeps_its_unit(small: ScenarioFile) -> None:
    found = read("tariffs.lift.price=HKD 600/box:HKD 300/box", small)
    assert (found.low, found.high, found.step) == (300, 600, 0)
    assert found.override(412.5) == "tariffs.lift.price=HKD 412.5/box"
    assert found.grid(4) == (300, 400, 500, 600)
    assert found.shown(300) == "HKD 300/box"


def test_a_rate_of_releases_is_a_number_with_a_unit(small: ScenarioFile) -> None:
    found = read("flows.plums.arrives.poisson=20 pallets per week:80 pallets per week", small)
    assert found.override(50) == "flows.plums.arrives.poisson=50 pallets per week"


def test_numbers_that_the_model_takes_only_whole_are_whole(small: ScenarioFile) -> None:
    found = read("facilities.inspection.servers=1:40", small)
    assert (found.step, found.grid(5)) == (1, (1, 11, 20, 30, 40))
    assert read("services.train.taken_by_others=0:1", small).step == 0


def test_a_template_holds_the_number(small: ScenarioFile) -> None:
    found = read("services.train.departs=every {} h from 2026-06-01 20:00:12:168", small)
    assert (found.low, found.high, found.unit) == (12, 168, "h")
    assert found.override(36.5) == "services.train.departs=every 36.5 h from 2026-06-01 20:00"
    assert found.shown(36.5) == "36.5 h"
    assert read("services.train.departs=daily {}:30:1:20", small).step == 1
    rate = read("flows.plums.arrives={poisson: {} pallets per week}:20:80", small)
    assert (rate.unit, rate.value(20)) == ("pallets per week", "{poisson: 20 pallets per week}")


def test_days_of_the_week_are_evenly_apart(small: ScenarioFile) -> None:
    found = read("services.train.departs={days} 20:00:1:7", small)
    assert [found.value(days) for days in (1, 2, 3, 4, 7)] == [
        "mon 20:00",
        "mon,thu 20:00",
        "mon,wed,fri 20:00",
        "mon,tue,thu,sat 20:00",
        "mon,tue,wed,thu,fri,sat,sun 20:00",
    ]
    assert (found.step, found.unit) == (1, "days a week")


def test_listed_values_are_all_there_is(small: ScenarioFile) -> None:
    found = read("services.train.cutoff=12 h,2 h,6 h", small)
    assert (found.grid(9), found.step, found.value(6)) == ((2, 6, 12), inf, "6 h")
    timetables = read("services.train.departs=daily 20:00,[mon 20:00, thu 20:00]", small)
    assert timetables.grid(9) == (1, 2)
    assert timetables.value(2) == timetables.shown(2) == "[mon 20:00, thu 20:00]"


@pytest.mark.parametrize(
    ("path", "low", "high", "text"),
    [
        # written in the file; of a parameter of the catalog; below {carrying: ...} of such
        ("facilities.qinzhou inspection.background.load", 40, 85, "40 %"),
        ("services.train.taken_by_others", 20, 100, "20 %"),
        ("money.time_cost.carrying.capital", 3, 15, "3 %"),
    ],
)
def test_a_path_alone_takes_its_stated_range(path: str, low: float, high: float, text: str) -> None:
    found = read(path, load(QINZHOU))
    assert (found.value(found.low), found.low) == (text, low)
    assert found.high == high


def test_a_range_without_units_has_those_of_its_value(small: ScenarioFile) -> None:
    found = read("routes.by_rail.steps.haul.price", small)
    assert (found.value(found.low), found.value(found.high)) == ("1200 CNY/FEU", "2600 CNY/FEU")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("flows.plums.weight", 'no range is stated there; write from:to, such as "flows.plums.weight=450 kg:1800 kg"'),
        ("services.train.departs", 'a template such as "services.train.departs=every {} h:12:168"'),
        ("flows.plumbs.weight", 'no "plumbs" is written there (did you mean "plums"?)'),
        ("flows.plumbs.weight=1 kg:2 kg", 'no "plumbs" in flows (did you mean "plums"?)'),
        ("flows.plums.weight=1 kg:2 h", '"kg" and "h" differ'),
        ("flows.plums.weight=1 kg:1 kg", "from and to are the same"),
        ("flows.plums.weight=1 kg", "expected from:to"),
        ("flows.plums.weight=1 kg:2 kg:3", "expected from:to"),
        ("flows.plums.weight=1 h:2 h", '"1 h" is not a mass'),
        ("flows.plums.weight=1 kg,,2 kg", "nothing between two commas"),
        ("flows.plums.weight=1 kg,1 kg", "a value stands twice"),
        ("services.train.departs=every {} h:x:168", '"x" is not a number'),
        ("services.train.departs={days} 20:00:1:9", "1 to 7 days a week"),
        ("clock.seed=1:2", "see --seed"),
        ("a..b=1:2", "is not a path"),
    ],
)
def test_what_is_wrong_is_one_line(argument: str, said: str, small: ScenarioFile) -> None:
    with pytest.raises(InputError) as caught:
        read(argument, small)
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)
    assert str(caught.value).startswith("--vary ")
