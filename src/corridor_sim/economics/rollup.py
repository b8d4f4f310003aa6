"""Tables of the ledger: which rows are in a cost base, roll-ups in CNY cents, totals and invariants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor_sim.economics.ledger import BASES, COLUMNS, COST_BASES, VIEWS, Ledger
from corridor_sim.economics.money import to_cny_cents
from corridor_sim.economics.passages import Mask
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.errors import CheckFailed
from corridor_sim.network.charge_rules import COST_CLASSES
from corridor_sim.network.info import StepInfo
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.rates import DatedRates
from corridor_sim.units import HOME_CURRENCY

PERSPECTIVES = ("shipper", "consignee", "chain")
SUPPLIERS = ("carrier", "operator", "terminal", "customs", "government", "insurer", "bank", "others")
"""Payers whose costs are no cost of the goods' owners: the chain is everybody else."""
FREIGHT = ("line_haul", "drayage")
Key = tuple[str | int, ...]


def chosen_rows(ledger: Ledger, cost_base: str = "cash", view: str = "price", perspective: str = "chain") -> Mask:
    """Return a mask of the rows in a cost base and view, as a party sees them; the resource view has no party."""
    in_base = np.array([base in COST_BASES[cost_base] for base in BASES])
    mask: Mask = in_base[ledger.columns["base"]] & (ledger.columns["view"] == VIEWS.index(view))
    if view != "price":
        return mask
    if perspective != "chain":
        mask &= ledger.where(payer=perspective)
        return mask
    in_chain = np.array([word not in SUPPLIERS for word in ledger.words["payer"]], bool)
    mask &= np.asarray(in_chain[ledger.columns["payer"]])
    return mask


def freight_rows(ledger: Ledger) -> Mask:
    """Return a mask of the rows that are invoiced freight, on which cargo is insured too."""
    line_haul, drayage = (ledger.where(activity=activity, base="cash", view="price") for activity in FREIGHT)
    return line_haul | drayage


def total(ledger: Ledger, cost_base: str = "cash", view: str = "price", perspective: str = "chain") -> int:
    """Return the sum in CNY cents."""
    return int(ledger.columns["amount_cny"][chosen_rows(ledger, cost_base, view, perspective)].sum())


def roll_up(
    ledger: Ledger,
    by: Sequence[str],
    cost_base: str = "cash",
    view: str = "price",
    *,
    perspective: str = "chain",
    lowered: Lowered | None = None,
    rows: Mask | None = None,
) -> dict[Key, int]:
    """Return CNY cents by the wanted columns; the values sum to `total` of the same rows.

    by       columns of the ledger, or `cost_class`; with `lowered` also `commodity`, `route`, `leg` ("A to B", empty
             at a node) and `node` (empty on a leg). Coded columns give words, flows their names with `lowered`,
             others numbers.
    rows     a further mask, for instance of measured consignments
    """
    mask = chosen_rows(ledger, cost_base, view, perspective) & (True if rows is None else rows)
    coded = [_coded(ledger, column, lowered) for column in by]
    shape = tuple(int(codes.max(initial=0)) + 1 for codes, _ in coded)
    flat = np.ravel_multi_index([codes[mask] for codes, _ in coded], shape) if by else np.zeros(mask.sum(), np.int64)
    keys, place = np.unique(flat, return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, place, ledger.columns["amount_cny"][mask])
    parts = np.unravel_index(keys, shape) if by else ()
    words = [[vocabulary[int(code)] for code in part] for part, (_, vocabulary) in zip(parts, coded, strict=True)]
    table: dict[Key, int] = {}
    for number, cents in enumerate(sums):
        key = tuple(column[number] for column in words)
        table[key] = table.get(key, 0) + int(cents)
    return table


def _coded(ledger: Ledger, column: str, lowered: Lowered | None) -> tuple[Ints, Sequence[str | int]]:
    """Return codes from 0 and what they stand for."""
    if column in ledger.words:
        return ledger.columns[column], ledger.words[column]
    if column in ("base", "view"):
        return ledger.columns[column], BASES if column == "base" else VIEWS
    if column == "cost_class":
        return _cost_classes(ledger, lowered)
    if lowered and column in ("route", "leg", "node"):
        return ledger.columns["step"] + 1, ["", *(_place_word(info, column) for info in lowered.steps)]
    if column == "commodity" and lowered:
        flows = lowered.scenario.flows
        return ledger.columns["flow"] + 1, ["", *(flows[name].commodity or name for name in lowered.flow_order)]
    codes = ledger.columns[column]
    if column == "flow" and lowered:
        return codes + 1, ["", *lowered.flow_order]
    values, place = np.unique(codes, return_inverse=True)
    return place, [int(value) for value in values]


def _place_word(info: StepInfo, column: str) -> str:
    if column == "route":
        return info.route
    at_node = info.origin == info.destination
    if column == "node":
        return info.origin if at_node else ""
    return "" if at_node else f"{info.origin} to {info.destination}"


def _cost_classes(ledger: Ledger, lowered: Lowered | None) -> tuple[Ints, Sequence[str]]:
    """Return transport, storage or management for each row: its tariff's own class, or that of its activity."""
    own = lowered.tariffs.cost_classes() if lowered else {}
    classes = [*sorted({*COST_CLASSES.values(), *own.values()}), ""]
    of_activity = np.array([classes.index(COST_CLASSES.get(word, "")) for word in ledger.words["activity"]], np.int64)
    named = [classes.index(own[word]) if word in own else NONE for word in ledger.words["tariff"]]
    tariff = np.array(named, np.int64)[ledger.columns["tariff"]]
    return np.where(tariff != NONE, tariff, of_activity[ledger.columns["activity"]]), classes


def check_invariants(ledger: Ledger, exchange: dict[str, DatedRates] | None = None) -> None:
    """Check that columns fit together, CNY amounts are the amounts, and every roll-up sums to the total.

    With `exchange`, amounts in other currencies must be converted at one of the dated rates. Raises CheckFailed
    naming the first wrong row.
    """
    columns = ledger.columns
    if {len(columns[name]) for name in COLUMNS} != {len(ledger)}:
        raise CheckFailed("the ledger's columns differ in length")
    for name, words in ledger.words.items():
        _first_wrong((columns[name] < 0) | (columns[name] >= len(words)), f"has a code without a word in {name}")
    amount, amount_cny = columns["amount"], columns["amount_cny"]
    for currency in ledger.words["currency"]:
        mine = ledger.where(currency=currency)
        if currency in (HOME_CURRENCY, ""):
            _first_wrong(mine & (amount != amount_cny), f"is in {HOME_CURRENCY} but its amounts differ")
            continue
        _first_wrong(mine & (amount_cny * np.sign(amount) < 0), f"changes its sign from {currency} to {HOME_CURRENCY}")
        if exchange is not None:
            right = np.zeros(len(ledger), dtype=bool)
            for start in exchange[currency].starts:
                right |= to_cny_cents(currency, amount, np.full(len(ledger), start), exchange) == amount_cny
            shared = columns["view"] == VIEWS.index("resource")
            _first_wrong(mine & ~right & ~shared, f"is converted from {currency} at no known rate")
    for base in COST_BASES:
        for column in ("activity", "payer", "step", "flow", "common", "cost_class"):
            if sum(roll_up(ledger, [column], base).values()) != total(ledger, base):
                raise CheckFailed(f"the {base} roll-up by {column} does not sum to the total")


def _first_wrong(wrong: Mask, what: str) -> None:
    if wrong.any():
        raise CheckFailed(f"row {int(np.argmax(wrong))} of the ledger {what}")
