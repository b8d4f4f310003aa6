"""Keeps what is read and written below the folder that the user named, whatever names and links stand there."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import realpath
from pathlib import Path, PurePosixPath

from corridor_sim.errors import Problem, ResultsError


def below(root: Path, *names: str) -> Path:
    """Return a place below a folder. Raises ResultsError where a symbolic link on the way leads out of the folder."""
    place = root.joinpath(*names)
    if not Path(realpath(place)).is_relative_to(realpath(root)):
        raise ResultsError(Problem(f"a symbolic link leads out of {root}; remove it", file=str(place)))
    return place


def are_own(files: Iterable[str]) -> bool:
    """Return whether all files that a manifest lists stand in its own folder."""
    paths = [PurePosixPath(name) for name in files]
    return not any(path.is_absolute() or ".." in path.parts for path in paths)
