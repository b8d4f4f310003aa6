"""The JSON Schema: it accepts what the loader accepts, completes keys, and refuses what an editor should mark."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from corridor_sim.reading.yaml_reader import read_yaml
from corridor_sim.scenario.load import load
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.schema import json_schema
from corridor_sim.scenario.steps import STEP_KINDS

ROOT = Path(__file__).parents[3]
SMALL = Path(__file__).with_name("small.yaml")
GOOD = SMALL.read_text(encoding="utf-8")
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
SCHEMA = json_schema()


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("path", [SMALL, *SHIPPED], ids=lambda path: path.name)
def test_good_scenarios_are_accepted(validator, path):
    assert [error.message for error in validator.iter_errors(read_yaml(path).data)] == []


WAYS_TO_WRITE = [
    ("title: A small corridor", "title: {en: A small corridor, zh-Hans: 小走廊}"),
    ("departs: daily 20:00", "departs: [mon 20:00, thu 20:00]"),
    ("cutoff: 6 h", "cutoff: {documents: 24 h, yard: 12 h, release: {assume: 8 h, because: usual}}"),
    ("cutoff: 6 h", "cutoff: {assume: 6 h, because: usual}"),
    ("charges: lift", "charges: [lift, {tariff: lift, count: 2}]"),
    ("    servers: 2", "    servers: unlimited"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [{published: 50 TEU, source: timetable}, 8 plugs]"),
    ("units: 2 TEU", "units: 1"),
    ("taken_by_others: 50 %", "taken_by_others: {pert: [40 %, 70 %, 100 %]}"),
]


@pytest.mark.parametrize(("old", "new"), WAYS_TO_WRITE)
def test_every_way_to_write_a_thing_is_accepted(validator, old, new):
    text = GOOD.replace(old, new)
    assert text != GOOD
    load(text)
    assert [error.message for error in validator.iter_errors(read_yaml(text).data)] == []


MARKED = [
    ("seed: 7", "sead: 7"),
    ("  follow_up: 20 days\n", ""),
    ("replications: 10", "replications: many"),
    ("mode: rail", "mode: train"),
    ("{release: port yard}", "{relese: port yard}"),
    ("- out: {release: port yard}", "- {release: port yard, out: 1}"),
    ("road: Farm to Yard", "road: Farm"),
    ("road: Farm to Yard", "from: Farm"),
    ("steps: [look: {at", "steps: [look: {ta"),
    ("charges: lift", "charges: {lift: 1}"),
    ("cutoff: 6 h", "cutoff: {yrad: 6 h}"),
]


@pytest.mark.parametrize(("old", "new"), MARKED)
def test_what_an_editor_should_mark_is_refused(validator, old, new):
    text = GOOD.replace(old, new)
    assert text != GOOD
    assert list(validator.iter_errors(read_yaml(text).data))


def test_it_says_what_it_is():
    assert SCHEMA["$id"] == "urn:corridor-sim:scenario:1"
    assert SCHEMA["version"] == 1
    assert SCHEMA["title"] == "corridor_sim scenario, format version 1"
    assert set(SCHEMA["required"]) >= {"corridor_sim", "name", "clock", "places", "routes", "flows", "baseline"}


def test_the_keys_of_every_part_are_those_of_the_model():
    assert list(SCHEMA["properties"]) == list(Scenario.model_fields)
    service = SCHEMA["$defs"]["Service"]["properties"]
    assert {"from", "to", "departs", "cutoff"} <= set(service)
    assert service["departs"]["description"].startswith("timetable")


def test_every_kind_of_step_can_be_completed():
    kinds = [reference["$ref"].rsplit("/", 1)[-1] for reference in SCHEMA["$defs"]["Step"]["anyOf"]]
    assert set(kinds) == {kind.__name__ for kind in STEP_KINDS.values()}
    for key, kind in STEP_KINDS.items():
        assert key in SCHEMA["$defs"][kind.__name__]["properties"]


def test_the_shipped_schema_is_the_one_the_program_prints() -> None:
    shipped = ROOT / "scenarios" / "scenario.schema.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == SCHEMA
