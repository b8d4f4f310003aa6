"""The table of time and cost over distance: how hours and cash add up at the end of each leg and node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from corridor_sim.report.excel.names import Names, code_words
from corridor_sim.report.excel.sheet import Line, Sheet, column, quantity
from corridor_sim.report.words import CNY_PER_BOX, UNITS, Unit

if TYPE_CHECKING:
    import pandas as pd

TABLE = "time_cost_distance"
KM, HOURS, COUNT = Unit("km"), UNITS["h"], Unit("")
WORDS = ("alternative", "route", "step", "kind", "mode", "place")
NUMBERS = {
    "km": KM,
    **dict.fromkeys(("hours_mean", "hours_mean_low", "hours_mean_high"), HOURS),
    **dict.fromkeys(("hours_min", "hours_p5", "hours_p95", "hours_max"), HOURS),
    "consignments": COUNT,
    **dict.fromkeys(("step_cny_per_box", "cny_per_box"), CNY_PER_BOX),
}
"""Columns of numbers, as in time_cost_distance.parquet."""


def distance_sheet(names: Names) -> Sheet | None:
    """Return the whole table, None where a run has none."""
    table = names.run.tables.get(TABLE)
    if table is None or table.empty:
        return None
    columns = [*map(column, WORDS), *(column(name, unit) for name, unit in NUMBERS.items())]
    return Sheet("distance", columns, _lines(names, table), frozen=1 + 1 + 1)


def _lines(names: Names, table: pd.DataFrame) -> Iterator[Line]:
    for row in table.to_dict("records"):
        yield Line(
            [
                names.alternative(row["alternative"]),
                names.thing(row["route"]),
                names.thing(row["step"]),
                code_words("kind", row["kind"]),
                names.thing(row["mode"]),
                names.thing(row["place"]),
                *(quantity(row[name], unit) for name, unit in NUMBERS.items()),
            ]
        )
