"""Routes that do or do not hold together once they are lowered, and what the one line says that names the step."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.catalog.values import read_amount
from corridor_sim.errors import CorridorSimError, InputError, ModelError
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lower import lower
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.usage import values_in_use
from corridor_sim.scenario.load import load

GOOD = (Path(__file__).parents[1] / "scenario" / "small.yaml").read_text(encoding="utf-8")
RIDE = "truck: {road: Farm to Port, takes: 30 h, price: 22000 CNY/FEU}"
PALLETS = "      - pallets: {batch: 20 pallets, or_after: 24 h}\n"


def by_truck(*steps: str, good: str = GOOD) -> Lowered:
    """Return the small scenario's way by truck with other steps."""
    old = f"{PALLETS}      - {RIDE}\n"
    assert good.count(old) == 1
    text = good.replace(old, "".join(f"      - {step}\n" for step in steps))
    return lower(load(text).alternatives["truck"], "truck")


def refusal(error: type[CorridorSimError], *steps: str) -> tuple[int, list[str]]:
    with pytest.raises(error) as caught:
        by_truck(*steps)
    return caught.value.exit_code, [str(problem) for problem in caught.value.problems]


def test_a_route_with_a_gap_cannot_run() -> None:
    onward = "on: {road: Yard to Port, takes: 1 h, price: 0 CNY}"
    line = "begins at Yard, but the step before ends at Port; no step goes there"
    assert refusal(ModelError, RIDE, onward) == (3, [f"routes.by_truck.steps.on: {line}"])
    assert by_truck(RIDE, "back: {road: Port to Yard, takes: 1 h, price: 0 CNY}", onward)


@pytest.mark.parametrize(
    ("body", "drawn"),
    [
        ("at: inspection, takes: 1 h, price: 0 CNY", 'stream "work/inspection/takes"'),
        ("customs: export, channel: ordinary", 'streams "customs/export/Port"'),
    ],
)
def test_two_steps_that_would_draw_the_same_are_refused(body: str, drawn: str) -> None:
    line = f"draws from the {drawn} like another step; give one of them `stream:`"
    twice = refusal(InputError, RIDE, f"one: {{{body}}}", f"two: {{{body}}}")
    assert twice == (2, [f"routes.by_truck.steps.two: {line}"])
    assert by_truck(RIDE, f"one: {{{body}}}", f"two: {{{body}, stream: another}}")


def test_a_route_may_begin_with_a_choice_of_ways() -> None:
    fast = "a: {road: Farm to Port, takes: 30 h, price: 0 CNY}"
    slow = "b: {road: Farm to Port, takes: 40 h, price: 0 CNY, stream: b}"
    way = f"way: {{branch: {{fast: {{share: 60 %, steps: [{fast}]}}, slow: {{steps: [{slow}]}}}}}}"
    lowered = by_truck(way, "look: {at: inspection, takes: 1 h, price: 0 CNY}")
    places = {step.name: (step.origin, step.destination) for step in lowered.steps}
    assert places == {"way": ("Farm", "Farm"), "a": ("Farm", "Port"), "b": ("Farm", "Port"), "look": ("Port", "Port")}


def test_time_alone_passes_nowhere() -> None:
    # the buyer takes the goods over at once, so that no place on the way has to be named
    lowered = by_truck("rest: {wait: 30 h}", good=GOOD.replace("incoterm: DAP", "incoterm: EXW"))
    assert [(step.name, step.origin, step.destination) for step in lowered.steps] == [("rest", "", "")]


def test_what_stands_in_a_lane_is_in_use() -> None:
    look = "look: {at: inspection, takes: 7 h, charges: lift}"
    gate = f"gate: {{branch: {{through: {{}}, looked at: {{share: 10 %, steps: [{look}]}}}}}}"
    with_lane, without = (
        {(str(path[0]), str(path[1])) for path, _ in values_in_use(by_truck(*steps).scenario)}
        for steps in ((RIDE, gate), (RIDE,))
    )
    # the inspection stands in the port, which typhoons close
    assert with_lane - without == {("tariffs", "lift"), ("closures", "typhoon")}


def test_the_gate_of_a_service_keeps_its_name() -> None:
    # a facility of that name stood in for the gate, so that deliveries were accepted at any time
    gated = GOOD.replace("    cutoff: 6 h", "    cutoff: {yard: 6 h}\n    opens: 12 h")
    assert lower(load(gated).base, "train")
    with pytest.raises(InputError) as caught:
        lower(load(gated.replace("  port yard: {at", "  gate of train: {at: Yard}\n  port yard: {at")).base, "train")
    (problem,) = caught.value.problems
    assert str(problem) == "facilities.gate of train: the gate of service train has this name; take another"


def test_a_flow_out_of_season_releases_nothing() -> None:
    # laws are tried on a stretch of a run, in which a season may not have come yet
    late = GOOD.replace("season: 2026-06-01 to 2026-06-28\n    size", "season: 2026-06-20 to 2026-06-28\n    size")
    assert late != GOOD
    scenario = load(late).base
    week = scenario.clock.model_copy(update={"measure": "2026-06-01 to 2026-06-07"})
    for more, comes in ((20, True), (12, False)):
        clock = week.model_copy(update={"follow_up": read_amount(f"{more} days", "duration")})
        lowered = lower(scenario.model_copy(update={"clock": clock}), "train")
        released = draw_inputs(lowered.program, lowered.plan, 1, 0).consignments.release
        assert (len(released) > 0) == comes
