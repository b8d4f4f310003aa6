"""A regression metamodel of an expected figure over the inputs' ranges, which leaves the noise of the world out.

A sparse polynomial chaos: terms are picked greedily (orthogonal matching pursuit), their number by left-out folds in
which everything is picked again, the coefficients by least squares. What the left-out points show beyond the noise of
the world is the metamodel's own `misfit`, and counts as doubt in every answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.evidence.draws import BOOTSTRAPS, normal_draws, resampled, uniform_draws
from corridor_sim.evidence.polynomials import Basis, Term, coordinates_of, evaluated
from corridor_sim.evidence.responses import Inputs, Responses
from corridor_sim.sampling.law import Floats
from corridor_sim.sampling.streams import Ints

FOLDS = 8
MOST_TERMS = 120
POINTS_A_TERM = 5
"""At most one term for so many points."""
TINY = 1e-12
"""Share of the responses' variance below which they do not vary."""


@dataclass(frozen=True, slots=True, eq=False)
class Refits:
    """Metamodels of resampled points: `coefficients` float64[resamples, 1 + terms], `misfit` float64[resamples]."""

    coefficients: Floats
    misfit: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Metamodel:
    """An expected figure as a sum of terms, and how well it fits.

    `coefficients` float64[1 + terms], the constant first, drawn together by `slope` so that left-out points lie about
    the predictions; `misfit` variance of the expected figure about its prediction; `r2` share of the responses'
    variance explained at the points, `q2` the same at left-out points with all terms picked again, `q2_terms` by exact
    leave-one-out with these terms; `noise` variance of a response by chance; `points` of the design. `sensitivities`
    float64[1 + terms, points] tells how the coefficients move as a point counts more; `left_out_excess`
    float64[points] is the squared error of each left-out point less its noise; `left_out` float64[points] what is
    predicted there.
    """

    terms: tuple[Term, ...]
    coefficients: Floats
    misfit: float
    slope: float
    r2: float
    q2: float
    q2_terms: float
    noise: float
    points: int
    sensitivities: Floats
    left_out_excess: Floats
    left_out: Floats

    @property
    def variance(self) -> float:
        """Variance of the expected figure over the inputs' ranges, misfit included."""
        return float((self.coefficients[1:] ** 2).sum()) + self.misfit

    @property
    def explained(self) -> float:
        """Share of that variance which the terms explain; NaN where there is none."""
        return 1 - self.misfit / self.variance if self.variance > 0 else float("nan")

    @property
    def coordinates(self) -> tuple[int, ...]:
        """The coordinates that occur in any term."""
        return coordinates_of(self.terms)

    def features(self, points: Floats) -> Floats:
        """Return one and the terms at `points` float64[points, coordinates]: float64[points, 1 + terms]."""
        return np.column_stack([np.ones(len(points)), evaluated(points, self.terms)])

    def predict(self, points: Floats) -> Floats:
        """Return the expected figure at `points` float64[points, coordinates], as far as the terms know it."""
        predicted: Floats = self.features(points) @ self.coefficients
        return predicted

    def refits(self, count: int = BOOTSTRAPS, seed: int = 0) -> Refits:
        """Return `count` metamodels of points drawn again, with these terms, by one Newton step each."""
        picks = resampled(self.points, count, seed)
        weights = np.stack([np.bincount(row, minlength=self.points) for row in picks]).astype(np.float64)
        moved: Floats = self.coefficients + (weights - 1) @ self.sensitivities.T
        misfit = weights @ self.left_out_excess / self.points
        return Refits(moved, np.maximum(misfit, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """The expected figure at each point of a design: best guess float64[points], and the variance that is left."""

    expected: Floats
    uncertainty: float

    def draw(self, purpose: str, seed: int = 0) -> Floats:
        """Return what the expected figure may be at each point; `purpose` keeps the draws of several figures apart."""
        lots = normal_draws(len(self.expected), f"guess {purpose}", seed)
        drawn: Floats = self.expected + np.sqrt(self.uncertainty) * lots
        return drawn


def best_guess(metamodel: Metamodel, responses: Responses) -> Guess:
    """Return the expected figure at the points of the design.

    It is what the metamodel predicts where the point is left out, corrected by the point's own response as far as what
    the metamodel misses outweighs noise: the posterior mean under normal errors (Robbins 1956, empirical Bayes).
    """
    return _corrected(metamodel.left_out, responses)


def guess_by_responses(responses: Responses) -> Guess:
    """Return the expected figure at the points of the design without any metamodel.

    The mean of all points stands in its place: good where noise is small against doubt, and quick.
    """
    return _corrected(np.full(len(responses.values), responses.values.mean()), responses)


def _corrected(predicted: Floats, responses: Responses) -> Guess:
    errors, noise = responses.values - predicted, responses.noise_variance
    misfit = max(float((errors**2 - responses.noise).mean()), 0.0)
    trust = misfit / (misfit + noise) if misfit > 0 else 0.0
    return Guess(predicted + trust * errors, trust * noise)


def fit(inputs: Inputs, responses: Responses, basis: Basis | None = None, seed: int = 0) -> Metamodel:
    """Return the metamodel of `responses` over `inputs`. Raises ValueError where they are not equally many."""
    if len(inputs.points) != len(responses.values):
        raise ValueError(f"{len(responses.values)} responses at {len(inputs.points)} points")
    from threadpoolctl import threadpool_limits

    # These matrices are small: several threads of linear algebra wait for each other more than they work.
    with threadpool_limits(1):
        search = _Search(inputs.points, responses.values, basis or Basis())
        left_out, terms = search.best(seed)
        return _finished(search, responses, left_out, terms)


class _Search:
    """Looks for the terms among all that the basis has."""

    def __init__(self, points: Floats, values: Floats, basis: Basis) -> None:
        self.points, self.values, self.basis = points, values, basis
        self.first = basis.first_terms(points.shape[1])
        self.first_table = evaluated(points, self.first)
        self.most = min(MOST_TERMS, len(points) // POINTS_A_TERM)

    def best(self, seed: int) -> tuple[Floats, list[Term]]:
        """Return the left-out prediction of each point and the terms, as many as predict left-out points best."""
        count = len(self.values)
        if float(self.values.var()) <= TINY * float((self.values**2).mean()):
            return np.full(count, self.values.mean()), []
        fold = np.argsort(uniform_draws(1, count, "folds", seed)[0]) % FOLDS
        left_out = np.empty((count, self.most + 1))
        for number in range(FOLDS):
            rows = fold != number
            table, _ = self.candidates(rows)
            left_out[~rows] = _path_predictions(table, self.values, rows, self.most)
        errors = ((left_out - self.values[:, None]) ** 2).mean(axis=0)
        size = int(errors.argmin())
        everything = np.ones(count, bool)
        table, terms = self.candidates(everything)
        order = _order(_path(table, self.values, self.most)) if size else []
        return left_out[:, size], [terms[place] for place in order[:size]]

    def candidates(self, rows: Floats) -> tuple[Floats, list[Term]]:
        """Return all candidate terms, and their table at all points; the strongest as seen at `rows` only."""
        terms = self.basis.further_terms(self.strongest(rows))
        return np.column_stack([self.first_table, evaluated(self.points, terms)]), self.first + terms

    def strongest(self, rows: Floats) -> list[int]:
        """Return the coordinates whose terms alone explain most, rising."""
        apart = self.values[rows] - self.values[rows].mean()
        strength = ((apart @ self.first_table[rows]) ** 2).reshape(-1, self.basis.degree).sum(axis=1)
        return sorted(np.argsort(-strength, kind="stable")[: self.basis.strongest].tolist())


def _path(table: Floats, values: Floats, most: int) -> Floats:
    """Return least-squares coefficients float64[terms, sizes] of 1, 2 ... terms, picked one after another."""
    from sklearn.linear_model import orthogonal_mp

    centred = table - table.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    norms[norms == 0] = np.inf
    most = min(most, table.shape[1])
    with warnings.catch_warnings():
        # It says so where nothing is left to explain, and stops there, which is right.
        warnings.simplefilter("ignore", RuntimeWarning)
        found = orthogonal_mp(centred / norms, values - values.mean(), n_nonzero_coefs=most, return_path=True)
    scaled: Floats = np.asarray(found).reshape(table.shape[1], -1) / norms[:, None]
    return scaled


def _order(path: Floats) -> list[int]:
    """Return the terms in the order in which they were picked."""
    last = np.flatnonzero(path[:, -1])
    return [int(last[place]) for place in np.argsort((path[last] != 0).argmax(axis=1), kind="stable")]


def _path_predictions(table: Floats, values: Floats, rows: Ints, most: int) -> Floats:
    """Return what 0, 1, 2 ... terms found at `rows` predict elsewhere: float64[others, most + 1]."""
    path = _path(table[rows], values[rows], most)
    active = np.flatnonzero(path[:, -1])
    mean = float(values[rows].mean())
    predicted = mean + (table[~rows][:, active] - table[rows][:, active].mean(axis=0)) @ path[active]
    # A path that ended early stays where it ended.
    missing = np.repeat(predicted[:, -1:], most - predicted.shape[1], axis=1)
    return np.column_stack([np.full(len(predicted), mean), predicted, missing])


def _finished(search: _Search, responses: Responses, left_out: Floats, terms: Sequence[Term]) -> Metamodel:
    """Return the least-squares metamodel with these terms, calibrated on the left-out predictions."""
    values, count = responses.values, len(responses.values)
    features = np.column_stack([np.ones(count), evaluated(search.points, terms)])
    orthogonal, triangle = np.linalg.qr(features)
    coefficients = np.linalg.solve(triangle, orthogonal.T @ values)
    residuals = values - features @ coefficients
    exact = residuals / (1 - (orthogonal**2).sum(axis=1))
    variance, mean = float(values.var()), float(values.mean())
    apart = left_out - left_out.mean()
    spread = float((apart**2).mean())
    slope = min(max(float((apart * (values - mean)).mean()) / spread, 0.0), 1.0) if terms and spread else 1.0
    predicted = mean + slope * apart
    excess = (values - predicted) ** 2 - responses.noise
    pull = np.full(len(coefficients), slope)
    pull[0] = 1.0

    def share(errors: Floats) -> float:
        return 1 - float((errors**2).mean()) / variance if variance > 0 else float("nan")

    return Metamodel(
        terms=tuple(terms),
        coefficients=coefficients * pull,
        misfit=max(float(excess.mean()), 0.0),
        slope=slope,
        r2=share(residuals),
        q2=share(values - left_out),
        q2_terms=share(exact),
        noise=responses.noise_variance,
        points=count,
        sensitivities=pull[:, None] * np.linalg.solve(triangle, orthogonal.T * exact),
        left_out_excess=excess,
        left_out=predicted,
    )
