"""Prices made exact: a rate per thing a load measures, the tax factor, and dated exchange rates in ticks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from corridor_sim.catalog.values import Priced
from corridor_sim.scenario.calendars import Clock, parse_date, parse_date_range
from corridor_sim.scenario.money import Exchange, Tax
from corridor_sim.units import SECONDS_PER_DAY, TEU_PER_FEU, UnitProblem, decimal_text, parse_quantity

MILLION = 1_000_000
PASSAGE = "passage"
"""Counted once for each passage of a load."""
FEU = "feu"
CHARGEABLE = "chargeable_kg"
"""The greater of gross kilograms and litres / 6 (IATA's volume weight of 6,000 cm3 a kilogram)."""
COUNTED = {
    "consignment": PASSAGE,
    "declaration": PASSAGE,
    "bill": PASSAGE,
    "box": "box",
    "TEU": "teu",
    "FEU": FEU,
    "kilogram": "mass",
    "litre": "volume",
    "pallet": "pallet",
    "ULD": "uld",
    "plug": "plug",
    "chargeable_kg": CHARGEABLE,
}
"""Unit of a price -> what is counted: a name of engine MEASURES, or one of the words above."""
PER_CENT = 100
_TAX_TEXT = re.compile(r"(included|excluded|unknown) +([0-9.]+ *%)(,? +not recoverable)?|(zero_rated|exempt)")


@dataclass(frozen=True, slots=True)
class Rate:
    """One part of a price after distance and discount, as stated (before tax).

    `millionths` of the currency per one of `measure`, and per second of the passage where it is `timed`.
    """

    millionths: Fraction
    measure: str
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Basis:
    """What a price may refer to where it is used: `km`, TEU of the route's box, seconds of a clock's unit."""

    km: Fraction | None = None
    box_teu: Fraction | None = None
    unit_seconds: int | None = None


WHERE_A_FEU_IS = Basis(box_teu=Fraction(TEU_PER_FEU))
"""The basis of a price for which only the box of 40 ft matters, such as the value of goods."""


def lower_price(price: Priced, basis: Basis, discount: Fraction = Fraction(0)) -> tuple[Rate, ...]:
    """Return the rates of `price`, one for each thing it counts; distances and clock units become part of them.

    Raises UnitProblem where the price counts something that the place of its use does not have.
    """
    totals: dict[tuple[str, bool], Fraction] = {}
    for part in price.parts:
        factor, measure, timed = _factor(price.text, part.per, basis)
        millionths = part.amount * MILLION * factor * (1 - discount)
        totals[measure, timed] = totals.get((measure, timed), Fraction(0)) + millionths
    return tuple(Rate(millionths, measure, timed) for (measure, timed), millionths in totals.items())


def _factor(text: str, per: tuple[str, ...], basis: Basis) -> tuple[Fraction, str, bool]:
    """Return the factor on the price, what it counts, and whether it counts seconds."""
    factor, measures, timed = Fraction(1), [], False
    for unit in per:
        if unit == "kilometre":
            if basis.km is None:
                raise UnitProblem(f'"{text}" is per km, but no distance is known; add `km: ...`')
            factor *= basis.km
        elif unit == "second" and basis.unit_seconds is not None:
            factor *= basis.unit_seconds
        elif unit == "second":
            timed = True
        elif unit == "FEU" and basis.box_teu != TEU_PER_FEU:
            found = "has no box" if basis.box_teu is None else f"has a box of {decimal_text(basis.box_teu)} TEU"
            raise UnitProblem(f'"{text}" is per FEU, but the route {found}; price it per box or TEU')
        elif unit in COUNTED:
            measures.append(COUNTED[unit])
        else:
            raise UnitProblem(f'"{text}" is per {unit}, which a load does not count; known: {", ".join(COUNTED)}')
    things = [measure for measure in measures if measure != PASSAGE]
    if len(things) > 1:
        raise UnitProblem(f'"{text}" counts two things at once; a price is per one of them, and per km or time')
    return factor, things[0] if things else PASSAGE, timed


def lump(price: Priced, km: Fraction | None = None) -> Fraction:
    """Return a price that counts no loads: per nothing, consignment or departure, or per km where `km` is given.

    Raises UnitProblem for other prices.
    """
    units = {"consignment", "departure"} | ({"kilometre"} if km else set())
    if any(set(part.per) - units for part in price.parts):
        raise UnitProblem(f'"{price.text}" is per something; expected a plain amount such as "500 CNY"')
    return sum((part.amount * (km if km and "kilometre" in part.per else 1) for part in price.parts), Fraction(0))


@dataclass(frozen=True, slots=True)
class TaxRule:
    """`words` for the ledger and the factor from a stated amount to the amount net of recoverable tax.

    `unknown` is the share of the amount that is tax if a basis that is not known should mean tax included.
    """

    words: str
    net: Fraction
    unknown: Fraction = Fraction(0)


def tax_rule(tax: Tax) -> TaxRule:
    """Return the rule of a tariff's tax. An `unknown` basis keeps the stated amount."""
    return _tax_rule(tax.basis, tax.rate.value if tax.rate else Fraction(0), tax.recoverable)


def _tax_rule(basis: str, rate: Fraction, recoverable: bool) -> TaxRule:
    words = f"{basis} {decimal_text(rate * PER_CENT)} %" if rate else basis
    net = Fraction(1)
    if basis == "included" and recoverable:
        net = 1 / (1 + rate)
    elif basis == "excluded" and not recoverable:
        net = 1 + rate
    unknown = rate / (1 + rate) if basis == "unknown" and recoverable else Fraction(0)
    return TaxRule(words if recoverable else f"{words}, not recoverable", net, unknown)


def parse_tax(text: str) -> TaxRule:
    """Return the rule of a tax in words: "included 9 %", "excluded 6 %, not recoverable", "exempt"; "" is unknown.

    Raises UnitProblem for other words.
    """
    if not text.strip():
        return TaxRule("unknown", Fraction(1))
    match = _TAX_TEXT.fullmatch(text.strip())
    if not match:
        raise UnitProblem(f'"{text}" is no tax; expected such as "included 9 %", "excluded 6 %", "zero_rated"')
    if match[4]:
        return _tax_rule(match[4], Fraction(0), True)
    return _tax_rule(match[1], parse_quantity(match[2], "share"), not match[3])


@dataclass(frozen=True, slots=True)
class DatedRates:
    """CNY per unit of a currency: `rates[i]` holds from tick `starts[i]` on; nothing is known from `until` on."""

    starts: tuple[int, ...]
    rates: tuple[Fraction, ...]
    until: int


def lower_exchange(exchange: Exchange, clock: Clock) -> DatedRates:
    """Return dated rates in ticks of local midnights; that each is in CNY was checked when the file was read."""
    dated = sorted(((parse_date(entry.on), entry.rate) for entry in exchange.rates), key=lambda entry: entry[0])
    last = max(dated[-1][0], parse_date(exchange.hold_last) if exchange.hold_last else dated[-1][0])
    return DatedRates(
        tuple(clock.tick_at(day, 0) for day, _ in dated),
        tuple(lump(rate) for _, rate in dated),
        clock.tick_at(last, SECONDS_PER_DAY),
    )


def valid_ticks(text: str | None, clock: Clock) -> tuple[int, int] | None:
    """Return the ticks [from, to) of a date range, both days included; None for none. Raises ValueError."""
    if text is None:
        return None
    first, last = parse_date_range(text)
    return clock.tick_at(first, 0), clock.tick_at(last, SECONDS_PER_DAY)
