"""From a YAML file to one validated Scenario per alternative.

The order of overrides, the later wins: the file, `like` of the alternative (and what that is like), its own `set`,
then `--set` arguments. Parameters (`{param: name}`) are put in after that, so an override of a parameter reaches
every use of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import MOST_PROBLEMS, capped, suggestion
from corridor_sim.reading.yaml_reader import Document, read_yaml
from corridor_sim.scenario.check import check_scenario
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.overrides import Origin, Overlay, apply_arguments, apply_overrides
from corridor_sim.scenario.parameters import PARAM, put_parameters
from corridor_sim.scenario.partial import check_valid_parts
from corridor_sim.scenario.price_years import at_price_year
from corridor_sim.scenario.problems import input_problems, problem_at

MOST_ALTERNATIVES = 100


@dataclass(frozen=True)
class ScenarioFile:
    """One file, resolved: a Scenario for each alternative, the baseline first, then by order in the file."""

    file: str
    baseline: str
    alternatives: Mapping[str, Scenario]
    sets: tuple[str, ...]
    written: Overlay = field(repr=False)
    """The file as written, with `--set` arguments applied."""
    plain: Scenario = field(repr=False)

    def varied(self, path: str, value: str, only: Iterable[str]) -> dict[str, Scenario]:
        """Return the alternatives `only` with one more override on top. Raises InputError."""
        return self.overridden([f"{path}={value}"], only)

    def overridden(self, arguments: Iterable[str], only: Iterable[str]) -> dict[str, Scenario]:
        """Return the alternatives `only` with more `path=value` overrides on top. Raises InputError."""
        more = (*self.sets, *arguments)
        return {name: _alternative(self.written, self.plain, name, more, more=True) for name in only}

    def overlay(self, name: str) -> Overlay:
        """Return an alternative as written: its overrides over the file, `--set` arguments over these."""
        return apply_arguments(_overridden(self.written, self.plain, name), self.sets)

    @property
    def name(self) -> str:
        """The scenario's own name."""
        return self.base.name

    @property
    def base(self) -> Scenario:
        """The resolved baseline."""
        return self.alternatives[self.baseline]


def load(source: Path | str | Document, sets: Iterable[str] = (), only: Iterable[str] = ()) -> ScenarioFile:
    """Read a scenario file (a Path), its text (a str) or what was read; resolve the baseline and all alternatives.

    `sets`: `path=value` arguments that override anything; `only`: names of alternatives to keep besides the
    baseline (all if empty). Raises InputError with every problem of the file, each with its line.
    """
    sets = tuple(sets)
    document = source if isinstance(source, Document) else read_yaml(source)
    base = apply_arguments(document, sets)
    _check_number(base)
    plain = resolved_scenario(base)
    wanted = tuple(only) or tuple(plain.alternatives)
    _check_names(base, plain, wanted)
    resolved: dict[str, Scenario] = {}
    problems: dict[str, Problem] = {}
    for name in dict.fromkeys((plain.baseline, *wanted)):
        try:
            resolved[name] = _alternative(base, plain, name, sets)
        except InputError as error:
            problems.update({str(problem): problem for problem in error.problems})
    if problems:
        raise InputError(capped(list(problems.values())))
    return ScenarioFile(document.file, plain.baseline, resolved, sets, base, plain)


def _alternative(base: Overlay, plain: Scenario, name: str, sets: tuple[str, ...], more: bool = False) -> Scenario:
    """Return one alternative: its overrides over the base, and the arguments over these.

    `more` says that `sets` has arguments which the base and its resolved form `plain` have not.
    """
    if not more and not any(plain.alternatives[link].set for link in _chain(plain, name)):
        return plain
    return resolved_scenario(apply_arguments(_overridden(base, plain, name), sets))


def _check_number(base: Overlay) -> None:
    """Raise InputError for more alternatives than anybody compares; each is a whole scenario once more."""
    written = base.data.get("alternatives") if isinstance(base.data, dict) else None
    if isinstance(written, dict) and len(written) > MOST_ALTERNATIVES:
        many = f"{len(written)} alternatives; expected at most {MOST_ALTERNATIVES}; for more vary with sweep"
        raise InputError(problem_at(base, ("alternatives",), many))


def _check_names(base: Overlay, plain: Scenario, wanted: Iterable[str]) -> None:
    problems = []
    if plain.baseline not in plain.alternatives:
        hint = suggestion(plain.baseline, plain.alternatives)
        problems.append(problem_at(base, ("baseline",), f'"{plain.baseline}" is no alternative{hint}'))
    for name in wanted:
        if name not in plain.alternatives:
            problems.append(
                Problem(f'"{name}" is no alternative{suggestion(name, plain.alternatives)}', file=base.file)
            )
    for name, alternative in plain.alternatives.items():
        if alternative.like is not None and alternative.like not in plain.alternatives:
            hint = suggestion(alternative.like, plain.alternatives)
            path = ("alternatives", name, "like")
            problems.append(problem_at(base, path, f'"{alternative.like}" is no alternative{hint}'))
        elif name in _chain(plain, alternative.like):
            problems.append(
                problem_at(base, ("alternatives", name, "like"), "an alternative is like itself in a circle")
            )
    if problems:
        raise InputError(problems)


def _chain(plain: Scenario, name: str | None) -> list[str]:
    """Return an alternative and what it is like, nearest first; stops at a circle or an unknown name."""
    chain: list[str] = []
    while name is not None and name in plain.alternatives and name not in chain:
        chain.append(name)
        name = plain.alternatives[name].like
    return chain


def _overridden(base: Overlay, plain: Scenario, name: str) -> Overlay:
    overlay = base
    for link in reversed(_chain(plain, name)):
        origin = Origin(base.document, ("alternatives", link, "set"))
        overlay = apply_overrides(overlay, plain.alternatives[link].set, origin)
    return overlay


def resolved_scenario(overlay: Overlay) -> Scenario:
    """Put parameters in, validate the model, check that its parts fit. Raises InputError with all problems."""
    data, problems = put_parameters(overlay)
    if len(problems) > MOST_PROBLEMS:
        raise InputError(capped(problems))
    shown = Overlay(data, overlay.document, overlay.origins)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        wrong = input_problems(error, Scenario, shown) + check_valid_parts(error, shown)
        raise InputError(capped(problems + _besides(wrong, problems))) from None
    problems += _besides(check_scenario(scenario, shown), problems)
    if problems:
        raise InputError(capped(problems))
    return at_price_year(scenario)


def _besides(others: list[Problem], problems: list[Problem]) -> list[Problem]:
    """Return the problems that do not merely follow from a parameter that could not be put in."""
    places = [problem.path.removesuffix(f".{PARAM}") for problem in problems]
    below = tuple(f"{place}{sign}" for place in places for sign in ".[")
    return [other for other in others if other.path not in places and not other.path.startswith(below)]
