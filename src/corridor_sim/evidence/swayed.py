"""How far a group of inputs decides whether a claim holds: shares of the variance of "it holds" itself.

Shares of the figure's own variance (`information.group_indices`) say where its doubt comes from; a claim that holds
by far is not swayed by it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from corridor_sim.evidence.draws import BOOTSTRAPS, bootstrapped, normal_draws, sobol_points
from corridor_sim.evidence.metamodel import Metamodel
from corridor_sim.evidence.screening import Indices
from corridor_sim.evidence.verdicts import Claimed
from corridor_sim.sampling.law import Floats

POINTS = 4096


def verdict_indices(
    metamodel: Metamodel, claimed: Claimed, coordinates: int, name: str, group: Collection[int], seed: int = 0
) -> Indices:
    """Return the shares of Var [figure inside `claimed`] that a group causes by itself, and with any other input.

    `coordinates` of the design. Two draws of the inputs share the group, or all but the group (Sobol's pick and
    freeze); misfit goes with what is not in the group. Both shares are 0 where the claim holds everywhere or nowhere.
    """
    used = np.array(metamodel.coordinates, np.int64)
    pair = np.full((1 + 1, POINTS, coordinates), 1 / 2)
    if len(used):
        drawn = sobol_points((1 + 1) * len(used), POINTS, seed)
        pair[:, :, used] = drawn[:, : len(used)], drawn[:, len(used) :]
    one, other = pair
    members = np.zeros(coordinates, bool)
    members[list(group)] = True
    refits = metamodel.refits(BOOTSTRAPS, seed)
    coefficients = np.vstack([metamodel.coefficients, refits.coefficients]).T
    deviation = np.sqrt(np.append(metamodel.misfit, refits.misfit))

    def holds(points: Floats, misfit: str) -> Floats:
        lots = normal_draws(POINTS, f"verdict {misfit}", seed)
        figures = metamodel.features(points) @ coefficients + lots[:, None] * deviation
        return np.asarray((figures >= claimed.low) & (figures <= claimed.high), np.float64)

    first_world = holds(one, "one")
    same_group = _shared(first_world, holds(np.where(members, one, other), "other"), 0.0)
    same_rest = _shared(first_world, holds(np.where(members, other, one), "one"), 1.0)
    return Indices(
        name,
        bootstrapped(float(same_group[0]), same_group[1:], metamodel.points, 0.0, 1.0),
        bootstrapped(float(1 - same_rest[0]), 1 - same_rest[1:], metamodel.points, 0.0, 1.0),
    )


def _shared(one: Floats, other: Floats, otherwise: float) -> Floats:
    """Return the covariance over the variance of two columns of answers, from 0 to 1; `otherwise` if nothing varies."""
    mean = (one.mean(axis=0) + other.mean(axis=0)) / 2
    variance = mean * (1 - mean)
    covariance = (one * other).mean(axis=0) - mean**2
    shares: Floats = np.divide(covariance, variance, out=np.full_like(variance, otherwise), where=variance > 0)
    return np.clip(shares, 0.0, 1.0)
