"""Problems with positions: how paths, values and names are shown, and pydantic's errors as one line each."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from corridor_sim.errors import Problem
from corridor_sim.reading.located import (
    LONGEST_NAME,
    FieldPath,
    Located,
    capped,
    path_text,
    printable,
    shown,
    suggestion,
)
from corridor_sim.scenario.accepted import accepted_keys

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

LONGEST_MESSAGE = 300
MOST_ERRORS_READ = 200
MOST_ITEMS_SEARCHED = 200
MOST_WAYS = 64

NAME_MARKS = " _-.()"
BAD_FIRST = ".=+-@"

WRONG_KIND, WRONG_CHOICE, WRONG_VALUE = 2, 1, 0
CHOICES = ("literal_error", "enum")
EXPECTED = {
    "finite_number": "a finite number",
    "int_from_float": "a whole number",
    "string_too_short": "text of at least {min_length} characters",
    "string_too_long": "text of at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "union_tag_invalid": "{expected_tags}",
    "union_tag_not_found": "a mapping with the key {discriminator}",
}
"""Pydantic's error type -> what would be accepted, in the words of the error's context."""

EXPECTED_KIND = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "dict": "a mapping (keys with values)",
    "mapping": "a mapping (keys with values)",
    "model": "a mapping (keys with values)",
    "dataclass": "a mapping (keys with values)",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen": "a list",
    "date": "a date such as 2026-06-01",
    "datetime": "a date and time such as 2026-06-01 08:30",
    "time": "a time of day such as 08:30",
    "none": "nothing (null)",
}
"""First word of pydantic's error type -> what would be accepted."""


def problem_at(source: Located, path: FieldPath, message: str, at_key: bool = False) -> Problem:
    """Return the Problem of `message` for the value (or the key) at `path`, where it was written.

    `path` may also be one of the model, where `steps` are a mapping by name.
    """
    path = _align(path, source.data)
    place = source.locate(path, at_key)
    line = printable(message, LONGEST_MESSAGE) + place.note
    return Problem(line, path_text(path), place.file, place.line, place.column)


def check_name(text: str) -> str | None:
    """Return what is wrong with a name of a thing (scenario, place, facility, flow ...), or None.

    Letters and digits of any script, spaces and `_ - . ( )`; at most 80 characters; so a name is safe as a
    folder, as a cell of a table and inside a page.
    """
    if not text:
        return "a name may not be empty"
    if len(text) > LONGEST_NAME:
        return f"{shown(text)} is too long for a name; expected at most {LONGEST_NAME} characters"
    if text != text.strip():
        return f"{shown(text)} starts or ends with a space"
    if text[0] in BAD_FIRST:
        return f'{shown(text)} starts with "{text[0]}"; a name starts with a letter or a digit'
    for sign in text:
        if sign not in NAME_MARKS and unicodedata.category(sign)[0] not in "LMN":
            found = f'{shown(text)} contains "{printable(sign)}"'
            return f"{found}; a name has letters, digits, spaces and _ - . ( )"
    return None


@dataclass(frozen=True, slots=True)
class _Error:
    """One error of pydantic; `steps` counts the keys between the union that is looked at and the error."""

    loc: FieldPath
    kind: str
    value: Any
    expected: str
    said: str = ""
    steps: int = 0
    name: str = ""


@dataclass(slots=True)
class _Branch:
    """Errors by location: what a union's alternatives say stands side by side."""

    errors: list[_Error] = field(default_factory=list)
    children: dict[str | int, _Branch] = field(default_factory=dict)


def input_problems(error: ValidationError, model: type[BaseModel], source: Located) -> list[Problem]:
    """Return pydantic's errors as our problems, in the order of the file, at most 50 and a count of the rest.

    `model` is the class that was validated, `source` the Document or Overlay whose `.data` it was given. Of a
    union only the alternative that the file most likely means is reported. Nothing is raised.
    """
    details = error.errors(include_url=False)
    root = _Branch()
    for detail in details[:MOST_ERRORS_READ]:
        branch = root
        for element in detail["loc"]:
            branch = branch.children.setdefault(element, _Branch())
        branch.errors.append(_error(detail))
    problems = dict.fromkeys(_problem(item, model, source) for item in _relevant(root, source.data))
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column, problem.path))
    return capped(ordered, max(0, len(details) - MOST_ERRORS_READ))


def _error(detail: ErrorDetails) -> _Error:
    kind = detail["type"]
    context = detail.get("ctx", {})
    said = str(context["error"]) if "error" in context else ""
    expected = EXPECTED.get(kind, EXPECTED_KIND.get(kind.split("_")[0], ""))
    if not expected and not said:
        said = detail["msg"]
    name = str(context.get("discriminator", "")).strip("'") if kind == "union_tag_invalid" else ""
    return _Error(detail["loc"], kind, detail["input"], expected.format_map(context), said, name=name)


def _step(value: Any, element: str | int) -> tuple[FieldPath, Any] | None:
    """Return path and value one element below, a name finding its item `- name: ...`; None if not there."""
    if isinstance(value, dict):
        key = str(element)
        return ((key,), value[key]) if key in value else None
    if isinstance(value, list) and isinstance(element, int):
        return ((element,), value[element]) if 0 <= element < len(value) else None
    if isinstance(value, list) and len(value) <= MOST_ITEMS_SEARCHED:
        for place, item in enumerate(value):
            if isinstance(item, dict) and len(item) == 1 and element in item:
                return (place, element), item[element]
    return None


def _is_tag(branch: _Branch, value: Any, below: Any) -> bool:
    """Tell whether a key of the file stands in pydantic's location as a union's tag (`customs: export`)."""
    known = any(_step(below, element) is not None for element in branch.children)
    return not known and any(_step(value, element) is not None for element in branch.children)


