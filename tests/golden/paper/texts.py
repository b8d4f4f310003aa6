"""A scenario file as plain texts: overrides of an alternative applied, parameters put in. Numbers stay exact texts."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CATALOG = Path(__file__).parents[3] / "src" / "corridor_sim" / "catalog" / "data"
GRADES = ("measured", "published", "derived", "analogue", "assume")
STATED = "stated"
"""Our own grade for a bare value that got notes beside it."""
FOR_READERS = ("sources", "claims", "thresholds", "anomalies", "title", "question")
"""Parts of a file that act on no result."""
Tree = Any
"""Texts, lists and mappings by text, as read."""


@cache
def read(text: str) -> dict[str, Tree]:
    """The file as written; not to be changed."""
    tree = read_value(text)
    assert isinstance(tree, dict)
    return tree


@cache
def scenario(text: str, alternative: str | None = None, sets: tuple[str, ...] = ()) -> dict[str, Tree]:
    """The file as this alternative sees it; `sets`: `path=value` as on the command line, which win."""
    tree = {key: copy.deepcopy(value) for key, value in read(text).items() if key not in FOR_READERS}
    own = [each.split("=", 1) if '"' not in each else _split_quoted(each) for each in sets]
    for path, value in own:
        if path.startswith("alternatives."):
            put(tree, path, read_value(value))
    for name in chain(tree, alternative):
        for path, value in (tree["alternatives"][name] or {}).get("set", {}).items():
            put(tree, path, copy.deepcopy(value))
    for path, value in own:
        put(tree, path, read_value(value))
    parameters = tree.get("parameters") or {}
    return {
        key: value if key in ("parameters", "alternatives") else resolved(value, parameters)
        for key, value in tree.items()
    }


def _split_quoted(text: str) -> list[str]:
    """Cut at the first `=` outside quotes."""
    quoted = False
    for place, sign in enumerate(text):
        quoted ^= sign == '"'
        if sign == "=" and not quoted:
            return [text[:place], text[place + 1 :]]
    raise ValueError(text)


def read_value(text: str) -> Tree:
    """YAML whose every scalar stays the text that was written."""
    return yaml.load(text, Loader=yaml.CBaseLoader)


def chain(tree: Mapping[str, Tree], alternative: str | None) -> list[str]:
    """The alternatives whose overrides apply, the farthest first."""
    names: list[str] = []
    while alternative is not None:
        names.insert(0, alternative)
        body = tree["alternatives"][alternative] or {}
        alternative = body.get("like")
    return names


# ---------------------------------------------------------------------------------------------------------- overrides
def parts(path: str) -> list[str]:
    """The names of a dotted path; a name in double quotes may hold dots, [2] is a place in a list."""
    found = re.findall(r'"((?:[^"])*)"|([^.\[\]"]+)|\[(\d+)\]', path)
    return ["".join(each) for each in found]


def put(tree: dict[str, Tree], path: str, value: Tree) -> None:
    """Set what stands at a dotted path; null takes it away."""
    *way, last = parts(path)
    node: Tree = tree
    for name in way:
        node = _inside(node, name)
    if isinstance(node, list):
        place = _place(node, last)
        if isinstance(node[place], dict) and last in node[place]:
            node[place][last] = value
        else:
            node[place] = value
    elif value in ("null", "~", "", None) and value != {}:
        node.pop(last, None)
    else:
        node[last] = value


def _place(items: list[Tree], name: str) -> int:
    for place, item in enumerate(items):
        if isinstance(item, dict) and list(item) == [name]:
            return place
    return int(name)


def _inside(node: Tree, name: str) -> Tree:
    if not isinstance(node, list):
        return node[name]
    item = node[_place(node, name)]
    return item[name] if isinstance(item, dict) and name in item else item


# --------------------------------------------------------------------------------------------------------- parameters
@cache
def catalog(room: str) -> dict[str, Tree]:
    """The parameters of the catalog whose ids begin with this word."""
    file = CATALOG / f"{room}.yaml"
    if not file.exists():
        return {}
    tree = read(file.read_text(encoding="utf-8"))
    return tree.get("parameters") or {}


def resolved(node: Tree, parameters: Mapping[str, Tree]) -> Tree:
    """The same with every `{param: ...}` replaced by what it stands for."""
    if isinstance(node, list):
        return [resolved(item, parameters) for item in node]
    if not isinstance(node, dict):
        return node
    if "param" not in node:
        return {key: resolved(value, parameters) for key, value in node.items()}
    beside = {key: resolved(value, parameters) for key, value in node.items() if key != "param"}
    entry = looked_up(node["param"], parameters)
    if isinstance(entry, dict) and "param" in entry:
        entry = resolved(entry, parameters)
    if isinstance(entry, dict) and "whole" in entry:
        whole = resolved(entry["whole"], parameters)
        return {**whole, **beside} if beside else whole
    if not isinstance(entry, dict):
        entry = {STATED: entry} if beside else entry
    if not beside:
        return entry
    if any(grade in beside for grade in GRADES):
        entry = {key: value for key, value in entry.items() if key not in (*GRADES, STATED)}
    return {**entry, **beside}


def looked_up(name: str, parameters: Mapping[str, Tree]) -> Tree:
    if name in parameters:
        return parameters[name]
    return catalog(name.split(".")[0])[name]


def value(node: Tree) -> Tree:
    """What stands under a grade; a bare value is itself."""
    while isinstance(node, dict):
        grade = next((grade for grade in (*GRADES, STATED) if grade in node), None)
        if grade is None:
            return node
        node = node[grade]
    return node


def as_list(node: Tree) -> list[Tree]:
    return [] if node is None else node if isinstance(node, list) else [node]


def steps_of(items: list[Tree]) -> list[tuple[str, dict[str, Tree]]]:
    """Name and body of each item of a list of `- name: {...}`."""
    found = []
    for item in items:
        ((name, body),) = item.items()
        found.append((name, body))
    return found
