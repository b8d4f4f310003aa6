"""Reads `--vary` arguments and lays out the points of a design: grid, Latin hypercube or scrambled Sobol.

path=a,b,c        the values as `--set` takes them; commas inside brackets, braces and quotes belong to a value
path=from:to:n    n values with equal steps, both ends included: "2 CNY/kg:6 CNY/kg:5", "10%:40%:4"
path=from:to      for lhs and sobol, which need no n
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor, log2, prod

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import LONGEST_NAME, printable
from corridor_sim.scenario.overrides import parse_path, split_argument
from corridor_sim.study.kinds import Kind

MOST_POINTS = 100_000
DIGITS = 9
"""Significant digits of a value between the ends of a range."""
OPENING, CLOSING, QUOTES = "([{", ")]}", "\"'"
FIXED = {
    "clock.replications": "--replications",
    "clock.seed": "--seed",
    "baseline": "--set",
    "name": "--set",
    "alternatives": "--alternatives",
    "thresholds": "--vary for what they vary",
    "claims": "--set",
}
"""Paths that are the same at all points, and the option that is meant for them."""
RANGE_PARTS = 3
_END = re.compile(r"\s*(?P<before>[A-Z]{3}\s+)?(?P<number>[+-]?\d+(?:\.\d+)?)(?P<after>\s*(?:[A-Za-z%/][^:]*)?)")
_CLOCK_TIME = re.compile(r"\s*\d{1,2}:\d{2}\s*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number between the words before and after it: "HKD 300/box", "10%", "5"."""

    number: Fraction
    before: str
    after: str

    @property
    def unit(self) -> str:
        """The words without blanks."""
        return f"{self.before}{self.after}".replace(" ", "")

    def at(self, number: Fraction) -> str:
        """Return the text of another number in the same unit."""
        return f"{self.before}{decimal_of(number)}{self.after}"


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies and the values it takes: levels as written, or anything between two ends."""

    path: str
    levels: tuple[str, ...]
    ends: tuple[Quantity, Quantity] | None = None

    def at(self, share: float) -> str:
        """Return the value that stands at a share (0 <= share < 1) of the axis."""
        if self.ends is None:
            return self.levels[floor(share * len(self.levels))]
        low, high = self.ends
        return low.at(low.number + (high.number - low.number) * Fraction(share))


@dataclass(frozen=True, slots=True)
class Design:
    """The points of a sweep: for each the value of every axis, as text."""

    kind: Kind
    axes: tuple[Axis, ...]
    points: tuple[tuple[str, ...], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that vary."""
        return tuple(axis.path for axis in self.axes)

    def overrides(self, point: int) -> tuple[str, ...]:
        """Return a point as `path=value` arguments."""
        return tuple(f"{path}={value}" for path, value in zip(self.paths, self.points[point], strict=True))


def lay_out(arguments: Sequence[str], kind: Kind, count: int | None, seed: int) -> Design:
    """Return the design of `--vary` arguments; `count` points for lhs and sobol, scrambled by `seed`.

    Raises InputError with all problems.
    """
    if not arguments:
        example = '--vary "flows.x.value=2 CNY/kg:6 CNY/kg:5"'
        raise InputError(f"an empty design: nothing varies; give at least one {example}, or use run for one point")
    if kind is Kind.GRID and count is not None:
        raise InputError("--points is for --design lhs or sobol; a grid has as many as its values make")
    axes: list[Axis] = []
    problems: list[Problem] = []
    for argument in arguments:
        try:
            axes.append(_axis(argument, kind))
        except InputError as error:
            problems += error.problems
    twice = {axis.path for axis in axes if [other.path for other in axes].count(axis.path) > 1}
    problems += [Problem("varies twice", path, "--vary") for path in sorted(twice)]
    if problems:
        raise InputError(problems)
    return Design(kind, tuple(axes), _points(axes, kind, count, seed))


def _points(axes: Sequence[Axis], kind: Kind, count: int | None, seed: int) -> tuple[tuple[str, ...], ...]:
    total = prod(len(axis.levels) for axis in axes) if kind is Kind.GRID else count
    if total is None:
        raise InputError(f"--design {kind} needs --points, for instance --points 32")
    if not 0 < total <= MOST_POINTS:
        raise InputError(f"a design of {total:,} points; at least 1 and at most {MOST_POINTS:,} can be run")
    if kind is Kind.GRID:
        return tuple(product(*(axis.levels for axis in axes)))
    shares = _shares(len(axes), total, kind, seed)
    return tuple(tuple(axis.at(share) for axis, share in zip(axes, row, strict=True)) for row in shares)


