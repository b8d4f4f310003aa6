"""Where a steady run has settled: MSER on batch means (White 1997), which trades bias against width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.sampling.law import Floats

LEAST_BATCHES = 20
ALWAYS_LEFT = 4
"""One in so many batches, the last ones, is never cut off: a few neighbours at the end are alike by chance."""


@dataclass(frozen=True)
class Truncation:
    """How many batches to remove, of how many, and the MSER statistic if one removes 0, 1, 2 ... of them."""

    removed: int
    batches: int
    statistic: Floats

    @property
    def too_late(self) -> bool:
        """Whether more than half of the run would go: then it is too short, or never settles."""
        return self.removed > self.batches / 2


def mser(means: Sequence[float] | Floats) -> Truncation:
    """Return the truncation with the least squared standard error of the mean of what is left.

    `means`: batch means, here whole weeks averaged over replications. Raises ValueError for fewer than LEAST_BATCHES
    or for any that is not finite.
    """
    values = np.asarray(means, np.float64)
    if len(values) < LEAST_BATCHES:
        raise ValueError(f"{len(values)} batches; at least {LEAST_BATCHES} are needed")
    if not np.isfinite(values).all():
        raise ValueError("a batch has no finite mean")
    left = [values[cut:] for cut in range(len(values) - len(values) // ALWAYS_LEFT + 1)]
    statistic = np.array([((part - part.mean()) ** 2).sum() / len(part) ** 2 for part in left])
    return Truncation(int(statistic.argmin()), len(values), statistic)
