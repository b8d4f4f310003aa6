"""Checks the parts of a scenario that are valid where others are not, so that one reading finds all mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import FieldPath, Located, Place
from corridor_sim.reading.yaml_reader import copy_tree
from corridor_sim.scenario.check import check_references
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.money import EARLIEST_PRICE_YEAR
from corridor_sim.scenario.overrides import parse_path
from corridor_sim.scenario.problems import MOST_ERRORS_READ, input_problems

MOST_ROUNDS = 8
"""Taking out a part may leave what holds it without something required: that is taken out in the next round."""
STAND_INS: dict[str, Any] = {
    "corridor_sim": 1,
    "name": "unread",
    "title": "unread",
    "question": "unread",
    "clock": {"start": "2026-01-01", "measure": "2026-01-02", "follow_up": "1 day"},
    "money": {"price_year": EARLIEST_PRICE_YEAR, "time_cost": {"finance_only": "0 %"}, "reliability": {"none": True}},
}
"""What takes the place of parts that every scenario has and that nothing refers to."""
TAKEN_OUT = object()
"""Stands for an item of a list that was taken out."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of a file; it has paths but no positions."""

    data: Any
    file: str

    def locate(self, path: FieldPath, at_key: bool = False) -> Place:
        """Return the file alone."""
        return Place(self.file)


def check_valid_parts(error: ValidationError, source: Located) -> list[Problem]:
    """Return what names nothing in the valid parts of a file that `error` found invalid. Nothing is raised.

    Invalid parts are taken out, with what cannot be without them; what refers to them is not reported. Where more is
    invalid than anybody reads about, the rest is not looked at.
    """
    if error.error_count() > MOST_ERRORS_READ:
        return []
    rest, unread = _Rest(copy_tree(source.data), source.file), set[str]()
    paths = _paths(error, rest)
    for _ in range(MOST_ROUNDS):
        holders = [_holder(rest.data, path) for path in paths]
        for path, holder in zip(paths, holders, strict=True):
            if holder is None and path[:1] not in [(key,) for key in STAND_INS]:
                return []
            unread |= {*map(str, path), *(_take_out(*holder) if holder is not None else ())}
        rest = _Rest(STAND_INS | _swept(rest.data), source.file)
        try:
            scenario = Scenario.model_validate(rest.data)
        except ValidationError as next_error:
            # not kept itself: it holds this frame, and Python finds no garbage in pydantic
            paths = _paths(next_error, rest)
        else:
            return check_references(Findings(scenario, source, unread=frozenset(unread)))
    return []


def _paths(error: ValidationError, rest: _Rest) -> list[FieldPath]:
    """Return the paths of invalid parts; an empty one stands for the whole file."""
    try:
        problems = input_problems(error, Scenario, rest)
        return [parse_path(problem.path) if problem.path else () for problem in problems]
    except InputError:
        return [()]


def _holder(data: Any, path: FieldPath) -> tuple[Any, str | int] | None:
    """Return the mapping or list, and the key in it, of the part to take out; None if that is everything."""
    holders: list[tuple[Any, str | int]] = []
    for step in path:
        if not _has(data, step):
            break
        holders.append((data, step))
        data = data[step]
    while holders and _takes_more_with_it(holders):
        holders.pop()
    return holders[-1] if holders else None


def _has(data: Any, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)


def _takes_more_with_it(holders: list[tuple[Any, str | int]]) -> bool:
    """Whether what holds the last part goes with it: a step that nothing else is said of, a list whose items count.

    Steps are found by their names, but other items by their numbers, which must not change.
    """
    container, key = holders[-1]
    if isinstance(container, list):
        part = container[int(key)]
        return not (isinstance(part, dict) and len(part) == 1)
    return len(container) == 1 and any(isinstance(above, list) for above, _ in holders[:-1][-1:])


def _take_out(container: Any, key: str | int) -> Iterator[str]:
    """Take a part out of its container and yield the names in it."""
    if isinstance(container, dict):
        yield from _names(container.pop(key, None))
    elif isinstance(key, int):
        yield from _names(container[key])
        # the other items keep their numbers until all are taken out
        container[key] = TAKEN_OUT


def _swept(data: Any) -> Any:
    """Return plain data without the items that were taken out."""
    if isinstance(data, dict):
        return {key: _swept(part) for key, part in data.items()}
    return [_swept(part) for part in data if part is not TAKEN_OUT] if isinstance(data, list) else data


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part
    for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _names(below)
