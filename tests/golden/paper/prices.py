"""Prices, tax, exchange and indices: what a quantity costs in whole cents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from paper.amounts import SECONDS, F, number
from paper.calendars import moment
from paper.texts import Tree, as_list, value

CURRENCIES = {"CNY": "CNY", "RMB": "CNY", "HKD": "HKD", "USD": "USD"}
WHOLE = F(1)
ONCE = ("consignment", "consignments", "declaration", "declarations", "bill", "bills", "departure", "departures")
CUBIC_METRES_PER_CHARGEABLE_KG = F("0.006")
FACTORS: dict[str, tuple[str, Fraction]] = {
    "box": ("box", F(1)),
    "container": ("box", F(1)),
    "TEU": ("TEU", F(1)),
    "FEU": ("TEU", F(1, 2)),
    "kg": ("kg", F(1)),
    "t": ("kg", F(1, 1000)),
    "tonne": ("kg", F(1, 1000)),
    "m3": ("litre", F(1, 1000)),
    "litre": ("litre", F(1)),
    "pallet": ("pallet", F(1)),
    "ULD": ("ULD", F(1)),
    "plug": ("plug", F(1)),
}


@dataclass(frozen=True)
class Term:
    """An amount of money per product of units."""

    amount: Fraction
    per: tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """Terms that add up, in one currency; `times`: by what an index or a discount moves it; `tax`: by what tax does."""

    terms: tuple[Term, ...]
    currency: str
    times: Fraction = WHOLE
    tax: Fraction = WHOLE


def money_text(text: str) -> tuple[Fraction, str, tuple[str, ...]]:
    """`440 CNY/box/km`, `CNY 9000 per TEU`."""
    head, *per = re.split(r"\s*/\s*|\s+per\s+", text.strip())
    found = re.match(r"^([A-Z]{3})\s*([\d.]+)$|^([\d.]+)\s*([A-Z]{3})$", head.strip())
    if found is None:
        raise ValueError(f"no price: {text!r}")
    amount, currency = (found[2], found[1]) if found[1] else (found[3], found[4])
    return F(amount), CURRENCIES[currency], tuple(each.strip() for each in per)


def plain(node: Tree) -> tuple[Fraction, str]:
    """A plain amount and its currency."""
    amount, currency, _ = money_text(value(node))
    return amount, currency


def tax_factor(node: Tree) -> Fraction:
    """By what a stated amount is multiplied to be net of recoverable tax."""
    if node is None:
        return F(1)
    if isinstance(node, str):
        words = node.replace(",", " ").split()
        recoverable = not node.endswith("not recoverable")
        tax = {"basis": words[0], "rate": "".join(words[1:3]) if len(words) > 1 else "0"}
    else:
        tax, recoverable = node, value(node.get("recoverable", "true")) == "true"
    rate = number(tax.get("rate"))
    if tax["basis"] == "included" and recoverable:
        return 1 / (1 + rate)
    if tax["basis"] == "excluded" and not recoverable:
        return 1 + rate
    return F(1)


class Money:
    """How this scenario counts money."""

    def __init__(self, tree: Tree) -> None:
        self.body = tree["money"]
        self.known: dict[tuple[int, int], Price] = {}
        self.rates = {
            currency: sorted((moment(each["on"]).date(), plain(each["rate"])[0]) for each in body.get("rates", []))
            for currency, body in (self.body.get("rates") or {}).items()
        }

    def price(self, node: Tree, tax: Tree = None) -> Price:
        """A price as written; `tax`: that of its tariff, else what is noted beside it."""
        key = (id(node), id(tax))
        if key not in self.known:
            self.known[key] = self._read(node, tax)
        return self.known[key]

    def _read(self, node: Tree, tax: Tree) -> Price:
        terms = [money_text(value(each)) for each in as_list(value(node))]
        notes = node if isinstance(node, dict) else {}
        tax = tax if tax is not None else notes.get("tax")
        currency, times = terms[0][1], F(1)
        if "index" in notes:
            times, currency = self._moved(notes, currency), "CNY"
        return Price(tuple(Term(amount, per) for amount, _, per in terms), currency, times, tax_factor(tax))

    def _moved(self, notes: Tree, currency: str) -> Fraction:
        """An old price at its own year's exchange rate, and then by the index."""
        year, index = notes["price_year"], self.body["indices"][notes["index"]]["years"]
        exchange = F(1) if currency == "CNY" else plain(self.body["rates"][currency]["yearly"][year])[0]
        return exchange * number(index[value(self.body["price_year"])]) / number(index[year])

    def exchange(self, currency: str, day: date) -> Fraction:
        """CNY for one unit on a day."""
        if currency == "CNY":
            return F(1)
        return [rate for on, rate in self.rates[currency] if on <= day][-1]

    def posted(self, amount: Fraction, currency: str, day: date) -> int:
        """CNY cents of an amount in its currency: rounded, exchanged, rounded."""
        return round(F(cents(amount)) * self.exchange(currency, day))


def cents(amount: Fraction) -> int:
    """Whole cents, half to even."""
    return round(amount * 100)


def units_of(per: tuple[str, ...], counts: Mapping[str, Fraction], km: Fraction | None, spent: int) -> Fraction:
    """How many units of a price a load counts; `spent`: seconds, for prices by time."""
    found = F(1)
    for unit in per:
        if unit in FACTORS:
            kind, factor = FACTORS[unit]
            found *= counts.get(kind, F(0)) * factor
        elif unit in ("chargeable_kg", "ckg"):
            found *= max(counts["kg"], counts["litre"] / 1000 / CUBIC_METRES_PER_CHARGEABLE_KG)
        elif unit == "km":
            assert km is not None, "a price per km without km"
            found *= km
        elif unit in SECONDS:
            found *= F(spent, SECONDS[unit])
        elif unit not in ONCE:
            raise ValueError(f"unknown unit of a price: {unit}")
    return found


def cost(price: Price, counts: Mapping[str, Fraction], km: Fraction | None = None, spent: int = 0) -> Fraction:
    """What the quantities cost before tax is taken off, in the price's currency."""
    total = sum((term.amount * units_of(term.per, counts, km, spent) for term in price.terms), F(0))
    return total * price.times
