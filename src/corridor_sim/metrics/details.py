"""Figures of steps, places, facilities and services of one replication, kept as two arrays under shared names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

STEP_FIGURES = ("waiting_hours", "working_hours", "travelling_hours", "hours")
FACILITY_FIGURES = ("utilisation", "mean_queue", "longest_queue")
SERVICE_FIGURES = (
    "own_load_factor",
    "load_factor",
    "ran",
    "cancelled",
    "too_light",
    "held_too_long",
    "left_behind",
)
BREAK_FIGURES = ("broken", "broke_first", "broke_after")


@dataclass(frozen=True)
class Names:
    """Names of figures in the order of reports, and the place of each."""

    names: tuple[str, ...]
    place: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Details(Mapping[str, tuple[float, float]]):
    """Figure -> (numerator, denominator); all replications of an alternative share the names."""

    names: Names
    above: Floats
    below: Floats

    def __getitem__(self, name: str) -> tuple[float, float]:
        place = self.names.place[name]
        return float(self.above[place]), float(self.below[place])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names.names)

    def __len__(self) -> int:
        return len(self.names.names)


def detail_names(lowered: Lowered) -> Names:
    """Return the names of an alternative's figures: steps, places, facilities, services, then what breaks."""
    program = lowered.program
    places = sorted({info.origin for info in lowered.steps if info.origin})
    facilities = [f"facility/{name}" for name in program.facility_names]
    services = [f"service/{name}" for name in program.service_names]
    names = [f"step/{info.route}/{info.name}/{figure}" for info in lowered.steps for figure in STEP_FIGURES]
    names += [f"place/{place}/dwell_hours" for place in places]
    names += [f"{name}/{figure}" for name in facilities for figure in FACILITY_FIGURES]
    names += [f"{name}/{figure}" for name in services for figure in SERVICE_FIGURES]
    names += [f"{name}/{figure}" for name in facilities + services for figure in BREAK_FIGURES]
    return Names(tuple(names), {name: place for place, name in enumerate(names)})
