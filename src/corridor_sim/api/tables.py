"""What happened and what it cost as tables: the stored ones with names for numbers, and times for ticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from corridor_sim.economics.rollup import SUPPLIERS
from corridor_sim.engine.program import MEASURES, NONE, ONE, DepartureState, Ints
from corridor_sim.network.rates import MILLION
from corridor_sim.report.run import Figures, Run
from corridor_sim.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    import pandas as pd

ALTERNATIVE = "alternative"
PRICE = "price"
MOMENT: Final = "datetime64[us]"
LENGTH: Final = "timedelta64[us]"
CONSIGNMENTS = (
    *(ALTERNATIVE, "replication", "consignment", "flow", "ordinal", "released_at", "delivered_at"),
    *("hours", "late_hours", "on_time"),
)
LEDGER = (
    *(ALTERNATIVE, "consignment", "departure", "flow", "route", "step", "origin", "destination", "mode"),
    *("activity", "payer", "payee", "tariff", "quantity", "unit_price", "currency", "tax", "amount", "amount_cny"),
    *("base", "view", "common", "chain", "measured"),
)
OF_STEP = ("route", "step", "origin", "destination", "mode")
VISIT_TIMES = {"ready": "ready_at", "start": "started_at", "end": "ended_at"}
VISITS = (
    *(ALTERNATIVE, "consignment", "seq", "route", "step", "visit", *VISIT_TIMES.values()),
    *("waited_hours", "hours", "resource", "units", "measured"),
)
DEPARTURE_TIMES = {
    "scheduled": "scheduled_at",
    "closed": "closed_at",
    "actual": "departed_at",
    "arrived": "arrived_at",
    "berthed": "berthed_at",
    "left": "unloaded_at",
}
DEPARTURES = (
    *(ALTERNATIVE, "departure", "service", "state", *DEPARTURE_TIMES.values(), "left_behind"),
    *(f"own_{measure}" for measure in MEASURES),
)
BETWEEN = "/"
"""Stands between route and step in the names of the engine, and in no name of a scenario."""


def lines(run: Run) -> pd.DataFrame:
    """Return the sums of the chain's postings by replication."""
    return run.tables["lines"].copy()


def time_cost_distance(run: Run) -> pd.DataFrame:
    """Return the time/cost-distance table."""
    return run.tables["time_cost_distance"].copy()


def time_release(run: Run) -> pd.DataFrame:
    """Return the intervals of customs steps."""
    return run.tables["time_release"].copy()


def consignments(run: Run) -> pd.DataFrame:
    """Return the measured consignments of all replications; those of the first with their number in it."""
    table = run.tables["consignments"].copy()
    numbers = np.full(len(table), NONE)
    for name, measured in _measured(run).items():
        numbers[_first(table, name)] = measured
    table["consignment"] = _numbers(numbers)
    table["delivered_at"] = table["released_at"] + _ticks(table["delivered"] - table["release"])
    table.loc[table["delivered"] == NONE, "delivered_at"] = None
    return table[list(CONSIGNMENTS)]


def ledger(run: Run) -> pd.DataFrame:
    """Return every posting of replication 0, and whether it is a cost of the chain, and of measured cargo."""
    stored, measured = run.tables["ledger_0"], _measured(run)

    def postings(rows: pd.DataFrame, one: Figures) -> pd.DataFrame:
        flow, step, consignment = rows["flow"], rows["step"], rows["consignment"]
        of_flow = (consignment == NONE) & (flow != NONE)
        words = {column: _words([each[column] for each in one["steps"]], step) for column in OF_STEP}
        return rows.assign(
            **words,
            flow=_words(list(one["by_flow"]), flow),
            consignment=_numbers(consignment),
            departure=_numbers(rows["departure"]),
            quantity=rows["quantity"].where(rows["quantity"] != NONE) / ONE,
            unit_price=rows["unit_price"].where(rows["unit_price"] != NONE) / MILLION,
            common=rows["common"] == 1,
            chain=(rows["view"] == PRICE) & ~rows["payer"].isin(SUPPLIERS),
            measured=consignment.isin(measured[one["name"]]) | of_flow,
        )

    return _by_alternative(run, stored, postings)[list(LEDGER)]


