"""Writes the results of a run as one folder that is there wholly or not at all.

    results/<scenario>/<key>/  manifest.json  resolved.yaml  summary.json  kpis.csv  *.parquet  figures/*.png
                               report.html

The key is a hash of what decides the numbers; the engine is not in it. Files are written aside, flushed to the disk,
then the folder takes its place at once (see `study.aside`); manifest.json lists the digest of every other file but
reports, which are made again from these at any time.
"""

from __future__ import annotations

import csv
import errno
import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from corridor_sim.errors import ResultsError
from corridor_sim.reading.located import printable
from corridor_sim.scenario.problems import check_name
from corridor_sim.study.aside import as_results_error, flush, write_folder_whole
from corridor_sim.study.layout import KPIS_CSV, MANIFEST, RESOLVED, SUMMARY
from corridor_sim.study.place import below

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.scenario.load import ScenarioFile

RESULTS_VERSION = 4
"""Changes when the same scenario and seed may give other numbers."""
KEY_DIGITS = 16
COLUMNS = ("alternative", "flow", "kpi", "value", "low", "high", "unit", "n", "resolved")
ESTIMATE = ("value", "low", "high", "unit", "n", "resolved")
ALL_FLOWS = "all"
FORMULA_SIGNS = ("=", "+", "-", "@")
"""A spreadsheet takes a cell that starts with one of these for a formula."""
LONGEST_CELL = 400
SHARED_LEVELS, SHORTEST_SHARED = 3, 80
"""How deep and from how many characters on equal parts of resolved scenarios are written once."""

Json = Mapping[str, Any]


class Bundled(Protocol):
    """What a bundle is made of (see `study.evaluate.Results`)."""

    @property
    def summary(self) -> Json: ...

    @property
    def manifest_recipe(self) -> Json: ...

    @property
    def resolved(self) -> Json: ...

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables by file name without ending."""
        ...


def bundle_key(summary: Json, resolved: Json) -> str:
    """Return 16 hex digits that name a run: of its resolved scenarios, seed, replications, noise, results version."""
    run = summary["run"]
    decisive = {
        "resolved": resolved,
        "seed": run["seed"],
        "replications": run["replications"],
        "noise": run["noise"],
        "lanes": run.get("lanes", {}),
        "results_version": summary["results_version"],
    }
    canonical = json.dumps(decisive, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(canonical.encode()).hexdigest()[:KEY_DIGITS]


def resolved_scenarios(file: ScenarioFile) -> Json:
    """Return the resolved scenario of each alternative as plain data."""
    return {name: scenario.model_dump(mode="json") for name, scenario in file.alternatives.items()}


def key_of_run(file: ScenarioFile, seed: int, replications: int) -> str:
    """Return what names the folder of a plain run: all alternatives, with noise, no lane chosen."""
    run = {"seed": seed, "replications": replications, "noise": True, "lanes": {}}
    return bundle_key({"run": run, "results_version": RESULTS_VERSION}, resolved_scenarios(file))


def json_bytes(content: Json) -> bytes:
    """Return JSON as it is written and printed: UTF-8, indented, without NaN."""
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def kpis_csv(summary: Json) -> str:
    """Return every figure of the summary as a tidy table: one row for each alternative, flow and KPI."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for alternative, flow, kpi, figure in chain(figure_rows(summary), indicator_rows(summary)):
        writer.writerow([cell_of(value) for value in (alternative, flow, kpi, *(figure[key] for key in ESTIMATE))])
    return stream.getvalue()


