"""The command sensitivity, as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app

CLAIMED = Path(__file__).parents[1] / "unit" / "study" / "claimed.yaml"
TRAIN = ("--of", "train", "--cost-base", "cash", "--scope", "plums", "--workers", "1")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["sensitivity", str(CLAIMED), *arguments])


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ((), "8,000 to 10,000 CNY/box"),
        (("--method", "morris", "--trajectories", "4"), "(mu*)"),
        (("--method", "sobol", "--base", "4"), "others"),
        (("--kpi", "on_time"), "on_time of train against today, difference"),
    ],
)
def test_it_is_shown_in_eighty_columns_and_kept(method: tuple[str, ...], said: str) -> None:
    result = asked(*TRAIN, *method)
    assert result.exit_code == 0, result.output
    (folder,) = Path("results/claimed").iterdir()
    assert said in result.stdout
    assert "tariffs.train.price" in result.stdout
    assert result.stdout.splitlines()[-1] == f"Results: {folder}"
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    (picture,) = (folder / "figures").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "summary.json").read_bytes())["key"] in folder.name
    assert " points x 2 alternatives x 10 replications = " in result.stderr


def test_the_tornado_says_what_the_ends_give() -> None:
    result = asked(*TRAIN)
    # the train at 8,000, 9,000 and 10,000 against a lorry at 10,000
    assert "As stated: 10.0 ±0.0 %" in result.stdout
    (row,) = [line.split() for line in result.stdout.splitlines() if line.startswith("tariffs.train.price")]
    assert row == ["tariffs.train.price", "20.0", "±0.0", "0.0", "±0.0", "-20.0", "±0.0"]


def test_workers_change_no_byte_and_quiet_says_the_folder() -> None:
    first = asked(*TRAIN, "--json", "--quiet")
    (summary,) = Path("results").rglob("summary.json")
    assert (first.stdout_bytes, first.stderr) == (summary.read_bytes(), "")
    assert asked(*TRAIN[:-1], "2", "--json", "--quiet").stdout == first.stdout
    assert asked(*TRAIN, "--quiet").stdout == f"{summary.parent}\n"


def test_what_is_kept_is_listed_and_shown_again() -> None:
    first = asked(*TRAIN)
    listed = CliRunner().invoke(app, ["results", "list"])
    assert "sensitivity-" in listed.stdout
    assert CliRunner().invoke(app, ["results", "show", "sensitivity-"]).stdout == first.stdout


def test_nothing_delivered_is_no_crash() -> None:
    result = asked(*TRAIN, "--kpi", "transit_mean", "--set", "routes.by train.steps.go.takes=3000 h")
    assert result.exit_code == 0, result.output
    assert "As stated: n/a [1]" in result.stdout
    assert "something is not delivered" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--of", "trian"), 'did you mean "train"'),
        (("--of", "today"), "give another"),
        ((*TRAIN, "--kpi", "on_tiem"), 'did you mean "on_time"'),
        ((*TRAIN, "--kpi", "transit_p90"), "keeps sums"),
        ((*TRAIN, "--inputs", "tariffs.trian.price"), 'did you mean "tariffs.train.price"'),
        ((*TRAIN, "--inputs", "tariffs.lorry.price"), "has no range"),
        ((*TRAIN, "--cost-base", "cahs"), 'did you mean "cash"'),
        ((*TRAIN, "--base", "8"), "--base is for --method sobol"),
        ((*TRAIN, "--trajectories", "8"), "--trajectories is for --method morris"),
        ((*TRAIN, "--method", "sobol", "--base", "100"), "a power of two"),
        ((*TRAIN, "--method", "sobol", "--base", "1024"), "add --yes"),
        ((*TRAIN, "--set", "tariffs.train.price=9000 CNY/box"), "give at least one"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(arguments: tuple[str, ...], said: str) -> None:
    result = asked(*arguments, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert said in result.stderr
    assert list(Path().iterdir()) == []
