"""Problems: pydantic's errors in a planner's words, at the place in the file, and the rule for names."""

from typing import Annotated, Literal

import pytest
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    ValidationError,
)

from corridor_sim.errors import Problem
from corridor_sim.reading.located import capped, path_text, shown
from corridor_sim.reading.yaml_reader import read_yaml
from corridor_sim.scenario.problems import check_name, input_problems, problem_at
from corridor_sim.units import parse_quantity


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pert(Part):
    pert: list[StrictStr] = Field(min_length=3, max_length=3)


class Normal(Part):
    normal: StrictStr
    sd: StrictStr
    max: StrictStr | None = None


class LogNormal(Part):
    lognormal: StrictStr
    cv: StrictFloat


def duration(text):
    parse_quantity(text, "duration")
    return text


Takes = Annotated[str, Field(strict=True), BeforeValidator(duration)] | Pert | Normal | LogNormal
Plain = StrictStr | Pert | Normal | LogNormal


class Board(Part):
    board: StrictStr
    at: StrictInt = 0


class Customs(Part):
    customs: Literal["export", "import"]
    at: StrictStr
    takes: Plain = ""


def kind(raw):
    return next((key for key in ("board", "customs") if key in raw), None)


def by_name(raw):
    return {name: body for item in raw for name, body in item.items()}


Step = Annotated[
    Annotated[Board, Tag("board")] | Annotated[Customs, Tag("customs")],
    Discriminator(kind, custom_error_type="step_kind", custom_error_message="a step is one of board, customs"),
]


class Rail(Part):
    mode: Literal["rail"]
    wagons: StrictInt = 1
    from_: StrictStr = Field("", alias="from")


class Sea(Part):
    mode: Literal["sea"]
    teu: StrictInt = 1


class File(Part):
    servers: StrictInt | Literal["all"] = 1
    open: StrictBool = True
    load: StrictFloat = Field(0.5, gt=0, le=1, allow_inf_nan=False)
    takes: Plain = ""
    waits: Annotated[StrictStr, BeforeValidator(duration)] = "1 h"
    steps: Annotated[dict[str, Step], BeforeValidator(by_name)] = {}
    legs: list[Annotated[Rail | Sea, Field(discriminator="mode")]] = []
    places: dict[Annotated[str, Field(max_length=5)], list[StrictInt]] = {}
    facility: Board | None = None


def found(text, model=File):
    document = read_yaml(text, "x.yaml")
    with pytest.raises(ValidationError) as caught:
        model.model_validate(document.data)
    return [str(problem) for problem in input_problems(caught.value, model, document)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("servers: true", "x.yaml:1:10 servers: true is not accepted; expected a whole number or 'all'"),
        ("servers: NO", "x.yaml:1:10 servers: \"NO\" is not accepted; expected a whole number or 'all'"),
        ("servers: 010", "x.yaml:1:10 servers: \"010\" is not accepted; expected a whole number or 'all'"),
        ("open: NO", 'x.yaml:1:7 open: "NO" is not accepted; expected true or false'),
        ("load: 1e3", 'x.yaml:1:7 load: "1e3" is not accepted; expected a number'),
        ("load: .nan", 'x.yaml:1:7 load: ".nan" is not accepted; expected a number'),
        ("load: .inf", 'x.yaml:1:7 load: ".inf" is not accepted; expected a number'),
        ("load: 1.5", "x.yaml:1:7 load: 1.5 is not accepted; expected at most 1"),
        ("load: 0.0", "x.yaml:1:7 load: 0.0 is not accepted; expected more than 0"),
        ("load:", "x.yaml:1:6 load: nothing is not accepted; expected a number"),
        ("load: [1]", "x.yaml:1:7 load: a list of 1 is not accepted; expected a number"),
        ("waits: 3 parsec", 'x.yaml:1:8 waits: "3 parsec": "parsec" is not a unit (did you mean "sec"?)'),
        ("waits: 5 km", 'x.yaml:1:8 waits: "5 km" is not a duration; expected for instance "6 h"'),
        ("facility: x", 'x.yaml:1:11 facility: "x" is not accepted; expected a mapping (keys with values)'),
        ("facility:\n  at: 1", "x.yaml:1:1 facility.board: missing; this key is required in facility"),
        (
            "facility: {board: a, att: 1}",
            'x.yaml:1:22 facility.att: "att" is not a known key (did you mean "at"?); accepted here: board, at',
        ),
        ("servres: 1", 'x.yaml:1:1 servres: "servres" is not a known key (did you mean "servers"?); accepted here: '),
        ("places: {A: [1, x]}", 'x.yaml:1:17 places.A[1]: "x" is not accepted; expected a whole number'),
        (
            "places: {ABCDEF: [1]}",
            'x.yaml:1:10 places.ABCDEF: "ABCDEF" is not accepted; expected text of at most 5 characters',
        ),
        ("- 1", "x.yaml:1:1 a list of 1 is not accepted; expected a mapping (keys with values)"),
    ],
)
def test_one_problem_in_plain_words_at_its_place(text, line):
    lines = found(text)
    assert len(lines) == 1
    assert lines[0].startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("takes: {pert: [3 h, 4, 8 h]}", "x.yaml:1:21 takes.pert[1]: 4 is not accepted; expected text"),
        ("takes: {pert: [3 h]}", "x.yaml:1:15 takes.pert: a list of 1 is not accepted; expected at least 3 items"),
        ("takes: {normal: 3 h}", "x.yaml:1:1 takes.sd: missing; this key is required in takes"),
        ("takes: {lognormal: 3 h, cv: x}", 'x.yaml:1:29 takes.cv: "x" is not accepted; expected a number'),
        ("takes: {pert: [a, b, c], mx: 1}", 'x.yaml:1:26 takes.mx: "mx" is not a known key; accepted here: pert'),
        (
            "takes: {qq: 1}",
            "x.yaml:1:8 takes: the mapping {qq} is not accepted; expected one of the keys pert, normal, lognormal",
        ),
        ("takes: 7", "x.yaml:1:8 takes: 7 is not accepted; expected text or a mapping (keys with values)"),
        (
            "takes: {normal: 3 h, sd: 1 h, max: [1]}",
            "x.yaml:1:36 takes.max: a list of 1 is not accepted; expected text",
        ),
    ],
)
def test_only_the_likeliest_form_of_a_union_is_reported(text, line):
    assert found(text) == [line]


