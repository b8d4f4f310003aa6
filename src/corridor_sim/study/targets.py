"""Reads what a break-even has to reach: a saving, a cost, or any KPI, at a level and on its good side.

saving=10 %         the relative saving of --of against --against; also an amount: saving=200 CNY/box
on_time=95 %        a KPI of --of: at least, or at most where less is better (transit_p90=30 d); >= and <= say it
cost_per_kg=2 CNY   a cost of --of, in the cost base and perspective asked for
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.errors import InputError
from corridor_sim.evidence.breakeven import Target
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG, KPIS, kpi_of
from corridor_sim.reading.located import LONGEST_NAME, printable, suggestion
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.goals import Wanted, amount_in, example_of
from corridor_sim.study.play import AFTER, cost_key
from corridor_sim.study.summary import PER
from corridor_sim.units import HOME_CURRENCY, UnitProblem, parse_number, parse_price, parse_quantity

SAVING = "saving"
COSTS = (COST_PER_KG, COST_PER_BOX)
PER_UNITS = {"kilogram": "kg", "box": "box"}
UNBOUNDED_SHARES = ("buffer_index",)
_TARGET = re.compile(r"\s*(?P<name>[^<>=\s]+)\s*(?P<sign>>=|<=|=)\s*(?P<level>.*\S)\s*", re.DOTALL)
_PER_CENT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*%\s*")


@dataclass(frozen=True)
class Sides:
    """Whom a target is about: alternatives, cost base and perspective, per kg or box, and flows (empty: all)."""

    of: str
    against: str
    cost_base: str
    perspective: str
    per: str
    scope: tuple[str, ...]

    def cost(self, per: str | None = None) -> str:
        """Return the name of the cost figure, after subsidies."""
        return f"{PER[per or self.per]}:{cost_key(self.cost_base, self.perspective, AFTER)}"


@dataclass(frozen=True)
class Reach:
    """A target: the figure, the level it has to reach in the figure's unit, and the words it was asked in."""

    wanted: Wanted
    target: Target
    words: str

    @property
    def paired(self) -> bool:
        """Whether the figure compares two alternatives."""
        return self.wanted.how != "own"


def sides_of(
    file: ScenarioFile,
    of: str | None,
    against: str | None,
    cost_base: str,
    perspective: str,
    per: str,
    scope: Sequence[str],
) -> Sides:
    """Return the sides of a target. Raises InputError for names that the scenario does not have."""
    known = list(file.alternatives)
    _check("--against", against or file.baseline, known)
    others = [name for name in known if name != (against or file.baseline)]
    if of is None and len(others) != 1:
        raise InputError(f"--of is missing: the alternative that is judged; one of {', '.join(known)}")
    chosen = Sides(of or others[0], against or file.baseline, cost_base, perspective, per, tuple(scope))
    _check("--of", chosen.of, known)
    _check("--cost-base", cost_base, list(COST_BASES))
    _check("--perspective", perspective, list(PERSPECTIVES))
    _check("--per", per, list(PER))
    for flow in scope:
        _check("--scope", flow, list(file.base.flows))
    return chosen


def _check(option: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        hint = suggestion(name, known) or f"; expected one of {', '.join(known)}"
        raise InputError(f"{option} {printable(name)}: not known{hint}")


def read_target(words: str, sides: Sides) -> Reach:
    """Return what `--target words` asks for. Raises InputError with what would be right."""
    label = f"--target {printable(words, LONGEST_NAME)}"
    match = _TARGET.fullmatch(words)
    names = [SAVING, *COSTS, *(kpi.name for kpi in KPIS)]
    if match is None:
        raise InputError(f'{label}: expected a figure and its level, such as "saving=10 %" or "transit_p90=30 d"')
    name, text = match["name"], match["level"]
    if name not in names:
        hint = suggestion(name, names) or f"; expected one of {', '.join(names)}"
        raise InputError(f"{label}: no such figure{hint}")
    try:
        wanted, level = _saving(text, sides) if name == SAVING else _own(name, text, sides)
    except UnitProblem as problem:
        raise InputError(f"{label}: {problem}") from None
    if wanted.how != "own" and sides.of == sides.against:
        raise InputError(f"{label}: {printable(sides.of)} saves nothing on itself; give another --of or --against")
    natural = name == SAVING or kpi_of(name).better == "higher"
    at_least = {"=": natural, ">=": True, "<=": False}[match["sign"]]
    return Reach(wanted, Target(level, at_least), f"{name} {'at least' if at_least else 'at most'} {text}")


def beating(sides: Sides) -> Reach:
    """Return the target of costing no more than another alternative."""
    if sides.of == sides.against:
        raise InputError(f"--beats {printable(sides.against)}: it is --of itself; give another")
    return Reach(_saved_share(sides), Target(0.0), f"costs no more than {sides.against}")


def _saving(text: str, sides: Sides) -> tuple[Wanted, float]:
    share = _PER_CENT.fullmatch(text)
    if share:
        return _saved_share(sides), float(parse_number(share[1]))
    try:
        price = parse_price(text)
    except UnitProblem:
        raise UnitProblem(f'"{text}" is no saving; expected such as "10 %" or "200 {HOME_CURRENCY}/box"') from None
    if price.currency != HOME_CURRENCY or price.per not in [(unit,) for unit in PER_UNITS]:
        raise UnitProblem(f'"{text}" is not in {HOME_CURRENCY}/kg or {HOME_CURRENCY}/box')
    per = PER_UNITS[price.per[0]]
    return Wanted(f"saving_cny_per_{per}", "cny", sides.cost(per), f"{HOME_CURRENCY}/{per}"), float(price.amount)


def _saved_share(sides: Sides) -> Wanted:
    return Wanted(f"saving_percent_per_{sides.per}", "percent", sides.cost(), "%")


def _own(name: str, text: str, sides: Sides) -> tuple[Wanted, float]:
    if name in COSTS:
        per = name.rpartition("_")[2]
        level = amount_in(text.removesuffix(f"/{per}"), HOME_CURRENCY)
        return Wanted(name, "own", sides.cost(per), f"{HOME_CURRENCY}/{per}"), level
    unit = kpi_of(name).unit
    if unit != "share":
        try:
            return Wanted(name, "own", name, unit), amount_in(text, unit)
        except UnitProblem as problem:
            raise UnitProblem(f'{problem}; expected such as "{example_of(unit)}"') from None
    level = float(parse_quantity(text, "share"))
    if not 0 <= level <= 1 and name not in UNBOUNDED_SHARES:
        raise UnitProblem(f'"{text}" is no share; expected 0 to 100 %, such as "{level:g} %"')
    return Wanted(name, "own", name, unit), level
