"""The figure that a sensitivity is about: what an alternative saves, or how a KPI of it differs, at played points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from corridor_sim.errors import InputError
from corridor_sim.evidence.intervals import Estimate, weighted_sum_of_ratios
from corridor_sim.metrics.kpis import KPIS, kpi_of
from corridor_sim.reading.located import printable, suggestion
from corridor_sim.sampling.law import Floats
from corridor_sim.study.doubt import PlayedPoints
from corridor_sim.study.doubt_points import TERMS, CostKey
from corridor_sim.study.play import AFTER, cost_key
from corridor_sim.study.summary import PERCENT
from corridor_sim.study.targets import SAVING, Sides

Term = tuple[float, Floats, Floats]
"""Weight, numerators and denominators by replication of a ratio of sums."""
NOT_DELIVERED = "not available: something is not delivered, or there is nothing to count"


@dataclass(frozen=True)
class Response:
    """The saving of `sides.of` against `sides.against` in per cent, or the difference of a KPI."""

    sides: Sides
    kpi: str = ""

    @property
    def name(self) -> str:
        """Its name, "saving" or the KPI's."""
        return self.kpi or SAVING

    @property
    def unit(self) -> str:
        """Its unit."""
        return kpi_of(self.kpi).unit if self.kpi else "%"

    @property
    def costs(self) -> tuple[CostKey, ...]:
        """The costs that have to be kept for it."""
        return () if self.kpi else (cost_key(self.sides.cost_base, self.sides.perspective, AFTER),)

    @property
    def figures(self) -> tuple[str, ...]:
        """The KPIs that have to be kept for it."""
        return (self.kpi,) if self.kpi else ()

    def at(self, played: PlayedPoints, point: int) -> Estimate:
        """Return the figure at a point."""
        return self._told(played, self._terms(played, point), point)

    def change(self, played: PlayedPoints, before: int, after: int) -> Estimate:
        """Return by how much it is more at one point than at another; their draws are the same, so they are paired."""
        back = [(-weight, top, bottom) for weight, top, bottom in self._terms(played, before)]
        return self._told(played, [*self._terms(played, after), *back], before, after)

    def _told(self, played: PlayedPoints, terms: list[Term], *points: int) -> Estimate:
        found = weighted_sum_of_ratios(terms)
        wrong = [played.wrong[point] for point in points if point in played.wrong]
        if wrong:
            return replace(found, method=f"not available: it cannot run there: {wrong[0]}")
        return found if isfinite(found.value) else replace(found, method=NOT_DELIVERED)

    def _terms(self, played: PlayedPoints, point: int) -> list[Term]:
        sides = self.sides
        flows = [played.flows.index(name) for name in sides.scope or played.flows]

        def summed(table: Floats, name: str) -> Floats:
            amounts: Floats = table[point, :, played.of(name), flows].sum(axis=0)
            return amounts

        if self.kpi:
            top, bottom = played.figures[self.kpi]
            pairs = ((1.0, sides.of), (-1.0, sides.against))
            return [(sign, summed(top, name), summed(bottom, name)) for sign, name in pairs]
        (cost,) = self.costs
        theirs, ours = (summed(played.cost_cny[cost], name) for name in (sides.against, sides.of))
        return [(float(PERCENT), theirs - ours, theirs)]


def response_of(sides: Sides, kpi: str | None) -> Response:
    """Return what is asked for. Raises InputError for a KPI that is not kept, and where nothing differs."""
    if sides.of == sides.against:
        raise InputError(f"--of {printable(sides.of)}: it is the baseline or --against itself; give another")
    if kpi is None or kpi == SAVING:
        return Response(sides)
    if kpi not in TERMS:
        known = ", ".join((SAVING, *TERMS))
        pooled = kpi in [each.name for each in KPIS]
        reason = "not for a sensitivity, which keeps sums" if pooled else f"no such figure{suggestion(kpi, TERMS)}"
        raise InputError(f"--kpi {printable(kpi)}: {reason}; expected one of {known}")
    return Response(sides, kpi)
