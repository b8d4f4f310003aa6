"""Weeks of a long scenario that are enough: every flow has consignments in them, every dated thing happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from paper.calendars import Clock, day_range
from paper.goods import releases
from paper.texts import Tree, as_list, value

SHORT = timedelta(days=35)
CUT = timedelta(days=8)
LEAD = timedelta(days=10)
BEFORE = timedelta(days=4)


KNOWN: dict[str, list[tuple[str, ...]]] = {}
"""Cuts by what they depend on, which most alternatives have in common."""


def cuts(tree: Tree) -> list[tuple[str, ...]]:
    """Overrides that measure some days only, those first that most flows fall into; one without any if it is short."""
    demand = [(name, flow["arrives"], flow.get("season"), flow["size"]) for name, flow in tree["flows"].items()]
    key = repr((tree["clock"], demand, sorted(dated(tree)), sorted(tree.get("closures") or {})))
    if key not in KNOWN:
        KNOWN[key] = _cuts(tree)
    return KNOWN[key]


def _cuts(tree: Tree) -> list[tuple[str, ...]]:
    clock = Clock.of(tree["clock"])
    first, last = clock.measure
    if last - first <= SHORT:
        return [()]
    days = {
        name: sorted({clock.when(tick).date() for tick in releases(clock, flow)} & span(first, last))
        for name, flow in tree["flows"].items()
    }
    begins: list[date] = []
    while any(days.values()):
        missing = {name: each for name, each in days.items() if each}
        starts = {each[0] for each in missing.values()}
        best = min(
            starts,
            key=lambda start: (-len([1 for each in missing.values() if span(start, start + CUT) & {*each}]), start),
        )
        begins.append(best)
        days = {name: [] if span(best, best + CUT) & {*each} else each for name, each in days.items()}
    for day in sorted({*dated(tree)}):
        begin = max(first, day - BEFORE)
        if first <= day <= last and not any(start <= day <= start + CUT for start in begins):
            begins.append(begin)
    return [overrides(tree, clock, begin, min(begin + CUT, last)) for begin in begins]


def overrides(tree: Tree, clock: Clock, first: date, last: date) -> tuple[str, ...]:
    """Measure these days, and let closures by chance have their season then (there is no chance)."""
    start = max(clock.start.date(), first - LEAD)
    found = [f"clock.measure={first} to {last}"]
    if start > clock.start.date():
        found.append(f"clock.start={start} 00:00")
    for name, closure in (tree.get("closures") or {}).items():
        if "season" in closure:
            found.append(f"closures.{name}.season=[{first} to {last}]")
    return tuple(found)


def span(first: date, last: date) -> set[date]:
    """All days from one to another."""
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


def dated(tree: Tree) -> Iterator[date]:
    """First days of closures, cuts of capacity, seasons of transit."""
    for closure in (tree.get("closures") or {}).values():
        for days in as_list(value(closure.get("on"))):
            yield day_range(days)[0]
    for facility in (tree.get("facilities") or {}).values():
        for cut in as_list(facility.get("cuts")):
            yield day_range(value(cut["on"]))[0]
    for service in (tree.get("services") or {}).values():
        for season in as_list(service.get("takes_in")):
            for days in as_list(value(season["on"])):
                yield day_range(days)[0]
