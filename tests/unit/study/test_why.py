"""Explained differences in small worlds whose every posting can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.errors import InputError, ModelError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.figures import Figures
from corridor_sim.study.override_groups import Group, group_overrides
from corridor_sim.study.why import plan_why
from small_world import world

PLACES = {name: {"name": name, "at": [0, east]} for east, name in enumerate("ABC")}


def tariff(price: str) -> dict[str, Any]:
    return {"activity": "line_haul", "price": price, "tax": {"basis": "exempt"}}


TARIFFS = {
    "lorry": tariff("100 CNY/consignment"),
    "train": tariff("65 CNY/consignment"),
    "last mile": tariff("50 CNY/consignment"),
    "lift": tariff("30 CNY/consignment"),
    "by weight": tariff("10 CNY/t"),
}
LAST = {"last mile": {"road": "B to C", "takes": "10 h", "charges": ["last mile"]}}
ROUTES = {
    "old": {"steps": [{"lorry": {"road": "A to B", "takes": "10 h", "charges": ["lorry"]}}, LAST]},
    "new": {
        "steps": [
            {"train": {"rail": "A to B", "takes": "20 h", "charges": ["train"]}},
            {"lift": {"at": "crane", "takes": "1 h", "charges": ["lift"]}},
            LAST,
        ]
    },
    "weighed": {"steps": [{"ride": {"board": "line", "charges": ["by weight"]}}]},
}


def asked(route: str, *arguments: str, **sets: Any) -> ScenarioFile:
    """A world with two consignments of a tonne on `route` and one alternative, "other"."""
    return load(
        world(
            {"goods": {"on": ["08:00", "tue 08:00"], "route": route, "terms": {"incoterm": "DAP", "place": "B"}}},
            ROUTES,
            facilities={"crane": {"at": "B", "servers": 9, "opens": "always"}},
            services={"line": {"departs": "daily 12:00", "capacity": "2 t"}},
            places=PLACES,
            tariffs=TARIFFS,
            alternatives={"base": {}, "other": {"set": {path.replace("__", "."): to for path, to in sets.items()}}},
        ),
        arguments,
    )


def compared(file: ScenarioFile) -> Figures:
    (pair,) = evaluate(file, noise=False, why=True).summary["comparisons"]
    return dict(pair)


def bars_of(pair: Figures, base: str = "cash") -> dict[str, int]:
    return {bar["group"]: bar["cents"] for bar in pair["why"]["bars"] if bar["base"] == base}


def test_where_by_hand() -> None:
    """Two consignments by train and crane instead of by lorry; 1,000 CNY at 3 % a year wait 31 h instead of 20 h.

    That is 10.6 instead of 6.8 cents each, 11 and 7 once rounded. The last mile costs both the same and is no bar.
    """
    where = compared(asked("old", flows__goods__route="new"))["where"]
    bars = [tuple(bar[key] for key in ("base", "activity", "origin", "destination", "mode")) for bar in where["bars"]]
    assert dict(zip(bars, (bar["cents"] for bar in where["bars"]), strict=True)) == {
        ("cash", "line_haul", "A", "B", "road"): -2 * 10000,
        ("cash", "line_haul", "A", "B", "rail"): 2 * 6500,
        ("cash", "line_haul", "B", "B", ""): 2 * 3000,
        ("time", "stock_in_transit", "", "", ""): 2 * (11 - 7),
    }
    assert where["equal"] == 1
    totals = {row["base"]: row for row in where["totals"]}
    assert [totals[base]["cents"] for base in ("cash", "total_logistics", "with_carbon")] == [-1000, -992, -992]
    assert (totals["cash"]["baseline_cents"], totals["cash"]["alternative_cents"]) == (2 * 15000, 2 * 14500)
    assert totals["cash"]["per_tonne"]["value"] == pytest.approx(-5.0)


def test_another_route_is_one_bar() -> None:
    why = compared(asked("old", flows__goods__route="new", routes__new__steps__train__takes="22 h"))["why"]
    assert [group["name"] for group in why["groups"]] == ["route"]
    assert why["cases"] == 0
    assert {bar["base"]: bar["cents"] for bar in why["bars"]}["cash"] == -1000


def test_two_prices_are_worth_what_each_changes() -> None:
    sets = {"tariffs__lorry__price": "90 CNY/consignment", "tariffs__last mile__price": "53.5 CNY/consignment"}
    pair = compared(asked("old", **sets))
    assert bars_of(pair) == {"lorry: price": -2000, "last mile: price": 700}
    assert pair["why"]["cases"] == 2


def test_weight_and_price_by_weight_share_what_they_do_together() -> None:
    """10 CNY a tonne and 1 t become 12 and 1.5: 8 CNY a consignment more.

    The price is worth (2 + 3) / 2 and the weight (5 + 6) / 2.
    """
    sets = {"tariffs__by weight__price": "12 CNY/t", "flows__goods__weight": "1.5 t"}
    assert bars_of(compared(asked("weighed", **sets))) == {"by weight: price": 2 * 250, "goods: weight": 2 * 550}


def test_what_cannot_be_had_apart_is_one_bar_and_says_so() -> None:
    """3 t do not fit a train that lifts 2 t."""
    sets = {
        "services__line__capacity": "10 t",
        "flows__goods__weight": "3 t",
        "tariffs__by weight__price": "12 CNY/t",
    }
    pair = compared(asked("weighed", **sets))
    assert bars_of(pair) == {"line: capacity + goods: weight": 2 * (2000 + 2400) // 2, "by weight: price": 2 * 400}
    (note,) = pair["why"]["notes"]
    assert note.startswith('"line: capacity + goods: weight" is one bar, because its parts cannot be had one without')


def test_what_only_pricing_finds_impossible_is_one_bar_too() -> None:
    """A price by volume meets goods without any as soon as it is posted, and not before."""
    sets = {"flows__goods__volume": "2 m3", "tariffs__by weight__price": "6 CNY/m3", "flows__goods__value": "2 CNY/kg"}
    pair = compared(asked("weighed", **sets))
    assert bars_of(pair) == {"goods: volume + by weight: price": 2 * (1200 - 1000), "goods: value": 0}
    assert "without any volume" in pair["why"]["notes"][0]


def test_an_alternative_that_cannot_be_played_is_no_matter_of_why() -> None:
    with pytest.raises(ModelError, match="without any volume"):
        compared(asked("weighed", **{"tariffs__by weight__price": "6 CNY/m3", "flows__goods__value": "2 CNY/kg"}))


def test_an_alternative_like_the_baseline_has_no_bars() -> None:
    pair = compared(asked("old", tariffs__lorry__price="100 CNY/consignment"))
    assert pair["why"]["bars"] == [] == pair["where"]["bars"]
    assert {row["cents"] for row in pair["where"]["totals"]} == {0}


def test_arguments_override_both_sides_and_so_explain_nothing() -> None:
    sets = {"tariffs__lorry__price": "90 CNY/consignment", "tariffs__last mile__price": "51 CNY/consignment"}
    file = asked("old", "tariffs.lorry.price=70 CNY/consignment", **sets)
    assert names(list(plan_why(file, "other").groups)) == ["last mile: price"]


def grouped(*paths: str, own: frozenset[str] = frozenset()) -> list[Group]:
    file = asked("old")
    return group_overrides([tuple(path.split(".")) for path in paths], file.overlay("base"), own)


def names(groups: list[Group]) -> list[str]:
    return [group.name for group in groups]


SEVEN = [f"services.{name}.{field}" for name in ("s", "t", "u") for field in ("departs", "takes")]


def test_overrides_are_cut_as_finely_as_six_groups_allow() -> None:
    assert names(grouped(*SEVEN)) == [f"{name}: {field}" for name in "stu" for field in ("departs", "takes")]
    assert names(grouped(*SEVEN, "flows.goods.weight")) == ["services: departs", "services: takes", "goods: weight"]
    many = [f"services.s.f{number}" for number in range(6)]
    assert names(grouped(*many, "flows.goods.weight")) == ["services", "goods"]


def test_routes_are_one_group_and_leave_five_for_the_rest() -> None:
    found = grouped("flows.goods.route", "routes.new.contracts", "routes.old.contracts", own=frozenset({"new"}))
    assert [(group.name, len(group.paths)) for group in found] == [("route", 2), ("old: contracts", 1)]
    assert names(grouped("flows.goods.route", *SEVEN)) == ["route", "services: departs", "services: takes"]


def test_the_smallest_of_too_many_sections_are_merged() -> None:
    sections = ("services", "flows", "tariffs", "facilities", "closures", "subsidies", "boxes")
    paths = [f"{section}.x.{field}" for section in sections for field in ("f", "g")] + ["services.y.f"]
    found = grouped(*paths)
    assert names(found) == ["services", "goods", "tariffs", "facilities", "closures", "other"]
    assert len(found[-1].paths) == 2 + 2


def test_things_of_the_same_name_are_told_apart_by_their_section() -> None:
    assert names(grouped("services.x.f", "tariffs.x.f", "tariffs.y.f")) == ["services, x: f", "tariffs, x: f", "y: f"]


def test_a_wrong_alternative_is_refused_before_anything_is_played() -> None:
    with pytest.raises(InputError, match="nowhere"):
        asked("old", flows__goods__route="nowhere")
