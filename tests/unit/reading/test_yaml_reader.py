"""The YAML reader: YAML 1.2 scalars as a planner means them, positions, and refusal of everything hostile."""

import json
import re
import string
import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from corridor_sim.errors import InputError
from corridor_sim.reading import yaml_reader
from corridor_sim.reading.yaml_reader import copy_tree, read_yaml

PARSERS = [yaml.SafeLoader, yaml_reader.PARSER]
MEGABYTE = 1_000_000


@pytest.fixture(params=PARSERS, ids=["python", "installed"])
def parser(request, monkeypatch):
    monkeypatch.setattr(yaml_reader, "PARSER", request.param)


def refusals(text):
    with pytest.raises(InputError) as caught:
        read_yaml(text, "x.yaml")
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "yes",
        "on",
        "off",
        "010",
        "-010",
        "1e3",
        "1E3",
        "0x1F",
        "0o17",
        "1_000",
        "08:30",
        "10:30",
        "190:20:30",
        "2026-06-01",
        "2026-06-01 08:30",
        ".nan",
        ".inf",
        "-.inf",
        "NaN",
        "+1",
        "1.",
        ".5",
        "00.5",
        "1.5.2",
        "tRUE",
        "70 %",
        "3.185 CNY/km",
        "=",
        "١٢",
    ],
)
def test_what_is_no_plain_number_stays_text(parser, text):
    assert read_yaml(f"a: {text}").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("false", False),
        ("False", False),
        ("FALSE", False),
        ("null", None),
        ("Null", None),
        ("NULL", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("123456789012345", 123456789012345),
        ("38.7", 38.7),
        ("-0.25", -0.25),
        ("10.0", 10.0),
        ("'true'", "true"),
        ('"12"', "12"),
        ("'null'", "null"),
        ("''", ""),
        ('"1.5"', "1.5"),
    ],
)
def test_core_scalars(parser, text, value):
    found = read_yaml(f"a: {text}").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_positions_of_keys_values_and_missing_parts(parser):
    document = read_yaml("top: 1\nroutes:\n  rail:\n    - drayage: {takes: 6 h}\n    - {x: [a, bb]}\n")
    assert document.data["routes"]["rail"][1] == {"x": ["a", "bb"]}
    expected = {
        ("top",): ((1, 6), (1, 1)),
        ("routes",): ((3, 3), (2, 1)),
        ("routes", "rail", 0, "drayage", "takes"): ((4, 24), (4, 17)),
        ("routes", "rail", 1, "x", 1): ((5, 15), (5, 15)),
        ("routes", "rail", 1): ((5, 7), (5, 7)),
        ("routes", "ship", "speed"): ((3, 3), (3, 3)),
        ("routes", "rail", 2): ((4, 5), (4, 5)),
    }
    found = {path: (document.position(path), document.key_position(path)) for path in expected}
    assert found == expected


def test_columns_count_characters_not_bytes():
    assert read_yaml("重庆: {团: 村}").position(("重庆", "团")) == (1, 9)


def test_whole_number_keys_become_text(parser):
    assert read_yaml("2026: a\n'7': b\n010: c").data == {"2026": "a", "7": "b", "010": "c"}


