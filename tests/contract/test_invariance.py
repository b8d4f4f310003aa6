"""What must not matter does not: file order, titles, locale, folder, hash seed, other flows, other replications."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corridor_sim import load, lower, simulate
from corridor_sim.engine.program import Op
from corridor_sim.reading.yaml_reader import read_yaml

RICH = Path(__file__).parents[1] / "oracle" / "scenarios" / "rich.yaml"
HOUR = 3600
DESK = {"desk": {"servers": 1}}
SERVE = [{"serve": {"at": "desk", "takes": {"uniform": ["10 min", "90 min"]}}}]
CHILD = """
import locale, sys
from pathlib import Path
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from corridor_sim import load, lower, simulate
file = load(Path(sys.argv[1]))
print([replication.trace.digest() for replication in simulate(lower(file.base, file.baseline), range(1), 7)])
"""


def digests(source: Path | str, replications: range = range(1), seed: int = 7) -> list[str]:
    file = load(source)
    return [replication.trace.digest() for replication in simulate(lower(file.base, file.baseline), replications, seed)]


@pytest.fixture(scope="module")
def rich_digests() -> list[str]:
    return digests(RICH, range(2))


def turned(value: Any) -> Any:
    """Return a document with the entries of every mapping the other way round; lists keep their order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def test_the_order_of_the_file_changes_no_byte_of_the_trace(rich_digests, as_text):
    assert digests(as_text(turned(read_yaml(RICH).data))) == rich_digests[:1]


def test_titles_change_no_byte_of_the_trace(rich_digests, as_text):
    document = read_yaml(RICH).data
    named = {"title": "another", "question": "why", "name": "other"}
    flows = {name: {**flow, "title": f"{name} of the south"} for name, flow in document["flows"].items()}
    assert digests(as_text({**document, **named, "flows": flows})) == rich_digests[:1]


