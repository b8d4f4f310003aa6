"""Notes of a summary: the same thing as data and as a sentence, and for which alternatives it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corridor_sim.scenario.load import load
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.notes import note_text

SMALL = (Path(__file__).parents[1] / "scenario" / "small.yaml").read_text(encoding="utf-8")


def _told(*sets: str) -> dict[str, Any]:
    return evaluate(load(SMALL, sets), replications=2).summary


def test_a_note_is_a_row_and_the_sentence_it_makes() -> None:
    # the small scenario has no factor for reefers: neither the train's nor the truck's emissions can be counted
    summary = _told()
    rows = [row for row in summary["note_rows"] if row["parts"].get("step") == "truck"]
    parts = {"route": "by_truck", "step": "truck", "factor": "reefer"}
    assert rows == [{"kind": "no factor", "parts": parts, "alternatives": ["truck"]}]
    sentence = 'emissions of by_truck/truck: money.emissions has no "reefer" that can be counted here (truck)'
    assert sentence in summary["notes"]
    assert summary["notes"] == [note_text(row) for row in summary["note_rows"]]


def test_a_note_that_holds_for_all_names_none() -> None:
    summary = _told("flows.plums.route=by_truck", "alternatives.train.set={}")
    rows = [row for row in summary["note_rows"] if row["parts"].get("step") == "truck"]
    assert [row["alternatives"] for row in rows] == [[]]
    assert 'emissions of by_truck/truck: money.emissions has no "reefer" that can be counted here' in summary["notes"]
