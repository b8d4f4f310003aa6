"""Writes a sensitivity as one folder.

results/<scenario>/sensitivity-<key>/  summary.json  inputs.csv  figures/<method>.png
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path

from corridor_sim.study.bundle import KEY_DIGITS, cell_of, json_bytes
from corridor_sim.study.evaluate import RESULTS_VERSION
from corridor_sim.study.figures import Figures
from corridor_sim.study.sensitivity import Question
from corridor_sim.study.store import SUMMARY, locked, write_bytes_whole

FOLDER, INPUTS = "sensitivity-", "inputs.csv"
ABOUT = ("input", "member", "grade", "price_only", "low", "stated", "high", "unit")
ENDS = ("value", "low", "high")
Draw = Callable[[Figures], bytes]


def key_of(question: Question) -> str:
    """Return 16 hex digits that name the question: inputs, figure, method, seed and replications."""
    known, response = question.known, question.response
    sides = response.sides
    decisive = {
        "scenario": known.file.name,
        "inputs": {name: one.model_dump(mode="json") for name, one in known.scenarios.items()},
        "asked": list(question.names),
        "figure": [response.name, sides.of, sides.against, *response.costs, list(sides.scope)],
        "method": [question.method.value, question.size],
        "run": [question.seed, question.replications],
        "results_version": RESULTS_VERSION,
    }
    return sha256(json_bytes(decisive)).hexdigest()[:KEY_DIGITS]


def write_sensitivity(summary: Figures, out: Path, draw: Draw) -> Path:
    """Write the table, the picture and at last the summary; return their folder. Raises ResultsError."""
    folder: Path = out / summary["scenario"]["name"] / f"{FOLDER}{summary['key']}"
    picture = draw(summary)
    with locked(folder):
        write_bytes_whole(folder / "figures" / f"{summary['method']}.png", picture)
        write_bytes_whole(folder / INPUTS, _table(summary).encode())
        write_bytes_whole(folder / SUMMARY, json_bytes(summary))
    return folder


def _table(summary: Figures) -> str:
    """Return a row for each input in the order of the summary, and for each member of a group one with its range."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    found = list(summary["inputs"][0]["found"])
    heads = [name if end == "value" else f"{name}_{end}" for name in found for end in ENDS]
    writer.writerow(["rank", *ABOUT, *heads, "resolved", "method"])
    for rank, row in enumerate(summary["inputs"], start=1):
        for cells in _rows(row, found):
            writer.writerow([cell_of(cell) for cell in (rank, *cells)])
    return stream.getvalue()


def _rows(row: Figures, found: list[str]) -> Iterator[tuple[object, ...]]:
    figures = [row["found"][name] for name in found]
    numbers = [one[end] for one in figures for end in ENDS]
    last = figures[-1]
    for member in row["ranges"]:
        about = (row["input"], member["input"], row["grade"], row["price_only"])
        ends = (member["low"], member["stated"], member["high"], member["unit"])
        yield (*about, *ends, *numbers, last["resolved"], last["method"])
