"""Two ledgers of the same journeys, line by line, and ledgers in an order that no spelling changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.economics.ledger import CODED, COLUMNS, VIEWS, Ledger
from corridor_sim.engine.program import NONE, Ints
from corridor_sim.study.laws.doubled import Price

AMOUNTS = ("amount", "amount_cny")
SAME = tuple(name for name in COLUMNS if name not in (*AMOUNTS, "quantity", "unit_price"))
"""What tells one line from another, whatever it amounts to."""


@dataclass(frozen=True)
class Lines:
    """The lines of a ledger and what they amount to in another one: `before` and `after`, cents and CNY cents.

    `columns` and `words` are those of the first ledger, with the lines that only the second one has below.
    """

    columns: dict[str, Ints]
    words: dict[str, tuple[str, ...]]
    before: tuple[Ints, Ints]
    after: tuple[Ints, Ints]

    def __len__(self) -> int:
        return len(self.before[0])

    def mask(self, column: str, word: str) -> Ints:
        """Return the rows with a word."""
        known = self.words[column]
        return np.flatnonzero(self.columns[column] == (known.index(word) if word in known else NONE - 1))

    def word(self, column: str, row: int) -> str:
        """Return the word of a row."""
        return self.words[column][int(self.columns[column][row])]

    def numbers_of(self, prices: list[Price]) -> Ints:
        """Return for each row the place of its price in `prices`, NONE where it is by none of them."""
        tariff, activity = self.words["tariff"], self.words["activity"]
        table = np.full((len(tariff), len(activity), len(VIEWS)), NONE)
        for number, price in enumerate(prices):
            if price.tariff in tariff and price.activity in activity:
                place = tariff.index(price.tariff), activity.index(price.activity), VIEWS.index(price.view)
                table[place] = number
        columns = (self.columns[name] for name in ("tariff", "activity", "view"))
        found: Ints = table[tuple(columns)]
        return found


def lines_of(before: Ledger, after: Ledger) -> Lines:
    """Return the lines of two ledgers together; one that only one of them has amounts to 0 in the other."""
    words = {name: _all_words(before, after, name) for name in CODED}
    first, second = (_in_words(ledger, words) for ledger in (before, after))
    if len(before) == len(after) and all(np.array_equal(first[name], second[name]) for name in SAME):
        return Lines(first, words, _amounts(first), _amounts(second))
    keys = [_numbered(columns) for columns in (first, second)]
    both, place = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    count = len(keys[0])
    columns = {name: both[:, number] for number, name in enumerate(SAME)}
    columns["quantity"] = _put(len(both), place[:count], first["quantity"])
    pairs = [
        tuple(_put(len(both), rows, given[name]) for name in AMOUNTS)
        for rows, given in ((place[:count], first), (place[count:], second))
    ]
    return Lines(columns, words, (pairs[0][0], pairs[0][1]), (pairs[1][0], pairs[1][1]))


def sorted_rows(ledger: Ledger) -> tuple[Ints, tuple[tuple[str, ...], ...]]:
    """Return all columns of a ledger, rows in order of what they say, and the words behind the codes in order.

    Two ledgers with the same postings give the same, in whatever order these and their words were found.
    """
    words = {name: tuple(sorted(set(ledger.words[name]))) for name in CODED}
    columns = _in_words(ledger, words)
    table = np.column_stack([columns[name] for name in COLUMNS])
    return table[np.lexsort(table.T)], tuple(words.values())


def _all_words(before: Ledger, after: Ledger, name: str) -> tuple[str, ...]:
    return tuple(sorted({*before.words[name], *after.words[name]}))


def _in_words(ledger: Ledger, words: dict[str, tuple[str, ...]]) -> dict[str, Ints]:
    """Return the columns with the codes of `words`."""
    columns = dict(ledger.columns)
    for name, known in words.items():
        place = {word: number for number, word in enumerate(known)}
        columns[name] = np.array([place[word] for word in ledger.words[name]], np.int64)[columns[name]]
    return columns


def _amounts(columns: dict[str, Ints]) -> tuple[Ints, Ints]:
    return columns["amount"], columns["amount_cny"]


def _numbered(columns: dict[str, Ints]) -> Ints:
    """Return (rows, SAME and one more): the lines that are alike are numbered in their order."""
    table = np.column_stack([columns[name] for name in SAME])
    order = np.lexsort(table.T)
    ordered = table[order]
    new = np.concatenate(([True], np.any(ordered[1:] != ordered[:-1], axis=1)))[: len(table)]
    begin = np.flatnonzero(new)
    nth = np.empty(len(table), np.int64)
    nth[order] = np.arange(len(table)) - np.repeat(begin, np.diff(np.append(begin, len(table))))
    return np.column_stack((table, nth))


def _put(count: int, rows: Ints, values: Ints) -> Ints:
    column = np.zeros(count, np.int64)
    column[rows] = values
    return column
