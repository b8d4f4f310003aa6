"""Where consignments wait and how many: queues of facilities, boxes being filled, cargo waiting for a departure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.program import NONE
from corridor_sim.report.charts.moments import Span
from corridor_sim.report.charts.string_rows import rows_of
from corridor_sim.report.run import Run
from corridor_sim.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FACILITY, SERVICE, STEP = "facility", "service", "step"
KEYS = {"at": FACILITY, "inspect_at": FACILITY, "seize": FACILITY, "board": SERVICE, "batch": STEP}
"""Entry of a step of the scenario -> what is waited for there; a batch is waited for at the step itself."""
OTHERS = "others"
"""Step of cargo that is not ours and only fills facilities (see `network.lower`)."""
VISIT_COLUMNS = ("step_name", "ready", "start", "end", "resource", "units")
MOST_PLACES = 12
MOST_BUCKETS = 400
BUCKETS = tuple(hours * SECONDS_PER_HOUR for hours in (1, 2, 4, 6, 12, 24))
Place = tuple[str, str]
"""Kind (FACILITY, SERVICE, STEP) and name."""


@dataclass(frozen=True)
class Queue:
    """How many wait at a place in each bucket of time from `edges[i]` to `edges[i + 1]`: on average and at most."""

    place: Place
    edges: np.ndarray
    mean: np.ndarray
    most: np.ndarray


def queues_of(run: Run, alternative: str, span: Span) -> tuple[list[Queue], int]:
    """Return the queues of an alternative, the longest on average first, and how many are left out."""
    edges = edges_of(span)
    visits = rows_of(run.tables["visits_0"], alternative, VISIT_COLUMNS)
    found = [Queue(place, edges, *levels(*ends, edges)) for place, ends in _waits(run, alternative, visits, span)]
    met = sorted((queue for queue in found if queue.most.any()), key=lambda queue: (-queue.mean.mean(), queue.place))
    return met[:MOST_PLACES], max(0, len(met) - MOST_PLACES)


def edges_of(span: Span) -> np.ndarray:
    """Return the ends of equal buckets of the measured window: the finest that are not too many."""
    import numpy as np

    whole = span.end - span.begin
    bucket = next((size for size in BUCKETS if whole <= size * MOST_BUCKETS), -(-whole // MOST_BUCKETS))
    return np.arange(span.begin, span.end + bucket, bucket).clip(max=span.end)


def levels(begins: np.ndarray, ends: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many intervals [begin, end) overlap in each bucket between `edges`: on average, and at most at once.

    Who leaves when another comes does not meet it.
    """
    import numpy as np

    begins, ends = np.sort(begins), np.sort(ends)
    since = _ticks_since(begins, edges) - _ticks_since(ends, edges)
    mean = np.diff(since) / np.diff(edges)
    ticks = np.unique(np.concatenate((begins, edges[:-1])))
    ticks = ticks[(ticks >= edges[0]) & (ticks < edges[-1])]
    level = np.searchsorted(begins, ticks, side="right") - np.searchsorted(ends, ticks, side="right")
    most = np.zeros(len(edges) - 1, np.int64)
    np.maximum.at(most, np.searchsorted(edges, ticks, side="right") - 1, level)
    return mean, most


def _ticks_since(moments: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return at each edge the sum of the ticks that have passed since each of the (rising) moments before it."""
    import numpy as np

    count = np.searchsorted(moments, edges)
    total = np.concatenate(([0], np.cumsum(moments)))
    since: np.ndarray = count * edges - total[count]
    return since


Ends = tuple["np.ndarray", "np.ndarray"]


def _waits(run: Run, alternative: str, visits: pd.DataFrame, span: Span) -> Iterator[tuple[Place, Ends]]:
    """Yield each place with when the waits there begin and end; who still waits at the stop waits to the end.

    Which number of the table is which facility is told by our own visits that held units of one for some time.
    """
    import numpy as np

    places = places_of(run.scenario(alternative))
    known = sorted(set(places.values()))
    numbers = {step: known.index(place) for step, place in places.items()}
    at = visits["step_name"].map(numbers).fillna(NONE).to_numpy(np.int64, copy=True)
    ready, start, end, resource, units = (visits[name].to_numpy() for name in VISIT_COLUMNS[1:])
    held = (units > 0) & (end > start) & (at != NONE)
    pairs = {(int(number), int(place)) for number, place in zip(resource[held], at[held], strict=True)}
    facilities = {number: place for number, place in pairs if known[place][0] == FACILITY}
    others = np.flatnonzero((visits["step_name"] == OTHERS).to_numpy())
    at[others] = [facilities.get(int(number), NONE) for number in resource[others]]
    waits = (start == NONE) | (start > ready)
    for number, place in enumerate(known):
        rows = np.flatnonzero(waits & (at == number))
        if len(rows):
            stop = max(span.end, int(ready[rows].max()) + 1)
            yield place, (ready[rows], np.where(start[rows] == NONE, stop, start[rows]))


def places_of(scenario: Mapping[str, Any]) -> dict[str, Place]:
    """Return by "route/step" what is waited for there, of every step of every route, also those within lanes."""
    found: dict[str, Place] = {}
    for route, told in scenario.get("routes", {}).items():
        _add_places(f"{route}/", told.get("steps", {}), found)
    return found


def _add_places(prefix: str, steps: Mapping[str, Any], found: dict[str, Place]) -> None:
    for name, step in steps.items():
        for entry, kind in KEYS.items():
            if step.get(entry):
                found[f"{prefix}{name}"] = (kind, name if kind == STEP else step[entry])
        for lane in (step.get("branch") or {}).values():
            _add_places(prefix, lane.get("steps", {}), found)
