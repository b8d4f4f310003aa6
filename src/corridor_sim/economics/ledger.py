"""The ledger: every yuan is one posting, kept in columns of integers; every table is a roll-up of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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


HEADED = (*CODED, "base", "view", "common")
"""Columns that many postings have in common: they make up a posting's heading."""
Columns = Mapping[str, Ints | int]
LAST = np.iinfo(np.int64).max


@dataclass
class Headings:
    """What postings are for, in codes: one row of HEADED for each kind of posting, and the words behind the codes."""

    rows: dict[tuple[int, ...], int] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in CODED})

    def copy(self) -> Headings:
        """Return headings that can grow without changing these."""
        return Headings(dict(self.rows), {name: dict(words) for name, words in self.words.items()})

    def number(self, *, base: str = "cash", view: str = "price", common: bool = False, **words: str) -> int:
        """Return the number of a heading, which is added when it is new, as its words are; a word not given is ""."""
        codes = [known.setdefault(words.get(name, ""), len(known)) for name, known in self.words.items()]
        key = (*codes, BASES.index(base), VIEWS.index(view), int(common))
        return self.rows.setdefault(key, len(self.rows))

    def ledger(self) -> Ledger:
        """Return a ledger of one row without amounts for each heading, to choose among headings as among postings."""
        table = np.array(list(self.rows), np.int64).reshape(-1, len(HEADED))
        columns = {name: table[:, place] for place, name in enumerate(HEADED)}
        return Ledger(
            {**columns, "amount_cny": np.zeros(len(table), np.int64)},
            {name: tuple(words) for name, words in self.words.items()},
        )


@dataclass(frozen=True)
class Sheet:
    """What sums need of postings: `heading` is a row of `headings`, the other columns are those of the ledger."""

    headings: Ledger
    heading: Ints
    consignment: Ints
    flow: Ints
    step: Ints
    amount_cny: Ints

    def only(self, keep: Ints) -> Sheet:
        """Return the given rows."""
        columns = (self.heading, self.consignment, self.flow, self.step, self.amount_cny)
        return Sheet(self.headings, *(column[keep] for column in columns))


@dataclass(frozen=True)
class _Entry:
    """Postings made together: what sums need of them, and what only a ledger shows."""

    count: int
    order: Ints | int | Callable[[], Ints]
    sums: Columns
    details: Callable[[], Columns]


SUMMED = ("heading", "consignment", "flow", "step", "amount_cny")


@dataclass
class Postings:
    """Collects postings while a Trace is priced. They become a Ledger, or a Sheet where only sums are wanted."""

    headings: Headings = field(default_factory=Headings)
    entries: list[_Entry] = field(default_factory=list)

    def post(
        self,
        heading: Ints | int,
        amount_cny: Ints,
        consignment: Ints | int,
        step: Ints | int = NONE,
        *,
        flow: Ints | int = NONE,
        order: Ints | int | Callable[[], Ints] = LAST,
        details: Callable[[], Columns] = dict,
    ) -> None:
        """Append postings: int64[n] or what they have in common.

        flow      stated where there is no consignment to tell it
        order     a ledger has them in this order, those of the same order as they were posted; or what gives it
        details   gives `departure`, `flow`, `quantity`, `unit_price` and `amount` of a ledger; NONE unless given
        """
        if len(amount_cny):
            sums = {"heading": heading, "consignment": consignment, "flow": flow, "step": step}
            self.entries.append(_Entry(len(amount_cny), order, {**sums, "amount_cny": amount_cny}, details))

    def add(
        self,
        count: int,
        *,
        base: str = "cash",
        view: str = "price",
        common: bool = False,
        **columns: Ints | int | str,
    ) -> None:
        """Append `count` rows in words: scalars are repeated; rows of other tables are NONE unless given."""
        words = {name: value for name, value in columns.items() if isinstance(value, str)}
        given = {name: value for name, value in columns.items() if not isinstance(value, str)}
        heading = self.headings.number(base=base, view=view, common=common, **words)
        sums = {name: given.get(name, NONE) for name in SUMMED[1:]} | {"heading": heading}
        self.entries.append(_Entry(count, LAST, sums, lambda: given))

    def sheet(self) -> Sheet:
        """Return what sums need of all postings so far."""
        columns = {name: self._joined([entry.sums[name] for entry in self.entries]) for name in SUMMED}
        return Sheet(self.headings.ledger(), **columns)

    def chosen(self, choose: Callable[[Ledger], NDArray[np.bool_]]) -> Sheet:
        """Return what sums need of the postings so far whose headings are among those that `choose` marks."""
        heads = self.headings.ledger()
        wanted, some = choose(heads), Postings(self.headings)
        for entry in self.entries:
            heading = np.broadcast_to(entry.sums["heading"], entry.count)
            keep = np.flatnonzero(wanted[heading])
            sums = {name: value[keep] if isinstance(value, np.ndarray) else value for name, value in entry.sums.items()}
            some.entries.append(_Entry(len(keep), entry.order, sums, dict))
        return some.sheet()

    def ledger(self) -> Ledger:
        """Return all rows so far as one Ledger."""
        sheet = self.sheet()
        columns = {name: sheet.headings.columns[name][sheet.heading] for name in HEADED}
        columns |= {"consignment": sheet.consignment, "step": sheet.step, "amount_cny": sheet.amount_cny}
        shown = [entry.details() for entry in self.entries]
        for name in ("departure", "flow", "quantity", "unit_price", "amount"):
            columns[name] = self._joined([details.get(name, NONE) for details in shown])
        given = [entry.order() if callable(entry.order) else entry.order for entry in self.entries]
        order = np.argsort(self._joined(given), kind="stable")
        return Ledger({name: columns[name][order] for name in COLUMNS}, sheet.headings.words)

    def _joined(self, parts: Sequence[Ints | int]) -> Ints:
        total = np.empty(sum(entry.count for entry in self.entries), np.int64)
        end = 0
        for entry, part in zip(self.entries, parts, strict=True):
            begin, end = end, end + entry.count
            total[begin:end] = part
        return total
