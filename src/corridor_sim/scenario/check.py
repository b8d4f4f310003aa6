"""Checks that the parts of a scenario fit together: names that refer to something, sizes that fit, sound money."""

from __future__ import annotations

from corridor_sim.errors import Problem
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.problems import Located


def check_scenario(scenario: Scenario, source: Located) -> list[Problem]:
    """Return every problem of a validated scenario, with positions from `source`."""
    return []
