"""Groups the overrides in which an alternative differs from the baseline: at most six, for the *why* waterfall.

Every flow's route and everything set on routes that only the alternative uses is one group, "route". The others are
cut as finely as six groups allow: each override alone; or those of one field of one section of the file ("services:
departs"); or those of a section; or the largest sections, and "other". A parameter counts where it is used first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.mixed import parameter_uses
from corridor_sim.scenario.overrides import Overlay

MOST_GROUPS = 6
ROUTE, OTHER = "route", "other"
PARAMETERS = "parameters"
OF_ROUTES = "routes"
SECTION_WORDS = {OF_ROUTES: "steps", "flows": "goods", "customs_channels": "customs channels"}
"""Section of the file -> its words, where they are not its name."""
NAMED_DEPTH = 2
"""Length of a path to one thing of a section, such as a service."""
UNNAMED = ("money", "clock")
"""Sections that hold fields and no named things."""


@dataclass(frozen=True)
class Group:
    """Overrides that are switched on together."""

    name: str
    paths: tuple[FieldPath, ...]


@dataclass(frozen=True)
class _Placed:
    """An override and where it acts: its section, the thing in it, and the field."""

    path: FieldPath
    section: str
    thing: str
    field: str

    @property
    def alone(self) -> str:
        if self.path[0] == PARAMETERS:
            return str(self.path[-1])
        return ": ".join(filter(None, (self.thing, self.field))) or self.section

    @property
    def by_field(self) -> str:
        return ": ".join(filter(None, (self.section, self.field)))


def group_overrides(paths: Sequence[FieldPath], baseline: Overlay, own_routes: frozenset[str]) -> list[Group]:
    """Return at most six groups of the overridden `paths`; `own_routes` are used by the alternative alone."""
    uses = parameter_uses(baseline.data)
    acts = {path: uses.get(str(path[1]), path) if path[0] == PARAMETERS else path for path in paths}
    way = [path for path in paths if _is_route(acts[path], own_routes)]
    placed = [_placed(path, acts[path]) for path in paths if path not in way]
    room = MOST_GROUPS - bool(way)
    cuts: list[Callable[[_Placed], str]] = [
        lambda one: one.alone,
        lambda one: one.by_field,
        lambda one: one.section,
    ]
    found: dict[str, list[FieldPath]] = {}
    for cut in cuts:
        found = _cut(placed, cut)
        if len(found) <= room:
            break
    groups = [Group(name, tuple(members)) for name, members in _with_other(found, room).items()]
    return [Group(ROUTE, tuple(way)), *groups] if way else groups


def _cut(placed: Sequence[_Placed], cut: Callable[[_Placed], str]) -> dict[str, list[FieldPath]]:
    """Return the overrides by what `cut` says of them; the same words of two sections are told apart."""
    sections: dict[str, set[str]] = {}
    for one in placed:
        sections.setdefault(cut(one), set()).add(one.section)
    found: dict[str, list[FieldPath]] = {}
    for one in placed:
        words = cut(one)
        name = words if len(sections[words]) == 1 else f"{one.section}, {words}"
        found.setdefault(name, []).append(one.path)
    return found


def _with_other(found: Mapping[str, list[FieldPath]], room: int) -> Mapping[str, list[FieldPath]]:
    """Return the groups, where there is no room for all the smallest together, of equal ones the last."""
    if len(found) <= room:
        return found
    kept = sorted(found, key=lambda name: -len(found[name]))[: room - 1]
    rest = [path for name, members in found.items() if name not in kept for path in members]
    return {**{name: found[name] for name in found if name in kept}, OTHER: rest}


def _is_route(path: FieldPath, own_routes: frozenset[str]) -> bool:
    chosen = path[0] == "flows" and path[-1] == ROUTE and len(path) == NAMED_DEPTH + 1
    return chosen or (path[0] == OF_ROUTES and len(path) >= NAMED_DEPTH and str(path[1]) in own_routes)


def _placed(path: FieldPath, acts: FieldPath) -> _Placed:
    section = str(acts[0])
    words = SECTION_WORDS.get(section, section.replace("_", " "))
    named = [str(part) for part in acts[1:] if isinstance(part, str)]
    if section in UNNAMED:
        return _Placed(path, words, "", named[0] if named else "")
    if section == OF_ROUTES:
        _, *inside = named
        thing = inside[1] if len(inside) > NAMED_DEPTH else named[0]
        return _Placed(path, words, thing, inside[-1] if inside else "")
    return _Placed(path, words, "".join(named[:1]), "".join(named[1:NAMED_DEPTH]))
