"""Words of the command line for designs, executors and screenings; here because nothing heavy is."""

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


class Method(StrEnum):
    """How the inputs that matter are found."""

    TORNADO = "tornado"
    MORRIS = "morris"
    SOBOL = "sobol"
