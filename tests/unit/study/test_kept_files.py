"""Kept files are not believed: what is damaged, foreign or made to hurt is refused in one line, and early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tests.trials.stored_samples import fit_manifest
from typer.testing import CliRunner

from corridor_sim.cli.app import app
from corridor_sim.errors import ResultsError
from corridor_sim.scenario.load import load
from corridor_sim.study import kept_files
from corridor_sim.study.archive import kept_below
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.chunks import Chunk, Label
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.kept_files import as_damaged, check_table, json_of, kept_bytes, kept_json, yaml_of
from corridor_sim.study.stored import read_run

TWO_WAYS = Path(__file__).with_name("two_ways.yaml")
DEEP = 100_000


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kept")
    return write_bundle(evaluate(load(TWO_WAYS), replications=1, engine="reference"), out, {})


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "results" / "two_ways" / kept.name
    copy.parent.mkdir(parents=True)
    subprocess.run(["cp", "-r", str(kept), str(copy)], check=True)
    return copy


def table_of(rows: int) -> bytes:
    stream = BytesIO()
    pq.write_table(pa.table({"x": pa.nulls(rows, pa.int8()).fill_null(0)}), stream)
    return stream.getvalue()


def test_only_a_regular_file_of_some_size_is_read(tmp_path: Path) -> None:
    pipe, large = tmp_path / "pipe", tmp_path / "large"
    os.mkfifo(pipe)
    large.write_bytes(b"12345")
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(ValueError, match="not a regular file"):
            kept_bytes(path)
    with pytest.raises(ValueError, match="larger than"):
        kept_bytes(large, most=4)
    assert kept_bytes(large, most=5) == b"12345"


@pytest.mark.parametrize("text", ["[" * DEEP + "]" * DEEP, '{"a": NaN}', "[Infinity]", "9" * 5000, "{", "\udcff"])
def test_json_that_says_nothing_sound_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        json_of(text.encode("utf-8", "surrogatepass"))


def test_json_with_more_values_than_there_is_memory_for_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_files, "MOST_PARTS", 4)
    assert json_of(b"[1, 2, 3]") == [1, 2, 3]
    with pytest.raises(ValueError, match="more than 4 values"):
        json_of(b"[1, 2, [3, 4]]")


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP,
        "- " * DEEP,
        "a: &a [*a]",
        "a: *b",
        "!!python/object/apply:os.system ['true']",
        "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]),
    ],
    ids=["brackets", "dashes", "circle", "no anchor", "tag", "bomb"],
)
def test_yaml_that_would_end_the_process_or_swell_is_refused(text: str) -> None:
    # in a process of its own, as the first two ended it
    code = "import sys; from corridor_sim.study.kept_files import yaml_of; yaml_of(sys.stdin.buffer.read())"
    done = subprocess.run([sys.executable, "-c", code], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.strip().splitlines()[-1][:11]) == (1, b"ValueError:")


def test_yaml_with_shared_parts_is_read_as_it_is_meant() -> None:
    text = b"a: &x {k: [1, 2.5, no, 2026-01-01]}\nb: *x\nc: [*x, &y z, *y]\n"
    assert yaml_of(text) == yaml.safe_load(text)


def test_a_small_file_that_claims_many_rows_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(table_of(100_000))
    check_table(path)
    path.write_bytes(table_of(30_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(ValueError, match="30000000 rows in"):
        check_table(path)


def test_a_chunk_without_its_columns_is_damaged() -> None:
    label = Label(1, 1, ("a",), 0, 1)
    stream = BytesIO()
    schema = pa.schema({"replication": pa.int32()}).with_metadata({b"corridor_sim": label.text()})
    pq.write_table(pa.table({"replication": pa.array([0], pa.int32())}, schema=schema), stream)
    with pytest.raises(ValueError, match="damaged"):
        list(Chunk(stream.getvalue(), "x").replications("a"))


def test_whatever_goes_wrong_with_what_is_kept_names_its_place() -> None:
    for error in (KeyError("k"), TypeError("t"), RecursionError("r")):
        said = rf"results/x not as this program writes it \({type(error).__name__}: "
        with pytest.raises(ResultsError, match=said), as_damaged(Path("results/x")):
            raise error
    with pytest.raises(OSError, match="disk"), as_damaged(Path("x")):
        raise OSError("disk")


@pytest.mark.parametrize(
    "content", [b"\x9c", b"{} x", b"", b"[" * DEEP, b"{}"], ids=["bytes", "more", "empty", "deep", "other"]
)
def test_a_summary_that_was_damaged_is_said_to_be(run: Path, content: bytes) -> None:
    (run / "summary.json").write_bytes(content)
    out = run.parents[1]
    for words in (["results", "show", run.name, "--out", str(out)], ["report", str(run)], ["compare", str(run)]):
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, len(done.stderr.splitlines())) == (5, 1), (words, done.output)
        assert str(run) in done.stderr
    assert CliRunner().invoke(app, ["results", "list", "--out", str(out)]).exit_code == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("summary.json", b"{}"),
        ("summary.json", b"[" * DEEP),
        ("resolved.yaml", b"[" * DEEP),
        ("resolved.yaml", b"a: &a [*a]"),
        ("consignments.parquet", b"PAR1"),
    ],
)
def test_a_run_whose_manifest_was_made_to_fit_is_refused_by_every_command(run: Path, name: str, content: bytes) -> None:
    (run / name).write_bytes(content)
    fit_manifest(run, [name])
    for words in (["report", str(run)], ["plot", str(run), "transit_times", "--out", str(run)]):
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, len(done.stderr.splitlines())) == (5, 1), (words, done.output)


def test_numbers_beyond_all_numbers_are_damage(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_bytes())
    text = json.dumps(manifest | {"results_version": "@"}).replace('"@"', "1e999")
    (run / "manifest.json").write_text(text)
    assert [one.state for one in kept_below(run.parents[1])] == ["damaged"]
    with pytest.raises(ResultsError):
        read_run(run)
    with pytest.raises(OSError):
        kept_json(run / "nothing.json")
