"""Break-evens and mode maps of a scenario without chance, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study import modemap, play
from corridor_sim.study.breakeven import Question, break_even, goal_of, write_break_even
from corridor_sim.study.executors import Here
from corridor_sim.study.figures import Figures
from corridor_sim.study.player import Player
from corridor_sim.study.targets import beating, read_target, sides_of
from corridor_sim.study.vary import read_vary

TWO_WAYS = Path(__file__).parent / "two_ways.yaml"
SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
Ask = Callable[..., Figures]


def ask(
    file: ScenarioFile, vary: str, target: str, of: str, against: str | None = None, scope: tuple[str, ...] = ()
) -> Figures:
    """Return the summary of a break-even; `target` "" for beating `against`."""
    sides = sides_of(file, of, against, "total_logistics", "chain", "kg", scope)
    reach = read_target(target, sides) if target else beating(sides)
    clock = file.base.clock
    question = Question(file, read_vary(vary, file, of), reach, sides, clock.seed, clock.replications)
    return break_even(question, Player(file, clock.seed, Here(), lambda *_: None, flows=scope))


@pytest.fixture(scope="module")
def two_ways() -> ScenarioFile:
    return load(TWO_WAYS)


def test_the_discount_at_which_two_tariffs_are_equal(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "tariffs.list price.discount=0 %:50 %", "", "dear and fast", "cheap and fast")
    (stretch,) = found["holds"]
    # the same road and time: 10,000 less 20 % is 8,000
    assert stretch["stop"] is None
    assert stretch["start"]["value"] == pytest.approx(20, abs=1e-4)
    assert (stretch["start"]["low"], stretch["start"]["high"]) == (pytest.approx(20), pytest.approx(20))


def test_the_value_from_which_five_days_are_worth_the_dearer_way(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "flows.parts.value", "", "dear and fast", "cheap")
    (stretch,) = found["holds"]
    # 2,000 CNY over 10 t are 0.2 CNY/kg; five days at 0.1 % are 0.5 % of the value: 40 CNY/kg
    assert (found["vary"]["low"], found["vary"]["high"], stretch["stop"]) == (5, 500, None)
    assert stretch["start"]["value"] == pytest.approx(40, rel=1e-3)


def test_a_saving_in_money_and_in_per_cent(two_ways: ScenarioFile) -> None:
    vary = "tariffs.list price.discount=0 %:50 %"
    # without time costs in cash: 10,000 x (1 - d) is 8,000 less 1,000 at 30 %, and less 10 % at 28 %
    for target, discount in (("saving=1000 CNY/box", 30), ("saving=0.1 CNY/kg", 30), ("saving=10 %", 28)):
        sides = sides_of(two_ways, "dear and fast", "cheap and fast", "cash", "chain", "kg", ())
        question = Question(two_ways, read_vary(vary, two_ways, "cheap"), read_target(target, sides), sides, 7, 10)
        found = break_even(question, Player(two_ways, 7, Here(), lambda *_: None))
        assert found["holds"][0]["start"]["value"] == pytest.approx(discount, abs=0.01), target


def test_a_target_out_of_reach_says_what_comes_closest(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "tariffs.list price.discount=0 %:15 %", "", "dear and fast", "cheap and fast")
    assert found["holds"] == []
    # at 15 % it costs 8,500 and the other 8,000; a day at 0.1 % of 200,000 CNY costs both 200 more
    assert found["closest"]["value"] == "15 %"
    assert found["closest"]["figure"]["value"] == pytest.approx(100 * (1 - 8700 / 8200), abs=0.01)


def test_an_hour_of_departure_that_starts_and_stops_to_be_good(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "services.train.departs=daily {}:00:1:23", "transit_mean=12 h", "by train")
    # released at 00:30 and 12:30, they wait h - 0.5 and h + 11.5 hours until hour h, from 13 on h - 0.5 and h - 12.5
    # hours, and ride one: a mean of h + 6.5, then h - 5.5 hours; at most 12 from hour 1 to 5, and from 13 to 17
    ends = [(stretch["start"] and stretch["start"]["value"], stretch["stop"]["value"]) for stretch in found["holds"]]
    assert ends == [(None, 5), (13, 17)]


def test_days_of_the_week_are_spread_evenly(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "services.train.departs={days} 20:00:1:7", "transit_p95=3 d", "by train")
    # on Mondays and Thursdays some wait from Friday 00:30 to Monday 20:00, with Fridays from Saturday on: 67.5 h
    assert [point["value"] for point in found["points"]][:3] == ["mon 20:00", "mon,thu 20:00", "mon,wed,fri 20:00"]
    assert found["holds"][0]["start"]["value"] == 3


def test_hours_of_a_way_hold_up_to_the_due_time(two_ways: ScenarioFile) -> None:
    found = ask(two_ways, "routes.fast.steps.go.takes=24 h:240 h", "on_time=100 %", "dear and fast")
    (stretch,) = found["holds"]
    assert stretch["start"] is None
    assert stretch["stop"]["value"] == pytest.approx(120, abs=240 * 1e-4)


def test_a_template_makes_the_rate_of_releases_vary(two_ways: ScenarioFile) -> None:
    vary = "flows.parts.arrives={every: {} h}:6:48"
    found = ask(two_ways, vary, "on_time=50 %", "cheap and fast")
    assert [stretch["stop"] for stretch in found["holds"]] == [None]
    assert {point["value"] for point in found["points"]} >= {"{every: 6 h}", "{every: 48 h}"}
    assert found["vary"]["unit"] == "h"


def test_points_that_differ_in_a_price_are_simulated_once(
    two_ways: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[tuple[str, int]] = []
    simulate = play.simulate

    def counted(lowered: Any, replications: range, *others: Any, **more: Any) -> Any:
        played.extend((lowered.alternative, number) for number in replications)
        return simulate(lowered, replications, *others, **more)

    monkeypatch.setattr(play, "simulate", counted)
    vary = "tariffs.list price.discount=10 %,15 %,25 %,30 %"
    found = ask(two_ways, vary, "", "dear and fast", "cheap")
    assert (found["simulated"], len(found["points"])) == ({"cases": 8, "programs": 2}, 4)
    assert sorted(played) == [(name, number) for name in ("cheap", "dear and fast") for number in range(10)]


def test_only_the_flows_of_the_scope_count() -> None:
    file = load(SMALL)
    text = "flows.plums.arrives.poisson=50 pallets per week,100 pallets per week"
    alone = ask(file, text, "on_time=10 %", "train", scope=("plums",))
    together = ask(file, text, "on_time=10 %", "train")
    assert [each["figure"] for each in alone["points"]] == [each["figure"] for each in together["points"]]


def test_what_is_written_is_the_summary(two_ways: ScenarioFile, tmp_path: Path) -> None:
    found = ask(two_ways, "tariffs.list price.discount=10 %,30 %", "", "dear and fast", "cheap")
    folder = write_break_even(found, tmp_path, lambda summary: b"picture")
    assert json.loads((folder / "summary.json").read_bytes()) == found
    assert (folder / "points.csv").read_text().splitlines()[1].startswith("10 %,10.0,")
    assert sorted(path.name for path in folder.iterdir()) == ["figures", "points.csv", "summary.json"]


def test_replications_grow_until_the_break_even_is_known() -> None:
    file = load(SMALL)
    vary = read_vary("tariffs.lift.price=HKD 300/box:HKD 60000/box", file, "train")
    sides = sides_of(file, "train", "truck", "cash", "chain", "kg", ())
    player = Player(file, 7, Here(), lambda *_: None)
    wide = break_even(Question(file, vary, beating(sides), sides, 7, 10), player)
    (edge,) = (stretch["stop"] for stretch in wide["holds"])
    asked = (edge["high"] - edge["low"]) / 2 / 1.3
    goal = goal_of(f"HKD {asked:.0f}/box", vary, 60, 10)
    narrow = break_even(Question(file, vary, beating(sides), sides, 7, 10, goal=goal), player)
    (edge,) = (stretch["stop"] for stretch in narrow["holds"])
    assert narrow["run"]["replications"] > 10
    assert (narrow["precision"]["not_reached"], (edge["high"] - edge["low"]) / 2 <= round(asked)) == ([], True)


def mapped(file: ScenarioFile, ways: tuple[str, ...], cells: int) -> Figures:
    sides = sides_of(file, ways[-1], ways[0], "total_logistics", "chain", "kg", ("parts",))
    question = modemap.Question(file, "parts", ways, sides, (1.0, 1000.0), (0.01, 10.0), cells, 7, 10)
    return modemap.mode_map(question, Player(file, 7, Here(), lambda *_: None, flows=("parts",)))


def test_the_map_of_two_ways_has_a_hyperbola_between_them(two_ways: ScenarioFile) -> None:
    ways = modemap.ways_of(two_ways, "parts", ["cheap", "dear and fast"])
    found = mapped(two_ways, ways, 9)
    for x, value in enumerate(found["values"]):
        for y, urgency in enumerate(found["urgencies"]):
            # five days more against 0.2 CNY/kg less
            gap = value * urgency / 100 * 5 - 0.2
            assert found["best"][x][y] == int(gap > 0), (value, urgency)
            assert found["separated"][x][y]
            assert found["cost"][0][x][y] == pytest.approx(0.8 + value * urgency / 100 * 6, rel=1e-4)
    assert found["own"] == {"value": 20.0, "urgency": pytest.approx(0.1)}
    assert found["priced"] == {"places": 6, "straight": True}


def test_where_costs_are_not_straight_more_places_are_priced(
    two_ways: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = mapped(two_ways, ("cheap", "dear and fast"), 7)
    monkeypatch.setattr(modemap, "STRAIGHT", -1.0)
    found = mapped(two_ways, ("cheap", "dear and fast"), 7)
    # the corners and two checks, then a grid of seven by seven that has the corners and the middle
    assert found["priced"] == {"places": 6 + 49 - 5, "straight": False}
    assert (found["best"], found["separated"]) == (straight["best"], straight["separated"])


def test_the_first_alternative_on_each_route_is_a_way(two_ways: ScenarioFile) -> None:
    assert modemap.ways_of(two_ways, "parts", []) == ("cheap", "cheap and fast", "dear and fast", "by train")
    with pytest.raises(InputError, match='did you mean "parts"'):
        modemap.ways_of(two_ways, "part", [])
    with pytest.raises(InputError, match="all alternatives take one route"):
        modemap.ways_of(load(TWO_WAYS, ["alternatives={cheap: {}}"]), "parts", [])


@pytest.mark.parametrize("text", ["1 CNY/kg", "0 CNY/kg:5 CNY/kg", "5 CNY/kg:1 CNY/kg", "1 CNY/t:5 CNY/t", "x:y"])
def test_a_range_that_a_map_cannot_have_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--value .*from:to above 0 in CNY/kg"):
        modemap.read_ends("--value", text, ("CNY/kg",))
