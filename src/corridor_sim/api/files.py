"""Writes what a notebook asks for as files: each wholly or not at all."""

from __future__ import annotations

from pathlib import Path

from corridor_sim.study.aside import as_results_error, write_bytes_whole


def write(path: Path | str, content: bytes) -> Path:
    """Write a file and return its path. Raises ResultsError where that fails, leaving what stood there."""
    place = Path(path)
    with as_results_error(place):
        # a folder that is not there is a slip of the pen, not a wish for one
        place.parent.stat()
    write_bytes_whole(place, content)
    return place
