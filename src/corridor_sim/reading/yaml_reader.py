"""YAML files read safely: plain data with the line and column of every part, and nothing evaluated.

The scalars are those of YAML 1.2's core schema, less what surprises a planner: `NO`, `010`, `1e3`, `08:30`
and `2026-06-01` stay text, and the model says what it expected. Depth and number of nodes are bounded while
the parser's events come in, so that no hostile file builds anything large.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import yaml

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import (
    LONGEST_FILE,
    MOST_PROBLEMS,
    FieldPath,
    Place,
    capped,
    path_text,
    printable,
    shown,
)
from corridor_sim.units import LONGEST_NUMBER

MEBIBYTE = 1024 * 1024
LARGEST_FILE = 4 * MEBIBYTE
DEEPEST = 40
MOST_NODES = 15_000
LONGEST_TEXT = 10_000

NULL_WORDS = frozenset(("", "~", "null", "Null", "NULL"))
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(NULL_WORDS),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?")
_PRINTABLE = "\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_UNPRINTABLE = re.compile(f"[^{_PRINTABLE}]")
_TAG_DIRECTIVE = re.compile(r"^%TAG\b", re.MULTILINE)
_LINE_BREAK = re.compile(r"\r\n|\r|\n")

PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The event parser: libyaml's, or PyYAML's own where that is not built in."""

UNCLOSED = "a quotation mark is never closed"
PLAIN_WORDS = (
    ("mapping values are not allowed", '":" is not expected here; check the indentation or quote the text'),
    ("cannot start any token", "a value cannot start with this character; put the text in quotes"),
    ("could not find expected ':'", 'a key without ":"; check the line above and the indentation'),
    ("found unexpected end of stream", UNCLOSED),
    ("found unexpected document", UNCLOSED),
    ("a tab character", "a tab cannot indent; use spaces"),
    ("Unicode character escape", "this escape stands for no character; write the character itself"),
    ("expected ',' or ']'", 'a list in [ ] is not closed, or a "," is missing'),
    ("expected ',' or '}'", 'a mapping in { } is not closed, or a "," is missing'),
    ("expected key", "expected a key here; check the indentation and quotation marks"),
    ("expected '-' indicator", 'expected "- " here; check the indentation'),
    ("expected <block end>", "expected a key or the end of a block here; check the indentation"),
    ("sequence entries are not allowed", '"- " is not expected here; start the list on its own line'),
    ("block collections are not allowed", "a block cannot start here; start it on its own line"),
    ("block mapping keys", "a key cannot start here; check the indentation"),
    ("alphabetic or numeric character", 'text that starts with "*" or "&" needs quotes'),
    ("unknown escape character", 'unknown escape after "\\"; write "\\\\" or use single quotes'),
    ("directive", 'a line that starts with "%" needs quotes'),
    ("<document start>", "this does not belong to what stands above it; check the indentation"),
    ("expected the node content", "expected a value here; put the text in quotes"),
    ("expected node content", "expected a value here; put the text in quotes"),
)
"""Part of a message of libyaml or PyYAML -> the same in plain words; the first that fits."""


