"""The values a scenario is made of: quantities, distributions and prices, each with its provenance.

A value is written bare (`6 h`), as a distribution (`{pert: [3 h, 4 h, 8 h]}`), or under its grade with where it
comes from: `{published: 38.7 h, source: cri_2017}`, `{assume: 70 %, range: [50 %, 90 %], because: ...}`. A bare
value has the grade `stated`: a choice of the scenario's author, counted as an assumption wherever shares of
assumptions are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import isfinite, nan, sqrt
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from corridor_sim import units
from corridor_sim.errors import did_you_mean
from corridor_sim.sampling import distributions as laws
from corridor_sim.units import DAYS_PER_YEAR, MEASURES, SECONDS_PER_DAY, TEU_PER_FEU, Price, UnitProblem

GRADES = {
    "measured": "measured",
    "published": "published",
    "derived": "derived",
    "analogue": "analogue",
    "assume": "assumption",
}
"""Key in the file -> grade (EVIDENCE.md, Provenance)."""
STATED = "stated"
RESTS_ON_ASSUMPTION = frozenset({"assumption", "analogue", STATED})
NOTES = ("source", "because", "from", "range", "as_of", "price_year", "reviewed", "note", "tax", "moves_with", "param")

COUNTABLE = ("teu", "box", "mass", "volume", "plug", "uld", "pallet", "consignment")
"""What capacities and sizes may be stated in; a FEU is two TEU."""
LONGEST_YEARS = 100
MOST = 10**12
"""The largest amount of any measure in its base unit; thousandths of it, summed over a run, stay below 2**63."""
MOST_MONEY = 10**10
"""The largest amount of money in one price, in units of its currency."""
COLDEST, HOTTEST = -100, 100
LIMITS: dict[str, tuple[int, int]] = {
    "duration": (0, LONGEST_YEARS * DAYS_PER_YEAR * SECONDS_PER_DAY),
    "temperature": (COLDEST, HOTTEST),
}
"""Measure -> least and largest amount in its base unit, where they are not 0 and MOST."""

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


def _text(raw: Any) -> str:
    """Return a scalar as the text a planner wrote; booleans and nothing are no numbers."""
    if isinstance(raw, bool) or raw is None:
        raise ValueError(f"{raw} is not a number")
    if isinstance(raw, Mapping | list):
        raise ValueError("expected one value, found a list or mapping")
    # the shortest text of a small float has an exponent, which no planner wrote
    return format(Decimal(repr(raw)), "f") if isinstance(raw, float) else str(raw)


def _plain(raw: Any, measure: str) -> Fraction:
    text = _text(raw)
    try:
        value = units.parse_quantity(text, measure)
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    return _within_limits(text, value, measure)


def _within_limits(text: str, value: Fraction, measure: str) -> Fraction:
    least, most = LIMITS.get(measure, (0, MOST))
    if value < least == 0:
        raise ValueError(f'"{text}" is negative; expected 0 or more')
    if not least <= value <= most:
        limit = f"{LONGEST_YEARS} years" if measure == "duration" else f"{max(least, min(value, most))}"
        unit = "" if measure in ("duration", "share") else f" {MEASURES[measure]}"
        raise ValueError(f'"{text}" is out of all proportion; expected at {_end(value, most)} {limit}{unit}')
    return value


def _end(value: Fraction, most: int) -> str:
    return "most" if value > most else "least"


def split_provenance(raw: Any, measure: str | None) -> tuple[Any, Provenance]:
    """Separate a graded mapping into its value and its provenance; a bare value passes as `stated`.

    `measure` says in which unit a `range` is read; None leaves the range to the reader of the price.
    Raises ValueError for notes that belong nowhere, or an assumption without its reason.
    """
    if not isinstance(raw, Mapping) or not any(grade in raw for grade in GRADES):
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
    low, high = _range(raw.get("range"), measure)
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
        moves_with=str(raw.get("moves_with", "")),
        param=str(raw.get("param", "")),
    )


def _range(raw: Any, measure: str | None) -> tuple[Fraction | None, Fraction | None]:
    if raw is None:
        return None, None
    if not isinstance(raw, list) or len(raw) != 1 + 1:
        raise ValueError("a range has two ends, such as [50 %, 90 %]")
    ends = [_plain(end, measure) if measure else _first_number(end) for end in raw]
    if ends[0] > ends[1]:
        raise ValueError(f"the range runs backwards: {raw[0]} is more than {raw[1]}")
    return ends[0], ends[1]


def _first_number(raw: Any) -> Fraction:
    try:
        return units.parse_number(_text(raw).split()[0])
    except (UnitProblem, IndexError):
        try:
            return units.parse_price(_text(raw)).amount
        except UnitProblem as problem:
            raise ValueError(str(problem)) from None


def read_amount(raw: Any, measure: str) -> Amount:
    """Read one exact number of `measure`. Raises ValueError with what would be accepted."""
    if isinstance(raw, Amount):
        return raw
    value, provenance = split_provenance(raw, measure)
    return Amount(_plain(value, measure), measure, _text(value), provenance)


def read_sampled(raw: Any, measure: str) -> Sampled:
    """Read a constant or a distribution of `measure`. Raises ValueError with what would be accepted."""
    if isinstance(raw, Sampled):
        return raw
    value, provenance = split_provenance(raw, measure)
    return Sampled(_sound_law(value, measure), measure, law_text(value), provenance)


def _sound_law(raw: Any, measure: str) -> laws.Distribution:
    """Read a law and work out its mean, which parameters out of all proportion do not survive."""
    try:
        law = read_law(raw, measure)
        mean = law.mean()
    except ArithmeticError:
        mean = nan
    if not isfinite(mean) or not law.smallest() <= mean <= law.largest():
        raise ValueError(f'"{law_text(raw)}" is no distribution that can be drawn from; check its parameters')
    return law


def law_text(raw: Any) -> str:
    """Return a law as a short text for tables of inputs."""
    if isinstance(raw, Mapping):
        return ", ".join(f"{kind} {_inline(body)}" for kind, body in raw.items())
    return str(raw)


def _inline(body: Any) -> str:
    if isinstance(body, list):
        return ", ".join(map(_inline, body))
    if isinstance(body, Mapping):
        return ", ".join(f"{key} {_inline(value)}" for key, value in body.items())
    return str(body)


def _listed(kind: str, body: Any, names: str, measure: str) -> list[Fraction]:
    wanted = names.split()
    if isinstance(body, Mapping):
        body = [body.get(name) for name in wanted] if set(body) == set(wanted) else None
    if not isinstance(body, list) or len(body) != len(wanted):
        raise ValueError(f"{kind} takes {len(wanted)} values: [{', '.join(wanted)}]")
    return [_plain(value, measure) for value in body]


def _keyed(kind: str, body: Any, needed: str, optional: str = "") -> Mapping[str, Any]:
    names = needed.split() + optional.split()
    example = "{" + ", ".join(f"{name}: ..." for name in needed.split()) + "}"
    if not isinstance(body, Mapping):
        raise ValueError(f"{kind} takes a mapping such as {example}")
    for key in body:
        if key not in names:
            raise ValueError(f'{kind} has no "{key}"{did_you_mean(str(key), names)}; it takes {", ".join(names)}')
    for name in needed.split():
        if name not in body:
            raise ValueError(f"{kind} lacks {name}; it takes {example}")
    return body


def _pure(raw: Any) -> Fraction:
    return _plain(raw, "share")


def _most(body: Mapping[str, Any], measure: str) -> Fraction:
    return _plain(body["max"], measure)


def _normal(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("normal", body, "mean sd min max")
    return laws.TruncatedNormal(*(_plain(b[name], measure) for name in ("mean", "sd", "min", "max")))


def _lognormal(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("lognormal", body, "mean cv max")
    return laws.Lognormal(_plain(b["mean"], measure), _pure(b["cv"]), _most(b, measure))


def _exponential(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("exponential", body, "mean max")
    return laws.Exponential(_plain(b["mean"], measure), _most(b, measure))


def _gamma(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("gamma", body, "mean cv max")
    return laws.Gamma(_plain(b["mean"], measure), _pure(b["cv"]), _most(b, measure))


def _erlang(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("erlang", body, "mean k max")
    k = _pure(b["k"])
    if k < 1 or k.denominator != 1:
        raise ValueError("an Erlang distribution has a whole number of phases: k is 1, 2, 3, ...")
    # an Erlang law is the gamma law whose cv is 1 / sqrt(k)
    return laws.Gamma(_plain(b["mean"], measure), Fraction(1 / sqrt(k)), _most(b, measure))


def _weibull(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("weibull", body, "mean shape max")
    return laws.Weibull.of_mean(_plain(b["mean"], measure), _pure(b["shape"]), _most(b, measure))


def _empirical(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("empirical", {"values": body} if isinstance(body, list) else body, "values", "weights")
    values, weights = b["values"], b.get("weights")
    if not isinstance(values, list) or not isinstance(weights, list | None):
        raise ValueError("empirical takes a list of values, and weights as a list of as many numbers")
    numbers = tuple(_plain(value, measure) for value in values)
    return laws.Empirical(numbers, tuple(map(_pure, weights)) if weights is not None else (Fraction(1),) * len(numbers))


def _mixture(body: Any, measure: str) -> laws.Distribution:
    if not isinstance(body, list) or not body:
        raise ValueError("mixture takes a list such as [{share: 80 %, of: 2 h}, {share: 20 %, of: ...}]")
    parts = [_keyed("mixture", part, "share of") for part in body]
    return laws.Mixture(tuple((_pure(part["share"]), read_law(part["of"], measure)) for part in parts))


_LAWS: dict[str, Callable[[Any, str], laws.Distribution]] = {
    "constant": lambda body, measure: laws.Constant(_plain(body, measure)),
    "uniform": lambda body, measure: laws.Uniform(*_listed("uniform", body, "low high", measure)),
    "triangular": lambda body, measure: laws.Triangular(*_listed("triangular", body, "low mode high", measure)),
    "pert": lambda body, measure: laws.Pert(*_listed("pert", body, "low mode high", measure)),
    "normal": _normal,
    "lognormal": _lognormal,
    "exponential": _exponential,
    "gamma": _gamma,
    "erlang": _erlang,
    "weibull": _weibull,
    "empirical": _empirical,
    "mixture": _mixture,
}


def read_law(raw: Any, measure: str) -> laws.Distribution:
    """Read a distribution in the base unit of `measure`; a bare quantity is constant. Raises ValueError."""
    if not isinstance(raw, Mapping):
        return laws.Constant(_plain(raw, measure))
    if len(raw) != 1:
        raise ValueError(f"expected one distribution, found the keys {', '.join(map(str, raw))}")
    kind, body = next(iter(raw.items()))
    if kind not in _LAWS:
        raise ValueError(f'"{kind}" is no distribution{did_you_mean(str(kind), _LAWS)}; known: {", ".join(_LAWS)}')
    return _LAWS[kind](body, measure)


def read_priced(raw: Any) -> Priced:
    """Read a price or a list of prices that add up, all of one currency. Raises ValueError."""
    if isinstance(raw, Priced):
        return raw
    value, provenance = split_provenance(raw, None)
    texts = [_text(part) for part in (value if isinstance(value, list) else [value])]
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
    graded = {"type": "object", "description": f"a distribution, or a grade ({', '.join(GRADES)}) with its source"}
    return WithJsonSchema(
        {
            "anyOf": [{"type": ["string", "number"], "examples": [example]}, graded, {"type": "array"}],
            "description": f"{kind}, for instance {example}",
        }
    )


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
Portion = Annotated[
    Amount, BeforeValidator(read_portion), _SHOWN, _schema("70 %", "a share of a whole")
]
"""A share of a whole: at most 100 %."""
PortionLaw = Annotated[
    Sampled, BeforeValidator(read_portion_law), _SHOWN, _schema("70 %", "a share of a whole")
]
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
    if isinstance(raw, tuple):
        return raw
    amounts = tuple(map(_countable, raw if isinstance(raw, list) else [raw]))
    names = [amount.measure for amount in amounts]
    if not names:
        raise ValueError('expected at least one quantity such as "50 TEU"')
    if len(set(names)) != len(names):
        raise ValueError("a measure stands twice in the list")
    return amounts


def _countable(raw: Any) -> Amount:
    value, provenance = split_provenance(raw, None)
    text = _text(value)
    try:
        measure, number = units.parse_any(text)
    except UnitProblem as problem:
        raise ValueError(str(problem)) from None
    if measure == "feu":
        measure, number = "teu", number * TEU_PER_FEU
    if measure not in COUNTABLE:
        raise ValueError(f'"{text}" does not count cargo; expected a quantity such as "50 TEU", "8 plugs" or "25 t"')
    return Amount(_within_limits(text, number, measure), measure, text, provenance)


Capacity = Annotated[
    tuple[Amount, ...],
    BeforeValidator(read_capacity),
    PlainSerializer(lambda amounts: [amount.text for amount in amounts]),
    _schema("[50 TEU, 8 plugs]", "one or several quantities"),
]
