"""Sums kept of one replication beside its figures: emissions by chain element, and the two views of carriage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from corridor_sim.economics.accounts import Accounts
from corridor_sim.economics.ledger import Ledger
from corridor_sim.engine.base import DEPARTURES, Trace
from corridor_sim.engine.program import MEASURES
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

TEU = MEASURES.index("teu")
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
CNY = "amount_cny"
OWN, OTHERS, EMPTY = "operator", "others", "nobody"


@dataclass(frozen=True)
class Views:
    """A service in the two views of one replication, in CNY cents: what is paid for it and what it costs to run.

    `price` is what our cargo pays for the carriage; `own`, `others` and `empty` divide the cost of its departures by
    their actual loads; `teu` is what it carried of ours, in thousandths.
    """

    price: int
    own: int
    others: int
    empty: int
    teu: int


def step_emissions(lowered: Lowered, accounts: Accounts, counted: Mask) -> Floats | None:
    """Return kg CO2e (well to wheel) of measured consignments by row of Lowered.steps, None if not available."""
    if accounts.emissions_wtw_kg is None:
        return None
    total: Floats = accounts.emissions_wtw_kg[np.flatnonzero(counted)].sum(axis=0)
    return total


def service_views(lowered: Lowered, ledger: Ledger, trace: Trace) -> Mapping[str, Views]:
    """Return the two views of every service whose departures have a stated cost."""
    steps = ledger.columns["step"]
    costed = {cost.service for cost in lowered.tariffs.departure_costs}
    views: dict[str, Views] = {}
    for service in sorted(costed):
        aboard = [number for number, info in enumerate(lowered.steps) if info.service == service]
        price = ledger.where(view="price", base="cash", activity="line_haul") & np.isin(steps, aboard)
        resource = ledger.where(view="resource", tariff=service)
        parts = {word: _cents(ledger, resource & ledger.where(payee=word)) for word in (OWN, OTHERS, EMPTY)}
        table = trace.departures[:, DEPARTURES.index("service")]
        teu = int(trace.own[table == lowered.program.service_names.index(service), TEU].sum())
        views[service] = Views(_cents(ledger, price), parts[OWN], parts[OTHERS], parts[EMPTY], teu)
    return views


def _cents(ledger: Ledger, rows: Mask) -> int:
    return int(ledger.columns[CNY][rows].sum())