def test_a_misspelt_form_is_recognised_by_its_key():
    assert found("takes: {prt: [a, b, c]}") == [
        "x.yaml:1:1 takes.pert: missing; this key is required in takes",
        'x.yaml:1:9 takes.prt: "prt" is not a known key (did you mean "pert"?); accepted here: pert',
    ]


def test_a_value_that_fails_its_own_rule_counts_more_than_forms_it_is_not():
    class Model(Part):
        takes: Takes

    assert found("takes: 6 hx", Model) == ['x.yaml:1:8 takes: "6 hx": "hx" is not a unit (did you mean "h"?)']


STEPS = """\
steps:
  - rail: {board: a, att: 1}
  - check: {customs: exprt, at: b}
  - food check:
      customs: import
      takes: {pert: [1]}
  - odd: {x: 1}
"""


def test_steps_named_by_their_key_are_found_in_the_file():
    assert found(STEPS) == [
        'x.yaml:2:22 steps[0].rail.att: "att" is not a known key (did you mean "at"?); accepted here: board, at',
        "x.yaml:3:22 steps[1].check.customs: \"exprt\" is not accepted; expected 'export' or 'import'"
        ' (did you mean "export"?)',
        "x.yaml:4:5 steps[2].food check.at: missing; this key is required in steps[2].food check",
        "x.yaml:6:22 steps[2].food check.takes.pert[0]: 1 is not accepted; expected text",
        "x.yaml:7:10 steps[3].odd: a step is one of board, customs",
    ]


def test_tags_written_in_the_file():
    assert found("legs:\n  - {mode: rail, wagons: x}\n  - {mode: se}\n  - {teu: 1}\n") == [
        'x.yaml:2:26 legs[0].wagons: "x" is not accepted; expected a whole number',
        "x.yaml:3:12 legs[1].mode: \"se\" is not accepted; expected 'rail', 'sea' (did you mean \"sea\"?)",
        "x.yaml:4:5 legs[2]: the mapping {teu} is not accepted; expected a mapping with the key 'mode'",
    ]


def test_a_field_is_known_by_the_name_it_has_in_files():
    assert found("legs: [{mode: rail, form: x}]") == [
        'x.yaml:1:21 legs[0].form: "form" is not a known key (did you mean "from"?); accepted here: mode, wagons, from'
    ]


def test_each_item_of_a_list_has_its_own_say():
    class Model(Part):
        all: list[Plain]

    assert found("all: [{pert: [a, 1, c]}, {lognormal: 2 h, cv: x}]", Model) == [
        "x.yaml:1:18 all[0].pert[1]: 1 is not accepted; expected text",
        'x.yaml:1:47 all[1].cv: "x" is not accepted; expected a number',
    ]


def test_a_text_is_judged_by_its_rule_before_the_words_it_might_have_been():
    class Model(Part):
        every: Literal["departure"] | Annotated[StrictStr, BeforeValidator(duration)]

    assert found("every: 5 km", Model) == ['x.yaml:1:8 every: "5 km" is not a duration; expected for instance "6 h"']


