"""Medians of many groups at once, and the row of the largest value of each."""

from __future__ import annotations

import numpy as np

from corridor_sim.engine.program import NONE, Ints
from corridor_sim.sampling.law import Floats

HALVES = 2


def medians(groups: int, group: Ints, values: Ints, zeros: Ints | None = None) -> Floats:
    """Return the median of `values` by group, where `zeros` (by group) more are 0; 0 of nothing."""
    if zeros is not None:
        group = np.concatenate((group, np.repeat(np.arange(groups), zeros)))
        values = np.concatenate((values, np.zeros(len(group) - len(values), np.int64)))
    lowest = int(values.min(initial=0))
    room = int(values.max(initial=0)) - lowest + 1
    # one plain sort of (group, value) as one number
    ordered = np.sort(group * room + (values - lowest)) % room + lowest
    count = np.bincount(group, minlength=groups)
    begin = np.cumsum(count) - count
    low, high = begin + np.maximum(count - 1, 0) // HALVES, begin + count // HALVES
    padded = np.append(ordered, 0)
    middle = (padded[np.minimum(low, len(ordered))] + padded[np.minimum(high, len(ordered))]) / HALVES
    return np.where(count > 0, middle, 0.0)


def largest_of_each(owner: Ints, values: Floats) -> Ints:
    """Return for each owner, whose rows stand together, the row of its largest value, the first of equal ones."""
    first = np.flatnonzero(np.diff(owner, prepend=NONE))
    if not len(first):
        return first
    most = np.maximum.reduceat(values, first)
    group = np.repeat(np.arange(len(first)), np.diff(first, append=len(owner)))
    best = np.flatnonzero(values == most[group])
    return best[np.flatnonzero(np.diff(group[best], prepend=NONE))]
