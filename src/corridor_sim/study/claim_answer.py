"""The answer to one claim, read off the replications at the stated inputs and the design for all doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import PERSPECTIVES
from corridor_sim.evidence.verdicts import Chances, chances, judge
from corridor_sim.sampling.law import Floats
from corridor_sim.study.claim_cells import SHOWN, cell_figures, holding_figures, spread_figures
from corridor_sim.study.claim_costs import common_costs, where_it_arises
from corridor_sim.study.claim_doubt import best_figures, drivers, information_figures, rule_figures
from corridor_sim.study.claim_fits import Fitted, Wanted
from corridor_sim.study.claim_known import Known, Tested, inputs_of_design, percent, saving_at_level, stated_saving
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.play import AFTER, BEFORE, cost_key
from corridor_sim.study.summary import PERCENT

COSTS = tuple(
    cost_key(base, perspective, subsidy)
    for base in COST_BASES
    for perspective in PERSPECTIVES
    for subsidy in (AFTER, BEFORE)
)
"""All costs in which a saving is shown."""


def fits_wanted(tested: Tested) -> Iterator[Wanted]:
    """Yield every saving of which the answer needs a metamodel."""
    yield tested.saving()
    for cost in COSTS:
        yield tested.saving(cost)
    for flow in tested.flows:
        yield tested.saving(flows=(flow,))
    for _, wanted in tested.effects():
        yield wanted


def answer(known: Known, tested: Tested) -> Figures:
    """Return the answer to a claim."""
    inputs = inputs_of_design(known.design.design)
    fitted = known.fitted[tested.saving()]
    draws = fitted.guess.draw(PRIMARY, known.seed)
    grades = dict(zip(inputs.names, inputs.grades, strict=True))
    return {
        **_asked(known, tested),
        **_verdict(known, tested, fitted, draws),
        "holds_when": rule_figures(known.design.design, fitted.model, draws >= tested.claimed.low),
        "bases": list(_bases(known, tested)),
        "cells": cell_figures(known, tested),
        "effects": list(_effects(known, tested)),
        "levels": list(_levels(known, tested)),
        "common": common_costs(known, tested),
        "where": where_it_arises(known, tested),
        "drivers": drivers(fitted.model, inputs, tested.claimed),
        "information": information_figures(known.information[tested.flows], grades),
        "best": best_figures(known, tested),
    }


def _asked(known: Known, tested: Tested) -> Figures:
    claim = tested.claim
    return {
        "name": tested.name,
        "statement": dict(claim.statement),
        "source": list(claim.source),
        "says": claim.says,
        "interval": [float(end.value) * PERCENT for end in claim.interval],
        "of": claim.of,
        "against": tested.against,
        "titles": {side: _title(known, name) for side, name in (("of", claim.of), ("against", tested.against))},
        "cost_base": claim.cost_base,
        "perspective": claim.perspective,
        "scope": [known.flows[flow] for flow in tested.flows],
        "supposition": claim.supposition,
    }


def _title(known: Known, alternative: str) -> dict[str, str]:
    return dict(known.file.base.alternatives[alternative].title or {"en": alternative})


def _verdict(known: Known, tested: Tested, fitted: Fitted, draws: Floats) -> Figures:
    stated = stated_saving(known, tested.saving())
    judged = judge(chances(fitted.guess, tested.claimed, known.seed), stated, tested.claimed)
    half = judged.noise_half_width
    return {
        "verdict": judged.verdict,
        "by_inputs": judged.by_inputs,
        "firm": judged.firm,
        "stated": percent(stated),
        "noise": {
            "half_width": None if half is None else half * PERCENT,
            "allowed": judged.allowed_half_width * PERCENT,
        },
        "doubt": {
            "inputs": len(known.design.design.inputs),
            "chances": _chances(judged.chances),
            "inside": SHOWN,
            **spread_figures(draws),
        },
        "metamodel": _fit_figures(fitted),
    }


PRIMARY = "the claim"


def _chances(found: Chances) -> Figures:
    return {each.name: figure(getattr(found, each.name), "share") for each in fields(found)}


def _fit_figures(fitted: Fitted) -> Figures:
    model, split = fitted.model, fitted.split
    return {
        "r2": model.r2,
        "q2": model.q2,
        "terms": len(model.terms),
        "points": model.points,
        "misfit": float(np.sqrt(model.misfit)) * PERCENT,
        "drawn_in": fitted.drawn_in,
        "doubt_share": figure(split.doubt_share, "share"),
    }


def _bases(known: Known, tested: Tested) -> Iterator[Figures]:
    """Yield the saving in every cost base, from every perspective, before and after subsidy where that differs."""
    for base in COST_BASES:
        for perspective in PERSPECTIVES:
            seen: set[float] = set()
            for subsidy in (AFTER, BEFORE):
                wanted = tested.saving(cost_key(base, perspective, subsidy))
                if wanted not in known.fitted:
                    continue
                stated = stated_saving(known, wanted)
                if stated.value in seen:
                    continue
                seen.add(stated.value)
                judged = judge(chances(known.fitted[wanted].guess, tested.claimed, known.seed), stated, tested.claimed)
                yield {
                    "cost_base": base,
                    "perspective": perspective,
                    "subsidy": subsidy,
                    "primary": wanted == tested.saving(),
                    "stated": percent(stated),
                    "chances": _chances(judged.chances),
                    "verdict": judged.verdict,
                    "cells": holding_figures(known, tested, wanted.cost),
                }


def _effects(known: Known, tested: Tested) -> Iterator[Figures]:
    """Yield the effects that sum to the saving, in per cent of the baseline's cost."""
    for words, wanted in tested.effects():
        draws = known.fitted[wanted].guess.draw(f"effect {words}", known.seed)
        yield {
            "effect": words,
            "of": wanted.of,
            "instead_of": wanted.instead_of,
            "stated": percent(stated_saving(known, wanted)),
            **spread_figures(draws),
            "saves": float((draws > 0).mean()),
        }


def _levels(known: Known, tested: Tested) -> Iterator[Figures]:
    """Yield the saving with groups of inputs at their low, stated and high ends."""
    wanted = tested.saving()
    for words, members in tested.claim.levels.items():
        if (members, "low") in known.levels:
            yield {
                "level": words,
                "members": list(members),
                "low": percent(saving_at_level(known, wanted, (members, "low"))),
                "stated": percent(stated_saving(known, wanted)),
                "high": percent(saving_at_level(known, wanted, (members, "high"))),
            }
