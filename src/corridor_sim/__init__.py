"""Trade-corridor logistics cost simulator: transit time, reliability and cost of freight routes.

For instance:

import corridor_sim

result = corridor_sim.run("scenarios/qinzhou.yaml", replications=10)
result.kpis, result.ledger, result.plot.transit_times()

run, read, Result   run a scenario or read a stored run: figures and tables as DataFrames, charts
load, ScenarioFile  a scenario from its file or its text, resolved for each alternative
lower               alternatives as programs for the engines; simulate, Replication: what happens in them
CorridorSimError    the base of InputError, ModelError, EngineError and ResultsError (see `corridor_sim.errors`)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corridor_sim.api.result import Result
    from corridor_sim.api.run import read, run
    from corridor_sim.errors import CorridorSimError, EngineError, InputError, ModelError, ResultsError
    from corridor_sim.network.lower import lower
    from corridor_sim.scenario.load import ScenarioFile, load
    from corridor_sim.study.simulate import Replication, simulate

__all__ = [
    "CorridorSimError",
    "EngineError",
    "InputError",
    "ModelError",
    "Replication",
    "Result",
    "ResultsError",
    "ScenarioFile",
    "load",
    "lower",
    "read",
    "run",
    "simulate",
]

_HOMES = {
    "CorridorSimError": "errors",
    "EngineError": "errors",
    "InputError": "errors",
    "ModelError": "errors",
    "Replication": "study.simulate",
    "Result": "api.result",
    "ResultsError": "errors",
    "ScenarioFile": "scenario.load",
    "load": "scenario.load",
    "lower": "network.lower",
    "read": "api.run",
    "run": "api.run",
    "simulate": "study.simulate",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `--help` waits for nothing (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
