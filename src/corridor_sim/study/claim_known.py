"""What was played for the claims of a file, and the savings that are read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from corridor_sim.catalog.values import RESTS_ON_ASSUMPTION
from corridor_sim.evidence.compare import separated
from corridor_sim.evidence.design import DoubtDesign
from corridor_sim.evidence.information import Information
from corridor_sim.evidence.intervals import Estimate, ratio_of_sums
from corridor_sim.evidence.responses import Inputs
from corridor_sim.evidence.verdicts import Claimed
from corridor_sim.metrics.kpis import COST_PER_BOX
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Claim
from corridor_sim.study.claim_fits import Fitted, Wanted
from corridor_sim.study.doubt import PlayedDesign, PlayedPoints
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.play import AFTER, Played, cost_key
from corridor_sim.study.summary import PERCENT, scaled, unresolved_events

ALL_ELSE = "all else"
"""The effect of what `by_way_of` does not name."""
Flows = tuple[int, ...]
"""Numbers of flows."""
Level = tuple[tuple[str, ...], str]
"""Members of a level, and "low" or "high"."""


@dataclass(frozen=True)
class Known:
    """All that was played for the claims of a file.

    `stated`: by alternative its replications at the stated inputs; `levels`: by members of a level and its end ("low",
    "high") what was played there, at point 0; `fitted`: the metamodels that `fits_wanted` asks for.
    """

    file: ScenarioFile
    lowered: Mapping[str, Lowered]
    stated: Mapping[str, Sequence[Played]]
    levels: Mapping[Level, PlayedPoints]
    design: PlayedDesign
    fitted: Mapping[Wanted, Fitted] = field(default_factory=dict)
    information: Mapping[Flows, Information] = field(default_factory=dict)

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows, in the order of their numbers."""
        return self.design.played.flows

    @property
    def seed(self) -> int:
        """The seed of all draws."""
        return self.design.seed

    def weight(self, amounts: Floats, flow: int) -> float:
        """Return how much of something the baseline has of a flow in a replication, on average over the design."""
        return float(amounts[:, :, self.design.played.of(self.file.baseline), flow].mean())

    def resolved(self, *names: str) -> bool:
        """Return whether every closure and outage that touches these alternatives was met often enough."""
        return not any(unresolved_events(self.lowered[name], self.stated[name]) for name in names)


@dataclass(frozen=True)
class Tested:
    """A claim with everything it leaves to its file: against whom, of which flows."""

    name: str
    claim: Claim
    against: str
    flows: Flows

    @classmethod
    def of(cls, known: Known, name: str, claim: Claim) -> Tested:
        """Return a claim of a file."""
        wanted = claim.flows(known.flows)
        numbers = tuple(number for number, flow in enumerate(known.flows) if flow in wanted)
        return cls(name, claim, claim.against or known.file.baseline, numbers)

    @property
    def cost(self) -> str:
        """The key of the cost that the claim is about."""
        return cost_key(self.claim.cost_base, self.claim.perspective, AFTER)

    @property
    def claimed(self) -> Claimed:
        """The interval as shares."""
        low, high = self.claim.interval
        return Claimed(float(low.value), float(high.value))

    def saving(self, cost: str = "", flows: Flows = ()) -> Wanted:
        """Return the saving that is claimed, or that in another cost or of fewer flows."""
        return Wanted(self.claim.of, self.against, self.against, cost or self.cost, flows or self.flows)

    def effects(self) -> Iterator[tuple[str, Wanted]]:
        """Yield the words of each effect, and its saving: from the baseline by way of others to what is claimed."""
        ways = {"": self.against, **self.claim.by_way_of}
        if len(ways) == 1:
            return
        if list(ways.values())[-1] != self.claim.of:
            ways[ALL_ELSE] = self.claim.of
        for (_, before), (words, after) in pairwise(ways.items()):
            yield words, Wanted(after, before, self.against, self.cost, self.flows)


def inputs_of_design(design: DoubtDesign) -> Inputs:
    """Return the points of the design with the softest grade of what stands behind each coordinate."""
    grades: list[list[str]] = [[] for _ in design.coordinates]
    for one, place in zip(design.inputs, design.coordinate.tolist(), strict=True):
        grades[place].append(one.grade)
    return Inputs(design.x, design.coordinates, tuple(map(softest, grades)))


def softest(grades: Sequence[str]) -> str:
    """Return the first grade that rests on assumption, or the first."""
    return next((grade for grade in grades if grade in RESTS_ON_ASSUMPTION), grades[0])


def stated_saving(known: Known, wanted: Wanted) -> Estimate:
    """Return a saving at the stated inputs, with the interval of the world's noise."""

    def cny(name: str) -> Floats:
        term = f"{COST_PER_BOX}:{wanted.cost}"
        return np.array([one.measured.terms[term][0][list(wanted.flows)].sum() for one in known.stated[name]])

    return _saving(known, wanted, cny)


def saving_at_level(known: Known, wanted: Wanted, level: Level) -> Estimate:
    """Return a saving with the inputs of a level at one of their ends, the others as stated."""
    played = known.levels[level]

    def cny(name: str) -> Floats:
        return np.asarray(played.cost_cny[wanted.cost][0, :, played.of(name), list(wanted.flows)].sum(axis=0))

    return _saving(known, wanted, cny)


def _saving(known: Known, wanted: Wanted, cny: Callable[[str], Floats]) -> Estimate:
    """Return a saving from CNY by replication."""
    found = ratio_of_sums(cny(wanted.instead_of) - cny(wanted.of), cny(wanted.against))
    return found if known.resolved(wanted.of, wanted.instead_of, wanted.against) else replace(found, resolved=False)


def percent(estimate: Estimate) -> Figures:
    """Return a share as per cent, and whether its interval leaves out nought."""
    return {**figure(scaled(estimate, PERCENT), "%"), "separated": separated(estimate)}
