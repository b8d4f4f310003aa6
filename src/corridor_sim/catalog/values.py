"""The values a scenario is made of: quantities, distributions and prices, each with its provenance.

A value is written bare (`6 h`), as a distribution (`{pert: [3 h, 4 h, 8 h]}`), or under its grade with where it
comes from: `{published: 38.7 h, source: cri_2017}`, `{assume: 70 %, range: [50 %, 90 %], because: ...}`. A bare
value has the grade `stated`: a choice of the scenario's author, counted as an assumption wherever shares of
assumptions are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from corridor_sim import units
from corridor_sim.catalog.laws import law_text, read_sound_law
from corridor_sim.catalog.numbers import MOST_MONEY, read_number, scalar_text, within_limits
from corridor_sim.errors import did_you_mean
from corridor_sim.sampling import distributions as laws
from corridor_sim.units import TEU_PER_FEU, Price, UnitProblem

GRADES = {
    "measured": "measured",
    "published": "published",
    "derived": "derived",
    "analogue": "analogue",
    "assume": "assumption",
}
"""Key in the file -> grade (EVIDENCE.md, Provenance)."""
SOURCED = tuple(key for key in GRADES if key != "assume")
"""Keys of values that somebody else said: they name a source and a date."""
STATED = "stated"
RESTS_ON_ASSUMPTION = frozenset({"assumption", "analogue", STATED})
NOTES = (
    "source",
    "because",
    "from",
    "range",
    "as_of",
    "price_year",
    "index",
    "reviewed",
    "note",
    "tax",
    "moves_with",
    "param",
)

COUNTABLE = ("teu", "box", "mass", "volume", "plug", "uld", "pallet", "consignment")
"""What capacities and sizes may be stated in; a FEU is two TEU."""
Whole = Annotated[int, Field(strict=True)]
"""A whole number; texts, booleans and decimals are none."""
Flag = Annotated[bool, Field(strict=True)]
"""true or false; neither `NO` nor 1."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number without unit."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from (EVIDENCE.md). `low` and `high` are the stated range in base units."""

    grade: str = STATED
    sources: tuple[str, ...] = ()
    because: str = ""
    derived_from: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    as_of: str = ""
    price_year: int | None = None
    tax: str = ""
    index: str = ""
    moves_with: str = ""
    param: str = ""

    @property
    def is_assumption(self) -> bool:
        """Whether a reader should treat the value as assumed rather than sourced."""
        return self.grade in RESTS_ON_ASSUMPTION


@dataclass(frozen=True, slots=True)
class Amount:
    """One exact number in the base unit of its measure (`units.MEASURES`)."""

    value: Fraction
    measure: str
    text: str = field(compare=False, default="")
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class Sampled:
    """A law to draw from, in the base unit of its measure; a constant is a law too."""

    law: laws.Distribution
    measure: str
    text: str = field(compare=False, default="")
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class Priced:
    """A sum of prices of one currency, for instance a base per box and a rate per box-kilometre."""

    parts: tuple[Price, ...]
    text: str = field(compare=False, default="")
    provenance: Provenance = Provenance()


def is_graded(raw: Any) -> bool:
    """Return whether plain data is a value under its grade."""
    return isinstance(raw, Mapping) and any(grade in raw for grade in GRADES)


def grade_key(graded: Mapping[str, Any]) -> str:
    """Return the key under which a graded value stands."""
    return next(grade for grade in GRADES if grade in graded)


ReadEnd = Callable[[Any, Any], Fraction]
"""Reads an end of a range, given the value the range belongs to as well."""


def split_provenance(raw: Any, read_end: ReadEnd | None) -> tuple[Any, Provenance]:
    """Separate a graded mapping into its value and its provenance; a bare value passes as `stated`.

    `read_end` reads the ends of a `range` in base units; None takes their numbers as they stand, for a value of which
    nobody knows yet what it measures. Raises ValueError for notes that belong nowhere, or an
    assumption without its reason.
    """
    if not is_graded(raw):
        return raw, Provenance()
    grade, *others = [key for key in raw if key in GRADES]
    if others:
        raise ValueError(f"two grades at once: {grade} and {others[0]}; keep one")
    unknown = [key for key in raw if key != grade and key not in NOTES]
    if unknown:
        raise ValueError(f'unknown key "{unknown[0]}" beside "{grade}"{did_you_mean(unknown[0], NOTES)}')
    if grade == "assume" and not raw.get("because"):
        raise ValueError("an assumption says why: add `because: ...`")
    if grade in ("measured", "published") and not raw.get("source"):
        raise ValueError(f"a {grade} value names its source: add `source: ...`")
    sources = raw.get("source") or ()
    low, high = _range(raw.get("range"), raw[grade], read_end or _first_number)
    year = raw.get("price_year")
    if year is not None and (not isinstance(year, int) or isinstance(year, bool)):
        raise ValueError("price_year is a year, such as 2026")
    sources = [sources] if isinstance(sources, str) else sources
    if not isinstance(sources, Sequence) or not all(isinstance(source, str) for source in sources):
        raise ValueError("source is a name under `sources`, or a list of such names")
    return raw[grade], Provenance(
        grade=GRADES[grade],
        sources=tuple(sources),
        because=str(raw.get("because", "")),
        derived_from=str(raw.get("from", "")),
        low=low,
        high=high,
        as_of=str(raw.get("as_of", "")),
        price_year=year,
        tax=str(raw.get("tax", "")),
        index=str(raw.get("index", "")),
        moves_with=str(raw.get("moves_with", "")),
        param=str(raw.get("param", "")),
    )


def _range(raw: Any, value: Any, read_end: ReadEnd) -> tuple[Fraction | None, Fraction | None]:
    if raw is None:
        return None, None
    if not isinstance(raw, list) or len(raw) != 1 + 1:
        raise ValueError("a range has two ends, such as [50 %, 90 %]")
    low, high = (read_end(end, value) for end in raw)
    if low > high:
        raise ValueError(f"the range runs backwards: {raw[0]} is more than {raw[1]}")
    return low, high


def _first_number(end: Any, _: Any) -> Fraction:
    try:
        return units.parse_number(scalar_text(end).split()[0])
    except (UnitProblem, IndexError):
        try:
            return units.parse_price(scalar_text(end)).amount
        except UnitProblem as problem:
            raise ValueError(str(problem)) from None


def _end_of(measure: str) -> ReadEnd:
    return lambda end, _: read_number(end, measure)


def _price_end(end: Any, value: Any) -> Fraction:
    """Read an end of a price's range: a price like the first of `value`, or a bare number in its unit."""
    first = scalar_text(value[0] if isinstance(value, list) and value else value)
    try:
        like, read = units.parse_price(first), units.parse_price(units.in_unit_of(scalar_text(end), first))
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    if (read.currency, read.per) != (like.currency, like.per):
        raise ValueError(f'the range end "{scalar_text(end)}" is not in the unit of "{first}"')
    return read.amount