def _relevant(branch: _Branch, value: Any) -> list[_Error]:
    """Return the errors below `branch`, keeping one alternative of every union."""
    kept = list(branch.errors)
    alternatives: list[list[_Error]] = []
    for element, child in branch.children.items():
        below = _step(value, element)
        if below is not None and _is_tag(child, value, below[1]):
            below = None
        if below is None and not any(error.kind == "missing" for error in child.errors):
            alternatives.append(_relevant(child, value))
            continue
        errors = child.errors if below is None else _relevant(child, below[1])
        kept += [replace(error, steps=error.steps + 1) for error in errors]
    return kept + (_one_alternative(alternatives) if alternatives else [])


def _names(errors: list[_Error], kind: str) -> list[str]:
    return [str(error.loc[-1]) for error in errors if error.kind == kind and error.steps == 1]


class _Unlikeness(NamedTuple):
    """How ill an alternative of a union fits the file; the least fits best."""

    kind: int
    has_unknown: bool
    unlike_missing: bool
    unknown: int
    missing: int
    errors: int


def _unlikeness(errors: list[_Error]) -> _Unlikeness:
    kind = max((_rank(error) for error in errors if not error.steps), default=WRONG_VALUE)
    unknown, missing = _names(errors, "extra_forbidden"), _names(errors, "missing")
    alike = any(suggestion(name, missing) for name in unknown)
    return _Unlikeness(kind, bool(unknown), not alike, len(unknown), len(missing), len(errors))


def _rank(error: _Error) -> int:
    if error.kind in CHOICES:
        return WRONG_CHOICE if isinstance(error.value, str) else WRONG_KIND
    wrong = error.kind.endswith(("_type", "_parsing", "_from_float", "_required", "instance_of"))
    return WRONG_KIND if wrong else WRONG_VALUE


def _is_plain(errors: list[_Error]) -> bool:
    """Tell whether an alternative says no more than what kind of value it wants."""
    return len(errors) == 1 and not errors[0].steps and not errors[0].said


def _one_alternative(alternatives: list[list[_Error]]) -> list[_Error]:
    """Return the errors of the likeliest alternative, or one error that names all that are as likely."""
    ranks = [_unlikeness(errors) for errors in alternatives]
    best = min(ranks)
    likeliest = [errors for errors, rank in zip(alternatives, ranks, strict=True) if rank == best]
    if _is_plain(likeliest[0]):
        wanted = dict.fromkeys(errors[0].expected for errors in alternatives if _is_plain(errors))
        return [replace(likeliest[0][0], expected=" or ".join(wanted))]
    needing = next((error for error in likeliest[0] if error.kind == "missing" and error.steps == 1), None)
    if needing is None or not best.unlike_missing or best.unknown < len(needing.value):
        return likeliest[0]
    needed = [_names(errors, "missing") for errors in alternatives]
    keys = dict.fromkeys(names[0] for names in needed if names)
    return [_Error(needing.loc[:-1], "union", needing.value, f"one of the keys {', '.join(keys)}")]


def _ways(loc: FieldPath, data: Any) -> list[tuple[FieldPath, Any]]:
    """Return the readings of a pydantic location as paths of the file: its union tags name nothing there."""
    ways: list[tuple[FieldPath, Any]] = [((), data)]
    for element in loc:
        steps = [(path, _step(value, element)) for path, value in ways]
        ways = [(path + step[0], step[1]) for path, step in steps if step is not None] + ways
        ways = ways[:MOST_WAYS]
    return ways


def _align(loc: FieldPath, data: Any) -> FieldPath:
    """Return the longest path of the file that a location of the model stands for."""
    return max((path for path, _ in _ways(loc, data)), key=len)


def _written(error: _Error, data: Any) -> tuple[FieldPath, Any]:
    """Return path and value of the part of the file that the error speaks of."""
    missing = error.kind == "missing"
    loc = error.loc[:-1] if missing else error.loc
    ways = _ways(loc, data)
    if missing:
        lacking = [way for way in ways if isinstance(way[1], dict) and error.loc[-1] not in way[1]]
        ways = lacking or ways
    return max(ways, key=lambda way: (way[1] is error.value, len(way[0])))


def _problem(error: _Error, model: type[BaseModel], source: Located) -> Problem:
    path, value = _written(error, source.data)
    is_key = error.loc[-1:] == ("[key]",)
    if error.kind == "missing":
        message = "missing; this key is required" + (f" in {path_text(path)}" if path else "")
        return replace(problem_at(source, path, message, at_key=True), path=path_text((*path, error.loc[-1])))
    if error.kind == "extra_forbidden":
        known = accepted_keys(model, error.loc[:-1])
        return problem_at(source, path, _unknown_key(str(error.loc[-1]), known), at_key=True)
    if error.said:
        quoted = not isinstance(value, str) or shown(value) in error.said
        message = error.said if quoted else f"{shown(value)}: {error.said}"
        return problem_at(source, path, message, is_key)
    if error.name and isinstance(value, dict) and error.name in value:
        path, value = (*path, error.name), value[error.name]
    found = error.value if is_key or not isinstance(value, str | int | float | None) else value
    message = f"{shown(found)} is not accepted; expected {error.expected}"
    if error.kind in CHOICES or error.name:
        message += suggestion(str(found), re.findall(r"'([^']*)'", error.expected))
    return problem_at(source, path, message, is_key)


def _unknown_key(name: str, known: list[str]) -> str:
    accepted = f"; accepted here: {', '.join(known)}" if known else ""
    return f"{shown(name)} is not a known key{suggestion(name, known)}{accepted}"
