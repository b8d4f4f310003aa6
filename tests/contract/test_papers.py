"""The papers of a customs passage in their order, and a factor on demand that keeps every consignment's chance."""

from __future__ import annotations

from corridor_sim.engine.program import Op

HOUR = 3600
PAPERS = {"documents": 1, "manifest": 2, "declaration": 3, "arrival_report": 4, "release": 8}
CHANNEL = {**{name: f"{hours} h" for name, hours in PAPERS.items()}, "selected": "0 %"}
STEPS = [{"check": {"customs": "export", "channel": "usual"}}, {"go": {"road": "A to B", "takes": "1 h"}}]


def test_each_paper_takes_its_time_in_turn_and_the_arrival_report_comes_before_the_decision(play):
    run = play(flows={"f": "08:00"}, steps=STEPS, customs_channels={"usual": CHANNEL})
    assert run.durations("f", "check") == [hours * HOUR for hours in (1, 2, 3, 4, 8)]
    decided = run.started("f", "check", Op.BRANCH)
    assert decided == [(8 + 1 + 2 + 3 + 4) * HOUR]


def test_a_factor_on_demand_speeds_arrivals_up_and_keeps_who_they_are(play):
    flows = {"f": {"arrives": {"poisson": "2 consignments per week"}}}
    twice = {"f": {"arrives": {"poisson": "2 consignments per week", "times": 2}}}
    wait = [{"paper": {"road": "A to B", "takes": {"uniform": ["1 h", "9 h"]}}}]
    slow, fast = (play(flows=each, steps=wait).numbers("f") for each in (flows, twice))
    usual, doubled = (play(flows=each, steps=wait) for each in (flows, twice))
    assert len(fast) > len(slow) > 0
    releases = [run.inputs.consignments.release[: len(slow)] for run in (usual, doubled)]
    # the n-th consignment comes in half the time, and meets the same draw
    assert (abs(releases[0] - 2 * releases[1]) <= 1 + 1).all()
    both = [run.durations("f", "paper") for run in (usual, doubled)]
    # the last of the slower ones are still under way at the stop
    assert both[0] == both[1][: len(both[0])] and len(both[0]) > 0
