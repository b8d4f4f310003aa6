"""Reads and renews pages of the documentation; each file is there wholly or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corridor_sim.errors import InputError, Problem
from corridor_sim.study.aside import write_bytes_whole


def read_page(path: Path) -> str:
    """Return the text of a page. Raises InputError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no text in UTF-8"
        raise InputError(Problem(f"cannot be read: {reason}", file=str(path))) from None


def write_page(path: Path, text: str, pictures: Mapping[Path, bytes] | None = None) -> None:
    """Write a page and its pictures (path -> PNG). Raises ResultsError where that fails."""
    write_files({**(pictures or {}), path: text.encode()})


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files, each of which is there wholly or not at all. Raises ResultsError for the first that cannot be."""
    for path, content in files.items():
        write_bytes_whole(path, content)