@pytest.mark.parametrize(("locale", "hash_seed"), [("C", "0"), ("zh_CN.UTF-8", "1"), ("tr_TR.ISO-8859-9", "4711")])
def test_locale_hash_seed_and_folder_change_no_byte_of_the_trace(rich_digests, tmp_path, locale, hash_seed):
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    environment = plain | {"LC_ALL": locale, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "0", "TZ": "America/Lima"}
    told = subprocess.run(
        [sys.executable, "-c", CHILD, str(RICH)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == str(rich_digests[:1])


def test_the_first_replications_of_many_are_those_of_few(rich_digests):
    assert digests(RICH, range(1, 3))[0] == rich_digests[1]
    assert rich_digests[0] != rich_digests[1]


def test_another_seed_gives_another_trace(rich_digests):
    assert digests(RICH, seed=8) != rich_digests[:1]


def test_without_noise_and_demand_by_chance_no_seed_matters(play):
    parts = {
        "flows": {"f": {"arrives": {"poisson": "100 consignments per week"}}},
        "facilities": {
            "desk": {
                "background": {"load": "30 %", "takes": "1 h"},
                "failures": {"every": {"uniform": ["1 h", "9 h"]}, "lasts": "1 h"},
            }
        },
        "services": {
            "train": {
                "departs": "daily 20:00",
                "cancelled": {"share": "50 %"},
                "delay": {"share": "50 %", "lasts": "5 h"},
            }
        },
        "steps": [
            *SERVE,
            {"lot": {"branch": {"a": {"share": "40 %", "steps": [{"rest": {"wait": "1 h"}}]}, "b": {}}}},
            {"ride": {"board": "train"}},
        ],
    }
    # served in less than the gap between two, so that ties between flows, which do depend on the seed, are not met
    traces = {play(noise=False, seed=seed, replication=seed, **parts).trace.digest() for seed in (1, 2, 3)}
    assert len(traces) == 1


def waits(run, flow):
    return [row["start"] - row["ready"] for row in run.rows(flow, "serve", Op.SEIZE) if row["start"] >= 0]


def test_of_two_flows_that_always_come_together_each_goes_first_half_of_the_time(play):
    flows = {"a": {"arrives": {"every": "1 h"}}, "b": {"arrives": {"every": "1 h"}}}
    steps = [{"serve": {"at": "desk", "takes": "25 min"}}]
    run = play(flows=flows, facilities=DESK, steps=steps, measure="2026-01-05 to 2026-06-30")
    pairs = 4000
    at_once = [sum(wait == 0 for wait in waits(run, flow)[:pairs]) for flow in ("a", "b")]
    assert sum(at_once) == pairs
    # a fair coin stays within 4 standard deviations
    assert abs(at_once[0] - pairs / 2) < 4 * (pairs / 4) ** 0.5


def test_two_like_flows_wait_the_same_on_average_whichever_stands_first(play_text, world):
    flows = {name: {"arrives": {"poisson": "60 consignments per week"}} for name in ("a", "b")}
    differences = []
    for replication in range(30):
        text = world(flows=flows, facilities=DESK, steps=SERVE)
        run = play_text(text, replication=replication)
        differences.append(np.mean(waits(run, "a")) - np.mean(waits(run, "b")))
    # t of 29 degrees of freedom at 99.9 %
    assert abs(np.mean(differences)) < 3.66 * np.std(differences, ddof=1) / 30**0.5


def test_another_flow_and_facility_change_no_draw_of_those_that_were_there(play):
    flow = {"arrives": {"poisson": "40 consignments per week"}}
    routes = {
        "r": {"steps": [*SERVE, {"ride": {"board": "train"}}]},
        "a": {
            "steps": [{"load": {"at": "a crane", "takes": {"uniform": ["1 h", "2 h"]}}}, {"sail": {"board": "a ship"}}]
        },
    }
    services = {name: {"departs": "daily 20:00", "takes": {"uniform": ["5 h", "9 h"]}} for name in ("train", "a ship")}
    alone, joined = (
        play(flows={"f": flow} | more, facilities=DESK | {"a crane": {}}, routes=routes, services=services)
        for more in ({}, {"a": flow | {"route": "a"}})
    )
    measured = sum(alone.inputs.consignments.release < alone.program.window_to)
    assert measured > 50 and sum(waits(alone, "f")[:measured]) > 0
    # the runs stop at different ticks, so later consignments may be under way in one of them
    assert waits(alone, "f")[:measured] == waits(joined, "f")[:measured]
    assert alone.delivered("f")[:measured] == joined.delivered("f")[:measured]


def test_growth_of_demand_keeps_who_the_consignments_are(play):
    runs = [
        play(
            flows={"f": {"arrives": {"poisson": f"{rate} consignments per week"}}},
            facilities={"desk": {"servers": 99}},
            steps=SERVE,
        )
        for rate in (40, 80)
    ]
    few, many = (run.durations("f", "serve") for run in runs)
    shared = len(few)
    assert few == many[:shared]
    release = [run.inputs.consignments.release[:shared] for run in runs]
    assert np.abs(release[0] - 2 * release[1]).max() <= 2
    ties = [run.inputs.consignments.tie[:shared].tolist() for run in runs]
    assert ties[0] == ties[1]


def test_one_more_departure_changes_no_draw_of_the_others(play):
    service = {"takes": {"uniform": ["5 h", "9 h"]}, "taken_by_others": {"uniform": ["0 %", "50 %"]}}
    few, many = (
        play(
            flows={"f": "08:00"}, services={"train": service | {"departs": times}}, steps=[{"ride": {"board": "train"}}]
        ).inputs.departures
        for times in ("daily 20:00", "daily 08:00 and 20:00")
    )
    same = np.isin(many.scheduled, few.scheduled)
    assert many.transit[same].tolist() == few.transit.tolist()
    assert many.background[same].tolist() == few.background.tolist()


def test_the_same_consignment_meets_the_same_inspection_whatever_comes_before(play):
    check = {"check": {"customs": "export", "channel": "ordinary", "inspect_at": "desk"}}
    channel = {"ordinary": {"selected": "30 %", "inspection": {"uniform": ["1 h", "5 h"]}}}
    lots = []
    for before in ([], [{"haul": {"road": "B to A", "takes": {"uniform": ["1 h", "9 h"]}}}]):
        run = play(
            flows={"f": {"arrives": {"every": "2 h"}}},
            facilities={"desk": {"servers": 99}},
            steps=[*before, check],
            customs_channels=channel,
        )
        lots.append(
            ([row["units"] for row in run.rows("f", "check", Op.BRANCH)][:150], run.durations("f", "check")[:30])
        )
    assert lots[0] == lots[1]


def test_a_renamed_step_keeps_its_draws_if_it_keeps_its_stream(play):
    def took(**name):
        steps = [{"serve": {"at": "desk", "takes": {"uniform": ["1 h", "5 h"]}, **name}}]
        run = play(flows={"f": {"arrives": {"every": "8 h"}}}, facilities={"desk": {}}, steps=steps)
        return run.durations("f", "serve")

    assert took() == took(stream="work/desk/takes")
    assert took() != took(stream="another")
