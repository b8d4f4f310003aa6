"""Writes what a study of one question found as a folder: tables and pictures, and the summary at last.

results/<scenario>/<kind>-<key>/  summary.json  <tables>  figures/*.png
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path

from corridor_sim.study.aside import locked, write_bytes_whole
from corridor_sim.study.bundle import KEY_DIGITS, RESULTS_VERSION, cell_of, json_bytes
from corridor_sim.study.figures import Figures
from corridor_sim.study.layout import SUMMARY
from corridor_sim.study.place import below

KINDS = ("breakeven", "claims", "modemap", "sensitivity")
"""Commands that answer one question each; their folders begin with their name."""


def key_of(decisive: Figures) -> str:
    """Return 16 hex digits that name a question by what decides its answer, the results version included."""
    return sha256(json_bytes({**decisive, "results_version": RESULTS_VERSION})).hexdigest()[:KEY_DIGITS]


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file, in which no text is a formula."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell_of(each) for each in row])
    return stream.getvalue().encode()


def write_answer(kind: str, summary: Figures, out: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` (path in the folder -> content) and then the summary, each wholly; return their folder.

    `kind` one of KINDS; `summary` has the name of its scenario and its `key`. Raises ResultsError, also while another
    run writes the same folder.
    """
    folder = below(out, str(summary["scenario"]["name"]), f"{kind}-{summary['key']}")
    with locked(folder):
        for name, content in files.items():
            write_bytes_whole(below(folder, name), content)
        write_bytes_whole(folder / SUMMARY, json_bytes(summary))
    return folder
