"""Synthetic worlds of evidence, whose truth is known in closed form: designs with noise, and seasons with storms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from corridor_sim.evidence.draws import sobol_points
from corridor_sim.evidence.metamodel import Metamodel, fit
from corridor_sim.evidence.responses import Inputs, Responses, saving_responses

GRADES = ("measured", "assumption", "published", "analogue", "derived")


def inputs_of(coordinates: int, points: int, seed: int) -> Inputs:
    """Return a scrambled Sobol design, grades in turn."""
    names = tuple(f"x{place}" for place in range(coordinates))
    grades = tuple(GRADES[place % len(GRADES)] for place in range(coordinates))
    return Inputs(sobol_points(coordinates, points, seed), names, grades)


@dataclass(frozen=True)
class LinearWorld:
    """Expected saving: mean + sum of weight x (x - 1/2), so nearly normal with known mean and deviation.

    Costs of a replication: theirs lognormal about 100, shared with ours, plus noise of ours alone.
    """

    mean: float
    weights: tuple[float, ...]
    noise: float

    def saving(self, points: np.ndarray) -> np.ndarray:
        return self.mean + (points[:, : len(self.weights)] - 0.5) @ np.array(self.weights)

    def costs(self, points: np.ndarray, replications: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        draws = np.random.default_rng(seed)
        shape = (len(points), replications)
        theirs = 100 * np.exp(0.2 * draws.normal(size=shape))
        ours = theirs * (1 - self.saving(points)[:, None]) + 100 * self.noise * draws.normal(size=shape)
        return ours, theirs

    def responses(self, inputs: Inputs, replications: int, seed: int) -> Responses:
        return saving_responses(*self.costs(inputs.points, replications, seed))

    def metamodel(self, inputs: Inputs, replications: int, seed: int) -> Metamodel:
        return fit(inputs, self.responses(inputs, replications, seed))

    @property
    def variance(self) -> float:
        """Of the expected saving: that of a uniform is 1/12."""
        return sum(weight**2 for weight in self.weights) / 12

    def chance_under(self, bound: float) -> float:
        """By the normal law; with eight alike or more it is off by less than 0.005."""
        return float(norm.cdf((bound - self.mean) / self.variance**0.5))


@dataclass(frozen=True)
class Seasons:
    """Paired costs of whole seasons: `stormy` of them cost `dearer` times as much on both sides, ours less so.

    The season's traffic is common; each side has noise of its own.
    """

    stormy: float
    dearer_theirs: float = 1.6
    dearer_ours: float = 1.3

    @property
    def saving(self) -> float:
        """1 - E ours / E theirs: traffic and noise have mean 1 and are independent of the storm."""
        ours = 93 * (1 + self.stormy * (self.dearer_ours - 1))
        theirs = 100 * (1 + self.stormy * (self.dearer_theirs - 1))
        return 1 - ours / theirs

    def draw(self, worlds: int, seasons: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return ours, theirs, containers and whether there was a storm, each [worlds, seasons]."""
        draws = np.random.default_rng(seed)
        shape = (worlds, seasons)
        traffic = draws.gamma(50, 1 / 50, size=shape)
        storm = draws.random(shape) < self.stormy
        own = [np.exp(0.1 * draws.normal(size=shape) - 0.005) for _ in range(2)]
        ours = 93 * traffic * own[0] * np.where(storm, self.dearer_ours, 1)
        theirs = 100 * traffic * own[1] * np.where(storm, self.dearer_theirs, 1)
        return ours, theirs, traffic, storm
