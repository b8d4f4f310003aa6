"""Summary of operations: services and facilities, missed departures, what breaks, views of cost, anomalies."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from corridor_sim.evidence.compare import details
from corridor_sim.evidence.intervals import ratio_of_sums
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.check_tonnage import yearly_lift_kg
from corridor_sim.study.figures import KG_PER_TONNE, ONE_BOX, Figures, figure
from corridor_sim.study.play import Played
from corridor_sim.units import CENTS

MISSED = {"cut-off": "missed_cutoff_hours", "no room": "no_room_hours", "cancelled": "cancelled_hours"}
SHARES = ("utilisation", "load_factor", "own_load_factor")


def missed_figures(played: Sequence[Played]) -> Figures:
    """Return by reason the hours waited per consignment and what they cost at the rate of stock in transit."""
    stock_cny = [
        sum(cents for (_, activity, _, _), cents in one.lines.items() if activity == "stock_in_transit") / CENTS
        for one in played
    ]
    figures: Figures = {}
    for reason, name in MISSED.items():
        hours = [one.measured.terms[name] for one in played]
        transit = [one.measured.terms["transit_mean"][0].sum() for one in played]
        people = [float(below.sum()) for _, below in hours]
        waited = [float(above.sum()) for above, _ in hours]
        cost = [
            stock * lost / total if total and isfinite(total) else 0.0
            for stock, lost, total in zip(stock_cny, waited, transit, strict=True)
        ]
        figures[reason] = {
            "hours": figure(ratio_of_sums(waited, people), "h"),
            "cost": figure(ratio_of_sums(cost, people), "CNY"),
        }
    return figures


def resource_figures(played: Sequence[Played]) -> Figures:
    """Return facilities and services with their figures."""
    tables: dict[str, dict[str, Figures]] = {"service": {}, "facility": {}}
    for name, estimate in details([one.measured for one in played]).items():
        kind, _, rest = name.partition("/")
        if kind in tables:
            thing, _, what = rest.rpartition("/")
            unit = "share" if what in SHARES else "count"
            tables[kind].setdefault(thing, {kind: thing})[what] = figure(estimate, unit)
    return {"services": list(tables["service"].values()), "facilities": list(tables["facility"].values())}


def break_figures(played: Sequence[Played]) -> list[Figures]:
    """Return facilities and services whose queues never empty again, the one that most often breaks first first.

    `share` of replications in which it broke, `first_share` in which it was the first, `day` of the measured window.
    """
    tables: dict[tuple[str, str], Figures] = {}
    for name, estimate in details([one.measured for one in played]).items():
        kind, _, rest = name.partition("/")
        thing, _, what = rest.rpartition("/")
        if what in BREAKS:
            tables.setdefault((kind, thing), {"kind": kind, "name": thing})[what] = figure(estimate, BREAKS[what])
    rows = [row for row in tables.values() if row["broken"]["value"]]
    return sorted(rows, key=lambda row: (-row["broke_first"]["value"], row["broke_after"]["value"], row["name"]))


BREAKS = {"broken": "share", "broke_first": "share", "broke_after": "days"}


def view_figures(played: Sequence[Played]) -> list[Figures]:
    """Return for each service with a cost of departures what our cargo pays a TEU, what it costs, and the gap."""
    rows = []
    for service in sorted(played[0].views):
        views = [one.views[service] for one in played]
        teu = [view.teu / ONE_BOX for view in views]
        whole = [float(view.own + view.others + view.empty) for view in views]
        per_teu = {
            "price": [view.price / CENTS for view in views],
            "resource": [view.own / CENTS for view in views],
            "gap": [(view.price - view.own) / CENTS for view in views],
        }
        shares = {"own_share": "own", "others_share": "others", "empty_share": "empty"}
        rows.append(
            {"service": service}
            | {name: figure(ratio_of_sums(cny, teu), "CNY/TEU") for name, cny in per_teu.items()}
            | {
                name: figure(ratio_of_sums([float(getattr(view, part)) for view in views], whole), "share")
                for name, part in shares.items()
            }
        )
    return rows


def anomaly_figures(lowered: Lowered) -> list[Figures]:
    """Return for each printed figure kept as an anomaly which of its readings the timetable can carry in a year."""
    rows = []
    for name, anomaly in lowered.scenario.anomalies.items():
        lifts = [
            yearly_lift_kg(lowered.scenario, service, lowered.clock, lowered.program.horizon) or 0
            for service in anomaly.services
        ]
        lift = float(sum(lifts)) / KG_PER_TONNE
        readings = {reading: float(mass.value) / KG_PER_TONNE for reading, mass in anomaly.readings.items()}
        rows.append(
            {
                "name": name,
                "statement": dict(anomaly.statement),
                "sources": list(anomaly.source),
                "services": list(anomaly.services),
                "lift_t": lift,
                "readings": [
                    {
                        "reading": reading,
                        "t": tonnes,
                        "of_lift": tonnes / lift if lift else None,
                        "fits": tonnes <= lift,
                    }
                    for reading, tonnes in readings.items()
                ],
            }
        )
    return rows
