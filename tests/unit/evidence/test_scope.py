"""Replications of some flows alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.evidence.compare import figure_of
from corridor_sim.evidence.scope import of_flows
from corridor_sim.scenario.load import load
from corridor_sim.study.play import play
from corridor_sim.study.prepare import prepare

LEVERS = Path(__file__).parents[3] / "scenarios" / "levers.yaml"
FIGURES = ("on_time", "transit_p90", "transit_mean", "lateness_sd", "cost_per_kg:cash/chain/after")


def test_one_flow_alone_has_the_figures_that_it_has_among_others_and_two_weigh_together() -> None:
    (lowered,) = list(prepare(load(LEVERS, only=["today"])).values())[:1]
    reps = [one.measured for one in play([lowered], [2], range(2), 1, details=False)[0]]
    flows = range(len(lowered.flow_order))
    for number in flows:
        alone = [of_flows(rep, [number]) for rep in reps]
        for name in FIGURES:
            assert figure_of(alone, name).value == pytest.approx(figure_of(reps, name, number).value), (number, name)
    both = [of_flows(rep, flows[:2]) for rep in reps]
    late = sum(float(rep.terms["on_time"][0][:2].sum()) for rep in reps)
    total = sum(float(rep.terms["on_time"][1][:2].sum()) for rep in reps)
    assert figure_of(both, "on_time").value == pytest.approx(late / total)
    assert len(both[0].flow) == sum(int((reps[0].flow == number).sum()) for number in flows[:2])
    everything = [of_flows(rep, flows) for rep in reps]
    for name in FIGURES:
        assert figure_of(everything, name).value == pytest.approx(figure_of(reps, name).value)
