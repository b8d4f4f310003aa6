"""Writes the answers to claims as one folder: for programs, for readers, and the design point by point.

results/<scenario>/claims-<key>/  summary.json  answers.md  design.parquet  figures/*.png
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from corridor_sim.study.answers import write_answer
from corridor_sim.study.claims import Answers
from corridor_sim.study.doubt import PlayedDesign

KIND = "claims"
DESIGN, PAGE = "design.parquet", "answers.md"


def write_answers(answers: Answers, page: str, pictures: Mapping[str, bytes], out: Path) -> Path:
    """Write the answers below `out`; return their folder. `pictures`: PNG by file name. Raises ResultsError."""
    import pandas as pd

    table = BytesIO()
    pd.DataFrame(design_columns(answers.design)).to_parquet(table, index=False)
    drawn = {f"figures/{name}": picture for name, picture in pictures.items()}
    return write_answer(KIND, answers.figures, out, {**drawn, DESIGN: table.getvalue(), PAGE: page.encode()})


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
