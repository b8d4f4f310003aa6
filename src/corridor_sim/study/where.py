"""*Where* two alternatives differ in cost: by activity and leg, from the postings of the whole chain.

A leg is a way from one place to another by one mode, whatever the route or its step is called; what is done at a place
belongs to that place; what is posted on the whole way, such as capital tied up, belongs to no leg. So what two
alternatives share cancels, and where they part each side stands under its own legs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from corridor_sim.economics.ledger import BASES, COST_BASES
from corridor_sim.engine.program import NONE
from corridor_sim.evidence.compare import separated
from corridor_sim.evidence.waterfall import Bar, Side, difference, where
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.figures import KG_PER_TONNE, ONE_BOX, Figures, figure
from corridor_sim.study.play import Played

PER_TONNE, PER_BOX = "tonne", "box"
WHOLE_WAY = ("", "", "")
Leg = tuple[str, str, str]
"""(origin, destination, mode): mode is empty at a place, all three are for what is posted on the whole way."""
Place = tuple[str, str, Leg]
"""(base of the ledger, activity, leg) of a sum of cents."""


@dataclass(frozen=True)
class Told:
    """An alternative and its replications."""

    lowered: Lowered
    played: Sequence[Played]


def where_figures(before: Side, after: Side, resolved: bool) -> Figures:
    """Return the *where* waterfall: totals in the three cost bases, and the bars which they are sums of.

    A cost base is the sum of the bars of its parts of the ledger: cash; cash and time; cash, time and carbon.
    """
    bars = where(before, after)
    order = {base: place for place, base in enumerate(BASES)}
    bars.sort(key=lambda bar: (order[_key(bar)[0]], -abs(bar.cents), _key(bar)))
    return {
        "totals": [_total(base, before, after, resolved) for base in COST_BASES],
        "bars": [_bar(bar, resolved) for bar in bars],
        "equal": len({key for side in (before, after) for rep in side.cents for key in rep}) - len(bars),
    }


def side_of(told: Told) -> Side:
    """Return what an alternative costs by place, replication by replication, for how many tonnes and boxes."""
    legs = [_leg(told.lowered, step) for step in range(len(told.lowered.steps))]
    cents = []
    for one in told.played:
        total: dict[Place, int] = defaultdict(int)
        for (base, activity, step), amount in one.spots.items():
            total[base, activity, WHOLE_WAY if step == NONE else legs[step]] += amount
        cents.append(total)
    tonnes = [one.kg / (ONE_BOX * KG_PER_TONNE) for one in told.played]
    return Side(cents, {PER_TONNE: tonnes, PER_BOX: [one.boxes / ONE_BOX for one in told.played]})


def _leg(lowered: Lowered, step: int) -> Leg:
    info = lowered.steps[step]
    return info.origin, info.destination, "" if info.origin == info.destination else info.mode


def _key(bar: Bar) -> Place:
    key: Any = bar.key
    place: Place = key
    return place


def _total(base: str, before: Side, after: Side, resolved: bool) -> Figures:
    def inside(place: Place) -> bool:
        return place[0] in COST_BASES[base]

    whole = difference(before, after, inside)
    sums = [
        sum(cents for rep in side.cents for place, cents in rep.items() if inside(place)) for side in (before, after)
    ]
    return {
        "base": base,
        "baseline_cents": sums[0],
        "alternative_cents": sums[1],
        "cents": whole.cents,
        **bar_figures(whole, resolved),
    }


def _bar(bar: Bar, resolved: bool) -> Figures:
    base, activity, (origin, destination, mode) = _key(bar)
    return {
        "base": base,
        "activity": activity,
        "origin": origin,
        "destination": destination,
        "mode": mode,
        "cents": bar.cents,
        **bar_figures(bar, resolved),
    }


def bar_figures(bar: Bar, resolved: bool) -> Figures:
    """Return what a bar is per tonne and per box, and whether its interval per tonne leaves out nought."""
    shown = {name: estimate if resolved else replace(estimate, resolved=False) for name, estimate in bar.per.items()}
    return {
        **{f"per_{name}": figure(estimate, "CNY") for name, estimate in shown.items()},
        "separated": separated(shown[PER_TONNE]),
    }
