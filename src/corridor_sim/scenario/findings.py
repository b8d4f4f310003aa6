"""Collects what is wrong with a scenario whose parts are each valid; and walks over its steps and values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel

from corridor_sim.catalog.values import Amount, Priced, Sampled
from corridor_sim.errors import Problem
from corridor_sim.reading.located import FieldPath, Located, shown, suggestion
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.problems import check_name, problem_at
from corridor_sim.scenario.steps import AnyStep, Branch

ENTRY = 2
"""Elements of the path of one route, one flow ..."""
MOST_LISTED = 12
Read = TypeVar("Read")
Value = Amount | Sampled | Priced
WrittenStep = tuple[FieldPath, str, AnyStep]
"""Path, name and body of a step."""


@dataclass
class Findings:
    """Problems of one scenario, each at the place in `source` that it speaks of."""

    scenario: Scenario
    source: Located
    problems: list[Problem] = field(default_factory=list)
    unread: frozenset[str] = frozenset()
    """Names in parts that could not be read: what refers to them may well be right."""
    touched: set[FieldPath] = field(default_factory=set)
    """First two elements of the paths of all problems: which route, which flow."""

    @cached_property
    def values(self) -> tuple[tuple[FieldPath, Value], ...]:
        """Every quantity, distribution and price of the scenario with its path."""
        return tuple(values_of(self.scenario))

    def add(self, path: FieldPath, message: str, at_key: bool = False) -> None:
        """Note a problem of the value (or key) at a path of the model."""
        self.touched.add(path[:ENTRY])
        self.problems.append(problem_at(self.source, path, message, at_key))

    def refer(self, path: FieldPath, name: str | None, known: Collection[str], kind: str) -> None:
        """Note a problem unless `name` is None or one of `known`; `kind` says what it should be."""
        if name is not None and name not in known and name not in self.unread:
            hint = suggestion(name, known)
            rest = f"; known: {', '.join(known)}" if not hint and 0 < len(known) <= MOST_LISTED else hint
            self.add(path, f"{shown(name)} is no {kind}{rest}")

    def name(self, path: FieldPath, name: str) -> None:
        """Note a problem unless the key at `path` is fit for a name."""
        wrong = check_name(name)
        if wrong is not None:
            self.add(path, wrong, at_key=True)

    def read(self, path: FieldPath, reader: Callable[[], Read]) -> Read | None:
        """Return what `reader` returns; note its ValueError as a problem and return None."""
        try:
            return reader()
        except ValueError as error:
            self.add(path, str(error))
            return None

    def quiet(self) -> Findings:
        """Return a notebook for the same scenario whose notes nobody reads."""
        return Findings(self.scenario, self.source)

    def steps(self, route: str) -> Iterator[WrittenStep]:
        """Yield the steps of a route in the order of the file, those of lanes behind their branch."""
        yield from written_steps(self.scenario.routes[route].steps, ("routes", route, "steps"))


def written_steps(steps: Mapping[str, AnyStep], path: FieldPath) -> Iterator[WrittenStep]:
    """Yield `steps`, which stand at `path`, and those of their lanes."""
    for name, step in steps.items():
        yield (*path, name), name, step
        if isinstance(step, Branch):
            for key, lane in step.branch.items():
                yield from written_steps(lane.steps, (*path, name, "branch", key, "steps"))


def values_of(part: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Value]]:
    """Yield every quantity, distribution and price below `part` with its path."""
    if isinstance(part, Value):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, info in type(part).model_fields.items():
            yield from values_of(getattr(part, name), (*path, info.alias or name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from values_of(value, (*path, key))
    elif isinstance(part, tuple):
        for place, value in enumerate(part):
            yield from values_of(value, (*path, place))
