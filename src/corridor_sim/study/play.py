"""Plays replications of alternatives and keeps the sums: simulate once per Program, price once per alternative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridor_sim.economics.accounts import Accounts, settle
from corridor_sim.economics.ledger import BASES, COST_BASES, Ledger
from corridor_sim.economics.money import divide_groups
from corridor_sim.economics.rollup import PERSPECTIVES, chosen_rows, divide_among_members
from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.loads import load_sizes
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints
from corridor_sim.metrics.kpis import Books, Replication, measure
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import promised_deliveries
from corridor_sim.sampling.law import Floats
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import REFERENCE
from corridor_sim.study.lanes import lane_numbers
from corridor_sim.study.simulate import simulate
from corridor_sim.study.sums import Views, service_views, step_emissions

BOX, MASS = MEASURES.index("box"), MEASURES.index("mass")
DELIVERED, LEADER = OUTCOMES.index("delivered"), OUTCOMES.index("leader")
AFTER, BEFORE = "after", "before"
CNY = "amount_cny"
Line = tuple[str, str, str, bool]
"""(cost base, activity, tariff, common) of a sum of cents."""


@dataclass(frozen=True)
class Played:
    """One replication of one alternative: its figures, sums of the chain's postings, and its consignments.

    `lines`: CNY cents of measured consignments by Line; `step_cents`: cash by row of Lowered.steps;
    `step_kg`: kg CO2e by row of Lowered.steps; `views`: price and resource view by service with a cost of departures;
    `boxes`, `kg` and value in CNY cents of measured consignments; the arrays are by consignment of own flows.
    """

    measured: Replication
    lines: Mapping[Line, int]
    step_cents: Ints
    step_kg: Floats | None
    views: Mapping[str, Views]
    boxes: float
    kg: float
    value_cents: int
    flow: Ints
    ordinal: Ints
    release: Ints
    delivered: Ints
    leader: Ints
    counted: Ints
    trace_digest: str
    ledger_digest: str
    remarks: tuple[str, ...]
    whole: tuple[Ledger, Trace] | None
    """Ledger and Trace of replication 0, which the bundle keeps in full; None of the others."""


def play(
    alternatives: Sequence[Lowered],
    counts: Sequence[int],
    replications: range,
    seed: int,
    noise: bool = True,
    lanes: Mapping[str, str] | None = None,
    engine: str = REFERENCE,
) -> list[list[Played]]:
    """Return for each alternative those of its first `counts` replications that are in `replications`.

    All alternatives must have the same Program and plan. `engine`: see `engines`.
    """
    first = alternatives[0]
    chosen = lane_numbers(first.program, lanes or {})
    calm = draw_inputs(first.program, first.plan, seed, 0, noise=False, lanes=chosen)
    played: list[list[Played]] = [[] for _ in alternatives]
    for made in simulate(first, replications, seed, noise, chosen, engine):
        promised = promised_deliveries(first.program, calm, made.inputs.consignments)
        for place, (lowered, count) in enumerate(zip(alternatives, counts, strict=True)):
            if made.inputs.replication < count:
                played[place].append(settle_one(lowered, made.inputs, made.trace, promised))
    return played


def settle_one(lowered: Lowered, inputs: Inputs, trace: Trace, promised: Ints) -> Played:
    """Price and measure one Trace."""
    accounts = settle(lowered, inputs, trace, promised)
    shared = by_consignment(divide_among_members(accounts.ledger, lowered, inputs, trace, (CNY,)), inputs, lowered)
    books = _books(lowered, inputs, trace, accounts, shared)
    people, program = inputs.consignments, lowered.program
    own = people.flow < len(lowered.flow_order)
    counted = own & (people.release >= program.window_from) & (people.release < program.window_to)
    rows = counted[np.maximum(shared.columns["consignment"], 0)] & (shared.columns["consignment"] != NONE)
    return Played(
        measured=measure(lowered, inputs, trace, promised, books),
        lines=_lines(shared, rows),
        step_cents=_step_cents(lowered, shared, rows),
        step_kg=step_emissions(lowered, accounts, counted[own]),
        views=service_views(lowered, accounts.ledger, trace),
        boxes=float(books.boxes[counted].sum()),
        kg=float(books.mass[counted].sum()),
        value_cents=int(accounts.value_cny_cents[counted[own]].sum()),
        flow=people.flow[own],
        ordinal=people.ordinal[own],
        release=people.release[own],
        delivered=trace.outcomes[own, DELIVERED],
        leader=trace.outcomes[own, LEADER],
        counted=counted[own].astype(np.int64),
        trace_digest=trace.digest(),
        ledger_digest=digest_of(accounts.ledger),
        remarks=accounts.remarks,
        whole=None if inputs.replication else (accounts.ledger, trace),
    )


def by_consignment(ledger: Ledger, inputs: Inputs, lowered: Lowered) -> Ledger:
    """Return the ledger with postings on a whole flow, such as safety stock, divided among its measured consignments.

    They are divided by mass, to the cent.
    """
    people, program = inputs.consignments, lowered.program
    whole = (ledger.columns["consignment"] == NONE) & (ledger.columns["flow"] != NONE)
    if not whole.any():
        return ledger
    measured = (people.release >= program.window_from) & (people.release < program.window_to)
    pieces = {name: [values[~whole]] for name, values in ledger.columns.items()}
    for row in np.flatnonzero(whole).tolist():
        members = np.flatnonzero(measured & (people.flow == ledger.columns["flow"][row]))
        group = np.zeros(len(members), np.int64)
        for name, values in ledger.columns.items():
            same = np.full(len(members), values[row])
            if name == CNY:
                same = divide_groups(values[[row]], group, people.sizes[members, MASS], people.tie[members])
            pieces[name].append(members if name == "consignment" else same)
    return replace(ledger, columns={name: np.concatenate(parts) for name, parts in pieces.items()})


def cost_key(base: str, perspective: str, subsidy: str) -> str:
    """Return the key of a cost figure in `Books.cents`."""
    return f"{base}/{perspective}/{subsidy}"


def _books(lowered: Lowered, inputs: Inputs, trace: Trace, accounts: Accounts, shared: Ledger) -> Books:
    count = len(inputs.consignments.flow)
    own = len(accounts.value_cny_cents)

    def all_rows(values: Floats) -> Floats:
        return np.concatenate([values, np.zeros(count - own)])

    none_known = np.full(own, np.nan)
    emitted = accounts.emissions_wtw_kg
    return Books(
        cents=_cents_by_consignment(shared, count),
        boxes=box_shares(lowered, inputs, trace),
        mass=inputs.consignments.sizes[:, MASS],
        emissions_kg=all_rows(none_known if emitted is None else emitted.sum(axis=1)),
        remaining_life=all_rows(accounts.remaining_life),
        unsaleable=all_rows(accounts.saleable) == 0,
    )


def _cents_by_consignment(shared: Ledger, count: int) -> dict[str, Ints]:
    consignment = shared.columns["consignment"]
    subsidies = shared.where(activity="subsidy")
    cents: dict[str, Ints] = {}
    for base in COST_BASES:
        for perspective in PERSPECTIVES:
            rows = chosen_rows(shared, base, perspective=perspective) & (consignment != NONE)
            after = _summed(shared, rows, count)
            before = _summed(shared, rows & ~subsidies, count) if subsidies.any() else after
            cents |= {cost_key(base, perspective, AFTER): after, cost_key(base, perspective, BEFORE): before}
    return cents


def _summed(shared: Ledger, rows: np.ndarray[tuple[int], np.dtype[np.bool_]], count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, shared.columns["consignment"][rows], shared.columns[CNY][rows])
    return total


def box_shares(lowered: Lowered, inputs: Inputs, trace: Trace) -> Ints:
    """Return each consignment's share of its load's boxes by mass, in thousandths of a box (rounded down)."""
    leader = trace.outcomes[:, LEADER]
    boxes = load_sizes(lowered.program, inputs, trace)[:, BOX]
    mass = inputs.consignments.sizes[:, MASS]
    load_mass = np.zeros(len(leader), np.int64)
    np.add.at(load_mass, leader, mass)
    return np.asarray(boxes[leader] * mass // np.maximum(load_mass[leader], 1))


def _lines(shared: Ledger, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[Line, int]:
    """Return cents of the chain by line; total logistics cost with carbon has all bases."""
    mask = rows & chosen_rows(shared, "with_carbon")
    names = ("base", "activity", "tariff", "common")
    columns = [shared.columns[name][mask] for name in names]
    shape = [int(column.max(initial=0)) + 1 for column in columns]
    keys, place = np.unique(np.ravel_multi_index(columns, shape), return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, place, shared.columns["amount_cny"][mask])
    codes = zip(*(part.tolist() for part in np.unravel_index(keys, shape)), strict=True)
    return {
        (BASES[base], shared.words["activity"][activity], shared.words["tariff"][tariff], bool(common)): int(total)
        for (base, activity, tariff, common), total in zip(codes, sums, strict=True)
    }


def _step_cents(lowered: Lowered, shared: Ledger, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    mask = rows & chosen_rows(shared, "cash") & (shared.columns["step"] != NONE)
    total = np.zeros(len(lowered.steps), np.int64)
    np.add.at(total, shared.columns["step"][mask], shared.columns["amount_cny"][mask])
    return total
