"""The keys that a pydantic model accepts at a place, found by walking its annotations."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

if TYPE_CHECKING:
    from pydantic import BaseModel

Choice = tuple[str, Any]
"""The tag of a union's alternative (empty if it has none) and its annotation."""


def accepted_keys(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that `model` accepts at `loc`, a location of pydantic's errors (with union tags)."""
    choices = _choices(model)
    for element in loc:
        choices = _below(choices, element)
    keys = (key for _, kind in choices if _is_model(kind) for key in _fields(kind))
    return list(dict.fromkeys(keys))


def _is_model(kind: Any) -> bool:
    from pydantic import BaseModel

    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Return key as written in files -> annotation."""
    infos = model.model_fields.items()
    return {str(info.validation_alias or info.alias or name): info.annotation for name, info in infos}


def _choices(annotation: Any, tag: str = "") -> list[Choice]:
    """Return the alternatives that an annotation offers, without its wrappers."""
    from pydantic import RootModel, Tag

    if hasattr(annotation, "__value__"):
        return _choices(annotation.__value__, tag)
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return _choices(inner, next((mark.tag for mark in marks if isinstance(mark, Tag)), tag))
    if get_origin(annotation) in (Union, types.UnionType):
        return [choice for part in get_args(annotation) for choice in _choices(part)]
    if _is_model(annotation) and issubclass(annotation, RootModel):
        return _choices(annotation.model_fields["root"].annotation, tag or annotation.__name__)
    return [(tag, annotation)]


def _is_called(choice: Choice, element: str | int) -> bool:
    """Tell whether pydantic calls this alternative `element`: by tag, class name or a literal field."""
    tag, kind = choice
    if tag == element or getattr(kind, "__name__", "") == element:
        return True
    literals = filter(_is_literal, _fields(kind).values() if _is_model(kind) else ())
    return any(element in get_args(literal) for literal in literals)


def _is_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal


def _is_sequence(annotation: Any) -> bool:
    origin: Any = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _below(choices: list[Choice], element: str | int) -> list[Choice]:
    """Return what one element of a location leads to: an alternative, a field, an item, or nothing new."""
    called = [choice for choice in choices if _is_called(choice, element)]
    if called and len(choices) > 1:
        return called
    if isinstance(element, str) and "[" in element:
        return choices
    found: list[Choice] = []
    for _, kind in choices:
        parts: tuple[Any, ...] = () if _is_literal(kind) else get_args(kind)
        if _is_model(kind):
            found += _choices(_fields(kind)[str(element)]) if str(element) in _fields(kind) else []
        elif parts and isinstance(element, int):
            found += [choice for part in parts if part is not Ellipsis for choice in _choices(part)]
        elif parts and not _is_sequence(kind):
            found += _choices(parts[-1])
    return found
