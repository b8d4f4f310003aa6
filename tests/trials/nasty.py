"""Makes sound scenarios unsound, by the scenario's own schema (hypothesis): nasty values, keys, depths and sizes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as some

from corridor_sim.errors import CorridorSimError
from corridor_sim.scenario.load import load
from corridor_sim.scenario.schema import json_schema
from random_worlds import made_world
from tests.trials.stored_samples import CLAIMED, SMALL, TWO_WAYS

Tree = Any
Draw = Callable[[some.SearchStrategy[Any]], Any]
FieldPath = tuple[str | int, ...]
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
WORLDS, SHIPPED_PERCENT = 200, 4
KEPT_ALTERNATIVES = 2
DEEPEST_MADE = 4
DEEP, LONG = 60, 20_000

NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    1e-9,
    0.5,
    -0.5,
    10**6,
    10**9,
    10**12,
    10**15,
    10**18,
    2**31,
    2**53 + 1,
    2**63,
    -(2**63),
    1e300,
)
AMOUNTS = ("0", "1", "-1", "0.5", "0.000001", "1e9", "999999999999999", "100000000000", "1000000", "24", "168")
UNITS = (
    "h", "min", "s", "days", "weeks", "years", "kg", "t", "TEU", "FEU", "boxes", "pallets", "plugs", "ULD",
    "consignments", "m3", "L", "km", "%", "CNY", "HKD", "USD", "CNY/FEU", "CNY/t", "CNY/kg", "CNY/box/km",
    "CNY/h", "degC",
    "pallets per week", "consignments per s", "boxes per day", "t per year", "per year", "per s", "per h",
    "furlongs", "",
)  # fmt: skip
MOMENTS = (
    "0001-01-01 00:00", "9999-12-31 23:59", "2001-01-01 00:00", "2098-12-31 23:59", "1999-12-31", "2026-02-29 10:00",
    "2028-02-29", "2026-06-01 24:00", "2026-06-01 08:30", "2026-01-05 00:00", "2026-01-06", "20260-01-01", "2026-1-1",
)  # fmt: skip
RANGES = (
    "2026-01-05 to 2026-01-07", "2026-06-08 to 2026-06-28", "2001-01-01 to 2098-12-31", "0001-01-01 to 9999-12-31",
    "2026-06-28 to 2026-06-08", "2026-01-01 to 2045-12-31", "2026-01-06 to 2026-01-06",
)  # fmt: skip
TIMETABLES = (
    "every 1 s", "every 60 s", "every 1 min", "every 100 years", "every 0 h", "daily 20:00", "daily 00:00",
    "daily 24:00",
    "mon-fri 06:00 and 18:00", "odd weeks tue 10:00", "every 3.5 days from 2026-01-06 20:00", "on 2026-01-06 10:00",
    "on 9999-01-01 10:00", "daily 20:00 from 2026-01-06 to 2026-01-07", "every 8 h from 0001-01-01 00:00",
    "every", "on",
)  # fmt: skip
HOURS = (
    "always", "never", "mon-fri 08:00-18:00", "daily 22:00-06:00", "daily 00:00-24:00", "sun 00:00-00:01",
    "mon-mon 08:00-08:00", "daily 08:00-09:00, daily 08:30-10:00", "mon 23:59-00:00", "daily 25:00-26:00",
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "\x1b[31mred", "\u202eright", "\ud7ff\ue000", "a\nb", "重庆", "=1+1", "<script>", "../../etc",
    "/dev/zero",
    "NO", "010", "1e3", ".nan", "NaN", "inf", "~", "null", "a.b[0]", '"', "all", "{x}", "%s", "A to B", "none",
    "x" * 81,
    "x" * LONG, "-", "*", "&a", "!!int 1", "😀" * 50, "\N{COMBINING ACUTE ACCENT}" * 90, "CN", "a to a", " to ",
)  # fmt: skip
LAWS: tuple[str, ...] = (
    "uniform",
    "triangular",
    "pert",
    "normal",
    "lognormal",
    "exponential",
    "gamma",
    "erlang",
    "weibull",
    "empirical",
)
NAMES = ("A", "B", "train", "ship", "crane", "desk", "yard a", "pool", "40RF", "r", "alt", "f", "Port", "base")
WORDS = (*TIMETABLES, *HOURS, *RANGES, *MOMENTS)
CHANGES = (0, 1, 1, 1, 2, 2, 3, 5)
KINDS_OF_CHANGE = (
    "good", "good", "good", "good", "value", "value", "like", "like", "like", "like", "delete", "rename",
    "double", "swap",
    "more", "deep",
)  # fmt: skip
HALF, STOPS_EARLY = 0.5, 0.2
PERCENT = 100


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of scenarios."""
    return json_schema()


