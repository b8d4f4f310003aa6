"""Changes planted behind a baseline: each is caught, and named by the stage where it begins."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli.app import app
from corridor_sim.engine.base import Trace
from corridor_sim.engine.reference import World
from corridor_sim.evidence import equivalence
from corridor_sim.network import inputs as drawing
from corridor_sim.sampling.streams import stream_key, tie_ranks
from corridor_sim.study.regression import bless as blessing
from corridor_sim.study.regression import check as checking
from small_world import world

STEPS = [
    {"work": {"at": "desk", "takes": {"uniform": ["20 min", "90 min"]}, "charges": "lift"}},
    {"ride": {"board": "train"}},
]


def lift(price: str) -> dict[str, Any]:
    """Return the tariffs, with a price of handling."""
    valid = "2026-01-01 to 2027-12-31"
    return {"lift": {"activity": "handling", "price": price, "tax": {"basis": "exempt"}, "valid": valid}}


PARTS: dict[str, Any] = {
    "flows": {
        # two flows that come at the same moments, so that ties decide
        "f": {"arrives": {"every": "2 h"}, "size": "1 box"},
        "g": {"arrives": {"every": "2 h"}, "size": "1 box", "value": "9 CNY/kg"},
    },
    "facilities": {"desk": {}},
    "services": {"train": {"departs": "daily 20:00", "takes": {"uniform": ["9 h", "12 h"]}, "capacity": "60 TEU"}},
    "tariffs": lift("300 CNY/box"),
    "boxes": {"40GP": {"teu": 2, "payload": "26 t"}},
}


def text_of(**changes: Any) -> str:
    steps = changes.pop("steps", STEPS)
    route = {"r": {"box": {"type": "40GP", "owner": "truck"}, "steps": steps}}
    return world(**{**PARTS, "measure": "2026-01-05 to 2026-01-11", "routes": route, **changes})


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--engine", "reference", "--workers", "1"])


@pytest.fixture(scope="module")
def baselines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blessed")
    (folder / "small.yaml").write_text(text_of())
    done = call("bless", folder / "small.yaml", "--into", folder, "--reason", "first", "--replications", 100)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def check(baselines: Path, tmp_path: Path) -> Callable[..., Result]:
    def run(*more: object, **changes: Any) -> Result:
        file = tmp_path / "small.yaml"
        file.write_text(text_of(**changes))
        return call("check", file, "--against", baselines, *more)

    return run


def findings(result: Result) -> list[dict[str, Any]]:
    told: dict[str, Any] = json.loads(result.stdout)
    (file,) = told["files"]
    found: list[dict[str, Any]] = file["findings"]
    return found


def test_what_is_as_blessed_passes(check: Callable[..., Result]) -> None:
    done = check()
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1 of 1 as blessed" in done.stdout


def test_titles_and_the_order_of_the_file_are_no_change(check: Callable[..., Result]) -> None:
    flows = {name: {**PARTS["flows"][name], "title": f"flow {name}"} for name in ("g", "f")}
    assert check(flows=flows).exit_code == 0


def test_a_price_one_per_cent_higher_is_caught_in_the_tariffs(check: Callable[..., Result]) -> None:
    done = check("--json", tariffs=lift("303 CNY/box"))
    (found,) = findings(done)
    assert (done.exit_code, found["stage"], found["part"]) == (1, "tariffs", "lift")
    assert found["because"] == "so do ledger, KPIs"
    # a box, of 1,000 kg, costs 3 CNY more in cash; the consignee, who pays least, notices most
    kg = 1000 if found["kpi"].startswith("cost_per_kg") else 1
    assert ":cash/" in found["kpi"]
    assert (float(found["found"]) - float(found["expected"])) * kg == pytest.approx(3.0)


def test_another_timetable_is_caught_in_the_program(check: Callable[..., Result]) -> None:
    train = {**PARTS["services"]["train"], "departs": "daily 20:30"}
    done = check("--json", services={"train": train})
    (found,) = findings(done)
    assert (done.exit_code, found["stage"], found["part"]) == (1, "program", "service train")


def test_another_duration_is_caught_in_the_draw_tables(check: Callable[..., Result]) -> None:
    slower = [{"work": {**STEPS[0]["work"], "takes": {"uniform": ["20 min", "91 min"]}}}, STEPS[1]]
    (found,) = findings(check("--json", steps=slower))
    assert found["stage"] == "draw tables"


def test_another_stream_is_caught_in_the_program_or_the_draws(
    check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [{"work": {**STEPS[0]["work"], "stream": "another"}}, STEPS[1]]
    (found,) = findings(check("--json", steps=named))
    assert (found["stage"], found["part"]) == ("program", "streams")

    def shifted(seed: int, name: str) -> tuple[int, int]:
        return stream_key(seed + 1, name)

    monkeypatch.setattr(drawing, "stream_key", shifted)
    (found,) = findings(check("--json"))
    assert (found["stage"], found["part"]) == ("draws", "departures, transit")


def test_a_swapped_tie_rule_is_caught_in_the_trace(
    check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(World, "_key", lambda run, one: (one.priority, run.env.tick, -one.tie, one.number))
    (found,) = findings(check("--json"))
    assert found["stage"] == "trace"
    assert "visits" in found["part"]


def test_other_tie_ranks_are_caught_in_the_draws(check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "tie_ranks", lambda *place: tie_ranks(*place) ^ 1)
    (found,) = findings(check("--json"))
    assert (found["stage"], found["part"]) == ("draws", "consignments, tie, departures, tie")


def test_a_figure_without_noise_alone_is_caught_too(
    check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*given: Any) -> dict[str, float]:
        return {**calm(*given), "transit_mean": 1.0}

    calm = checking.calm_figures
    monkeypatch.setattr(checking, "calm_figures", other)
    (found,) = findings(check("--json"))
    assert (found["stage"], found["kpi"], found["found"]) == ("noise off", "transit_mean", "1")


def test_an_alternative_that_came_is_named(check: Callable[..., Result]) -> None:
    (found,) = findings(check("--json", alternatives={"base": {}, "more": {"set": {"flows.f.priority": 1}}}))
    assert (found["alternative"], found["expected"], found["found"]) == ("more", "nothing", "an alternative")


def test_other_seeds_are_equivalent_and_another_world_is_not(check: Callable[..., Result]) -> None:
    assert check("--seed", 5, "--replications", 30).exit_code == 0
    slower = [{"work": {**STEPS[0]["work"], "takes": {"uniform": ["30 min", "100 min"]}}}, STEPS[1]]
    done = check("--seed", 5, "--replications", 30, "--json", steps=slower)
    found = {one["kpi"]: one for one in findings(done)}
    assert done.exit_code == 1
    assert {one["stage"] for one in found.values()} == {"statistics"} and "transit_mean" in found


def test_another_results_version_asks_for_a_blessing(
    check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "RESULTS_VERSION", 99)
    done = check()
    assert done.exit_code == 1
    assert "another results version: expected 4, found 99; bless is due" in done.stderr


def test_code_that_changes_results_is_not_blessed_under_the_same_version(
    baselines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = baselines / "small.json"
    (tmp_path / "small.json").write_bytes(kept.read_bytes())
    monkeypatch.setattr(drawing, "tie_ranks", lambda *place: tie_ranks(*place) ^ 1)
    again = ("bless", baselines / "small.yaml", "--into", tmp_path, "--reason", "x", "--replications", 100)
    done = call(*again)
    assert done.exit_code == 1 and "give another draws: the code changed" in done.stderr
    assert (tmp_path / "small.json").read_bytes() == kept.read_bytes()
    monkeypatch.setattr(blessing, "RESULTS_VERSION", 99)
    assert call(*again).exit_code == 0
    told = json.loads((tmp_path / "small.json").read_bytes())
    assert [page["reason"] for page in told["history"]] == ["first", "x"]
    assert told["results_version"] == 99 and told["history"][1]["different"] == []
    assert told["history"][1]["equivalent"] + sum(map(len, told["history"][1]["not_judged"])) > 0


def test_a_blessing_says_what_is_no_longer_equivalent_and_why(baselines: Path, tmp_path: Path) -> None:
    (tmp_path / "small.json").write_bytes((baselines / "small.json").read_bytes())
    file = tmp_path / "small.yaml"
    file.write_text(text_of(tariffs=lift("900 CNY/box")))
    done = call("bless", file, "--into", tmp_path, "--reason", "dearer", "--replications", 100)
    assert done.exit_code == 0
    page = json.loads((tmp_path / "small.json").read_bytes())["history"][1]
    moved = {one["kpi"] for one in page["different"]}
    assert page["reason"] == "dearer"
    assert "cost_per_kg:cash/chain/after" in moved and "transit_mean" not in moved
    assert call("check", file, "--against", tmp_path).exit_code == 0
    assert "nothing to renew" in call("bless", file, "--into", tmp_path, "--reason", "x", "--replications", 100).stdout


def test_a_foreign_or_changed_baseline_is_no_baseline(check: Callable[..., Result], tmp_path: Path) -> None:
    for content in (b"", b"[]", b'{"format": 1}', b"\xff", b"[" * 100_000):
        (tmp_path / "small.json").write_bytes(content)
        done = check("--against", tmp_path)
        assert (done.exit_code, done.stderr.count("\n")) == (5, 1)
        assert "small.json is no baseline of" in done.stderr


def test_a_hash_that_was_changed_by_hand_is_noticed(
    baselines: Path, check: Callable[..., Result], tmp_path: Path
) -> None:
    told = json.loads((baselines / "small.json").read_bytes())
    told["alternatives"]["base"]["stages"]["KPIs"]["parts"]["transit_mean"] = "1"
    (tmp_path / "small.json").write_text(json.dumps(told))
    assert check("--against", tmp_path).exit_code == 5


def test_without_a_baseline_it_says_how_one_is_made(check: Callable[..., Result], tmp_path: Path) -> None:
    done = check("--against", tmp_path / "none")
    assert done.exit_code == 1
    assert "has no baseline" in done.stderr and "bless" in done.stderr
    assert done.stderr.count("\n") == 1


def test_machines_are_told_the_same(check: Callable[..., Result], tmp_path: Path) -> None:
    from xml.etree import ElementTree

    junit, page = tmp_path / "out" / "junit.xml", tmp_path / "page.md"
    page.write_text("before\n")
    train = {**PARTS["services"]["train"], "departs": "daily 20:30"}
    done = check("--junit", junit, "--markdown", page, "--annotations", services={"train": train})
    root = ElementTree.fromstring(junit.read_bytes())
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "8",
        "failures": "1",
        "errors": "0",
    }
    (failed,) = [case for case in root.iter("testcase") if case.find("failure") is not None]
    assert failed.get("name") == "program"
    assert page.read_text().startswith("before\n### corridor-sim check: 0 of 1 as blessed")
    (annotation,) = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert "title=small%3A program::base: differs first in program (service train)" in annotation


def test_a_file_that_cannot_be_read_is_said_beside_the_others(
    baselines: Path, check: Callable[..., Result], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("corridor_sim: 1\nname: [")
    done = call("check", baselines / "small.yaml", broken, "--against", baselines)
    assert done.exit_code == 2
    assert "broken.yaml:" in done.stderr and "1 of 2 as blessed" in done.stdout


def test_the_margins_of_a_check_are_those_of_the_whole_family(
    baselines: Path, check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    families = []
    judge = equivalence.judge

    def watched(blessed: Any, run: Any, unit: str, family: int) -> Any:
        families.append(family)
        return judge(blessed, run, unit, family)

    monkeypatch.setattr("corridor_sim.study.regression.statistics.judge", watched)
    check("--seed", 3, "--replications", 12)
    told = json.loads((baselines / "small.json").read_bytes())
    assert set(families) == {len(told["alternatives"]["base"]["statistics"])}


def test_the_trace_of_a_stage_is_its_tables(baselines: Path) -> None:
    told = json.loads((baselines / "small.json").read_bytes())
    assert set(told["alternatives"]["base"]["stages"]["trace"]["parts"]) == set(Trace.__dataclass_fields__)
    assert np.isfinite([numbers[0] for numbers in told["alternatives"]["base"]["statistics"].values() if numbers]).all()
