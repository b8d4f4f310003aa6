"""Facilities, queues and calendars: each rule of WORLD.md checked to the tick on a world made by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from both_engines import play_both
from corridor_sim.engine.program import NONE, Op
from corridor_sim.errors import EngineError

HOUR = 3600
MORNINGS = {"opens": "daily 08:00-12:00"}
SERVE_2_H = [{"serve": {"at": "desk", "takes": "2 h"}}]


def test_work_that_ends_exactly_at_closing_is_done(play, at):
    run = play(flows={"f": "10:00"}, facilities={"desk": MORNINGS}, steps=SERVE_2_H)
    assert run.delivered("f") == [at("12:00")]


def test_work_a_tick_too_long_for_the_day_is_paused_and_ends_the_next_morning(play, at):
    run = play(
        flows={"f": "10:00"}, facilities={"desk": MORNINGS}, steps=[{"serve": {"at": "desk", "takes": "7201 s"}}]
    )
    assert run.delivered("f") == [at("tue 08:00:01")]


def test_nothing_starts_at_the_tick_of_closing_and_all_can_start_at_the_tick_of_opening(play, at):
    run = play(flows={"f": ["08:00", "12:00"]}, facilities={"desk": MORNINGS}, steps=SERVE_2_H)
    assert run.started("f", "serve") == [at("08:00"), at("tue 08:00")]


def test_pausing_keeps_the_server_and_the_remaining_ticks(play, at):
    desk = MORNINGS | {"at_closing": "pause"}
    run = play(flows={"f": ["11:00", "11:30"]}, facilities={"desk": desk}, steps=SERVE_2_H)
    assert run.delivered("f") == [at("tue 09:00"), at("tue 11:00")]


def test_pausing_work_stretches_over_as_many_days_as_it_needs(play, at):
    run = play(flows={"f": "11:00"}, facilities={"desk": MORNINGS}, steps=[{"serve": {"at": "desk", "takes": "9 h"}}])
    # 1 h on Monday, 4 h on Tuesday, 4 h on Wednesday
    assert run.delivered("f") == [at("wed 12:00")]


def test_restarting_repeats_the_same_drawn_duration(play, at):
    steps = [{"serve": {"at": "desk", "takes": {"uniform": ["2 h", "3 h"]}}}]
    longest = play(flows={"f": "10:30"}, facilities={"desk": {}}, steps=steps).durations("f", "serve")[0]
    desk = MORNINGS | {"at_closing": "restart"}
    run = play(flows={"f": "10:30"}, facilities={"desk": desk}, steps=steps)
    assert run.delivered("f") == [at("tue 08:00") + longest]


def test_finishing_works_on_after_closing_but_starts_nothing(play, at):
    desk = MORNINGS | {"at_closing": "finish", "servers": 2}
    run = play(flows={"f": ["11:00", "12:30"]}, facilities={"desk": desk}, steps=SERVE_2_H)
    assert run.delivered("f") == [at("13:00"), at("tue 10:00")]


def test_a_failure_of_one_server_takes_the_latest_started_job(play, at):
    failures = {"every": "10 h", "lasts": "5 h", "servers": 1}
    run = play(
        flows={"f": ["08:00", "09:00"]},
        facilities={"desk": {"servers": 2, "failures": failures}},
        steps=[{"serve": {"at": "desk", "takes": "4 h"}}],
    )
    # the first job ends at 12:00 and leaves its server to the second, which has 3 h to go
    assert run.delivered("f") == [at("12:00"), at("15:00")]


def test_while_one_server_of_two_is_down_nobody_new_takes_the_place_of_work_that_rests(play, at):
    desk = {"servers": 2, "failures": {"every": "10 h", "lasts": "9 h", "servers": 1}}
    steps = [{"serve": {"at": "desk", "takes": "4 h"}}]
    run = play(flows={"f": ["08:00", "09:00", "09:30"]}, facilities={"desk": desk}, steps=steps)
    # the second rests from 10:00 to 12:00 and is done at 15:00, when the one server left is free again
    assert run.started("f", "serve") == [at("08:00"), at("09:00"), at("15:00")]


def test_work_cut_by_a_failure_goes_on_or_starts_again_as_the_facility_says(play, at):
    failures = {"every": "10 h", "lasts": "5 h"}
    ends = [
        play(
            flows={"f": "08:00"},
            facilities={"desk": {"failures": failures, "at_failure": rule}},
            steps=[{"serve": {"at": "desk", "takes": "4 h"}}],
        ).delivered("f")
        for rule in ("pause", "restart")
    ]
    assert ends == [[at("17:00")], [at("19:00")]]


def test_of_several_who_rest_the_earlier_started_goes_on_first(play, at):
    desk = MORNINGS | {"servers": 2, "failures": {"every": "30 h", "lasts": "5 h", "servers": 1}}
    steps = [{"serve": {"at": "desk", "takes": "4 h"}}]
    run = play(flows={"f": ["09:00", "10:00"]}, facilities={"desk": desk}, steps=steps)
    # both rest on Monday at noon with 1 h and 2 h to go; on Tuesday one server is down from 06:00 to 11:00
    assert run.delivered("f") == [at("tue 09:00"), at("tue 11:00")]


def test_failures_on_calendar_time_come_also_while_nobody_is_served(play):
    failures = {"every": "10 h", "lasts": "5 h"}
    run = play(flows={"f": "next sun 00:00"}, facilities={"desk": {"failures": failures}}, steps=SERVE_2_H)
    ticks, units = run.trace.capacity[:4, 1].tolist(), run.trace.capacity[:4, 2].tolist()
    assert (ticks, units) == ([0, 10 * HOUR, 15 * HOUR, 25 * HOUR], [1000, 0, 1000, 0])


def test_failures_while_busy_count_busy_time_only(play, at):
    failures = {"every": "3 h", "lasts": "5 h", "counts": "busy"}
    run = play(flows={"f": ["08:00", "20:00"]}, facilities={"desk": {"failures": failures}}, steps=SERVE_2_H)
    # 2 h of the first job and 1 h of the second are the 3 h to failure
    assert run.delivered("f") == [at("10:00"), at("tue 03:00")]


def test_grants_go_by_priority_then_ready_tick(play, at):
    run = play(
        flows={
            "now": "08:00",
            "late": {"on": "08:20"},
            "early": {"on": "08:10"},
            "urgent": {"on": "08:30", "priority": -1},
        },
        facilities={"desk": {}},
        steps=SERVE_2_H,
    )
    order = [run.started(flow, "serve")[0] for flow in ("now", "urgent", "early", "late")]
    assert order == [at("08:00"), at("10:00"), at("12:00"), at("14:00")]


def test_a_priority_never_interrupts_work(play, at):
    run = play(
        flows={"now": "08:00", "urgent": {"on": "08:30", "priority": -1000}}, facilities={"desk": {}}, steps=SERVE_2_H
    )
    assert run.delivered("now") == [at("10:00")]


@pytest.mark.parametrize(("first", "second", "winner"), [("a", "b", "y"), ("b", "a", "x")])
def test_the_dispatcher_goes_by_facility_name_and_comes_back_after_each_grant(play, at, first, second, winner):
    def take(*names):
        rest = {"rest": {"wait": "2 h"}}
        return {
            "steps": [
                *({name: {"seize": name}} for name in names),
                rest,
                *({f"leave {name}": {"release": name}} for name in names),
            ]
        }

    run = play(
        flows={"h": "08:00", "x": {"on": "09:00", "route": "x"}, "y": {"on": "09:30", "route": "y", "priority": -1}},
        facilities={"a": {}, "b": {}},
        routes={"r": take("a", "b"), "x": take(second), "y": take(first, second)},
    )
    # at 10:00 both are free: y is more urgent than x, but reaches the second facility only by way of the first
    second_at_ten = [flow for flow in ("x", "y") if run.started(flow, second) == [at("10:00")]]
    assert second_at_ten == [winner]


def test_consignments_ready_at_the_same_tick_go_by_tie_rank(play):
    run = play(flows={name: "08:00" for name in "abcdefgh"}, facilities={"desk": {}}, steps=SERVE_2_H)
    cargo = run.inputs.consignments
    starts = [run.started(name, "serve")[0] for name in "abcdefgh"]
    by_start = sorted(range(8), key=starts.__getitem__)
    assert by_start == sorted(range(8), key=cargo.tie.tolist().__getitem__)
    assert by_start != sorted(by_start)


def replayed(run, **columns):
    """Play a run again with both engines, with other columns of consignments."""
    cargo = replace(run.inputs.consignments, **{name: np.array(column) for name, column in columns.items()})
    return replace(run, trace=play_both(run.program, replace(run.inputs, consignments=cargo)))


def test_consignments_of_one_tie_rank_go_by_number(play, at):
    run = play(flows={name: "08:00" for name in "abcd"}, facilities={"desk": {}}, steps=SERVE_2_H)
    run = replayed(run, tie=[7] * 4)
    assert [run.started(name, "serve") for name in "abcd"] == [[at(f"{hour:02}:00")] for hour in (8, 10, 12, 14)]


def test_who_would_set_out_when_the_world_ends_never_does(play, at):
    steps = [{"rest": {"wait": "60 d"}}, {"drive": {"road": "A to B", "takes": "1 h"}}]
    run = play(flows={"f": ["08:00", "09:00"]}, steps=steps)
    horizon = run.program.horizon
    for release, sets_out in ((horizon - 1, True), (horizon, False)):
        again = replayed(run, release=[at("08:00"), release])
        assert again.trace.stop == horizon
        assert len(again.rows("f", "rest", Op.DELAY)) == 1 + sets_out


def test_the_order_in_which_consignments_stand_is_not_that_in_which_they_set_out(play, at):
    desk, steps = {"opens": "daily 09:30-18:00"}, [{"serve": {"at": "desk", "takes": "30 min"}}]
    run = play(flows={"f": ["08:00", "09:00", "10:00"]}, facilities={"desk": desk}, steps=steps)
    run = replayed(run, release=[at("10:00"), at("08:00"), at("09:00")])
    assert run.started("f", "serve") == [at("10:30"), at("09:30"), at("10:00")]


YARD = {"yard": {"holds": "4 TEU"}}
HOLD_10_H = [{"enter": {"seize": "yard"}}, {"rest": {"wait": "10 h"}}, {"leave": {"release": "yard"}}]


def yard_flows():
    return {
        "a": {"on": "08:00", "size": "3 TEU"},
        "b": {"on": "09:00", "size": "2 TEU"},
        "c": {"on": "10:00", "size": "1 TEU"},
    }


def test_the_head_of_the_line_blocks_those_behind_who_would_fit(play, at):
    run = play(flows=yard_flows(), facilities=YARD, steps=HOLD_10_H)
    assert [run.started(flow, "enter")[0] for flow in "abc"] == [at("08:00"), at("18:00"), at("18:00")]


def test_under_first_fit_the_head_of_the_line_does_not_block(play, at):
    run = play(flows=yard_flows(), facilities={"yard": YARD["yard"] | {"discipline": "first_fit"}}, steps=HOLD_10_H)
    assert [run.started(flow, "enter")[0] for flow in "abc"] == [at("08:00"), at("18:00"), at("10:00")]


def test_a_seize_takes_all_its_units_at_once_or_none(play, at):
    flows = {
        "a": {"on": "08:00", "size": "2 TEU"},
        "b": {"on": "09:00", "size": "2 TEU"},
        "c": {"on": "10:00", "size": "4 TEU"},
    }
    run = play(flows=flows, facilities=YARD, steps=HOLD_10_H)
    # c finds 2 free TEU at 18:00 but waits for 4 of them
    assert run.started("c", "enter") == [at("19:00")]


def test_seizing_the_next_before_releasing_the_last_blocks_the_server(play, at):
    steps = [
        {"take desk": {"seize": "desk"}},
        {"write": {"wait": "1 h"}},
        {"take room": {"seize": "room"}},
        {"leave desk": {"release": "desk"}},
        {"rest": {"wait": "5 h"}},
        {"leave room": {"release": "room"}},
    ]
    run = play(flows={"f": ["08:00", "08:10", "08:20"]}, facilities={"desk": {}, "room": {}}, steps=steps)
    assert run.started("f", "take desk") == [at("08:00"), at("09:00"), at("14:00")]
    assert run.started("f", "take room") == [at("09:00"), at("14:00"), at("19:00")]


def test_holds_that_wait_for_each_other_are_an_error_that_names_who_waits_for_whom(play):
    def hold(first, second):
        return {
            "steps": [
                {"first": {"seize": first}},
                {"rest": {"wait": "1 h"}},
                {"second": {"seize": second}},
                {"free first": {"release": first}},
                {"free second": {"release": second}},
            ]
        }

    with pytest.raises(EngineError, match=r"apples 0 waits for east, held by pears 1, who waits for west"):
        play(
            flows={"apples": {"on": "08:00", "route": "out"}, "pears": {"on": "08:00", "route": "back"}},
            facilities={"west": {}, "east": {}},
            routes={"out": hold("west", "east"), "back": hold("east", "west")},
        )


def test_a_cycle_through_a_part_of_the_room_is_found_too(play):
    def climb(first, second, units):
        return {
            "steps": [
                {"first": {"seize": first}},
                {"rest": {"wait": "1 h"}},
                {"second": {"seize": second, "units": units}},
                {"free first": {"release": first}},
                {"free second": {"release": second}},
            ]
        }

    # b keeps 1 of 3 places of the yard for good, so that a never gets its 3; c's place comes back in between
    with pytest.raises(EngineError, match="a 0 waits for yard, held by b 1, who waits for desk"):
        play(
            flows={
                "a": {"on": "08:00", "route": "a"},
                "b": {"on": "08:00", "route": "b"},
                "c": {"on": "08:00", "route": "c"},
            },
            facilities={"desk": {}, "yard": {"servers": 3}},
            routes={
                "a": climb("desk", "yard", 3),
                "b": climb("yard", "desk", 1),
                "c": {
                    "steps": [{"take": {"seize": "yard"}}, {"rest": {"wait": "60 days"}}, {"free": {"release": "yard"}}]
                },
            },
        )


def test_equipment_of_a_pool_comes_back_after_its_return_time(play, at):
    steps = [
        {"take": {"seize": "chassis"}},
        {"drive": {"road": "A to B", "takes": "2 h"}},
        {"drop": {"release": "chassis", "returns_after": "3 h"}},
    ]
    run = play(flows={"f": ["08:00", "08:30"]}, facilities={"chassis": {"servers": 1}}, steps=steps)
    assert run.delivered("f") == [at("10:00"), at("15:00")]


def test_equipment_still_on_its_way_back_at_the_stop_has_no_return_tick(play):
    steps = [{"take": {"seize": "chassis"}}, {"drop": {"release": "chassis", "returns_after": "90 days"}}]
    run = play(flows={"f": "08:00"}, facilities={"chassis": {}}, steps=steps)
    assert run.rows("f", "drop", Op.RELEASE)[0]["end"] == run.rows("f", "take", Op.SEIZE)[0]["end"] == -1


def test_a_service_time_per_container_is_the_sum_of_its_containers_draws(play):
    steps = [{"serve": {"at": "desk", "takes": {"uniform": ["1 h", "3 h"]}, "per": "container"}}]
    took = [
        play(flows={"f": {"on": "08:00", "size": f"{boxes} boxes"}}, facilities={"desk": {}}, steps=steps).durations(
            "f", "serve"
        )[0]
        for boxes in (1, 2, 3)
    ]
    singles = [took[0], took[1] - took[0], took[2] - took[1]]
    assert all(HOUR <= single <= 3 * HOUR for single in singles)
    assert len(set(singles)) == 3


def test_a_service_time_per_consignment_is_one_draw_however_many_containers(play):
    steps = [{"serve": {"at": "desk", "takes": {"uniform": ["1 h", "3 h"]}}}]
    took = {
        play(flows={"f": {"on": "08:00", "size": f"{boxes} boxes"}}, facilities={"desk": {}}, steps=steps).durations(
            "f", "serve"
        )[0]
        for boxes in (1, 2, 3)
    }
    assert len(took) == 1


def test_mainland_holidays_close_and_make_up_workdays_open_a_monday_to_friday_facility(play):
    # State Council arrangement for 2026: Spring Festival 15 to 23 February, work on Saturdays 14 and 28 February
    run = play(
        start="2026-02-13 00:00",
        measure="2026-02-13 to 2026-03-01",
        flows={"f": {"arrives": {"every": "1 day", "first": "2026-02-13 00:00"}}},
        facilities={"desk": {"opens": "mon-fri 08:00-20:00", "holidays": "CN", "servers": 100}},
        steps=[{"serve": {"at": "desk", "takes": "1 h"}}],
    )
    days = sorted({13 + start // (24 * HOUR) for start in run.started("f", "serve") if start < 17 * 24 * HOUR})
    assert days == [13, 14, 24, 25, 26, 27, 28]


def test_a_closure_takes_both_its_days_and_only_the_modes_it_names(play, at):
    storm = {"on": ["2026-01-06 to 2026-01-07"], "acts": [{"places": ["A"], "modes": ["sea"]}]}
    served = {
        mode: play(
            flows={"f": "tue 08:00"}, facilities={"desk": {"mode": mode}}, steps=SERVE_2_H, closures={"storm": storm}
        ).started("f", "serve")[0]
        for mode in ("sea", "road")
    }
    assert served == {"sea": at("thu 00:00"), "road": at("tue 08:00")}


def test_a_closure_may_stop_barges_earlier_and_let_them_start_later_than_ships(play, at):
    acts = [
        {"places": ["A"], "modes": ["sea"]},
        {"places": ["A"], "modes": ["barge"], "starts": "-6 h", "ends": "12 h"},
    ]
    changes = [
        play(
            flows={"f": "08:00"},
            facilities={"quay": {"mode": mode}},
            steps=[{"serve": {"at": "quay", "takes": "1 h"}}],
            closures={"storm": {"on": ["2026-01-07"], "acts": acts}},
        )
        .trace.capacity[1:, 1]
        .tolist()
        for mode in ("sea", "barge")
    ]
    assert changes == [[at("wed 00:00"), at("thu 00:00")], [at("tue 18:00"), at("thu 12:00")]]


def test_others_work_at_a_facility_comes_at_load_times_staffed_server_hours_over_the_mean_service(play):
    background = {"load": "60 %", "takes": "30 min"}
    run = play(
        flows={"f": "08:00"},
        measure="2026-01-05 to 2026-06-05",
        facilities={"desk": {"servers": 2, "opens": "daily 08:00-18:00", "background": background}},
        steps=SERVE_2_H,
    )
    others = run.inputs.consignments.flow == run.program.flow_names.index("others at desk")
    releases = run.inputs.consignments.release[others]
    by_hour = Counter((releases // HOUR % 24).tolist())
    days = run.program.horizon // (24 * HOUR)
    assert min(by_hour) == 8 and max(by_hour) == 17
    # 0.6 x 2 servers x 10 h / 0.5 h = 24 a day, here 4 standard deviations either side
    assert abs(len(releases) - 24 * days) < 4 * (24 * days) ** 0.5


def test_others_work_takes_servers_like_any_other(play):
    background = {"load": "40 %", "takes": "30 min", "priority": -1}
    alone, shared = (
        play(flows={"f": {"arrives": {"every": "6 h"}}}, facilities={"desk": desk}, steps=SERVE_2_H)
        for desk in ({}, {"background": background})
    )
    waited = [
        sum(
            start - ready
            for ready, start in zip(range(0, 14 * 24 * HOUR, 6 * HOUR), run.started("f", "serve"), strict=False)
        )
        for run in (alone, shared)
    ]
    assert waited[0] == 0 < waited[1]


def test_a_facility_serves_one_after_the_other_and_never_more_than_its_servers(play):
    run = play(
        flows={"f": {"arrives": {"poisson": "500 consignments per week"}}},
        facilities={"desk": {"servers": 2}},
        steps=[{"serve": {"at": "desk", "takes": {"uniform": ["10 min", "50 min"]}}}],
    )
    held = [(row["start"], row["end"]) for row in run.rows("f", "serve", Op.SEIZE) if row["end"] != NONE]
    changes = sorted([(start, 1) for start, _ in held] + [(end, -1) for _, end in held])
    level, most = 0, 0
    for _, change in changes:
        level += change
        most = max(most, level)
    assert most == 2
    starts = [start for start, _ in held]
    assert all(first <= second for first, second in pairwise(starts))
