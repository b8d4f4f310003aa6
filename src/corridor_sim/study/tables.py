"""The tables of a result bundle as DataFrames: documented columns, units in their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridor_sim.engine.base import DEPARTURES, VISITS
from corridor_sim.engine.program import MEASURES, NONE, ONE, Ints
from corridor_sim.study.corridor import distance_rows
from corridor_sim.units import CENTS, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from corridor_sim.study.evaluate import Results


REPLICATIONS = "replications"
TEXT, NUMBER, COUNT = "str", "float64", "int64"
DISTANCE_COLUMNS = {
    **dict.fromkeys(("route", "step", "kind", "mode", "place"), TEXT),
    **dict.fromkeys(("km", "hours_mean", "hours_mean_low", "hours_mean_high"), NUMBER),
    **dict.fromkeys(("hours_min", "hours_p5", "hours_p95", "hours_max"), NUMBER),
    "consignments": COUNT,
    **dict.fromkeys(("step_cny_per_box", "cny_per_box"), NUMBER),
}
RELEASE_FIGURES = ("mean", "p50", "p90")
ESTIMATE_PARTS = {"": "value", "_low": "low", "_high": "high"}
RELEASE_COLUMNS = {
    **dict.fromkeys(("route", "step", "place", "side", "lane", "interval"), TEXT),
    "count": COUNT,
    **{f"hours_{name}{ending}": NUMBER for name in RELEASE_FIGURES for ending in ESTIMATE_PARTS},
}


def result_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return all tables of a bundle.

    consignments  one row per measured consignment of all replications
    lines         CNY per replication, alternative, cost base, activity, tariff: the roll-up of every posting
    replications  numerator and denominator of each figure that is a ratio, by alternative, replication and flow, as
                  those of a sweep; boxes and kg are the denominators of cost_per_box and cost_per_kg
    time_cost_distance  one row at the end of each leg and node (see `corridor.distance_rows`)
    time_release  one row per customs step, lane and interval, hours with their intervals
    ledger_0, visits_0, departures_0  replication 0 of every alternative in full
    """
    return {
        "consignments": _consignments(results),
        "lines": _lines(results),
        REPLICATIONS: _replications(results),
        "time_cost_distance": _distances(results),
        "time_release": _releases(results),
        **_first_replication(results),
    }


def _distances(results: Results) -> pd.DataFrame:
    return _table(
        {name: distance_rows(lowered, results.played[name]) for name, lowered in results.lowered.items()},
        DISTANCE_COLUMNS,
    )


def _releases(results: Results) -> pd.DataFrame:
    """Return the release intervals of the summary, flat."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in results.summary["alternatives"]:
        rows[one["name"]] = []
        for row in one["releases"]:
            flat = {key: value for key, value in row.items() if key not in RELEASE_FIGURES}
            for key in RELEASE_FIGURES:
                flat |= {f"hours_{key}{ending}": row[key][part] for ending, part in ESTIMATE_PARTS.items()}
            rows[one["name"]].append(flat)
    return _table(rows, RELEASE_COLUMNS)


def _table(rows: Mapping[str, Sequence[Mapping[str, Any]]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return rows by alternative as one table, which has its columns even where there is no row."""
    flat = [{"alternative": name, **row} for name, ours in rows.items() for row in ours]
    return pd.DataFrame(flat, columns=["alternative", *columns]).astype({"alternative": TEXT, **columns})


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


def _replications(results: Results) -> pd.DataFrame:
    """Return what every ratio of the summary is made from: enough to compare this run with others."""
    frames = []
    for name, played in results.played.items():
        terms, flows = played[0].measured.terms, results.lowered[name].flow_order
        wide = len(terms) * len(flows)
        sides = [np.concatenate([one.measured.terms[kpi][side] for one in played for kpi in terms]) for side in (0, 1)]
        columns = {
            "alternative": _words(np.zeros(wide * len(played), np.int64), [name]),
            "flow": _words(np.tile(np.arange(len(flows)), len(terms) * len(played)), flows),
            "kpi": _words(np.tile(np.repeat(np.arange(len(terms)), len(flows)), len(played)), list(terms)),
            "replication": np.repeat([one.measured.number for one in played], wide).astype(np.int64),
            "numerator": sides[0],
            "denominator": sides[1],
        }
        frames.append(pd.DataFrame(columns))
    whole = pd.concat(frames, ignore_index=True)
    return whole.astype(dict.fromkeys(("alternative", "flow", "kpi"), "category"))


def _words(places: Ints, words: Sequence[str]) -> pd.Series[str]:
    return pd.Series(pd.Categorical.from_codes(places, categories=pd.Index(list(words))))


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