def _count_end(end: Any, value: Any) -> Fraction:
    """Read an end of the range of a quantity of whatever measure `value` has; a bare number is in its unit."""
    text = units.in_unit_of(scalar_text(end), scalar_text(value))
    amount, like = _counted(text), _counted(scalar_text(value))
    if amount[0] != like[0]:
        raise ValueError(f'the range end "{text}" is not in the unit of "{scalar_text(value)}"')
    return amount[1]


def read_amount(raw: Any, measure: str) -> Amount:
    """Read one exact number of `measure`. Raises ValueError with what would be accepted."""
    value, provenance = split_provenance(raw, _end_of(measure))
    return Amount(read_number(value, measure), measure, scalar_text(value), provenance)


def read_sampled(raw: Any, measure: str) -> Sampled:
    """Read a constant or a distribution of `measure`. Raises ValueError with what would be accepted."""
    value, provenance = split_provenance(raw, _end_of(measure))
    return Sampled(read_sound_law(value, measure), measure, law_text(value), provenance)


def read_priced(raw: Any) -> Priced:
    """Read a price or a list of prices that add up, all of one currency. Raises ValueError."""
    value, provenance = split_provenance(raw, _price_end)
    texts = [scalar_text(part) for part in (value if isinstance(value, list) else [value])]
    try:
        parts = tuple(units.parse_price(text) for text in texts)
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    if not parts:
        raise ValueError('an empty list is no price; nothing is free by accident: write "0 CNY"')
    if any(part.amount < 0 for part in parts):
        raise ValueError(f'"{" + ".join(texts)}" is negative; a price is 0 or more, a subsidy is its own object')
    if any(part.amount > MOST_MONEY for part in parts):
        raise ValueError(f'"{" + ".join(texts)}" is out of all proportion; expected at most {MOST_MONEY}')
    if len({part.currency for part in parts}) != 1:
        raise ValueError("prices that add up have one currency")
    return Priced(parts, " + ".join(texts), provenance)


def _above_zero(read: Amount | tuple[Amount, ...]) -> Amount | tuple[Amount, ...]:
    for amount in read if isinstance(read, tuple) else (read,):
        if not amount.value:
            raise ValueError(f'"{amount.text}" is nothing; expected more than 0')
    return read


ABOVE_ZERO = AfterValidator(_above_zero)
"""Added to a type of amounts, it refuses 0."""


