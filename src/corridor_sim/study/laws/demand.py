"""The law of no demand: without consignments of the scenario's own nothing is paid but what runs by the timetable.

Every line of the ledger is for a consignment, a load of them, or a flow and its window, but for one kind: what a
departure costs its operator, whether anything is on it or not. So without consignments the ledger holds the cost of
each departure that ran, shared by what others had on it, and of empty ones as nobody's; and no price is paid, no stock
is kept, nothing is emitted. Others' work at facilities stays, it is not costed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from corridor_sim.economics.ledger import VIEWS, Ledger
from corridor_sim.engine.base import DEPARTURES, Trace
from corridor_sim.engine.program import NONE, DepartureState
from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.laws.law import Finding, Judged, Law, as_money
from corridor_sim.study.laws.world import World, world_of
from corridor_sim.study.play import Reader
from corridor_sim.study.simulate import Replication

NAME = "no demand"
SAYS = "without consignments of its own a scenario pays for departures that run, and for nothing else"
"""Whose share of a departure may stand in the ledger then."""
NOT_OURS = ("others", "nobody")


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what alternatives pay for without demand."""
    world = world_of(file, replications)
    found: list[Finding] = []
    for trial in world.trials:
        played = world.play(trial.first, without_demand(trial.first))
        for lowered in trial.alternatives:
            judged = Judged(NAME, lowered.alternative)
            costs = len(lowered.tariffs.departure_costs)
            what = f"{costs} services with a cost of departures" if costs else "no service has a cost of departures"
            found += judged.first_or_kept(_broken(judged, world, lowered, played), what)
    return found


def without_demand(lowered: Lowered) -> InputPlan:
    """Return the plan of an alternative whose own flows release nothing."""
    none = np.zeros(0, np.int64)
    flows = tuple(flow if flow.background else replace(flow, curve=None, fixed=none) for flow in lowered.plan.flows)
    return replace(lowered.plan, flows=flows)


def _broken(judged: Judged, world: World, lowered: Lowered, played: tuple[Replication, ...]) -> Iterator[Finding]:
    reader = world.reader(lowered)
    for each in played:
        own = int((each.inputs.consignments.flow < len(lowered.flow_order)).sum())
        if own:
            yield judged.broken("consignments of own flows", 0, own)
            return
        yield from _paid(judged, lowered, world, reader, each)


def _paid(judged: Judged, lowered: Lowered, world: World, reader: Reader, played: Replication) -> Iterator[Finding]:
    """Yield what is paid without a consignment, and the departures that are not paid for."""
    settled = world.settled(lowered, played, reader)
    measured = [name for name, (top, _) in settled.measured.terms.items() if np.any(top)]
    if measured:
        yield judged.broken("figures", "all of nothing", ", ".join(measured))
    paid = sum(abs(cents) for cents in settled.lines.values())
    if paid:
        yield judged.broken("the price of everything", as_money(0), as_money(paid))
    if settled.whole is None:
        return
    ledger, trace = settled.whole
    fixed = (ledger.columns["view"] == VIEWS.index("resource")) & (ledger.columns["consignment"] == NONE)
    fixed &= np.any([ledger.where(payee=payee) for payee in NOT_OURS], axis=0)
    for row in np.flatnonzero(~fixed)[:1].tolist():
        activity = ledger.words["activity"][ledger.columns["activity"][row]]
        amount = as_money(int(ledger.columns["amount_cny"][row]))
        yield judged.broken("the ledger", "costs of departures only", f"{amount} of {activity}")
    yield from _departures(judged, lowered, ledger, trace)


def _departures(judged: Judged, lowered: Lowered, ledger: Ledger, trace: Trace) -> Iterator[Finding]:
    """Yield the services of which not each departure that ran costs what is stated."""
    service, state = (trace.departures[:, DEPARTURES.index(name)] for name in ("service", "state"))
    for cost in lowered.tariffs.departure_costs:
        number = lowered.program.service_names.index(cost.service)
        ran = int(((service == number) & (state == DepartureState.RAN)).sum())
        found = int(ledger.columns["amount"][ledger.where(tariff=cost.service, view="resource")].sum())
        if found != ran * round(cost.cents):
            yield judged.broken(
                f"{ran} departures of {cost.service}",
                as_money(ran * round(cost.cents), cost.currency),
                as_money(found, cost.currency),
            )


NO_DEMAND = Law(NAME, SAYS, test)
