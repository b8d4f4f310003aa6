"""Which visits of the Trace each of our consignments travelled through, its own and then those of its loads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridor_sim.engine.base import OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints, Op, Program
from corridor_sim.sampling.law import Floats

Flags = NDArray[np.bool_]

MASS = MEASURES.index("mass")


@dataclass(frozen=True)
class Paths:
    """The visits of our consignments, cut into stretches over which a load stays the same.

    A stretch is a run of visits of one consignment; it ends where a batch is formed, and the load goes on in the
    stretch of the batch's leader.
    By visit: `consignment`, `step` (instruction), `since` and `until` (ticks that belong to it; together they cover
    all time from release to delivery or stop), `started`, `stretch`.
    By stretch: `after` (the one its load goes on in, or NONE), `share` of that one's gross mass, `sizes` (MEASURES,
    thousandths) as they travel.
    By consignment: `first` stretch (NONE if it was never released) and `ended` (delivered, else the stop).
    """

    consignment: Ints
    step: Ints
    since: Ints
    until: Ints
    started: Flags
    stretch: Ints
    after: Ints
    share: Floats
    sizes: Ints
    first: Ints
    ended: Ints

    def walk(self) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Yield (consignments, the stretch each is in, its share of the load there), from their first stretch on."""
        rows = np.flatnonzero(self.first != NONE)
        stretch, share = self.first[rows], np.ones(len(rows))
        while len(rows):
            yield rows, stretch, share
            onward = self.after[stretch] != NONE
            share = (share * self.share[stretch])[onward]
            rows, stretch = rows[onward], self.after[stretch[onward]]


def follow(program: Program, inputs: Inputs, trace: Trace, count: int) -> Paths:
    """Return the paths of the first `count` consignments (ours; the background follows them)."""
    visits = trace.visits[: np.searchsorted(trace.visits[:, VISITS.index("consignment")], count)]
    who, step, ready, start, end, leader = (
        visits[:, VISITS.index(name)] for name in ("consignment", "step", "ready", "start", "end", "resource")
    )
    batch_at = np.array([row.a if row.op is Op.BATCH else NONE for row in program.code], np.int64)
    batch = np.where(end == NONE, NONE, batch_at[step])
    formed = batch != NONE
    head, tail = np.diff(who, prepend=NONE) != 0, np.diff(who, append=NONE) != 0
    opens = head | np.concatenate(([False], formed))[:-1]
    stretch = np.cumsum(opens) - 1
    after = _after(
        stretch, formed, tail, leader == who, (leader * len(program.batches) + batch) * (trace.stop + 1) + end
    )
    sizes = _sizes(program, inputs.consignments.sizes[who[opens]], after, batch[formed], stretch[formed])
    delivered = trace.outcomes[:count, OUTCOMES.index("delivered")]
    release = inputs.consignments.release[:count]
    ended = np.maximum(np.where(delivered == NONE, trace.stop, delivered), release)
    before = np.concatenate(([NONE], end))[:-1]
    since = np.where(head, release[who], np.where(opens, before, ready))
    until = np.where(formed, end, np.where(tail, ended[who], np.append(since, NONE)[1:]))
    first = np.full(count, NONE)
    first[who[head]] = stretch[head]
    return Paths(who, step, since, until, start != NONE, stretch, after, _shares(sizes, after), sizes, first, ended)


def _after(stretch: Ints, formed: Flags, tail: Flags, leads: Flags, event: Ints) -> Ints:
    """Return for each stretch the one its load goes on in; `event` tells one forming of a batch from another."""
    after = np.full(stretch[-1] + 1 if len(stretch) else 0, NONE)
    led = np.flatnonzero(formed & leads)
    led = led[np.argsort(event[led])]
    led_row = led[np.searchsorted(event[led], event[formed])]
    after[stretch[formed]] = np.where(tail[led_row], NONE, stretch[led_row] + 1)
    return after


def _sizes(program: Program, sizes: Ints, after: Ints, batch: Ints, closed: Ints) -> Ints:
    """Return what travels in each stretch, from `sizes` of its consignment; `batch` ended the `closed` ones."""
    joins = np.flatnonzero(after != NONE)
    loads = np.unique(after[joins])
    batch_of = np.full(len(after), NONE)
    batch_of[closed] = batch
    formed_by = np.zeros(len(after), np.int64)
    formed_by[after[joins]] = batch_of[joins]
    fixed = np.array([rule.becomes for rule in program.batches], np.int64).reshape(-1, len(MEASURES))
    becomes = fixed[formed_by[loads]] if len(loads) else fixed[:0]
    while True:
        # a load may join a later load, so sums are carried on until they no longer change
        total = np.zeros_like(sizes)
        np.add.at(total, after[joins], sizes[joins])
        grown = sizes.copy()
        grown[loads] = np.where(becomes == NONE, total[loads], becomes)
        if np.array_equal(grown, sizes):
            return sizes
        sizes = grown


def _shares(sizes: Ints, after: Ints) -> Floats:
    """Return each stretch's share of the load it joins: by gross mass, equal where nothing has a mass."""
    joins = np.flatnonzero(after != NONE)
    into, mass = after[joins], sizes[joins, MASS].astype(np.float64)
    mass[np.bincount(into, mass, len(after))[into] == 0] = 1
    share = np.ones(len(after))
    share[joins] = mass / np.bincount(into, mass, len(after))[into]
    return share
