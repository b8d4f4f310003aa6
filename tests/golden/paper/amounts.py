"""Quantities with units, durations in whole seconds, and the means of laws: exact where they can be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from statistics import NormalDist

from scipy import special

from paper.texts import Tree, as_list, value

F = Fraction
DAY = 86400
YEAR = 365 * DAY
SECONDS = {
    **dict.fromkeys(("second", "s", "seconds", "sec"), 1),
    **dict.fromkeys(("minute", "min", "minutes"), 60),
    **dict.fromkeys(("hour", "h", "hours", "hr"), 3600),
    **dict.fromkeys(("day", "d", "days"), DAY),
    **dict.fromkeys(("week", "wk", "weeks"), 7 * DAY),
    **dict.fromkeys(("month", "months"), YEAR // 12),
    **dict.fromkeys(("year", "yr", "years"), YEAR),
}
UNITS: dict[str, tuple[str, Fraction]] = {
    **{word: ("s", F(seconds)) for word, seconds in SECONDS.items()},
    **dict.fromkeys(("kilometre", "km"), ("km", F(1))),
    **dict.fromkeys(("metre", "m"), ("km", F(1, 1000))),
    **dict.fromkeys(("nautical_mile", "nmi", "nm"), ("km", F(1852, 1000))),
    **dict.fromkeys(("kilogram", "kg"), ("kg", F(1))),
    **dict.fromkeys(("tonne", "t", "tonnes"), ("kg", F(1000))),
    **dict.fromkeys(("gram", "g"), ("kg", F(1, 1000))),
    **dict.fromkeys(("litre", "L", "l"), ("litre", F(1))),
    **dict.fromkeys(("cubic_metre", "m3"), ("litre", F(1000))),
    **dict.fromkeys(("kelvin_step", "degC"), ("degC", F(1))),
    **dict.fromkeys(("%", "percent"), ("share", F(1, 100))),
    **dict.fromkeys(("", "one"), ("share", F(1))),
    **dict.fromkeys(("TEU",), ("TEU", F(1))),
    **dict.fromkeys(("FEU",), ("TEU", F(2))),
    **dict.fromkeys(("box", "boxes", "container", "containers"), ("box", F(1))),
    **dict.fromkeys(("pallet", "pallets"), ("pallet", F(1))),
    **dict.fromkeys(("plug", "plugs"), ("plug", F(1))),
    **dict.fromkeys(("ULD", "ULDs"), ("ULD", F(1))),
    **dict.fromkeys(("consignment", "consignments"), ("consignment", F(1))),
}
NUMBER = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*(.*?)\s*$")


def quantity(node: Tree) -> tuple[Fraction, str]:
    """Number in base units, and what it counts."""
    return _quantity(value(node))


@cache
def _quantity(text: str) -> tuple[Fraction, str]:
    found = NUMBER.match(text)
    if not found:
        raise ValueError(f"no quantity: {text!r}")
    kind, factor = UNITS[found[2]]
    return F(found[1]) * factor, kind


def number(node: Tree, default: str = "0") -> Fraction:
    """A quantity whose kind the field says."""
    return quantity(default if node is None else node)[0]


def cargo(node: Tree) -> dict[str, Fraction]:
    """Quantities of different kinds."""
    return {kind: amount for amount, kind in map(quantity, as_list(value(node)))}


def seconds(node: Tree) -> int:
    """A duration at its mean: rounded once, half to even, and at least one second."""
    return max(1, round(mean(node)))


def offset(node: Tree) -> int:
    """A signed duration."""
    return round(number(node, "0 h"))


# --------------------------------------------------------------------------------------------------------------- laws
def mean(node: Tree) -> Fraction:
    """Mean of a law, or of a bare quantity, in base units, after truncation."""
    law = value(node)
    if not isinstance(law, dict):
        return number(law)
    kind = next(key for key in law if key in MEANS)
    found: Fraction = MEANS[kind](law[kind])
    return found


def _three(body: Tree) -> list[Fraction]:
    if isinstance(body, dict):
        return [number(body[key]) for key in ("low", "mode", "high") if key in body]
    return [number(item) for item in body]


def _uniform(body: Tree) -> Fraction:
    return sum(_three(body), F(0)) / 2


def _triangular(body: Tree) -> Fraction:
    return sum(_three(body), F(0)) / 3


def _pert(body: Tree) -> Fraction:
    low, mode, high = _three(body)
    return (low + 4 * mode + high) / 6


def _normal(body: Tree) -> Fraction:
    middle, sd = float(number(body["mean"])), float(number(body["sd"]))
    bell = NormalDist()
    low = (float(number(body["min"])) - middle) / sd
    high = (float(number(body["max"])) - middle) / sd
    inside = bell.cdf(high) - bell.cdf(low)
    return F(middle + sd * (bell.pdf(low) - bell.pdf(high)) / inside)


def _lognormal(body: Tree) -> Fraction:
    average, cv, most = (float(number(body[key])) for key in ("mean", "cv", "max"))
    sigma = math.sqrt(math.log1p(cv * cv))
    mu = math.log(average) - sigma * sigma / 2
    bell, edge = NormalDist(), (math.log(most) - mu) / sigma
    return F(average * bell.cdf(edge - sigma) / bell.cdf(edge))


def _gamma_mean(average: float, shape: float, most: float) -> Fraction:
    edge = most * shape / average
    return F(average * float(special.gammainc(shape + 1, edge) / special.gammainc(shape, edge)))


def _exponential(body: Tree) -> Fraction:
    return _gamma_mean(float(number(body["mean"])), 1.0, float(number(body["max"])))


def _gamma(body: Tree) -> Fraction:
    cv = float(number(body["cv"]))
    return _gamma_mean(float(number(body["mean"])), 1 / (cv * cv), float(number(body["max"])))


def _erlang(body: Tree) -> Fraction:
    return _gamma_mean(float(number(body["mean"])), float(number(body["k"])), float(number(body["max"])))


def _weibull(body: Tree) -> Fraction:
    average, shape, most = (float(number(body[key])) for key in ("mean", "shape", "max"))
    whole = math.gamma(1 + 1 / shape)
    edge = (most * whole / average) ** shape
    return F(average * float(special.gammainc(1 + 1 / shape, edge)) / -math.expm1(-edge))


def _empirical(body: Tree) -> Fraction:
    if not isinstance(body, dict):
        body = {"values": body}
    values = [number(item) for item in body["values"]]
    weights = [number(item) for item in body.get("weights", ["1"] * len(values))]
    return sum((a * b for a, b in zip(values, weights, strict=True)), F(0)) / sum(weights)


def _mixture(body: Tree) -> Fraction:
    return sum((number(part["share"]) * mean(part["of"]) for part in body), F(0))


MEANS: dict[str, Callable[[Tree], Fraction]] = {
    "constant": number,
    "uniform": _uniform,
    "triangular": _triangular,
    "pert": _pert,
    "normal": _normal,
    "lognormal": _lognormal,
    "exponential": _exponential,
    "gamma": _gamma,
    "erlang": _erlang,
    "weibull": _weibull,
    "empirical": _empirical,
    "mixture": _mixture,
}
