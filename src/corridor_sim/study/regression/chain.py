"""The hash chain of an alternative, stage by stage and part by part: what differs first is where a change began.

    program -> draw tables -> tariffs -> draws -> trace -> ledger -> KPIs

Each stage is a pure function of those before it (a draw of tables, seed and streams; a trace of program and draws; a
ledger of trace and tariffs). Names of sources, texts and titles are in none of them. Floats are said with DIGITS
digits, so that the last bit of another machine's sum is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from math import isfinite
from typing import Any

from corridor_sim.catalog.values import Provenance
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import Inputs
from corridor_sim.evidence.compare import Sample, summarise
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.digests import digest_of
from corridor_sim.study.engines import COMPILED
from corridor_sim.study.lanes import lane_numbers
from corridor_sim.study.play import Played, readers_of, settle_one, without_looking_for_cycles
from corridor_sim.study.simulate import simulate

PROGRAM, TABLES, TARIFFS, DRAWS = "program", "draw tables", "tariffs", "draws"
TRACE, LEDGER, KPIS = "trace", "ledger", "KPIs"
STAGES = (PROGRAM, TABLES, TARIFFS, DRAWS, TRACE, LEDGER, KPIS)
BEHIND_THE_FILE = (DRAWS, TRACE, LEDGER, KPIS)
"""Stages that cannot change where those before them did not, unless the code did."""
DECIDE_MONEY = ("money", "flows", "routes", "boxes")
"""Rooms of a scenario that pricing looks into beside the tariffs."""
WORDS = ("title", "say")
DIGEST_LETTERS, DIGITS = 12, 12
Parts = dict[str, str]
"""What a stage consists of: part -> short digest, sum or figure, as text."""
Chain = dict[str, Parts]
"""Stage -> its parts."""


@dataclass(frozen=True)
class Links:
    """What the replications of one alternative gave: its chain, and its KPIs as they are."""

    chain: Chain
    kpis: dict[str, float]


def chains_of(group: Mapping[str, Lowered], replications: int, seed: int, engine: str) -> dict[str, Links]:
    """Return the chain of each alternative of a group that shares one Program."""
    first = next(iter(group.values()))
    alike = [replace(one, program=first.program, plan=first.plan) for one in group.values()]
    readers = readers_of(alike, seed, engine=engine, few=engine != COMPILED)
    draws, traces = _Growing(), _Growing()
    played: list[list[Played]] = [[] for _ in alike]
    with without_looking_for_cycles():
        for made in simulate(first, range(replications), seed, engine=engine):
            draws.add(_draw_parts(made.inputs))
            traces.add(_trace_parts(made.trace))
            promised = readers[0].promised(made.inputs)
            for place, reader in enumerate(readers):
                played[place].append(settle_one(reader, made.inputs, made.trace, promised))
    shared = {PROGRAM: program_parts(first), TABLES: _table_parts(first), DRAWS: draws.parts(), TRACE: traces.parts()}
    found = {}
    for name, one, reps in zip(group, alike, played, strict=True):
        kpis = figures_of(reps)
        own = {TARIFFS: tariff_parts(one), LEDGER: _ledger_parts(reps), KPIS: said(kpis)}
        found[name] = Links({stage: (shared | own)[stage] for stage in STAGES}, kpis)
    return found


def calm_figures(one: Lowered, seed: int, engine: str) -> dict[str, float]:
    """Return every KPI and cost of an alternative without noise, each branch on its likeliest lane."""
    (reader,) = readers_of([one], seed, {}, engine, few=True)
    ((made),) = simulate(one, range(1), seed, False, lane_numbers(one.program, {}), engine)
    return figures_of([settle_one(reader, made.inputs, made.trace, reader.promised(made.inputs))])


def figures_of(played: Sequence[Played]) -> dict[str, float]:
    """Return every KPI and cost of some replications, without intervals."""
    sample = Sample([one.measured for one in played])
    return {name: estimate.value for name, estimate in summarise(sample).items()}


def said(figures: Mapping[str, float]) -> Parts:
    """Return figures as text of DIGITS digits."""
    return {name: f"{value:.{DIGITS}g}" if isfinite(value) else "not available" for name, value in figures.items()}


def stage_hash(parts: Parts) -> str:
    """Return the SHA-256 of a stage's parts."""
    return sha256(repr(sorted(parts.items())).encode()).hexdigest()


def program_parts(one: Lowered) -> Parts:
    """Return the digests of a Program and plan, by route, facility, service, flow and closure."""
    program, plan = one.program, one.plan
    parts: dict[str, object] = {}
    for number, step in enumerate(program.code):
        route = program.step_names[number].partition("/")[0]
        place = f"route {route}"
        parts[place] = (parts.get(place, ()), number, step, program.step_names[number])
    pairs: tuple[tuple[str, Sequence[str], Sequence[object], Sequence[object]], ...] = (
        ("facility", program.facility_names, program.facilities, plan.facilities),
        ("service", program.service_names, program.services, plan.services),
        ("flow", program.flow_names, program.flows, plan.flows),
    )
    for kind, names, rules, plans in pairs:
        parts |= {f"{kind} {name}": (rule, own) for name, rule, own in zip(names, rules, plans, strict=True)}
    parts |= {f"closure {number} {closure.name}": closure for number, closure in enumerate(plan.closures)}
    parts["branches, batches, switches"] = (program.branches, program.batches, program.switches, program.lane_names)
    parts["streams"] = program.streams
    parts["window"] = (program.window_from, program.window_to, program.horizon, program.mark_names)
    return _digests(parts)


