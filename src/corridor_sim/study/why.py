"""*Why* an alternative costs more or less than the baseline: Shapley values of its own overrides, on common draws.

Every subset of at most six groups of overrides is a case of its own, played with the same seed and replications as the
two alternatives themselves; those that share a Program are simulated once and priced each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.errors import EngineError, InputError, ModelError
from corridor_sim.evidence.waterfall import Subset, joined_groups, subsets_of, why
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.usage import routes_in_use
from corridor_sim.reading.located import path_text
from corridor_sim.scenario.load import ScenarioFile, resolved_scenario
from corridor_sim.scenario.mixed import differing_paths, mixed
from corridor_sim.study.cases import Case
from corridor_sim.study.figures import KG_PER_TONNE, Figures
from corridor_sim.study.override_groups import Group, group_overrides
from corridor_sim.study.play import AFTER, Played, cost_key
from corridor_sim.study.prepare import prepare_scenarios
from corridor_sim.study.where import PER_BOX, PER_TONNE, bar_figures
from corridor_sim.units import CENTS

WHY = "why"
AND = " + "
Play = Callable[[Mapping[Hashable, Case]], dict[Hashable, list[Played]]]
"""Plays cases, see `cases.play_cases`."""
Ends = tuple[Sequence[Played], Sequence[Played]]


@dataclass(frozen=True)
class Plan:
    """Which cases explain an alternative: its groups of overrides, and each mixed case by the groups switched on."""

    alternative: str
    groups: tuple[Group, ...]
    cases: Mapping[Subset, Lowered] = field(repr=False)
    notes: tuple[str, ...] = ()

    def key(self, subset: Subset) -> Hashable:
        """Return what names a mixed case: the overrides that are switched on, however they are grouped."""
        paths = frozenset(path for number in subset for path in self.groups[number].paths)
        return WHY, self.alternative, paths

    def keyed(self, replications: int) -> dict[Hashable, Case]:
        """Return the cases to be played, none of whose details are looked at, by their keys."""
        return {self.key(subset): Case(one, replications, details=False) for subset, one in self.cases.items()}


def play_with(
    plans: Mapping[str, Plan], cases: Mapping[Hashable, Case], replications: int, play: Play
) -> tuple[dict[Hashable, list[Played]], dict[str, Plan]]:
    """Return the replications of `cases` and of what `plans` ask for, and the plans as they could be played.

    Where something goes wrong the cases are played first, alone; then a mixed case that cannot be played is an
    impossible one. Raises whatever stands against one of the `cases` themselves.
    """
    mixed_cases = {key: case for plan in plans.values() for key, case in plan.keyed(replications).items()}
    try:
        return play({**cases, **mixed_cases}), dict(plans)
    except (InputError, ModelError, EngineError):
        if not mixed_cases:
            raise
    played, kept = play(cases), dict[str, Plan]()
    for name, plan in plans.items():
        refused: dict[Subset, str] = {}
        for subset, lowered in plan.cases.items():
            key = plan.key(subset)
            try:
                played |= play({key: Case(lowered, replications, details=False)})
            except (InputError, ModelError, EngineError) as error:
                refused[subset] = error.problems[0].message
        kept[name] = _without_impossible(plan, refused)
    return played, kept


def plan_why(file: ScenarioFile, alternative: str) -> Plan:
    """Return how an alternative of a file is explained against its baseline."""
    before, after = file.overlay(file.baseline), file.overlay(alternative)
    paths = differing_paths(before, after)
    used = [frozenset(routes_in_use(file.alternatives[name])) for name in (alternative, file.baseline)]
    groups = group_overrides(paths, before, used[0] - used[1])
    cases: dict[Subset, Lowered] = {}
    refused: dict[Subset, str] = {}
    for subset in subsets_of(len(groups)):
        if not 0 < len(subset) < len(groups):
            continue
        chosen = [path for number in sorted(subset) for path in groups[number].paths]
        try:
            scenario = resolved_scenario(mixed(before, after, chosen))
            cases[subset] = prepare_scenarios(file.file, {alternative: scenario})[alternative]
        except (InputError, ModelError) as error:
            refused[subset] = error.problems[0].message
    return _without_impossible(Plan(alternative, tuple(groups), cases), refused)


def _without_impossible(plan: Plan, refused: Mapping[Subset, str]) -> Plan:
    """Return the plan with those groups joined that cannot be had one without the other."""
    if not refused:
        return plan
    joined = joined_groups(len(plan.groups), list(refused))
    groups = tuple(
        Group(AND.join(plan.groups[old].name for old in one), sum((plan.groups[old].paths for old in one), ()))
        for one in joined
    )
    kept = [subset for subset in subsets_of(len(groups)) if 0 < len(subset) < len(groups)]
    cases = {subset: plan.cases[frozenset(old for new in subset for old in joined[new])] for subset in kept}
    reason = next(iter(refused.values()))
    notes = tuple(
        f'"{group.name}" is one bar, because its parts cannot be had one without the other: {reason}'
        for group, one in zip(groups, joined, strict=True)
        if len(one) > 1
    )
    return Plan(plan.alternative, groups, cases, (*plan.notes, *notes))


def why_figures(plan: Plan, played: Mapping[Hashable, Sequence[Played]], ends: Ends, resolved: bool) -> Figures:
    """Return the *why* waterfall in each cost base; `ends` are the replications of the baseline and the alternative."""
    everything = frozenset(range(len(plan.groups)))
    mixed_cases = {subset: played[plan.key(subset)] for subset in plan.cases}
    return _why_figures(plan, {everything: ends[1], frozenset(): ends[0], **mixed_cases}, resolved)


def _why_figures(plan: Plan, played: Mapping[Subset, Sequence[Played]], resolved: bool) -> Figures:
    costs = {subset: [one.measured.terms for one in reps] for subset, reps in played.items()}
    bars = []
    for base in COST_BASES:
        key = cost_key(base, "chain", AFTER)
        names = {PER_TONNE: f"{COST_PER_KG}:{key}", PER_BOX: f"{COST_PER_BOX}:{key}"}
        cents = {
            subset: [round(float(terms[names[PER_TONNE]][0].sum()) * CENTS) for terms in reps]
            for subset, reps in costs.items()
        }
        units = {PER_TONNE: KG_PER_TONNE, PER_BOX: 1}
        measures = {
            measure: {
                subset: [float(terms[name][1].sum()) / units[measure] for terms in reps]
                for subset, reps in costs.items()
            }
            for measure, name in names.items()
        }
        bars += [
            {"base": base, "group": group.name, "cents": bar.cents, **bar_figures(bar, resolved)}
            for group, bar in zip(plan.groups, why(cents, measures, len(plan.groups)), strict=True)
        ]
    return {
        "groups": [{"name": group.name, "sets": [path_text(path) for path in group.paths]} for group in plan.groups],
        "bars": bars,
        "cases": len(plan.cases),
        "notes": list(plan.notes),
    }
