"""The models written by hand, by name; one whose library is not installed is left out with a remark."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

Model = Callable[[int], dict[str, float]]
CORRIDOR = {"SimPy": "by_hand_simpy", "salabim": "by_hand_salabim", "Ciw": "by_hand_ciw"}
RICH = {"SimPy": "by_hand_simpy_rich"}


def models(names: dict[str, str]) -> tuple[dict[str, Model], list[str]]:
    """Return the models that can run here, and remarks on those that cannot."""
    found: dict[str, Model] = {}
    remarks = []
    for name, module in names.items():
        try:
            found[name] = import_module(f"benchmarks.{module}").run_year
        except ImportError as error:
            remarks.append(f"{name} is left out: {error}. `pip install -e '.[bench]'` brings it.")
    return found, remarks
