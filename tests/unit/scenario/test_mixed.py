"""Scenarios between two alternatives: which overrides differ, and a file with some of them."""

from __future__ import annotations

from corridor_sim.reading.yaml_reader import read_yaml
from corridor_sim.scenario.mixed import differing_paths, mixed, parameter_uses
from corridor_sim.scenario.overrides import Overlay, apply_overrides

TEXT = """
a: {one: 1, two: 2}
b: [x: {c: 3}, y: {c: 4}]
"""


def overlay(**sets: object) -> Overlay:
    from corridor_sim.scenario.overrides import Origin

    return apply_overrides(read_yaml(TEXT), {path.replace("__", "."): value for path, value in sets.items()}, Origin())


def test_only_what_has_another_value_differs() -> None:
    before, after = overlay(a__one=5, a__two=7), overlay(a__one=5, a__two=8, b__y__c=9)
    assert differing_paths(before, after) == [("a", "two"), ("b", 1, "y", "c")]
    assert differing_paths(before, before) == []


def test_what_only_the_baseline_sets_differs_too() -> None:
    before, after = overlay(a__three=5), overlay()
    assert differing_paths(before, after) == [("a", "three")]
    assert mixed(before, after, [("a", "three")]).data == after.data


def test_an_override_within_another_goes_with_it() -> None:
    whole = overlay(a={"one": 5, "two": 6})
    assert differing_paths(overlay(a__two=9), whole) == [("a",)]
    assert mixed(overlay(a__two=9), whole, [("a",)]).data["a"] == {"one": 5, "two": 6}


def test_a_mixture_has_some_overrides_and_leaves_both_sides_as_they_are() -> None:
    before, after = overlay(), overlay(a__two=8, b__y__c=9, a__new=1)
    some = mixed(before, after, [("b", 1, "y", "c"), ("a", "new")])
    assert some.data == {"a": {"one": 1, "two": 2, "new": 1}, "b": [{"x": {"c": 3}}, {"y": {"c": 9}}]}
    assert before.data["a"] == {"one": 1, "two": 2}
    assert set(some.origins) == {("b", 1, "y", "c"), ("a", "new")}
    assert mixed(before, after, differing_paths(before, after)).data == after.data
    assert mixed(before, after, []).data == before.data


def test_a_parameter_is_used_where_it_first_stands_or_where_one_made_of_it_does() -> None:
    data = {
        "parameters": {"rate": 1, "fee": {"value": {"param": "rate"}}, "idle": 2, "round": {"param": "round"}},
        "money": {"fees": [{"param": "fee"}]},
        "tariffs": {"lift": {"price": {"param": "fee"}}, "move": {"param": "round"}},
        "alternatives": {"x": {"set": {"y": {"param": "idle"}}}},
    }
    assert parameter_uses(data) == {
        "fee": ("money", "fees", 0),
        "round": ("tariffs", "move"),
        "rate": ("money", "fees", 0),
    }
