"""Trade-corridor logistics cost simulator: transit time, reliability and cost of freight routes.

from pathlib import Path
from corridor_sim import evaluate, load
results = evaluate(load(Path("scenarios/qinzhou.yaml")), replications=10)
results.summary["comparisons"], results.tables()["consignments"]
"""

from __future__ import annotations

from corridor_sim.network.lower import lower
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.evaluate import Results, evaluate
from corridor_sim.study.simulate import Replication, simulate

__all__ = ["Replication", "Results", "ScenarioFile", "evaluate", "load", "lower", "simulate"]
