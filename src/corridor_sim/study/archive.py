"""Finds what is kept below a folder of results: runs, sweeps and answers, complete or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corridor_sim.errors import InputError, Problem, ResultsError
from corridor_sim.reading.located import printable, suggestion
from corridor_sim.study.answers import KINDS
from corridor_sim.study.aside import as_results_error
from corridor_sim.study.bundle import ALL_FLOWS, RESULTS_VERSION
from corridor_sim.study.kept_files import UNFIT, arrow_as_unfit, as_damaged, check_digest, check_table, kept_json
from corridor_sim.study.layout import CHUNKS, KPIS_CSV, MANIFEST, RECIPE, SUMMARY, SWEEP, SWEEP_PREFIX, TABLE
from corridor_sim.study.place import are_own

RUN_KIND, SWEEP_KIND = "run", "sweep"
LISTINGS = {RUN_KIND: MANIFEST, SWEEP_KIND: SUMMARY}
"""Where the digests of other files stand."""


@dataclass(frozen=True)
class Kept:
    """A folder of results: what it is, and `state` "complete" or what is wrong with it."""

    folder: Path
    kind: str
    scenario: str
    key: str
    version: int
    points: int
    replications: int
    state: str

    @property
    def usable(self) -> bool:
        """Whether it is complete and of this program's results version."""
        return self.state == COMPLETE and self.version == RESULTS_VERSION

    def summary(self) -> Mapping[str, Any]:
        """Return the summary. Raises ResultsError unless it is usable."""
        if not self.usable:
            wrong = f"made with results version {self.version}, and this program makes {RESULTS_VERSION}"
            reason = wrong if self.state == COMPLETE else self.state
            raise ResultsError(Problem(f"cannot be shown: {reason}; run it again", file=str(self.folder)))
        path = self.folder / SUMMARY
        with as_damaged(path):
            found: Mapping[str, Any] = kept_json(path)
        return found

    def digests(self) -> Mapping[str, str]:
        """Return the digests of its tables by file name, as a run or a sweep wrote them. Raises what UNFIT names."""
        if self.kind not in LISTINGS:
            return {}
        found: Mapping[str, str] = kept_json(self.folder / LISTINGS[self.kind])["files"]
        return found

    def tables(self) -> dict[str, Path]:
        """Return the files of its tables by name."""
        found = {path.name.removesuffix(TABLE): path for path in sorted(self.folder.glob(f"*{TABLE}"))}
        csv = self.folder / KPIS_CSV
        return found | ({"kpis": csv} if csv.exists() else {})


COMPLETE = "complete"
DAMAGED = "damaged"
UNFINISHED = "unfinished"


def kept_below(out: Path) -> list[Kept]:
    """Return every run, sweep and answer below a folder, by scenario and key. Raises ResultsError if unreadable."""
    with as_results_error(out, "read"):
        folders = sorted(path for path in out.glob("*/*") if path.is_dir()) if out.exists() else []
        return list(_known(folders))


def _known(folders: Sequence[Path]) -> Iterator[Kept]:
    for folder in folders:
        if folder.name.startswith(SWEEP_PREFIX):
            yield _sweep(folder)
        elif folder.name.partition("-")[0] in KINDS:
            yield _answer(folder)
        elif (folder / MANIFEST).exists():
            yield _run(folder)


def _run(folder: Path) -> Kept:
    def made(version: int = 0, replications: int = 0, state: str = DAMAGED) -> Kept:
        return Kept(folder, RUN_KIND, folder.parent.name, folder.name, version, 1, replications, state)

    try:
        manifest = kept_json(folder / MANIFEST)
        files = manifest["files"]
        whole = are_own(files) and all((folder / name).is_file() for name in files)
        state = COMPLETE if whole else DAMAGED
        return made(int(manifest["results_version"]), int(manifest["replications"]), state)
    except UNFIT:
        return made()


def _sweep(folder: Path) -> Kept:
    def made(version: int = 0, points: int = 0, replications: int = 0, state: str = DAMAGED) -> Kept:
        return Kept(folder, SWEEP_KIND, folder.parent.name, folder.name, version, points, replications, state)

    try:
        recipe = kept_json(folder / RECIPE)
        version, points = int(recipe["results_version"]), len(recipe["design"]["points"])
        if not (folder / SUMMARY).exists():
            chunks = sum(1 for _ in (folder / CHUNKS).glob("*.parquet"))
            return made(version, points, 0, f"{UNFINISHED}, {chunks} chunks kept")
        summary = kept_json(folder / SUMMARY)
        most = max(int(point["replications"]) for point in summary["design"]["points"])
        return made(version, points, most, COMPLETE if (folder / SWEEP).exists() else DAMAGED)
    except UNFIT:
        return made()


def _answer(folder: Path) -> Kept:
    """Return what a study of one question found; its summary is written last."""
    kind = folder.name.partition("-")[0]

    def made(version: int = 0, replications: int = 0, state: str = DAMAGED) -> Kept:
        return Kept(folder, kind, folder.parent.name, folder.name, version, 1, replications, state)

    if not (folder / SUMMARY).exists():
        return made(state=UNFINISHED)
    try:
        summary = kept_json(folder / SUMMARY)
        return made(int(summary["results_version"]), int(summary["run"]["replications"]), COMPLETE)
    except UNFIT:
        return made()


def find(name: str, out: Path) -> Kept:
    """Return the results of a key or its beginning, scenario, scenario/key or folder. Raises InputError if not one."""
    everything = kept_below(out)
    wanted = name.rstrip("/")
    exact = [each for each in everything if wanted in (each.key, f"{each.scenario}/{each.key}", str(each.folder))]
    begins = [each for each in everything if each.key.startswith(wanted) or each.scenario == wanted]
    found = exact or begins
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"{each.scenario}/{each.key}" for each in found)
        raise InputError(f'"{printable(name)}" may be {listed}; write one of them')
    hint = suggestion(name, [each.key for each in everything] + [each.scenario for each in everything])
    raise InputError(f'"{printable(name)}" is no result below {out}{hint}; see corridor-sim results list')


def sweep_rows(table: Path, figures: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a `whole_table` for some figures of all flows together. Raises ResultsError."""
    import pyarrow.parquet as pq

    wanted = [("flow", "==", ALL_FLOWS), ("kpi", "in", list(figures))]
    try:
        with arrow_as_unfit():
            rows: list[dict[str, Any]] = pq.read_table(table, filters=wanted).to_pylist()
    except UNFIT as error:
        raise _damaged_sweep(table) from error
    return rows


def whole_table(folder: Path) -> Path:
    """Return where the table of a sweep is, not yet read. Raises ResultsError where it is damaged."""
    table = folder / SWEEP
    try:
        check_table(table)
        check_digest(table, kept_json(folder / SUMMARY)["files"][SWEEP])
    except UNFIT as error:
        raise _damaged_sweep(table) from error
    return table


def _damaged_sweep(table: Path) -> ResultsError:
    return ResultsError(Problem("damaged; run the sweep again", file=str(table)))
