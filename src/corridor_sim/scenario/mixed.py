"""Scenarios between two alternatives of a file: some of the overrides in which they differ, and not the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corridor_sim.reading.located import FieldPath
from corridor_sim.reading.yaml_reader import copy_tree
from corridor_sim.scenario.overrides import Overlay
from corridor_sim.scenario.parameters import NOT_RESOLVED, PARAM

_MISSING = object()


def differing_paths(baseline: Overlay, alternative: Overlay) -> list[FieldPath]:
    """Return the overridden paths at which the two differ, those of the alternative first; none is within another."""
    paths = dict.fromkeys([*alternative.origins, *baseline.origins])
    outer = [path for path in paths if not any(path[:length] in paths for length in range(1, len(path)))]
    return [path for path in outer if _value(baseline.data, path) != _value(alternative.data, path)]


def mixed(baseline: Overlay, alternative: Overlay, paths: Iterable[FieldPath]) -> Overlay:
    """Return the baseline with what the alternative has at `paths` (see `differing_paths`)."""
    data, origins = copy_tree(baseline.data), dict(baseline.origins)
    for path in paths:
        value, place = _value(alternative.data, path), _value(data, path[:-1])
        if value is _MISSING:
            del place[path[-1]]
        else:
            place[path[-1]] = copy_tree(value)
        origins = {known: origin for known, origin in origins.items() if known[: len(path)] != path}
        origins |= {known: origin for known, origin in alternative.origins.items() if known[: len(path)] == path}
    return Overlay(data, baseline.document, origins)


def _value(data: Any, path: FieldPath) -> Any:
    """Return what stands at a path of plain data, or _MISSING."""
    for part in path:
        if isinstance(data, Mapping) and part not in data:
            return _MISSING
        data = data[part]
    return data


def parameter_uses(data: Mapping[str, Any]) -> dict[str, FieldPath]:
    """Return for each of the file's own parameters the first place where its value is used, if there is any.

    A parameter that stands in the value of another one is used where that one is.
    """
    own = data.get("parameters") or {}
    uses: dict[str, FieldPath] = {}
    waiting = [(name, path) for key in data if key not in NOT_RESOLVED for name, path in _named(data[key], (key,))]
    while waiting:
        name, path = waiting.pop(0)
        if name in own and name not in uses:
            uses[name] = path
            waiting += [(inner, path) for inner, _ in _named(own[name], ())]
    return uses


def _named(value: Any, path: FieldPath) -> Iterator[tuple[str, FieldPath]]:
    """Yield the name of every parameter in plain data with the place where it stands."""
    if isinstance(value, Mapping):
        if isinstance(value.get(PARAM), str):
            yield value[PARAM], path
        for key, item in value.items():
            yield from _named(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _named(item, (*path, place))
