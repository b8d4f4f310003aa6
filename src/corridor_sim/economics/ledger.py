"""The ledger: every yuan is one posting, kept in columns of integers; every table is a roll-up of the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from corridor_sim.engine.program import NONE, Ints

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "consignment",
    "departure",
    "flow",
    "step",
    "activity",
    "payer",
    "payee",
    "tariff",
    "quantity",
    "unit_price",
    "currency",
    "tax",
    "amount",
    "amount_cny",
    "base",
    "view",
    "common",
)
"""`consignment`, `departure`, `step` are rows of Inputs.consignments, Inputs.departures and Lowered.steps, or NONE.
`quantity` in thousandths, `unit_price` in millionths of the currency, `amount` in its cents (net of recoverable
tax), `amount_cny` in CNY cents. The coded columns (`activity`, `payer`, `payee`, `tariff`, `currency`, `tax`) index
`Ledger.words[column]`."""

BASES = ("cash", "time", "carbon")
"""`cash` is invoiced; `time` is added in total logistics cost; `carbon` is added in the base with carbon."""
COST_BASES: dict[str, tuple[str, ...]] = {
    "cash": ("cash",),
    "total_logistics": ("cash", "time"),
    "with_carbon": ("cash", "time", "carbon"),
}
VIEWS = ("price", "resource")
"""Two views of the same carriage, never added."""
CODED = ("activity", "payer", "payee", "tariff", "currency", "tax")


@dataclass(frozen=True)
class Ledger:
    """Columns of equal length, and the words behind the codes."""

    columns: dict[str, Ints]
    words: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.columns["amount_cny"])

    def where(self, **wanted: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return a mask of the rows whose coded column (or `base`, `view`) has the given word."""
        mask = np.ones(len(self), dtype=bool)
        for column, word in wanted.items():
            vocabulary: Sequence[str] = {"base": BASES, "view": VIEWS}.get(column) or self.words[column]
            code = vocabulary.index(word) if word in vocabulary else NONE - 1
            mask &= self.columns[column] == code
        return mask

    def frame(self) -> pd.DataFrame:
        """Return the postings as a DataFrame with words, amounts in currency units."""
        import pandas as pd

        data: dict[str, object] = {}
        for name in COLUMNS:
            vocabulary: Sequence[str] | None = {"base": BASES, "view": VIEWS}.get(name) or self.words.get(name)
            data[name] = self.columns[name] if vocabulary is None else np.asarray(vocabulary)[self.columns[name]]
        return pd.DataFrame(data)


@dataclass
class Postings:
    """Collects rows while a Trace is priced, then becomes a Ledger."""

    rows: list[dict[str, Ints]] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in CODED})

    def code(self, column: str, word: str) -> int:
        """Return the code of a word, adding it when it is new."""
        known = self.words[column]
        if word not in known:
            known.append(word)
        return known.index(word)

    def add(
        self, count: int, *, base: str = "cash", view: str = "price", common: bool = False, **columns: Ints | int | str
    ) -> None:
        """Append `count` rows: scalars are repeated, words coded; rows of other tables are NONE unless given."""
        row: dict[str, Ints] = {}
        given: dict[str, Ints | int | str] = {
            "base": BASES.index(base),
            "view": VIEWS.index(view),
            "common": int(common),
            **columns,
        }
        for name in COLUMNS:
            value = given.get(name, "" if name in CODED else NONE)
            if isinstance(value, str):
                value = self.code(name, value)
            row[name] = value.astype(np.int64) if isinstance(value, np.ndarray) else np.full(count, value, np.int64)
        if count:
            self.rows.append(row)

    def ledger(self) -> Ledger:
        """Return all rows so far as one Ledger."""
        columns = {
            name: np.concatenate([row[name] for row in self.rows]) if self.rows else np.zeros(0, np.int64)
            for name in COLUMNS
        }
        return Ledger(columns, {name: tuple(words) for name, words in self.words.items()})
