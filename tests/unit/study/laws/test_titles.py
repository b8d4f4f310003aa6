"""The law of titles and order keeps, and catches programs, plans and ledgers in which a title or the order counts."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.economics import accounts
from corridor_sim.network import lower as lowering
from corridor_sim.study.laws.titles import TITLES_AND_ORDER, are_nested, rewritten

WORLD = {
    "flows": {
        "b": {"on": ["08:00", "tue 08:00"], "title": "the second"},
        "a": {"on": ["08:00", "wed 09:00"], "title": {"en": "the first", "zh-Hans": "第一"}},
    },
    "facilities": {"desk": {"opens": "mon-fri 08:00-18:00"}},
    "services": {"train": {"departs": "daily 20:00"}},
    "routes": {
        "r": {
            "title": "by rail",
            "steps": [{"serve": {"at": "desk", "takes": {"uniform": ["1 h", "2 h"]}}}, {"ride": {"board": "train"}}],
        },
    },
    "alternatives": {"base": {}, "slow": {"set": {"services.train.takes": "20 h", "flows.b.priority": 1}}},
}


def of_a_kind(found: list[Any], kind: str) -> list[Any]:
    return [each for each in found if each.kind == kind]


def test_a_world_in_which_no_title_counts_keeps_the_law(held):
    found = held(TITLES_AND_ORDER, replications=2, **WORLD)
    assert [(each.alternative, each.kind) for each in found] == [("base", "kept"), ("slow", "kept")]


@pytest.mark.parametrize("piece", ["tariffs", "subsidies", "switches", "loops and lanes", "laws"])
def test_lanes_switches_and_money_keep_the_law(held, golden_text, piece):
    assert of_a_kind(held(TITLES_AND_ORDER, golden_text(piece)), "broken") == []


def test_a_plan_in_which_titles_count_is_caught(held, monkeypatch):
    exact = lowering.plan_releases

    def titled(flow: Any, *rest: Any) -> Any:
        curve, fixed = exact(flow, *rest)
        return curve, fixed + len(flow.title["en"])

    monkeypatch.setattr(lowering, "plan_releases", titled)
    found = held(TITLES_AND_ORDER, **WORLD)
    assert {(each.kind, each.what) for each in found} == {("broken", "the plan")}


def test_a_program_in_which_the_order_counts_is_caught(held, monkeypatch):
    monkeypatch.setattr(lowering, "_ranked", lambda names: {name: number for number, name in enumerate(names)})
    monkeypatch.setattr(lowering, "routes_in_use", lambda scenario: list(scenario.routes))
    routes = {"r": WORLD["routes"]["r"], "other": {"steps": [{"ride": {"board": "train"}}]}}
    flows = {**WORLD["flows"], "c": {"on": "08:00", "route": "other"}}
    found = held(TITLES_AND_ORDER, **{**WORLD, "routes": routes, "flows": flows})
    assert {(each.kind, each.what) for each in found} == {("broken", "the program")}


def test_a_ledger_in_which_titles_count_is_caught(held, monkeypatch):
    exact = accounts.post_charges

    def twice(prices: Any, instructions: Any, passages: Any, postings: Any) -> None:
        exact(prices, instructions, passages, postings)
        if passages.lowered.scenario.title["en"].startswith("another"):
            exact(prices, instructions, passages, postings)

    monkeypatch.setattr(accounts, "post_charges", twice)
    found = of_a_kind(held(TITLES_AND_ORDER, **WORLD), "broken")
    assert found[0].what == "the ledger of replication 0"
    # four consignments, each with two steps that have a price, and with stock in transit
    assert (found[0].expected, found[0].found) == ("12 postings", "20, not all the same")


def test_a_file_that_cannot_be_read_the_other_way_round_is_caught(held, monkeypatch):
    found = held(TITLES_AND_ORDER, **WORLD)
    monkeypatch.setitem(TITLES_AND_ORDER.test.__globals__, "ANOTHER", "\x00")
    assert of_a_kind(found, "broken") == []
    (broken,) = of_a_kind(held(TITLES_AND_ORDER, **WORLD), "broken")
    assert broken.expected == "it is read"


def test_every_title_is_another_one_and_names_stay():
    data = {
        "title": {"en": "one", "zh-Hans": "一"},
        "name": "small",
        "places": {"A": {"name": "Town", "at": [0, 1]}, "B": {"param": "place.b"}},
        "routes": {"r": {"say": "so", "steps": [{"one": {"say": "slow", "wait": "1 h"}}, {"two": {"wait": "2 h"}}]}},
        "words": {"r": "way"},
        "flows": {"f": {"title": "goods", "route": "r"}},
        "alternatives": {"base": {}, "x": {"title": "other", "set": {"a.b": 1, "a.c": 2}}},
    }
    now = rewritten(data)
    assert now["title"] == {"zh-Hans": "another 一", "en": "another one"}
    assert now["places"] == {"B": {"param": "place.b"}, "A": {"at": [0, 1], "name": "another Town"}}
    steps = [{"one": {"wait": "1 h", "say": "another slow"}}, {"two": {"wait": "2 h"}}]
    assert now["routes"]["r"] == {"say": "another so", "steps": steps}
    assert now["flows"]["f"] == {"route": "r", "title": "another goods"}
    assert list(now) == ["alternatives", "flows", "routes", "places", "name", "title"]
    assert list(now["alternatives"]["x"]["set"]) == ["a.c", "a.b"]
    assert now["alternatives"]["x"]["title"] == "another other"


def test_steps_written_as_a_mapping_and_overrides_of_overrides_keep_their_order(held):
    steps = {"wait here": {"wait": "1 h"}, "wait there": {"wait": "2 h"}}
    assert list(rewritten({"routes": {"r": {"steps": steps}}, "alternatives": {}})["routes"]["r"]["steps"]) == [*steps]
    later = {"flows.a": WORLD["flows"]["a"], "flows.a.priority": 3}
    assert are_nested(later) and not are_nested({"flows.a.priority": 1, "flows.ab": 2, "flows.b": 3})
    arrives = {"on": ["2026-01-05 08:00"]}
    nested = {"flows.a.arrives": arrives, "flows.a.arrives.on": ["2026-01-05 09:00"]}
    found = held(TITLES_AND_ORDER, **{**WORLD, "alternatives": {"base": {}, "slow": {"set": nested}}})
    assert (found[0].kind, found[0].what) == ("exception", "overrides of slow")
    assert of_a_kind(found, "broken") == []
