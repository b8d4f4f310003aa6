"""Words and numbers as readers see them: texts of the scenario, units, intervals, footnotes with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_HOUR

Figure = Mapping[str, Any]
"""An estimate of the summary: value, low, high, unit, n, resolved, method."""

SUPPOSITION = "supposition"
SUPPOSITION_ZH = "假设情景"
LONGEST_TEXT = 400
ROUNDING = 1e-9
TO = "to"
NO_REASON = "not available"
NOT_RESOLVED = "not resolved: a closure or outage that touches it was met in too few replications"

BASES = {"cash": "cash", "total_logistics": "total logistics", "with_carbon": "with carbon"}
"""Cost base of the summary -> words before "cost"."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How a figure is shown: times `factor`, with so many decimals, under `words`."""

    words: str
    factor: float = 1.0
    decimals: int = 0


HOURS_PER_DAY = SECONDS_PER_DAY / SECONDS_PER_HOUR
PER_CENT = 100.0
LITRES_PER_M3 = 1000
DAYS = Unit("days", 1 / HOURS_PER_DAY, 1)
PERCENT = Unit("%", PER_CENT, 1)
"""Shows a share."""
READY_PERCENT = Unit("%", decimals=1)
"""Shows a figure that is in per cent already, such as a saving."""
CNY_PER_BOX = Unit("CNY")
CNY_PER_KG = Unit("CNY", decimals=3)
CNY_PER = {"box": CNY_PER_BOX, "kg": CNY_PER_KG}
UNITS = {
    "h": Unit("h", decimals=1),
    "share": PERCENT,
    "CNY": CNY_PER_BOX,
    "count": Unit("times", decimals=2),
    "ratio": Unit("x", decimals=2),
}
"""Unit of the summary -> how it is shown; others (%, kg CO2e) as they are."""


def unit_of(name: str) -> Unit:
    """Return how figures of a unit of the summary are shown."""
    return UNITS.get(name, Unit(name, decimals=1))


def text_of(words: Mapping[str, str] | None) -> str:
    """Return the English text, or else the first there is, on one line and without control characters."""
    known = words or {}
    return printable(known.get("en") or next(iter(known.values()), ""), LONGEST_TEXT)


def short_number(value: float) -> str:
    """Return a number with three significant digits, without exponents: "71.9", "30,600"."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:g}"


def number(value: float, unit: Unit) -> str:
    """Return a number in its unit without the unit's words, such as "12,345"."""
    return f"{value * unit.factor:z,.{unit.decimals}f}"


@dataclass
class Footnotes:
    """Reasons behind marks such as "[1]", each said once."""

    reasons: list[str] = field(default_factory=list)

    def mark(self, reason: str) -> str:
        """Return the mark of a reason, adding it when it is new."""
        if reason not in self.reasons:
            self.reasons.append(reason)
        return f"[{self.reasons.index(reason) + 1}]"

    def lines(self) -> list[str]:
        """Return one line for each reason."""
        return [f"{self.mark(reason)} {printable(reason, LONGEST_TEXT)}" for reason in self.reasons]

    def cell(self, figure: Figure | None, unit: Unit, said: frozenset[str] = frozenset()) -> str:
        """Return an estimate with its interval ("9.4 ±0.3"), and marks of what is missing but for reasons in `said`."""
        if figure is None or figure["value"] is None:
            return f"n/a {self.mark((figure or {}).get('method') or NO_REASON)}"
        marks = [self.mark(reason) for reason in reasons_of(figure) if reason not in said]
        return " ".join([interval_text(figure, unit), *marks])


def has_interval(figure: Figure) -> bool:
    """Return whether an estimate has an interval."""
    return figure["low"] is not None and figure["high"] is not None


def reasons_of(figure: Figure) -> tuple[str, ...]:
    """Return what a reader must know of an estimate: why it has no interval, that it is not resolved."""
    reasons = () if has_interval(figure) else (figure["method"] or NO_REASON,)
    return reasons if figure["resolved"] else (*reasons, NOT_RESOLVED)


def common_reasons(alternative: Mapping[str, Any]) -> frozenset[str]:
    """Return the reasons that hold for every figure of an alternative that has a value."""
    figures = (*alternative["kpis"].values(), *alternative["costs"])
    known = [frozenset(reasons_of(figure)) for figure in figures if figure["value"] is not None]
    return frozenset.intersection(*known) if known else frozenset()


def with_interval(figure: Figure, unit: Unit, to: str = TO) -> str:
    """Return "9.4 ±0.3", or "9.4 (9.0 to 10.1)" where the interval is uneven; the interval must be there.

    `to` is the word between the ends.
    """
    value, low, high = figure["value"], figure["low"], figure["high"]
    shown = number(value, unit)
    if abs((high - value) - (value - low)) <= ROUNDING * max(abs(high), abs(low), 1):
        return f"{shown} ±{number(high - value, unit)}"
    return f"{shown} ({number(low, unit)} {to} {number(high, unit)})"


def interval_text(figure: Figure, unit: Unit, to: str = TO) -> str:
    """Return an estimate that has a value, with its interval where it has one."""
    return with_interval(figure, unit, to) if has_interval(figure) else number(figure["value"], unit)


def rows_with(rows: Iterable[Figure], **wanted: str) -> list[Figure]:
    """Return the rows that have the wanted entries."""
    return [row for row in rows if all(row[key] == word for key, word in wanted.items())]


def row_with(rows: Iterable[Figure], **wanted: str) -> Figure | None:
    """Return the first row that has the wanted entries, or None."""
    return next(iter(rows_with(rows, **wanted)), None)


def differs_by_subsidy(rows: Iterable[Figure], **wanted: str) -> bool:
    """Return whether any of the wanted costs or savings differs before and after subsidy."""
    amounts: dict[tuple[str, ...], set[float | None]] = {}
    for row in rows_with(rows, **wanted):
        key = (row["base"], row["perspective"], row["per"])
        amounts.setdefault(key, set()).add(row.get("cny", row)["value"])
    return any(len(values) > 1 for values in amounts.values())


def savings_of(summary: Mapping[str, Any], alternative: str) -> list[Figure]:
    """Return the savings of an alternative against the baseline; empty for the baseline itself."""
    found = row_with(summary["comparisons"], alternative=alternative, against=summary["baseline"])
    return list(found["savings"]) if found is not None else []


def say_supposed(alternative: Mapping[str, Any]) -> str:
    """Return the mark of a supposition with its sources, or nothing."""
    if not alternative["supposition"]:
        return ""
    sources = ", ".join(map(printable, alternative["sources"]))
    return f" ({SUPPOSITION} {SUPPOSITION_ZH}{sources and ', '}{sources})"
