"""Writes the answers to claims as one folder: for programs, for readers, and the design point by point.

results/<scenario>/claims-<key>/  summary.json  answers.md  design.parquet  figures/*.png
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from corridor_sim.study.bundle import json_bytes
from corridor_sim.study.claims import Answers
from corridor_sim.study.digests import digest_of
from corridor_sim.study.doubt import PlayedDesign
from corridor_sim.study.store import SUMMARY, write_bytes_whole, write_whole

KEY_LETTERS = 16
FOLDER = "claims-"
ASKED = ("name", "says", "interval", "of", "against", "cost_base", "perspective", "scope")
DESIGN, PAGE, FIGURES = "design.parquet", "answers.md", "figures"


def write_answers(answers: Answers, page: str, pictures: Mapping[str, bytes], out: Path) -> Path:
    """Write the answers below `out`, each file wholly and the summary last; return their folder.

    Its name is a hash of what was asked, so that the same question replaces its answer; `pictures`: PNG by file name.
    Raises ResultsError.
    """
    import pandas as pd

    figures = answers.figures
    asked = (figures["version"], figures["scenario"], {**figures["run"], "engine": ""}, figures["inputs"])
    claims = [[claim[word] for word in ASKED] for claim in figures["claims"]]
    key = digest_of((asked, claims))[:KEY_LETTERS]
    folder = out / str(figures["scenario"]["name"]) / f"{FOLDER}{key}"
    table = pd.DataFrame(design_columns(answers.design))
    write_whole(folder / DESIGN, lambda aside: table.to_parquet(aside, index=False))
    for name, picture in pictures.items():
        write_bytes_whole(folder / FIGURES / name, picture)
    write_bytes_whole(folder / PAGE, page.encode())
    write_bytes_whole(folder / SUMMARY, json_bytes(figures))
    return folder


def design_columns(played: PlayedDesign) -> dict[str, np.ndarray]:
    """Return a row for each point and replication: values of the inputs, then the costs of alternatives in CNY."""
    points, replications = played.played.teu.shape[:2]
    columns: dict[str, np.ndarray] = {
        "point": np.repeat(np.arange(points), replications),
        "replication": np.arange(points * replications),
    }
    for one, values in zip(played.design.inputs, played.design.values.T, strict=True):
        columns[f"{one.name} ({one.unit})"] = np.repeat(values, replications)
    for cost, cny in played.played.cost_cny.items():
        whole = cny.sum(axis=-1)
        for place, name in enumerate(played.played.alternatives):
            columns[f"{name}: {cost} CNY"] = whole[:, :, place].reshape(-1)
    return columns