def figure_rows(summary: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Yield (alternative, flow, kpi, estimate): KPIs, costs, then differences and savings against the baseline."""
    for one in summary["alternatives"]:
        for flow, kpis in ((ALL_FLOWS, one["kpis"]), *one["by_flow"].items()):
            for kpi, figure in kpis.items():
                yield one["name"], flow, kpi, figure
        for row in one["costs"]:
            yield one["name"], ALL_FLOWS, f"cost_per_{cost_words(row)}", row
    for pair in summary["comparisons"]:
        for kpi, figure in pair["kpis"].items():
            yield pair["alternative"], ALL_FLOWS, f"difference_to_{pair['against']}:{kpi}", figure
        for row in pair["savings"]:
            for measure in ("cny", "percent"):
                kpi = f"saving_{measure}_to_{pair['against']}_per_{cost_words(row)}"
                yield pair["alternative"], ALL_FLOWS, kpi, row[measure]


def indicator_rows(summary: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Yield the same of the corridor indicators, which a sweep does not make."""
    for one in summary["alternatives"]:
        for name, figure in one["corridor"].items():
            yield one["name"], ALL_FLOWS, name, figure


def cost_words(row: Json) -> str:
    """Return what follows "cost_per_" in the name of a cost: per, cost base, perspective, subsidy."""
    return f"{row['per']}:{row['base']}/{row['perspective']}/{row['subsidy']}"


def cell_of(value: object) -> object:
    """Return a value as a cell of a CSV file: no text is a formula or breaks the line."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return value
    text = printable(value, LONGEST_CELL)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def check_out(out: Path) -> None:
    """Raise ResultsError if results can clearly not be written below `out`; writes nothing."""
    nearest = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), out)
    with as_results_error(out):
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write_bundle(
    results: Bundled,
    out: Path,
    figures: Mapping[str, bytes],
    command: str = "",
    reports: Mapping[str, bytes] | None = None,
) -> Path:
    """Write the results below `out` and return their folder; `figures` are PNG bytes by name, `reports` by file name.

    A complete bundle of the same key is replaced at once. Raises ResultsError, leaving nothing half-written.
    """
    name: str = results.summary["scenario"]["name"]
    wrong = check_name(name)
    if wrong:
        raise ResultsError(f"{wrong}, so it cannot name a folder of results")
    final = below(out, name, bundle_key(results.summary, results.resolved))

    def fill(folder: Path) -> None:
        _fill(folder, final.name, results, figures, command)
        for report, content in (reports or {}).items():
            (folder / report).write_bytes(content)
            flush(folder / report)
        flush(folder)

    with as_results_error(final):
        if final.exists() and not (final / MANIFEST).is_file():
            raise FileExistsError(errno.EEXIST, "there is something that is no result; move it away")
    write_folder_whole(final, fill)
    return final


def _fill(folder: Path, key: str, results: Bundled, figures: Mapping[str, bytes], command: str) -> None:
    (folder / "figures").mkdir(parents=True)
    (folder / SUMMARY).write_bytes(json_bytes(results.summary))
    (folder / RESOLVED).write_bytes(_yaml_bytes(results.resolved))
    (folder / KPIS_CSV).write_text(kpis_csv(results.summary), encoding="utf-8", newline="")
    for name, table in results.tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    for name, picture in figures.items():
        (folder / "figures" / f"{name}.png").write_bytes(picture)
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in written}
    recipe = {**results.manifest_recipe, "key": key, "command": command, "files": files}
    (folder / MANIFEST).write_bytes(json_bytes(recipe))
    for path in (*written, folder / MANIFEST, folder / "figures"):
        flush(path)


def _yaml_bytes(resolved: Json) -> bytes:
    """Return YAML in which what an alternative shares with one before it is written once (`&id001`, `*id001`)."""
    import yaml

    # the dumper over libyaml is ten times faster but not in every build of PyYAML
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    plain = json.loads(json.dumps(resolved, allow_nan=False))
    written: bytes = yaml.dump(
        _shared(plain, SHARED_LEVELS, {}), Dumper=dumper, sort_keys=False, allow_unicode=True, encoding="utf-8"
    )
    return written


def _shared(tree: Any, levels: int, seen: dict[str, Any]) -> Any:
    """Return a tree in which long equal parts of the first levels are one object."""
    if not isinstance(tree, dict) or not levels:
        return tree
    shared = {}
    for name, part in tree.items():
        text = json.dumps(part, sort_keys=False)
        long = isinstance(part, dict) and len(text) > SHORTEST_SHARED
        shared[name] = seen[text] if text in seen else _shared(part, levels - 1, seen)
        if long:
            seen.setdefault(text, shared[name])
    return shared
