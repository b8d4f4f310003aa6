"""Services, load lists, berths and closures of places: each rule of WORLD.md checked to the tick by hand."""

from __future__ import annotations

import pytest

from corridor_sim.engine.program import NONE, DepartureState, Op
from corridor_sim.errors import EngineError

HOUR = 3600
RIDE = [{"ride": {"board": "train"}}]


def train(**more):
    return {"train": {"departs": "daily 20:00", "takes": "10 h", **more}}


def left(run, flow="f"):
    return run.started(flow, "ride", Op.BOARD)


def states(run, service="train"):
    return [DepartureState(row["state"]).name for row in run.departures(service)[:3]]


def after(seconds, *steps):
    """Return steps that begin so many seconds after the release."""
    return [{"walk": {"road": "A to A", "takes": f"{seconds} s"}}, *steps]


def test_ready_exactly_at_the_cut_off_makes_it_and_a_tick_later_does_not(play, at):
    runs = [play(flows={"f": "17:00"}, services=train(cutoff="2 h"), steps=after(wait, *RIDE)) for wait in (3600, 3601)]
    assert [left(run) for run in runs] == [[at("20:00")], [at("tue 20:00")]]


def test_without_a_cut_off_one_may_come_until_the_departure_itself(play, at):
    runs = [play(flows={"f": "19:00"}, services=train(), steps=after(wait, *RIDE)) for wait in (3600, 3601)]
    assert [left(run) for run in runs] == [[at("20:00")], [at("tue 20:00")]]


def test_work_that_ends_at_the_cut_off_and_queues_for_a_free_crane_in_no_time_makes_it(play, at):
    steps = [
        {"crane": {"at": "crane", "takes": "1 h"}},
        {"enter": {"seize": "yard"}},
        {"ride": {"board": "train", "leaves": "yard"}},
    ]
    run = play(
        flows={"f": ["16:00", "17:00"]},
        facilities={"crane": {}, "yard": {"servers": 2}},
        services=train(cutoff="2 h"),
        steps=steps,
    )
    assert left(run) == [at("20:00")] * 2


def test_every_cut_off_must_be_met_by_its_own_mark(play, at):
    def marked(documents):
        return after(
            documents,
            {"paper": {"mark": "documents"}},
            {"haul": {"road": "A to A", "takes": "1 h", "stream": "haul"}},
            *RIDE,
        )

    cutoffs = {"documents": "6 h", "yard": "2 h"}
    runs = [play(flows={"f": "13:00"}, services=train(cutoff=cutoffs), steps=marked(wait)) for wait in (3600, 3601)]
    assert [left(run) for run in runs] == [[at("20:00")], [at("tue 20:00")]]


def test_the_load_list_is_fixed_at_the_last_cut_off(play, at):
    run = play(flows={"f": "08:00"}, services=train(cutoff={"documents": "6 h", "yard": "2 h"}), steps=RIDE)
    assert run.departures("train")[0]["closed"] == at("18:00")


def test_nobody_can_deliver_before_the_earliest_delivery(play, at):
    run = play(
        flows={"f": ["08:00", "13:00"]},
        services=train(departs="mon 20:00", opens="8 h", cutoff={"yard": "2 h"}),
        steps=RIDE,
    )
    assert [row["ready"] for row in run.rows("f", "ride", Op.BOARD)] == [at("12:00"), at("13:00")]


def test_the_gate_is_open_at_the_tick_of_the_yard_cut_off_and_closed_a_tick_later(play, at):
    service = train(departs=["mon 20:00", "thu 20:00"], opens="8 h", cutoff={"yard": "2 h"})
    runs = [play(flows={"f": "17:00"}, services=service, steps=after(wait, *RIDE)) for wait in (3600, 3601)]
    assert [run.rows("f", "ride", Op.BOARD)[0]["ready"] for run in runs] == [at("18:00"), at("thu 12:00")]


SIZES = {
    "a": {"on": "08:00", "size": "3 TEU"},
    "b": {"on": "09:00", "size": "2 TEU"},
    "c": {"on": "10:00", "size": "1 TEU"},
}