@lru_cache(maxsize=1)
def worlds() -> tuple[Tree, ...]:
    """Return the small sound scenarios that are changed: worlds made by chance with what one flow needs, and others."""
    made = [_pruned(json.loads(made_world(Random(number)))) for number in range(WORLDS)]
    others = [_plain(path) for path in (SMALL, CLAIMED, TWO_WAYS) for _ in range(WORLDS // 40)]
    return (*filter(_is_sound, made), *others)


def _pruned(tree: Tree) -> Tree:
    """Return a world with one flow, and without what it has nothing to do with."""
    tree["flows"] = dict(list(tree["flows"].items())[:1])
    for part in ("routes", "facilities", "services", "boxes", "customs_channels"):
        for name in list(tree[part]):
            rest = {key: value for key, value in tree.items() if key != part}
            rest |= {part: {key: value for key, value in tree[part].items() if key != name}}
            if f'"{name}"' not in json.dumps(rest):
                tree = rest
    return tree


def _is_sound(tree: Tree) -> bool:
    try:
        load(json.dumps(tree))
    except CorridorSimError:
        return False
    return True


@lru_cache(maxsize=1)
def shipped() -> tuple[Tree, ...]:
    """Return the shipped scenarios with few of their alternatives."""
    return tuple(_smaller(_plain(path)) for path in SHIPPED)


def _plain(path: Path) -> Tree:
    """Return a scenario with its scalars as text, as they stand in the file, but numbers where JSON has such."""
    tree = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    return _typed(tree)


def _typed(tree: Tree) -> Tree:
    if isinstance(tree, dict):
        return {key: _typed(part) for key, part in tree.items()}
    if isinstance(tree, list):
        return [_typed(part) for part in tree]
    try:
        number = json.loads(tree)
    except ValueError:
        return tree
    return number if isinstance(number, int | float | bool) or number is None else tree


def _smaller(tree: Tree) -> Tree:
    kept = [tree["baseline"], *tree["alternatives"]][:KEPT_ALTERNATIVES]
    kept += [tree["alternatives"][name].get("like") for name in kept]
    tree["alternatives"] = {name: one for name, one in tree["alternatives"].items() if name in kept}
    for part in ("claims", "thresholds"):
        tree.pop(part, None)
    return tree


@some.composite
def scenarios(draw: Draw) -> tuple[str, Tree]:
    """Return whether a scenario comes from a "world" or is "shipped", and its tree after some changes."""
    chance = draw(chances())
    is_shipped = chance.random() * PERCENT < SHIPPED_PERCENT
    tree = copy.deepcopy(chance.choice(shipped() if is_shipped else worlds()))
    for _ in range(chance.choice(CHANGES)):
        _change(draw, chance, tree)
    return "shipped" if is_shipped else "world", tree


def chances() -> some.SearchStrategy[Random]:
    """Return generators of chance whose seed hypothesis chooses: for what has no simplest case."""
    return some.randoms(use_true_random=True)


def _change(draw: Draw, chance: Random, tree: Tree) -> None:
    """Change one thing in a tree of mappings and lists."""
    parent, key, place = _walk(chance, tree)
    match chance.choice(KINDS_OF_CHANGE):
        case "good":
            parent[key] = made(draw, chance, place)
        case "value":
            parent[key] = draw(nasty())
        case "like":
            parent[key] = _like(chance, parent[key])
        case "delete":
            del parent[key]
        case "rename" if isinstance(parent, dict):
            parent[chance.choice((*TEXTS[:30], *map(str, parent)))] = parent.pop(key)
        case "double" if isinstance(parent, list):
            parent.insert(0, copy.deepcopy(parent[key]))
        case "swap":
            other, name, _ = _walk(chance, tree)
            parent[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(parent[key])
        case "more" if isinstance(parent[key], dict):
            parent[key][chance.choice(all_keys())] = draw(nasty())
        case "deep":
            for _ in range(chance.choice((1, 2, 10, DEEP))):
                parent[key] = [parent[key]] if chance.random() < HALF else {"a": parent[key]}
        case _:
            parent[key] = _like(chance, parent[key])


def _walk(chance: Random, tree: Tree) -> tuple[Any, Any, Mapping[str, Any]]:
    """Return a parent, a key in it, and the schema of what stands there."""
    parent, here = tree, schema()
    while True:
        key = chance.choice(list(parent)) if isinstance(parent, dict) else chance.randrange(len(parent))
        below = _below(here, key)
        child = parent[key]
        if not isinstance(child, dict | list) or not child or chance.random() < STOPS_EARLY:
            return parent, key, below
        parent, here = child, below


def _options(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the alternatives of a schema, references put in."""
    if "$ref" in part:
        return _options(schema()["$defs"][part["$ref"].rpartition("/")[2]])
    found = [option for key in ("anyOf", "oneOf") for option in part.get(key, ())]
    options = [option for option in found if set(option) != {"required"}]
    return [each for option in options for each in _options(option)] or [part]


def _below(part: Mapping[str, Any], key: str | int) -> Mapping[str, Any]:
    found = []
    for option in _options(part):
        if isinstance(key, int):
            found += [option.get("items")]
        else:
            found += [option.get("properties", {}).get(key, option.get("additionalProperties"))]
    known = [each for each in found if isinstance(each, dict)]
    return {"anyOf": known} if known else {}


def made(draw: Draw, chance: Random, part: Mapping[str, Any], depth: int = 0) -> Tree:
    """Return what a schema allows, more or less: of the right shape, with values that go to the limits."""
    option = chance.choice(_options(part))
    if "const" in option:
        return option["const"]
    if "enum" in option:
        return chance.choice(option["enum"])
    match option.get("type"):
        case "object" if depth < DEEPEST_MADE:
            return _made_object(draw, chance, option, depth)
        case "array" if depth < DEEPEST_MADE:
            return [made(draw, chance, option.get("items") or {}, depth + 1) for _ in range(chance.choice((0, 1, 2)))]
        case "integer" | "number":
            return chance.choice(NUMBERS[:8])
        case "boolean":
            return chance.random() < HALF
        case _:
            return draw(laws()) if chance.random() < STOPS_EARLY else plausible(chance)


def _made_object(draw: Draw, chance: Random, option: Mapping[str, Any], depth: int) -> Tree:
    properties = option.get("properties", {})
    wanted = [key for key in properties if key in option.get("required", ()) or chance.random() < STOPS_EARLY]
    if not properties and isinstance(option.get("additionalProperties"), dict):
        names = chance.sample(NAMES, chance.choice((0, 1, 2)))
        return {name: made(draw, chance, option["additionalProperties"], depth + 1) for name in names}
    return {key: made(draw, chance, properties[key], depth + 1) for key in wanted}


def plausible(chance: Random) -> str:
    """Return a text that means something somewhere."""
    kind = chance.choice(("quantity", "quantity", "name", "words"))
    if kind == "quantity":
        return f"{chance.choice(AMOUNTS[:5] + AMOUNTS[-2:])} {chance.choice(UNITS)}"
    return chance.choice(NAMES if kind == "name" else WORDS)


def laws() -> some.SearchStrategy[Any]:
    """Return distributions, sound and not."""
    amounts = some.tuples(some.sampled_from(AMOUNTS), some.sampled_from(("h", "min", "%", "days"))).map(" ".join)
    keys = ("mean", "sd", "min", "max", "cv", "k", "shape", "low", "mode", "high", "values", "weights")
    bodies = some.one_of(
        some.lists(amounts, max_size=4),
        some.dictionaries(some.sampled_from(keys), some.one_of(amounts, some.sampled_from(NUMBERS)), max_size=4),
    )
    return some.tuples(some.sampled_from((*LAWS, "mixture", "published", "assume", "derived", "param")), bodies).map(
        lambda pair: {pair[0]: pair[1]}
    )


def nasty() -> some.SearchStrategy[Any]:
    """Return values of any kind, of right and wrong type."""
    scalars = some.one_of(
        some.sampled_from(NUMBERS),
        some.sampled_from(TEXTS),
        some.sampled_from((None, True, False, float("nan"), float("inf"), [], {}, [[]], {"param": "x"}, {"": 1})),
        some.sampled_from((*MOMENTS, *RANGES, *TIMETABLES, *HOURS)),
        some.tuples(some.sampled_from(AMOUNTS), some.sampled_from(UNITS)).map(" ".join),
        some.text(max_size=8),
        some.integers(-(10**20), 10**20),
    )
    return some.one_of(scalars, scalars, laws(), some.lists(scalars, max_size=3), _mapped(scalars))


def _mapped(values: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    return some.dictionaries(some.sampled_from(all_keys()), values, max_size=3)


@lru_cache(maxsize=1)
def all_keys() -> tuple[str, ...]:
    """Return every key of the format."""
    return tuple(sorted({key for part in schema()["$defs"].values() for key in part.get("properties", {})}))


def _like(chance: Random, value: Tree) -> Tree:
    """Return a value of the same kind at a limit."""
    if isinstance(value, bool | None):
        return chance.choice((True, False, None, "yes", 0))
    if isinstance(value, int | float):
        return chance.choice(NUMBERS)
    if isinstance(value, list):
        return value * chance.choice((0, 2, 30))
    if isinstance(value, dict):
        return {name: value[name] for name in sorted(value, reverse=True)[: chance.randrange(4)]}
    number, blank, unit = str(value).partition(" ")
    if blank and number[:1].isdigit():
        return f"{chance.choice(AMOUNTS)} {unit}"
    return plausible(chance) if chance.random() < HALF else chance.choice(TEXTS)


def paths_in(tree: Tree, most: int = 400) -> list[FieldPath]:
    """Return the paths of a tree, from its top down."""
    paths: list[FieldPath] = [()]
    for path in paths:
        value = tree
        for part in path:
            value = value[part]
        keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
        paths += [(*path, key) for key in keys]
        if len(paths) > most:
            break
    return paths[1:]


def scenario_paths() -> some.SearchStrategy[str]:
    """Return dotted paths that are in many scenarios."""
    return some.sampled_from(
        ("clock.seed", "clock.replications", "flows.f.route", "flows.f.size", "services.train.departs",
        "routes.r.steps[0]",
         "alternatives.base.set", "facilities.crane.servers", "places.A.at", "money.time_cost", "name", "clock.measure")
    )  # fmt: skip
