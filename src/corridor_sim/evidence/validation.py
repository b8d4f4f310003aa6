"""Published facts beside simulated figures: labelled validation, or consistency where a source also fed the figure.

A row's figure depends on every catalog parameter that the alternative uses on that way (EVIDENCE.md, Validation rows).
Where one of them has a source of the fact, or the fact is arithmetic on parameters, agreement proves nothing but that
the model does what it was told: *consistency*. Promoters' savings are shown and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Summary = Mapping[str, Any]
Span = tuple[float, float, float]
"""Value and the ends of its interval; the ends are the value where there is no interval."""
VALIDATION, CONSISTENCY, PROMOTER, PART = "validation", "consistency", "promoter's", "part of the whole"
MEASURES = ("kpi", "hours", "step_cost", "saving", "cost_ratio", "difference", "emissions_ratio", "departures", "value")
PER_CENT = 100
OF_STEPS = {"hours": "hours", "step_cost": "cost"}
"""Measure that sums steps -> figure of a step."""
HEADLINE = {"perspective": "chain", "subsidy": "after"}


@dataclass(frozen=True, slots=True)
class Dependency:
    """A catalog parameter that a figure depends on, and the sources it has in this scenario."""

    param: str
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact beside its figure, in the fact's unit; `low` and `high` are as published, `simulated` is ours."""

    fact: str
    says: str
    label: str
    low: float
    high: float
    unit: str
    simulated: Span | None
    dependencies: tuple[str, ...]
    shared: tuple[str, ...]
    note: str

    @property
    def agrees(self) -> bool | None:
        """Whether the simulated interval meets the published one; None where nothing could be simulated."""
        if self.simulated is None:
            return None
        _, low, high = self.simulated
        return low <= self.high and high >= self.low

    @property
    def misfit(self) -> float | None:
        """The simulated value as a multiple of the nearer published end; 1 inside the published interval."""
        if self.simulated is None:
            return None
        value = self.simulated[0]
        nearest = min(max(value, self.low), self.high)
        return value / nearest if nearest else None


def label_of(
    fact_sources: Iterable[str],
    dependencies: Sequence[Dependency],
    arithmetic: bool,
    promoter: bool,
    part: bool = False,
) -> tuple[str, tuple[str, ...]]:
    """Return the label of a row, and the parameters that share a source with its fact."""
    sources = set(fact_sources)
    shared = tuple(sorted({each.param for each in dependencies if each.sources & sources}))
    if promoter or part:
        return PROMOTER if promoter else PART, shared
    return (CONSISTENCY if shared or arithmetic else VALIDATION), shared


def simulated(summary: Summary, alternative: str, measure: Mapping[str, Any]) -> Span | None:
    """Return the figure that `measure` names for an alternative of a run, None where it is not available.

    `hours` names steps with all their time, and `rides` beside it those of which only the ride counts; `over` divides
    a sum of steps by another one, of its own `alternative` where it names one. The intervals of sums, differences and
    ratios are made of the ends: wider than they need be. Raises KeyError for what is not there.
    """
    one = _alternative(summary, alternative)
    kind = next(key for key in MEASURES if key in measure)
    wanted = measure[kind]
    if kind == "kpi":
        return _kpi(one, wanted, measure)
    if kind in OF_STEPS:
        key = OF_STEPS[kind]
        parts = [(step, key) for step in wanted] + [(step, "travelling") for step in measure.get("rides", ())]
        figure = _sum([_span(_step(one, measure["route"], step)[part]) for step, part in parts])
        over = measure.get("over")
        return _ratio(figure, simulated(summary, over.get("alternative", alternative), over)) if over else figure
    if kind == "saving":
        return _times(_span(_saving(summary, alternative, wanted)), 1 / PER_CENT)
    if kind == "departures":
        services = {row["service"]: row for row in one["services"]}
        return _times(_span(services[wanted]["ran"]), measure["per_year"])
    if kind == "value":
        return _span(one["yearly"][wanted])
    other = _alternative(summary, measure["to"])
    if kind == "difference":
        return _difference(_kpi(one, wanted, measure), _kpi(other, wanted, measure))
    if kind == "emissions_ratio":
        return _ratio(_kpi(one, "emissions", measure), _kpi(other, "emissions", measure))
    return _ratio(_span(_cost(one, wanted)), _span(_cost(other, wanted)))


def _kpi(one: Mapping[str, Any], name: str, measure: Mapping[str, Any]) -> Span | None:
    return _span((one["by_flow"][measure["flow"]] if "flow" in measure else one["kpis"])[name])


def _alternative(summary: Summary, name: str) -> Mapping[str, Any]:
    found = {one["name"]: one for one in summary["alternatives"]}
    return dict(found[name])


def _step(one: Mapping[str, Any], route: str, step: str) -> Mapping[str, Any]:
    steps: dict[tuple[str, str], Summary] = {(row["route"], row["step"]): row for row in one["steps"]}
    return steps[route, step]


def _cost(one: Mapping[str, Any], base: str) -> Mapping[str, Any]:
    wanted = {**HEADLINE, "base": base, "per": "kg"}
    return dict(next(row for row in one["costs"] if all(row[key] == value for key, value in wanted.items())))


def _saving(summary: Summary, alternative: str, base: str) -> Mapping[str, Any]:
    wanted = {**HEADLINE, "base": base, "per": "kg"}
    pair = next(pair for pair in summary["comparisons"] if pair["alternative"] == alternative)
    row = next(row for row in pair["savings"] if all(row[key] == value for key, value in wanted.items()))
    return dict(row["percent"])


def _span(figure: Mapping[str, Any] | None) -> Span | None:
    if figure is None or figure["value"] is None:
        return None
    value, low, high = figure["value"], figure["low"], figure["high"]
    return value, value if low is None else low, value if high is None else high


def _sum(spans: Sequence[Span | None]) -> Span | None:
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    value, low, high = (sum(ends) for ends in zip(*known, strict=True))
    return value, low, high


def _times(span: Span | None, factor: float) -> Span | None:
    return None if span is None else (span[0] * factor, span[1] * factor, span[2] * factor)


def _difference(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return None
    return one[0] - other[0], one[1] - other[2], one[2] - other[1]


def _ratio(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None or min(other) <= 0:
        return None
    return one[0] / other[0], one[1] / other[2], one[2] / other[1]
