"""One replication in numbers: sums for ratio estimators, and arrays to be pooled for quantiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Literal

import numpy as np

from corridor_sim.engine.base import CAPACITY, Trace
from corridor_sim.engine.program import NONE, ONE, Cause, Inputs, Ints
from corridor_sim.metrics.breaks import breaks
from corridor_sim.metrics.causes import Lateness, late_because
from corridor_sim.metrics.details import Details
from corridor_sim.metrics.journeys import Journeys, journeys
from corridor_sim.metrics.missed import Misses, departure_tables, misses
from corridor_sim.metrics.releases import PASSAGES, customs_passages
from corridor_sim.metrics.resources import facility_use, service_use
from corridor_sim.metrics.spent import TRAVELLING, WAITING, WORKING, Spent
from corridor_sim.metrics.steps import Spells, customs_ticks, dwell_ticks, elapsed_at_ends, spells, spent_along
from corridor_sim.metrics.times import NEVER, UNPROMISED, Flags, Times, Whole, door_to_door, short
from corridor_sim.metrics.view import View
from corridor_sim.sampling.law import Floats
from corridor_sim.units import CENTS, SECONDS_PER_HOUR

Better = Literal["lower", "higher"]
NO_RELEASES: Whole = np.zeros((0, len(PASSAGES)), np.int64)
Terms = tuple[Floats, Floats]
"""Numerator and denominator of a ratio, by own flow."""
KG_PER_TONNE = 1000


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure as readers know it. `better` None: neither is better in itself; `per` what it is counted by."""

    name: str
    unit: str
    words: str
    better: Better | None
    per: str = "consignment"


KPIS = (
    Kpi("transit_p50", "h", "door-to-door time, half delivered within", "lower"),
    Kpi("transit_p90", "h", "door-to-door time, 90 % delivered within", "lower"),
    Kpi("transit_p95", "h", "door-to-door time, 95 % delivered within", "lower"),
    Kpi("transit_mean", "h", "door-to-door time, mean", "lower"),
    Kpi("transit_sd", "h", "door-to-door time, standard deviation", "lower"),
    Kpi("buffer_index", "share", "buffer index: P95 above the mean, as a share of the mean", "lower"),
    Kpi("planning_time_index", "ratio", "planning time index: P95 over the mean planned time", "lower"),
    Kpi("latest_departure", "h", "leave this long before the wanted delivery to make it in 90 % of cases", "lower"),
    Kpi("on_time", "share", "delivered by the due time", "higher"),
    Kpi("lateness_mean", "h", "later than the timetabled arrival promised at release, mean", "lower"),
    Kpi("lateness_sd", "h", "lateness against the promise, standard deviation", "lower"),
    Kpi("undelivered", "share", "not delivered when the run stopped", "lower"),
    Kpi("customs_hours", "h", "in customs and food control", "lower"),
    Kpi("missed_cutoffs", "count", "departures seen but closed by a cut-off", "lower"),
    Kpi("missed_cutoff_hours", "h", "waited because of missed cut-offs", "lower"),
    Kpi("no_room", "count", "boardings at which a departure ran without it", "lower"),
    Kpi("no_room_hours", "h", "waited because departures had no room", "lower"),
    Kpi("cancelled", "count", "boardings at which a departure did not run", "lower"),
    Kpi("cancelled_hours", "h", "waited because departures did not run", "lower"),
    Kpi("remaining_life_p10", "share", "shelf life left at the market, 90 % have at least", "higher"),
    Kpi("unsaleable", "share", "refused at the market", "lower"),
    Kpi("emissions", "kg CO2e", "greenhouse gas emissions, well to wheel", "lower", "t"),
)
"""Every figure that does not depend on a cost base, in the order of reports."""
COST_PER_BOX, COST_PER_KG = "cost_per_box", "cost_per_kg"
SAVING_PER_BOX, SAVING_PER_KG = "saving_per_box", "saving_per_kg"
COSTS = (
    Kpi(COST_PER_BOX, "CNY", "cost", "lower", "box"),
    Kpi(COST_PER_KG, "CNY", "cost", "lower", "kg"),
    Kpi(SAVING_PER_BOX, "share", "saving against the baseline", "higher", "box"),
    Kpi(SAVING_PER_KG, "share", "saving against the baseline", "higher", "kg"),
)
"""Figures for each cost base and perspective: their names go on with ":" and the key in `Books.cents`."""


