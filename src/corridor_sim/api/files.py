"""Writes what a notebook asks for as files: each wholly or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from corridor_sim.study.bundle import as_results_error


def write(path: Path | str, content: bytes) -> Path:
    """Write a file aside, then rename it; return its path. Raises ResultsError where that fails."""
    place = Path(path)
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    with as_results_error(place):
        try:
            # a link of this name would lead elsewhere
            aside.unlink(missing_ok=True)
            aside.write_bytes(content)
            aside.replace(place)
        finally:
            aside.unlink(missing_ok=True)
    return place
