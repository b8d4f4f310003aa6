"""The reference of the scenario format: every example loads, every key and every word of the format is named."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from corridor_sim import load
from corridor_sim.catalog import numbers
from corridor_sim.catalog.laws import LAW_NAMES
from corridor_sim.catalog.values import GRADES, NOTES
from corridor_sim.reading import yaml_reader
from corridor_sim.reading.located import LONGEST_NAME
from corridor_sim.scenario import (
    calendars,
    check_demand,
    check_loads,
    check_run,
    goods,
    model,
    money,
    steps,
    world,
)
from corridor_sim.scenario.overrides import parse_path
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.prepare import prepare
from corridor_sim.units import LONGEST_NUMBER, units

PAGE = Path(__file__).parents[3] / "docs" / "scenario-format.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMPLETE, WHOLE_FILE, SETS = "a complete scenario", "in: the file", "each as --set"
UNWRITTEN = {"Part"}
"""Classes that no file spells out: the base of all others, and an item of a list of steps."""


@dataclass(frozen=True)
class Example:
    """A yaml block of the page: the comment in its first line, its text, and the line it starts in."""

    says: str
    text: str
    line: int

    @property
    def data(self) -> Any:
        return yaml_reader.read_yaml(self.text).data


def _examples() -> list[Example]:
    found = []
    for block in re.finditer(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        first, _, rest = block[1].partition("\n")
        found.append(Example(first.removeprefix("#").strip(), rest, TEXT[: block.start()].count("\n") + 1))
    return found


EXAMPLES = _examples()
WHOLE = EXAMPLES[0]


def _named(example: Example) -> str:
    return f"line {example.line}: {example.says}"


def _put(tree: Any, path: str, piece: Any) -> Any:
    """Return the tree with a piece at a dotted path; keys of a mapping join those that stand there."""
    *parents, last = parse_path(path)
    place = tree
    for key in parents:
        place = place[key]
    known = place.get(last)
    place[last] = {**known, **piece} if isinstance(known, dict) and isinstance(piece, dict) else piece
    return tree


def _variants(example: Example) -> list[str]:
    """Return the scenarios, as text, that an example makes of the complete one."""
    how, _, path = example.says.partition(": ")
    if how == "each in":
        return [_text(_exactly(path, piece)) for piece in example.data]
    scenario = WHOLE.data
    parts = example.data if example.says == WHOLE_FILE else {path: example.data}
    for part, piece in parts.items():
        _put(scenario, part, piece)
    return [_text(_in_use(scenario, path, parts))]


def _exactly(path: str, piece: Any) -> Any:
    """Return the complete scenario with nothing but `piece` at a path."""
    *parents, last = parse_path(path)
    scenario = place = WHOLE.data
    for key in parents:
        place = place[key]
    place[last] = piece
    return scenario


def _in_use(scenario: Any, path: str, parts: Any) -> Any:
    """Let tariffs and boxes of an example be used, so that they are lowered too."""
    route = scenario["routes"]["by train"]
    if path == "tariffs":
        ride = next(step["ride"] for step in route["steps"] if "ride" in step)
        ride["charges"] = list(parts[path])
    if path == "boxes":
        route["box"] = {**route["box"], "type": next(iter(parts[path]))}
        scenario["services"]["train"]["capacity"] = ["50 TEU", "8 plugs"]
    return scenario


def _text(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False)


def test_the_first_example_is_the_complete_one_and_all_say_where_they_go():
    assert WHOLE.says == COMPLETE
    for example in EXAMPLES[1:]:
        assert re.match(rf"{WHOLE_FILE}$|{SETS}$|in: \S|each in: \S", example.says), _named(example)


def test_the_complete_scenario_runs():
    results = evaluate(load(WHOLE.text), noise=False)
    titles = [one["name"] for one in results.summary["alternatives"]]
    assert titles == ["lorry today", "by train", "train every day"]
    assert all(one["undelivered"]["value"] == 0 for one in results.summary["alternatives"])


@pytest.mark.parametrize("example", [one for one in EXAMPLES[1:] if one.says != SETS], ids=_named)
def test_every_example_loads_and_could_run(example):
    variants = _variants(example)
    assert variants
    for text in variants:
        assert set(prepare(load(text))) >= {"lorry today", "by train", "train every day"}


@pytest.mark.parametrize("argument", next(one.data for one in EXAMPLES if one.says == SETS))
def test_every_override_is_accepted_and_changes_something(argument):
    before, after = load(WHOLE.text), load(WHOLE.text, [argument])
    prepare(after)
    assert before.alternatives != after.alternatives or argument == "flows.lemons.season=null"


MODELS = [
    kind
    for module in (model, steps, money, world, goods)
    for name, kind in vars(module).items()
    if inspect.isclass(kind) and issubclass(kind, BaseModel) and kind.__module__ == module.__name__
    if name not in UNWRITTEN
]


def _own_keys(kind: type[BaseModel]) -> set[str]:
    """Return the keys of a class as files write them, without those it shares with every step."""
    shared = set(steps.Step.model_fields) if issubclass(kind, steps.Step) and kind is not steps.Step else set()
    return {info.alias or name for name, info in kind.model_fields.items() if name not in shared}


def _table(kind: type[BaseModel]) -> list[str]:
    """Return the rows of the table that the page gives to a class."""
    _, marker, behind = TEXT.partition(f"<!-- {kind.__name__} -->\n")
    assert marker, f"the page has no table of {kind.__name__}"
    table = behind.partition("\n\n")[0].splitlines()
    return table[2:]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_the_page_names_every_key_of_the_format_and_no_other(kind):
    told = [key for row in _table(kind) for key in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert sorted(told) == sorted(_own_keys(kind))


def _choices(annotation: Any) -> set[Any]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {choice for part in get_args(annotation) if part is not annotation for choice in _choices(part)}


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_the_page_names_every_choice(kind):
    spans = set(re.findall(r"`([^`\n]+)`", TEXT))
    for name, info in kind.model_fields.items():
        words = {choice for choice in _choices(info.annotation) if isinstance(choice, str)}
        weekdays = set(calendars.WEEKDAYS)
        assert words - weekdays <= spans, f"{kind.__name__}.{name}"


def test_the_page_names_every_kind_of_step_unit_grade_note_and_distribution():
    spans = set(re.findall(r"`([^`\n]+)`", TEXT))
    words = set(units()) - {"%"}
    for known in (set(steps.STEP_KINDS), words, set(GRADES), set(NOTES), set(LAW_NAMES)):
        assert known <= spans


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ("size of a file", f"{yaml_reader.LARGEST_FILE // 1024**2} MiB"),
        ("values in a file", f"{yaml_reader.MOST_NODES:,}"),
        ("depth of nesting", f"{yaml_reader.DEEPEST}"),
        ("length of a text", f"{yaml_reader.LONGEST_TEXT:,}"),
        ("digits of a number", f"{LONGEST_NUMBER}"),
        ("duration", f"{numbers.LONGEST_YEARS} years"),
        ("temperature", f"{numbers.COLDEST} to {numbers.HOTTEST} degC"),
        ("any other amount", f"{numbers.MOST:,}"),
        ("money in one price", f"{numbers.MOST_MONEY:,}"),
        ("length of a run", f"{check_run.LONGEST_RUN_YEARS} years"),
        ("servers", f"{world.MOST_SERVERS:,}"),
        ("departures in a run", f"{check_run.MOST_DEPARTURES:,}"),
        ("failures of a facility", f"{check_run.MOST_EVENTS:,}"),
        ("consignments and others' jobs", f"{check_demand.MOST_CONSIGNMENTS:,}"),
        ("openings of a facility", f"{check_run.MOST_OPENINGS:,}"),
        ("the same in all replications", f"{check_demand.MOST_IN_ALL:,}"),
        ("boxes of one consignment", f"{check_loads.MOST_BOXES:,}"),
        ("boxes of a flow", f"{check_demand.MOST_CONTAINERS:,}"),
        ("replications", f"{model.MOST_REPLICATIONS:,}"),
    ],
)
def test_limits_are_those_of_the_code(row, limit):
    limits = TEXT.partition("## Limits")[2].partition("\n## ")[0]
    line = next(line for line in limits.splitlines() if line.startswith(f"| {row}"))
    assert re.search(rf"\| {re.escape(limit)}(?![\d,])", line)


def test_other_numbers_of_the_text_are_those_of_the_code():
    assert f"at most {LONGEST_NAME} characters" in TEXT
    assert f"from {calendars.EARLIEST_YEAR} to {calendars.LATEST_YEAR}" in TEXT
    assert f"-{world.LOWEST_PRIORITY} to {world.LOWEST_PRIORITY}" in TEXT
