"""Run as a program without JIT: breaks one rule after another in the kernel and tells, as JSON, what differs first.

For each rule: the first difference between the engines before it is broken ("" as they agree) and while it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from both_engines import compiled, first_difference, outcome_of, reference
from corridor_sim import load, lower
from corridor_sim.engine import kernel as k
from corridor_sim.network.inputs import draw_inputs
from small_world import world

DESK, RIDE = {"serve": {"at": "desk", "takes": "1 h"}}, {"ride": {"board": "train"}}
DRIVE = {"drive": {"road": "A to B", "takes": "1 h"}}
TRAIN = {"departs": "daily 20:00", "cutoff": "2 h", "capacity": "4 TEU"}
goes_before, next_draw = k.goes_before, k.next_draw


def last_comes_first(m: Any, i: int, other: int) -> bool:
    """Those of one priority and ready tick go by the tie rank the other way round."""
    me, it = k.at(m, k.ENTITIES, i), k.at(m, k.ENTITIES, other)
    tied = m[me + k.E_PRIORITY] == m[it + k.E_PRIORITY] and m[me + k.E_READY] == m[it + k.E_READY]
    return goes_before(m, other, i) if tied else goes_before(m, i, other)


def too_late_at_the_cut_off(m: Any, i: int, service: int, scheduled: int) -> bool:
    """Who is ready exactly at the cut-off is too late."""
    close = m[service + k.S_CLOSE]
    return bool(m[k.at(m, k.ENTITIES, i) + k.E_READY] < scheduled - close)


def unfinished_in_its_last_tick(m: Any, i: int) -> bool:
    """Work that ends in the tick of closing is not done."""
    me = k.at(m, k.ENTITIES, i)
    return bool(m[me + k.E_RESUMED] + m[me + k.E_LEFT] >= m[k.NOW])


def exactly_full_does_not_fit(m: Any, d: int, i: int) -> bool:
    """A load of exactly the capacity is too much."""
    room, size = k.at(m, k.ROOM, d), k.at(m, k.SIZES, i)
    pairs = [(m[room + one], m[m[k.LOAD] + one] + m[size + one]) for one in range(k.MEASURES)]
    return all(most == k.NONE or load < most for most, load in pairs)


def every_draw_is_the_first(m: Any, i: int, step: int) -> int:
    """A consignment that comes again to a step draws the same again."""
    return min(next_draw(m, i, step), 0)


def timer_starts_anew(m: Any, gathering: int) -> int:
    """Those left over by a full load wait as long again."""
    return int(m[k.NOW])


Parts = Mapping[str, Any]
RULES: dict[str, tuple[str, Callable[..., Any] | int, Parts]] = {
    "tie rank": (
        "goes_before",
        last_comes_first,
        {"flows": {"f": ["08:00"] * 4}, "facilities": {"desk": {}}, "steps": [DESK]},
    ),
    "cut-off": (
        "is_in_time",
        too_late_at_the_cut_off,
        {"flows": {"f": {"on": "18:00", "size": "1 TEU"}}, "services": {"train": TRAIN}, "steps": [RIDE]},
    ),
    "work done at closing": (
        "unfinished",
        unfinished_in_its_last_tick,
        {"flows": {"f": "17:00"}, "facilities": {"desk": {"opens": "mon-fri 08:00-18:00"}}, "steps": [DESK]},
    ),
    "capacity": (
        "fits",
        exactly_full_does_not_fit,
        {"flows": {"f": {"on": "08:00", "size": "4 TEU"}}, "services": {"train": TRAIN}, "steps": [RIDE]},
    ),
    "draws": (
        "next_draw",
        every_draw_is_the_first,
        {
            "flows": {"f": "08:00"},
            "steps": [
                {"try": {"wait": {"uniform": ["1 h", "2 h"]}}},
                {"passed": {"branch": {"no": {"share": "100 %", "again": "try", "at_most": 3}, "yes": {}}}},
                DRIVE,
            ],
        },
    ),
    "timer of a load": (
        "longest_waiting",
        timer_starts_anew,
        {
            "flows": {
                "slow": {"on": ["08:00", "08:30"], "size": "2 TEU", "priority": 1},
                "urgent": {"on": "09:00", "size": "2 TEU"},
            },
            "steps": [{"gather": {"batch": "5 TEU", "or_after": "10 h", "mixes": "route"}}, DRIVE],
        },
    ),
    "order of phases": (
        "LOAD_LISTS",
        k.COMPLETIONS,
        {"flows": {"f": {"on": "18:00", "size": "1 TEU"}}, "services": {"train": TRAIN}, "steps": [RIDE]},
    ),
}
"""Rule -> what of the kernel is replaced, by what, and a world in which that rule decides."""


def difference_of(parts: Parts) -> str:
    """Return how the engines differ first in a world."""
    file = load(world(**parts))
    lowered = lower(file.base, file.baseline)
    inputs = draw_inputs(lowered.program, lowered.plan, 1, 0)
    outcomes = [outcome_of(engine, lowered.program, inputs) for engine in (reference, compiled) if engine is not None]
    return first_difference(lowered.program, inputs, *outcomes)


def broken(name: str, replacement: Callable[..., Any] | int, parts: Parts) -> tuple[str, str]:
    """Return the first difference by the rule as it is, and as it is broken."""
    whole, original = difference_of(parts), getattr(k, name)
    setattr(k, name, replacement)
    try:
        return whole, difference_of(parts)
    finally:
        setattr(k, name, original)


if __name__ == "__main__":
    print(json.dumps({rule: broken(*how) for rule, how in RULES.items()}))
