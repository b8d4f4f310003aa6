"""Intervals of savings contain the truth as often as they say: on synthetic seasons and on a played scenario."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from claimed_worlds import Seasons
from corridor_sim import load
from corridor_sim.evidence.compare import Sample, saving_of
from corridor_sim.evidence.intervals import Estimate, not_resolved, paired_relative_saving
from corridor_sim.study.cases import Case, play_cases
from corridor_sim.study.prepare import prepare
from small_world import world

WORLDS, PLAYED_WORLDS = 1000, 400
LEAST, MOST = 0.93, 0.97
CASH = "cost_per_kg:cash/chain/after"


@pytest.mark.parametrize("seasons", [10, 30, 100, 300])
def test_intervals_of_savings_cover(seasons):
    truth = Seasons(stormy=0)
    ours, theirs, boxes, _ = truth.draw(WORLDS, seasons, 7)
    held = 0
    for row in range(WORLDS):
        found = paired_relative_saving((ours[row], boxes[row]), (theirs[row], boxes[row]))
        held += found.low <= truth.saving <= found.high
    assert LEAST <= held / WORLDS <= MOST


@pytest.mark.parametrize(("seasons", "least_resolved"), [(30, 0), (100, 0), (300, 950), (500, 1000)])
def test_with_a_storm_in_one_of_ten_seasons_they_cover_or_are_not_resolved(seasons, least_resolved):
    truth = Seasons(stormy=0.1)
    ours, theirs, boxes, storms = truth.draw(WORLDS, seasons, 7)
    held = resolved = 0
    for row in range(WORLDS):
        if not_resolved(int(storms[row].sum()), seasons):
            continue
        found = paired_relative_saving((ours[row], boxes[row]), (theirs[row], boxes[row]))
        resolved += 1
        held += found.low <= truth.saving <= found.high
    assert resolved >= least_resolved
    # fewer than half a hundred resolved worlds are too few to tell 93 % from 97 %
    assert resolved < 50 or LEAST <= held / resolved <= MOST


CARGO, SHIP = 1000, 5000
"""Prices per consignment, CNY: of four small consignments and a big one."""
LOOK, DETOUR = 500, 4000
"""An inspection of one small consignment in five; a detour of the big one in every other season."""
CARGO_BY_RAIL, SHIP_BY_RAIL, LOOK_BY_RAIL, DETOUR_BY_RAIL = 900, 4600, 400, 2000
TRUE_SAVING = 1 - (4 * (900 + 0.2 * 400) + 4600 + 0.5 * 2000) / (4 * (1000 + 0.2 * 500) + 5000 + 0.5 * 4000)


def seasons_text() -> str:
    """Return a scenario in which chance alone decides what is paid, so that the expected saving is known."""

    def route(share: str, lane: str) -> dict:
        aside = {"share": share, "steps": [{lane: {"at": "desk", "takes": "1 h"}}]}
        chance = {"branch": {"straight": {}, "aside": aside}}
        return {"steps": [{"chance": chance}, {"ride": {"road": "A to B", "takes": "10 h"}}]}

    def prices(ride: int, aside: int, lane: str, route: str) -> dict:
        place = f"routes.{route}.steps"
        return {
            f"{place}.ride.price": f"{ride} CNY/consignment",
            f"{place}.chance.branch.aside.steps.{lane}.price": f"{aside} CNY/consignment",
        }

    return world(
        flows={
            "cargo": {"on": ["07:00", "08:00", "09:00", "10:00"], "route": "small"},
            "ship": {"on": "11:00", "route": "big"},
        },
        routes={"small": route("20 %", "look"), "big": route("50 %", "detour")},
        facilities={"desk": {"servers": 5}},
        measure="2026-01-05 to 2026-01-06",
        baseline="road",
        alternatives={
            "road": {"set": prices(CARGO, LOOK, "look", "small") | prices(SHIP, DETOUR, "detour", "big")},
            "rail": {
                "set": prices(CARGO_BY_RAIL, LOOK_BY_RAIL, "look", "small")
                | prices(SHIP_BY_RAIL, DETOUR_BY_RAIL, "detour", "big")
            },
        },
    )


def played_savings(folder: Path, worlds: int, seasons: int, engine: str) -> list[Estimate]:
    """Return the saving found in each world."""
    path = folder / "seasons.yaml"
    path.write_text(seasons_text(), encoding="utf-8")
    cases = {name: Case(one, worlds * seasons, details=False) for name, one in prepare(load(path)).items()}
    played = play_cases(cases, 20261122, True, {}, None, None, engine)
    reps = {name: [one.measured for one in several] for name, several in played.items()}
    cuts = [slice(number * seasons, (number + 1) * seasons) for number in range(worlds)]
    return [saving_of(Sample(reps["road"][cut]), Sample(reps["rail"][cut]), CASH) for cut in cuts]


def test_a_played_scenario_finds_the_known_saving(tmp_path):
    found = played_savings(tmp_path, 20, 20, "reference")
    values = np.array([each.value for each in found])
    error = values.std(ddof=1) / len(values) ** 0.5
    assert abs(values.mean() - TRUE_SAVING) < 3 * error
    # the intervals are as wide as the savings vary: 95 % of 20, and at least 16 with a chance of 99.7 %
    assert sum(each.low <= TRUE_SAVING <= each.high for each in found) >= 16


@pytest.mark.verify
def test_a_played_scenario_is_covered_in_hundreds_of_worlds(tmp_path, verified):
    found = played_savings(tmp_path, PLAYED_WORLDS, 30, "compiled")
    held = sum(each.low <= TRUE_SAVING <= each.high for each in found)
    near = binomtest(held, PLAYED_WORLDS).proportion_ci(0.95, "wilson")
    told = f"{held / PLAYED_WORLDS:.1%} ({near.low:.1%} to {near.high:.1%})"
    verified("coverage: saving of a scenario played 30 times", f"95 % in {PLAYED_WORLDS} worlds", told)
    assert LEAST <= held / PLAYED_WORLDS <= MOST
