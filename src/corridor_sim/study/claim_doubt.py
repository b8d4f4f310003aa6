"""What the doubt in a claim comes from, what it would be worth to know more, and under which conditions it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.catalog.values import RESTS_ON_ASSUMPTION
from corridor_sim.evidence.conditions import Branch, Condition, find_rule
from corridor_sim.evidence.design import DoubtDesign, share_of_range
from corridor_sim.evidence.information import (
    Information,
    Worth,
    fit_differences,
    group_indices,
    sobol_indices,
    unexplained,
    value_of_information,
)
from corridor_sim.evidence.metamodel import Metamodel
from corridor_sim.evidence.ranking import rank
from corridor_sim.evidence.responses import Inputs
from corridor_sim.evidence.swayed import verdict_indices
from corridor_sim.evidence.verdicts import Claimed
from corridor_sim.metrics.kpis import COST_PER_BOX
from corridor_sim.sampling.law import Floats
from corridor_sim.study.claim_fits import costs
from corridor_sim.study.claim_known import Flows, Known, Tested, inputs_of_design
from corridor_sim.study.doubt import PlayedDesign
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.play import AFTER, cost_key

TOP_INPUTS = 10
DECIDED_BY = cost_key("total_logistics", "chain", AFTER)
"""A decision takes the alternative with the least of this cost (EVIDENCE.md)."""
CNY_PER_TEU = "CNY/TEU"


@dataclass(frozen=True, slots=True)
class Decision:
    """The choice of an alternative for some flows, over a design."""

    design: PlayedDesign
    flows: Flows


def decide(task: Decision) -> Information:
    """Return what the choice between the alternatives of a design costs for want of knowledge, in CNY per TEU."""
    played, inputs = task.design.played, inputs_of_design(task.design.design)
    teu = played.teu[:, :, :, list(task.flows)].sum(axis=-1)
    per_teu = {
        name: costs(task.design, name, DECIDED_BY, task.flows) / teu[:, :, place]
        for place, name in enumerate(played.alternatives)
    }
    return value_of_information(fit_differences(inputs, per_teu, seed=task.design.seed), inputs.names)


def information_figures(found: Information, grades: dict[str, str]) -> Figures:
    """Return the value of knowing everything, and of knowing the five inputs that are worth most."""

    def worth(each: Worth) -> Figures:
        return figure(each.avoided, CNY_PER_TEU)

    return {
        "choice": found.choice,
        "everything": worth(found.everything),
        "top": [{"input": each.name, "grade": grades[each.name], **worth(each)} for each in found.top],
    }


def drivers(model: Metamodel, inputs: Inputs, claimed: Claimed) -> Figures:
    """Return the inputs that the doubt comes from, and the share of those that nobody has measured or published.

    `assumed` is their share in the variance of the saving, `verdict_assumed` in that of whether the claim holds.
    """
    grades = dict(zip(inputs.names, inputs.grades, strict=True))
    soft = inputs.graded(RESTS_ON_ASSUMPTION)
    return {
        "inputs": [
            {
                "input": each.name,
                "grade": grades[each.name],
                "first": figure(each.first, "share"),
                "total": figure(each.total, "share"),
            }
            for each in sobol_indices(model, inputs.names)[:TOP_INPUTS]
        ],
        "assumed": figure(group_indices(model, "assumed", soft).total, "share"),
        "verdict_assumed": figure(verdict_indices(model, claimed, len(inputs.names), "assumed", soft).total, "share"),
        "unexplained": figure(unexplained(model), "share"),
    }


def rule_figures(design: DoubtDesign, model: Metamodel, holds: npt.NDArray[np.bool_]) -> Figures | None:
    """Return under which conditions something holds at points of the design, None where no simple rule tells."""
    places = list(model.coordinates)
    rule = find_rule(design.x[:, places], [design.coordinates[place] for place in places], holds)
    if rule is None:
        return None
    return {
        "branches": [_branch(design, branch) for branch in rule.branches],
        "accuracy": rule.accuracy,
        "majority": rule.majority,
    }


def _branch(design: DoubtDesign, branch: Branch) -> Figures:
    return {
        "conditions": [_condition(design, each) for each in branch.conditions],
        "share": branch.share,
        "holds": branch.holds,
    }


def _condition(design: DoubtDesign, condition: Condition) -> Figures:
    """Return a condition on an input in its unit, or on a group by how much of its range lies below."""
    members = [one for one in design.inputs if one.coordinate == condition.name]
    said: Figures = {"input": condition.name, "above": condition.above}
    if len(members) > 1:
        return {**said, "value": None, "unit": "", "quantile": condition.value}
    (one,) = members
    share = float(share_of_range(one, np.array([condition.value]))[0])
    value = float(one.low) + share * float(one.high - one.low)
    return {**said, "value": value, "unit": one.unit, "quantile": condition.value}


def best_figures(known: Known, tested: Tested) -> Figures:
    """Return which alternatives may be the cheapest at the stated inputs, for all of them at once."""
    terms = {name: _per_box(known, name, tested) for name in known.stated}
    ranking = rank(terms, resolved=known.resolved(*known.stated))
    return {
        "confidence": ranking.confidence,
        "best": ranking.best,
        "candidates": list(ranking.candidates),
        "alternatives": [
            {"alternative": each.name, "may_be_best": each.may_be_best, **figure(each.worse_by, "CNY/box")}
            for each in ranking.ranks
        ],
    }


def _per_box(known: Known, name: str, tested: Tested) -> tuple[Floats, Floats]:
    sides: Iterator[Floats] = (
        np.array([one.measured.terms[f"{COST_PER_BOX}:{tested.cost}"][side][list(tested.flows)].sum() for one in reps])
        for reps in [known.stated[name]]
        for side in (0, 1)
    )
    above, below = sides
    return above, below
