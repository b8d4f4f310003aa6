"""The workflow and the hooks of the docs call commands that are there, in the way that they are there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from corridor_sim.cli.app import app

DOCS = Path(__file__).parents[3] / "docs" / "ci"


def called() -> Iterator[list[str]]:
    workflow = yaml.safe_load((DOCS / "workflow.yml").read_text(encoding="utf-8"))
    for job in workflow["jobs"].values():
        yield from (shlex.split(step["run"]) for step in job["steps"] if "run" in step)
    hooks = yaml.safe_load((DOCS / "pre-commit-config.yaml").read_text(encoding="utf-8"))
    for repository in hooks["repos"]:
        yield from (shlex.split(hook["entry"]) for hook in repository["hooks"])


COMMANDS = [words for words in called() if words[0] == "corridor-sim"]


def test_scenarios_are_validated_and_checked() -> None:
    assert {words[1] for words in COMMANDS} == {"validate", "compile", "check"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_commands_and_options_are_known(words: list[str]) -> None:
    told = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"}).stdout
    assert told, words[1]
    assert [word for word in words[2:] if word.startswith("--") and word not in told] == []
    # a word that no command knows is refused
    assert CliRunner().invoke(app, [words[1], "--no-such-option"]).exit_code == 2
