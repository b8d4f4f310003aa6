"""The warm-up of a steady scenario: weekly means, one truncation for all alternatives, told when it is too long."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from corridor_sim.cli.app import app
from corridor_sim.errors import ModelError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study import warmup
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.prepare import prepare
from corridor_sim.study.warmup import find_warm_up, settled, weekly_hours

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
STEADY = ("clock.kind=steady", "flows.plums.arrives={poisson: 60 pallets per week}")
WEEK = 7 * 24 * 3600
WEEKS = 24


def after(weeks: int) -> np.ndarray:
    """Return weekly means that fall by 10 hours after so many weeks, and vary by an hour then."""
    series = 40.0 + np.arange(WEEKS) % 2
    series[:weeks] += 10
    return series


@pytest.fixture
def means(monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """Weekly means that stand for those of a simulation, by alternative."""
    made = {"train": after(3), "truck": after(5)}
    monkeypatch.setattr(warmup, "weekly_hours", lambda lowered, *_: made[lowered.alternative])
    return made


def steady(*more: str) -> ScenarioFile:
    return load(SMALL, [*STEADY, *more])


def test_weekly_means_are_those_of_all_replications_by_week_of_release() -> None:
    file = steady("clock.measure=2026-06-01 to 2026-06-28", "clock.warm_up=0 h")
    samples = evaluate(file, replications=3).samples["train"]
    week = samples["release"] // WEEK
    hours = (samples["delivered"] - samples["release"]) / 3600
    expected = [hours[week == number].mean() for number in range(4)]
    assert weekly_hours(prepare(file)["train"], 3, file.base.clock.seed) == pytest.approx(expected)


def test_one_truncation_is_enough_for_all_alternatives(means: dict[str, np.ndarray]) -> None:
    found = find_warm_up(steady(), 1, 1)
    assert {name: each.removed for name, each in found.truncations.items()} == {"train": 3, "truck": 5}
    assert found.weeks == 5


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (after(14), "alternative truck: MSER would remove 14 of 24 weeks, past half the run"),
        (after(5)[:19], "only 19 whole weeks"),
        (np.where(np.arange(WEEKS) == 4, np.nan, after(5)), "nothing is released in some weeks"),
        (np.where(np.arange(WEEKS) == 4, np.inf, after(5)), "never delivered"),
    ],
)
def test_what_does_not_settle_is_a_failure(means: dict[str, np.ndarray], series: np.ndarray, said: str) -> None:
    means["truck"] = series
    with pytest.raises(ModelError, match=said) as caught:
        find_warm_up(steady(), 1, 1)
    assert (caught.value.exit_code, len(caught.value.problems)) == (3, 1)


def test_a_steady_file_without_warm_up_gets_the_one_that_is_found(means: dict[str, np.ndarray]) -> None:
    file = settled(steady("clock.start=2026-04-06 00:00"), 1, 1)
    windows = {one.program.window_from // WEEK for one in prepare(file).values()}
    # measurement begins on 8 June, nine weeks after the start, so that five weeks of warm-up change nothing there
    assert windows == {9}
    means["truck"] = after(10)
    file = settled(steady("clock.start=2026-04-06 00:00"), 1, 1)
    assert {one.program.window_from // WEEK for one in prepare(file).values()} == {10}
    varied = file.overridden(["flows.plums.weight=800 kg"], ["truck"])["truck"]
    assert varied.clock.warm_up is not None and varied.clock.warm_up.value == 10 * WEEK


def test_others_are_left_as_they_are(means: dict[str, np.ndarray]) -> None:
    for file in (load(SMALL), steady("clock.warm_up=1 week")):
        assert settled(file, 1, 1) is file


def test_the_command_says_draws_and_fails(means: dict[str, np.ndarray], tmp_path: Path) -> None:
    sets = [part for word in STEADY for part in ("--set", word)]
    arguments = ["warmup", str(SMALL), *sets, "--replications", "1"]
    shown = CliRunner().invoke(app, [*arguments, "--plot", str(tmp_path / "w.png")])
    assert shown.exit_code == 0, shown.output
    assert "One truncation for all: 5 weeks" in shown.stdout
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")
    assert CliRunner().invoke(app, [*arguments, "--quiet"]).stdout == "5\n"
    content = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (content["weeks"], content["alternatives"]["train"]["removed"]) == (5, 3)
    means["train"] = after(14)
    failed = CliRunner().invoke(app, arguments)
    assert (failed.exit_code, failed.stdout, failed.stderr.count("\n")) == (3, "", 1)
    assert "alternative train" in failed.stderr
    plain = CliRunner().invoke(app, ["warmup", str(SMALL), "--replications", "1"])
    assert plain.exit_code == 3
