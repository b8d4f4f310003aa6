"""Sums of cents and emissions that are kept of one replication: by consignment, line, step and view of carriage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from corridor_sim.economics.accounts import Accounts
from corridor_sim.economics.ledger import BASES, COST_BASES, SUMMED, Sheet
from corridor_sim.economics.money import divide_groups
from corridor_sim.economics.rollup import PERSPECTIVES, chosen_rows
from corridor_sim.engine.base import DEPARTURES, Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs, Ints
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats

TEU, MASS = MEASURES.index("teu"), MEASURES.index("mass")
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
AFTER, BEFORE = "after", "before"
Line = tuple[str, str, str, bool]
"""(cost base, activity, tariff, common) of a sum of cents."""
Spot = tuple[str, str, int]
"""(cost base, activity, row of Lowered.steps or NONE) of a sum of cents."""
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
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


def step_emissions(accounts: Accounts, counted: Mask) -> Floats | None:
    """Return kg CO2e (well to wheel) of measured consignments by row of Lowered.steps, None if not available."""
    if accounts.emissions_wtw_kg is None:
        return None
    total: Floats = accounts.emissions_wtw_kg[np.flatnonzero(counted)].sum(axis=0)
    return total


def service_views(lowered: Lowered, sheet: Sheet, trace: Trace) -> Mapping[str, Views]:
    """Return the two views of every service whose departures have a stated cost, from the undivided postings."""
    heads, views = sheet.headings, dict[str, Views]()
    invoiced = heads.where(view="price", base="cash", activity="line_haul")[sheet.heading]
    for service in sorted({cost.service for cost in lowered.tariffs.departure_costs}):
        aboard = np.array([*(info.service == service for info in lowered.steps), False])
        resource = heads.where(view="resource", tariff=service)
        parts = [_cents(sheet, (resource & heads.where(payee=word))[sheet.heading]) for word in (OWN, OTHERS, EMPTY)]
        table = trace.departures[:, DEPARTURES.index("service")]
        teu = int(trace.own[table == lowered.program.service_names.index(service), TEU].sum())
        own, others, empty = parts
        views[service] = Views(_cents(sheet, invoiced & aboard[sheet.step]), own, others, empty, teu)
    return views


def _cents(sheet: Sheet, rows: Mask) -> int:
    return int(sheet.amount_cny[rows].sum())


def by_consignment(sheet: Sheet, inputs: Inputs, lowered: Lowered) -> Sheet:
    """Return the sheet with postings on a whole flow, such as safety stock, divided among its measured consignments.

    They are divided by mass, to the cent.
    """
    people, program = inputs.consignments, lowered.program
    whole = (sheet.consignment == NONE) & (sheet.flow != NONE)
    if not whole.any():
        return sheet
    measured = np.flatnonzero((people.release >= program.window_from) & (people.release < program.window_to))
    rows = np.flatnonzero(whole)
    begin, end = (np.searchsorted(people.flow[measured], sheet.flow[rows], side=side) for side in SIDES)
    group = np.repeat(np.arange(len(rows)), end - begin)
    members = measured[np.arange(len(group)) + np.repeat(begin - np.cumsum(end - begin) + (end - begin), end - begin)]
    shares = divide_groups(sheet.amount_cny[rows], group, people.sizes[members, MASS], people.tie[members])
    parts = sheet.only(np.flatnonzero(~whole)), sheet.only(rows[group])
    parts = parts[0], replace(parts[1], consignment=members, amount_cny=shares)
    return Sheet(sheet.headings, **{name: np.concatenate([getattr(part, name) for part in parts]) for name in SUMMED})


def cost_key(base: str, perspective: str, subsidy: str) -> str:
    """Return the key of a cost figure in `Books.cents`."""
    return f"{base}/{perspective}/{subsidy}"


def cents_by_consignment(shared: Sheet, count: int, fast: bool = False) -> dict[str, Ints]:
    """Return CNY cents by consignment for every cost base and perspective, after and before subsidies.

    `fast`: a compiled loop sums up.
    """
    heads = shared.headings
    subsidies = heads.where(activity="subsidy")
    chosen = {
        (base, perspective): chosen_rows(heads, base, perspective=perspective)
        for base in COST_BASES
        for perspective in PERSPECTIVES
    }
    # headings that are in the same figures are summed up together
    belongs = np.array([*chosen.values(), subsidies]).T
    _, first, kind = np.unique(belongs @ (1 << np.arange(belongs.shape[1])), return_index=True, return_inverse=True)
    kinds = belongs[first]
    by_kind = np.zeros((count, len(kinds)), np.int64)
    if fast:
        from corridor_sim.economics.loops import sum_up

        sum_up(shared.consignment, shared.heading, shared.amount_cny, kind, by_kind)
    else:
        rows = np.flatnonzero(shared.consignment != NONE)
        np.add.at(by_kind, (shared.consignment[rows], kind[shared.heading[rows]]), shared.amount_cny[rows])
    cents: dict[str, Ints] = {}
    for number, (base, perspective) in enumerate(chosen):
        inside = kinds[:, number]
        before = by_kind[:, inside & ~kinds[:, -1]].sum(axis=1)
        given = inside & kinds[:, -1]
        after = before + by_kind[:, given].sum(axis=1) if given.any() else before
        cents |= {cost_key(base, perspective, AFTER): after, cost_key(base, perspective, BEFORE): before}
    return cents


def lines_of(shared: Sheet, rows: Mask) -> dict[Line, int]:
    """Return cents of the chain by line, of the postings `rows`; total logistics cost with carbon has all bases."""
    heads, words = shared.headings, shared.headings.words
    counts = chosen_rows(heads, "with_carbon")
    sums, met = np.zeros(len(heads), np.int64), np.zeros(len(heads), bool)
    np.add.at(sums, shared.heading[rows], shared.amount_cny[rows])
    met[shared.heading[rows]] = True
    codes = [heads.columns[name].tolist() for name in ("base", "activity", "tariff", "common")]
    total: dict[tuple[int, ...], int] = {}
    for number in np.flatnonzero(counts & met).tolist():
        key = tuple(column[number] for column in codes)
        total[key] = total.get(key, 0) + int(sums[number])
    return {
        (BASES[base], words["activity"][activity], words["tariff"][tariff], bool(common)): cents
        for (base, activity, tariff, common), cents in sorted(total.items())
    }


def step_cents(lowered: Lowered, shared: Sheet, rows: Mask) -> Ints:
    """Return cash of the chain by row of Lowered.steps, of the postings `rows`."""
    mask = rows & chosen_rows(shared.headings, "cash")[shared.heading] & (shared.step != NONE)
    total = np.zeros(len(lowered.steps), np.int64)
    np.add.at(total, shared.step[mask], shared.amount_cny[mask])
    return total


def spots_of(lowered: Lowered, shared: Sheet, rows: Mask) -> dict[Spot, int]:
    """Return cents of the chain by activity and step, of the postings `rows`; they sum to those of `lines_of`."""
    heads, words = shared.headings, shared.headings.words["activity"]
    mask = rows & chosen_rows(heads, "with_carbon")[shared.heading]
    kinds = list(zip(heads.columns["base"].tolist(), heads.columns["activity"].tolist(), strict=True))
    known = sorted(set(kinds))
    kind = np.array([known.index(each) for each in kinds], np.int64)
    # postings without a step stand in the last column, which is number -1
    total = np.zeros((len(known), len(lowered.steps) + 1), np.int64)
    np.add.at(total, (kind[shared.heading[mask]], shared.step[mask]), shared.amount_cny[mask])
    found = zip(*map(np.ndarray.tolist, np.nonzero(total)), strict=True)
    return {
        (BASES[known[row][0]], words[known[row][1]], step if step < len(lowered.steps) else NONE): int(total[row, step])
        for row, step in found
    }
