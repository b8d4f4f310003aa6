"""Plays replications of alternatives and keeps the sums: simulate once per Program, price once per alternative."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from corridor_sim.economics.accounts import Accounts, settle_prepared
from corridor_sim.economics.ledger import Ledger, Sheet
from corridor_sim.economics.passages import Passages
from corridor_sim.economics.prepared import Prepared, prepare_accounts
from corridor_sim.economics.remarks import Remark
from corridor_sim.engine.base import OUTCOMES, Trace
from corridor_sim.engine.program import MEASURES, ONE, Inputs, Ints
from corridor_sim.metrics.kpis import Books, Replication, measure
from corridor_sim.metrics.times import Whole, short
from corridor_sim.metrics.view import View, view_of
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import Promise, Promises, promise
from corridor_sim.sampling.law import Floats
from corridor_sim.study.engines import COMPILED, REFERENCE
from corridor_sim.study.lanes import lane_numbers
from corridor_sim.study.simulate import simulate
from corridor_sim.study.sums import (
    AFTER,
    BEFORE,
    Line,
    Spot,
    Views,
    by_consignment,
    cents_by_consignment,
    cost_key,
    lines_of,
    service_views,
    spots_of,
    step_cents,
    step_emissions,
)
from corridor_sim.units import CENTS

BOX, TEU, MASS = (MEASURES.index(measure) for measure in ("box", "teu", "mass"))
DELIVERED, LEADER = OUTCOMES.index("delivered"), OUTCOMES.index("leader")
__all__ = ["AFTER", "BEFORE", "Line", "Played", "Reader", "cost_key", "play", "settle_one"]


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Played:
    """One replication of one alternative: its figures, sums of the chain's postings, and its consignments.

    `lines`: CNY cents of measured consignments by Line; `spots`: the same by Spot; `step_cents`: cash by row of
    Lowered.steps; `step_kg`: kg CO2e by row of Lowered.steps; `views`: price and resource view by service with a cost
    of departures; `boxes`, `kg` and value in CNY cents of measured consignments; the arrays are by consignment of own
    flows.
    Without details `measured` is all that is said.
    """

    measured: Replication
    lines: Mapping[Line, int] = field(default_factory=dict)
    spots: Mapping[Spot, int] = field(default_factory=dict)
    step_cents: Ints = field(default_factory=_none)
    step_kg: Floats | None = None
    views: Mapping[str, Views] = field(default_factory=dict)
    boxes: float = 0.0
    kg: float = 0.0
    value_cents: int = 0
    flow: Whole = field(default_factory=_none)
    ordinal: Whole = field(default_factory=_none)
    release: Whole = field(default_factory=_none)
    delivered: Whole = field(default_factory=_none)
    leader: Whole = field(default_factory=_none)
    counted: Whole = field(default_factory=_none)
    trace_digest: str = ""
    ledger_digest: str = ""
    remarks: tuple[Remark, ...] = ()
    whole: tuple[Ledger, Trace] | None = None
    """Ledger and Trace of replication 0, which the bundle keeps in full; None of the others."""


@dataclass(frozen=True)
class FlowSums:
    """What the measured cargo of one replication is, float64[own flows] each."""

    consignments: Floats
    teu: Floats
    kg: Floats
    value_cny: Floats


@contextmanager
def without_looking_for_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles while replications are played, and afterwards among all but what is new.

    A replication makes many objects and little rubbish: looking through them costs a quarter of the time.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
        gc.unfreeze()


@dataclass(frozen=True)
class Reader:
    """An alternative, ready to be priced and measured many times; nothing in it changes while it is used."""

    money: Prepared
    view: View
    promise: Promise | Promises

    @staticmethod
    def of(lowered: Lowered, plan: Promise | Promises, fast: bool = False) -> Reader:
        """Return the alternative, ready to be read; `plan` is the promise of its Program.

        `fast`: compiled loops read it, which gives the same; they must be compiled (see `engines`).
        """
        money = prepare_accounts(lowered, fast)
        return Reader(money, view_of(lowered, money.instructions, fast), plan)

    def promised_all(self, replications: Sequence[Inputs]) -> list[Ints]:
        """Return `promised` for each of some replications."""
        if isinstance(self.promise, Promises):
            return self.promise.of_all([inputs.consignments for inputs in replications])
        return [self.promised(inputs) for inputs in replications]

    def promised(self, inputs: Inputs) -> Ints:
        """Return when each consignment was promised to be delivered."""
        return self.promise.deliveries(inputs.consignments)


def readers_of(
    alternatives: Sequence[Lowered],
    seed: int,
    lanes: Mapping[str, str] | None = None,
    engine: str = REFERENCE,
    few: bool = False,
) -> tuple[Reader, ...]:
    """Return alternatives of the same Program, ready to be read; `lanes` and `engine` as of `play`.

    `few`: they will be read a few times only, so that less is worked out ahead; they say the same.
    """
    first = alternatives[0]
    calm = draw_inputs(first.program, first.plan, seed, 0, noise=False, lanes=lane_numbers(first.program, lanes or {}))
    plan = Promises(first.program, calm) if few else promise(first.program, calm)
    return tuple(Reader.of(lowered, plan, engine == COMPILED) for lowered in alternatives)


def play(
    alternatives: Sequence[Lowered],
    counts: Sequence[int],
    replications: range,
    seed: int,
    noise: bool = True,
    lanes: Mapping[str, str] | None = None,
    engine: str = REFERENCE,
    *,
    readers: Sequence[Reader] | None = None,
    details: bool | Sequence[bool] = True,
) -> list[list[Played]]:
    """Return for each alternative those of its first `counts` replications that are in `replications`.

    All alternatives must have the same Program and plan. `readers` (see `readers_of`) can be made once for many calls;
    `engine`: see `engines`; `details` as of `settle_one`, for all alternatives or for each.
    """
    first = alternatives[0]
    chosen = lane_numbers(first.program, lanes or {})
    known = readers or readers_of(alternatives, seed, lanes, engine)
    wanted = [details] * len(known) if isinstance(details, bool) else details
    played: list[list[Played]] = [[] for _ in alternatives]
    for made in simulate(first, replications, seed, noise, chosen, engine):
        promised = known[0].promised(made.inputs)
        for place, (reader, count, looked_at) in enumerate(zip(known, counts, wanted, strict=True)):
            if made.inputs.replication < count:
                played[place].append(settle_one(reader, made.inputs, made.trace, promised, looked_at))
    return played


def settle_one(reader: Reader, inputs: Inputs, trace: Trace, promised: Ints, details: bool = True) -> Played:
    """Price and measure one Trace; `details` as of `measure`, and with them replication 0 is kept in full.

    Without them nothing is worked out but `Played.measured`, which is all that a sweep keeps.
    """
    lowered = reader.money.lowered
    accounts, sheet, shared, books = _accounted(reader, inputs, trace, promised)
    measured = measure(reader.view, inputs, trace, promised, books, details)
    if not details:
        return Played(measured)
    people, program = inputs.consignments, lowered.program
    own = people.flow < len(lowered.flow_order)
    counted = own & (people.release >= program.window_from) & (people.release < program.window_to)
    # what is of no consignment finds the last place, which is of none
    rows = np.append(counted, False)[shared.consignment]
    lines, by_step = lines_of(shared, rows), step_cents(lowered, shared, rows)
    views = service_views(lowered, sheet, trace)
    return Played(
        measured=measured,
        lines=lines,
        spots=spots_of(lowered, shared, rows),
        step_cents=by_step,
        step_kg=step_emissions(accounts, counted[own]),
        views=views,
        boxes=float(books.boxes[counted].sum()),
        kg=float(books.mass[counted].sum()),
        value_cents=int(accounts.value_cny_cents[counted[own]].sum()),
        flow=short(people.flow[own]),
        ordinal=short(people.ordinal[own]),
        release=short(people.release[own]),
        delivered=short(trace.outcomes[own, DELIVERED]),
        leader=short(trace.outcomes[own, LEADER]),
        counted=short(counted[own]),
        trace_digest=trace.digest(),
        ledger_digest=_sums_digest(books, lines, by_step, views),
        remarks=accounts.remarks,
        whole=None if inputs.replication else (accounts.ledger, trace),
    )


def settle_flows(reader: Reader, inputs: Inputs, trace: Trace, promised: Ints) -> tuple[Replication, FlowSums]:
    """Price and measure one Trace without details, and return also what its measured cargo is."""
    accounts, _, _, books = _accounted(reader, inputs, trace, promised)
    people, lowered = inputs.consignments, reader.money.lowered
    flows, program = len(lowered.flow_order), lowered.program
    counted = (people.flow < flows) & (people.release >= program.window_from) & (people.release < program.window_to)
    rows = np.flatnonzero(counted)

    def by_flow(values: Floats | Ints) -> Floats:
        return np.bincount(people.flow[rows], values, flows).astype(np.float64)

    sums = FlowSums(
        consignments=by_flow(np.ones(len(rows))),
        teu=by_flow(people.sizes[rows, TEU] / ONE),
        kg=by_flow(people.sizes[rows, MASS] / ONE),
        value_cny=by_flow(accounts.value_cny_cents[rows] / CENTS),
    )
    return measure(reader.view, inputs, trace, promised, books, details=False), sums


def _accounted(reader: Reader, inputs: Inputs, trace: Trace, promised: Ints) -> tuple[Accounts, Sheet, Sheet, Books]:
    """Return the accounts of one Trace, its postings as they are and divided among consignments, and its books."""
    accounts = settle_prepared(reader.money, inputs, trace, promised)
    sheet = accounts.postings.sheet()
    shared = by_consignment(accounts.divided(sheet), inputs, reader.money.lowered)
    return accounts, sheet, shared, _books(inputs, accounts, shared, box_shares(accounts.passages))


def _sums_digest(books: Books, lines: Mapping[Line, int], by_step: Ints, views: Mapping[str, Views]) -> str:
    """Return the SHA-256 of all sums of cents; it does not depend on whether a ledger is kept."""
    total = sha256(repr((list(books.cents), list(lines.items()), sorted(views.items()))).encode())
    for cents in (*{id(each): each for each in books.cents.values()}.values(), by_step):
        total.update(np.ascontiguousarray(cents, dtype="<i8").tobytes())
    return total.hexdigest()


def _books(inputs: Inputs, accounts: Accounts, shared: Sheet, boxes: Ints) -> Books:
    count, own = len(inputs.consignments.flow), len(accounts.value_cny_cents)

    def all_rows(values: Floats) -> Floats:
        return np.concatenate([values, np.zeros(count - own)])

    emitted = accounts.emissions_wtw_kg
    return Books(
        cents=cents_by_consignment(shared, count, accounts.prepared.fast),
        boxes=boxes,
        mass=inputs.consignments.sizes[:, MASS],
        emissions_kg=all_rows(np.full(own, np.nan) if emitted is None else emitted.sum(axis=1)),
        remaining_life=all_rows(accounts.remaining_life),
        unsaleable=all_rows(accounts.saleable) == 0,
    )


def box_shares(passages: Passages) -> Ints:
    """Return each consignment's share of its load's boxes by mass, in thousandths of a box (rounded down)."""
    leader, mass = passages.outcome("leader"), passages.inputs.consignments.sizes[:, MASS]
    if not len(passages.members):
        return np.where(mass > 0, passages.things[: len(mass), BOX], 0)
    boxes = passages.things[passages.held_last(), BOX]
    load_mass = np.zeros(len(leader), np.int64)
    np.add.at(load_mass, leader, mass)
    return np.asarray(boxes[leader] * mass // np.maximum(load_mass[leader], 1))
