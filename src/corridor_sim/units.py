"""Quantities with units, ticks and money, converted exactly.

A quantity is a decimal number and a unit ("38.7 h", "3.185 CNY/km", "HKD 2140", "70 %"). Numbers are kept as
`Fraction`, so that no conversion rounds. A tick is one second, an `int`. Money is counted
in whole cents of its currency once it is posted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from corridor_sim.errors import did_you_mean

Tick = int
"""Seconds since the start of the scenario."""

CURRENCIES = ("CNY", "HKD", "USD")
HOME_CURRENCY = "CNY"
"""The currency that books and results are kept in."""
SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400
SECONDS_PER_WEEK = 604_800
DAYS_PER_YEAR = 365
CENTS = 100
TEU_PER_FEU = 2
LONGEST_NUMBER = 15
CACHED_TEXTS = 8192

DEFINITIONS = (
    "second: s seconds sec",
    "minute = 60 second: min minutes",
    "hour = 3600 second: h hours hr",
    "day = 86400 second: d days",
    "week = 604800 second: wk weeks",
    "month = 2628000 second: months",
    "year = 31536000 second: yr years",
    "kilometre: km",
    "metre = 1/1000 kilometre: m",
    "nautical_mile = 1852/1000 kilometre: nmi nm",
    "kilogram: kg",
    "tonne = 1000 kilogram: t tonnes",
    "gram = 1/1000 kilogram: g",
    "litre: L l",
    "cubic_metre = 1000 litre: m3",
    "kelvin_step: degC",
    "one:",
    "percent = 1/100 one: %",
    "TEU:",
    "FEU:",
    "box: boxes container containers",
    "pallet: pallets",
    "plug: plugs",
    "ULD:",
    "consignment: consignments",
    "declaration: declarations",
    "bill: bills",
    "departure: departures",
    "chargeable_kg: ckg",
    "CNY: RMB",
    "HKD:",
    "USD:",
)
"""Each unit, how much it is of one named before (nothing for a base unit), and other words for it."""

MEASURES: dict[str, str] = {
    "duration": "second",
    "distance": "kilometre",
    "mass": "kilogram",
    "volume": "litre",
    "temperature": "kelvin_step",
    "share": "one",
    "teu": "TEU",
    "feu": "FEU",
    "box": "box",
    "pallet": "pallet",
    "plug": "plug",
    "uld": "ULD",
    "consignment": "consignment",
}
"""Measure -> the base unit its amounts are kept in."""

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_UNIT = r"[A-Za-z%][A-Za-z0-9_]*(?:\s*(?:/|\bper\b)\s*[A-Za-z][A-Za-z0-9_]*)*|%"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_UNIT})?\s*")
_CURRENCY_FIRST = re.compile(rf"\s*({'|'.join(CURRENCIES)})\s*({_NUMBER})\s*(/.*|per\b.*)?")


class UnitProblem(ValueError):
    """A text is not a quantity of the wanted kind; the message says what would be."""


@dataclass(frozen=True, slots=True)
class Price:
    """Money per something.

    `amount` in units of `currency` (not cents) per one of each unit in `per`, which are base unit names in
    alphabetical order, for instance `("box", "kilometre")`; empty for a lump sum.
    """

    amount: Fraction
    currency: str
    per: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "/".join((f"{decimal_text(self.amount)} {self.currency}", *self.per))


@lru_cache(maxsize=1)
def units() -> Mapping[str, tuple[Fraction, str]]:
    """Return for every word the factor to its base unit, and that base unit."""
    known: dict[str, tuple[Fraction, str]] = {}
    for definition in DEFINITIONS:
        said, _, words = definition.partition(":")
        name, _, meaning = said.partition(" = ")
        number, _, of = meaning.partition(" ")
        factor, base = known[of] if of else (Fraction(1), name)
        known |= dict.fromkeys((name, *words.split()), (Fraction(number or 1) * factor, base))
    return known


@lru_cache(maxsize=1024)
def _unit(text: str) -> tuple[Fraction, tuple[tuple[str, int], ...]]:
    """Return the factor to base units and the base units with their powers."""
    factor, powers, known = Fraction(1), dict[str, int](), units()
    for place, word in enumerate(re.sub(r"\s+per\s+", "/", text).replace(" ", "").split("/")):
        if word not in known:
            raise UnitProblem(f'"{word}" is not a unit{did_you_mean(word, known)}')
        scale, base = known[word]
        power = -1 if place else 1
        factor *= scale**power
        powers[base] = powers.get(base, 0) + power
    return factor, tuple(sorted((base, power) for base, power in powers.items() if power))


def parse_number(text: str) -> Fraction:
    """Return the exact value of a plain decimal text; at most 15 digits. Raises UnitProblem."""
    if not re.fullmatch(_NUMBER, text.strip()):
        raise UnitProblem(f'"{text[:40]}" is not a plain decimal number')
    if sum(character.isdigit() for character in text) > LONGEST_NUMBER:
        raise UnitProblem(f'"{text[:20]}..." has more than {LONGEST_NUMBER} digits')
    return Fraction(text.strip())


def _split(text: str) -> tuple[Fraction, str]:
    match = _CURRENCY_FIRST.fullmatch(text)
    if match:
        return parse_number(match[2]), match[1] + (match[3] or "")
    match = _QUANTITY.fullmatch(text)
    if not match:
        raise UnitProblem(f'"{text[:60]}" is not a number with a unit, such as "38.7 h" or "3.185 CNY/km"')
    return parse_number(match[1]), match[2] or ""


@lru_cache(maxsize=CACHED_TEXTS)
def parse_quantity(text: str, measure: str) -> Fraction:
    """Return `text` as an exact amount in the base unit of `measure` (see MEASURES).

    A share may be written "70 %" or "0.7"; everything else needs its unit. Raises UnitProblem.
    """
    amount, unit = _split(text)
    base = MEASURES[measure]
    if not unit:
        if measure == "share":
            return amount
        raise UnitProblem(f'"{text}" has no unit; expected a {measure}, for instance "{_example(measure)}"')
    factor, powers = _unit(unit)
    if powers != ((base, 1),):
        raise UnitProblem(f'"{text}" is not a {measure}; expected for instance "{_example(measure)}"')
    return amount * factor


def _example(measure: str) -> str:
    examples = {"duration": "6 h", "distance": "1406 km", "mass": "25 t", "volume": "60 m3", "share": "70 %"}
    return examples.get(measure, f"2 {MEASURES[measure]}")


def measure_of(text: str) -> str:
    """Return the measure (see MEASURES) of a quantity text. Raises UnitProblem."""
    _, unit = _split(text)
    powers = _unit(unit)[1] if unit else (("one", 1),)
    for measure, base in MEASURES.items():
        if powers == ((base, 1),):
            return measure
    raise UnitProblem(f'"{text}" is not a quantity of a known kind; expected one of: {", ".join(MEASURES)}')


def parse_any(text: str) -> tuple[str, Fraction]:
    """Return (measure, exact amount in its base unit) of a quantity text. Raises UnitProblem."""
    measure = measure_of(text)
    return measure, parse_quantity(text, measure)


def in_unit_of(text: str, example: str) -> str:
    """Return `text` as it is, or with the unit of `example` where it is a bare number. Raises UnitProblem."""
    if not re.fullmatch(_NUMBER, text.strip()):
        return text
    return f"{text.strip()} {_split(example)[1]}".strip()


def parse_rate(text: str) -> tuple[str, Fraction]:
    """Return (measure, amount per second) of a rate such as "30 pallets per week". Raises UnitProblem."""
    amount, unit = _split(text)
    factor, powers = _unit(unit) if unit else (Fraction(1), ())
    units = dict(powers)
    if units.pop("second", 0) != -1 or list(units.values()) != [1]:
        raise UnitProblem(f'"{text}" is not a rate; expected for instance "30 pallets per week"')
    base = next(iter(units))
    return next(measure for measure, name in MEASURES.items() if name == base), amount * factor


def parse_price(text: str) -> Price:
    """Return `text` ("1800 CNY/FEU", "HKD 2140", "3.185 CNY/box/km") as a Price. Raises UnitProblem."""
    amount, unit = _split(text)
    if not unit:
        raise UnitProblem(f'"{text}" has no currency; expected for instance "{text} CNY"')
    factor, powers = _unit(unit)
    currencies = [name for name, power in powers if name in CURRENCIES and power == 1]
    others = [(name, power) for name, power in powers if name not in CURRENCIES]
    if len(currencies) != 1 or any(power != -1 for _, power in others):
        raise UnitProblem(f'"{text}" is not a price; expected for instance "1800 CNY/FEU" or "HKD 2140"')
    return Price(amount * factor, currencies[0], tuple(name for name, _ in others))


def round_half_even(value: Fraction) -> int:
    """Round an exact number to the nearest integer, ties to even."""
    return round(value)


def to_ticks(seconds: Fraction) -> Tick:
    """Round a duration to whole ticks, half to even, at least 1 (WORLD.md, Clock)."""
    return max(1, round_half_even(seconds))


def decimal_text(value: Fraction) -> str:
    """Return an exact decimal where one exists, else six decimals, without trailing zeros."""
    text = f"{float(value):.6f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