def test_a_tag_that_is_also_a_key_does_not_lead_astray():
    class Lanes(Part):
        board: dict[str, StrictInt]
        at: StrictInt

    class Model(Part):
        step: Annotated[
            Annotated[Lanes, Tag("board")] | Annotated[Customs, Tag("customs")],
            Discriminator(kind),
        ]

    assert found("step: {board: {at: 1}, at: x}", Model) == [
        'x.yaml:1:28 step.at: "x" is not accepted; expected a whole number'
    ]


def test_all_at_once_in_the_order_of_the_file():
    lines = found("zz: 1\nload: x\nopen: 1\nyy: 1\n")
    assert [line.split()[0] for line in lines] == ["x.yaml:1:1", "x.yaml:2:7", "x.yaml:3:7", "x.yaml:4:1"]


def test_fifty_and_a_count_of_the_rest():
    lines = found("places: {A: [" + ", ".join(["x"] * 61) + "]}")
    assert (len(lines), lines[-1]) == (51, "x.yaml and 11 more")


def test_a_very_wrong_file_is_still_answered_in_few_lines():
    lines = found("".join(f"k{number}: 1\n" for number in range(7_000)))
    assert (len(lines), lines[-1]) == (51, "x.yaml and 6950 more")


def test_no_line_breaks_nor_control_signs_in_a_line():
    lines = found('open: "a\\nb"\n"x\\ny": 1\nwaits: "\\t|' + "x" * 5000 + '"\n')
    assert len(lines) == 3
    assert all(line.isprintable() and len(line) < 400 for line in lines)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (3, "3"),
        (1.5, "1.5"),
        ("a\nb", r'"a\nb"'),
        ("重庆", '"重庆"'),
        ("x" * 41, '"' + "x" * 37 + '..."'),
        ("x" * 40, '"' + "x" * 40 + '"'),
        ("\u202e\x1b", r'"\u202e\x1b"'),
        ({"a": 1, "b": 2}, "the mapping {a, b}"),
        ([1, 2], "a list of 2"),
        ([], "an empty list"),
    ],
)
def test_values_as_shown(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("a",), "a"),
        (("routes", "r", "steps", 2, "departs"), "routes.r.steps[2].departs"),
        ((0, "a"), "[0].a"),
        (("parameters", "rail.transit", "published"), 'parameters."rail.transit".published'),
        (("a b", ""), 'a b.""'),
        (("x[1]",), '"x[1]"'),
        ((" a",), '" a"'),
    ],
)
def test_paths_as_users_write_them(path, text):
    assert path_text(path) == text


def test_a_problem_found_later_is_placed_by_file_or_model_path():
    document = read_yaml("routes:\n  r:\n    steps:\n      - rail: {board: a}\n", "x.yaml")
    expected = Problem("no such service", "routes.r.steps[0].rail.board", "x.yaml", 4, 23)
    assert problem_at(document, ("routes", "r", "steps", 0, "rail", "board"), "no such service") == expected
    assert problem_at(document, ("routes", "r", "steps", "rail", "board"), "no such service") == expected


def test_capped_counts_what_it_leaves_out():
    problems = [Problem(str(number)) for number in range(52)]
    assert [str(problem) for problem in capped(problems)[-2:]] == ["49", "and 2 more"]
    assert capped(problems[:50]) == problems[:50]
    assert capped([]) == []


@pytest.mark.parametrize(
    "name",
    [
        "qinzhou",
        "CNCKG-TJC",
        "hk_food_check",
        "origin inspection",
        "重庆农产品",
        "Café (west) no. 2",
        "2026",
        "ngày",
        "ไทย",
        "हिन्दी",
        "x" * 80,
    ],
)
def test_good_names(name):
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "empty"),
        ("x" * 81, "at most 80"),
        ("a/b", 'contains "/"'),
        ("a\\b", "contains"),
        ("..", 'starts with "."'),
        (".git", "starts with"),
        ("=1+1", 'starts with "="'),
        ("+a", "starts with"),
        ("-a", "starts with"),
        ("@a", "starts with"),
        ("<b>", 'contains "<"'),
        ('a"b', "contains"),
        ("a'b", "contains"),
        ("a&b", "contains"),
        ("a$b", "contains"),
        ("a`b", "contains"),
        ("a|b", "contains"),
        ("a\nb", r'contains "\n"'),
        ("a\0", r'"\x00"'),
        ("a\u202eb", r'contains "\u202e"'),
        (" a", "space"),
        ("a ", "space"),
        ("a:b", "contains"),
        ("a*", "contains"),
        ("a{b}", "contains"),
        ("a%b", "contains"),
        ("\ud800", "contains"),
        ("a\u200bb", "contains"),
        ("😀", "contains"),
    ],
)
def test_bad_names(name, complaint):
    found = check_name(name)
    assert found is not None
    assert complaint in found
    assert found.isprintable()
