"""Reads the files of kept results, of which nothing is believed: they may be damaged, foreign or made to hurt.

A file is taken in only if it is a regular one and small enough; texts only if they have no more parts than memory has
room for, tables only if they do not swell. The limits are some times what the largest shipped scenario keeps.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any, NoReturn

from corridor_sim.errors import CorridorSimError, Problem, ResultsError
from corridor_sim.reading.located import printable

MEBIBYTE = 1024 * 1024
LARGEST_TEXT = 24 * MEBIBYTE
"""The summary of gba_global, the largest shipped scenario, has 5.6 MB."""
MOST_PARTS = 1_000_000
"""Commas and brackets of a JSON text, or values of a YAML text; that summary has 242,000. A part takes 180 bytes."""
DEEPEST = 60
"""A summary has 9 levels, and a parser of YAML ends the process at some ten thousand."""
CELLS_FREE, CELLS_PER_BYTE = 2_000_000, 16
"""A table of n bytes may have so many cells and so many times n more; ledgers have most, 6.5 per byte."""
BYTES_FREE, BYTES_PER_BYTE = 32 * MEBIBYTE, 32
"""The same for its bytes before they were packed."""
LONGEST_REASON = 200
UNFIT = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What reading something of another shape than was expected raises."""


def kept_bytes(path: Path, most: int = LARGEST_TEXT) -> bytes:
    """Return what a regular file holds. Raises OSError, and ValueError for one of another kind or too large."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path.name} is not a regular file")
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{path.name} is larger than {most // MEBIBYTE} MiB")
    return content


def kept_json(path: Path) -> Any:
    """Return the JSON of a file. Raises OSError and ValueError."""
    return json_of(kept_bytes(path))


def json_of(content: bytes) -> Any:
    """Return what a JSON text says. Raises ValueError, also for one too large or too deep, and for NaN."""
    if sum(map(content.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise ValueError(f"more than {MOST_PARTS} values")
    try:
        return json.loads(content, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def yaml_of(content: bytes) -> Any:
    """Return the plain data of a YAML text with aliases. Raises ValueError, also for what would swell or overflow."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_events(yaml.parse(content, Loader=loader))
        return yaml.load(content, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("no plain YAML") from error


def _check_events(events: Iterator[Any]) -> None:
    """Raise ValueError for YAML that is nested too deep, or has too many values with aliases written out."""
    import yaml

    sizes: dict[str, int] = {}
    count, opened = 0, list[tuple[str | None, int]]()
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            if anchor is not None:
                sizes[anchor] = count - before
            continue
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise ValueError("an alias within what it stands for, or without it")
            count += sizes[event.anchor]
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, count))
            count += 1
        elif isinstance(event, yaml.ScalarEvent):
            count += 1
            if event.anchor is not None:
                sizes[event.anchor] = 1
        if len(opened) > DEEPEST or count > MOST_PARTS:
            raise ValueError(f"deeper than {DEEPEST} levels, or more than {MOST_PARTS} values")


def check_digest(path: Path, digest: str) -> None:
    """Raise ValueError for a file that is not, byte by byte, the one whose digest was written down; else OSError."""
    with path.open("rb") as stream:
        if file_digest(stream, "sha256").hexdigest() != digest:
            raise ValueError(f"{path.name} is not what was written")


def check_table(path: Path) -> None:
    """Raise ValueError for what is no Parquet file, or claims far more cells than its size can hold; else OSError."""
    import pyarrow.parquet as pq

    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path.name} is not a regular file")
    with arrow_as_unfit():
        check_swelling(pq.read_metadata(path), found.st_size)


@contextmanager
def arrow_as_unfit() -> Iterator[None]:
    """Turn what Arrow alone raises, of types that it does not know for instance, into a ValueError."""
    import pyarrow as pa

    try:
        yield
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error


def check_swelling(metadata: Any, size: int) -> None:
    """Raise ValueError where a Parquet file of `size` bytes claims far more cells, or bytes, than it can hold."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    rows = max(metadata.num_rows, sum(group.num_rows for group in groups))
    unpacked = sum(group.total_byte_size for group in groups)
    if rows * metadata.num_columns > CELLS_FREE + CELLS_PER_BYTE * size:
        raise ValueError(f"{rows} rows in {size} bytes")
    if unpacked > BYTES_FREE + BYTES_PER_BYTE * size:
        raise ValueError(f"{unpacked} bytes packed into {size}")


@contextmanager
def as_damaged(place: Path | str) -> Iterator[None]:
    """Turn whatever goes wrong with what is kept at a place into a ResultsError that names it."""
    try:
        yield
    except (CorridorSimError, OSError):
        raise
    except Exception as error:
        reason = printable(f"{type(error).__name__}: {error}", LONGEST_REASON)
        message = f"not as this program writes it ({reason}); run it again"
        raise ResultsError(Problem(message, file=str(place))) from error
