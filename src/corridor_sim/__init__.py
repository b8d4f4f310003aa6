"""Trade-corridor logistics cost simulator: transit time, reliability and cost of freight routes.

    from corridor_sim import load, lower, simulate
    file = load(Path("scenarios/qinzhou.yaml"))
    for replication in simulate(lower(file.base, file.baseline), range(30), seed=1): ...
"""

from __future__ import annotations

from corridor_sim.network.lower import lower
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.simulate import Replication, simulate

__all__ = ["Replication", "ScenarioFile", "load", "lower", "simulate"]
