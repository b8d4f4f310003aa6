"""What is in doubt, and scenarios with other values: the same as loading the file with `--set` of those values."""

from __future__ import annotations

import json
from fractions import Fraction as F
from typing import Any

import pytest
from tests.small_world import world

from corridor_sim.errors import InputError
from corridor_sim.network.lower import lower
from corridor_sim.network.usage import values_in_use
from corridor_sim.sampling.distributions import Constant, Pert, Uniform
from corridor_sim.sampling.law import Distribution
from corridor_sim.sampling.moved import Moved
from corridor_sim.scenario.doubts import Doubt, doubts_of, range_of_mean, with_values
from corridor_sim.scenario.fitting import Fitting
from corridor_sim.scenario.load import ScenarioFile, load

HOUR = 3600


def assumed(value: Any, low: Any, high: Any, **more: Any) -> dict[str, Any]:
    return {"assume": value, "range": [low, high], "because": "nobody knows", **more}


TRUCK = {"road": "B to A", "takes": assumed({"pert": ["1 h", "2 h", "9 h"]}, "1 h", "9 h", moves_with="lorries")}
PARAMETERS = {"work": assumed("2 h", "1 h", "4 h", moves_with="lorries"), "known": "3 h"}
STEPS = [
    {"first": {"at": "ramp", "takes": {"param": "work"}}},
    {"again": {"at": "ramp", "takes": {"param": "work"}, "stream": "again"}},
    {"longer": {"at": "ramp", "takes": {"param": "work", "range": ["1 h", "6 h"]}, "stream": "longer"}},
    {"exact": {"wait": {"param": "known"}}},
    {"train": {"board": "train"}},
    {"truck": {**TRUCK, "charges": ["lorry"]}},
]
LORRY = {
    "activity": "line_haul",
    "price": assumed(["500 CNY/t", "10 CNY"], 300, 900),
    "tax": {"basis": "exempt"},
}
TEXT = world(
    {"goods": {"on": "tue 08:00", "value": assumed("9 CNY/kg", "2 CNY/kg", "5 CNY/kg")}},
    routes={"r": {"steps": STEPS}, "spare": {"steps": [{"off": {"wait": assumed("1 h", "0 h", "2 h")}}]}},
    facilities={"ramp": {}},
    services={
        "train": {
            "departs": "daily 12:00",
            "capacity": assumed("60 t", 40, 80),
            "carried": assumed("1 t", "0 t", "2 t"),
        }
    },
    tariffs={"lorry": LORRY, "unused": LORRY},
    parameters=PARAMETERS,
)


@pytest.fixture(scope="module")
def file() -> ScenarioFile:
    return load(TEXT)


def found_in(file: ScenarioFile) -> dict[str, Doubt]:
    return {one.name: one for one in doubts_of({name: values_in_use(it) for name, it in file.alternatives.items()})}


def test_only_ranges_that_are_in_use_are_in_doubt(file: ScenarioFile) -> None:
    assert set(found_in(file)) == {
        "work",
        "work at routes.r.steps.longer.takes",
        "services.train.capacity.0",
        "routes.r.steps.truck.takes",
        "tariffs.lorry.price",
        "flows.goods.value",
    }


def test_a_parameter_is_one_input_wherever_it_is_used(file: ScenarioFile) -> None:
    work = found_in(file)["work"]
    assert [path[3] for path in work.uses["base"]] == ["first", "again"]
    assert (work.low, work.mode, work.high, work.unit) == (HOUR, 2 * HOUR, 4 * HOUR, "second")
    assert found_in(file)["work at routes.r.steps.longer.takes"].high == 6 * HOUR


def test_ranges_are_about_the_mean_or_the_first_price_in_its_own_unit(file: ScenarioFile) -> None:
    found = found_in(file)
    assert found["routes.r.steps.truck.takes"].mode == 3 * HOUR
    price = found["tariffs.lorry.price"]
    assert (price.low, price.mode, price.high, price.unit) == (F(3, 10), F(1, 2), F(9, 10), "CNY/kilogram")
    room = found["services.train.capacity.0"]
    assert (room.low, room.mode, room.high) == (40_000, 60_000, 80_000)


def test_a_stated_value_outside_its_range_widens_it(file: ScenarioFile) -> None:
    value = found_in(file)["flows.goods.value"]
    assert (value.low, value.mode, value.high) == (2, 9, 9)


def test_what_moves_together_shares_a_coordinate(file: ScenarioFile) -> None:
    found = found_in(file)
    together = {name for name, one in found.items() if one.coordinate == "lorries"}
    assert together == {"work", "work at routes.r.steps.longer.takes", "routes.r.steps.truck.takes"}
    assert {name for name, one in found.items() if one.is_money} == {"tariffs.lorry.price", "flows.goods.value"}


def test_a_range_without_width_is_no_doubt() -> None:
    exact = json.loads(TEXT)
    exact["flows"]["goods"]["value"] = assumed("9 CNY/kg", 9, 9)
    assert "flows.goods.value" not in found_in(load(json.dumps(exact)))


