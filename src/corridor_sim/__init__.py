"""Trade-corridor logistics cost simulator: transit time, reliability and cost of freight routes.

For instance:

from pathlib import Path
from corridor_sim import evaluate, load

results = evaluate(load(Path("scenarios/qinzhou.yaml")), replications=10)
results.summary["comparisons"], results.tables["consignments"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corridor_sim.network.lower import lower
    from corridor_sim.scenario.load import ScenarioFile, load
    from corridor_sim.study.evaluate import Results, evaluate
    from corridor_sim.study.simulate import Replication, simulate

__all__ = ["Replication", "Results", "ScenarioFile", "evaluate", "load", "lower", "simulate"]

_HOMES = {
    "Replication": "study.simulate",
    "Results": "study.evaluate",
    "ScenarioFile": "scenario.load",
    "evaluate": "study.evaluate",
    "load": "scenario.load",
    "lower": "network.lower",
    "simulate": "study.simulate",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `--help` waits for nothing (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
