"""Overrides: dotted paths, where they may lead, and whose fault a bad value is."""

import copy

import pytest
from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from corridor_sim.errors import InputError
from corridor_sim.reading.located import path_text
from corridor_sim.reading.yaml_reader import read_yaml
from corridor_sim.scenario.overrides import (
    Origin,
    Overlay,
    apply_arguments,
    apply_overrides,
    parse_path,
    parse_set,
)
from corridor_sim.scenario.problems import input_problems

TEXT = """\
clock: {replications: 50}
parameters: {rail.transit: {published: 38.7 h}}
empty:
routes:
  by_qinzhou:
    steps:
      - rail: {board: rail}
      - export check: {channel: ordinary, lanes: [1, 2]}
      - twice: {}
      - twice: {}
alternatives:
  convenient:
    set:
      clock.replications: {a: [1, x]}
      routes.by_qinzhou.steps.export check.channel: convenient
      clok.seed: 1
"""


@pytest.fixture
def document():
    return read_yaml(TEXT, "x.yaml")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("clock.replications", ("clock", "replications")),
        ("routes.by_qinzhou.steps.export check.channel", ("routes", "by_qinzhou", "steps", "export check", "channel")),
        ('parameters."rail.transit".published', ("parameters", "rail.transit", "published")),
        ("steps[2].departs", ("steps", 2, "departs")),
        ("a[1][0]", ("a", 1, 0)),
        ('"a[1]"', ("a[1]",)),
        ("flows.荔枝.route", ("flows", "荔枝", "route")),
        ("a . b", ("a", "b")),
    ],
)
def test_paths(text, path):
    assert parse_path(text) == path
    assert parse_path(path_text(path)) == path


NO_PATHS = ["", ".", "a.", ".a", "a..b", "a[x]", "a[", "a]", "[1]", 'a"b', '"a', '""', 'a."".b', "a[1]b", "a[1234567]"]


@pytest.mark.parametrize("text", NO_PATHS)
def test_texts_that_are_no_path(text):
    with pytest.raises(InputError, match="is not a path"):
        parse_path(text)


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("clock.replications", ("clock", "replications")),
        ("clock.new", ("clock", "new")),
        ("new", ("new",)),
        (
            "routes.by_qinzhou.steps.export check.channel",
            ("routes", "by_qinzhou", "steps", 1, "export check", "channel"),
        ),
        (
            "routes.by_qinzhou.steps[1].export check.lanes[0]",
            ("routes", "by_qinzhou", "steps", 1, "export check", "lanes", 0),
        ),
        ("routes.by_qinzhou.steps.rail", ("routes", "by_qinzhou", "steps", 0, "rail")),
        ('parameters."rail.transit".published', ("parameters", "rail.transit", "published")),
    ],
)
def test_only_the_named_place_changes(document, text, reached):
    expected = copy.deepcopy(document.data)
    parent = expected
    for part in reached[:-1]:
        parent = parent[part]
    parent[reached[-1]] = ["new"]
    before = copy.deepcopy(document.data)
    overlay = apply_overrides(document, {text: ["new"]}, Origin(label="test"))
    assert overlay.data == expected
    assert document.data == before
    assert overlay.locate(reached).file == "test"
    assert list(overlay.origins) == [reached]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clok.replications", 'no "clok" at the top of the file (did you mean "clock"?)'),
        ("routes.by_qinzou.steps", 'no "by_qinzou" in routes (did you mean "by_qinzhou"?)'),
        (
            "routes.by_qinzhou.steps.exprt check.channel",
            'no item "exprt check" in routes.by_qinzhou.steps (did you mean "export check"?)',
        ),
        ("routes.by_qinzhou.steps.new", 'no item "new" in routes.by_qinzhou.steps'),
        ("routes.by_qinzhou.steps.twice.x", '2 items are called "twice" in routes.by_qinzhou.steps'),
        ("routes.by_qinzhou.steps[4]", "no item [4] in routes.by_qinzhou.steps; it has 4, counted from 0"),
        ("clock[0]", "clock is the mapping {replications}, not a list"),
        ("clock.replications.x", "clock.replications is 50, not a mapping"),
        ("empty.x", "empty is nothing, not a mapping"),
        ("a..b", '"a..b" is not a path'),
    ],
)
def test_a_path_that_leads_nowhere(document, text, message):
    with pytest.raises(InputError) as caught:
        apply_overrides(document, {text: 1}, Origin(label="--set x"))
    assert str(caught.value).startswith(f"--set x {text}: {message}")


def test_a_bad_path_in_a_file_is_shown_where_it_stands(document):
    where = ("alternatives", "convenient", "set")
    with pytest.raises(InputError) as caught:
        apply_overrides(document, document.data["alternatives"]["convenient"]["set"], Origin(document, where))
    assert str(caught.value) == (
        'x.yaml:16:7 clok.seed: no "clok" at the top of the file (did you mean "clock"?)'
        " (set in alternatives.convenient.set)"
    )


