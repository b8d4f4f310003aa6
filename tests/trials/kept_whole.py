"""What lies below a folder of results, looked at without the program: is all that counts as a result whole?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST, SUMMARY, RECIPE, LOCK, CHUNKS = "manifest.json", "summary.json", "recipe.json", "lock", "chunks"
REPORTS = ("report.html", "report.xlsx")
LEFT_OVER = ".writing-"
ANSWERS = ("claims", "sensitivity", "breakeven", "modemap")
Tree = dict[str, bytes]


def tree_of(folder: Path) -> Tree:
    """Return the content of every file below a folder by its path, left-overs and locks too; nothing where it is not.

    Nobody may be writing there.
    """
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if is_file(path)
    }


def is_file(path: Path) -> bool:
    """Return whether it is a file and no symbolic link."""
    return path.is_file() and not path.is_symlink()


def left_overs(tree: Tree) -> list[str]:
    """Return the paths of what a stopped process left aside."""
    return [path for path in tree if LEFT_OVER in path]


def seen(tree: Tree) -> Tree:
    """Return what is not aside and no lock."""
    return {path: content for path, content in tree.items() if LEFT_OVER not in path and Path(path).name != LOCK}


def chunks_of(tree: Tree) -> Tree:
    """Return the chunks of sweeps."""
    return {path: content for path, content in seen(tree).items() if Path(path).parent.name == CHUNKS}


def half_written(tree: Tree) -> list[str]:
    """Return what is wrong with a tree of results (paths are <scenario>/<folder>/...): nothing, if all is whole."""
    folders: dict[str, Tree] = {}
    for path, content in seen(tree).items():
        scenario, folder, rest = path.split("/", 2)
        folders.setdefault(f"{scenario}/{folder}", {})[rest] = content
    return [f"{folder}: {wrong}" for folder, files in folders.items() for wrong in _wrong(folder, files)]


def _wrong(folder: str, files: Tree) -> Iterator[str]:
    if MANIFEST in files:
        listed = _json(files[MANIFEST])["files"]
        yield from _listed(listed, files)
        yield from (f"{name} is not in the manifest" for name in files.keys() - listed.keys() - {MANIFEST, *REPORTS})
        yield from (f"{name} has no end" for name in REPORTS if not _has_end(name, files.get(name)))
    elif RECIPE in files:
        _json(files[RECIPE])
        yield from (f"{name} is cut off" for name in files if name.endswith(".parquet") and not _is_table(files[name]))
        if SUMMARY in files:
            yield from _listed(_json(files[SUMMARY])["files"], files)
    elif Path(folder).name.partition("-")[0] in ANSWERS:
        # its summary is written last: without it the answer is unfinished
        _json(files.get(SUMMARY, b"{}"))
    else:
        yield f"no result: {sorted(files)}"


def _listed(listed: dict[str, str], files: Tree) -> Iterator[str]:
    """Yield the files that are not there as a list says; paths of figures hold a slash."""
    for name, digest in listed.items():
        if name not in files:
            yield f"{name} is missing"
        elif sha256(files[name]).hexdigest() != digest:
            yield f"{name} is not what it was"


def _json(content: bytes) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(content)
    return found


def _has_end(name: str, content: bytes | None) -> bool:
    end = b"</html>" if name.endswith(".html") else b"PK\x05\x06"
    return content is None or end in content[-1000:]


def _is_table(content: bytes) -> bool:
    try:
        pq.ParquetFile(BytesIO(content)).read()
    except (pa.ArrowException, OSError):
        return False
    return True
