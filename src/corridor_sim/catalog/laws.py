"""Distributions in the words of a scenario: `6 h`, `{pert: [3 h, 4 h, 8 h]}`, `{lognormal: {mean: ..}}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite, nan, sqrt
from typing import Any

from corridor_sim.catalog.numbers import read_number
from corridor_sim.errors import did_you_mean
from corridor_sim.sampling import distributions as laws


def read_sound_law(raw: Any, measure: str) -> laws.Distribution:
    """Read a distribution and work out its mean, which absurd parameters do not survive. Raises ValueError."""
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
    return [read_number(value, measure) for value in body]


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
    return read_number(raw, "share")


def _most(body: Mapping[str, Any], measure: str) -> Fraction:
    return read_number(body["max"], measure)


def _normal(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("normal", body, "mean sd min max")
    return laws.TruncatedNormal(*(read_number(b[name], measure) for name in ("mean", "sd", "min", "max")))


def _lognormal(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("lognormal", body, "mean cv max")
    return laws.Lognormal(read_number(b["mean"], measure), _pure(b["cv"]), _most(b, measure))


def _exponential(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("exponential", body, "mean max")
    return laws.Exponential(read_number(b["mean"], measure), _most(b, measure))


def _gamma(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("gamma", body, "mean cv max")
    return laws.Gamma(read_number(b["mean"], measure), _pure(b["cv"]), _most(b, measure))


def _erlang(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("erlang", body, "mean k max")
    k = _pure(b["k"])
    if k < 1 or k.denominator != 1:
        raise ValueError("an Erlang distribution has a whole number of phases: k is 1, 2, 3, ...")
    # an Erlang law is the gamma law whose cv is 1 / sqrt(k)
    return laws.Gamma(read_number(b["mean"], measure), Fraction(1 / sqrt(k)), _most(b, measure))


def _weibull(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("weibull", body, "mean shape max")
    return laws.Weibull.of_mean(read_number(b["mean"], measure), _pure(b["shape"]), _most(b, measure))


def _empirical(body: Any, measure: str) -> laws.Distribution:
    b = _keyed("empirical", {"values": body} if isinstance(body, list) else body, "values", "weights")
    values, weights = b["values"], b.get("weights")
    if not isinstance(values, list) or not isinstance(weights, list | None):
        raise ValueError("empirical takes a list of values, and weights as a list of as many numbers")
    numbers = tuple(read_number(value, measure) for value in values)
    return laws.Empirical(numbers, tuple(map(_pure, weights)) if weights is not None else (Fraction(1),) * len(numbers))


def _mixture(body: Any, measure: str) -> laws.Distribution:
    if not isinstance(body, list) or not body:
        raise ValueError("mixture takes a list such as [{share: 80 %, of: 2 h}, {share: 20 %, of: ...}]")
    parts = [_keyed("mixture", part, "share of") for part in body]
    return laws.Mixture(tuple((_pure(part["share"]), read_law(part["of"], measure)) for part in parts))


_LAWS: dict[str, Callable[[Any, str], laws.Distribution]] = {
    "constant": lambda body, measure: laws.Constant(read_number(body, measure)),
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
LAW_NAMES = tuple(_LAWS)


def read_law(raw: Any, measure: str) -> laws.Distribution:
    """Read a distribution in the base unit of `measure`; a bare quantity is constant. Raises ValueError."""
    if not isinstance(raw, Mapping):
        return laws.Constant(read_number(raw, measure))
    if len(raw) != 1:
        raise ValueError(f"expected one distribution, found the keys {', '.join(map(str, raw))}")
    kind, body = next(iter(raw.items()))
    if kind not in _LAWS:
        raise ValueError(f'"{kind}" is no distribution{did_you_mean(str(kind), _LAWS)}; known: {", ".join(_LAWS)}')
    return _LAWS[kind](body, measure)
