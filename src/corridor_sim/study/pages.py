"""Reads and renews pages of the documentation; each file is written aside and then renamed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from corridor_sim.errors import InputError, Problem, ResultsError


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
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # a link of this name would lead elsewhere
            aside.unlink(missing_ok=True)
            aside.write_bytes(content)
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise ResultsError(Problem(f"cannot be written: {error.strerror or error}", file=str(path))) from error
