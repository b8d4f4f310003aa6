"""Orthonormal polynomials on the unit cube: the terms that a metamodel is made of (Legendre, for uniform inputs)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from corridor_sim.sampling.law import Floats

Term = tuple[tuple[int, int], ...]
"""A product of polynomials: (coordinate, degree) of each factor, coordinates rising."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Which terms a metamodel may use.

    Every coordinate alone up to `degree`; the `strongest` coordinates alone up to `strong_degree`, and two of them
    together up to the total degree `pair_degree`. What two inputs do together is thus seen only where each of them also
    does something alone, as prices and quantities do.
    """

    degree: int = 2
    strongest: int = 12
    strong_degree: int = 3
    pair_degree: int = 2

    def first_terms(self, coordinates: int) -> list[Term]:
        """Return the terms of single coordinates that are always looked at, all degrees of one after another."""
        return [((place, degree),) for place in range(coordinates) for degree in range(1, self.degree + 1)]

    def further_terms(self, strong: Sequence[int]) -> list[Term]:
        """Return the terms that only the strongest coordinates (rising) get."""
        alone: list[Term] = [
            ((place, degree),) for place in strong for degree in range(self.degree + 1, self.strong_degree + 1)
        ]
        together: list[Term] = [
            ((one, degree), (other, rest))
            for one, other in combinations(strong, len(("one", "other")))
            for degree in range(1, self.pair_degree)
            for rest in range(1, self.pair_degree - degree + 1)
        ]
        return alone + together


def legendre(points: Floats, degree: int) -> Floats:
    """Return the Legendre polynomials of degrees 0 to `degree` at `points` in [0, 1]: float64[*points, degree + 1].

    Each has mean 0 (but the first, which is 1) and mean square 1 over the unit interval.
    """
    from numpy.polynomial.legendre import legvander

    scale = np.sqrt(np.arange(degree + 1) * (1 + 1) + 1)
    values = legvander((1 + 1) * points - 1, degree) * scale
    return np.asarray(values, np.float64)


def evaluated(points: Floats, terms: Sequence[Term]) -> Floats:
    """Return each term at each of `points` float64[points, coordinates]: float64[points, terms]."""
    used = coordinates_of(terms)
    if not used:
        return np.ones((len(points), len(terms)))
    column = {place: number for number, place in enumerate(used)}
    highest = max(degree for term in terms for _, degree in term)
    alone = legendre(np.ascontiguousarray(points[:, list(used)].T), highest)
    table = np.empty((len(terms), len(points)))
    for row, term in zip(table, terms, strict=True):
        row[:] = np.prod([alone[column[place], :, degree] for place, degree in term], axis=0)
    return table.T


def term_coordinates(term: Term) -> tuple[int, ...]:
    """Return the coordinates of one term."""
    return tuple(place for place, _ in term)


def coordinates_of(terms: Sequence[Term]) -> tuple[int, ...]:
    """Return the coordinates that occur in any of the terms, rising."""
    return tuple(sorted({place for term in terms for place in term_coordinates(term)}))