def kpi_of(name: str) -> Kpi:
    """Return the Kpi of a figure, such as "on_time" or "cost_per_kg:cash/chain". Raises KeyError."""
    return {kpi.name: kpi for kpi in (*KPIS, *COSTS)}[name.partition(":")[0]]


@dataclass(frozen=True)
class Books:
    """What economics knows, as arrays over all rows of Inputs.consignments (background rows hold 0).

    `cents` by "cost base/perspective": CNY cents; `boxes` thousandths of a box, its share of the load's; `mass`
    thousandths of a kg; `emissions_kg`; `remaining_life` share of shelf life at the market, 0 where undelivered
    and NaN where goods do not decay; `unsaleable` whether refused at the market.
    """

    cents: Mapping[str, Ints]
    boxes: Ints
    mass: Ints
    emissions_kg: Floats
    remaining_life: Floats
    unsaleable: Flags


@dataclass(frozen=True)
class Replication:
    """One replication of one alternative. The first arrays are over its measured consignments.

    `door_to_door` ticks or NONE; `late_due` and `late_promised` ticks (times.NEVER, times.UNPROMISED);
    `remaining_life` empty without Books. `terms`: KPI or cost -> (numerators, denominators) by own flow.
    `details`: figure of a step, place, facility or service -> (numerator, denominator). `elapsed`: (step, ticks)
    for profiles. `releases`: see `releases.PASSAGES`, empty without details. `closures` and `outages`: numbers of
    closures and facilities that were met.
    """

    number: int
    flow: Whole
    door_to_door: Whole
    late_due: Whole
    late_promised: Whole
    remaining_life: Floats
    terms: Mapping[str, Terms]
    details: Mapping[str, tuple[float, float]]
    lateness: Lateness
    elapsed: tuple[Ints, Ints]
    closures: frozenset[int] = field(default=frozenset())
    outages: frozenset[int] = field(default=frozenset())
    releases: Whole = field(default_factory=lambda: NO_RELEASES)


