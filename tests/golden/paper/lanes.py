"""Which lanes a scenario has: the choices in which every alternative is followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paper.amounts import F, mean
from paper.texts import Tree, steps_of

Lanes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """Lanes by step; `alone`: the passages of routes that only this choice sends a certain way, none if it is needed
    anyhow."""

    lanes: Lanes
    alone: frozenset[tuple[str, str, str]] = frozenset()


def choices(tree: Tree) -> list[Choice]:
    """The usual lanes; nobody selected; all selected; each customs step alone; each lane of each branch alone."""
    checks: dict[str, set[str]] = {}
    branches: dict[tuple[str, str], set[str]] = {}
    usual = "clear"
    for route in routes_in_use(tree):
        for name, body in all_steps(tree["routes"][route]["steps"]):
            if "customs" in body:
                checks.setdefault(name, set()).add(route)
                if mean(tree["customs_channels"][body["channel"]]["selected"]) > F(1, 2):
                    usual = "selected"
            for lane in body.get("branch", {}):
                branches.setdefault((name, lane), set()).add(route)
    found = [Choice(())]
    if usual == "selected":
        found.append(Choice(tuple((name, "clear") for name in checks)))
    if checks:
        found.append(Choice(tuple((name, "selected") for name in checks)))
    for one, routes in checks.items() if len(checks) > 1 else ():
        lanes = tuple((name, "selected" if name == one else "clear") for name in checks)
        found.append(Choice(lanes, frozenset((route, one, "selected") for route in routes)))
    for (name, lane), routes in branches.items():
        found.append(Choice(((name, lane),), frozenset((route, name, lane) for route in routes)))
    return found


def routes_in_use(tree: Tree) -> list[str]:
    """Routes of flows, and those that a switch may lead to."""
    found = sorted({flow["route"] for flow in tree["flows"].values()})
    for route in found:
        for _, body in all_steps(tree["routes"][route]["steps"]):
            if "switch" in body and body["to"] not in found:
                found.append(body["to"])
    return found


def all_steps(steps: list[Tree]) -> Iterator[tuple[str, Tree]]:
    """Every step, those of lanes too."""
    for name, body in steps_of(steps):
        yield name, body
        for lane in body.get("branch", {}).values():
            yield from all_steps((lane or {}).get("steps") or [])
