"""Overrides: values set at dotted paths of a scenario before it is validated, each with its origin.

routes.by_qinzhou.steps.export check.channel     list items `- name: {...}` by their name
routes.by_qinzhou.steps[4].export check.channel  or by their position, from 0
parameters."rail.transit".published              a name that holds a dot, in double quotes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import LONGEST_NAME, FieldPath, Place, capped, path_text, printable, shown, suggestion
from corridor_sim.reading.yaml_reader import NULL_WORDS, Document, copy_tree, read_yaml
from corridor_sim.scenario.problems import LONGEST_MESSAGE

_NAME = r'(?:"(?P<quoted>[^"]+)"|(?P<bare>[^."\[\]]+))'
_SEGMENT = re.compile(_NAME + r"(?P<items>(?:\[[0-9]{1,6}\])*)(?P<end>\.|$)")
_ITEM = re.compile(r"[0-9]+")
_ARGUMENT = re.compile(r'((?:[^="]|"[^"]*")*)=(.*)', re.DOTALL)


PARAMETERS = ("parameters",)


class _PathProblem(ValueError):
    """A path leads nowhere; the message says where it stops and what is there."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where overrides were written: under `path` of `document`, or on the command line as `label`."""

    document: Document | None = None
    path: FieldPath = ()
    label: str = ""

    def of(self, name: str) -> Origin:
        """Return the origin of the one override called `name`."""
        return Origin(self.document, (*self.path, name), self.label)

    def locate(self, below: FieldPath = (), at_key: bool = False) -> Place:
        """Return the place of what stands at `below` inside the override's value."""
        if self.document is None:
            return Place(self.label)
        found = self.document.locate(self.path + below, at_key)
        return Place(found.file, found.line, found.column, f" (set in {path_text(self.path[:-1])})")


