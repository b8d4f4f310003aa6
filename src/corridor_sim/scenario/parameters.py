"""Puts parameters in the place of `{param: name}`: the scenario's own ones first, then those of the catalog."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from corridor_sim.catalog import store
from corridor_sim.catalog.values import is_graded
from corridor_sim.errors import Problem
from corridor_sim.reading.located import MOST_PROBLEMS, FieldPath, shown, suggestion
from corridor_sim.scenario.overrides import Overlay
from corridor_sim.scenario.problems import problem_at

PARAM = "param"
DEEPEST_PATH, DEEPEST_CHAIN = 60, 10
MOST_VALUES = 100_000
"""Limits of the tree once parameters stand in it: no file can make it grow without end."""
NOT_RESOLVED = ("parameters", "alternatives")
"""Parts that stay as written: parameters are put in where they are used, overrides once they are applied."""


def put_parameters(overlay: Overlay) -> tuple[Any, list[Problem]]:
    """Return the data of `overlay` with every parameter put in and the catalog's sources added, and what is wrong."""
    data = dict(overlay.data) if isinstance(overlay.data, Mapping) else overlay.data
    if not isinstance(data, dict):
        return data, []
    own = data.get("parameters") or {}
    putting = _Putting(overlay, own if isinstance(own, Mapping) else {})
    for key in data:
        if key not in NOT_RESOLVED:
            data[key] = putting.resolved(data[key], (key,))
    sources = putting.with_sources(data)
    if sources:
        data["sources"] = sources
    return data, putting.problems


@dataclass
class _Putting:
    overlay: Overlay
    own: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    used_catalog: bool = False
    values: float = 0

    def wrong(self, path: FieldPath, message: str) -> None:
        self.problems.append(problem_at(self.overlay, path, message))

    def resolved(self, value: Any, path: FieldPath, within: tuple[str, ...] = ()) -> Any:
        """Return `value` with parameters in place; `within` names those it came from, against circles."""
        if self._is_too_much(path, within):
            return None
        if isinstance(value, list):
            return [self.resolved(item, (*path, place), within) for place, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        is_put = bool(within) and value.get(PARAM) == within[-1] and is_graded(value)
        if PARAM not in value or is_put:
            return {key: self.resolved(item, (*path, key), within) for key, item in value.items()}
        return self._put(value, path, within)

    def _is_too_much(self, path: FieldPath, within: tuple[str, ...]) -> bool:
        """Count a value; note once that there are too many of them, or that they stand too deep."""
        self.values += 1
        if self.values <= MOST_VALUES and len(path) <= DEEPEST_PATH and len(within) <= DEEPEST_CHAIN:
            return False
        if self.values != math.inf:
            self.values = math.inf
            self.wrong(path, "parameters make this file too large or too deep; they stand in each other too often")
        return True

    def _put(self, value: Mapping[str, Any], path: FieldPath, within: tuple[str, ...]) -> Any:
        name = value[PARAM]
        found = self._found(name, (*path, PARAM))
        if found is None:
            return dict(value)
        if name in within:
            self.wrong((*path, PARAM), f'"{name}" is made of itself')
            return dict(value)
        if is_graded(value):
            if not value.get("because"):
                self.wrong(path, f'a value in the place of "{name}" says why: add `because: ...`')
            return dict(value)
        if not isinstance(found, Mapping):
            if len(value) > 1:
                self.wrong(path, f'"{name}" is a bare value and takes no keys beside it; give it a grade')
            # a parameter without a grade is a bare value, so there is nothing to note its name on
            return found
        graded = is_graded(found)
        merged = {**found, **{key: item for key, item in value.items() if key != PARAM}}
        return {**merged, PARAM: name} if graded else self.resolved(merged, path, (*within, name))

    def _found(self, name: Any, path: FieldPath) -> Any:
        """Return the parameter `name` as written, None (and a problem) where there is none."""
        if isinstance(name, str) and name in self.own:
            if self.own[name] is None:
                self.wrong(path, f'the parameter "{name}" is nothing; give it a value')
            return self.own[name]
        entry = store.find(name) if isinstance(name, str) else None
        if entry is None:
            # only of as many as are shown, for there may be thousands
            known = [*self.own, *store.similar(str(name))] if len(self.problems) < MOST_PROBLEMS else ()
            hint = suggestion(str(name), known)
            self.wrong(path, f"{shown(name)} is no parameter of this file or of the catalog{hint}")
            return None
        self.used_catalog = True
        return entry.plain()

    def with_sources(self, data: Mapping[str, Any]) -> Any:
        """Return the file's sources and those of the catalog that its values cite."""
        own = data.get("sources") or {}
        if not isinstance(own, Mapping):
            return own
        elsewhere = dict.fromkeys(_cited({key: part for key, part in data.items() if key != "sources"}))
        cited = [name for name in elsewhere if name not in own]
        if not cited and not self.used_catalog:
            return own
        for name in own:
            if name in store.source_files():
                self.wrong(("sources", name), f'"{name}" is a source of the catalog; cite that, or name this otherwise')
        return {**own, **{name: store.source(name) for name in cited if name in store.source_files()}}


def _cited(tree: Any) -> Iterator[str]:
    """Yield every name under a key `source` of plain data."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            if key == "source" and not isinstance(item, dict):
                yield from (name for name in (item if isinstance(item, list) else [item]) if isinstance(name, str))
            else:
                yield from _cited(item)
    elif isinstance(tree, list):
        for item in tree:
            yield from _cited(item)
