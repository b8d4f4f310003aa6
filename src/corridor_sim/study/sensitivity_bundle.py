"""Writes a sensitivity as one folder.

results/<scenario>/sensitivity-<key>/  summary.json  inputs.csv  figures/<method>.png
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from corridor_sim.study.answers import csv_bytes, key_of, write_answer
from corridor_sim.study.figures import Figures
from corridor_sim.study.sensitivity import Question

KIND, INPUTS = "sensitivity", "inputs.csv"
ABOUT = ("input", "member", "grade", "price_only", "low", "stated", "high", "unit")
ENDS = ("value", "low", "high")
Draw = Callable[[Figures], bytes]


def key_of_sensitivity(question: Question) -> str:
    """Return what names the question: inputs, figure, method, seed and replications."""
    known, response = question.known, question.response
    sides = response.sides
    return key_of(
        {
            "scenario": known.file.name,
            "inputs": {name: one.model_dump(mode="json") for name, one in known.scenarios.items()},
            "asked": list(question.names),
            "figure": [response.name, sides.of, sides.against, *response.costs, list(sides.scope)],
            "method": [question.method.value, question.size],
            "run": [question.seed, question.replications],
        }
    )


def write_sensitivity(summary: Figures, out: Path, draw: Draw) -> Path:
    """Write the table, the picture and at last the summary; return their folder. Raises ResultsError."""
    files = {f"figures/{summary['method']}.png": draw(summary), INPUTS: _table(summary)}
    return write_answer(KIND, summary, out, files)


def _table(summary: Figures) -> bytes:
    """Return a row for each input in the order of the summary, of a group one for each member with its range."""
    found = list(summary["inputs"][0]["found"])
    heads = [name if end == "value" else f"{name}_{end}" for name in found for end in ENDS]
    rows = [(rank, *cells) for rank, row in enumerate(summary["inputs"], start=1) for cells in _rows(row, found)]
    return csv_bytes(["rank", *ABOUT, *heads, "resolved", "method"], rows)


def _rows(row: Figures, found: list[str]) -> Iterator[tuple[object, ...]]:
    figures = [row["found"][name] for name in found]
    numbers = [one[end] for one in figures for end in ENDS]
    last = figures[-1]
    for member in row["ranges"]:
        about = (row["input"], member["input"], row["grade"], row["price_only"])
        ends = (member["low"], member["stated"], member["high"], member["unit"])
        yield (*about, *ends, *numbers, last["resolved"], last["method"])