@dataclass(frozen=True, slots=True)
class Overlay:
    """A document's data with overrides applied; `origins` tells for each overridden path who set it."""

    data: Any
    document: Document
    origins: Mapping[FieldPath, Origin] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file below the overrides, as the user named it."""
        return self.document.file

    def locate(self, path: FieldPath, at_key: bool = False) -> Place:
        """Return where the value (or key) at `path` was written: in an override, or else in the file."""
        for length in range(len(path), 0, -1):
            origin = self.origins.get(path[:length])
            if origin is not None:
                return origin.locate(path[length:], at_key)
        return self.document.locate(path, at_key)


def parse_path(text: str) -> FieldPath:
    """Return the segments of a dotted path as written (`a."b.c"[2].d`). Raises InputError."""
    path: list[str | int] = []
    place = 0
    while place < len(text) or not path:
        match = _SEGMENT.match(text, place)
        ends_in_dot = match is not None and match["end"] == "." and match.end() == len(text)
        if match is None or ends_in_dot:
            message = f'{shown(text)} is not a path; expected for instance flows.plum.route or steps[2]."a.b"'
            raise InputError(message)
        path += [match["quoted"] or match["bare"].strip(), *map(int, _ITEM.findall(match["items"]))]
        place = match.end()
    return tuple(path)


def apply_overrides(base: Document | Overlay, overrides: Mapping[str, Any], origin: Origin) -> Overlay:
    """Return `base` with each `{dotted path: value}` of `overrides` set, in order; `base` is not changed.

    `origin` is where the mapping of overrides stands. The last name of a path may be new in its mapping (the
    model says whether it is known); whatever else does not exist is a problem. Raises InputError with all.
    """
    data = copy_tree(base.data)
    origins = dict(base.origins) if isinstance(base, Overlay) else {}
    problems: list[Problem] = []
    for text, value in overrides.items():
        source = origin.of(text)
        try:
            path = _resolve(data, parse_path(text))
        except (_PathProblem, InputError) as error:
            at = source.locate(at_key=True)
            message = f"{printable(str(error), LONGEST_MESSAGE)}{at.note}"
            problems.append(Problem(message, printable(text, LONGEST_NAME), at.file, at.line, at.column))
            continue
        _at(data, path[:-1])[path[-1]] = copy_tree(value)
        origins = {known: place for known, place in origins.items() if known[: len(path)] != path}
        origins[path] = source
    if problems:
        raise InputError(capped(problems))
    return Overlay(data, base if isinstance(base, Document) else base.document, origins)


def apply_arguments(base: Document | Overlay, arguments: Iterable[str]) -> Overlay:
    """Return `base` with every `--set path=value` argument applied. Raises InputError with all problems."""
    overlay = base if isinstance(base, Overlay) else Overlay(base.data, base)
    problems: list[Problem] = []
    for argument in arguments:
        try:
            path, value = parse_set(argument)
            overlay = apply_overrides(overlay, {path: value}, Origin(label=_label(argument)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(capped(problems))
    return overlay


def parse_set(argument: str) -> tuple[str, Any]:
    """Return (path, value) of a `--set path=value` argument; the value is read as YAML. Raises InputError."""
    label = _label(argument)
    path, text = split_argument(argument)
    if not path:
        raise InputError(Problem("expected path=value, for instance clock.replications=10", file=label))
    try:
        parse_path(path)
        value = read_yaml(text, label, allow_null=True).data
    except InputError as error:
        field_path = printable(path, LONGEST_NAME)
        raise InputError([Problem(each.message, field_path, label) for each in error.problems]) from None
    if value is None and (not text or text not in NULL_WORDS):
        raise InputError(Problem('nothing after the "="; write null to set nothing', printable(path), label))
    return path, value


def split_argument(argument: str) -> tuple[str, str]:
    """Return the path and the text after the "=" of an argument; the path is empty where there is none."""
    match = _ARGUMENT.fullmatch(argument)
    return ("", "") if match is None else (match[1].strip(), match[2].strip())


def _label(argument: str) -> str:
    return f"--set {printable(argument, LONGEST_NAME)}"


def _at(data: Any, path: FieldPath) -> Any:
    for part in path:
        data = data[part]
    return data


def _resolve(data: Any, segments: FieldPath) -> FieldPath:
    """Return the path in `data` that the segments of a dotted path mean. Raises _PathProblem."""
    path: FieldPath = ()
    value = data
    for count, segment in enumerate(segments, start=1):
        last = count == len(segments)
        if isinstance(value, dict) and isinstance(segment, str):
            # what is new under `parameters` would be used by nobody
            if segment not in value and (not last or path == PARAMETERS):
                raise _PathProblem(f"no {shown(segment)} {_there(path)}{suggestion(segment, value)}")
            step: FieldPath = (segment,)
        elif isinstance(value, list):
            step = _item(value, segment, path)
        else:
            wanted = "a list" if isinstance(segment, int) else "a mapping"
            raise _PathProblem(f"{path_text(path) or 'the file'} is {shown(value)}, not {wanted}")
        path += step
        if not last:
            value = _at(value, step)
    return path


def _there(path: FieldPath) -> str:
    return f"in {path_text(path)}" if path else "at the top of the file"


def _item(items: list[Any], segment: str | int, path: FieldPath) -> FieldPath:
    """Return the step to the list's item at a position, or to the value of the item `- segment: ...`."""
    if isinstance(segment, int):
        if segment < len(items):
            return (segment,)
        raise _PathProblem(f"no item [{segment}] {_there(path)}; it has {len(items)}, counted from 0")
    names = [next(iter(item)) if isinstance(item, dict) and len(item) == 1 else None for item in items]
    places = [place for place, name in enumerate(names) if name == segment]
    if len(places) > 1:
        raise _PathProblem(f"{len(places)} items are called {shown(segment)} {_there(path)}; write [0]")
    if not places:
        known = [name for name in names if name is not None]
        raise _PathProblem(f"no item {shown(segment)} {_there(path)}{suggestion(segment, known)}")
    return places[0], segment
