"""Which inputs of a scenario are in doubt, and the scenario as it would be with other values of them.

In doubt is every value with a range. A catalog parameter that is used in ten places is one input, whichever
alternatives use it; a value of its own is known by its path. A use that says another value or range than the first is
an input of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import Any

from pydantic import BaseModel

from corridor_sim.catalog import store
from corridor_sim.catalog.values import Amount, Priced, Sampled
from corridor_sim.reading.located import FieldPath
from corridor_sim.sampling.distributions import PERT_WEIGHTS
from corridor_sim.sampling.law import Distribution, exact_mean
from corridor_sim.sampling.moved import with_mean
from corridor_sim.scenario.findings import Value
from corridor_sim.scenario.model import Scenario
from corridor_sim.units import MEASURES, decimal_text

Values = Mapping[str, Fraction]
"""Values of inputs in doubt by name, in base units."""
Uses = Mapping[str, Iterable[tuple[FieldPath, Value]]]
"""By alternative, its values with their paths."""
MONEY_PARTS = ("money", "tariffs", "subsidies")
MONEY_FIELDS = ("km", "damage", "temperature", "ambient", "reuse", "tare")
"""Fields outside the money part that only prices, spoiling and emissions read."""
FLOW_FIELDS = ("size", "weight", "volume", "arrives")
"""Fields of a flow that the simulation reads; the others are read by what comes after it."""


@dataclass(frozen=True)
class Doubt:
    """An input in doubt, in base units: it lies in [low, high], and `mode` is what is stated.

    `mode` is the number itself, the mean of a distribution, or the first of prices that add up. `unit` is the base
    unit of the measure, or currency and what a price is per. `group` is the name under which values move together,
    "" where it moves alone. `is_money`: it is a price, or otherwise never changes what is simulated. `uses` has the
    paths at which it stands by alternative.
    """

    name: str
    grade: str
    low: Fraction
    mode: Fraction
    high: Fraction
    unit: str
    group: str = ""
    is_money: bool = False
    uses: Mapping[str, tuple[FieldPath, ...]] = field(default_factory=dict, compare=False)

    @property
    def coordinate(self) -> str:
        """What it moves with: its group, or itself."""
        return self.group or self.name


def doubts_of(uses: Uses) -> tuple[Doubt, ...]:
    """Return the inputs in doubt of alternatives in the order in which they are met.

    A stated value outside its range widens the range. What is known exactly (a range without width) is in no doubt.
    """
    found: dict[tuple[str, Value], _Met] = {}
    taken: dict[str, tuple[str, Value]] = {}
    for alternative, values in uses.items():
        for path, value in values:
            if value.provenance.low is None or value.provenance.low == value.provenance.high == stated_number(value):
                continue
            key = _base_name(path, value), _bare(value)
            if key not in found:
                name = _free_name(key[0], path, alternative, taken)
                taken[name] = key
                found[key] = _Met(name, path, value)
            found[key].uses.setdefault(alternative, []).append(path)
    return tuple(met.doubt() for met in found.values())


def stated_number(value: Value) -> Fraction:
    """Return the number that a range is about: the amount, the mean of a law, the first of prices that add up."""
    match value:
        case Amount():
            return value.value
        case Sampled():
            return exact_mean(value.law)
        case Priced():
            return value.parts[0].amount


def range_of_mean(law: Distribution, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return where the mean of a law may lie, given the stated range.

    An end that the law itself draws speaks of single draws. A mean does not come so near to it: that of a PERT law
    from end to end, wherever its mode is, stays a sixth of their distance away. An end beyond all draws is about the
    mean, and so are both where nothing is drawn.
    """
    if law.smallest() == law.largest():
        return low, high
    inside = (high - low) / PERT_WEIGHTS
    return (
        low + inside if low >= law.smallest() else low,
        high - inside if high <= law.largest() else high,
    )


def unit_of(value: Value) -> str:
    """Return the unit of a value's number."""
    if isinstance(value, Priced):
        return "/".join((value.parts[0].currency, *value.parts[0].per))
    return MEASURES[value.measure]


def is_money(path: FieldPath, value: Value) -> bool:
    """Return whether a value never changes what is simulated, only what is made of it."""
    root, last = path[0], [step for step in path if isinstance(step, str)][-1]
    if isinstance(value, Priced) or root in MONEY_PARTS or last in MONEY_FIELDS:
        return True
    return root == "flows" and path[FLOW_FIELD] not in FLOW_FIELDS


FLOW_FIELD = 2
"""Place of the field's name in the path of a value of a flow."""


@dataclass
class _Met:
    """An input in doubt as it was first met, and where it is used."""

    name: str
    path: FieldPath
    value: Value
    uses: dict[str, list[FieldPath]] = field(default_factory=dict)

    def doubt(self) -> Doubt:
        source, number = self.value.provenance, stated_number(self.value)
        low, high = (number if end is None else end for end in (source.low, source.high))
        if isinstance(self.value, Sampled):
            low, high = range_of_mean(self.value.law, low, high)
        paths = {alternative: tuple(places) for alternative, places in self.uses.items()}
        everywhere = {path for places in paths.values() for path in places}
        return Doubt(
            self.name,
            source.grade,
            min(low, number),
            number,
            max(high, number),
            unit_of(self.value),
            source.moves_with,
            all(is_money(path, self.value) for path in everywhere),
            paths,
        )


