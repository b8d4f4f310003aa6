"""`compare` with several files and folders: its grammar, its streams, its exit codes, and 80 columns."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
QUICK = ("--engine", "reference", "--quiet")


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of the small scenario."""
    out = tmp_path_factory.mktemp("results")
    return Path(call("run", SMALL, "--out", out, *QUICK).stdout.strip())


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(code: int, *words: object) -> str:
    """What is said, which is one line, and nothing on stdout."""
    result = call("compare", *words)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.rstrip("\n")


def cells(text: str, label: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return line.strip().removeprefix(label).split()


def test_a_file_and_a_folder_stand_side_by_side_and_nothing_is_written(kept: Path, here: Path) -> None:
    result = call("compare", SMALL, kept, "--seed", 8, *QUICK)
    assert (result.exit_code, result.stderr) == (0, "")
    assert list(here.iterdir()) == []
    lines = result.stdout.splitlines()
    assert max(cell_len(line) for line in lines if not line.endswith((str(SMALL), str(kept)))) <= 80
    assert not any(line.endswith(" ") for line in lines)
    assert "\x1b" not in result.stdout
    said = " ".join(result.stdout.split())
    assert f"A {SMALL} A small corridor 10 replications, seed 8;" in said
    assert f"B {kept} A small corridor 10 replications, seed 7;" in said
    assert "Below each figure: its difference from A: train;" in said
    assert "Against A: train, independent samples of other seeds (Welch): all of B." in said
    assert "Against A: train, paired replication by replication (one seed), on the same consignments: A: truck." in said


def test_a_kept_run_is_found_and_its_numbers_are_those_of_its_summary(kept: Path) -> None:
    words = (SMALL, kept, "truck", "--out", kept.parents[1])
    found = json.loads(call("compare", *words, "--json").stdout)
    assert [subject["folder"] for subject in found["subjects"]] == [str(kept), str(kept)]
    assert [(one["subject"], one["alternative"]) for one in found["columns"]] == [("A", "truck"), ("B", "truck")]
    summary = json.loads((kept / "summary.json").read_bytes())
    told = summary["alternatives"][1]["kpis"]["transit_p90"]
    assert found["columns"][0]["figures"]["transit_p90"] == told
    text = call("compare", *words).stdout
    shown = f"{told['value'] / 24:.1f}", f"±{(told['high'] - told['value']) / 24:.1f}"
    assert cells(text, "days, P90") == [*shown, *shown]
    assert "best\n" not in text
    assert "None is marked: none is separated from all others." in text


def test_the_best_is_marked_under_its_figure(kept: Path) -> None:
    text = call("compare", kept, SMALL, "truck", "train", "--seed", 8, *QUICK).stdout
    assert text.count(" best\n") == 0, "two lorries, two trains: neither is the best"
    other = SMALL.read_text(encoding="utf-8").replace("takes: 30 h", "takes: 60 h")
    other = other.replace("  truck: {set", "  lorry: {set").replace("against: truck", "against: lorry")
    Path("other.yaml").write_text(other, encoding="utf-8")
    text = call("compare", kept, "other.yaml", "truck", "lorry", *QUICK).stdout
    lines = text.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("days, P50"))
    assert lines[place + 1].split()[0] == "best", "in the first column, which has no difference"
    assert lines[place + 1].split()[1] == "+1.2", "30 h later"


def test_one_folder_is_shown_as_its_file_is(kept: Path) -> None:
    assert call("compare", kept).stdout == call("compare", SMALL, *QUICK).stdout
    summary = json.loads(call("compare", kept, "--json").stdout)
    assert summary == json.loads((kept / "summary.json").read_bytes())