def test_places_inside_an_override_are_those_of_the_override(document):
    origin = Origin(document, ("alternatives", "convenient", "set"))
    overrides = dict(document.data["alternatives"]["convenient"]["set"])
    del overrides["clok.seed"]
    overlay = apply_overrides(document, overrides, origin)
    place = overlay.locate(("clock", "replications", "a", 1))
    assert (place.file, place.line, place.column) == ("x.yaml", 14, 35)
    assert overlay.locate(("clock", "replications"), at_key=True).column == 7
    channel = overlay.locate(("routes", "by_qinzhou", "steps", 1, "export check", "channel"))
    assert (channel.line, channel.column) == (15, 53)
    untouched = overlay.locate(("routes", "by_qinzhou", "steps", 1, "export check", "lanes", 1))
    assert (untouched.line, untouched.column, untouched.note) == (8, 54, "")


def test_a_later_override_replaces_what_was_set_below_it(document):
    overlay = apply_arguments(document, ["clock.replications=7", "clock={seed: 3}", "clock.seed=4"])
    assert overlay.data["clock"] == {"seed": 4}
    assert list(overlay.origins) == [("clock",), ("clock", "seed")]
    assert overlay.locate(("clock", "seed")).file == "--set clock.seed=4"
    assert overlay.locate(("clock", "other")).file == "--set clock={seed: 3}"


def test_values_are_copied_so_that_one_override_does_not_change_another(document):
    value = {"x": [1]}
    overlay = apply_overrides(document, {"a": value, "b": value, "b.x": 2}, Origin(label="test"))
    assert (overlay.data["a"], overlay.data["b"], value) == ({"x": [1]}, {"x": 2}, {"x": [1]})


@pytest.mark.parametrize(
    ("argument", "path", "value"),
    [
        ("clock.replications=10", "clock.replications", 10),
        ("flows.x.arrives={poisson: 3 per week}", "flows.x.arrives", {"poisson": "3 per week"}),
        ("a=b=c", "a", "b=c"),
        ("a = 70 %", "a", "70 %"),
        ("a=[1, x]", "a", [1, "x"]),
        ("a=08:30", "a", "08:30"),
        ("a=1e3", "a", "1e3"),
        ("a=NO", "a", "NO"),
        ("a='12'", "a", "12"),
        ("a=null", "a", None),
        ("a=~", "a", None),
        ("a=''", "a", ""),
        ('p."k=1.5".x=2', 'p."k=1.5".x', 2),
        ("a=true", "a", True),
        ("a=b: 1", "a", {"b": 1}),
        ("opens=mon-sun 08:00-20:00", "opens", "mon-sun 08:00-20:00"),
    ],
)
def test_set_arguments(argument, path, value):
    found = parse_set(argument)
    assert found == (path, value)
    assert type(found[1]) is type(value)


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("clock", "--set clock expected path=value, for instance clock.replications=10"),
        ("=3", "--set =3 expected path=value"),
        ("a=", '--set a= a: nothing after the "="; write null to set nothing'),
        ("a=# x", '--set a=# x a: nothing after the "="'),
        ("a..b=1", '--set a..b=1 a..b: "a..b" is not a path'),
        ("a=[1", "--set a=[1 a: a list in [ ] is not closed"),
        ("a=!!python/name:os.system", '--set a=!!python/name:os.system a: the tag "!!python/name:os.system" is not'),
        ("a={b: 1, b: 2}", '--set a={b: 1, b: 2} a: "b" is written twice'),
        ("a=" + "9" * 5000, "--set a=9999"),
        ("a=" + "[" * 100_000, "--set a=[[["),
        ("a=x\ny\x1b", r"--set a=x\ny\x1b a: the invisible character U+001B"),
    ],
)
def test_bad_set_arguments_are_named(argument, line):
    with pytest.raises(InputError) as caught:
        parse_set(argument)
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith(line)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_all_bad_arguments_at_once(document):
    with pytest.raises(InputError) as caught:
        apply_arguments(document, ["clok.x=1", "clock.replications=3", "a"])
    assert [problem.file for problem in caught.value.problems] == ["--set clok.x=1", "--set a"]


class Clock(BaseModel):
    model_config = ConfigDict(extra="forbid")
    replications: StrictInt
    seed: StrictInt


class File(BaseModel):
    clock: Clock


def test_problems_name_the_override_that_caused_them(document):
    origin = Origin(document, ("alternatives", "convenient", "set"))
    base = apply_overrides(document, {"clock.replications": {"a": [1, "x"]}}, origin)
    overlay = apply_arguments(base, ["clock.sed=5"])
    assert isinstance(overlay, Overlay)
    with pytest.raises(ValidationError) as caught:
        File.model_validate(overlay.data)
    assert [str(problem) for problem in input_problems(caught.value, File, overlay)] == [
        '--set clock.sed=5 clock.sed: "sed" is not a known key (did you mean "seed"?); accepted here: '
        "replications, seed",
        "x.yaml:1:1 clock.seed: missing; this key is required in clock",
        "x.yaml:14:27 clock.replications: the mapping {a} is not accepted; expected a whole number"
        " (set in alternatives.convenient.set)",
    ]


def test_a_new_name_under_parameters_is_refused_for_nobody_would_use_it():
    with pytest.raises(InputError) as caught:
        apply_arguments(read_yaml("parameters: {loading: 2 h}"), ["parameters.lodaing=3 h"])
    assert 'did you mean "loading"' in str(caught.value.problems[0])
