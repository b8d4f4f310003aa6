"""Answers to claims against a world whose truth is known by hand: one price in doubt, and no chance in the costs.

The train's price is PERT over 8,000 to 10,000 CNY around 9,000, the lorry's 10,000: plums save a share that is PERT
over 0 to 20 % around 10 %, which is 0.2 times a Beta(3, 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import beta

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load
from corridor_sim.study.claims import Depth, answer_claims

CLAIMED = Path(__file__).with_name("claimed.yaml").read_text(encoding="utf-8")
SMALL = Depth(points=64)
STEP = 1 / 64
"""A design of so many points tells chances in steps."""
WIDEST = 0.2
SAVING = beta(3, 3, scale=WIDEST)


def answers(*pairs: tuple[str, str]) -> dict[str, Mapping[str, Any]]:
    text = CLAIMED
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    figures = answer_claims(load(text), SMALL, engine="reference").figures
    return {answer["name"]: answer for answer in figures["claims"]}


@pytest.fixture(scope="module")
def found() -> dict[str, Mapping[str, Any]]:
    return answers()


def chances(answer: Mapping[str, Any]) -> dict[str, float]:
    return {side: figure["value"] for side, figure in answer["doubt"]["chances"].items()}


def test_chances_are_those_of_the_price(found: dict[str, Mapping[str, Any]]) -> None:
    said = chances(found["plums"])
    assert said["below"] == pytest.approx(SAVING.cdf(0.05), abs=STEP)
    assert said["inside"] == pytest.approx(SAVING.cdf(0.08) - SAVING.cdf(0.05), abs=STEP)
    assert said["above"] == pytest.approx(SAVING.sf(0.08), abs=STEP)
    assert said["below"] + said["inside"] + said["above"] == pytest.approx(1)
    assert found["plums"]["doubt"]["low"] == pytest.approx(100 * SAVING.ppf(0.05), abs=0.3)
    assert found["plums"]["doubt"]["high"] == pytest.approx(100 * SAVING.ppf(0.95), abs=0.3)
    assert found["plums"]["verdict"] == "inconclusive"


def test_at_the_stated_price_a_tenth_is_saved_without_noise(found: dict[str, Mapping[str, Any]]) -> None:
    assert found["plums"]["stated"]["value"] == pytest.approx(10)
    assert found["plums"]["noise"]["half_width"] == pytest.approx(0, abs=1e-9)
    assert found["plums"]["metamodel"]["q2"] > 0.99
    assert [each["input"] for each in found["plums"]["drivers"]["inputs"]] == ["tariffs.train.price"]
    assert found["plums"]["drivers"]["assumed"]["value"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ("[0 %, 20 %]", "supported"),
        ("[1 %, 2 %]", "exceeds"),
        ("[18 %, 25 %]", "falls short"),
        ("[9.9 %, 10.1 %]", "contradicted"),
    ],
)
def test_the_interval_changes_the_verdict_and_nothing_else(
    interval: str, verdict: str, found: dict[str, Mapping[str, Any]]
) -> None:
    other = answers(("interval: [5 %, 8 %]", f"interval: {interval}"))["plums"]
    assert other["verdict"] == verdict
    about_it = ("verdict", "by_inputs", "firm", "interval", "noise", "doubt", "holds_when", "bases", "cells", "drivers")
    for key in other.keys() - set(about_it):
        assert other[key] == found["plums"][key], key
    assert {**other["doubt"], "chances": None} == {**found["plums"]["doubt"], "chances": None}
    assert {**other["drivers"], "verdict_assumed": None} == {**found["plums"]["drivers"], "verdict_assumed": None}
    for one, before in zip(other["bases"], found["plums"]["bases"], strict=True):
        assert one["stated"] == before["stated"]


def test_cells_are_weighed_by_containers_and_by_value(found: dict[str, Mapping[str, Any]]) -> None:
    cells = found["all"]["cells"]
    by_name = {cell["flow"]: cell for cell in cells["cells"]}
    assert by_name["pears"]["stated"]["value"] == pytest.approx(0)
    assert by_name["pears"]["chance"] == 0
    assert by_name["plums"]["chance"] == pytest.approx(SAVING.sf(0.05), abs=STEP)
    teu, value = (
        by_name["plums"][weight] / sum(cell[weight] for cell in cells["cells"]) for weight in ("teu", "value_cny")
    )
    assert cells["by_teu"]["value"] == pytest.approx(teu * by_name["plums"]["chance"])
    assert cells["by_value"]["value"] == pytest.approx(value * by_name["plums"]["chance"])
    assert by_name["plums"]["value_cny"] / by_name["plums"]["teu"] == pytest.approx(10_000 * 2 / 2)
    rule = by_name["plums"]["holds_when"]["branches"][0]
    assert rule["holds"] == 1
    dearest = rule["conditions"][0]
    assert (dearest["input"], dearest["above"], dearest["unit"]) == ("tariffs.train.price", False, "CNY/box")
    assert dearest["value"] == pytest.approx(9500, abs=60)
    assert dearest["quantile"] == pytest.approx(SAVING.sf(0.05), abs=0.03)


def test_every_cost_says_in_what_share_of_the_cargo_it_holds(found: dict[str, Mapping[str, Any]]) -> None:
    cells = found["all"]["cells"]
    rows = {(row["cost_base"], row["perspective"]): row["cells"] for row in found["all"]["bases"]}
    # the shipper pays everything under DAP, and there is nothing but cash to tell the routes apart
    assert set(rows) == {
        (base, who) for base in ("cash", "total_logistics", "with_carbon") for who in ("shipper", "chain")
    }
    assert rows["cash", "chain"]["by_teu"] == cells["by_teu"]
    for row in rows.values():
        assert row["by_teu"]["value"] == pytest.approx(cells["by_teu"]["value"], abs=STEP)
        assert row["by_value"]["value"] == pytest.approx(cells["by_value"]["value"], abs=STEP)


def test_effects_sum_to_the_saving(found: dict[str, Mapping[str, Any]]) -> None:
    ferry, rest = found["all"]["effects"]
    assert (ferry["effect"], ferry["of"], ferry["instead_of"]) == ("the ferry", "ferry", "today")
    assert (rest["effect"], rest["of"], rest["instead_of"]) == ("all else", "train", "ferry")
    assert ferry["stated"]["value"] == pytest.approx(5)
    assert ferry["stated"]["value"] + rest["stated"]["value"] == pytest.approx(found["all"]["stated"]["value"])


def test_levels_are_the_ends_of_the_range(found: dict[str, Mapping[str, Any]]) -> None:
    (level,) = found["all"]["levels"]
    whole = found["all"]["stated"]["value"]
    assert level["stated"]["value"] == pytest.approx(whole)
    assert level["low"]["value"] == pytest.approx(2 * whole)
    assert level["high"]["value"] == pytest.approx(0, abs=1e-9)


def test_what_both_sides_pay_alike_is_shown_apart(found: dict[str, Mapping[str, Any]]) -> None:
    assert found["plums"]["common"] is None
    common = found["all"]["common"]
    assert common["with"]["value"] == pytest.approx(found["all"]["stated"]["value"])


def test_knowing_the_price_is_worth_what_it_spares(found: dict[str, Mapping[str, Any]]) -> None:
    # Plums: the ferry costs 4,750 CNY a TEU, the train 4,000 to 5,000. Expected 4,500 without knowing; knowing the
    # price one takes the ferry where the train is dearer than 9,500 CNY: E[max(train - ferry, 0)] is spared.
    price = beta(3, 3, loc=8000, scale=2000)
    spared = price.expect(lambda cny: max(cny - 9500, 0) / 2)
    information = found["plums"]["information"]
    assert information["choice"] == "train"
    assert information["everything"]["value"] == pytest.approx(spared, rel=0.1)
    assert information["top"][0]["input"] == "tariffs.train.price"


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("[tariffs.train.price]}", "[tariffs.tram.price]}"), 'did you mean "tariffs.train.price"'),
        (("[tariffs.train.price]}", "[tariffs.lorry.price]}"), "no group or input with a range"),
    ],
)
def test_what_cannot_be_answered_is_named(pair: tuple[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        answers(pair)


def test_a_file_without_claims_says_so() -> None:
    head, _ = CLAIMED.split("claims:\n")
    with pytest.raises(InputError, match="no claim stands here"):
        answer_claims(load(head), SMALL)
