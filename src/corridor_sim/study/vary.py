"""Reads `--vary` of a break-even: one thing that varies between two ends, over listed values, or in its stated range.

path=from:to              a number with its unit: "10 %:60 %", "20 pallets per week:120 pallets per week"
path=template:from:to     `{}` is where the number stands: "every {} h:12:168"; `{days}` are so many days of the week,
                          evenly apart: "{days} 20:00:1:7" is mon 20:00, then mon,thu 20:00, mon,wed,fri 20:00 ...
path=a,b,c                these values, each as `--set` takes it
path                      the range that the value states in the file or the catalog
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from corridor_sim.catalog import store
from corridor_sim.catalog.numbers import scalar_text
from corridor_sim.catalog.values import grade_key, is_graded
from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import LONGEST_NAME, printable, suggestion
from corridor_sim.scenario.calendars import WEEKDAYS
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.overrides import parse_path, split_argument
from corridor_sim.scenario.parameters import DEEPEST_CHAIN, PARAM
from corridor_sim.study.design import Quantity, check_varied, numbers_of, read_quantity, split_values

NUMBER, DAYS = "{}", "{days}"
EXAMPLE = '"services.x.taken_by_others=10 %:60 %"'
WHOLE_STEP = 1.0
_UNIT_AFTER = re.compile(r"\{\}\s*((?:[A-Za-z]+|%)(?:/[A-Za-z]+)*(?: per [a-z]+)?)")
_RANGE = re.compile(r"(?P<template>.*):(?P<low>[^:]*):(?P<high>[^:]*)", re.DOTALL)


@dataclass(frozen=True)
class Varied:
    """What varies: the path and the values between `low` and `high`, or `listed` as they are written.

    `quantity` holds the words around a number; `step` 0, 1 for whole numbers, infinite for listed values.
    """

    path: str
    low: float
    high: float
    quantity: Quantity
    template: str = NUMBER
    step: float = 0.0
    listed: Mapping[float, str] | None = None

    @property
    def unit(self) -> str:
        """The unit of the number, as a reader sees it."""
        after = _UNIT_AFTER.search(self.template)
        if DAYS in self.template:
            return "days a week"
        if self.template != NUMBER and after is not None:
            return after[1].strip()
        return f"{self.quantity.before}{self.quantity.after}".strip()

    def value(self, place: float) -> str:
        """Return the value at a place, as `--set` takes it."""
        if self.listed is not None:
            return self.listed[place]
        number = self.quantity.at(Fraction(place))
        return self.template.replace(DAYS, _spread(round(place))).replace(NUMBER, number)

    def shown(self, place: float) -> str:
        """Return the number at a place with its unit, or the listed value."""
        if self.listed is not None:
            return self.listed[place]
        if self.template == NUMBER:
            return Quantity(Fraction(0), self.quantity.before, self.quantity.after).at(Fraction(f"{place:.4g}"))
        return f"{place:.4g} {self.unit}".strip()

    def override(self, place: float) -> str:
        """Return `path=value` at a place."""
        return f"{self.path}={self.value(place)}"

    def grid(self, points: int) -> tuple[float, ...]:
        """Return about so many places to begin with, both ends among them."""
        if self.listed is not None:
            return tuple(self.listed)
        parts = points - 1
        even = [self.low + (self.high - self.low) * part / parts for part in range(points)]
        return tuple(dict.fromkeys(map(round, even))) if self.step else tuple(even)


def read_vary(argument: str, file: ScenarioFile, name: str) -> Varied:
    """Return what `--vary argument` says; `name` an alternative that whole numbers are tried on.

    Raises InputError with what would be right.
    """
    label = f"--vary {printable(argument, LONGEST_NAME)}"
    path, text = split_argument(argument)
    try:
        if not path:
            path = argument.strip()
            check_varied(path)
            text = ":".join(_stated_range(file, path))
        check_varied(path)
        found = _varied(path, text)
        return _whole(found, file, name) if found.listed is None and not found.step else found
    except InputError as error:
        raise InputError([_labelled(each, printable(path, LONGEST_NAME), label) for each in error.problems]) from None


def _labelled(problem: Problem, path: str, label: str) -> Problem:
    """Return a problem that names the option it comes from."""
    file = label if not problem.file or problem.file.startswith("--set ") else problem.file
    return replace(problem, path=problem.path or path, file=file)


def _varied(path: str, text: str) -> Varied:
    levels = split_values(text)
    if len(levels) > 1 and NUMBER not in text and DAYS not in text:
        return _listed(path, levels)
    is_template = NUMBER in text or DAYS in text
    match = _RANGE.fullmatch(text if is_template else f"{NUMBER}:{text}")
    if match is None or (not is_template and match["template"] != NUMBER):
        raise InputError(f"expected from:to, such as {EXAMPLE}")
    low, high = read_quantity(match["low"]), read_quantity(match["high"])
    if low.unit != high.unit:
        raise InputError(f'"{low.unit}" and "{high.unit}" differ; write both ends in the same unit')
    if low.number == high.number:
        raise InputError(f"from and to are the same, {low.at(low.number)}; expected such as {EXAMPLE}")
    least, most = sorted((float(low.number), float(high.number)))
    template = match["template"].strip()
    if DAYS not in template:
        return Varied(path, least, most, low, template)
    if low.unit or not (least.is_integer() and most.is_integer() and least >= 1 and most <= len(WEEKDAYS)):
        raise InputError(f'{DAYS} stands for 1 to {len(WEEKDAYS)} days a week, such as "{DAYS} 20:00:1:7"')
    return Varied(path, least, most, low, template, WHOLE_STEP)


def _listed(path: str, levels: list[str]) -> Varied:
    if "" in levels:
        raise InputError("there is nothing between two commas")
    if len(set(levels)) < len(levels):
        raise InputError("a value stands twice")
    numbers = numbers_of(levels)
    places = numbers[0] if numbers is not None else [float(place) for place in range(1, len(levels) + 1)]
    listed = dict(sorted(zip(places, levels, strict=True)))
    first = Quantity(Fraction(0), "", "")
    if numbers is not None:
        first = read_quantity(levels[0])
    return Varied(path, min(places), max(places), first, step=float("inf"), listed=listed)


def _whole(varied: Varied, file: ScenarioFile, name: str) -> Varied:
    """Return the same in whole numbers where the model takes no others."""
    for place in (varied.low, varied.high):
        file.overridden([varied.override(place)], [name])
    if varied.quantity.unit or not (varied.low.is_integer() and varied.high.is_integer()):
        return varied
    try:
        file.overridden([varied.override(varied.low + WHOLE_STEP / 2)], [name])
    except InputError:
        return replace(varied, step=WHOLE_STEP)
    return varied


def _spread(days: int) -> str:
    """Return so many days of the week, evenly apart, from Monday on."""
    week = len(WEEKDAYS)
    return ",".join(WEEKDAYS[day * week // days] for day in range(days))


def _stated_range(file: ScenarioFile, path: str) -> tuple[str, str]:
    """Return the ends of the range that stands at a path. Raises InputError where there is none."""
    data = file.written.data
    own = data.get("parameters") or {}
    value: Any = data
    for count, segment in enumerate(parse_path(path)):
        value = _below(value if count else data, segment, own)
    value = _put(value, None, own)
    if not is_graded(value) or not isinstance(value.get("range"), list):
        raise InputError(f"no range is stated there; write from:to, such as {_example(path, value)}")
    low, high = (scalar_text(end) for end in value["range"])
    return _with_unit(low, value), _with_unit(high, value)


def _below(value: Any, segment: str | int, own: Mapping[str, Any]) -> Any:
    value = _put(value, segment, own)
    if isinstance(value, Mapping) and segment in value:
        return value[segment]
    if isinstance(value, list) and isinstance(segment, int) and segment < len(value):
        return value[segment]
    items = value if isinstance(value, list) else []
    named = [item[segment] for item in items if isinstance(item, Mapping) and segment in item]
    if len(named) == 1:
        return named[0]
    hint = suggestion(str(segment), map(str, value) if isinstance(value, Mapping) else ())
    raise InputError(f'no "{segment}" is written there{hint}; write from:to, such as {EXAMPLE}')


def _put(value: Any, wanted: str | int | None, own: Mapping[str, Any]) -> Any:
    """Return what stands for `{param: name}`, unless what is wanted of it is written beside that."""
    for _ in range(DEEPEST_CHAIN):
        if not isinstance(value, Mapping) or PARAM not in value or wanted in value or is_graded(value):
            break
        entry = store.find(value[PARAM])
        found = own.get(value[PARAM], entry.plain() if entry is not None else None)
        if not isinstance(found, Mapping):
            return found
        value = {**found, **{key: item for key, item in value.items() if key != PARAM}}
    return value


def _with_unit(end: str, value: Mapping[str, Any]) -> str:
    """Return an end of a range with the unit of the value, where it has none of its own."""
    quantity = read_quantity(end)
    stated = value[grade_key(value)]
    if quantity.unit or isinstance(stated, Mapping | list):
        return end
    return read_quantity(scalar_text(stated)).at(quantity.number)


def _example(path: str, value: Any) -> str:
    """Return an example of a range around a value that is a number with a unit."""
    stated = value[grade_key(value)] if is_graded(value) else value
    try:
        quantity = read_quantity(scalar_text(stated))
    except (InputError, ValueError):
        return f'"{path}=10 %:60 %", or a template such as "{path}=every {NUMBER} h:12:168"'
    ends = quantity.at(quantity.number / 2), quantity.at(quantity.number * (1 + 1))
    return f'"{path}={ends[0]}:{ends[1]}"'