def test_anchors_are_copied_so_that_a_change_in_one_place_is_no_change_in_the_other(parser):
    document = read_yaml("a: &x {n: [1]}\nb: *x\n")
    document.data["b"]["n"].append(2)
    assert document.data["a"] == {"n": [1]}
    assert document.position(("b",)) == (2, 4)
    assert document.position(("b", "n", 0)) == (1, 12)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("a: 1\nb: 2\na: 3\n", 'x.yaml:3:1 a: "a" is written twice; first in line 1'),
        ("f:\n  g: {s: 1, s: 1}\n", 'x.yaml:2:13 f.g.s: "s" is written twice'),
        ("1: a\n'1': b\n", 'x.yaml:2:1 1: "1" is written twice'),
        ("a: !!python/object/apply:os.system [ls]", 'x.yaml:1:4 a: the tag "!!python/object/apply:os.system"'),
        ("a: !!str 1", 'x.yaml:1:4 a: the tag "!!str" is not allowed'),
        ("- !own {a: 1}", 'x.yaml:1:3 [0]: the tag "!own" is not allowed'),
        ("a: ! 1", 'x.yaml:1:4 a: the tag "!" is not allowed'),
        ("%TAG ! tag:x,2000:\n---\na: 1", "x.yaml:1:1 tags are not allowed"),
        ("a: &a [1, *a]", 'x.yaml:1:11 "*a" contains itself'),
        ("a: *b", 'x.yaml:1:4 a: "*b" has no anchor above it'),
        ("a: {<<: {b: 1}}", 'x.yaml:1:5 a: merge keys ("<<") are not allowed'),
        ("a: 1\n---\nb: 1", 'x.yaml:2:1 a second document starts here ("---")'),
        ("true: 1", "x.yaml:1:1 true cannot be a key"),
        ("a: {~: 1}", "x.yaml:1:5 a: nothing cannot be a key"),
        ("1.5: 1", "x.yaml:1:1 1.5 cannot be a key"),
        ("? [a, b]\n: 1", "x.yaml:1:3 a list of 2 cannot be a key"),
        ("a: 1234567890123456", "x.yaml:1:4 a: 1234567890123456 has more than 15 digits"),
        ("a: 0.1234567890123456", "x.yaml:1:4 a: 0.1234567890123456 has more than 15 digits"),
        ("a: -" + "9" * 5000, "x.yaml:1:4 a: -999999999"),
        ("a: " + "x" * 10_001, "x.yaml:1:4 a: a text of 10001 characters; expected at most 10000"),
        ("", "x.yaml the file is empty"),
        ("# nothing\n", "x.yaml the file is empty"),
        ("---\n...\n", "x.yaml the file is empty"),
        ("a: b\n\tc: \0", "x.yaml:2:5 this is a binary file"),
        ("a: \x1b[31m", "x.yaml:1:4 the invisible character U+001B is not allowed"),
        ('a: "\\e[31m"', "x.yaml:1:4 a: the invisible character U+001B is not allowed"),
        ("a: b: c", 'x.yaml:1:5 ":" is not expected here'),
        ("a:\n\tb: 1", "x.yaml:2:1 a tab cannot indent"),
        ("a: 1\nb: 'x\n", "x.yaml:2:4 a quotation mark is never closed"),
        ("a: @x", "x.yaml:1:4 a value cannot start with this character"),
        ("a:\n  b: 1\n c: 2", "x.yaml:3:2 expected a key"),
        ("a: [1\nb: 2", "x.yaml:2:2 a list in [ ] is not closed"),
    ],
)
def test_refused_with_its_place(parser, text, start):
    found = refusals(text)[0]
    assert found.startswith(start)
    assert "\n" not in found


def test_all_problems_of_a_file_at_once():
    assert [line.split()[0] for line in refusals("a: !x 1\nb: 1\nb: 2\nc: [1\n")] == [
        "x.yaml:1:4",
        "x.yaml:3:1",
        "x.yaml:5:1",
    ]


def test_the_list_of_problems_ends_at_fifty():
    found = refusals("a: 1\n" * 61)
    assert (len(found), found[-1]) == (51, "x.yaml and 10 more")


def test_forty_levels_are_enough_and_not_one_more(parser):
    assert read_yaml("[" * 40 + "]" * 40).data
    assert refusals("[" * 41 + "]" * 41) == ["x.yaml:1:41 nested deeper than 40 levels"]