def visits(run: Run) -> pd.DataFrame:
    """Return every step that a consignment passed in replication 0."""
    measured = _measured(run)

    def passed(rows: pd.DataFrame, one: Figures) -> pd.DataFrame:
        place = rows["step_name"].str.partition(BETWEEN)
        return rows.assign(
            route=place[0],
            step=place[place.columns[-1]],
            **{name: _moments(run, one, rows[tick]) for tick, name in VISIT_TIMES.items()},
            waited_hours=_hours(rows["start"], rows["ready"]),
            hours=_hours(rows["end"], rows["ready"]),
            resource=_numbers(rows["resource"]),
            measured=rows["consignment"].isin(measured[one["name"]]),
        )

    return _by_alternative(run, run.tables["visits_0"], passed)[list(VISITS)]


def departures(run: Run) -> pd.DataFrame:
    """Return every departure of replication 0."""
    states = [state.name.lower().replace("_", " ") for state in DepartureState]

    def ran(rows: pd.DataFrame, one: Figures) -> pd.DataFrame:
        return rows.assign(
            departure=np.arange(len(rows)),
            service=rows["service_name"],
            state=_words(states, rows["state"]),
            left_behind=_numbers(rows["left_behind"]),
            **{name: _moments(run, one, rows[tick]) for tick, name in DEPARTURE_TIMES.items()},
        )

    return _by_alternative(run, run.tables["departures_0"], ran)[list(DEPARTURES)]


def _by_alternative(
    run: Run, table: pd.DataFrame, told: Callable[[pd.DataFrame, Figures], pd.DataFrame]
) -> pd.DataFrame:
    """Return a table whose numbers are those of each alternative, told in words for one after the other."""
    import pandas as pd

    parts = [told(table[table[ALTERNATIVE] == one["name"]], one) for one in run.alternatives]
    return pd.concat(parts, ignore_index=True)


def _measured(run: Run) -> dict[str, Ints]:
    """Return by alternative the numbers of the measured consignments of replication 0, in their order.

    What is measured depends on the release alone; our own cargo is numbered before that of others, which may be
    released at the same time.
    """
    table, visits = run.tables["consignments"], run.tables["visits_0"]
    released = visits[visits["seq"] == 0]
    found = {}
    for name in run.names:
        at = table.loc[_first(table, name), "release"]
        ours = released[(released[ALTERNATIVE] == name) & released["ready"].isin(at)]
        found[name] = ours["consignment"].to_numpy()[: len(at)]
    return found


def _first(table: pd.DataFrame, name: str) -> pd.Series[bool]:
    """Return which rows are of an alternative's replication 0."""
    return (table[ALTERNATIVE] == name) & (table["replication"] == 0)


def _words(words: Sequence[str], numbers: pd.Series[int]) -> pd.Series[str]:
    """Return words by their place, nothing for NONE."""
    import pandas as pd

    found = np.asarray([*words, ""], dtype=object)[numbers.to_numpy()]
    return pd.Series(found, numbers.index, dtype="str")


def _numbers(numbers: Any) -> Any:
    """Return numbers of rows, missing for NONE."""
    import pandas as pd

    column = pd.Series(numbers).astype("Int64")
    return column.mask(column == NONE)


def _ticks(ticks: pd.Series[int]) -> pd.Series[pd.Timedelta]:
    import pandas as pd

    return pd.to_timedelta(ticks, unit="s").astype(LENGTH)


def _moments(run: Run, one: Figures, ticks: pd.Series[int]) -> pd.Series[pd.Timestamp]:
    """Return ticks as moments in the scenario's time zone, missing for NONE."""
    import pandas as pd

    start = pd.Timestamp(run.scenario(one["name"])["clock"]["start"])
    return (start + _ticks(ticks)).astype(MOMENT).where(ticks != NONE)


def _hours(end: pd.Series[int], begin: pd.Series[int]) -> pd.Series[float]:
    return ((end - begin) / SECONDS_PER_HOUR).where((end != NONE) & (begin != NONE))