def tariff_parts(one: Lowered) -> Parts:
    """Return the digests of prices by name, and of all that decides money beside them, without words and sources."""
    tariffs, scenario = one.tariffs, one.scenario
    places = [(step.route, step.lane, step.name) for step in one.steps]
    named: list[tuple[str, object]] = [(charge.name, charge) for charge in tariffs.charges]
    named += [(f"subsidy {rule.name}", rule) for rule in tariffs.subsidies]
    named += [(f"departure of {cost.service}", cost) for cost in tariffs.departure_costs]
    parts: dict[str, Any] = {}
    for name, price in named:
        parts[name] = tuple(sorted((*parts.get(name, ()), digest_of(_bare(price, places)))))
    parts |= {f"exchange {currency}": rates for currency, rates in tariffs.exchange.items()}
    parts |= {f"payers of {flow}": payers for flow, payers in tariffs.payers.items()}
    said = scenario.model_dump(mode="json", exclude_defaults=True, include={*DECIDE_MONEY})
    for room in DECIDE_MONEY:
        parts |= {f"{room}, {name}": _without_words(part) for name, part in said.get(room, {}).items()}
    return _digests(parts)


def _without_words(tree: Any) -> Any:
    """Return plain data without what is only said, in an order that the file does not decide."""
    if isinstance(tree, dict):
        return {key: _without_words(tree[key]) for key in sorted(tree) if key not in WORDS}
    return [_without_words(part) for part in tree] if isinstance(tree, list) else tree


def _bare(price: Any, places: Sequence[tuple[str, str, str]]) -> tuple[object, ...]:
    """Return what a price is made of without its sources, its steps by name: rows depend on the order of the file."""
    values = {each.name: getattr(price, each.name) for each in fields(price)}
    if "step" in values:
        values["step"] = places[price.step]
    if "places" in values:
        values["places"] = tuple(sorted((places[row], digest_of(rates)) for row, rates in price.places))
    return tuple(value for value in values.values() if not isinstance(value, Provenance))


def _table_parts(one: Lowered) -> Parts:
    return _digests({f"table {number}": sampler for number, sampler in enumerate(one.program.samplers)})


def _draw_parts(inputs: Inputs) -> Parts:
    """Return the digests of what a replication is given."""
    people, trains = inputs.consignments, inputs.departures
    times = (inputs.capacity, inputs.origin_closed, inputs.destination_closed, inputs.closures)
    parts: dict[str, object] = {f"consignments, {each.name}": getattr(people, each.name) for each in fields(people)}
    parts |= {f"departures, {each.name}": getattr(trains, each.name) for each in fields(trains)}
    return _digests({**parts, "closures, failures and hours": times})


def _trace_parts(trace: Trace) -> Parts:
    tables = ("visits", "departures", "own", "outcomes", "capacity", "stop")
    return _digests({name: getattr(trace, name) for name in tables})


def _ledger_parts(played: Sequence[Played]) -> Parts:
    """Return the cents of each line over all replications, and the digests of all sums."""
    cents: dict[str, int] = {}
    for one in played:
        for (base, activity, tariff, common), amount in one.lines.items():
            place = f"{base}, {activity}, {tariff}{', common' if common else ''}"
            cents[place] = cents.get(place, 0) + amount
    sums = {"all sums": digest_of([one.ledger_digest for one in played])[:DIGEST_LETTERS]}
    return {name: str(amount) for name, amount in sorted(cents.items())} | sums


def _digests(parts: Mapping[str, object]) -> Parts:
    return {name: digest_of(part)[:DIGEST_LETTERS] for name, part in parts.items()}


class _Growing:
    """Digests of parts over replications, each hashed into what was there."""

    def __init__(self) -> None:
        self._states: dict[str, Any] = {}

    def add(self, parts: Parts) -> None:
        """Go on with one more replication."""
        for name, text in parts.items():
            self._states.setdefault(name, sha256()).update(text.encode())

    def parts(self) -> Parts:
        """Return the digests so far."""
        return {name: state.hexdigest()[:DIGEST_LETTERS] for name, state in self._states.items()}


def differing(expected: Parts, found: Parts) -> Iterator[tuple[str, str, str]]:
    """Yield (part, expected, found) of what differs; "nothing" where a part is missing."""
    for name in dict.fromkeys((*expected, *found)):
        before, now = expected.get(name, "nothing"), found.get(name, "nothing")
        if before != now:
            yield name, before, now
