"""The scenarios of the benchmark and the models written by hand simulate the same corridors.

Small years, few of them, and wide margins (see `benchmarks.agree`): what is caught is another corridor, such as barges
that leave less often, not a difference of a per cent. The benchmark itself compares at full size.
"""

from __future__ import annotations

from benchmarks import by_hand, by_hand_simpy, by_hand_simpy_rich, ours
from benchmarks.agree import COMPARED, differences
from benchmarks.size import Size

YEARS = 6
SMALL = Size(1_000, 1, 1, 1, 6, 10)
"""Few boxes and roomy departures, so that queues do not drown the differences that are looked for."""
SHARE = 0.05
THINNED = [
    f"flows.{flow}.arrives.poisson={rate} boxes per year"
    for flow, rate in (("express", 200), ("ordinary", 500), ("large", 300))
]


def played(lowered):
    run = ours.engine("reference")
    assert run is not None
    return ours.years(lowered, run, range(YEARS), details=True)


def assert_same(mine, theirs):
    found = differences(mine, theirs)
    assert [difference for difference in found if not difference.agrees] == []
    assert [difference.name for difference in found] == list(COMPARED)


def test_the_reference_corridor_is_that_of_simpy_by_hand():
    assert_same(played(ours.corridor(SMALL)), [by_hand_simpy.run_year(seed, SMALL) for seed in range(YEARS)])


def test_the_rich_corridor_is_that_of_simpy_by_hand():
    mine = played(ours.scenario("rich_year", THINNED))
    assert_same(mine, [by_hand_simpy_rich.run_year(seed, SHARE) for seed in range(YEARS)])


def test_another_corridor_is_told_apart():
    rarer = ours.scenario("corridor_year", [*SMALL.overrides(), "services.barge.departs=daily 00:00"])
    found = differences(played(rarer), [by_hand_simpy.run_year(seed, SMALL) for seed in range(YEARS)])
    assert {difference.name for difference in found if not difference.agrees} >= {"transit_mean", "on_time"}


def test_a_size_scales_demand_and_capacity_together():
    assert Size.of(20_000) == Size(20_000, 2, 3, 2, 60, 80)
    assert Size.of(1_000_000) == Size(1_000_000, 100, 150, 100, 3_000, 4_000)
    assert Size.of(1_000) == Size(1_000, 1, 1, 1, 3, 4)


def test_the_reference_size_is_what_the_scenario_says():
    plain, sized = ours.scenario("corridor_year").program, ours.corridor(Size.of()).program
    assert plain == sized


def test_a_model_without_its_library_is_left_out_with_a_remark():
    models, remarks = by_hand.models({"SimPy": "by_hand_simpy", "Arena": "by_hand_arena"})
    assert list(models) == ["SimPy"]
    assert len(remarks) == 1 and remarks[0].startswith("Arena is left out: ")
