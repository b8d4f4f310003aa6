"""Killed, stopped, without room or readers: results stay whole, and a command says in one line what happened.

The same is tried at length by `python -m tests.trials kills faults`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.trials.kept_whole import half_written, left_overs, tree_of
from typer.testing import CliRunner

from corridor_sim.cli.app import app
from corridor_sim.scenario.load import load
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.evaluate import evaluate

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
STOPS = {"SIGINT": (130, "Ctrl-C"), "SIGTERM": (143, "SIGTERM"), "SIGHUP": (129, "SIGHUP")}
EVERY = "9"
"""Calls from one stop to the next; the trial stops at every one."""
START = """
import signal, sys, types
fake = types.ModuleType("corridor_sim.cli.app")
def main(): {main}
fake.main = main
sys.modules["corridor_sim.cli.app"] = fake
from corridor_sim.cli.start import main
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the results of a run. Not to be changed."""
    out = tmp_path_factory.mktemp("kept")
    write_bundle(evaluate(load(SMALL), replications=2, engine="reference"), out, {"picture": b"\x89PNG"})
    return out


def python(*words: str, cwd: Path | None = None, **added: str) -> subprocess.CompletedProcess[str]:
    # without what a command that ran in this process set for its own children: trials lie in the current folder
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"} | added
    command = [sys.executable, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def test_killed_or_without_room_at_any_call_results_are_whole_and_made_again(tmp_path: Path) -> None:
    ran = python("-m", "tests.trials.stops", EVERY, TMPDIR=str(tmp_path))
    found = json.loads(ran.stdout or "{}")
    assert len(found) == 8, ran.stderr
    assert [(name, wrong) for name, one in found.items() for wrong in one["wrong"]] == []
    for name, one in found.items():
        assert one["stops"] >= 1, name
        if "full disk" in name:
            assert one["left_over"] == 0, name
    assert sum(one["left_over"] for one in found.values()) > 0, "some kills fell into the writing"


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_before_any_command_has_begun_is_one_line(name: str) -> None:
    code, said = STOPS[name]
    ran = python("-c", START.format(main=f"signal.raise_signal(signal.{name})") + "main()")
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", f"stopped by {said}\n")


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_while_a_command_is_at_work_is_one_line(name: str) -> None:
    code, said = STOPS[name]
    body = (
        f"\n import typer\n from corridor_sim.cli.outcome import reported\n one = typer.Typer()\n"
        f" @one.command()\n def stop():\n  with reported(False): signal.raise_signal(signal.{name})\n"
        f" sys.exit(one([], standalone_mode=False))"
    )
    ran = python("-c", START.format(main=body) + "main()")
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", f"stopped by {said}\n")


def test_what_is_ignored_stays_ignored_and_an_end_is_not_disturbed() -> None:
    script = START.format(main="signal.raise_signal(signal.SIGHUP); print('went on')")
    script = f"import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN){script}main(); "
    ran = python("-c", script + "signal.raise_signal(signal.SIGINT); print('ended')")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "went on\nended\n", "")


@pytest.mark.parametrize("words", [["schema"], ["results", "list"], ["validate", "nosuch.yaml"]])
def test_a_command_whose_output_is_closed_ends_as_ever(words: list[str], tmp_path: Path) -> None:
    plain = python("-m", "corridor_sim", *words, cwd=tmp_path)
    closed = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-m", "corridor_sim", *words]
    assert subprocess.run(closed, cwd=tmp_path, check=False).returncode == plain.returncode


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["sweep", "--help"], ["results", "list"]])
def test_help_too_may_lose_its_reader_or_find_no_room(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "corridor_sim", *words]
    reading, writing = os.pipe()
    os.close(reading)
    gone = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    with Path("/dev/full").open("wb") as full:
        no_room = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (gone.returncode, gone.stderr) == (141, b"")
    assert (no_room.returncode, no_room.stderr) == (5, "the system refused: [Errno 28] No space left on device\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_of_either_stream_may_go_away(stream: str, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "corridor_sim", *(["schema"] if stream == "stdout" else ["validate", "nosuch.yaml"])]
    where = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writing}
    ran = subprocess.run(words, cwd=tmp_path, check=False, **where)
    os.close(writing)
    assert ran.returncode == (141 if stream == "stdout" else 2)
    assert not ran.stdout and not ran.stderr


def damaged(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of the folder of the run that may be damaged."""
    shutil.copytree(kept, tmp_path / "results")
    (folder,) = (tmp_path / "results").glob("*/*")
    return folder


def asked(*words: str, out: Path) -> Any:
    return CliRunner().invoke(app, [*words, "--out", str(out)])


def cut_rows(path: Path) -> None:
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:9]), encoding="utf-8")


def test_a_table_of_text_that_was_cut_off_between_two_lines_is_not_believed(kept: Path, tmp_path: Path) -> None:
    folder = damaged(kept, tmp_path)
    question = ("results", "query", "select count(*) as rows from kpis", "--json")
    whole = json.loads(asked(*question, out=folder.parents[1]).stdout)
    assert whole[0]["rows"] > 9
    cut_rows(folder / "kpis.csv")
    result = asked(*question, out=folder.parents[1])
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == f"{folder}/kpis.csv damaged; run it again\n"


def test_a_table_of_another_run_in_the_place_of_ours_is_not_believed(kept: Path, tmp_path: Path) -> None:
    folder = damaged(kept, tmp_path)
    table = pq.read_table(folder / "consignments.parquet")
    pq.write_table(table.slice(0, table.num_rows - 1), folder / "consignments.parquet")
    report = CliRunner().invoke(app, ["report", str(folder)])
    query = asked("results", "query", "select count(*) from consignments", out=folder.parents[1])
    assert (report.exit_code, report.stderr) == (5, f"{folder} damaged (consignments.parquet); run it again\n")
    assert (query.exit_code, query.stderr) == (5, f"{folder}/consignments.parquet damaged; run it again\n")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_stopped_sweep_leaves_no_process_and_nothing_half_written(name: str, tmp_path: Path) -> None:
    words = ["sweep", str(SMALL), "--vary", "tariffs.lift.price=HKD 300/box,HKD 600/box", "--replications", "4000"]
    command = [sys.executable, "-m", "corridor_sim", *words, "--workers", "2", "--engine", "reference"]
    reading, writing = os.pipe()
    started = subprocess.Popen(
        command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    os.close(writing)
    assert started.stderr is not None
    for line in started.stderr:
        if line.startswith("replications: "):
            break
    os.killpg(started.pid, getattr(signal, name))
    with started.stderr:
        said = [line for line in started.stderr.read().splitlines() if not line.startswith("replications: ")]
    code, words_of_it = STOPS[name]
    assert (started.wait(), said) == (code, [f"stopped by {words_of_it}"])
    # the pipe ends with the last process that holds it
    assert os.read(reading, 1) == b""
    os.close(reading)
    tree = tree_of(tmp_path / "results")
    assert (half_written(tree), left_overs(tree)) == ([], [])
