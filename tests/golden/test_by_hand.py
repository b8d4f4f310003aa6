"""Every scenario with the noise off equals a calculation from the texts, to the second and the cent, in every lane.

The calculation (paper/) reads the scenario file itself and takes nothing from the package but the tie ranks, which are
drawn by lot. It follows every consignment and makes every posting anew. Long scenarios are cut to some weeks in which
every flow has consignments; both sides get the same cut. The shipped ones come first, then small ones that use what no
shipped one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from alike import Case
from paper.calendars import Clock
from paper.cuts import cuts
from paper.goods import measured, releases
from paper.lanes import choices
from paper.texts import read, scenario
from small_scenarios import PIECES, text_with

from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import load
from corridor_sim.study.prepare import prepare

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@dataclass(frozen=True)
class Asked:
    """A file in one alternative and one choice of lanes, cut to some weeks."""

    file: Path
    alternative: str
    lanes: tuple[tuple[str, str], ...]
    sets: tuple[str, ...]

    def __str__(self) -> str:
        lanes = ", ".join(f"{step}={lane}" for step, lane in self.lanes)
        return f"{self.file.stem}: {self.alternative}, {lanes or 'usual lanes'}, {self.sets[:1]}"


def cases(file: Path) -> Iterator[Asked]:
    """What is enough to see every alternative, lane of every route and cut once.

    Every alternative with the usual lanes and with all selected; a step selected alone (or a lane of a branch) in the
    first alternative that uses its route; each further cut in one alternative, in turn.
    """
    text, seen = text_of(file), set[tuple[str, str, str]]()
    names = list(read(text)["alternatives"])
    for place, alternative in enumerate(names):
        tree = scenario(text, alternative)
        first, *further = cuts(tree)
        for choice in choices(tree):
            if not choice.alone or choice.alone - seen:
                seen |= choice.alone
                yield Asked(file, alternative, choice.lanes, first)
        for number, sets in enumerate(further):
            if number % len(names) == place:
                yield Asked(file, alternative, (), sets)


def all_cases(file: Path) -> Iterator[Asked]:
    """Every alternative, cut and choice of lanes together."""
    text = text_of(file)
    for alternative in read(text)["alternatives"]:
        tree = scenario(text, alternative)
        for sets in cuts(tree):
            for choice in choices(tree):
                yield Asked(file, alternative, choice.lanes, sets)


@cache
def text_of(file: Path) -> str:
    return text_with(file) if file in PIECES.values() else file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("small")


@cache
def prepared(file: Path, alternative: str, sets: tuple[str, ...], folder: Path) -> Lowered:
    """The package's reading of a file; it draws nothing by lot, so it needs no tables."""
    if file in PIECES.values():
        (folder / file.name).write_text(text_of(file), encoding="utf-8")
        file = folder / file.name
    return prepare(load(file, sets=sets, only=[alternative]), with_tables=False)[alternative]


@pytest.mark.parametrize("asked", [each for file in SCENARIOS for each in cases(file)], ids=str)
def test_every_scenario(asked: Asked, folder: Path) -> None:
    agrees(asked, folder)


@pytest.mark.verify
@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_scenario_in_every_way(file: Path, folder: Path, verified: Callable[[str, str, str], None]) -> None:
    ways = list(all_cases(file))
    for asked in ways:
        agrees(asked, folder)
    what = f"{file.stem} with the noise off, by hand: each alternative, lane and cut"
    verified(what, "to the second and the cent", f"{len(ways)} ways, no difference")


@pytest.mark.parametrize("asked", [each for file in PIECES.values() for each in cases(file)], ids=str)
def test_every_small_scenario(asked: Asked, folder: Path) -> None:
    agrees(asked, folder)


def agrees(asked: Asked, folder: Path) -> None:
    lowered = prepared(asked.file, asked.alternative, asked.sets, folder)
    case = Case(text_of(asked.file), asked.alternative, dict(asked.lanes), lowered, asked.sets)
    assert case.loads, "nobody arrives"
    differences = case.differences()
    if differences:
        pytest.fail("\n".join([str(asked), *differences]))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_every_flow_is_measured_in_some_cut(file: Path) -> None:
    for alternative in read(text_of(file))["alternatives"]:
        tree = scenario(text_of(file), alternative)
        released = {name for sets in cuts(tree) for name in measured_flows(file, alternative, sets)}
        assert released == set(tree["flows"])


def measured_flows(file: Path, alternative: str, sets: tuple[str, ...]) -> set[str]:
    tree = scenario(text_of(file), alternative, sets)
    clock = Clock.of(tree["clock"])
    return {
        name for name, flow in tree["flows"].items() if any(measured(clock, tick) for tick in releases(clock, flow))
    }
