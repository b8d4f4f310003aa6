"""A sensitivity of a world whose savings can be worked out by hand: prices and a duration in doubt, without noise."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load
from corridor_sim.study.doubt import doubted
from corridor_sim.study.executors import Here
from corridor_sim.study.kinds import Method
from corridor_sim.study.player import Player
from corridor_sim.study.response import response_of
from corridor_sim.study.sensitivity import Question, inputs_asked, sensitivity
from corridor_sim.study.sensitivity_bundle import key_of_sensitivity, write_sensitivity
from corridor_sim.study.targets import sides_of

CLAIMED = Path(__file__).with_name("claimed.yaml").read_text(encoding="utf-8")
LORRY = (
    "price: 10000 CNY/box, ",
    "price: {assume: 10000 CNY/box, range: [9000 CNY/box, 12000 CNY/box], because: by hand}, ",
)
HANDLING = (
    ("charges: train", "charges: [train, handling]"),
    (
        "  ferry: {activity: line_haul",
        "  handling: {activity: handling, price: {assume: 0 CNY/box, range: [0 CNY/box, 1500 CNY/box], because: "
        "by hand}, tax: {basis: exempt}}\n  ferry: {activity: line_haul",
    ),
)
TRAIN = "tariffs.train.price"
RIDE = "routes.by train.steps.go.takes"


def slower(until: str) -> tuple[str, str]:
    """Return what puts the ride of the train in doubt: 20 hours at least, 24 as stated."""
    ride = f"takes: {{assume: 24 h, range: [20 h, {until}], because: by hand}}, charges: train"
    return "takes: 24 h, charges: train", ride


def question_of(
    *pairs: tuple[str, str],
    method: Method = Method.TORNADO,
    size: int = 0,
    kpi: str | None = None,
    inputs: tuple[str, ...] = (),
    replications: int = 10,
) -> Question:
    text = CLAIMED
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    file = load(text)
    sides = sides_of(file, "train", None, "cash", "chain", "kg", ("plums",))
    known = doubted(file, ("train", "today"))
    return Question(known, inputs_asked(known, inputs), response_of(sides, kpi), method, size, 7, replications)


def found(question: Question) -> dict[str, Any]:
    player = Player(question.known.file, question.seed, Here(), lambda what, done, total: None, "reference")
    return sensitivity(question, player)


def values(row: Mapping[str, Any]) -> list[float | None]:
    return [figure["value"] for figure in row["found"].values()]


def test_bars_are_the_savings_at_the_ends() -> None:
    summary = found(question_of(LORRY))
    lorry, train = summary["inputs"]
    # 1 - 9,000/10,000 as stated; the lorry at 9,000 and 12,000, the train at 8,000 and 10,000
    assert summary["stated"]["value"] == pytest.approx(10)
    assert (lorry["input"], train["input"]) == ("tariffs.lorry.price", TRAIN)
    assert values(lorry) == pytest.approx([0, 25, 25])
    assert values(train) == pytest.approx([20, 0, -20])
    assert lorry["ranges"] == [
        {"input": "tariffs.lorry.price", "low": 9000, "stated": 10000, "high": 12000, "unit": "CNY/box"}
    ]
    assert [each["low"] for each in train["found"].values()] == pytest.approx([20, 0, -20]), "no noise in a share"


def test_what_moves_together_is_one_bar() -> None:
    both = (LORRY[0], LORRY[1].replace("because", "moves_with: prices, because"))
    train = (
        "range: [8000 CNY/box, 10000 CNY/box], because",
        "range: [8000 CNY/box, 10000 CNY/box], moves_with: prices, because",
    )
    (row,) = found(question_of(both, train))["inputs"]
    # 1 - 8,000/9,000 and 1 - 10,000/12,000
    assert (row["input"], set(row["members"])) == ("prices", {TRAIN, "tariffs.lorry.price"})
    assert values(row) == pytest.approx([100 / 9, 100 / 6, 100 / 6 - 100 / 9])


def test_effects_of_prices_that_add_up_are_their_ranges() -> None:
    summary = found(question_of(*HANDLING, method=Method.MORRIS, size=4, replications=1))
    # 2,000 and 1,500 of 10,000, whatever the other is; dearer saves less
    assert [row["input"] for row in summary["inputs"]] == [TRAIN, "tariffs.handling.price"]
    assert values(summary["inputs"][0]) == pytest.approx([20, -20, 0], abs=1e-4)
    assert values(summary["inputs"][1]) == pytest.approx([15, -15, 0], abs=1e-4)
    assert summary["points"] == 1 + 4 * 3


def test_indices_of_prices_that_add_up_are_their_shares_of_the_variance() -> None:
    summary = found(question_of(*HANDLING, method=Method.SOBOL, size=64, replications=1))
    # a PERT law over a width has the variance width^2 a b / (6^2 x 7), a and b its two parameters, 6 together
    train, handling = 2000**2 * 3 * 3 / 252, 1500**2 * 1 * 5 / 252
    for row, variance in zip(summary["inputs"], (train, handling), strict=True):
        share = variance / (train + handling)
        assert values(row) == pytest.approx([share, share], abs=0.06)
        assert all(figure["low"] <= share <= figure["high"] for figure in row["found"].values())


def test_a_longer_ride_takes_longer() -> None:
    summary = found(question_of(slower("36 h"), kpi="transit_mean"))
    ride = next(row for row in summary["inputs"] if row["input"] == RIDE)
    price = next(row for row in summary["inputs"] if row["input"] == TRAIN)
    assert summary["stated"]["value"] == pytest.approx(0)
    assert values(ride) == pytest.approx([-4, 12, 16])
    assert values(price) == pytest.approx([0, 0, 0])
    assert (ride["price_only"], price["price_only"]) == (False, True)


def test_what_is_not_delivered_has_no_figure_and_stands_last() -> None:
    summary = found(question_of(slower("3000 h"), kpi="transit_mean"))
    assert [row["input"] for row in summary["inputs"]] == [TRAIN, RIDE]
    assert values(summary["inputs"][1]) == [pytest.approx(-4), None, None]
    assert "not delivered" in summary["inputs"][1]["found"]["at_high"]["method"]
    screened = found(question_of(slower("3000 h"), kpi="transit_mean", method=Method.MORRIS, size=4, replications=1))
    assert [values(row) for row in screened["inputs"]] == [[None] * 3] * 2
    assert "not delivered" in screened["inputs"][0]["found"]["mean_size"]["method"]


def test_an_end_that_cannot_run_is_told_and_the_others_stand() -> None:
    open_for = (
        "routes:\n",
        "facilities:\n  gate: {at: Farm, mode: road, opens: daily 06:00-18:00, at_closing: restart, servers: 100}\n"
        "routes:\n",
    )
    work = ("steps: [go: {road: Farm to Market, takes: 24 h, charges: train}]", WORKED)
    rows = {row["input"]: row for row in found(question_of(open_for, work))["inputs"]}
    assert values(rows[TRAIN]) == pytest.approx([20, 0, -20])
    assert values(rows["routes.by train.steps.check.takes"]) == [pytest.approx(10), None, None]
    assert "cannot run there" in rows["routes.by train.steps.check.takes"]["found"]["at_high"]["method"]


WORKED = """steps:
      - check: {at: gate, takes: {assume: 2 h, range: [1 h, 20 h], because: by hand}, price: 0 CNY}
      - go: {road: Farm to Market, takes: 24 h, charges: train}"""
"""A job of up to 20 hours at a gate that is open for 12."""


def test_inputs_that_are_not_named_stay_as_stated() -> None:
    summary = found(question_of(LORRY, inputs=(TRAIN,)))
    assert [row["input"] for row in summary["inputs"]] == [TRAIN]
    assert (summary["left_out"], summary["points"]) == (1, 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tariffs.trian.price", 'did you mean "tariffs.train.price"'),
        ("tariffs.lorry.price", "has no range; give it one"),
        ("tariffs.ferry.price", "no input with a range that train or today uses"),
    ],
)
def test_an_input_that_cannot_move_is_told(name: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        question_of(inputs=(name,))
    assert said in str(caught.value)


def test_a_member_of_a_group_is_told_the_group() -> None:
    both = (LORRY[0], LORRY[1].replace("because", "moves_with: prices, because"))
    with pytest.raises(InputError, match='moves with the group "prices"'):
        question_of(both, inputs=("tariffs.lorry.price",))


def test_the_folder_has_every_input(tmp_path: Path) -> None:
    question = question_of(LORRY)
    summary = {**found(question), "key": key_of_sensitivity(question)}
    folder = write_sensitivity(summary, tmp_path, lambda summary: b"picture")
    assert folder == tmp_path / "claimed" / f"sensitivity-{key_of_sensitivity(question)}"
    rows = list(csv.DictReader((folder / "inputs.csv").read_text().splitlines()))
    assert [(row["rank"], row["input"], float(row["at_high"])) for row in rows] == [
        ("1", "tariffs.lorry.price", pytest.approx(25)),
        ("2", TRAIN, pytest.approx(0)),
    ]
    assert key_of_sensitivity(question) != key_of_sensitivity(question_of(LORRY, inputs=(TRAIN,)))