def _shares(dimensions: int, count: int, kind: Kind, seed: int) -> list[list[float]]:
    """Return `count` points in the unit cube; the first n of 2n Sobol points are the n."""
    from scipy.stats import qmc

    if kind is Kind.LHS:
        sampled = qmc.LatinHypercube(dimensions, seed=seed).random(count)
    else:
        sampled = qmc.Sobol(dimensions, scramble=True, seed=seed).random_base2(ceil(log2(count)))[:count]
    rows: list[list[float]] = sampled.tolist()
    return rows


def _axis(argument: str, kind: Kind) -> Axis:
    label = f"--vary {printable(argument, LONGEST_NAME)}"
    path, text = split_argument(argument)
    if not path:
        raise InputError(
            Problem('expected path=a,b,c or path=from:to:n, such as "x.price=2 CNY/kg:6 CNY/kg:5"', "", label)
        )
    try:
        check_varied(path)
        return Axis(path, *_values(text, kind))
    except InputError as error:
        raise InputError(
            [Problem(each.message, printable(path, LONGEST_NAME), label) for each in error.problems]
        ) from None


def check_varied(path: str) -> None:
    """Raise InputError for a path that may not differ between points, or is none."""
    names = [str(part) for part in parse_path(path)]
    for fixed, option in FIXED.items():
        if names[: fixed.count(".") + 1] == fixed.split("."):
            raise InputError(f"is the same at all points of a sweep; see {option}")


def _values(text: str, kind: Kind) -> tuple[tuple[str, ...], tuple[Quantity, Quantity] | None]:
    """Return (levels, ends) of the text after the "="."""
    levels = split_values(text)
    if levels == [""]:
        raise InputError('an empty design: no value after the "="')
    if "" in levels:
        raise InputError("there is nothing between two commas")
    if len(set(levels)) < len(levels):
        raise InputError("a value stands twice")
    if len(levels) > 1 or any(sign in text for sign in OPENING + QUOTES):
        return tuple(levels), None
    return _range(text, kind) or ((text,), None)


def _range(text: str, kind: Kind) -> tuple[tuple[str, ...], tuple[Quantity, Quantity]] | None:
    """Return (levels, ends) of from:to:n, or None where the text is a single value such as "08:30"."""
    parts = text.split(":")
    if len(parts) == 1 or _END.fullmatch(parts[0]) is None or _CLOCK_TIME.fullmatch(text):
        return None
    low, high = read_quantity(parts[0]), read_quantity(parts[1])
    if low.unit != high.unit:
        raise InputError(f'"{low.unit}" and "{high.unit}" differ; write both ends of from:to:n in the same unit')
    if low.number == high.number:
        raise InputError("from and to are the same")
    if len(parts) == RANGE_PARTS - 1 and kind is not Kind.GRID:
        return (), (low, high)
    count = parts[-1].strip()
    if len(parts) != RANGE_PARTS or not count.isascii() or not count.isdecimal():
        raise InputError(f'"{printable(text)}" is not from:to:n with a whole number n, such as "10%:40%:4"')
    return _levels(low, high, int(count)), (low, high)


def _levels(low: Quantity, high: Quantity, count: int) -> tuple[str, ...]:
    if not 1 < count <= MOST_POINTS:
        raise InputError(f"n is {count:,}; expected 2 to {MOST_POINTS:,} values from end to end")
    step = (high.number - low.number) / (count - 1)
    return tuple(low.at(low.number + step * place) for place in range(count))


def read_quantity(text: str) -> Quantity:
    """Return a number with its unit. Raises InputError."""
    match = _END.fullmatch(text)
    if match is None:
        raise InputError(f'"{printable(text.strip())}" is not a number with a unit, as from:to:n needs')
    return Quantity(Fraction(match["number"]), match["before"] or "", match["after"].rstrip())


def split_values(text: str) -> list[str]:
    """Return the parts between the commas that stand in no bracket, brace or quote."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if sign == "," and not depth and not quote:
            parts.append("")
            continue
        parts[-1] += sign
        if quote or sign in QUOTES:
            quote = sign if not quote else "" if sign == quote else quote
        else:
            depth += (sign in OPENING) - (sign in CLOSING)
    return [part.strip() for part in parts]


def decimal_of(number: Fraction) -> str:
    """Return a number with at most DIGITS significant digits, without exponent."""
    exact = Context(prec=DIGITS).divide(Decimal(number.numerator), Decimal(number.denominator))
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def numbers_of(texts: Iterable[str]) -> tuple[list[float], str] | None:
    """Return (numbers, unit) where all texts are numbers with one and the same unit, else None."""
    matches = [_END.fullmatch(text) for text in texts]
    if any(match is None for match in matches):
        return None
    found = [Quantity(Fraction(match["number"]), match["before"] or "", match["after"]) for match in matches if match]
    units = {each.unit for each in found}
    return ([float(each.number) for each in found], units.pop()) if len(units) == 1 else None
