"""Makes every alternative of a scenario file ready to run, or says everything that stands against it."""

from __future__ import annotations

from corridor_sim.economics.checks import check_money
from corridor_sim.errors import InputError, ModelError, Problem
from corridor_sim.network.feasible import check_feasible
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile


def prepare(file: ScenarioFile) -> dict[str, Lowered]:
    """Return each alternative lowered. Raises InputError or ModelError with all problems of all alternatives."""
    lowered: dict[str, Lowered] = {}
    wrong: dict[str, Problem] = {}
    impossible: dict[str, Problem] = {}
    for name, scenario in file.alternatives.items():
        try:
            lowered[name] = lower(scenario, name)
        except InputError as error:
            wrong.update({str(problem): problem for problem in error.problems})
        except ModelError as error:
            impossible.update({str(problem): problem for problem in error.problems})
        else:
            wrong.update({str(problem): problem for problem in check_money(scenario)})
            impossible.update({str(problem): problem for problem in check_feasible(lowered[name])})
    if wrong:
        raise InputError([_in_file(problem, file.file) for problem in wrong.values()])
    if impossible:
        raise ModelError([_in_file(problem, file.file) for problem in impossible.values()])
    return lowered


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(problem.message, problem.path, problem.file or file, problem.line, problem.column)
