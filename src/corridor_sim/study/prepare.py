"""Makes every alternative of a scenario file ready to run, or says everything that stands against it."""

from __future__ import annotations

from collections.abc import Mapping

from corridor_sim.economics.checks import check_money
from corridor_sim.errors import InputError, ModelError, Problem
from corridor_sim.network.feasible import check_feasible
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario


def prepare(file: ScenarioFile, with_tables: bool = True) -> dict[str, Lowered]:
    """Return each alternative lowered. Raises InputError or ModelError with all problems of all alternatives."""
    return prepare_scenarios(file.file, file.alternatives, with_tables)


def prepare_scenarios(file: str, scenarios: Mapping[str, Scenario], with_tables: bool = True) -> dict[str, Lowered]:
    """Return each of the scenarios lowered, by the name of its alternative; `file` names it in messages."""
    lowered: dict[str, Lowered] = {}
    wrong: dict[str, Problem] = {}
    impossible: dict[str, Problem] = {}
    for name, scenario in scenarios.items():
        try:
            lowered[name] = lower(scenario, name, with_tables)
        except InputError as error:
            wrong.update({str(problem): problem for problem in error.problems})
        except ModelError as error:
            impossible.update({str(problem): problem for problem in error.problems})
        else:
            wrong.update({str(problem): problem for problem in check_money(scenario)})
            impossible.update({str(problem): problem for problem in check_feasible(lowered[name])})
    if wrong:
        raise InputError([_in_file(problem, file) for problem in wrong.values()])
    if impossible:
        raise ModelError([_in_file(problem, file) for problem in impossible.values()])
    return lowered


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(problem.message, problem.path, problem.file or file, problem.line, problem.column)
