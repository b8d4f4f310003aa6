"""The page about studies: its commands can be run, and its numbers are those of the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from corridor_sim.cli import sweep as command
from corridor_sim.cli.app import app
from corridor_sim.evidence import warmup
from corridor_sim.scenario.load import load
from corridor_sim.study import dask_executor, dataset, design, goals, query
from corridor_sim.study.kinds import Kind

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[1:4]))
def test_every_command_of_the_page_exists_with_its_options(words: list[str]) -> None:
    here = get_command(app)
    assert words[0] == "corridor-sim"
    names = [word for word in words[1:] if not word.startswith("-")]
    while hasattr(here, "commands"):
        here = here.commands[names.pop(0)]
    known = {option for parameter in here.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[1] == "sweep"], ids=lambda words: words[-1])
def test_every_sweep_of_the_page_is_a_design_of_its_scenario(words: list[str]) -> None:
    vary = [words[place + 1] for place, word in enumerate(words) if word == "--vary"]
    file = load(ROOT / words[2])
    made = design.lay_out(vary, Kind.GRID, None, 1)
    assert file.overridden(made.overrides(len(made.points) - 1), [file.baseline])
    if "--kpi" in words:
        goals.wanted_figure(words[words.index("--kpi") + 1], file.baseline)


def test_the_saving_of_the_page_is_a_figure() -> None:
    (name,) = re.findall(r"`(saving_[^`]+)`", PAGE)
    assert goals.wanted_figure(name, load(ROOT / "scenarios" / "qinzhou.yaml").baseline).unit == "%"


def test_the_numbers_of_the_page_are_those_of_the_program() -> None:
    for words in (
        f"More than {command.MOST_UNASKED:,} replications",
        f"more than {design.MOST_POINTS:,} points never",
        f"At the cap ({goals.DEFAULT_CAP:,} unless told)",
        f"given up after {dask_executor.SECONDS_TO_CONNECT} s",
        f"at least {warmup.LEAST_BATCHES} whole weeks",
    ):
        assert words in " ".join(PAGE.split()), words


def test_the_columns_of_the_page_are_those_of_the_table() -> None:
    named = re.search(r"then (`alternative`.*?`point`)", " ".join(PAGE.split()))
    assert named is not None
    assert re.findall(r"`(\w+)`", named[1]) == list(dataset.FIGURES)
    assert query.CONTAINED["enable_external_access"] == "false"