def test_a_load_list_takes_the_first_that_fit_or_stops_at_the_first_that_does_not(play, at):
    days = {}
    for loading in ("first_fit", "strict"):
        run = play(flows=SIZES, services=train(capacity="4 TEU", loading=loading), steps=RIDE)
        days[loading] = [left(run, flow)[0] // (24 * HOUR) for flow in "abc"]
        assert run.departures("train")[0]["left_behind"] == {"first_fit": 1, "strict": 2}[loading]
    assert days == {"first_fit": [0, 1, 0], "strict": [0, 1, 1]}


def test_a_load_list_goes_by_priority_then_by_who_came_first(play):
    flows = {
        "slow": {"on": "08:00", "priority": 1},
        "plain": "10:00",
        "early": "09:00",
        "urgent": {"on": "19:00", "priority": -1},
    }
    run = play(flows=flows, services=train(capacity="1 consignment"), steps=RIDE)
    assert [left(run, flow)[0] // (24 * HOUR) for flow in ("urgent", "early", "plain", "slow")] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("capacity", "aboard"),
    [(["4 TEU", "9 plugs", "90 t"], 2), (["9 TEU", "3 plugs", "90 t"], 3), (["9 TEU", "9 plugs", "30 t"], 1)],
)
def test_capacity_binds_in_whichever_measure_is_full_first(play, capacity, aboard):
    # a 40 ft reefer is 2 TEU and 1 plug, here with 20 t
    flows = {"f": {"on": [f"{hour:02}:00" for hour in range(8, 16)], "size": "1 box", "weight": "20 t"}}
    reefer = {"teu": 2, "payload": "26 t", "plugs": 1}
    routes = {"r": {"box": {"type": "40RF", "owner": "coc"}, "steps": RIDE}}
    run = play(flows=flows, routes=routes, boxes={"40RF": reefer}, services=train(capacity=capacity))
    assert run.departures("train")[0]["own"] == aboard


def test_what_others_take_is_taken_before_ours_in_every_measure(play):
    flows = {"f": {"on": [f"{hour:02}:00" for hour in range(8, 18)], "size": "1 TEU"}}
    run = play(flows=flows, services=train(capacity=["10 TEU", "100 t"], taken_by_others="70 %"), steps=RIDE)
    assert run.inputs.departures.background[0, [0, 2]].tolist() == [7_000, 70_000_000]
    assert [row["own"] for row in run.departures("train")[:4]] == [3, 3, 3, 1]


def test_others_share_is_drawn_per_departure_and_is_the_mean_without_noise(play):
    service = train(capacity="100 TEU", taken_by_others={"uniform": ["20 %", "60 %"]})
    flows = {"f": {"on": "08:00", "size": "1 TEU"}}
    taken = {
        noise: play(flows=flows, services=service, steps=RIDE, noise=noise).inputs.departures.background[:, 0]
        for noise in (True, False)
    }
    assert set(taken[False].tolist()) == {40_000}
    assert len(set(taken[True].tolist())) == len(taken[True])
    assert taken[True].min() >= 20_000 and taken[True].max() <= 60_000


def test_a_departure_below_its_minimum_load_is_cancelled_or_runs_as_the_service_says(play, at):
    flows = {"f": {"on": ["08:00", "tue 08:00"], "size": "1 TEU"}}
    found = {}
    for otherwise in ("cancel", "run"):
        service = train(capacity="10 TEU", minimum={"load": "2 TEU", "otherwise": otherwise})
        run = play(flows=flows, services=service, steps=RIDE)
        found[otherwise] = (states(run)[:2], left(run))
    assert found["cancel"] == (["TOO_LIGHT", "RAN"], [at("tue 20:00")] * 2)
    assert found["run"] == (["RAN", "RAN"], [at("20:00"), at("tue 20:00")])


def test_others_cargo_counts_for_the_minimum_load(play):
    service = train(capacity="10 TEU", taken_by_others="10 %", minimum={"load": "2 TEU", "otherwise": "cancel"})
    run = play(flows={"f": {"on": "08:00", "size": "1 TEU"}}, services=service, steps=RIDE)
    assert states(run) == ["RAN", "TOO_LIGHT", "TOO_LIGHT"]


def test_cargo_of_a_departure_cancelled_before_the_cut_off_waits_for_the_next(play, at):
    run = play(flows={"f": "08:00"}, services=train(cutoff="2 h"), steps=RIDE, departures={"notice": {0: at("12:00")}})
    assert states(run) == ["CANCELLED", "RAN", "RAN"]
    assert (run.departures("train")[0]["closed"], left(run)) == (-1, [at("tue 20:00")])


def test_cargo_of_a_departure_cancelled_after_the_cut_off_keeps_its_place_before_those_who_came_later(play, at):
    run = play(
        flows={"f": ["08:00", "18:30"]},
        services=train(cutoff="2 h", capacity="1 consignment"),
        steps=RIDE,
        departures={"notice": {0: at("19:00")}},
    )
    assert left(run) == [at("tue 20:00"), at("wed 20:00")]
    assert run.rows("f", "ride", Op.BOARD)[0]["ready"] == at("08:00")
    assert run.departures("train")[0]["own"] == 0


def test_a_cancellation_is_known_so_long_before_departure_as_told_or_else_at_the_cut_off(play, at):
    runs = [
        play(flows={"f": "08:00"}, services=train(cutoff="2 h", cancelled={"share": "100 %", **notice}), steps=RIDE)
        for notice in ({}, {"notice": "9 h"})
    ]
    assert [run.inputs.departures.notice[0] for run in runs] == [at("18:00"), at("11:00")]
    # in both cases nothing was loaded
    assert [run.departures("train")[0]["closed"] for run in runs] == [-1, -1]


def test_a_delay_admits_no_later_cargo(play, at):
    run = play(
        flows={"f": ["17:00", "18:01"]}, services=train(cutoff="2 h"), steps=RIDE, departures={"delay": {0: 5 * HOUR}}
    )
    assert left(run) == [at("tue 01:00"), at("tue 20:00")]


def test_there_is_one_transit_draw_per_departure(play):
    run = play(
        flows={"f": ["08:00", "09:00", "tue 08:00"]}, services=train(takes={"uniform": ["5 h", "15 h"]}), steps=RIDE
    )
    transit = [row["end"] - row["start"] for row in run.rows("f", "ride", Op.BOARD)]
    assert transit[0] == transit[1] != transit[2]


def closed(days, place="A", mode="rail", **act):
    return {"storm": {"on": [days], "acts": [{"places": [place], "modes": [mode], **act}]}}


def test_a_closed_origin_holds_the_vehicle_until_it_reopens(play, at):
    run = play(flows={"f": "mon 08:00"}, services=train(), steps=RIDE, closures=closed("2026-01-05", ends="12 h"))
    assert left(run) == [at("tue 12:00")]
    assert run.departures("train")[0]["actual"] == at("tue 12:00")


def test_a_vehicle_held_beyond_its_limit_is_cancelled_then_and_its_cargo_keeps_its_place(play, at):
    service = train(waits_for_reopening="6 h", capacity="1 consignment")
    run = play(
        flows={"f": ["08:00", "tue 11:00"]},
        services=service,
        steps=RIDE,
        closures=closed("2026-01-05 to 2026-01-06", ends="-6 h"),
    )
    assert states(run) == ["HELD_TOO_LONG", "RAN", "RAN"]
    assert left(run) == [at("tue 20:00"), at("wed 20:00")]


def test_a_vehicle_held_exactly_to_its_limit_still_leaves(play, at):
    run = play(
        flows={"f": "08:00"}, services=train(waits_for_reopening="4 h"), steps=RIDE, closures=closed("2026-01-05")
    )
    assert (states(run)[0], left(run)) == ("RAN", [at("tue 00:00")])


@pytest.mark.parametrize(("hold", "state"), [("4 h", "HELD_TOO_LONG"), ("5 h", "PLANNED")])
def test_a_vehicle_that_nobody_boards_is_given_up_only_if_its_limit_falls_before_the_stop(play, at, hold, state):
    run = play(
        flows={"f": "08:00"},
        services=train(waits_for_reopening=hold),
        steps=RIDE,
        closures=closed("2026-01-18 to 2026-01-20"),
    )
    assert run.trace.stop == at("next sun 20:00") + 4 * HOUR
    last = run.departures("train")[13]
    assert (last["closed"], last["actual"]) == (at("next sun 20:00"), NONE)
    assert DepartureState(last["state"]).name == state


def test_a_closed_destination_lets_the_vehicle_in_when_it_reopens(play, at):
    run = play(flows={"f": "08:00"}, services=train(), steps=RIDE, closures=closed("2026-01-06", place="B"))
    assert run.delivered("f") == [at("wed 00:00")]
    assert run.departures("train")[0]["arrived"] == at("wed 00:00")


def test_a_closure_of_another_mode_does_not_hold_a_vehicle(play, at):
    run = play(flows={"f": "08:00"}, services=train(), steps=RIDE, closures=closed("2026-01-05", mode="sea"))
    assert left(run) == [at("20:00")]


TRACK = {"track": {"at": "B"}}
YARD = {"yard": {"at": "B", "holds": "2 consignments"}}


def test_a_vehicle_keeps_its_berth_until_its_last_box_is_in_the_yard(play, at):
    steps = [{"ride": {"board": "train", "enters": "yard"}}, {"rest": {"wait": "30 h"}}, {"leave": {"release": "yard"}}]
    run = play(
        flows={"f": ["08:00", "09:00", "10:00"]},
        facilities=TRACK | YARD,
        services=train(departs=["mon 20:00", "tue 10:00"], berths={"at_destination": "track", "unloading": "1 h"}),
        steps=steps,
    )
    first, second = run.departures("train")[:2]
    # in at 06:00, two boxes in the yard at 07:00, the third when they leave 30 h later
    assert (first["arrived"], first["berthed"], first["left"]) == (at("tue 06:00"), at("tue 06:00"), at("wed 13:00"))
    assert (second["arrived"], second["berthed"]) == (at("tue 20:00"), at("wed 13:00"))


def test_each_vehicle_draws_its_own_time_of_unloading(play):
    berths = {"at_destination": "track", "unloading": {"uniform": ["1 h", "3 h"]}}
    run = play(flows={"f": "08:00"}, facilities=TRACK, services=train(berths=berths), steps=RIDE)
    took = [row["left"] - row["berthed"] for row in run.departures("train")[:9]]
    assert len(set(took)) == 9
    assert min(took) >= HOUR and max(took) <= 3 * HOUR


def test_a_departure_waits_for_a_free_berth_at_its_origin(play, at):
    services = {
        name: {"departs": departs, "mode": "rail", "berths": {"at_origin": "track", "loading": "4 h"}}
        for name, departs in (("train", "mon 20:00"), ("other", "mon 18:00"))
    }
    routes = {name: {"steps": [{"ride": {"board": service}}]} for name, service in (("r", "train"), ("s", "other"))}
    run = play(
        flows={"f": "08:00", "g": {"on": "08:00", "route": "s"}},
        facilities={"track": {}},
        services=services,
        routes=routes,
    )
    assert (left(run, "g"), left(run)) == ([at("22:00")], [at("tue 02:00")])


def test_of_two_vehicles_that_always_want_one_berth_together_each_gets_it_first_half_of_the_time(play):
    service = {"departs": "daily 20:00", "cutoff": "2 h", "berths": {"at_origin": "track", "loading": "1 h"}}
    run = play(
        flows={"f": "08:00", "g": {"on": "08:00", "route": "s"}},
        facilities={"track": {}},
        services={"a": service, "b": service},
        routes={"r": {"steps": [{"ride": {"board": "a"}}]}, "s": {"steps": [{"ride": {"board": "b"}}]}},
        measure="2026-01-05 to 2026-12-31",
    )
    days = 350
    late = [sum(row["actual"] - row["scheduled"] == 2 * HOUR for row in run.departures(name)[:days]) for name in "ab"]
    assert sum(late) == days
    # a fair coin stays within 4 standard deviations
    assert abs(late[0] - days / 2) < 4 * (days / 4) ** 0.5


def test_a_box_gives_up_its_yard_place_when_its_vehicle_leaves(play, at):
    steps = [{"enter": {"seize": "yard"}}, {"ride": {"board": "train", "leaves": "yard"}}]
    run = play(flows={"f": ["08:00", "09:00"]}, facilities={"yard": {}}, services=train(), steps=steps)
    assert run.started("f", "enter") == [at("08:00"), at("20:00")]


def test_a_full_yard_whose_boxes_wait_for_the_track_that_the_unloading_train_keeps_is_a_hold_cycle(play):
    north = {"steps": [{"come": {"board": "in", "enters": "yard"}}, {"go": {"board": "out", "leaves": "yard"}}]}
    services = {
        "in": {"from": "B", "to": "A", "departs": "daily 08:00", "takes": "2 h", "berths": {"at_destination": "track"}},
        "out": {"departs": "daily 20:00", "takes": "2 h", "berths": {"at_origin": "track"}},
    }
    with pytest.raises(EngineError, match=r"f \d waits for yard, held by f \d, who waits for out"):
        play(
            flows={"f": {"on": ["07:00"] * 3}},
            facilities={"track": {"at": "A"}, "yard": {"holds": "2 consignments"}},
            services=services,
            routes={"r": north},
        )


def test_services_of_one_tick_load_by_name_and_the_dispatcher_comes_in_between(play, at):
    def out(service):
        return {"steps": [{"enter": {"seize": "yard"}}, {"ride": {"board": service, "leaves": "yard"}}]}

    services = {name: {"departs": "daily 20:00", "takes": "2 h"} for name in ("a", "b")}
    rode = [
        left(
            play(
                flows={"f": "08:00", "g": {"on": "09:00", "route": "s"}},
                facilities={"yard": {}},
                services=services,
                routes={"r": out(first), "s": out(second)},
            ),
            "g",
        )
        for first, second in ("ab", "ba")
    ]
    # g gets into the yard when f leaves it, at the tick of both departures: b still loads then, a has loaded
    assert rode == [[at("20:00")], [at("tue 20:00")]]


def test_a_transit_is_that_of_the_day_on_which_the_departure_was_scheduled(play, at):
    lines = train(
        takes="10 h",
        takes_in=[
            {"on": ["2026-01-06 to 2026-01-06"], "takes": "30 h"},
            {"on": ["2026-01-05 to 2026-01-07"], "takes": "20 h"},
        ],
    )
    run = play(flows={"f": ["08:00", "tue 08:00", "wed 08:00", "thu 08:00"]}, services=lines, steps=RIDE)
    # both days of a range are inside, the first range that fits holds, and Thursday is outside
    assert run.delivered("f") == [at("tue 16:00"), at("thu 02:00"), at("thu 16:00"), at("fri 06:00")]


def test_the_same_chance_decides_a_transit_in_every_season(play):
    law, other = {"uniform": ["10 h", "20 h"]}, {"uniform": ["110 h", "120 h"]}
    days = [f"{day} 08:00" for day in ("mon", "tue", "wed", "thu", "fri")]
    usual = play(flows={"f": days}, services=train(takes=law), steps=RIDE)
    slow = train(takes=law, takes_in=[{"on": ["2026-01-07 to 2026-01-08"], "takes": other}])
    seasonal = play(flows={"f": days}, services=slow, steps=RIDE)
    moved = [late - early for early, late in zip(usual.delivered("f"), seasonal.delivered("f"), strict=True)]
    assert moved == [0, 0, 100 * HOUR, 100 * HOUR, 0]
