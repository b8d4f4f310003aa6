"""Which inputs matter, asked of the model itself: Morris screening, Sobol indices (SALib) and a tornado.

Ask and tell: a plan says at which points of the unit cube the figure is wanted, and later takes the answers.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridor_sim.evidence.intervals import CONFIDENCE, Estimate
from corridor_sim.sampling.law import Floats

LEVELS = 4
TRAJECTORIES = 20
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """A coordinate's elementary effects over its whole range, in the figure's unit (Morris 1991, Campolongo 2007).

    `mean_size` of their sizes, with its interval; `mean`, with the sign; `spread`, large where the effect is bent or
    depends on other inputs.
    """

    name: str
    mean_size: Estimate
    mean: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class MorrisPlan:
    """Trajectories that move one coordinate at a time: `points` float64[runs, coordinates]."""

    names: tuple[str, ...]
    points: Floats
    seed: int

    def effects(self, figures: npt.ArrayLike) -> tuple[Effect, ...]:
        """Return the effects, the strongest first, from the `figures` float64[runs] at the points."""
        from SALib.analyze import morris

        found = _asked(
            morris.analyze,
            _problem(self.names),
            self.points,
            _answers(figures, len(self.points)),
            num_levels=LEVELS,
            num_resamples=RESAMPLES,
            conf_level=CONFIDENCE,
            seed=self.seed,
        )
        runs = len(self.points) // (len(self.names) + 1)
        effects = [
            Effect(
                name, _plus_minus(size, half, runs, "Morris, bootstrap over trajectories"), float(mean), float(spread)
            )
            for name, size, half, mean, spread in zip(
                self.names, found["mu_star"], found["mu_star_conf"], found["mu"], found["sigma"], strict=True
            )
        ]
        return tuple(sorted(effects, key=lambda effect: -effect.mean_size.value))


def plan_morris(names: Sequence[str], trajectories: int = TRAJECTORIES, seed: int = 0) -> MorrisPlan:
    """Return a plan of trajectories x (coordinates + 1) runs."""
    from SALib.sample import morris

    points = _asked(morris.sample, _problem(names), trajectories, num_levels=LEVELS, seed=seed)
    return MorrisPlan(tuple(names), np.asarray(points, np.float64), seed)


@dataclass(frozen=True, slots=True)
class Indices:
    """A coordinate's share of the variance: alone (`first`), and with all it takes part in (`total`)."""

    name: str
    first: Estimate
    total: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class SobolPlan:
    """Saltelli's points for Sobol indices: `points` float64[base x (coordinates + 2), coordinates]."""

    names: tuple[str, ...]
    points: Floats
    seed: int

    def indices(self, figures: npt.ArrayLike) -> tuple[Indices, ...]:
        """Return first-order and total indices, the largest total first, from `figures` float64[runs]."""
        from SALib.analyze import sobol

        found = _asked(
            sobol.analyze,
            _problem(self.names),
            _answers(figures, len(self.points)),
            calc_second_order=False,
            num_resamples=RESAMPLES,
            conf_level=CONFIDENCE,
            seed=self.seed,
        )
        runs = len(self.points) // (len(self.names) + 1 + 1)
        method = "Saltelli, bootstrap over points"
        indices = [
            Indices(name, _plus_minus(first, half, runs, method), _plus_minus(total, total_half, runs, method))
            for name, first, half, total, total_half in zip(
                self.names, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True
            )
        ]
        return tuple(sorted(indices, key=lambda each: -each.total.value))


def plan_sobol(names: Sequence[str], base: int, seed: int = 0) -> SobolPlan:
    """Return a plan of `base` x (coordinates + 2) runs. Raises ValueError unless `base` is a power of two."""
    from SALib.sample import sobol

    if base <= 0 or base & (base - 1):
        raise ValueError(f"{base} base points; a power of two is needed")
    points = _asked(sobol.sample, _problem(names), base, calc_second_order=False, seed=seed)
    return SobolPlan(tuple(names), np.asarray(points, np.float64), seed)


@dataclass(frozen=True, slots=True)
class Bar:
    """What the figure is with one input alone at its low and its high end."""

    name: str
    at_low: Estimate
    at_high: Estimate

    @property
    def swing(self) -> float:
        """How far apart the two figures are."""
        return abs(self.at_high.value - self.at_low.value)


@dataclass(frozen=True, slots=True, eq=False)
class TornadoPlan:
    """First the middle of all ranges, then each coordinate at its low and at its high end: `points` float64."""

    names: tuple[str, ...]
    points: Floats

    def bars(self, figures: Sequence[Estimate]) -> tuple[Estimate, tuple[Bar, ...]]:
        """Return the figure in the middle and the bars, the widest first; those without a figure at an end last."""
        if len(figures) != len(self.points):
            raise ValueError(f"{len(figures)} figures for {len(self.points)} points")
        pairs = zip(self.names, figures[1::2], figures[1 + 1 :: 2], strict=True)
        return figures[0], tuple(sorted((Bar(*each) for each in pairs), key=_widest_first))


def _widest_first(bar: Bar) -> tuple[bool, float]:
    return (False, -bar.swing) if np.isfinite(bar.swing) else (True, 0.0)


def plan_tornado(
    names: Sequence[str], low: float = 0.0, high: float = 1.0, middle: npt.ArrayLike = 1 / 2
) -> TornadoPlan:
    """Return a plan of 1 + 2 x coordinates points; `middle` is one number or one for each coordinate (NaN: as stated).

    Raises ValueError unless 0 <= low < high <= 1.
    """
    if not 0 <= low < high <= 1:
        raise ValueError(f"ends {low:g} and {high:g}; needed is 0 <= low < high <= 1")
    count = len(names)
    points = np.tile(np.broadcast_to(np.asarray(middle, np.float64), count), (1 + (1 + 1) * count, 1))
    places = np.arange(count)
    points[1 + (1 + 1) * places, places] = low
    points[(1 + 1) * (places + 1), places] = high
    return TornadoPlan(tuple(names), points)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    if not names or len(set(names)) != len(names):
        raise ValueError("inputs need names, each its own")
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _asked(function: Any, *positions: Any, **options: Any) -> Any:
    """Return what SALib answers; what it warns of concerns its own use of other libraries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*positions, **options)


def _answers(figures: npt.ArrayLike, runs: int) -> Floats:
    answers = np.asarray(figures, np.float64)
    if answers.shape != (runs,) or not np.isfinite(answers).all():
        raise ValueError(f"one finite figure is needed for each of {runs} points")
    return answers


def _plus_minus(value: float, half: float, n: int, method: str) -> Estimate:
    return Estimate(float(value), float(value - half), float(value + half), n, method)
