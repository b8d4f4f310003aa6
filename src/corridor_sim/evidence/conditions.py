"""Under which conditions something holds: at most two questions about the inputs, if they tell it better than none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridor_sim.evidence.draws import uniform_draws
from corridor_sim.sampling.law import Floats

Flags = npt.NDArray[np.bool_]
DEPTH = 2
FOLDS = 8
LEAST_SHARE = 0.02
"""A branch holds at least this share of the points."""
STANDARD_ERRORS = 2.0
"""By so many the rule has to beat the majority at left-out points."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One side of a question: coordinate `name` above or at most `value` (in [0, 1], as the design has it)."""

    name: str
    above: bool
    value: float


@dataclass(frozen=True, slots=True)
class Branch:
    """Points that meet all `conditions`: their `share` of all points, and where it `holds`, the share of them."""

    conditions: tuple[Condition, ...]
    share: float
    holds: float


@dataclass(frozen=True, slots=True)
class Rule:
    """Branches that hold or not, those that hold most first; how often that is right at left-out points.

    `majority` is how often it would be right to say the same everywhere.
    """

    branches: tuple[Branch, ...]
    accuracy: float
    majority: float

    @property
    def holding(self) -> tuple[Branch, ...]:
        """The branches in which it holds more often than not."""
        half = 1 / 2
        return tuple(branch for branch in self.branches if branch.holds > half)


def find_rule(points: Floats, names: Sequence[str], holds: Flags, seed: int = 0) -> Rule | None:
    """Return the rule that separates where something holds, or None where none beats the majority.

    `points`: float64[points, coordinates], best only those that matter (`Metamodel.coordinates`); `holds`:
    bool[points]. Raises ValueError where they do not fit.
    """
    if points.shape != (len(holds), len(names)):
        raise ValueError(f"points {points.shape} do not fit {len(holds)} answers and {len(names)} names")
    always = max(float(holds.mean()), 1 - float(holds.mean()))
    if not names or always > 1 - LEAST_SHARE / 2:
        return None
    fold = np.argsort(uniform_draws(1, len(holds), "rule", seed)[0]) % FOLDS
    right, by_majority = np.empty(len(holds), bool), np.empty(len(holds), bool)
    for number in range(FOLDS):
        out = fold == number
        right[out] = _grown(points[~out], holds[~out], seed).predict(points[out]) == holds[out]
        by_majority[out] = (holds[~out].mean() > 1 / 2) == holds[out]
    gain = right.astype(float) - by_majority
    if gain.mean() <= STANDARD_ERRORS * gain.std() / np.sqrt(len(gain)):
        return None
    tree = _grown(points, holds, seed).tree_
    branches = sorted(_branches(tree, names, 0, ()), key=lambda branch: (-branch.holds, -branch.share))
    return Rule(tuple(branches), float(right.mean()), float(by_majority.mean()))


def _grown(points: Floats, holds: Flags, seed: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=LEAST_SHARE, random_state=seed)
    return tree.fit(points, holds)


def _branches(tree: Any, names: Sequence[str], node: int, so_far: tuple[Condition, ...]) -> list[Branch]:
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left == right:
        counts = tree.value[node][0] / tree.value[node][0].sum()
        share = float(tree.n_node_samples[node] / tree.n_node_samples[0])
        return [Branch(so_far, share, float(counts[1]) if len(counts) > 1 else float(tree.value[0][0][-1] > 0))]
    name, value = names[int(tree.feature[node])], float(tree.threshold[node])
    return [
        branch
        for child, above in ((left, False), (right, True))
        for branch in _branches(tree, names, child, (*so_far, Condition(name, above, value)))
    ]
