"""The folder of a sweep, in which what is finished stays, whatever happens to the process that fills it.

    results/<scenario>/sweep-<key>/  recipe.json      what the sweep is made of; written first
                                     chunks/*.parquet  replications, each file there wholly or not at all
                                     sweep.parquet  replications.parquet  summary.json   when it is finished
                                     lock              while a process works on it

Every file is written aside, flushed to the disk, then renamed (see `study.aside`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from corridor_sim.errors import Problem, ResultsError
from corridor_sim.metrics.kpis import Replication
from corridor_sim.study.aside import ASIDE, LOCK, as_results_error, write_bytes_whole
from corridor_sim.study.bundle import KEY_DIGITS, json_bytes
from corridor_sim.study.chunks import Chunk, Label
from corridor_sim.study.kept_files import MEBIBYTE, UNFIT, kept_bytes, kept_json
from corridor_sim.study.layout import CHUNKS, RECIPE
from corridor_sim.study.place import below

LARGEST_CHUNK = 1024 * MEBIBYTE
_CHUNK_NAME = re.compile(rf"([0-9a-f]{{{KEY_DIGITS}}})-([0-9]{{7}})-([0-9]{{7}})\.parquet")

Json = Mapping[str, Any]


def batch_key(cases: Sequence[str]) -> str:
    """Return 16 hex digits that name a batch of cases."""
    return sha256("\n".join(cases).encode()).hexdigest()[:KEY_DIGITS]


class Store:
    """The chunks of one sweep. Use it only while `locked`."""

    def __init__(self, folder: Path, recipe: Json, batches: Iterable[Sequence[str]]) -> None:
        """Open a folder, or begin it; `recipe` as it must stand there, `batches` of case digests.

        Raises ResultsError where the folder holds anything that was made of something else.
        """
        self.folder = folder
        self._version = int(recipe["results_version"])
        self._seed = int(recipe["seed"])
        self._cases = {batch_key(cases): tuple(cases) for cases in batches}
        with as_results_error(folder):
            self._begin(recipe)
            for left_over in folder.rglob(f"{ASIDE}*"):
                left_over.unlink()
        self._starts: dict[str, dict[int, int]] = {key: {} for key in self._cases}
        for path in sorted(below(folder, CHUNKS).glob("*")):
            self._take(path)

    def _begin(self, recipe: Json) -> None:
        path = self.folder / RECIPE
        if not path.exists():
            foreign = [each.name for each in self.folder.iterdir() if each.name != LOCK and ASIDE not in each.name]
            if foreign:
                raise self._refused(f"there is something that is no sweep ({sorted(foreign)[0]}); move it away")
            write_bytes_whole(path, json_bytes(recipe))
            return
        try:
            known = kept_json(path)
            version = int(known["results_version"])
        except OSError:
            raise
        except UNFIT:
            raise self._refused(f"{RECIPE} is damaged; move the folder away") from None
        if version != self._version:
            raise self._refused(
                f"made with results version {version}, and this program makes {self._version}; "
                "move the folder away or give another --out"
            )
        if known != json.loads(json_bytes(recipe)):
            raise self._refused("made from other inputs; move the folder away or give another --out")

    def _refused(self, message: str) -> ResultsError:
        return ResultsError(Problem(message, file=str(self.folder)))

    def _take(self, path: Path) -> None:
        """Note a chunk; one that is damaged is removed, one of another sweep or version refused."""
        match = _CHUNK_NAME.fullmatch(path.name)
        if match is None or match[1] not in self._cases or path.is_symlink() or not path.is_file():
            raise self._refused(f"{CHUNKS}/{path.name} is no chunk of this sweep; move it away")
        start, stop = int(match[2]), int(match[3])
        try:
            label = Chunk(kept_bytes(path, LARGEST_CHUNK), path.name).label
        except ValueError:
            path.unlink()
            return
        if label.results_version != self._version:
            raise self._refused(
                f"{CHUNKS}/{path.name} was made with results version {label.results_version}, "
                f"and this program makes {self._version}; move the folder away"
            )
        if label != self.label(match[1], start, stop):
            raise self._refused(f"{CHUNKS}/{path.name} was made from other inputs; move it away")
        self._starts[match[1]][start] = stop

    def label(self, batch: str, start: int, stop: int) -> Label:
        """Return what a chunk of a batch has to say of itself."""
        return Label(self._version, self._seed, self._cases[batch], start, stop)

    def missing(self, batch: str, count: int) -> list[range]:
        """Return the replications below `count` that are not kept, as ranges in order."""
        gaps, reached = [], 0
        for start, stop in sorted(self._starts[batch].items()):
            if start > reached:
                gaps.append(range(reached, min(start, count)))
            reached = max(reached, stop)
        gaps.append(range(reached, count))
        return [gap for gap in gaps if gap]

    def keep(self, batch: str, content: bytes) -> None:
        """Keep a finished chunk. Raises ResultsError where it is not what was asked for, or cannot be written."""
        label = Chunk(content, "what a worker sent").label
        if label != self.label(batch, label.start, label.stop):
            raise self._refused("a worker runs another version of this program; install the same everywhere")
        write_bytes_whole(self._path(batch, label.start, label.stop), content)
        self._starts[batch][label.start] = label.stop

    def replications(self, batch: str, case: str, count: int) -> list[Replication]:
        """Return the first `count` replications of a case, in order."""
        found: dict[int, Replication] = {}
        for start, stop in sorted(self._starts[batch].items()):
            if start >= count:
                break
            path = self._path(batch, start, stop)
            with as_results_error(path):
                found.update((rep.number, rep) for rep in self._read(path, case))
        return [found[number] for number in range(count)]

    def _path(self, batch: str, start: int, stop: int) -> Path:
        return self.folder / CHUNKS / f"{batch}-{start:0{NUMBER_DIGITS}}-{stop:0{NUMBER_DIGITS}}.parquet"

    def _read(self, path: Path, case: str) -> list[Replication]:
        """Return the replications of a case in a chunk; one whose bits have changed is removed."""
        try:
            chunk = Chunk(kept_bytes(path, LARGEST_CHUNK), path.name)
            found = list(chunk.replications(case))
            if [rep.number for rep in found] != list(chunk.label.replications):
                raise ValueError("other replications than its name says")
            return found
        except ValueError:
            with as_results_error(path):
                path.unlink()
            message = f"{CHUNKS}/{path.name} was damaged and is removed; the same command makes it again"
            raise self._refused(message) from None


NUMBER_DIGITS = 7
"""Digits of a replication's number in the name of a chunk."""
