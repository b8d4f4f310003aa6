"""Holds drawn sizes at what can be loaded: no draw puts more into a box, a vehicle or a yard than it takes.

Each range may be right on its own and two draws not fit together: a heavy load and a light box. Where a flow does not
fit, its weight, volume and size go back from what was drawn towards what is stated, all by the same share and no
further than they must, and if that is not enough the sizes of what it does not fit into do too. What is stated fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from corridor_sim.reading.located import FieldPath, Located
from corridor_sim.scenario.check_loads import check_loads
from corridor_sim.scenario.doubts import Doubt, Rewriter, Values
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.model import Scenario

CARGO = ("weight", "volume", "size")
ROOM = ("payload", "volume", "capacity", "holds", "teu", "batch", "units")
"""Fields of boxes, services, facilities and steps that say how much goes in."""
SHARES = 32
"""Sizes go back by whole 1/32 of the way."""


@dataclass(frozen=True)
class Fitting:
    """The alternatives of a file and the inputs that say how large cargo is and what it has to fit into."""

    rewriters: Mapping[str, Rewriter]
    cargo: Mapping[str, tuple[Doubt, ...]]
    """By flow the inputs that say how large it is."""
    room: tuple[Doubt, ...]
    source: Located

    @classmethod
    def of(cls, scenarios: Mapping[str, Scenario], doubts: Sequence[Doubt], source: Located) -> Fitting:
        """Return alternatives, ready to be fitted; `source` is what problems are told of."""
        sizes = [doubt for doubt in doubts if any(_is_size(path) for path in _paths(doubt))]
        rewriters = {name: Rewriter.of(scenario, name, sizes) for name, scenario in scenarios.items()}
        cargo: dict[str, tuple[Doubt, ...]] = {}
        for doubt in sizes:
            for flow in dict.fromkeys(str(path[1]) for path in _paths(doubt) if path[0] == "flows"):
                cargo[flow] = (*cargo.get(flow, ()), doubt)
        room = tuple(doubt for doubt in sizes if any(path[0] != "flows" for path in _paths(doubt)))
        return cls(rewriters, cargo, room, source)

    def fitted(self, values: Values) -> dict[str, Fraction]:
        """Return the values of the sizes that had to be held, by name; nothing where all cargo fits."""
        held: dict[str, Fraction] = {}
        for flow in self._that_do_not_fit(values):
            held |= self._held_back(flow, self.cargo.get(flow, ()), {**values, **held})
            held |= self._held_back(flow, self._in_the_way(flow, {**values, **held}), {**values, **held})
        return held

    def _that_do_not_fit(self, values: Values) -> list[str]:
        """Return the flows that do not fit in some alternative."""
        flows = dict.fromkeys(flow for one in self.rewriters.values() for flow in one.scenario.flows)
        scenarios = [one.at(values) for one in self.rewriters.values()]
        return [flow for flow in flows if any(self._obstacles(scenario, flow) for scenario in scenarios)]

    def _count(self, flow: str, values: Values) -> int:
        """Return in how many places of all alternatives a flow does not fit."""
        return sum(self._obstacles(one.at(values), flow) for one in self.rewriters.values())

    def _obstacles(self, scenario: Scenario, flow: str) -> int:
        found = Findings(scenario, self.source)
        check_loads(found, scenario.routes, (flow,))
        return len(found.problems)

    def _in_the_way(self, flow: str, values: Values) -> list[Doubt]:
        """Return what a flow would fit into if it were as large as stated."""
        before = self._count(flow, values)
        if not before:
            return []
        return [one for one in self.room if self._count(flow, {**values, one.name: one.mode}) < before]

    def _held_back(self, flow: str, inputs: Sequence[Doubt], values: Values) -> dict[str, Fraction]:
        """Return `inputs` by the least share nearer to what is stated with which a flow fits, or as they are stated."""
        drawn = {one.name: (values[one.name], one.mode) for one in inputs if values.get(one.name, one.mode) != one.mode}

        def back_by(share: int) -> dict[str, Fraction]:
            return {name: value + (mode - value) * Fraction(share, SHARES) for name, (value, mode) in drawn.items()}

        def fits(share: int) -> bool:
            return not self._count(flow, {**values, **back_by(share)})

        return back_by(_least(fits)) if drawn and not fits(0) else {}


def _least(fits: Callable[[int], bool]) -> int:
    """Return the least of 1 to SHARES that fits, or SHARES."""
    low, high = 1, SHARES
    while low < high:
        middle = int((low + high) / 2)
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return low


def _paths(doubt: Doubt) -> list[FieldPath]:
    return list(dict.fromkeys(path for paths in doubt.uses.values() for path in paths))


def _is_size(path: FieldPath) -> bool:
    fields = CARGO if path[0] == "flows" else ROOM
    return any(step in fields for step in path) and path[0] not in ("money", "tariffs", "subsidies")
