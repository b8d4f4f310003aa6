"""What departures of each service carried of our cargo in the first replication, in the measure that fills first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.engine.program import MEASURES
from corridor_sim.report.charts.moments import Span, minutes
from corridor_sim.report.charts.string_rows import NOT_RUN, rows_of
from corridor_sim.report.run import Run
from corridor_sim.units import parse_any

if TYPE_CHECKING:
    import numpy as np

MOST_SERVICES = 12
MOST_DEPARTURES = 1500
SHOW_CAPACITY_WITHIN = 3.0
"""Of our greatest load: a capacity beyond that would flatten the strip, and is told in words only."""
IN_WORDS = {"mass": 1000.0, "volume": 1000.0}
"""Measure -> base units (kg, litres) in the unit it is told in (t, m3)."""
DECIMALS = 2
COLUMNS = ("service_name", "scheduled", "state", "left_behind", *(f"own_{measure}" for measure in MEASURES))


@dataclass(frozen=True)
class Loads:
    """Departures of a service that the picture shows, in minutes, and what they carried of ours in `measure`.

    `teu` is the same load in TEU; `behind` (minute, consignments left for lack of room); `top` of the strip's scale;
    `capacity` None where the scenario states none; `left_out` departures with our cargo beyond the most that are
    shown; `others` what they take, as the scenario states it.
    """

    service: str
    measure: str
    capacity: float | None
    scheduled: list[int]
    load: list[float]
    teu: list[float]
    behind: list[tuple[int, int]]
    not_run: list[int]
    top: float
    left_out: int
    others: str

    @property
    def shows_capacity(self) -> bool:
        """Whether the capacity is within the strip's scale."""
        return self.capacity is not None and self.capacity <= self.top


def loads_of(run: Run, alternative: str, span: Span) -> tuple[list[Loads], int]:
    """Return the services of an alternative that carried anything of ours or left it behind, and how many more did.

    The fullest of ours come first.
    """
    table = rows_of(run.tables["departures_0"], alternative, COLUMNS)
    inside = (table["scheduled"] >= span.begin) & (table["scheduled"] < span.end)
    table = table[inside].sort_values("scheduled", kind="stable")
    services = run.scenario(alternative).get("services", {})
    groups = ((str(name), rows) for name, rows in table.groupby("service_name"))
    found = [
        _loads(name, services.get(name, {}), {column: rows[column].to_numpy() for column in COLUMNS})
        for name, rows in groups
    ]
    met = [loads for loads in found if any(loads.load) or loads.behind]
    ordered = sorted(met, key=lambda loads: (-_share(loads), loads.service))
    return ordered[:MOST_SERVICES], max(0, len(ordered) - MOST_SERVICES)


def _share(loads: Loads) -> float:
    return sum(loads.load) / loads.capacity if loads.capacity else 0.0


def capacities_of(service: Mapping[str, Any]) -> dict[str, float]:
    """Return the capacities of a service by measure, in base units."""
    stated = service.get("capacity") or ()
    found = dict(parse_any(text) for text in ([stated] if isinstance(stated, str) else stated))
    return {measure: float(amount) for measure, amount in found.items() if measure in MEASURES and amount > 0}


def _loads(name: str, service: Mapping[str, Any], rows: Mapping[str, np.ndarray]) -> Loads:
    import numpy as np

    capacities = capacities_of(service)
    shares = {measure: float(rows[f"own_{measure}"].sum()) / amount for measure, amount in capacities.items()}
    measure = max(shares, key=lambda one: shares[one]) if shares else MEASURES[0]
    unit = IN_WORDS.get(measure, 1.0)
    capacity = capacities[measure] / unit if capacities else None
    scheduled = rows["scheduled"]
    carried = np.flatnonzero(rows["own_consignment"] > 0)
    shown = carried[:MOST_DEPARTURES]
    load = [round(float(amount) / unit, DECIMALS) for amount in rows[f"own_{measure}"][shown]]
    left = np.flatnonzero(rows["left_behind"] > 0)[:MOST_DEPARTURES]
    behind = list(zip(minutes(scheduled[left]), rows["left_behind"][left].tolist(), strict=True))
    fallen = np.flatnonzero(np.isin(rows["state"], NOT_RUN))[:MOST_DEPARTURES]
    most = max(load, default=0.0)
    return Loads(
        name,
        measure,
        capacity,
        minutes(scheduled[shown]),
        load,
        [round(float(teu), DECIMALS) for teu in rows[f"own_{MEASURES[0]}"][shown]],
        behind,
        minutes(scheduled[fallen]),
        capacity if capacity is not None and capacity <= SHOW_CAPACITY_WITHIN * most else most,
        len(carried) - len(shown),
        str(service.get("taken_by_others") or "–"),
    )
