"""A world whose answer is known by hand, to see whether an installation finds it.

The first consignment is there on Monday at 08:00, goes at 20:00, arrives on Tuesday at 06:00 and is lifted until
08:00: 24 h. The second is there on Tuesday at 08:00 and goes on Wednesday at 20:00: 48 h. One of two is within its
30 h. Each pays 150 CNY for the ride and 25 CNY for the crane.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from corridor_sim.scenario.load import load
from corridor_sim.study.evaluate import evaluate

KNOWN: Mapping[str, float] = {"hours, mean": 36.0, "share on time": 0.5, "CNY in cash": 350.0}
"""The answer, worked out by hand."""


def self_test(engine: str) -> dict[str, float]:
    """Return what an engine ("reference" or "compiled") finds, by the names of KNOWN.

    Raises EngineError where the engine cannot run here.
    """
    text = (files(__package__) / "self_test.yaml").read_text(encoding="utf-8")
    results = evaluate(load(text), replications=1, engine=engine)
    kpis: Any = results.summary["alternatives"][0]["kpis"]
    lines = results.tables["lines"]
    return {
        "hours, mean": kpis["transit_mean"]["value"],
        "share on time": kpis["on_time"]["value"],
        "CNY in cash": float(lines.loc[lines["base"] == "cash", "cny"].sum()),
    }
