"""Every name of a shipped scenario that a report may show has words in all three scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from corridor_sim.evidence.corridor import INTERVALS
from corridor_sim.metrics.causes import USUAL_COURSE
from corridor_sim.metrics.kpis import COSTS, KPIS
from corridor_sim.metrics.spent import WORDS as CAUSES
from corridor_sim.network.charge_rules import COST_CLASSES
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES, room
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.scenario.money import Activity, Party
from corridor_sim.scenario.steps import Mode
from corridor_sim.study.operations import MISSED

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
CHINESE = LANGUAGES[1:]
NAMED = ("boxes", "facilities", "services", "closures", "tariffs", "subsidies", "thresholds", "claims", "anomalies")
"""Parts of a scenario whose keys are shown."""
CHARGES = ("declaration", "inspection")
"""What a customs channel charges for, which the ledger calls "<channel> <charge>"."""


@pytest.fixture(params=SCENARIOS, ids=lambda file: file.stem, scope="module")
def scenario(request: pytest.FixtureRequest) -> ScenarioFile:
    """Each shipped scenario."""
    return load(request.param)


def _run(file: ScenarioFile) -> Run:
    resolved = {name: one.model_dump(mode="json") for name, one in file.alternatives.items()}
    rows = [{"name": name, "title": (file.base.alternatives[name].title or {})} for name in resolved]
    return Run({"alternatives": rows, "baseline": file.baseline}, resolved, {})


def _names(scenario: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of a resolved scenario that reports show."""
    for part in NAMED:
        yield from scenario[part]
    for channel in scenario["customs_channels"]:
        yield from (channel, *(f"{channel} {charge}" for charge in CHARGES))
    yield from (*scenario["places"], *scenario["routes"], *scenario["flows"])
    for route in scenario["routes"].values():
        yield from _steps(route["steps"])
    for flow in scenario["flows"].values():
        yield from filter(None, [flow["commodity"]])
    for claim in scenario["claims"].values():
        yield from (*claim["by_way_of"], *claim["levels"])
    for anomaly in scenario["anomalies"].values():
        yield from anomaly["readings"]


def _steps(steps: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of steps, of the lanes they part into, and of the steps there."""
    for name, step in steps.items():
        yield name
        for lane, body in (step.get("branch") or {}).items():
            yield f"{name}/{lane}"
            yield from _steps(body["steps"])


def _without_words(run: Run, names: set[str]) -> list[str]:
    return sorted(name for name in names if any(run.name(name)[language] == name for language in CHINESE))


def test_names_of_a_shipped_scenario_have_words(scenario: ScenarioFile) -> None:
    run = _run(scenario)
    names = {name for resolved in run.resolved.values() for name in _names(resolved)}
    assert len(names) > 1
    assert _without_words(run, names) == []


def test_alternatives_have_short_names_for_charts(scenario: ScenarioFile) -> None:
    longest = 12
    run = _run(scenario)
    for name in run.names:
        said = run.alternative(name)
        assert said["en"] == name
        assert name in scenario.base.words
        assert all(0 < len(said[language]) <= longest and said[language] != name for language in CHINESE), said
    assert all(len({run.alternative(name)[language] for name in run.names}) == len(run.names) for language in CHINESE)


def test_a_name_without_words_is_found() -> None:
    run = Run({"alternatives": [], "baseline": "now"}, {"now": {"words": {"half": {"zh-Hans": "半"}}}}, {})
    assert _without_words(run, {"delivery", "no such step"}) == ["no such step"]
    assert run.name("half")["zh-Hant-HK"] == "半"


def test_names_of_the_ledger_of_causes_and_of_kinds_have_words() -> None:
    ours = {*get_args(Activity), *get_args(Party), *get_args(Mode), *COST_CLASSES, *CAUSES.values(), USUAL_COURSE}
    assert ours | set(INTERVALS) | set(MISSED) <= set(room("names"))


def test_figures_have_a_label_and_a_sentence() -> None:
    known = room("kpis")
    for kpi in (*KPIS, *COSTS):
        assert {kpi.name, f"{kpi.name}_says"} <= set(known), kpi.name
        assert f"unit {kpi.unit}" in known
