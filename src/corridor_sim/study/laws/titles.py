"""The law of titles and order: other titles and another order of the file change no tick, no cent and no figure.

The file is written again with every title, question and sentence changed and every mapping the other way round, and
read like any file. Lists keep their order, because steps follow each other; so do steps that are written as a
mapping, claims, whose effects are each against the one before, and overrides of which one lies inside another, of
which the later wins. Names stay: draws belong to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from corridor_sim.errors import CorridorSimError
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.scenario.overrides import parse_path
from corridor_sim.study.digests import digest_of
from corridor_sim.study.laws.law import Finding, Judged, Law
from corridor_sim.study.laws.side_by_side import sorted_rows
from corridor_sim.study.laws.world import Trial, World, world_of
from corridor_sim.study.play import Played
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import Replication

NAME = "titles and order"
SAYS = "other titles and another order of the file change no tick, no cent and no figure"
SAID_AT_TOP = ("name", "title", "question")
SAID_IN = {
    "sources": ("title", "note"),
    "places": ("name",),
    "facilities": ("name",),
    "routes": ("title",),
    "flows": ("title",),
    "alternatives": ("title",),
    "thresholds": ("says",),
    "claims": ("statement",),
    "anomalies": ("statement",),
}
"""Part of a scenario -> keys of what is only said."""
ANOTHER = "another "
KEEPS_ORDER = ("claims", "steps")
OVERRIDES = "set"
FIGURES = ("door_to_door", "late_due", "late_promised", "remaining_life", "terms")
"""Fields of a Replication that have to be the same, to the last bit."""


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what another order and other titles change in each alternative."""
    world = world_of(file, replications)
    every = Judged(NAME, "all")
    changed = rewritten(file.written.data)
    kept_order = sorted(name for name, body in _overrides(file.written.data) if are_nested(body))
    found = [
        every.exception(f"overrides of {name}", "they keep their order: one lies inside another, and the later wins")
        for name in kept_order
    ]
    try:
        others = prepare(load(json.dumps(changed, ensure_ascii=False), only=tuple(file.alternatives)))
    except CorridorSimError as error:
        return [*found, every.broken("the file with other titles, the other way round", "it is read", error)]
    return found + [
        finding
        for trial in world.trials
        for lowered in trial.alternatives
        for finding in Judged(NAME, lowered.alternative).first_or_kept(
            _differences(world, trial, lowered, others[lowered.alternative]),
            "every title changed and every mapping turned: program, Trace, ledger and figures",
        )
    ]


def rewritten(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's data with other titles, its mappings the other way round."""
    said = {key: _said(value) if key in SAID_AT_TOP else value for key, value in data.items()}
    for part, keys in SAID_IN.items():
        if isinstance(said.get(part), Mapping):
            said[part] = {name: _retitled(body, keys) for name, body in said[part].items()}
    if isinstance(said.get("routes"), Mapping):
        said["routes"] = {name: _resaid(body) for name, body in said["routes"].items()}
    turned: dict[str, Any] = _turned({key: value for key, value in said.items() if key != "words"})
    return turned


def are_nested(paths: Mapping[str, Any]) -> bool:
    """Return whether one of some overridden paths lies inside another."""
    ways = sorted(parse_path(path) for path in paths)
    return any(later[: len(one)] == one for one in ways for later in ways if later is not one)


def _overrides(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, body in data["alternatives"].items():
        yield name, (body or {}).get(OVERRIDES) or {}


def _said(value: Any) -> Any:
    """Return another sentence for a sentence in one or several languages; a name of the catalog's stays."""
    if isinstance(value, str):
        return ANOTHER + value
    if isinstance(value, Mapping) and "en" in value:
        return {language: ANOTHER + text for language, text in value.items()}
    return value


def _retitled(body: Any, keys: tuple[str, ...]) -> Any:
    if not isinstance(body, Mapping):
        return body
    return {key: _said(value) if key in keys else value for key, value in body.items()}


def _resaid(value: Any) -> Any:
    """Return a route in which every step says something else."""
    if isinstance(value, Mapping):
        return {key: _said(part) if key == "say" else _resaid(part) for key, part in value.items()}
    return [_resaid(item) for item in value] if isinstance(value, list) else value


def _turned(value: Any) -> Any:
    """Return data with the entries of mappings the other way round, but for those whose order counts."""
    if isinstance(value, list):
        return [_turned(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _part_turned(key, value[key]) for key in reversed(value)}


def _part_turned(key: Any, value: Any) -> Any:
    is_mapping = isinstance(value, Mapping)
    if is_mapping and (key in KEEPS_ORDER or (key == OVERRIDES and are_nested(value))):
        return {name: _turned(part) for name, part in value.items()}
    return _turned(value)


def _differences(world: World, trial: Trial, lowered: Lowered, other: Lowered) -> Iterator[Finding]:
    """Yield the first stage in which an alternative differs from itself, differently written."""
    judged = Judged(NAME, lowered.alternative)
    for stage, mine, yours in (("program", lowered.program, other.program), ("plan", lowered.plan, other.plan)):
        before, after = digest_of(mine), digest_of(yours)
        if before != after:
            yield judged.broken(f"the {stage}", before, after)
            return
    readers = world.reader(lowered), world.reader(other)
    for was, now in zip(trial.played, world.play(other), strict=True):
        if was.trace.digest() != now.trace.digest():
            yield judged.broken(f"the Trace of {_numbered(was)}", was.trace.digest(), now.trace.digest())
            return
        books = [world.settled(*each) for each in ((lowered, was, readers[0]), (other, now, readers[1]))]
        yield from _other_figures(judged, was, books[0], books[1])


def _other_figures(judged: Judged, replication: Replication, was: Played, now: Played) -> Iterator[Finding]:
    """Yield what differs in money and figures of a replication."""
    if was.whole and now.whole:
        (mine, my_words), (yours, your_words) = (sorted_rows(each.whole[0]) for each in (was, now) if each.whole)
        if my_words != your_words or not np.array_equal(mine, yours):
            yield judged.broken(
                f"the ledger of {_numbered(replication)}", f"{len(mine)} postings", f"{len(yours)}, not all the same"
            )
    for name in ("lines", "views"):
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            yield judged.broken(f"sums of {name} of {_numbered(replication)}", before, after)
    for name in FIGURES:
        before, after = (digest_of(_in_order(getattr(each.measured, name))) for each in (was, now))
        if before != after:
            yield judged.broken(f"{name} of {_numbered(replication)}", before, after)


def _in_order(value: Any) -> Any:
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _numbered(played: Replication) -> str:
    return f"replication {played.inputs.replication}"


TITLES_AND_ORDER = Law(NAME, SAYS, test)
