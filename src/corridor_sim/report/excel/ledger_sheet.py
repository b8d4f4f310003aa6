"""The ledger as two pivots: activities by alternative, and the postings of one replication by step and payer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corridor_sim.economics.ledger import BASES, COST_BASES
from corridor_sim.report.excel.names import Names, code_words
from corridor_sim.report.excel.sheet import Cell, Column, Line, Sheet, column, quantity
from corridor_sim.report.script.figures import KPIS
from corridor_sim.report.script.words import Words, room, say
from corridor_sim.report.words import CNY_PER_BOX, Unit, row_with
from corridor_sim.units import CENTS

if TYPE_CHECKING:
    import pandas as pd

LINES, POSTINGS = "lines", "ledger_0"
CNY = Unit("CNY", decimals=2)
ACTIVITY = ("base", "activity", "common")
POSTING = ("alternative", "step", "base", "view", "activity")
CHAIN = {"perspective": "chain", "per": "box", "subsidy": "after"}
Key = tuple[Any, ...]


def ledger_sheet(names: Names) -> Sheet | None:
    """Return CNY by activity: the mean of a replication, and per box as in the summary; None without postings."""
    lines = names.run.tables.get(LINES)
    if lines is None or lines.empty:
        return None
    shown = [names.alternative(name) for name in names.run.names]
    heads = [column(head) for head in ("base", "activity", "cost_class", "common")]
    measures = [Column(words, unit) for unit in (CNY, CNY_PER_BOX) for words in shown]
    ends = [len(heads), len(heads) + len(shown), len(heads) + len(shown) + len(shown)]
    groups = [
        (say("excel.per_replication"), ends[0], ends[1] - 1),
        (say("excel.per_box_head"), ends[1], ends[2] - 1),
    ]
    return Sheet("ledger", [*heads, *measures], _ledger_lines(names, lines), groups=groups, frozen=len(heads))


def _ledger_lines(names: Names, table: pd.DataFrame) -> Iterator[Line]:
    run, means = names.run, mean_cny(table)
    boxes = {
        (one["name"], *(row[key] for key in ACTIVITY)): row["value"]
        for one in run.alternatives
        for row in one["activities"]
    }
    classes = {row["activity"]: row["cost_class"] for one in run.alternatives for row in one["activities"]}
    keys = sorted(
        {key[1:] for key in (*means, *boxes)},
        key=lambda key: (BASES.index(key[0]), -max(abs(means.get((name, *key), 0.0)) for name in run.names), key),
    )
    for base, activity, common in keys:
        key = (base, activity, common)
        heads: list[Cell] = [
            code_words("posted", base),
            names.thing(activity),
            code_words("class", classes.get(activity, "")),
            bool(common),
        ]
        figures = (
            quantity(found.get((name, *key)), unit)
            for found, unit in ((means, CNY), (boxes, CNY_PER_BOX))
            for name in run.names
        )
        yield Line([*heads, *figures])
    for base, parts in COST_BASES.items():
        sums = [sum(value for key, value in means.items() if key[0] == name and key[1] in parts) for name in run.names]
        costs = [row_with(one["costs"], base=base, **CHAIN) for one in run.alternatives]
        yield Line(
            [
                code_words("base", base),
                say("excel.together"),
                None,
                None,
                *(quantity(value, CNY) for value in sums),
                *(quantity(row and row["value"], CNY_PER_BOX) for row in costs),
            ],
            bold=True,
        )


def mean_cny(table: pd.DataFrame) -> dict[Key, float]:
    """Return CNY of a replication by (alternative, base, activity, common), the mean of all; summed in cents."""
    replications = table.groupby("alternative")["replication"].nunique()
    cents = (table["cny"] * CENTS).round().astype("int64")
    sums = cents.groupby([table[name] for name in ("alternative", *ACTIVITY)]).sum()
    found: Mapping[Any, int] = sums.to_dict()
    return {key: total / (CENTS * int(replications[key[0]])) for key, total in found.items()}


def postings_sheet(names: Names) -> Sheet | None:
    """Return CNY of all postings of replication 0 by step and activity, a column for each payer; None without them."""
    table = names.run.tables.get(POSTINGS)
    if table is None or table.empty:
        return None
    payers = list(dict.fromkeys(str(payer) for payer in table["payer"]))
    heads = [column(head) for head in ("alternative", "route", "step", "posted", "view", "activity")]
    paid = [Column(_payer(names, payer), CNY) for payer in payers]
    columns = [*heads, *paid, column("together", CNY), column("postings", Unit(""))]
    groups = [(say("excel.payer"), len(heads), len(heads) + len(payers) - 1)]
    return Sheet("postings", columns, _posting_lines(names, table, payers), groups=groups, frozen=1 + 1 + 1)


def _payer(names: Names, payer: str) -> Words:
    """Return who pays; parties of the trade have words among the figures, suppliers among the names."""
    return room(KPIS).get(payer) or names.thing(payer)


def _posting_lines(names: Names, table: pd.DataFrame, payers: Sequence[str]) -> Iterator[Line]:
    ordered = {name: place for place, name in enumerate(names.run.names)}
    cents = (table["amount_cny"] * CENTS).round().astype("int64")
    by = [table[name] for name in (*POSTING, "payer")]
    sums: Mapping[Any, int] = cents.groupby(by).sum().to_dict()
    counts: Mapping[Any, int] = cents.groupby(by).size().to_dict()
    keys = sorted({key[:-1] for key in sums}, key=lambda key: (ordered[key[0]], *key[1:]))
    for key in keys:
        alternative, step, base, view, activity = key
        paid = [sums.get((*key, payer)) for payer in payers]
        found = [each for each in paid if each is not None]
        yield Line(
            [
                names.alternative(alternative),
                *_step(names, alternative, int(step)),
                code_words("posted", base),
                code_words("view", view),
                names.thing(activity),
                *(quantity(None if each is None else int(each) / CENTS, CNY) for each in paid),
                quantity(int(sum(found)) / CENTS, CNY),
                int(sum(counts.get((*key, payer), 0) for payer in payers)),
            ]
        )


def _step(names: Names, alternative: str, step: int) -> list[Cell]:
    """Return route and step of a posting by the place of its step; what is posted on the whole way has none."""
    steps: Sequence[Any] = next((one["steps"] for one in names.run.alternatives if one["name"] == alternative), [])
    if not 0 <= step < len(steps):
        return [None, say("excel.whole_way")]
    return [names.thing(steps[step]["route"]), names.thing(steps[step]["step"])]
