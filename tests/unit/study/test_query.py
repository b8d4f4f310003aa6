"""Questions in SQL: what the views hold, and that a query reaches nothing else."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corridor_sim.errors import InputError, ResultsError
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study import archive
from corridor_sim.study.archive import find, kept_below
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.figures import Figures
from corridor_sim.study.query import ask

Swept = tuple[Path, Figures]
RunSweep = Callable[..., Swept]


@pytest.fixture(scope="module")
def out(finished: Swept, small: ScenarioFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one run, one finished sweep and one that is not."""
    out = tmp_path_factory.mktemp("results")
    shutil.copytree(finished[0].parent, out / "small")
    write_bundle(evaluate(small, replications=2), out, {})
    unfinished = out / "small" / "sweep-0000000000000000"
    shutil.copytree(finished[0], unfinished)
    (unfinished / "summary.json").unlink()
    (out / "small" / "notes").mkdir()
    return out


def test_runs_and_sweeps_are_listed_with_their_state(out: Path, finished: Swept) -> None:
    listed = {each.key: (each.kind, each.points, each.replications, each.state) for each in kept_below(out)}
    assert listed.pop(finished[0].name) == ("sweep", 4, 11, "complete")
    assert listed.pop("sweep-0000000000000000") == ("sweep", 4, 0, "unfinished, 9 chunks kept")
    assert list(listed.values()) == [("run", 1, 2, "complete")]
    assert kept_below(out / "nowhere") == []


def test_an_answer_whose_summary_is_not_written_yet_is_unfinished(tmp_path: Path) -> None:
    (tmp_path / "small" / "claims-0000000000000000").mkdir(parents=True)
    (kept,) = kept_below(tmp_path)
    assert (kept.kind, kept.state) == ("claims", "unfinished")
    with pytest.raises(ResultsError, match="cannot be shown: unfinished; run it again"):
        kept.summary()


def test_a_result_is_found_by_key_beginning_or_folder(out: Path, finished: Swept) -> None:
    name = finished[0].name
    for words in (name, name[:10], f"small/{name}", str(out / "small" / name), f"{out}/small/{name}/"):
        assert find(words, out).key == name
    with pytest.raises(InputError, match="may be"):
        find("sweep-", out)
    with pytest.raises(InputError, match="did you mean"):
        find(f"{name}x", out)


def test_what_is_not_finished_or_of_another_version_cannot_be_shown(
    out: Path, finished: Swept, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ResultsError, match="unfinished"):
        find("sweep-0000000000000000", out).summary()
    assert find(finished[0].name, out).summary()["kind"] == "sweep"
    monkeypatch.setattr(archive, "RESULTS_VERSION", 99)
    with pytest.raises(ResultsError, match="this program makes 99"):
        find(finished[0].name, out).summary()
    with pytest.raises(ResultsError, match="no complete results"):
        ask("select 1", out)


def test_a_view_holds_every_row_of_every_result(out: Path, finished: Swept) -> None:
    counted = ask("select key, count(*) from sweep group by all", out)
    assert [row[0] for row in counted.rows] == [finished[0].name]
    (run,) = [each for each in kept_below(out) if each.kind == "run"]
    written = list(csv.DictReader(io.StringIO((run.folder / "kpis.csv").read_text())))
    assert ask("select count(*), any_value(key) from kpis", out).rows == [(len(written), run.key)]
    value = ask("select value from kpis where kpi = 'transit_p90' and flow = 'all' and alternative = 'train'", out)
    (same,) = [
        row["value"]
        for row in written
        if (row["kpi"], row["flow"], row["alternative"]) == ("transit_p90", "all", "train")
    ]
    assert value.rows == [(float(same),)]
    tables = {row[0] for row in ask("select distinct view_name from duckdb_views() where not internal", out).rows}
    assert {"kpis", "sweep", "replications", "consignments", "lines"} <= tables


def test_parameters_can_be_asked_for_by_their_path(out: Path) -> None:
    sql = 'select distinct "tariffs.lift.price" as price from sweep order by price'
    assert ask(sql, out).rows == [(300.0,), (600.0,)]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file that no query may see."""
    path = tmp_path / "secret.csv"
    path.write_text("word\nsesame\n")
    return path


@pytest.mark.parametrize(
    "sql",
    [
        "select * from '{path}'",
        "select * from read_csv('{path}')",
        "select * from read_text('{path}')",
        "select * from read_blob('{path}')",
        "select * from glob('{folder}/*')",
        "select * from read_csv('https://example.com/x.csv')",
        "copy sweep to '{folder}/out.parquet'",
        "copy (select 1) to '{folder}/out.csv'",
        "attach '{folder}/new.db'",
        "export database '{folder}/all'",
        "install httpfs",
        "load '{path}'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "select * from out",
        "select 1; copy sweep to '{folder}/out.parquet'",
        "select * from parquet_metadata('{folder}/x.parquet')",
        "create table t as from '{path}'",
        "select * from query('from read_text(''{path}'')')",
        "pragma import_database('{folder}')",
        "create persistent secret s (type s3, key_id 'a', secret 'b')",
        "set temp_directory = '{folder}'",
        "copy (select 1) to '/dev/stdout'",
    ],
)
def test_a_query_reaches_neither_files_nor_network(out: Path, secret: Path, sql: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(sql.format(path=secret, folder=secret.parent), out)
    assert "sesame" not in str(caught.value)
    assert [path.name for path in secret.parent.iterdir()] == ["secret.csv"]


def test_what_does_not_fit_into_memory_is_not_put_into_the_current_folder(out: Path) -> None:
    """DuckDB puts nothing aside where it knows no folder for it; by default that is `.tmp`."""
    ((folder,),) = ask("select value from duckdb_settings() where name = 'temp_directory'", out).rows
    assert folder == ""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "syntax error"),
        ("select * from swep", 'Did you mean "sweep"'),
        ("select nothing from sweep", "nothing"),
        ("", "expected one statement"),
        ("select 1; select 2", "expected one statement"),
        ("select 1/0 from sweep where error('x')", "x"),
    ],
)
def test_wrong_sql_is_one_line(out: Path, sql: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(sql, out)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_table_is_named(out: Path, finished: Swept, tmp_path: Path) -> None:
    shutil.copytree(finished[0].parent, tmp_path / "small")
    (tmp_path / "small" / finished[0].name / "sweep.parquet").write_bytes(b"not Parquet")
    with pytest.raises(ResultsError, match=r"sweep\.parquet damaged"):
        ask("select 1", tmp_path)
