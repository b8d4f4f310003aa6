"""Compiles functions for numba ahead of their first call, and says whether that has been done on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from numba.core.dispatcher import Dispatcher

Typed = tuple[Any, tuple[Any, ...]]
"""A function and the numba types of the arguments it is called with; plain Python where the compiler is off."""


def is_compiled(functions: Iterable[Typed]) -> bool:
    """Return whether all are ready: compiled by this process, or on the disk from an earlier one."""
    return all(_is_ready(function, types) for function, types in functions if isinstance(function, Dispatcher))


def _is_ready(function: Any, types: tuple[Any, ...]) -> bool:
    # numba has no public way to ask its cache; a test sees to it that this one works
    return types in function.overloads or function._cache.load_overload(types, function.targetctx) is not None


def compile_all(functions: Iterable[Typed]) -> None:
    """Compile functions for this machine, or load them; numba keeps them on the disk."""
    for function, types in functions:
        if isinstance(function, Dispatcher):
            function.compile(types)