def test_a_folder_that_cannot_be_used_is_one_line_and_exit_5(kept: Path, here: Path) -> None:
    Path("foreign/of/ours").mkdir(parents=True)
    assert refused(5, kept, "foreign/of") == (
        "foreign/of no result of a run; expected a folder results/<scenario>/<key>"
    )
    less = here / "less"
    shutil.copytree(kept, less)
    (less / "replications.parquet").unlink()
    assert refused(5, "less", kept).endswith("damaged (replications.parquet); run it again")
    old = here / "old"
    shutil.copytree(kept, old)
    manifest = json.loads((old / "manifest.json").read_bytes())
    (old / "manifest.json").write_text(json.dumps({**manifest, "results_version": 1}))
    assert "made with results version 1" in refused(5, kept, "old")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["KEPT", "truk"], '"truk" is no alternative of these'),
        (["KEPT", "KEPT", "truk"], '"truk" is no alternative of these'),
        (["SMALL", "truk"], '"truk" is no alternative (did you mean "truck"?)'),
        (["KEPT", "missing.yaml"], "missing.yaml"),
        (["KEPT", "not/there"], "not/there"),
        (["missing.yaml", "KEPT"], "missing.yaml"),
        (["KEPT", "KEPT", "--seed", "3"], "--seed: says how files are run"),
        (["KEPT", "--set", "a=b", "--noise", "off"], "--set, --noise: says how files are run"),
        (["KEPT", "SMALL", "--why"], "--why explains the alternatives of one file"),
        (["SMALL", "KEPT", "--lane", "check=selected"], "lanes are chosen by chance unless --noise off is given"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_exit_2(kept: Path, words: list[str], said: str) -> None:
    known = {"KEPT": kept, "SMALL": SMALL}
    assert said in refused(2, *[known.get(word, word) for word in words], "--quiet")


def test_a_name_that_is_a_result_too_is_ambiguous(kept: Path, here: Path) -> None:
    shutil.copytree(kept, here / "truck")
    assert refused(2, SMALL, "truck") == (
        '"truck" is an alternative and a path; write ./truck for the path, or rename it'
    )
    (here / "truck" / "manifest.json").unlink()
    assert call("compare", SMALL, "truck", *QUICK).exit_code == 0, "a folder without a manifest is no result"


def test_unlike_price_years_are_refused(kept: Path) -> None:
    text = SMALL.read_text(encoding="utf-8").replace("price_year: 2026", "price_year: 2027")
    Path("later.yaml").write_text(text, encoding="utf-8")
    assert refused(2, kept, "later.yaml") == (
        f'later.yaml "train" has prices of 2027, and "train" of {kept} those of 2026; expected one price_year'
    )


def test_signs_of_a_path_are_shown_as_text(kept: Path, here: Path) -> None:
    strange = here / "[red]\x1b[31m$\\frac{1}{2}<script>=1+1 铁路"
    shutil.copytree(kept, strange)
    result = call("compare", strange, kept, "train")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert f"A  {here}/[red]\\x1b[31m$\\frac{{1}}{{2}}<script>=1+1 铁路\n" in result.stdout


def in_a_terminal(*words: object) -> str:
    """What a terminal of 80 columns gets."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "corridor_sim", *map(str, words)]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, env=environment) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
    os.close(master)
    assert process.returncode == 0, shown
    return shown.decode()


def test_a_terminal_gets_lines_and_bold_heads(kept: Path) -> None:
    shown = in_a_terminal("compare", kept, kept, "train")
    assert "\x1b[1m" in shown and "───" in shown


def test_the_list_of_results_is_one_line_each(kept: Path) -> None:
    result = call("results", "list", "--out", kept.parents[1])
    assert result.stdout == f"small\n  {kept.name}  run  10 replications  complete\n"
    manifest: Any = json.loads((kept / "manifest.json").read_bytes())
    other = Path("kept/small/0123456789abcdef")
    other.mkdir(parents=True)
    (other / "manifest.json").write_text(json.dumps({**manifest, "results_version": 1, "files": {}}))
    assert call("results", "list", "--out", "kept").stdout == (
        "small\n  0123456789abcdef  run  10 replications  of version 1: run it again\n"
    )
    assert call("results", "list", "--out", "none").stdout.startswith("Nothing is kept in none")
