"""Which inputs the doubt comes from, and what it would be worth to know them: read off metamodels without any run.

The terms are orthonormal, so that shares of variance are sums of squared coefficients, and the expectation given some
inputs keeps the terms of those inputs alone. A decision takes the alternative with the least expected cost; knowing an
input first avoids a loss wherever another alternative turns out cheaper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.evidence.draws import BOOTSTRAPS, bootstrapped, sobol_points
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.metamodel import Metamodel, fit
from corridor_sim.evidence.polynomials import Basis, evaluated, term_coordinates
from corridor_sim.evidence.responses import Inputs, mean_responses
from corridor_sim.evidence.screening import Indices
from corridor_sim.sampling.law import Floats

POINTS_OF_ONE = 256
POINTS_OF_MANY = 2048
TOP = 5


def sobol_indices(metamodel: Metamodel, names: Sequence[str], seed: int = 0) -> tuple[Indices, ...]:
    """Return the indices of the coordinates that occur in the metamodel, the largest total first.

    Shares of the whole doubt, what the terms do not explain included; all other coordinates have none to speak of.
    """
    squares = _squares(metamodel, seed)
    found = [
        Indices(
            names[place],
            _share(metamodel, squares, [set(term_coordinates(term)) == {place} for term in metamodel.terms]),
            _share(metamodel, squares, [place in term_coordinates(term) for term in metamodel.terms]),
        )
        for place in metamodel.coordinates
    ]
    return tuple(sorted(found, key=lambda each: -each.total.value))


def group_indices(metamodel: Metamodel, name: str, group: Collection[int], seed: int = 0) -> Indices:
    """Return what coordinates of a group cause together: among themselves (`first`), and with any other (`total`)."""
    squares, members = _squares(metamodel, seed), set(group)
    return Indices(
        name,
        _share(metamodel, squares, [members.issuperset(term_coordinates(term)) for term in metamodel.terms]),
        _share(metamodel, squares, [not members.isdisjoint(term_coordinates(term)) for term in metamodel.terms]),
    )


def unexplained(metamodel: Metamodel, seed: int = 0) -> Estimate:
    """Return the share of the doubt that the terms do not explain and no coordinate can be blamed for."""
    squares = _squares(metamodel, seed)
    explained = _share(metamodel, squares, [True] * len(metamodel.terms))
    low, high = (None if end is None else 1 - end for end in (explained.high, explained.low))
    return Estimate(1 - explained.value, low, high, explained.n, explained.method)


def _squares(metamodel: Metamodel, seed: int) -> Floats:
    """Return variance by term and, last, of the misfit: of the metamodel first, then of its resamples."""
    refits = metamodel.refits(BOOTSTRAPS, seed)
    coefficients = np.vstack([metamodel.coefficients, refits.coefficients])
    return np.column_stack([coefficients[:, 1:] ** 2, np.append(metamodel.misfit, refits.misfit)])


def _share(metamodel: Metamodel, squares: Floats, chosen: Sequence[bool]) -> Estimate:
    total = squares.sum(axis=1)
    part = squares[:, :-1] @ np.asarray(chosen, np.float64).reshape(-1)
    shares = np.divide(part, total, out=np.zeros_like(part), where=total > 0)
    return bootstrapped(float(shares[0]), shares[1:], metamodel.points, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Worth:
    """The loss that knowing an input or a group avoids on average, in the costs' unit such as CNY per TEU."""

    name: str
    avoided: Estimate


@dataclass(frozen=True, slots=True)
class Information:
    """What the choice of an alternative costs for want of knowledge.

    `choice`: the alternative with the least expected cost; `everything`: the loss avoided by knowing all inputs
    (EVPI); `inputs` and `groups`: one at a time (EVPPI), most first.
    """

    choice: str
    everything: Worth
    inputs: tuple[Worth, ...]
    groups: tuple[Worth, ...]

    @property
    def top(self) -> tuple[Worth, ...]:
        """The five inputs whose knowledge is worth most."""
        return self.inputs[:TOP]


@dataclass(frozen=True, slots=True, eq=False)
class Dearer:
    """For each alternative a metamodel of its cost minus the first one's, whose own is None."""

    alternatives: tuple[str, ...]
    metamodels: tuple[Metamodel | None, ...]


def fit_differences(inputs: Inputs, costs: Mapping[str, Floats], basis: Basis | None = None, seed: int = 0) -> Dearer:
    """Return metamodels of the costs' differences, which have less noise than the costs as draws are common.

    `costs`: for each alternative float64[points, replications], such as CNY per TEU. Raises ValueError for fewer than
    two.
    """
    if len(costs) <= 1:
        raise ValueError("a decision needs at least two alternatives")
    first, *others = costs
    fitted: list[Metamodel | None] = [None]
    for other in others:
        fitted.append(fit(inputs, mean_responses(np.asarray(costs[other]) - costs[first]), basis, seed))
    return Dearer((first, *others), tuple(fitted))


def value_of_information(
    dearer: Dearer, names: Sequence[str], groups: Mapping[str, Collection[int]] | None = None, seed: int = 0
) -> Information:
    """Return the expected values of perfect and of partial perfect information, with intervals.

    `names` of all coordinates; `groups` of coordinates that would become known together. What the terms do not
    explain cannot be learnt from any input and is left out.
    """
    models = [model for model in dearer.metamodels if model is not None]
    used = sorted({place for model in models for place in model.coordinates})
    coefficients = [_with_resamples(model, seed) for model in models]
    expected = np.stack([np.zeros(len(coefficients[0])), *(table[:, 0] for table in coefficients)])
    blind = expected.min(axis=0)

    def worth(name: str, known: Collection[int], count: int) -> Worth:
        points = np.full((count, len(names)), 1 / 2)
        columns = sorted(set(known) & set(used))
        if columns:
            points[:, columns] = sobol_points(len(columns), count, seed)
        least = np.zeros((count, len(blind)))
        for model, table in zip(models, coefficients, strict=True):
            np.minimum(least, _given(model, table, set(known), points), out=least)
        losses = np.maximum(blind - least.mean(axis=0), 0.0)
        return Worth(name, bootstrapped(float(losses[0]), losses[1:], models[0].points, 0.0))

    ones = [worth(names[place], [place], POINTS_OF_ONE) for place in used]
    several = [worth(name, members, POINTS_OF_MANY) for name, members in (groups or {}).items()]
    return Information(
        choice=dearer.alternatives[int(expected[:, 0].argmin())],
        everything=worth("everything", used, POINTS_OF_MANY),
        inputs=tuple(sorted(ones, key=lambda each: -each.avoided.value)),
        groups=tuple(sorted(several, key=lambda each: -each.avoided.value)),
    )


def _with_resamples(model: Metamodel, seed: int) -> Floats:
    return np.vstack([model.coefficients, model.refits(BOOTSTRAPS, seed).coefficients])


def _given(model: Metamodel, coefficients: Floats, known: set[int], points: Floats) -> Floats:
    """Return the expectation given the known coordinates of `points`: float64[points, resamples]."""
    kept = [number for number, term in enumerate(model.terms) if known.issuperset(term_coordinates(term))]
    values = evaluated(points, [model.terms[number] for number in kept])
    expectation: Floats = coefficients[:, 0] + values @ coefficients[:, [1 + number for number in kept]].T
    return expectation
