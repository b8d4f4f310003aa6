"""The command claims, as its user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app

CLAIMED = Path(__file__).parents[1] / "unit" / "study" / "claimed.yaml"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(*arguments: str, file: Path = CLAIMED) -> Result:
    return CliRunner().invoke(app, ["claims", str(file), "--quick", "--engine", "reference", *arguments])


def test_an_answer_is_said_in_words_and_kept() -> None:
    result = asked()
    assert result.exit_code == 0, result.output
    (folder,) = Path("results/claimed").iterdir()
    lines = result.stdout.splitlines()
    assert lines[-1] == f"Answers: {folder}"
    assert max(map(len, lines[:-1])) <= 80
    said = " ".join(result.stdout.split())
    assert "“train”, which is said to save 5 to 8 % against “today”, saves 10.0 % over all the cargo" in said
    assert "Left out: 896 of 1,024 points of the design." in said
    assert "Left out: levels of input groups." in said
    assert sorted(path.name for path in folder.iterdir()) == ["answers.md", "design.parquet", "figures", "summary.json"]
    assert {path.read_bytes()[:4] for path in (folder / "figures").iterdir()} == {b"\x89PNG"}
    table = pd.read_parquet(folder / "design.parquet")
    assert len(table) == 2 * 128
    assert table["tariffs.train.price (CNY/box)"].between(8000, 10000).all()
    assert table["today: cash/chain/after CNY"].nunique() > 20  # each replication has its own cargo
    price, paid = table["tariffs.train.price (CNY/box)"], table["train: cash/chain/after CNY"]
    boxes = (table["today: cash/chain/after CNY"] - paid) / (10_000 - price)
    assert (boxes.round() - boxes).abs().max() < 0.01  # prices are whole cents


def test_json_is_the_summary_and_quiet_the_folder() -> None:
    first = asked("--json", "--quiet")
    (summary,) = Path("results").rglob("summary.json")
    assert (first.stdout_bytes, first.stderr) == (summary.read_bytes(), "")
    assert asked("--quiet").stdout == f"{summary.parent}\n"
    assert [claim["name"] for claim in json.loads(summary.read_bytes())["claims"]] == ["plums", "all"]


def test_what_is_kept_is_listed_and_shown_again() -> None:
    first = asked()
    runner = CliRunner()
    listed = runner.invoke(app, ["results", "list", "--json"])
    (row,) = json.loads(listed.stdout)
    assert row["kind"] == "claims"
    assert row["state"] == "complete"
    again = runner.invoke(app, ["results", "show", row["key"]])
    assert again.stdout == first.stdout
    (folder,) = Path("results/claimed").iterdir()
    (folder / "summary.json").write_text("{", encoding="utf-8")
    assert runner.invoke(app, ["results", "show", row["key"]]).exit_code == 5


def test_a_page_is_renewed_below_its_marker_and_shows_its_pictures() -> None:
    page = Path("docs/claims.md")
    page.parent.mkdir()
    page.write_text("Above.\n\n<!-- results -->\nbefore last\n", encoding="utf-8")
    result = asked("--into", str(page), "--quiet")
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Above.")
    assert "before last" not in text
    for place in (1, 2):
        assert f"(images/claimed_claim_{place}.png)" in text
        assert (page.parent / "images" / f"claimed_claim_{place}.png").is_file()


def test_a_page_without_a_marker_is_refused_before_anything_is_played() -> None:
    page = Path("page.md")
    page.write_text("nothing\n", encoding="utf-8")
    result = asked("--into", str(page))
    assert result.exit_code == 2
    assert "<!-- results -->" in result.stderr
    assert not Path("results").exists()


def test_a_file_without_claims_is_bad_input() -> None:
    head, _ = CLAIMED.read_text(encoding="utf-8").split("claims:\n")
    without = Path("without.yaml")
    without.write_text(head, encoding="utf-8")
    result = asked(file=without)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "without.yaml claims: no claim stands here; expected at least one"
    assert not Path("results").exists()