def _bare(value: Value) -> Value:
    """Return a value with nothing of its provenance but the range and what it moves with."""
    source = value.provenance
    bare = replace(type(source)(), low=source.low, high=source.high, moves_with=source.moves_with)
    return replace(value, provenance=bare)


def _free_name(name: str, path: FieldPath, alternative: str, taken: Mapping[str, Any]) -> str:
    """Return a name that no input has yet."""
    for found in (name, f"{name} at {dotted(path)}", f"{name} at {dotted(path)} in {alternative}"):
        if found not in taken:
            return found
    return _free_name(f"{name} (also)", path, alternative, taken)


def dotted(path: FieldPath) -> str:
    """Return a path as `--set` takes it."""
    return ".".join(map(str, path))


def _base_name(path: FieldPath, value: Value) -> str:
    """Return the parameter a value comes from, with the place in it where that is an object, or the value's path."""
    param = value.provenance.param
    if not param:
        return dotted(path)
    words = tuple(map(str, path))
    ways = [way for way in _ways_in(param) if way in (words[-len(way) :], words[-len(way) - 1 : -1])]
    return ".".join((param, *max(ways, key=len, default=())))


@cache
def _ways_in(param: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the values in a parameter of the catalog that is an object."""
    entry = store.find(param)
    if entry is None or not entry.is_whole:
        return ()
    found = (path for path, _ in store.graded_values(entry.body[store.WHOLE]))
    return tuple(tuple(path.replace("[", ".").replace("]", "").strip(".").split(".")) for path in found)


@dataclass(frozen=True)
class Rewriter:
    """A scenario, ready to be rewritten with other values many times: the inputs in doubt by where they stand."""

    scenario: Scenario
    doubts: Mapping[str, Doubt]
    tree: Mapping[Any, Any]
    """Field, key or place -> the same below it, or the name of the input that stands there."""

    @classmethod
    def of(cls, scenario: Scenario, alternative: str, doubts: Sequence[Doubt]) -> Rewriter:
        """Return one alternative's scenario, ready to be rewritten."""
        tree: dict[Any, Any] = {}
        for doubt in doubts:
            for path in doubt.uses.get(alternative, ()):
                _plant(tree, _attributes(scenario, path), doubt.name)
        return cls(scenario, {doubt.name: doubt for doubt in doubts if alternative in doubt.uses}, tree)

    def at(self, values: Values, laws: dict[str, Distribution] | None = None) -> Scenario:
        """Return the scenario with other values of some inputs; names that it does not use are passed over.

        `laws` keeps what becomes of the laws of inputs, for other alternatives at the same values.
        """
        wanted = {name: value for name, value in values.items() if name in self.doubts}
        changed = {name: value for name, value in wanted.items() if value != self.doubts[name].mode}
        scenario: Scenario = _grown(
            self.scenario, self.tree, _Written(self.doubts, changed, {} if laws is None else laws)
        )
        return scenario


def with_values(scenario: Scenario, alternative: str, doubts: Sequence[Doubt], values: Values) -> Scenario:
    """Return one alternative's scenario with other values of inputs in doubt (see `Rewriter` for many times)."""
    return Rewriter.of(scenario, alternative, doubts).at(values)


@dataclass
class _Written:
    """New values by name, and what was made of them: all uses of an input are the same value."""

    doubts: Mapping[str, Doubt]
    numbers: Values
    laws: dict[str, Distribution]

    def instead_of(self, name: str, value: Value) -> Value:
        """Return what stands in the place of `value`."""
        if name not in self.numbers:
            return value
        number, doubt = self.numbers[name], self.doubts[name]
        text = f"{decimal_text(number)} {doubt.unit}"
        match value:
            case Amount():
                return replace(value, value=number, text=text)
            case Priced():
                return replace(value, parts=(replace(value.parts[0], amount=number), *value.parts[1:]), text=text)
            case Sampled():
                if name not in self.laws:
                    self.laws[name] = with_mean(value.law, number, doubt.low, doubt.high)
                return replace(value, law=self.laws[name], text=f"{value.text} with a mean of {text}")


def _grown(thing: Any, tree: Any, written: _Written) -> Any:
    """Return `thing` with what `tree` names written anew; what does not change is kept as it is."""
    if isinstance(tree, str):
        return written.instead_of(tree, thing)
    old = {key: _below(thing, key) for key in tree}
    new = {key: _grown(part, tree[key], written) for key, part in old.items()}
    changed = {key: part for key, part in new.items() if part is not old[key]}
    if not changed:
        return thing
    if isinstance(thing, BaseModel):
        return thing.model_copy(update=changed)
    if isinstance(thing, tuple):
        return tuple(changed.get(place, part) for place, part in enumerate(thing))
    return {**thing, **changed}


def _below(thing: Any, key: Any) -> Any:
    return getattr(thing, key) if isinstance(thing, BaseModel) else thing[key]


def _attributes(thing: Any, path: FieldPath) -> Iterator[Any]:
    """Yield a path by the names of attributes, where fields are called otherwise in the file."""
    for key in path:
        if isinstance(thing, BaseModel):
            fields = type(thing).model_fields
            key = next((name for name, info in fields.items() if (info.alias or name) == key), key)
        yield key
        thing = _below(thing, key)


def _plant(tree: dict[Any, Any], path: Iterable[Any], name: str) -> None:
    *way, last = path
    for key in way:
        tree = tree.setdefault(key, {})
    tree[last] = name