@pytest.mark.parametrize(
    ("name", "number", "argument"),
    [
        ("work", F(3 * HOUR), "parameters.work.assume=3 h"),
        ("services.train.capacity.0", F(45_000), "services.train.capacity.assume=45 t"),
        ("tariffs.lorry.price", F(7, 10), "tariffs.lorry.price.assume=[700 CNY/t, 10 CNY]"),
        ("flows.goods.value", F(4), "flows.goods.value.assume=4 CNY/kg"),
    ],
)
def test_other_values_are_those_of_an_override(file: ScenarioFile, name: str, number: F, argument: str) -> None:
    inputs = tuple(found_in(file).values())
    changed = with_values(file.base, "base", inputs, {name: number})
    expected = load(TEXT, [argument]).base
    if name == "work":
        # the use with a range of its own is another input
        longer = "work at routes.r.steps.longer.takes"
        changed = with_values(file.base, "base", inputs, {name: number, longer: number})
    mine, theirs = lower(changed, "base"), lower(expected, "base")
    assert mine.program == theirs.program
    assert mine.tariffs == theirs.tariffs
    assert mine.plan.services[0].capacity == theirs.plan.services[0].capacity
    assert changed.flows["goods"].value.parts == expected.flows["goods"].value.parts


def test_a_law_keeps_its_shape_and_all_else_stays_the_same_object(file: ScenarioFile) -> None:
    inputs = tuple(found_in(file).values())
    changed = with_values(file.base, "base", inputs, {"routes.r.steps.truck.takes": F(6 * HOUR)})
    step = changed.routes["r"].steps["truck"]
    pert = Pert(F(HOUR), F(2 * HOUR), F(9 * HOUR))
    assert step.takes.law == Moved(pert, F(9 * HOUR), F(1, 2))
    assert changed.tariffs is file.base.tariffs
    assert changed.routes["spare"] is file.base.routes["spare"]
    assert with_values(file.base, "base", inputs, {one.name: one.mode for one in inputs}) is file.base


def test_a_constant_is_put_in_its_place(file: ScenarioFile) -> None:
    changed = with_values(file.base, "base", tuple(found_in(file).values()), {"work": F(5000)})
    assert changed.routes["r"].steps["first"].takes.law == Constant(F(5000))


BOX = {"teu": 2, "payload": assumed("20 t", "16 t", "22 t")}
BOXED = world(
    {"goods": {"on": "tue 08:00", "size": "1 box", "weight": assumed("18 t", "10 t", "26 t")}},
    routes={"r": {"box": {"type": "40HQ", "owner": "coc"}, "steps": [{"truck": {"road": "A to B", "takes": "2 h"}}]}},
    boxes={"40HQ": BOX},
)


@pytest.mark.parametrize(
    ("weight", "payload", "played"),
    [
        (18_000, 20_000, {}),
        # 26 t go back to 20 t by 3/4 of the way to the stated 18 t
        (26_000, 20_000, {"flows.goods.weight": F(20_000)}),
        # not even 18 t fit into 16 t: the payload goes back to 18 t by half of the way to 20 t
        (26_000, 16_000, {"flows.goods.weight": F(18_000), "boxes.40HQ.payload": F(18_000)}),
    ],
)
def test_a_load_is_held_at_what_fits(weight: int, payload: int, played: dict[str, F]) -> None:
    file = load(BOXED)
    inputs = tuple(found_in(file).values())
    fitting = Fitting.of(file.alternatives, inputs, file.written)
    assert fitting.fitted({"flows.goods.weight": F(weight), "boxes.40HQ.payload": F(payload)}) == played


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("tariffs.lorry.price", assumed("500 CNY/t", "40 USD/t", "60 USD/t"), 'the range end "40 USD/t" is'),
        ("tariffs.lorry.price", assumed("500 CNY/t", "3 CNY/box", "6 CNY/box"), 'the range end "3 CNY/box" is'),
        ("services.train.capacity", assumed("60 t", "40 m3", "80 m3"), '"40 m3" is not in the unit of "60 t"'),
        ("services.train.capacity", assumed("60 t", 80, 40), "the range runs backwards: 80 is more than 40"),
    ],
)  # fmt: skip
def test_a_range_in_another_unit_is_refused(path: str, value: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(TEXT, [f"{path}={json.dumps(value)}"])


@pytest.mark.parametrize(
    ("law", "stated", "ends"),
    [
        # an end that single draws reach: a sixth of the range away
        (Pert(F(60), F(85), F(100)), (60, 100), (F(400, 6), F(560, 6))),
        (Pert(F(4), F(12), F(36)), (4, 48), (F(4) + F(44, 6), F(48))),
        # ends beyond all draws are about the mean
        (Uniform(F(16), F(18)), (14, 25), (F(14), F(25))),
        # a constant is its mean
        (Constant(F(33)), (30, 48), (F(30), F(48))),
    ],
)
def test_where_the_mean_of_a_law_may_lie(law: Distribution, stated: tuple[int, int], ends: tuple[F, F]) -> None:
    assert range_of_mean(law, F(stated[0]), F(stated[1])) == ends
