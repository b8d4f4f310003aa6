"""Figures that a sweep can be asked for by name, and how precise one of them has to become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.errors import InputError
from corridor_sim.evidence.compare import difference_of, figure_of, names_of, saving_of
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.precision import Precision
from corridor_sim.metrics.kpis import KPIS, Replication, kpi_of
from corridor_sim.reading.located import printable, suggestion
from corridor_sim.study.evaluate import JUDGED_BY
from corridor_sim.study.play import AFTER, BEFORE, cost_key
from corridor_sim.study.summary import PER, PERCENT, scaled
from corridor_sim.units import HOME_CURRENCY, SECONDS_PER_HOUR, UnitProblem, parse_number, parse_price, parse_quantity

SHOWN = (JUDGED_BY, "transit_p90")
"""The figures that are shown of a sweep unless another is asked for."""
DEFAULT_CAP = 1000
POINTS = "pp"
"""Percentage points: an absolute width of a share."""
_PER_CENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")
_POINTS = re.compile(rf"\s*(\d+(?:\.\d+)?)\s*{POINTS}\s*")
Reps = Sequence[Replication]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure of all flows together: its name, how it is made, of which KPI or cost, and its unit."""

    name: str
    how: str
    of: str
    unit: str

    def estimate(self, reps: Reps, baseline: Reps, is_baseline: bool) -> Estimate | None:
        """Return the figure of an alternative, None where it has none: a baseline saves nothing on itself."""
        if self.of not in names_of(reps) or (is_baseline and self.how != "own"):
            return None
        match self.how:
            case "own":
                return figure_of(reps, self.of)
            case "difference":
                return difference_of(baseline, reps, self.of)
            case "cny":
                return scaled(difference_of(baseline, reps, self.of), -1)
            case _:
                return scaled(saving_of(baseline, reps, self.of), PERCENT)


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that has to be precise, in `words` as they were asked, with at most `cap` replications a point."""

    wanted: Wanted
    precision: Precision
    words: str
    cap: int


def known_figures(baseline: str) -> dict[str, Wanted]:
    """Return every figure by its name in `kpis.csv`, whether or not a scenario has it."""
    sides = [(base, side) for base in COST_BASES for side in PERSPECTIVES]
    keys = [cost_key(base, side, subsidy) for base, side in sides for subsidy in (AFTER, BEFORE)]
    costs = [f"{cost}:{key}" for cost in PER.values() for key in keys]
    found = [Wanted(name, "own", name, kpi_of(name).unit) for name in (*(kpi.name for kpi in KPIS), *costs)]
    found += [Wanted(f"difference_to_{baseline}:{kpi.name}", "difference", kpi.name, kpi.unit) for kpi in KPIS]
    for name in costs:
        words = f"to_{baseline}_{name.removeprefix('cost_')}"
        found.append(Wanted(f"saving_cny_{words}", "cny", name, HOME_CURRENCY))
        found.append(Wanted(f"saving_percent_{words}", "percent", name, "%"))
    return {each.name: each for each in found}


def wanted_figure(name: str, baseline: str) -> Wanted:
    """Return the figure of a name. Raises InputError for one that no scenario has."""
    known = known_figures(baseline)
    if name not in known:
        raise InputError(
            f"--kpi {printable(name)}: no such figure{suggestion(name, known)}; kpis.csv of a run has them"
        )
    return known[name]


def goal_of(wanted: Wanted, words: str, cap: int, replications: int) -> Goal:
    """Return the goal of `--precision words`. Raises InputError with what would be right."""
    if cap < replications:
        raise InputError(f"--cap {cap}: less than the {replications} replications to begin with")
    try:
        precision = _precision(words, wanted.unit)
    except UnitProblem as problem:
        expected = f'expected a share of the value such as "1%" or an amount such as "{example_of(wanted.unit)}"'
        raise InputError(f"--precision {printable(words)}: {problem}; {expected}") from None
    if precision.amount <= 0:
        raise InputError(f"--precision {printable(words)}: no interval is that narrow; expected more than 0")
    return Goal(wanted, precision, words, cap)


def _precision(words: str, unit: str) -> Precision:
    relative, points = _PER_CENT.fullmatch(words), _POINTS.fullmatch(words)
    if relative:
        return Precision(float(parse_number(relative[1])) / PERCENT, relative=True)
    if points and unit in ("share", "%"):
        amount = float(parse_number(points[1]))
        return Precision(amount / PERCENT if unit == "share" else amount, relative=False)
    return Precision(amount_in(words, unit), relative=False)


def amount_in(words: str, unit: str) -> float:
    """Return an amount in the unit of a figure. Raises UnitProblem."""
    if unit == "h":
        return float(parse_quantity(words, "duration")) / SECONDS_PER_HOUR
    if unit == HOME_CURRENCY:
        price = parse_price(words)
        if price.currency != HOME_CURRENCY or price.per:
            raise UnitProblem(f'"{words}" is not in {HOME_CURRENCY}')
        return float(price.amount)
    return float(parse_number(words.removesuffix(unit).strip()))


def example_of(unit: str) -> str:
    """Return an amount in a unit, as one may write it."""
    return {"h": "0.5 h", HOME_CURRENCY: "20 CNY", "share": f"1 {POINTS}", "%": f"1 {POINTS}"}.get(unit, "0.1")
