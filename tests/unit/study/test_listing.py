"""What a result rests on: prices of unknown tax basis, and the chart's main route."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim import load
from corridor_sim.study.evaluate import evaluate

SMALL = (Path(__file__).parents[1] / "scenario" / "small.yaml").read_text(encoding="utf-8")
LIFT = "    price: HKD 300/box\n    tax: {basis: exempt}\n"


def train(text: str) -> dict[str, object]:
    summary = evaluate(load(text, ["alternatives.train.set={}"], ["train"]), noise=False).summary
    return next(one for one in summary["alternatives"] if one["name"] == "train")


def total_per_box(one: dict[str, object]) -> float:
    wanted = {"base": "total_logistics", "perspective": "chain", "per": "box", "subsidy": "after"}
    return next(row["value"] for row in one["costs"] if all(row[key] == word for key, word in wanted.items()))


def test_known_tax_leaves_nothing_open() -> None:
    assert LIFT in SMALL
    assert train(SMALL)["assumptions"]["unknown_tax_share"] == 0


def test_an_unknown_basis_may_hold_its_tax() -> None:
    one = train(SMALL.replace(LIFT, LIFT.replace("{basis: exempt}", "{basis: unknown, rate: 6 %}")))
    # each box has one lift of HKD 300 at 0.9 CNY, of which 6/106 would be tax; the prices written at steps say nothing
    # of tax and count as stated
    expected = 270 * 6 / 106 / total_per_box(one)
    assert one["assumptions"]["unknown_tax_share"] == pytest.approx(expected, rel=0.01)


def test_the_main_route_is_that_of_most_boxes() -> None:
    assert train(SMALL)["main_route"] == "by_rail"
