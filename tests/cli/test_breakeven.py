"""The commands breakeven and modemap, as their user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app

TWO_WAYS = Path(__file__).parents[1] / "unit" / "study" / "two_ways.yaml"
DISCOUNT = ("--vary", "tariffs.list price.discount=0 %:50 %", "--of", "dear and fast")
BEATS = (*DISCOUNT, "--beats", "cheap and fast")
HERE = ("--workers", "1")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def asked(*arguments: str) -> Result:
    return call("breakeven", str(TWO_WAYS), *arguments)


def mapped(*arguments: str) -> Result:
    return call("modemap", str(TWO_WAYS), *arguments)


def test_a_break_even_is_said_in_words_and_kept() -> None:
    result = asked(*BEATS, *HERE)
    assert result.exit_code == 0, result.output
    (folder,) = Path("results/two_ways").iterdir()
    assert "Holds from 20 % to the end of the range, 50 %." in result.stdout
    assert result.stdout.splitlines()[-1] == f"Results: {folder}"
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    assert "round 1: 20 of 20" in result.stderr
    assert (folder / "figures" / "breakeven.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "summary.json").read_bytes())["key"] in folder.name


def test_json_is_the_summary_and_quiet_the_folder() -> None:
    first = asked(*BEATS, *HERE, "--json", "--quiet")
    (summary,) = Path("results").rglob("summary.json")
    assert (first.stdout_bytes, first.stderr) == (summary.read_bytes(), "")
    assert asked(*BEATS, *HERE, "--quiet").stdout == f"{summary.parent}\n"


def test_workers_change_no_byte() -> None:
    first = asked(*BEATS, "--workers", "1", "--json", "--quiet")
    assert asked(*BEATS, "--workers", "2", "--executor", "threads", "--json", "--quiet").stdout == first.stdout


def test_a_target_that_is_never_reached_is_said_with_the_closest() -> None:
    result = asked(*DISCOUNT, "--target", "saving=90 %", "--against", "cheap and fast", *HERE, "--cost-base", "cash")
    assert result.exit_code == 0
    # 10,000 less 50 % against 8,000
    words = " ".join(result.stdout.split())
    assert "Never reached from 0 % to 50 %; closest: 37.5 ±0.0 % at 50 %." in words


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--beats", "cheap"), "give --vary once"),
        ((*BEATS, "--vary", "flows.parts.weight=1 t:2 t"), "give --vary once"),
        (DISCOUNT, "either --target"),
        ((*BEATS, "--target", "saving=10 %"), "either --target"),
        ((*BEATS, "--against", "cheap"), "--beats names the other"),
        ((*BEATS, "--cap", "20"), "--cap is for --precision"),
        ((*BEATS, "--precision", "3 h"), 'an amount such as "1 %"'),
        ((*BEATS, "--precision", "1 pp", "--cap", "3"), "less than the 10 replications"),
        ((*DISCOUNT, "--beats", "cheep"), 'did you mean "cheap"'),
        ((*DISCOUNT, "--target", "saving=ten"), '"ten" is no saving'),
        ((*DISCOUNT, "--target", "customs_hour=3 h"), 'did you mean "customs_hours"'),
        (("--vary", "flows.parts.weight", *BEATS[2:]), "no range is stated there"),
        (("--vary", "flows.parts.wieght=1 t:2 t", *BEATS[2:]), 'did you mean "weight"'),
        (("--vary", "flows.parts.weight=0 t:2 t", *BEATS[2:]), "expected more than 0"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(arguments: tuple[str, ...], said: str) -> None:
    result = asked(*arguments, *HERE, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert said in result.stderr
    assert list(Path().iterdir()) == []


def test_a_mode_map_is_drawn_in_letters_and_kept() -> None:
    result = mapped("--flow", "parts", "--alternatives", "cheap,dear and fast", *HERE, "--cells", "12")
    assert result.exit_code == 0, result.output
    (folder,) = Path("results/two_ways").iterdir()
    lines = [line.partition("|")[2] for line in result.stdout.splitlines() if "|" in line]
    # five days are worth 0.2 CNY/kg from 0.4 CNY/kg on at 10 % a day, from 400 CNY/kg on at 0.01 %; the slow way is A
    assert (lines[0], lines[-1]) == ("B" * 12, "A" * 10 + "B" * 2)
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    assert (folder / "figures" / "modemap.png").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.DictReader((folder / "cells.csv").read_text().splitlines()))
    assert len(rows) == 12 * 12 * 2
    assert sum(row["cheapest"] == "true" for row in rows) == 12 * 12


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--flow", "part"), 'did you mean "parts"'),
        (("--flow", "parts", "--alternatives", "cheep,cheap"), 'did you mean "cheap"'),
        (("--flow", "parts", "--alternatives", "cheap"), "name two"),
        (("--flow", "parts", "--value", "1 CNY/box:2 CNY/box"), "from:to above 0 in CNY/kg"),
        (("--flow", "parts", "--urgency", "0 %:2 %"), "from:to above 0 in %"),
        (("--flow", "parts", "--cost-base", "cahs"), 'did you mean "cash"'),
    ],
)
def test_a_map_that_cannot_be_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    result = mapped(*arguments, *HERE, "--quiet")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert said in result.stderr
    assert list(Path().iterdir()) == []