def test_an_alias_does_not_hide_depth():
    deep = "[" * 30 + "]" * 30
    assert refusals(f"a: &a {deep}\nb: {'[' * 15}*a{']' * 15}") == ["x.yaml:2:19 nested deeper than 40 levels"]


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
HOSTILE = {
    "billion laughs": LAUGHS,
    "open brackets": "[" * 3 * MEGABYTE,
    "open braces": "{" * 3 * MEGABYTE,
    "nested brackets": "[" * MEGABYTE + "]" * MEGABYTE,
    "nested mappings": "{a: " * MEGABYTE,
    "nested dashes": "- " * MEGABYTE,
    "nested complex keys": "? " * MEGABYTE,
    "nested by lines": "[\n" * MEGABYTE,
    "long integer": "a: " + "9" * MEGABYTE,
    "too many values": "[" + "a," * 60_000 + "]",
    "too many keys": "".join(f"k{n}: 1\n" for n in range(30_000)),
    "tag directives": "".join(f"%TAG !a{n}! b\n" for n in range(200_000)),
    "stars": "*" * MEGABYTE,
    "file too large": " " * (4 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_build_nothing_large(text, tmp_path):
    file = tmp_path / "hostile.yaml"
    file.write_text(text)
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            read_yaml(file, "hostile.yaml")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(str(caught.value)) < 200
    assert peak < 100 * MEGABYTE


def test_four_mebibytes_are_enough(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"a: 1" + b" " * (4 * 1024 * 1024 - 4))
    assert read_yaml(file).data == {"a": 1}
    file.write_bytes(b"a: 1" + b" " * (4 * 1024 * 1024 - 3))
    with pytest.raises(InputError, match="the file is larger than 4 MiB"):
        read_yaml(file, "x.yaml")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "given.yaml:1:1 byte 0x89 is not UTF-8 text; save the file as UTF-8"),
        ("a: 1\nb: 重庆".encode("gbk"), "given.yaml:2:4 byte 0xd6 is not UTF-8"),
        ("a: 1".encode("utf-16"), "given.yaml:1:1 byte 0xff is not UTF-8"),
        ("a: 1".encode("utf-16-le"), "given.yaml:1:2 this is a binary file"),
        (b"a: 1\0", "given.yaml:1:5 this is a binary file"),
        (b"", "given.yaml the file is empty"),
    ],
)
def test_files_that_are_no_text(content, start, tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_yaml(file, "given.yaml")
    assert str(caught.value).startswith(start)


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: [2]\r\n")
    document = read_yaml(file)
    assert (document.data, document.position(("b", 0))) == ({"a": 1, "b": [2]}, (2, 5))


def test_paths_that_are_no_readable_file(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    def fault(path, shown):
        with pytest.raises(InputError) as caught:
            read_yaml(path, shown)
        return str(caught.value)

    assert fault(tmp_path, "./dir/") == "./dir/ this is a folder; expected a YAML file"
    assert fault(tmp_path / "none.yaml", "none.yaml") == "none.yaml there is no such file"
    # the rest is Python's word for it, which changes
    assert re.fullmatch(r"a\\x00b the file cannot be read: .*null.*", fault(Path("a\0b"), "a\0b"))
    assert fault(Path("/dev/null"), "/dev/null") == "/dev/null this is not a regular file"
    file = tmp_path / "locked.yaml"
    file.write_text("a: 1")
    monkeypatch.setattr(Path, "open", refuse)
    assert fault(file, "locked.yaml") == "locked.yaml the file may not be read; check its permissions"


def test_an_empty_text_may_be_allowed():
    assert read_yaml("", allow_null=True).data is None
    assert read_yaml("~", allow_null=True).data is None


letters = some.text(string.ascii_letters + string.digits + " .:-#&*!|>'\"%@`{}[],?\n\t重庆香港éß", max_size=20)
numbers = some.integers(-(10**15) + 1, 10**15 - 1) | some.integers(-(10**6), 10**6).map(lambda n: n / 8)
trees = some.recursive(
    some.none() | some.booleans() | numbers | letters,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(letters, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(trees, some.sampled_from([None, 2]), some.booleans())
def test_json_reads_back_equal(tree, indent, ascii_only):
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    read = read_yaml(text, allow_null=True).data
    assert json.dumps(read) == json.dumps(tree)


def _of_plain_types(tree):
    if isinstance(tree, dict):
        return all(type(key) is str and _of_plain_types(value) for key, value in tree.items())
    if isinstance(tree, list):
        return all(map(_of_plain_types, tree))
    return tree is None or type(tree) in (str, int, float, bool)


@settings(deadline=None, max_examples=200)
@given(some.text(string.ascii_lowercase + "!!&*<>:-[]{}'\"#%|,? \n019.", max_size=40))
def test_any_text_is_read_as_plain_data_or_refused(text):
    try:
        document = read_yaml(text, "x.yaml")
    except InputError as error:
        assert all("\n" not in str(problem) for problem in error.problems)
    else:
        assert _of_plain_types(document.data)


def test_reading_never_evaluates(tmp_path):
    mark = tmp_path / "evaluated"
    for tag in ("!!python/object/apply:pathlib.Path.touch", "!!python/name:os.system", "!!timestamp", "!!binary"):
        refusals(f"a: {tag} ['{mark}']")
    assert not mark.exists()


def test_a_copy_shares_nothing():
    shared = [1]
    copy = copy_tree({"a": shared, "b": [shared]})
    copy["a"].append(2)
    assert copy == {"a": [1, 2], "b": [[1]]}
    assert shared == [1]