def _not_empty(read: Sized) -> Sized:
    if not len(read):
        raise ValueError("nothing stands here; expected at least one")
    return read


NOT_EMPTY = AfterValidator(_not_empty)
"""Added to a list or mapping, it refuses an empty one; unlike a least length it counts no items that are wrong."""


def read_portion(raw: Any) -> Amount:
    """Read a share of a whole. Raises ValueError with what would be accepted."""
    share = read_amount(raw, "share")
    _require_part(share.value, share.text)
    return share


def read_portion_law(raw: Any) -> Sampled:
    """Read a constant or distributed share of a whole. Raises ValueError with what would be accepted."""
    share = read_sampled(raw, "share")
    _require_part(share.law.largest(), share.text)
    return share


def _require_part(largest: Fraction, text: str) -> None:
    if largest > 1:
        raise ValueError(f'"{text}" is more than the whole; expected at most 100 %')


def _schema(example: str, kind: str) -> WithJsonSchema:
    by_keys = {"type": "object", "$comment": BY_KEYS}
    text = {"type": ["string", "number"], "examples": [example]}
    described = f"{kind}, for instance {example}"
    return WithJsonSchema({"anyOf": [text, by_keys, {"type": "array"}], "description": described})


BY_KEYS = "graded value or distribution"
"""Marks in a JSON Schema where a value may be written with keys."""


def _shown(value: Any) -> str:
    return str(value.text)


_SHOWN = PlainSerializer(_shown)

Duration = Annotated[
    Sampled, BeforeValidator(lambda raw: read_sampled(raw, "duration")), _SHOWN, _schema("6 h", "a duration")
]
FixedDuration = Annotated[
    Amount, BeforeValidator(lambda raw: read_amount(raw, "duration")), _SHOWN, _schema("6 h", "a fixed duration")
]
ShareLaw = Annotated[
    Sampled, BeforeValidator(lambda raw: read_sampled(raw, "share")), _SHOWN, _schema("70 %", "a share")
]
Share = Annotated[Amount, BeforeValidator(lambda raw: read_amount(raw, "share")), _SHOWN, _schema("70 %", "a share")]
Portion = Annotated[Amount, BeforeValidator(read_portion), _SHOWN, _schema("70 %", "a share of a whole")]
"""A share of a whole: at most 100 %."""
PortionLaw = Annotated[Sampled, BeforeValidator(read_portion_law), _SHOWN, _schema("70 %", "a share of a whole")]
Distance = Annotated[
    Amount, BeforeValidator(lambda raw: read_amount(raw, "distance")), _SHOWN, _schema("1406 km", "a distance")
]
Mass = Annotated[Amount, BeforeValidator(lambda raw: read_amount(raw, "mass")), _SHOWN, _schema("25 t", "a mass")]
Volume = Annotated[
    Amount, BeforeValidator(lambda raw: read_amount(raw, "volume")), _SHOWN, _schema("60 m3", "a volume")
]
Temperature = Annotated[
    Amount, BeforeValidator(lambda raw: read_amount(raw, "temperature")), _SHOWN, _schema("6 degC", "a temperature")
]
Money = Annotated[Priced, BeforeValidator(read_priced), _SHOWN, _schema("1800 CNY/FEU", "a price")]


def read_capacity(raw: Any) -> tuple[Amount, ...]:
    """Read one quantity or a list of them, each of another measure ("50 TEU", "8 plugs"). Raises ValueError."""
    amounts = tuple(map(_countable, raw if isinstance(raw, list) else [raw]))
    names = [amount.measure for amount in amounts]
    if not names:
        raise ValueError('expected at least one quantity such as "50 TEU"')
    if len(set(names)) != len(names):
        raise ValueError("a measure stands twice in the list")
    return amounts


def _countable(raw: Any) -> Amount:
    value, provenance = split_provenance(raw, _count_end)
    text = scalar_text(value)
    measure, number = _counted(text)
    if measure not in COUNTABLE:
        raise ValueError(f'"{text}" does not count cargo; expected a quantity such as "50 TEU", "8 plugs" or "25 t"')
    return Amount(within_limits(text, number, measure), measure, text, provenance)


def _counted(text: str) -> tuple[str, Fraction]:
    """Return (measure, amount in its base unit) of a quantity; FEU are counted in TEU. Raises ValueError."""
    try:
        measure, number = units.parse_any(text)
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    return ("teu", number * TEU_PER_FEU) if measure == "feu" else (measure, number)


Capacity = Annotated[
    tuple[Amount, ...],
    BeforeValidator(read_capacity),
    PlainSerializer(lambda amounts: [amount.text for amount in amounts]),
    _schema("[50 TEU, 8 plugs]", "one or several quantities"),
]
