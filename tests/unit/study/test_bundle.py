"""The folder of results: what is in it, what its name depends on, and that it is there wholly or not at all."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import pickle
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from corridor_sim.errors import ResultsError
from corridor_sim.study import aside
from corridor_sim.study.bundle import bundle_key, check_out, kpis_csv, write_bundle

FAKE = Path(__file__).parents[1] / "report" / "fake.py"
PICTURES = {"transit_times": b"\x89PNG picture"}


@pytest.fixture
def results() -> Any:
    return runpy.run_path(str(FAKE))["results"]()


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_bundle_holds_everything_and_a_digest_of_each_file(results: Any, tmp_path: Path) -> None:
    folder = write_bundle(results, tmp_path, PICTURES, "corridor-sim run x.yaml")
    files = files_below(folder)
    assert sorted(files) == [
        "consignments.parquet",
        "figures/transit_times.png",
        "kpis.csv",
        "manifest.json",
        "resolved.yaml",
        "summary.json",
    ]
    assert folder.parent == tmp_path / "qinzhou"
    assert json.loads(files["summary.json"]) == results.summary
    assert yaml.safe_load(files["resolved.yaml"]) == results.resolved
    assert files["figures/transit_times.png"] == PICTURES["transit_times"]
    assert pd.read_parquet(folder / "consignments.parquet").equals(results.tables["consignments"])
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert (manifest["key"], manifest["command"]) == (folder.name, "corridor-sim run x.yaml")
    assert manifest["python"] == "3.11"


def test_the_key_is_the_hash_of_what_decides_the_numbers(results: Any) -> None:
    decisive = {
        "lanes": {},
        "noise": True,
        "replications": 30,
        "resolved": {"truck": {"flows": {"plum": {}}, "name": "qinzhou"}},
        "results_version": 1,
        "seed": 20260422,
    }
    canonical = json.dumps(decisive).replace(", ", ",").replace(": ", ":")
    assert bundle_key(results.summary, results.resolved) == hashlib.sha256(canonical.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda run, resolved: run.update(engine="compiled"), True),
        (lambda run, resolved: run.update(confidence=0.9), True),
        (lambda run, resolved: run.update(seed=2), False),
        (lambda run, resolved: run.update(replications=31), False),
        (lambda run, resolved: run.update(noise=False), False),
        (lambda run, resolved: run.update(lanes={"export check": "selected"}), False),
        (lambda run, resolved: resolved["truck"].update(name="other"), False),
    ],
)
def test_the_engine_is_not_in_the_key(results: Any, change: Callable[[Any, Any], None], same: bool) -> None:
    before = bundle_key(results.summary, results.resolved)
    change(results.summary["run"], results.resolved)
    assert (bundle_key(results.summary, results.resolved) == before) is same


def test_the_same_run_writes_the_same_bytes_and_replaces_the_old_folder(results: Any, tmp_path: Path) -> None:
    first = write_bundle(results, tmp_path, PICTURES)
    before = files_below(tmp_path)
    (first / "left over.txt").write_text("of an older version")
    assert write_bundle(results, tmp_path, PICTURES) == first
    assert files_below(tmp_path) == before


def test_nothing_is_pickled(results: Any, tmp_path: Path) -> None:
    for content in files_below(write_bundle(results, tmp_path, PICTURES)).values():
        with pytest.raises((pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, ImportError)):
            pickle.loads(content)


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyboardInterrupt(), OSError(errno.ENOSPC, "disk full")])
@pytest.mark.parametrize("had_old", [True, False])
def test_a_run_that_stops_half_way_leaves_what_was_there(
    results: Any, tmp_path: Path, error: BaseException, had_old: bool
) -> None:
    if had_old:
        write_bundle(results, tmp_path, PICTURES)
    before = files_below(tmp_path)

    class Stopping(dict[str, Any]):
        def items(self) -> Any:
            raise error

    results.tables = Stopping()
    with pytest.raises(ResultsError if isinstance(error, OSError) else type(error)):
        write_bundle(results, tmp_path, PICTURES)
    assert files_below(tmp_path) == before
    assert [path for path in tmp_path.glob("qinzhou/*") if path.name.startswith(".")] == []


def no_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.EINVAL, "this file system cannot exchange folders")


def test_if_the_last_rename_fails_the_old_folder_comes_back(
    results: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(results, tmp_path, PICTURES)
    before = files_below(tmp_path)
    rename = Path.rename
    monkeypatch.setattr(aside, "_rename_both", no_exchange)

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "new" and target == folder:
            raise OSError(errno.EIO, "the disk is broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ResultsError, match="the disk is broken"):
        write_bundle(results, tmp_path, PICTURES)
    assert files_below(tmp_path) == before


def test_two_runs_that_end_at_once_leave_one_whole_folder(
    results: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename
    others: list[Path] = []

    def other_is_faster(self: Path, target: Path) -> Path:
        if not others and self.parent.name.startswith(".writing-"):
            others.append(target)
            write_bundle(results, tmp_path, {"transit_times": b"of the other"})
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", other_is_faster)
    folder = write_bundle(results, tmp_path, PICTURES)
    assert others == [folder]
    assert (folder / "figures" / "transit_times.png").read_bytes() == PICTURES["transit_times"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_folder_that_is_no_result_is_never_removed(results: Any, tmp_path: Path) -> None:
    folder = tmp_path / "qinzhou" / bundle_key(results.summary, results.resolved)
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(ResultsError, match="no result"):
        write_bundle(results, tmp_path, PICTURES)
    assert files_below(tmp_path) == {f"qinzhou/{folder.name}/thesis.txt": b"mine"}


def test_out_that_is_a_file_is_one_line_with_exit_code_5(results: Any, tmp_path: Path) -> None:
    out = tmp_path / "results"
    out.write_text("a file")
    for attempt in (lambda: check_out(out), lambda: write_bundle(results, out, PICTURES)):
        with pytest.raises(ResultsError) as caught:
            attempt()
        assert caught.value.exit_code == 5
        assert len(caught.value.problems) == 1
        assert str(caught.value).startswith(str(out))
        assert str(caught.value).endswith("cannot be written: Not a directory")
    assert out.read_text() == "a file"


def test_out_without_permission_is_known_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(ResultsError, match="Permission denied"):
        check_out(tmp_path / "not" / "yet" / "there")
    assert list(tmp_path.iterdir()) == []
    check_out(tmp_path.parent)


def test_a_name_cannot_lead_out_of_the_folder(results: Any, tmp_path: Path) -> None:
    results.summary["scenario"]["name"] = "../elsewhere"
    with pytest.raises(ResultsError, match="elsewhere"):
        write_bundle(results, tmp_path / "out", PICTURES)
    assert list(tmp_path.iterdir()) == []


def test_kpis_are_tidy_and_complete(results: Any) -> None:
    summary = results.summary
    rows = list(csv.DictReader(io.StringIO(kpis_csv(summary))))
    assert list(rows[0]) == ["alternative", "flow", "kpi", "value", "low", "high", "unit", "n", "resolved"]
    kpis, costs, indicators = 8, 36, 1
    assert len(rows) == 4 * (3 * kpis + costs + indicators) + 3 * (kpis + 2 * costs)
    names = [(row["alternative"], row["flow"], row["kpi"]) for row in rows]
    assert len(set(names)) == len(rows)
    found = dict(zip(names, rows, strict=True))
    lemon = found["truck", "lemon", "transit_p90"]
    assert float(lemon["value"]) == summary["alternatives"][0]["by_flow"]["lemon"]["transit_p90"]["value"]
    assert (lemon["unit"], lemon["n"], lemon["resolved"]) == ("h", "30", "true")
    cost = found["truck", "all", "cost_per_box:cash/chain/after"]
    assert float(cost["value"]) == 22400.0
    assert found["truck", "all", "lateness_mean"]["value"] == ""
    saving = found["qinzhou_ordinary", "all", "saving_cny_to_truck_per_box:cash/chain/after"]
    assert float(saving["value"]) == pytest.approx(22400.0 - 16650.0)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n="])
def test_no_cell_of_text_is_a_formula_but_numbers_stay_numbers(results: Any, sign: str) -> None:
    """A spreadsheet takes = + - @, tab and carriage return at the start of a cell for a formula (OWASP)."""
    for one in results.summary["alternatives"]:
        one["name"] = f"{sign}1+1"
        one["kpis"]["transit_p50"]["value"] = -1.5
    rows = list(csv.reader(io.StringIO(kpis_csv(results.summary), newline="")))
    assert {len(row) for row in rows} == {9}
    assert {row[0][0] for row in rows if row[0].endswith("1+1")} <= {"'", "\\"}
    assert [row[3] for row in rows if row[2] == "transit_p50" and row[1] == "all"] == ["-1.5"] * 4
