"""Explained differences, exact to the cent: *where* two alternatives differ, and *why* by Shapley values.

Pure arithmetic: whoever asks brings the sums of cents, replication by replication on common draws.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial, floor
from typing import Any

from corridor_sim.evidence.intervals import Estimate, paired_difference_of_ratios, weighted_sum_of_ratios
from corridor_sim.units import CENTS

Subset = frozenset[int]
"""Numbers of the groups of overrides that are switched on."""


@dataclass(frozen=True)
class Side:
    """What one alternative costs: per replication CNY cents by key, and how much cargo that is for.

    cents     one mapping per replication; a key that is missing costs nothing
    measures  by name of a measure ("tonne", "box"), its amount per replication
    """

    cents: Sequence[Mapping[Any, int]]
    measures: Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall: alternative minus baseline.

    cents  CNY cents over all replications, exact
    per    by name of a measure, CNY per one of it with its interval
    """

    key: Hashable
    cents: int
    per: Mapping[str, Estimate]


def where(baseline: Side, alternative: Side) -> list[Bar]:
    """Return a bar for each key that does not cost the same in every replication; their cents sum to the difference.

    Keys stand in the order in which they are met, the baseline's first.
    """
    keys = dict.fromkeys(key for side in (baseline, alternative) for rep in side.cents for key in rep)
    bars = []
    for key in keys:
        above, below = ([rep.get(key, 0) for rep in side.cents] for side in (alternative, baseline))
        if above != below or _unlike(baseline, alternative):
            bars.append(_bar(key, (alternative, above), (baseline, below)))
    return bars


def difference(baseline: Side, alternative: Side, wanted: Callable[[Any], bool]) -> Bar:
    """Return the whole difference of the wanted keys as one bar, which the bars of `where` sum to."""
    sums = [
        (side, [sum(cents for key, cents in rep.items() if wanted(key)) for rep in side.cents])
        for side in (alternative, baseline)
    ]
    return _bar("", *sums)


def _unlike(baseline: Side, alternative: Side) -> bool:
    """Return whether the two carry unlike amounts of cargo, so that equal cents are no equal cost."""
    return any(list(amounts) != list(alternative.measures[name]) for name, amounts in baseline.measures.items())


def _bar(key: Hashable, alternative: tuple[Side, Sequence[int]], baseline: tuple[Side, Sequence[int]]) -> Bar:
    (one, above), (other, below) = alternative, baseline
    per = {
        name: paired_difference_of_ratios(
            ([cents / CENTS for cents in above], one.measures[name]),
            ([cents / CENTS for cents in below], other.measures[name]),
        )
        for name in other.measures
    }
    return Bar(key, sum(above) - sum(below), per)


def subsets_of(groups: int) -> list[Subset]:
    """Return all subsets of so many groups, the small ones first."""
    return [frozenset(chosen) for size in range(groups + 1) for chosen in combinations(range(groups), size)]


def shapley_weights(groups: int, group: int) -> dict[Subset, Fraction]:
    """Return what each subset's value counts in a group's Shapley value (Shapley 1953).

    A group's value is its mean contribution over all orders in which the groups can be switched on.
    """
    weights: dict[Subset, Fraction] = {}
    for subset in subsets_of(groups):
        if group not in subset:
            orders = factorial(len(subset)) * factorial(groups - len(subset) - 1)
            weights[subset | {group}] = Fraction(orders, factorial(groups))
            weights[subset] = -weights[subset | {group}]
    return weights


def whole_cents(shares: Sequence[Fraction]) -> list[int]:
    """Return shares in whole cents with the same sum, which must be whole.

    Each is rounded down; the cents left go one each to the largest remainders, among equal ones to the first.
    """
    rounded = [floor(share) for share in shares]
    left = sum(shares, Fraction(0)) - sum(rounded)
    order = sorted(range(len(shares)), key=lambda place: (rounded[place] - shares[place], place))
    for place in order[: int(left)]:
        rounded[place] += 1
    return rounded


def why(
    values: Mapping[Subset, Sequence[int]],
    measures: Mapping[str, Mapping[Subset, Sequence[float]]],
    groups: int,
) -> list[Bar]:
    """Return the Shapley value of each group as a bar; their cents sum to value(all) - value(none).

    values    by subset of groups switched on, cents per replication
    measures  by name of a measure and subset, its amount per replication
    """
    weights = [shapley_weights(groups, group) for group in range(groups)]
    totals = {subset: sum(cents) for subset, cents in values.items()}
    shares = [sum((weight * totals[subset] for subset, weight in each.items()), Fraction(0)) for each in weights]
    bars = []
    for group, cents in enumerate(whole_cents(shares)):
        per = {
            name: weighted_sum_of_ratios(
                [
                    (float(weight), [amount / CENTS for amount in values[subset]], amounts[subset])
                    for subset, weight in weights[group].items()
                ]
            )
            for name, amounts in measures.items()
        }
        bars.append(Bar(group, cents, per))
    return bars


def joined_groups(groups: int, impossible: Sequence[Subset]) -> list[list[int]]:
    """Return so many groups joined, as lists of their numbers, such that no impossible subset can be asked for.

    As long as a subset that cannot be played separates some groups from others, the two groups are joined that most
    such subsets separate, among equal pairs the first. The whole and the empty subset must be possible.
    """
    joined = [[number] for number in range(groups)]
    while True:
        left = [subset for subset in impossible if not any(_separates(subset, one, one) for one in joined)]
        if not left:
            return joined
        pairs = list(combinations(range(len(joined)), 1 + 1))
        counts = [sum(_separates(subset, joined[a], joined[b]) for subset in left) for a, b in pairs]
        one, other = pairs[counts.index(max(counts))]
        joined[one] = sorted([*joined[one], *joined[other]])
        del joined[other]


def _separates(subset: Subset, one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a subset has something of two lists of groups, but not everything."""
    chosen = [number in subset for number in (*one, *other)]
    return any(chosen) and not all(chosen)
