"""The catalog as data: parameters with their provenance and the sources they cite, read room by room when asked for.

A room is one file `data/<room>.yaml` and holds the parameters whose id begins with its name; sources stand in
`data/sources_*.yaml`. An entry is either one graded value, or under `whole` an object of the scenario format (a
tariff, a customs channel, a place ...) with graded values in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from corridor_sim.catalog.values import is_graded
from corridor_sim.reading.yaml_reader import Document, copy_tree, read_yaml

DATA = Path(__file__).parent / "data"
SOURCES, FACTS = "sources", "facts"
CACHED_ENTRIES = 4096
_ENTRY = re.compile(r"^  ([\w.]+):(?= |$)", re.MULTILINE)
"""The line on which an entry begins: entries stand two spaces in, and nothing else does."""
NO_ROOMS = (FACTS, "validation")
WHOLE, SAYS = "whole", "says"


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter of the catalog: its id, what it says, and its body as written without `says`."""

    id: str
    says: str
    body: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether it stands for an object of the scenario format rather than for one value."""
        return WHOLE in self.body

    def plain(self) -> Any:
        """Return a copy of the value or object as a scenario would write it, each value noting this id as `param`."""
        if not self.is_whole:
            return {**copy_tree(dict(self.body)), "param": self.id}
        return _marked(copy_tree(self.body[WHOLE]), self.id)


def _marked(tree: Any, param: str) -> Any:
    """Return `tree` with `param` noted on every graded value that does not come from another parameter."""
    if isinstance(tree, list):
        return [_marked(item, param) for item in tree]
    if not isinstance(tree, Mapping) or "param" in tree:
        return tree
    if is_graded(tree):
        return {**tree, "param": param}
    return {key: _marked(item, param) for key, item in tree.items()}


def graded_values(tree: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (path, mapping) of every graded value in a tree of plain data."""
    if isinstance(tree, Mapping):
        if is_graded(tree):
            yield path, tree
            return
        for key, item in tree.items():
            yield from graded_values(item, f"{path}.{key}" if path else str(key))
    elif isinstance(tree, list):
        for place, item in enumerate(tree):
            yield from graded_values(item, f"{path}[{place}]")


@lru_cache(maxsize=1)
def room_names() -> tuple[str, ...]:
    """Return the first words of all ids."""
    files = sorted(path.stem for path in DATA.glob("*.yaml"))
    return tuple(name for name in files if not name.startswith(SOURCES) and name not in NO_ROOMS)


@lru_cache
def document(name: str) -> Document:
    """Return the file `name` of the catalog's data. Raises InputError for what is no YAML."""
    path = DATA / f"{name}.yaml"
    return read_yaml(path, file=f"catalog/{path.name}")


@lru_cache
def _blocks(name: str) -> Mapping[str, str]:
    """Return the text of each entry of a file by its id: reading a few entries costs much less than the whole file."""
    text = (DATA / f"{name}.yaml").read_text(encoding="utf-8")
    starts = [(match[1], match.start()) for match in _ENTRY.finditer(text)]
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {key: text[start:end] for (key, start), end in zip(starts, ends, strict=True)}


def _entry_body(name: str, key: str) -> Any:
    """Return the body of one entry of a file. Raises InputError for what is no YAML."""
    return read_yaml(_blocks(name)[key], file=f"catalog/{name}.yaml").data[key]


def _entry(key: str, body: Mapping[str, Any]) -> Entry:
    return Entry(key, str(body.get(SAYS, "")), {part: value for part, value in body.items() if part != SAYS})


@lru_cache
def room(name: str) -> Mapping[str, Entry]:
    """Return the entries of a room (one of `room_names`) by id."""
    return {key: _entry(key, body) for key, body in document(name).data["parameters"].items()}


@lru_cache(maxsize=CACHED_ENTRIES)
def find(param: str) -> Entry | None:
    """Return the entry of an id, None where there is none. Reads that entry alone."""
    name = param.partition(".")[0]
    known = name in room_names() and param in _blocks(name)
    return _entry(param, _entry_body(name, param)) if known else None


def similar(param: str) -> list[str]:
    """Return the ids that a mistyped one could mean: those of its room, or all where the room is unknown."""
    name = param.partition(".")[0]
    return [key for each in ([name] if name in room_names() else room_names()) for key in _blocks(each)]


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Any]:
    """Return all sources by id, each as a scenario would write it."""
    found: dict[str, Any] = {}
    for path in sorted(DATA.glob(f"{SOURCES}_*.yaml")):
        found |= document(path.stem).data[SOURCES]
    return found


@lru_cache(maxsize=1)
def source_files() -> Mapping[str, str]:
    """Return the file in which each source stands."""
    files = sorted(path.stem for path in DATA.glob(f"{SOURCES}_*.yaml"))
    return {key: name for name in files for key in _blocks(name)}


@lru_cache(maxsize=CACHED_ENTRIES)
def source(name: str) -> Any:
    """Return one source as a scenario would write it. Raises KeyError where there is none."""
    return _entry_body(source_files()[name], name)


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Any]:
    """Return the published facts that results are held against; they are no parameters."""
    return dict(document(FACTS).data[FACTS])