@dataclass(slots=True)
class _Node:
    """One value, where it and its key stand, its parts, how many nodes it has and how deep it goes."""

    value: Any
    position: tuple[int, int]
    key_position: tuple[int, int]
    children: dict[str | int, _Node] = field(default_factory=dict)
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain data (dict, list, str, int, float, bool, None), with positions counted from 1."""

    data: Any
    file: str
    root: _Node = field(repr=False)

    def _nearest(self, path: FieldPath) -> tuple[_Node, bool]:
        node = self.root
        for part in path:
            child = node.children.get(part)
            if child is None:
                return node, False
            node = child
        return node, True

    def position(self, path: FieldPath) -> tuple[int, int]:
        """Return line and column of the value at `path`, or of its nearest parent that exists."""
        return self._nearest(path)[0].position

    def key_position(self, path: FieldPath) -> tuple[int, int]:
        """Return line and column of the key at `path` (of a list's item: the item), or the nearest parent."""
        node, found = self._nearest(path)
        return node.key_position if found else node.position

    def locate(self, path: FieldPath, at_key: bool = False) -> Place:
        """Return the place of the value, or of the key, at `path`."""
        line, column = self.key_position(path) if at_key else self.position(path)
        return Place(self.file, line, column)


def read_yaml(source: str | Path, file: str = "", allow_null: bool = False) -> Document:
    """Read one YAML document: a file if `source` is a Path, the text itself if it is a str.

    `file` is the name for messages, as the user gave it. Raises InputError with every problem that was found:
    syntax, tags, duplicate or odd keys, several documents, absurd sizes, (unless `allow_null`) an empty file.
    """
    name = printable(file or (str(source) if isinstance(source, Path) else "<text>"), LONGEST_FILE)
    text = _file_text(source, name) if isinstance(source, Path) else source
    _check_text(text, name)
    builder = _Builder(text, name)
    root = builder.document()
    if root.value is None and not allow_null and not builder.problems:
        raise InputError(Problem("the file is empty; expected a mapping (keys with values)", file=name))
    if builder.problems:
        raise InputError(capped(builder.problems, builder.uncounted))
    return Document(root.value, name, root)


def copy_tree(value: Any) -> Any:
    """Return a copy of plain data that shares nothing with it, nor within itself."""
    if isinstance(value, dict):
        return {key: copy_tree(part) for key, part in value.items()}
    return [copy_tree(part) for part in value] if isinstance(value, list) else value


def _file_text(path: Path, name: str) -> str:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(Problem("this is a folder; expected a YAML file", file=name))
        if not stat.S_ISREG(mode):
            raise InputError(Problem("this is not a regular file", file=name))
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise InputError(Problem("there is no such file", file=name)) from None
    except PermissionError:
        raise InputError(Problem("the file may not be read; check its permissions", file=name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Problem(f"the file cannot be read: {printable(reason)}", file=name)) from None
    _check_size(len(content), name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(error.object[: error.start].decode())
        message = f"byte 0x{error.object[error.start]:02x} is not UTF-8 text; save the file as UTF-8"
        raise InputError(Problem(message, "", name, line, column)) from None


def _position(before: str) -> tuple[int, int]:
    """Return line and column of what follows the text `before`."""
    lines = _LINE_BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def _check_size(length: int, name: str) -> None:
    if length > LARGEST_FILE:
        raise InputError(Problem(f"the file is larger than {LARGEST_FILE // MEBIBYTE} MiB", file=name))


def _check_text(text: str, name: str) -> None:
    """Refuse what is no text, or costs a YAML parser more than it is worth."""
    _check_size(len(text), name)
    bad = _UNPRINTABLE.search(text)
    if bad:
        message = _unprintable(bad[0])
        if bad[0] == "\0":
            message = "this is a binary file (it holds a NUL character); expected text in UTF-8"
        raise InputError(Problem(message, "", name, *_position(text[: bad.start()])))
    bad = _TAG_DIRECTIVE.search(text)
    if bad:
        raise InputError(Problem("tags are not allowed", "", name, *_position(text[: bad.start()])))


def _unprintable(sign: str) -> str:
    return f"the invisible character U+{ord(sign):04X} is not allowed; remove it"


def _mark(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Builds nodes from the parser's events; collects what is wrong, and stops at what would be costly."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=PARSER))
        self.problems: list[Problem] = []
        self.uncounted = 0
        self.nodes = 0
        self.anchors: dict[str, _Node | None] = {}

    def document(self) -> _Node:
        """Return the root of the only document; a null at 1:1 if there is none. Raises InputError."""
        try:
            next(self.events)
            if isinstance(next(self.events), yaml.StreamEndEvent):
                return _Node(None, (1, 1), (1, 1))
            root = self._node(next(self.events), ())
            next(self.events)
            after = next(self.events)
        except yaml.YAMLError as error:
            self.problems.append(self._syntax_problem(error))
            raise InputError(capped(self.problems, self.uncounted)) from None
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse('a second document starts here ("---"); a file holds one', after, ())
        return root

    def _refuse(self, message: str, event: yaml.Event, path: FieldPath) -> None:
        if len(self.problems) == MOST_PROBLEMS:
            self.uncounted += 1
        else:
            self.problems.append(Problem(message, path_text(path), self.file, *_mark(event)))

    def _stop(self, message: str, event: yaml.Event) -> NoReturn:
        self._refuse(message, event, ())
        raise InputError(capped(self.problems, self.uncounted))

    def _syntax_problem(self, error: yaml.YAMLError) -> Problem:
        said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        opened = getattr(error, "context_mark", None)
        otherwise = f"not valid YAML: {printable(said)}"
        message = next((plain for part, plain in PLAIN_WORDS if part in said), otherwise)
        if opened and message == UNCLOSED:
            mark = opened
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        lines = _LINE_BREAK.split(self.text)
        if "cannot start any token" in said and lines[line - 1][column - 1 : column] == "\t":
            message = "a tab cannot indent; use spaces"
        if opened and opened.line + 1 < line:
            message += f" (what it belongs to starts in line {opened.line + 1})"
        return Problem(message, "", self.file, line, column)

    def _count(self, nodes: int, event: yaml.Event) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            self._stop(f"more than {MOST_NODES} values, aliases counted as often as they are used", event)

    def _node(self, event: yaml.Event, path: FieldPath) -> _Node:
        self._count(1, event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None:
            written = str(tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(f'the tag "{printable(written)}" is not allowed; write plain values', event, path)
        if anchor is not None:
            self.anchors[anchor] = None
        build = self._scalar if isinstance(event, yaml.ScalarEvent) else self._collection
        node = build(event, path)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, path: FieldPath) -> _Node:
        name = f'"*{printable(str(event.anchor))}"'
        if event.anchor not in self.anchors:
            self._refuse(f"{name} has no anchor above it; quote a text that starts with *", event, path)
            return _Node(None, _mark(event), _mark(event))
        target = self.anchors[event.anchor]
        if target is None:
            self._stop(f"{name} contains itself", event)
        self._count(target.size - 1, event)
        self._check_depth(len(path) + target.height, event)
        here = _mark(event)
        return replace(target, value=copy_tree(target.value), position=here, key_position=here)

    def _scalar(self, event: Any, path: FieldPath) -> _Node:
        text: str = event.value
        value: Any = text
        if len(text) > LONGEST_TEXT:
            self._refuse(f"a text of {len(text)} characters; expected at most {LONGEST_TEXT}", event, path)
        elif event.style == '"' and (bad := _UNPRINTABLE.search(text)):
            self._refuse(_unprintable(bad[0]), event, path)
        elif not event.style and text in _CONSTANTS:
            value = _CONSTANTS[text]
        elif not event.style and (number := _NUMBER.fullmatch(text)):
            if len(text) > LONGEST_NUMBER and sum(map(str.isdigit, text)) > LONGEST_NUMBER:
                self._refuse(f"{printable(text)} has more than {LONGEST_NUMBER} digits", event, path)
            else:
                value = float(text) if number[1] else int(text)
        here = _mark(event)
        return _Node(value, here, here)

    def _check_depth(self, depth: int, event: yaml.Event) -> None:
        if depth > DEEPEST:
            self._stop(f"nested deeper than {DEEPEST} levels", event)

    def _collection(self, event: yaml.Event, path: FieldPath) -> _Node:
        self._check_depth(len(path) + 1, event)
        here = _mark(event)
        if isinstance(event, yaml.MappingStartEvent):
            node = _Node({}, here, here)
            self._fill_mapping(node, path)
        else:
            node = _Node([], here, here)
            self._fill_list(node, path)
        node.size += sum(child.size for child in node.children.values())
        node.height = 1 + max((child.height for child in node.children.values()), default=0)
        return node

    def _fill_list(self, node: _Node, path: FieldPath) -> None:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            place = len(node.value)
            child = self._node(event, (*path, place))
            node.children[place] = child
            node.value.append(child.value)

    def _fill_mapping(self, node: _Node, path: FieldPath) -> None:
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            child = self._node(next(self.events), (*path, key))
            child.key_position = _mark(event)
            if key in node.children:
                line = node.children[key].key_position[0]
                self._refuse(f"{shown(key)} is written twice; first in line {line}", event, (*path, key))
            else:
                node.children[key] = child
                node.value[key] = child.value

    def _key(self, event: yaml.Event, path: FieldPath) -> str:
        """Return a mapping's key as text; refuse what is neither text nor a whole number."""
        value = self._node(event, (*path, "key")).value
        if value == "<<" and not getattr(event, "style", None):
            self._refuse('merge keys ("<<") are not allowed; write the keys out', event, path)
        if isinstance(value, bool) or not isinstance(value, str | int):
            self._refuse(f"{shown(value)} cannot be a key; put it in quotes", event, path)
        return str(value)
