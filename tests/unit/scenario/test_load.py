"""Loading: one Scenario per alternative, the order of overrides, parameters, and problems found on the way."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load

FILE = Path(__file__).with_name("small.yaml")
GOOD = FILE.read_text(encoding="utf-8")
ALTERNATIVES = "  truck: {set: {flows.plums.route: by_truck}}\n"
HOUR = 3600


def with_alternatives(lines):
    assert ALTERNATIVES in GOOD
    return GOOD.replace(ALTERNATIVES, ALTERNATIVES + lines)


def problems_of(source, sets=(), only=()):
    with pytest.raises(InputError) as caught:
        load(source, sets, only)
    return [str(problem) for problem in caught.value.problems]


def test_the_baseline_comes_first_and_the_others_in_the_order_of_the_file():
    text = with_alternatives("  also: {}\n").replace("baseline: train", "baseline: also")
    loaded = load(text)
    assert list(loaded.alternatives) == ["also", "train", "truck"]
    assert loaded.base is loaded.alternatives["also"]
    assert loaded.name == "small"


def test_only_the_asked_alternatives_are_kept_beside_the_baseline():
    assert list(load(with_alternatives("  also: {}\n"), only=["also"]).alternatives) == ["train", "also"]
    assert '"trukc" is no alternative (did you mean "truck"?)' in problems_of(GOOD, only=["trukc"])[0]


def test_a_file_and_its_text_are_the_same():
    assert load(FILE).alternatives == load(GOOD).alternatives
    assert load(FILE).file == str(FILE)


def test_an_alternative_overrides_the_file_what_it_is_like_and_an_argument_overrides_both():
    text = with_alternatives(
        "  heavy: {like: truck, set: {flows.plums.weight: 1000 kg, clock.seed: 8}}\n"
        "  heavier: {like: heavy, set: {flows.plums.weight: 1100 kg}}\n"
    )
    plain, argued = load(text).alternatives, load(text, ["flows.plums.weight=1200 kg"]).alternatives
    flows = {name: scenario.flows["plums"] for name, scenario in plain.items()}
    assert [float(flow.weight.value) for flow in flows.values()] == [900, 900, 1000, 1100]
    assert [flow.route for flow in flows.values()] == ["by_rail", "by_truck", "by_truck", "by_truck"]
    assert [scenario.clock.seed for scenario in plain.values()] == [7, 7, 8, 8]
    assert {float(scenario.flows["plums"].weight.value) for scenario in argued.values()} == {1200}


def test_an_alternative_changes_no_other():
    text = with_alternatives("  quick: {set: {routes.by_rail.steps.haul.takes: 1 h}}\n")
    scenarios = load(text).alternatives
    means = [scenario.routes["by_rail"].steps["haul"].takes.law.mean() for scenario in scenarios.values()]
    # PERT 1, 2, 4 h has the mean (1 + 8 + 4) / 6 h
    assert means == [Fraction(13, 6) * HOUR, Fraction(13, 6) * HOUR, HOUR]


def test_a_parameter_brings_its_provenance_and_follows_overrides():
    loading = load(GOOD).base.routes["by_rail"].steps["loading"].wait
    assert loading.law.mean() == 2 * HOUR
    assert (loading.provenance.grade, loading.provenance.param) == ("assumption", "loading")
    changed = load(GOOD, ["parameters.loading.assume=3 h"]).base.routes["by_rail"].steps["loading"].wait
    assert changed.law.mean() == 3 * HOUR


def test_what_stands_beside_a_parameter_overrides_it():
    text = GOOD.replace("{param: loading}", "{param: loading, because: seen once}")
    assert load(text).base.routes["by_rail"].steps["loading"].wait.provenance.because == "seen once"


def test_problems_of_an_override_name_the_override():
    (problem,) = problems_of(with_alternatives("  odd:\n    set:\n      flows.plums.weight: 3 h\n"))
    line = GOOD[: GOOD.index(ALTERNATIVES)].count("\n") + len(["truck", "odd", "set", "the override"])
    assert problem.startswith(f"<text>:{line}:27 flows.plums.weight:")
    assert "(set in alternatives.odd.set)" in problem


def test_problems_of_several_alternatives_come_together():
    text = with_alternatives("  a: {set: {flows.plums.wight: 1 t}}\n  b: {set: {flows.plum.weight: 1 t}}\n")
    found = problems_of(text)
    assert len(found) == 2
    assert 'did you mean "weight"' in found[0]
    assert 'did you mean "plums"' in found[1]


def test_a_problem_of_the_file_is_told_once_for_all_alternatives():
    (problem,) = problems_of(with_alternatives("  also: {}\n").replace("baseline: train", "baseline: trian"))
    assert 'did you mean "train"' in problem


def test_alternatives_are_not_like_each_other_in_a_circle():
    found = problems_of(with_alternatives("  a: {like: b}\n  b: {like: a}\n"))
    assert len(found) == 2
    assert all("in a circle" in problem for problem in found)


def test_the_order_of_the_file_does_not_matter():
    head, tail = GOOD[: GOOD.index("routes:\n")], GOOD[GOOD.index("routes:\n") :]
    turned = load(tail + head)
    assert turned.alternatives == load(GOOD).alternatives
