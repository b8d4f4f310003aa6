"""The laws are told in the documentation, said of every alternative, and kept by all that is shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.scenario.load import load
from corridor_sim.study.laws import registry
from corridor_sim.study.laws.law import Finding, as_money
from corridor_sim.study.laws.world import world_of
from small_world import world

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "laws.md"
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
TEXT = world(
    flows={"f": {"on": ["08:00", "tue 09:00"]}},
    steps=[{"leg": {"road": "A to B", "takes": "10 h"}}],
    alternatives={"base": {}, "dear": {"set": {"flows.f.value": "9 CNY/kg"}}, "late": {"set": {"flows.f.priority": 3}}},
)


def test_the_page_tells_every_law_as_the_program_does() -> None:
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for law in registry.LAWS:
        assert f"## {law.name.capitalize()} " in page and law.says.capitalize() in page, law.name


def test_every_law_says_something_of_every_alternative() -> None:
    file = load(TEXT)
    found = registry.findings_of(file, 1)
    for law in registry.LAWS:
        spoken_of = {name for each in found if each.law == law.name for name in each.alternative.split(", ")}
        assert spoken_of >= set(file.alternatives), law.name
    assert {each.kind for each in found} == {"kept", "exception"}


def test_alternatives_that_differ_in_money_only_are_played_once() -> None:
    file = load(TEXT)
    trials = world_of(file, 2).trials
    assert [trial.names for trial in trials] == ["base, dear", "late"]
    assert [len(trial.played) for trial in trials] == [2, 2]
    assert world_of(file, 2) is world_of(file, 2)
    assert world_of(load(TEXT), 2) is not world_of(load(TEXT), 2)


def test_a_finding_is_a_line_in_words() -> None:
    broken = Finding("a law", "base", "broken", "the price", "1.00 CNY", "2.00 CNY", "as it rained")
    assert str(broken) == "broken: a law: base: the price; expected 1.00 CNY; found 2.00 CNY; as it rained"
    assert str(Finding("a law", "base", "kept", "3 prices")) == "kept: a law: base: 3 prices"
    assert [as_money(cents) for cents in (0, -5, 123_456, -100)] == [
        "0.00 CNY",
        "-0.05 CNY",
        "1,234.56 CNY",
        "-1.00 CNY",
    ]


@pytest.mark.verify
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_keep_all_laws(path: Path) -> None:
    assert [str(each) for each in registry.findings_of(load(path), 2) if each.kind == "broken"] == []
