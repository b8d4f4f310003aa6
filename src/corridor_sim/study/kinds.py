"""Words of the command line for designs and executors; here because nothing heavy is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How the points of a design are laid out."""

    GRID = "grid"
    LHS = "lhs"
    SOBOL = "sobol"


class Where(StrEnum):
    """Kinds of executors."""

    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"
