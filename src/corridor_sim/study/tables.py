"""The tables of a result bundle as DataFrames: documented columns, units in their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridor_sim.engine.base import DEPARTURES, VISITS
from corridor_sim.engine.program import MEASURES, NONE, ONE
from corridor_sim.units import CENTS, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from corridor_sim.study.evaluate import Results


def result_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return all tables of a bundle.

    consignments  one row per measured consignment of all replications
    lines         CNY per replication, alternative, cost base, activity, tariff: the roll-up of every posting
    ledger_0, visits_0, departures_0  replication 0 of every alternative in full
    """
    return {
        "consignments": _consignments(results),
        "lines": _lines(results),
        **_first_replication(results),
    }


def _consignments(results: Results) -> pd.DataFrame:
    frames = []
    for name, columns in results.samples.items():
        lowered = results.lowered[name]
        frame = pd.DataFrame(dict(columns))
        undelivered = frame["delivered"] == NONE
        hours = ((frame["delivered"] - frame["release"]) / SECONDS_PER_HOUR).where(~undelivered)
        due = {
            number: float(lowered.scenario.flows[flow].due.within.value) / SECONDS_PER_HOUR
            for number, flow in enumerate(lowered.flow_order)
        }
        late = hours - frame["flow"].map(due)
        frame.insert(0, "alternative", name)
        frame["hours"], frame["late_hours"], frame["on_time"] = hours, late, late <= 0
        start = pd.Timestamp(lowered.clock.moment(0)).tz_localize(None)
        frame["released_at"] = start + pd.to_timedelta(frame["release"], unit="s")
        frame["flow"] = np.asarray(lowered.flow_order)[frame["flow"].to_numpy()]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _lines(results: Results) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for name, played in results.played.items():
        for one in played:
            for (base, activity, tariff, common), cents in one.lines.items():
                rows.append(
                    {
                        "alternative": name,
                        "replication": one.measured.number,
                        "base": base,
                        "activity": activity,
                        "tariff": tariff,
                        "common": common,
                        "cny": cents / CENTS,
                    }
                )
    return pd.DataFrame(rows)


def _first_replication(results: Results) -> dict[str, pd.DataFrame]:
    tables: dict[str, list[pd.DataFrame]] = {"ledger_0": [], "visits_0": [], "departures_0": []}
    for name, lowered in results.lowered.items():
        program = lowered.program
        whole = results.played[name][0].whole
        if whole is None:
            continue
        ledger, trace = whole[0].frame(), whole[1]
        ledger[["amount", "amount_cny"]] /= CENTS
        visits = pd.DataFrame(trace.visits, columns=list(VISITS))
        visits["step_name"] = np.asarray(program.step_names)[visits["step"].to_numpy()]
        departures = pd.DataFrame(trace.departures, columns=list(DEPARTURES))
        departures["service_name"] = np.asarray([*program.service_names, ""])[departures["service"].to_numpy()]
        for number, measure in enumerate(MEASURES):
            departures[f"own_{measure}"] = trace.own[:, number] / ONE
        for key, frame in (("ledger_0", ledger), ("visits_0", visits), ("departures_0", departures)):
            frame.insert(0, "alternative", name)
            tables[key].append(frame)
    return {key: pd.concat(frames, ignore_index=True) for key, frames in tables.items()}
