"""The law of more trains keeps where it is proved, shows where it is not and why, and catches waits that grow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridor_sim.engine.base import VISITS
from corridor_sim.errors import EngineError
from corridor_sim.network.lower import lower
from corridor_sim.scenario.load import load
from corridor_sim.study.laws import trains
from corridor_sim.study.laws.influence import felt_from
from corridor_sim.study.laws.trains import MORE_TRAINS, with_more
from corridor_sim.study.laws.world import World
from small_world import world

RIDE = {"ride": {"board": "train"}}
SMALL = {"train": {"departs": "daily 20:00", "capacity": "5 consignments"}}
MANY = {"arrives": {"poisson": "30 consignments per week"}}
BEFORE_AND_AFTER = [
    {"in": {"seize": "yard"}},
    {"ride": {"board": "train"}},
    {"out": {"release": "yard"}},
]


def told(found: list[Any]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.what, each.because) for each in found]


def test_trains_that_are_too_small_keep_the_law(held):
    (found,) = held(MORE_TRAINS, flows={"f": MANY, "g": MANY}, steps=[RIDE], services=SMALL, replications=2)
    assert found.kind == "kept" and found.what.startswith("train: ") and "departures in between" in found.what


def test_the_means_are_those_by_hand(held):
    moments = ["08:00", "tue 12:00"]
    (found,) = held(
        MORE_TRAINS, flows={"f": {"on": moments}}, steps=[RIDE], services={"train": {"departs": "daily 20:00"}}
    )
    # 12 h and 8 h; the train in between leaves at 08:00, which the second one misses and the first has no earlier of
    assert found.what == "train: 2 waits, mean wait 10.00 h, 10.00 h with departures in between"
    (found,) = held(MORE_TRAINS, flows={"f": {"on": ["tue 06:00", "tue 12:00"]}}, steps=[RIDE], services=SMALL)
    # 14 h and 8 h; 2 h and 8 h
    assert found.what == "train: 2 waits, mean wait 11.00 h, 5.00 h with departures in between"


def test_departures_are_put_midway():
    lowered = lower(load(world(flows={"f": "08:00"}, steps=[RIDE], services=SMALL)).base, "base")
    more = with_more(lowered.plan, 0).services[0].scheduled.tolist()
    assert more[:4] == [20 * 3600, 32 * 3600, 44 * 3600, 56 * 3600]
    assert len(more) == 2 * len(lowered.plan.services[0].scheduled) - 1


def test_fewer_trains_are_caught(held, monkeypatch):
    def every_other(plan: Any, service: int) -> Any:
        line = plan.services[service]
        return replace(plan, services=(replace(line, scheduled=line.scheduled[1::2]),))

    monkeypatch.setattr(trains, "with_more", every_other)
    (found,) = held(MORE_TRAINS, flows={"f": "08:00"}, steps=[RIDE], services={"train": {"departs": "daily 20:00"}})
    assert (found.kind, found.expected, found.found) == ("broken", "at most 12.00 h", "36.00 h")


@pytest.mark.parametrize(("column", "told_of"), [("start", "gone"), ("ready", "when cargo is ready for train")])
def test_a_kernel_in_which_a_new_departure_touches_others_is_caught(held, monkeypatch, column, told_of):
    exact = World.play

    def later(self: World, lowered: Any, plan: Any = None) -> Any:
        played = exact(self, lowered, plan)
        if plan is not None:
            played[0].trace.visits[0, VISITS.index(column)] += 60
        return played

    monkeypatch.setattr(World, "play", later)
    services = {"train": {"departs": "daily 20:00"}}
    found = held(MORE_TRAINS, flows={"f": "tue 12:00"}, steps=[RIDE], services=services)
    assert [each.kind for each in found] == ["broken"] and told_of in found[0].what


def test_what_follows_and_is_shared_with_what_comes_before_is_shown(held):
    yard = {"yard": {"servers": 2}}
    (found,) = held(MORE_TRAINS, flows={"f": MANY}, steps=BEFORE_AND_AFTER, facilities=yard, services=SMALL)
    assert told([found]) == [("exception", "train", "what follows the ride is shared with what comes before it")]
    assert found.found.startswith("train: mean wait ")


def test_a_light_train_can_lengthen_the_mean_wait_and_is_shown(held):
    least = {"minimum": {"load": "2 consignments", "otherwise": "cancel"}}
    services = {"train": {"departs": "on 2026-01-06 12:00, 2026-01-07 12:00, 2026-01-08 12:00", **least}}
    moments = ["tue 20:00", "tue 21:00", "wed 02:00", "next mon 08:00"]
    (found,) = held(MORE_TRAINS, flows={"f": {"on": moments}}, steps=[RIDE], services=services)
    # one at midnight takes the first two, and the third never finds another to go with
    assert found.because == "a departure was too light or held too long, and its load waited again"
    assert found.found == "train: mean wait 13.67 h, 3.50 h with departures in between"


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        (
            {"cutoff": "12 h", "cancelled": {"share": "50 %", "notice": "6 h"}},
            "a departure is cancelled after its load list was fixed",
        ),
        ({"opens": "8 h"}, "its gate opens by the timetable"),
    ],
    ids=["cancelled", "gate"],
)
def test_what_the_proof_needs_and_is_not_there_is_shown(held, service, reason):
    services = {"train": {"departs": "daily 20:00", **service}}
    (found,) = held(MORE_TRAINS, flows={"f": MANY}, steps=[RIDE], services=services)
    assert told([found]) == [("exception", "train", reason)]


def test_loads_of_unlike_size_are_shown_where_somebody_is_left_behind(held):
    flows = {"f": {**MANY, "weight": "1 t"}, "g": {**MANY, "weight": "3 t"}}
    full = held(
        MORE_TRAINS, flows=flows, steps=[RIDE], services={"train": {"departs": "daily 20:00", "capacity": "5 t"}}
    )
    assert full[0].because == "somebody was left behind, and loads take up unlike shares of the room"
    empty = held(
        MORE_TRAINS, flows=flows, steps=[RIDE], services={"train": {"departs": "daily 20:00", "capacity": "99 t"}}
    )
    assert empty[0].kind == "kept"


def test_where_vehicles_overtake_each_other_the_load_lists_are_judged(held):
    late = {"share": "50 %", "lasts": {"uniform": ["1 h", "40 h"]}}
    kept, shown = held(
        MORE_TRAINS, flows={"f": MANY}, steps=[RIDE], services={"train": {**SMALL["train"], "delay": late}}
    )
    assert kept.kind == "kept" and kept.what.endswith(" loads on the same or an earlier load list")
    assert shown.because == "vehicles overtake each other, so an earlier load list may leave later"


def test_services_that_nobody_waits_for_and_single_departures_are_shown(held):
    routes = {"r": {"steps": [RIDE]}, "never": {"steps": [{"sail": {"board": "ship"}}]}}
    services = {"train": {"departs": "on 2026-01-06 12:00"}, "ship": {"departs": "daily 20:00"}}
    flows = {"f": "08:00", "g": {"on": "08:00", "route": "never", "season": "2026-01-05"}}
    clock = {"start": "2026-01-05 00:00", "measure": "2026-01-06", "follow_up": "30 days"}
    found = held(MORE_TRAINS, routes=routes, services=services, clock=clock, flows={**flows, "f": "tue 08:00"})
    assert told(found) == [
        ("exception", "train", "it departs once, so there is nothing between its departures"),
        ("exception", "ship", "nothing measured waited for it in what was played"),
    ]


def test_a_world_without_services_says_so(held):
    (found,) = held(MORE_TRAINS, flows={"f": "08:00"}, steps=[{"leg": {"road": "A to B", "takes": "1 h"}}])
    assert told([found]) == [("exception", "services", "no route boards any")]


def test_departures_that_block_each_other_are_shown(held, monkeypatch):
    exact = World.play

    def blocked(self: World, lowered: Any, plan: Any = None) -> Any:
        if plan is not None:
            raise EngineError("holds form a cycle")
        return exact(self, lowered, plan)

    monkeypatch.setattr(World, "play", blocked)
    (found,) = held(MORE_TRAINS, flows={"f": "08:00"}, steps=[RIDE], services=SMALL)
    assert told([found]) == [("exception", "train", "with more departures holds form a cycle")]


def felt(**parts: Any) -> tuple[set[str], bool]:
    program = lower(load(world(**parts)).base, "base").program
    found = felt_from(program, program.service_names.index("train"))
    return {program.step_names[number] for number in found.instructions}, found.comes_back


def test_what_may_feel_a_service_is_all_that_follows_and_shares():
    desk = {"serve": {"at": "desk", "takes": "1 h"}}
    hall = {"hall": {"at": "hall", "takes": "1 h"}}
    places = {"desk": {}, "hall": {"at": "B"}}
    parts = {"facilities": places, "services": SMALL}
    assert felt(flows={"f": "08:00"}, steps=[desk, RIDE, hall], **parts) == ({"r/hall"}, False)
    other = {"steps": [{"leg": {"road": "A to B", "takes": "1 h"}}, hall, {"rest": {"wait": "1 h"}}]}
    flows = {"f": "08:00", "g": {"on": "08:00", "route": "q"}}
    routes = {"r": {"steps": [desk, RIDE, hall]}, "q": other}
    assert felt(flows=flows, routes=routes, **parts) == ({"r/hall", "q/hall", "q/rest"}, False)


def test_a_yard_given_up_at_departure_a_berth_and_a_switch_come_back():
    yard, track = {"yard": {"servers": 2}}, {"track": {"servers": 1}}
    into, leave = {"in": {"seize": "yard"}}, {"ride": {"board": "train", "leaves": "yard"}}
    assert felt(flows={"f": "08:00"}, steps=[into, leave], facilities=yard, services=SMALL)[1]
    moored = {"train": {**SMALL["train"], "berths": {"at_origin": "track"}}}
    work = {"work": {"at": "track", "takes": "1 h"}}
    assert felt(flows={"f": "08:00"}, steps=[work, RIDE], facilities=track, services=moored)[1]
    assert not felt(flows={"f": "08:00"}, steps=[RIDE], facilities=track, services=moored)[1]
    lorry = {"steps": [{"leg": {"road": "A to B", "takes": "1 h"}}]}
    when = {"switch": {"next_departure_of": "train", "later_than": "9 h"}, "to": "lorry", "join": "leg"}
    routes = {"r": {"steps": [{"look": when}, RIDE]}, "lorry": lorry}
    names, comes_back = felt(flows={"f": "08:00"}, routes=routes, services=SMALL)
    assert comes_back and names == {"r/ride", "lorry/leg"}


def test_loads_that_are_listed_no_later_are_measured_ones_only():
    file = load(
        world(flows={"f": {"on": ["08:00", "next mon 08:00"]}}, steps=[RIDE], services=SMALL, measure="2026-01-05")
    )
    lowered = lower(file.base, "base")
    (played,) = World(file, 1, 1, "reference", ()).play(lowered)
    waits = trains.waits_for(lowered, played, 0)
    assert (len(waits.who), waits.ready.tolist(), waits.left.tolist()) == (1, [8 * 3600], [20 * 3600])
    assert np.array_equal(waits.listed, waits.left)
