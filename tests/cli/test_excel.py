"""`run --excel` and `report --excel`: a workbook in the result folder, or where it is wanted, in the wanted script."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app
from small_world import world


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario file: one train."""
    text = world({"plums": ["mon 08:00", "tue 09:00"]}, steps=[{"ride": {"board": "train"}}], services=TRAIN)
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


TRAIN = {"train": {"departs": "daily 20:00"}}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def folder(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result folder of a run with a workbook in Chinese."""
    out = tmp_path_factory.mktemp("out")
    result = call("run", scenario, "--noise", "off", "--excel", "--lang", "zh-Hans", "--out", out, "--quiet")
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip())


def test_run_writes_a_workbook_beside_the_page(folder: Path) -> None:
    assert {"report.html", "report.xlsx", "kpis.csv"} <= {path.name for path in folder.iterdir()}
    assert openpyxl.load_workbook(folder / "report.xlsx").sheetnames[0] == "摘要"


def test_report_makes_the_same_workbook_from_the_stored_run(folder: Path, tmp_path: Path) -> None:
    into = tmp_path / "mine.xlsx"
    result = call("report", folder, "--excel", "--lang", "zh-Hans", "--into", into)
    assert (result.exit_code, result.stdout) == (0, f"{into}\n")
    assert into.read_bytes() == (folder / "report.xlsx").read_bytes()


def test_without_a_language_it_is_english_and_stands_in_the_folder(folder: Path) -> None:
    result = call("report", folder, "--excel")
    assert (result.exit_code, result.stdout) == (0, f"{folder / 'report.xlsx'}\n")
    assert openpyxl.load_workbook(folder / "report.xlsx").sheetnames[0] == "Summary"


def test_where_it_cannot_be_written_is_one_line(folder: Path, tmp_path: Path) -> None:
    into = tmp_path / "file" / "x.xlsx"
    (tmp_path / "file").write_text("no folder")
    result = call("report", folder, "--excel", "--into", into)
    assert result.exit_code == 5 and len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"{into} ")
