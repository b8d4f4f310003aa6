"""The commands sweep, results and warmup, as their user meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli import sweep as command
from corridor_sim.cli.app import app
from corridor_sim.study.aside import locked

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
PRICES = ("--vary", "tariffs.lift.price=HKD 300/box:HKD 600/box:2")
FEW = ("--replications", "2", "--workers", "1")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def swept(*arguments: str) -> Result:
    return call("sweep", str(SMALL), *arguments)


def test_a_sweep_is_kept_listed_shown_and_asked() -> None:
    result = swept(*PRICES, *FEW)
    assert result.exit_code == 0, result.output
    (folder,) = Path("results/small").iterdir()
    assert result.stdout.splitlines()[-1] == f"Results: {folder}"
    assert "2 points (grid), 2 alternatives, 2 replications" in result.stdout
    assert "price HKD 600/box" in result.stdout
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    said = result.stderr.splitlines()
    assert said[0].startswith("2 points x 2 alternatives x 2 replications = 8; at most about ")
    assert said[-1] == "tables: 2 of 2"
    listed = json.loads(call("results", "list", "--json").stdout)
    assert [(each["scenario"], each["key"], each["kind"], each["state"]) for each in listed] == [
        ("small", folder.name, "sweep", "complete")
    ]
    assert folder.name in call("results", "list").stdout
    assert call("results", "show", "small").stdout == result.stdout
    assert call("results", "show", folder.name, "--json").stdout_bytes == (folder / "summary.json").read_bytes()
    one = call("results", "show", "small", "--kpi", "on_time").stdout
    assert "delivered by the due time" in one and "total logistics" not in one


def test_json_is_the_summary_and_quiet_the_folder() -> None:
    first = swept(*PRICES, *FEW, "--json", "--quiet")
    (summary,) = Path("results").rglob("summary.json")
    assert (first.stdout_bytes, first.stderr) == (summary.read_bytes(), "")
    assert swept(*PRICES, *FEW, "--quiet").stdout == f"{summary.parent}\n"


def test_a_query_is_a_table_csv_or_json() -> None:
    folder = Path(swept(*PRICES, *FEW, "--quiet").stdout.strip())
    sql = """select "tariffs.lift.price" as price, value, resolved, '=1+1' as words from sweep
             where kpi = 'cost_per_box:cash/chain/after' and flow = 'all' and alternative = 'train' order by 1"""
    rows = pq.read_table(folder / "sweep.parquet").to_pylist()
    values = [
        row["value"]
        for row in rows
        if (row["alternative"], row["flow"], row["kpi"]) == ("train", "all", "cost_per_box:cash/chain/after")
    ]
    assert json.loads(call("results", "query", sql, "--json").stdout) == [
        {"price": price, "value": value, "resolved": True, "words": "=1+1"}
        for price, value in zip((300.0, 600.0), values, strict=True)
    ]
    read = list(csv.reader(io.StringIO(call("results", "query", sql, "--csv").stdout)))
    assert read[0] == ["price", "value", "resolved", "words"]
    assert [row[1:] for row in read[1:]] == [[str(value), "true", "'=1+1"] for value in values]
    # one lift a box, HKD 300 dearer at 0.9 CNY; boxes are counted in thousandths, rounded down
    assert values[1] - values[0] == pytest.approx(270, rel=1e-3)
    assert call("results", "query", sql).stdout.splitlines()[0].split() == ["price", "value", "resolved", "words"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "an empty design"),
        (("--vary", "flows.plumbs.weight=1 kg,2 kg"), 2, 'did you mean "plums"'),
        (("--vary", "flows.plums.weight=1 kg:2 kg"), 2, "from:to:n"),
        (("--design", "sobol", "--vary", "flows.plums.weight=1 kg:2 kg"), 2, "--points"),
        ((*PRICES, "--precision", "1%"), 2, "--kpi"),
        ((*PRICES, "--precision", "1%", "--kpi", "on_tim"), 2, 'did you mean "on_time"'),
        ((*PRICES, "--precision", "1%", "--kpi", "on_time", "--cap", "5"), 2, "less than the 10 replications"),
        ((*PRICES, "--cap", "5"), 2, "--cap is for --precision"),
        ((*PRICES, "--scheduler", "tcp://1.2.3.4:5"), 2, "--executor dask"),
        ((*PRICES, "--executor", "dask", "--scheduler", "here"), 2, "no address"),
        ((*PRICES, "--alternatives", "trcuk"), 2, 'did you mean "truck"'),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(arguments: tuple[str, ...], code: int, said: str) -> None:
    result = (
        swept(*arguments, "--quiet", "--workers", "1")
        if "--scheduler" not in arguments
        else swept(*arguments, "--quiet")
    )
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_a_huge_design_is_told_and_runs_only_when_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    result = swept("--vary", "flows.plums.weight=1 kg:9000 kg:9000", "--quiet")
    assert result.exit_code == 2
    assert "9,000 points x 2 alternatives x 10 replications = 180,000" in result.stderr
    assert "at most about" in result.stderr and "--yes" in result.stderr
    assert list(Path().iterdir()) == []
    monkeypatch.setattr(command, "MOST_UNASKED", 7)
    assert swept(*PRICES, *FEW, "--quiet").exit_code == 2
    assert swept(*PRICES, *FEW, "--quiet", "--yes").exit_code == 0


def test_alternatives_seed_and_sets_reach_the_sweep() -> None:
    more = ("--alternatives", "truck", "--seed", "3", "--set", "flows.plums.weight=800 kg")
    summary = json.loads(swept(*PRICES, *FEW, *more, "--json").stdout)
    assert (summary["run"]["seed"], summary["alternatives"]) == (3, ["train", "truck"])
    keys = {json.loads(swept(*PRICES, *FEW, *some, "--json").stdout)["key"] for some in (more[:4], more[2:], more[:2])}
    assert len({summary["key"], *keys}) == 3


def test_a_goal_that_is_not_reached_is_told_by_point() -> None:
    goal = ("--kpi", "transit_mean", "--precision", "0.001 h", "--cap", "11")
    shown = " ".join(swept(*PRICES, "--replications", "10", "--workers", "1", *goal).stdout.split())
    assert "transit_mean is not known to 0.001 h in 4 cases with 11 replications at most (raise --cap):" in shown
    assert "train at tariffs.lift.price=HKD 300/box: " in shown


def test_a_folder_in_use_is_refused() -> None:
    folder = Path(swept(*PRICES, *FEW, "--quiet").stdout.strip())
    with locked(folder):
        result = swept(*PRICES, *FEW, "--quiet")
    assert result.exit_code == 5
    assert f"process {os.getpid()} on" in result.stderr
    assert result.stderr.count("\n") == 1


def test_ctrl_c_keeps_what_is_finished_and_leaves_no_lock() -> None:
    arguments = ["sweep", str(SMALL), *PRICES, "--replications", "2000", "--workers", "2"]
    started = subprocess.Popen(
        [sys.executable, "-m", "corridor_sim", *arguments], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stderr is not None
    for line in started.stderr:
        if line.startswith("replications: ") and not line.startswith("replications: 0 "):
            os.killpg(started.pid, signal.SIGINT)
            break
    _, rest = started.communicate(timeout=120)
    assert (started.returncode, rest.splitlines()[-1]) == (130, "stopped by Ctrl-C")
    (folder,) = Path("results/small").iterdir()
    assert list(folder.glob("chunks/*.parquet"))
    assert not (folder / "lock").exists()


def test_a_terminal_gets_a_bar_with_the_time_left() -> None:
    ours, theirs = pty.openpty()
    arguments = ["sweep", str(SMALL), *PRICES, *FEW]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    started = subprocess.Popen(
        [sys.executable, "-m", "corridor_sim", *arguments], stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert started.wait() == 0
    assert b"replications" in seen and b"left" in seen and b"\x1b[" in seen


def test_results_that_are_not_there_are_told() -> None:
    assert json.loads(call("results", "list", "--json").stdout) == []
    for arguments, code in [(("show", "x"), 2), (("query", "select 1"), 5), (("query", "x", "--json", "--csv"), 2)]:
        result = call("results", *arguments)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (code, "", 1)
