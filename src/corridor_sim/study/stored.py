"""Reads stored runs: the summary of one made before with the same inputs, and a whole result folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import Problem, ResultsError
from corridor_sim.study.bundle import RESULTS_VERSION, key_of_run
from corridor_sim.study.kept_files import (
    UNFIT,
    arrow_as_unfit,
    check_digest,
    check_table,
    json_of,
    kept_bytes,
    kept_json,
    yaml_of,
)
from corridor_sim.study.layout import MANIFEST, RECIPE, RESOLVED, SUMMARY, TABLE
from corridor_sim.study.place import are_own

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.figures import Figures


class StoredTables(Mapping[str, "pd.DataFrame"]):
    """The tables of a result folder by file name without ending, each read when it is first asked for."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        """Find the tables among the files of a folder and their digests; none is read.

        Raises ResultsError for one that is no table, or claims more than it can hold.
        """
        self._folder = folder
        self._digests = {name.removesuffix(TABLE): digest for name, digest in files.items() if name.endswith(TABLE)}
        self._read: dict[str, pd.DataFrame] = {}
        for name in self._digests:
            path = self._path(name)
            with self._as_damaged(path):
                check_table(path)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table. Raises KeyError for one that is not there, ResultsError for one that cannot be read."""
        if name not in self._digests:
            raise KeyError(name)
        if name not in self._read:
            path = self._path(name)
            with self._as_damaged(path):
                check_digest(path, self._digests[name])
                import pandas as pd

                with arrow_as_unfit():
                    self._read[name] = pd.read_parquet(path)
        return self._read[name]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{TABLE}"

    @contextmanager
    def _as_damaged(self, path: Path) -> Iterator[None]:
        try:
            yield
        except UNFIT as error:
            raise _unusable(self._folder, f"damaged ({path.name}); run it again") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)


@dataclass(frozen=True)
class StoredRun:
    """What a result folder says: how it was made, its figures, the resolved scenario of each alternative."""

    folder: Path
    manifest: Mapping[str, Any]
    summary: Mapping[str, Any]
    resolved: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def claims(self) -> Mapping[str, Any] | None:
        """The answers to the claims of the same scenario at the same seed, kept beside it; of several the deepest."""
        return claims_beside(self.folder)


def claims_beside(folder: Path) -> Mapping[str, Any] | None:
    """Return the answers to claims that are kept for the run of a folder, None where there are none."""
    found = []
    for path in sorted(folder.parent.glob(f"claims-*/{SUMMARY}")):
        try:
            answers = kept_json(path)
            if answers["of_run"] == folder.name and answers["results_version"] == RESULTS_VERSION:
                found.append((int(answers["run"]["points"]), answers))
        except UNFIT:
            continue
    return max(found, key=lambda one: one[0])[1] if found else None


def read_run(folder: Path) -> StoredRun:
    """Return the run kept in a folder, its files as their manifest lists them.

    Raises ResultsError for a folder that is none of ours, a sweep's, incomplete, damaged or of another version.
    """
    if not (folder / MANIFEST).is_file():
        kept = "a sweep; see corridor-sim results show" if (folder / RECIPE).is_file() else "no result of a run"
        raise _unusable(folder, f"{kept}; expected a folder results/<scenario>/<key>")
    try:
        manifest = kept_json(folder / MANIFEST)
        version, files = manifest["results_version"], manifest["files"]
        texts = {name: kept_bytes(folder / name) for name in (SUMMARY, RESOLVED)}
        wrong = [name for name, content in texts.items() if sha256(content).hexdigest() != files[name]]
        wrong += [name for name in files if not (folder / name).is_file()]
        if not are_own(files):
            raise ValueError("files of other folders")
        if version == RESULTS_VERSION and not wrong:
            summary, resolved = json_of(texts[SUMMARY]), yaml_of(texts[RESOLVED])
            return StoredRun(folder, manifest, summary, resolved, StoredTables(folder, files))
    except UNFIT as error:
        raise _unusable(folder, "damaged; run it again") from error
    if version != RESULTS_VERSION:
        made = f"made with results version {version}, and this program makes {RESULTS_VERSION}"
        raise _unusable(folder, f"{made}; run it again")
    raise _unusable(folder, f"damaged ({wrong[0]}); run it again")


def kept_run(file: ScenarioFile, out: Path, seed: int | None, replications: int | None) -> StoredRun | None:
    """Return the kept run of all alternatives of a file with noise, None where there is none that is whole.

    `seed` and `replications` default to the file's. A run that was kept without sums by replication does not count.
    """
    from corridor_sim.study.tables import REPLICATIONS

    clock = file.base.clock
    key = key_of_run(file, clock.seed if seed is None else seed, replications or clock.replications)
    try:
        found = read_run(out / file.name / key)
    except ResultsError:
        return None
    return found if REPLICATIONS in found.tables else None


def _unusable(folder: Path, reason: str) -> ResultsError:
    return ResultsError(Problem(reason, file=str(folder)))


def stored_summary(file: ScenarioFile, out: Path) -> Figures | None:
    """Return the summary of a noisy run of all alternatives at the file's own seed and replications, None if none.

    A summary that is not the one its manifest lists is not used.
    """
    folder = out / file.name / key_of_run(file, file.base.clock.seed, file.base.clock.replications)
    try:
        content = kept_bytes(folder / SUMMARY)
        listed = kept_json(folder / MANIFEST)["files"][SUMMARY]
        if sha256(content).hexdigest() != listed:
            return None
        return dict(json_of(content))
    except UNFIT:
        return None