MISSED_TERMS = (
    ("missed_cutoffs", "missed_cutoff_hours"),
    ("no_room", "no_room_hours"),
    ("cancelled", "cancelled_hours"),
)
"""How often and how long, by reason."""
Told = tuple[dict[str, Terms], Mapping[str, tuple[float, float]], Lateness, tuple[Ints, Ints], Whole]
"""Terms, details, lateness, elapsed and releases of a Replication."""
NO_DETAILS: Mapping[str, tuple[float, float]] = {}
NO_ELAPSED: tuple[Ints, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def measure(
    view: View, inputs: Inputs, trace: Trace, promised: Ints, books: Books | None = None, details: bool = True
) -> Replication:
    """Return the Replication of one Trace.

    `promised`: int64[consignments] promised delivery ticks or NONE; `books` what economics adds, where it ran.
    Without `details` nothing is said of steps, places, facilities and services, of causes of lateness and of profiles.
    """
    times = door_to_door(view, inputs, trace, promised)
    books_terms = {} if books is None else _book_terms(view, times, books)
    if view.fast and not details:
        told = _walked(view, inputs, trace, times), NO_DETAILS, _only_late(times), NO_ELAPSED, NO_RELEASES
    else:
        told = _found(view, inputs, trace, times, details)
    terms, figures, lateness, elapsed, releases = told
    window_from = view.lowered.program.window_from
    return Replication(
        inputs.replication,
        short(times.flow),
        short(times.transit),
        short(times.late_due),
        short(times.late_promised),
        books.remaining_life[times.row] if books is not None else np.zeros(0),
        _time_terms(view, times) | terms | books_terms,
        figures,
        lateness,
        elapsed,
        frozenset(number for number, begin, end in inputs.closures if begin < trace.stop and end > window_from),
        frozenset(trace.capacity[trace.capacity[:, CAPACITY.index("cause")] == Cause.FAILURE, 0].tolist()),
        releases,
    )


def _found(view: View, inputs: Inputs, trace: Trace, times: Times, details: bool) -> Told:
    """Return what journeys tell."""
    travelled = journeys(view.instructions.batches, trace, times.row)
    missed = misses(view, inputs, trace)
    spent = spent_along(view, inputs, trace, travelled, missed) if details else None
    stays = spells(view, trace, times, travelled, spent)
    terms = _customs_terms(view, times, customs_ticks(view, stays, len(times.row)))
    terms |= _missed_terms(view, times, travelled, missed, len(trace.visits))
    if spent is None:
        return terms, NO_DETAILS, _only_late(times), NO_ELAPSED, NO_RELEASES
    lateness = late_because(view, inputs, trace, times, travelled, missed, spent)
    releases = short(customs_passages(view, trace, travelled))
    figures = _details(view, inputs, trace, times, stays)
    return terms, figures, lateness, elapsed_at_ends(view, times, stays), releases


def _walked(view: View, inputs: Inputs, trace: Trace, times: Times) -> dict[str, Terms]:
    """Return the terms of `_found` by a compiled loop."""
    from corridor_sim.metrics.loops import walk

    services, departures = departure_tables(view, inputs, trace)
    customs = np.zeros(len(times.row), np.int64)
    missed = np.zeros((len(MISSED_TERMS), 1 + 1, len(view.within)))
    walk(
        np.ascontiguousarray(trace.visits),
        trace.begins,
        times.row,
        times.flow,
        np.where(times.delivered == NONE, trace.stop, times.delivered),
        trace.stop,
        view.instruction_table,
        services,
        departures,
        np.full(view.cutoffs.shape[1], NONE),
        missed,
        customs,
    )
    everyone = _everyone(view, times)
    terms = _customs_terms(view, times, customs)
    for (count, hours), (met, waited) in zip(MISSED_TERMS, missed, strict=True):
        terms[count], terms[hours] = (met, everyone), (waited, everyone)
    return terms


def _only_late(times: Times) -> Lateness:
    """Return how many were late, without the causes."""
    return Lateness({}, int((~times.on_time).sum()))


def _everyone(view: View, times: Times) -> Floats:
    return np.bincount(times.flow, minlength=len(view.within)).astype(np.float64)


def _by_flow(view: View, flow: Ints, values: Floats | Ints | Flags) -> Floats:
    if view.fast:
        from corridor_sim.metrics.loops import add_by_flow

        total = np.zeros(len(view.within))
        add_by_flow(flow, values, total)
        return total
    # of nothing at all bincount makes integers
    return np.bincount(flow, values, len(view.within)).astype(np.float64)


def _time_terms(view: View, times: Times) -> dict[str, Terms]:
    everyone = _everyone(view, times)
    promised = times.late_promised != UNPROMISED
    late = np.where(times.late_promised == NEVER, np.inf, times.late_promised / SECONDS_PER_HOUR)[promised]
    there = times.delivered != NONE
    hours = np.where(there, times.transit / SECONDS_PER_HOUR, np.inf)
    return {
        "transit_mean": (_by_flow(view, times.flow, hours), everyone),
        "on_time": (_by_flow(view, times.flow, times.on_time), everyone),
        "undelivered": (_by_flow(view, times.flow, ~there), everyone),
        "lateness_mean": (_by_flow(view, times.flow[promised], late), _by_flow(view, times.flow, promised)),
    }


def _customs_terms(view: View, times: Times, customs: Ints) -> dict[str, Terms]:
    return {"customs_hours": (_by_flow(view, times.flow, customs / SECONDS_PER_HOUR), _everyone(view, times))}


def _missed_terms(view: View, times: Times, travelled: Journeys, missed: Misses, visits: int) -> dict[str, Terms]:
    """Members of a load missed what its leader missed."""
    place = np.full(visits, NONE)
    place[missed.visit] = np.arange(len(missed.visit))
    found = place[travelled.visit]
    boards = np.flatnonzero(found != NONE)
    flow, rows = times.flow[travelled.owner[boards]], found[boards]
    everyone = _everyone(view, times)
    terms: dict[str, Terms] = {}
    for (count, hours), waited in zip(MISSED_TERMS, (missed.cutoff, missed.no_room, missed.cancelled), strict=True):
        terms[count] = (_by_flow(view, flow, waited[rows] > 0), everyone)
        terms[hours] = (_by_flow(view, flow, waited[rows] / SECONDS_PER_HOUR), everyone)
    return terms


def _book_terms(view: View, times: Times, books: Books) -> dict[str, Terms]:
    boxes = _by_flow(view, times.flow, books.boxes[times.row] / ONE)
    mass_kg = _by_flow(view, times.flow, books.mass[times.row] / ONE)
    decays = ~np.isnan(books.remaining_life[times.row])
    refused = books.unsaleable[times.row] & decays
    terms: dict[str, Terms] = {
        "emissions": (_by_flow(view, times.flow, books.emissions_kg[times.row]), mass_kg / KG_PER_TONNE),
        "unsaleable": (_by_flow(view, times.flow, refused), _by_flow(view, times.flow, decays)),
    }
    known: dict[int, Floats] = {}
    for key, cents in books.cents.items():
        # without subsidies the sums before and after them are the same array
        if id(cents) not in known:
            known[id(cents)] = _by_flow(view, times.flow, cents[times.row]) / CENTS
        # one text each for all replications
        terms[intern(f"{COST_PER_BOX}:{key}")] = (known[id(cents)], boxes)
        terms[intern(f"{COST_PER_KG}:{key}")] = (known[id(cents)], mass_kg)
    return terms


def _details(view: View, inputs: Inputs, trace: Trace, times: Times, stays: Spells) -> Details:
    """Return the figures in the order of `detail_names`."""
    parts = [
        *_step_details(view, times, stays),
        *_resource_details(view, inputs, trace),
        _break_details(view, trace),
    ]
    above, below = (np.concatenate([part[side].ravel() for part in parts]) for side in (0, 1))
    return Details(view.names, above, below)


def _step_details(view: View, times: Times, stays: Spells) -> tuple[Terms, Terms]:
    """Return hours per finished stay in each step, what they were spent on, and hours stood at each place."""
    steps = len(view.main)
    spent = np.zeros((steps, len(Spent)), np.int64)
    np.add.at(spent, stays.step[stays.finished], stays.spent[stays.finished])
    kinds = [spent[:, list(kind)].sum(axis=1) for kind in (WAITING, WORKING, TRAVELLING)]
    hours = np.column_stack((*kinds, spent.sum(axis=1))) / SECONDS_PER_HOUR
    count = np.bincount(stays.step[stays.finished], minlength=steps).astype(np.float64)
    stood = np.array(list(dwell_ticks(view, stays).values()), np.int64) / SECONDS_PER_HOUR
    everyone = np.full(len(stood), float(len(times.row)))
    return (hours, np.repeat(count, hours.shape[1])), (stood, everyone)


def _resource_details(view: View, inputs: Inputs, trace: Trace) -> tuple[Terms, Terms]:
    """Return utilisation and queues by facility, load factors and fates by service."""
    use = facility_use(view, trace)
    span, once = np.full(len(use.busy), use.span), np.ones(len(use.busy))
    run = service_use(view, inputs, trace)
    counts = (run.ran, run.cancelled, run.too_light, run.held, run.left_behind)
    ones = np.ones((len(run.ran), len(counts)))
    return (
        (
            np.column_stack((use.busy, use.queue, use.longest_queue)).astype(np.float64),
            np.column_stack((use.staffed, span, once)).astype(np.float64),
        ),
        (
            np.column_stack((run.own_load, run.full_load, *counts)).astype(np.float64),
            np.column_stack((run.ran, run.ran, ones)).astype(np.float64),
        ),
    )


def _break_details(view: View, trace: Trace) -> Terms:
    """Return whether each facility and service broke, whether as the first, and on which day."""
    found, program = breaks(view, trace), view.lowered.program
    days = {(each.kind, each.name): each.day for each in found}
    first = (found[0].kind, found[0].name) if found else None
    things = [("facility", name) for name in program.facility_names]
    things += [("service", name) for name in program.service_names]
    above = [(float(thing in days), float(thing == first), days.get(thing, 0.0)) for thing in things]
    below = [(1.0, 1.0, float(thing in days)) for thing in things]
    return np.array(above, np.float64), np.array(below, np.float64)
