"""Batches, branches, switches and customs: each rule of WORLD.md checked to the tick on a world made by hand."""

from __future__ import annotations

import pytest

from corridor_sim.engine.program import MEASURES, ONE, Op

HOUR = 3600
DRIVE = {"drive": {"road": "A to B", "takes": "1 h"}}
REEFER = {"40RF": {"teu": 2, "payload": "26 t", "pallets": 20, "plugs": 1}}


def pallets(on, **more):
    return {"on": on, "size": "1 pallet", **more}


def gathering(*after, **batch):
    """Return the parts of a world whose route forms loads of 3 pallets, or as told."""
    steps = [{"gather": {"batch": "3 pallets", "or_after": "10 h", **batch}}, *(after or [DRIVE])]
    return {"boxes": REEFER, "routes": {"r": {"box": {"type": "40RF", "owner": "coc"}, "steps": steps}}}


def gathered(run, flow):
    return [(row["end"], row["units"]) for row in run.rows(flow, "gather", Op.BATCH)]


def test_a_batch_leaves_when_it_is_full(play, at):
    run = play(flows={"f": pallets(["08:00", "09:00", "10:00"])}, **gathering())
    assert gathered(run, "f") == [(at("10:00"), 3)] * 3
    assert run.delivered("f") == [at("11:00")] * 3


def test_a_batch_leaves_with_what_is_there_when_its_first_member_has_waited_so_long(play, at):
    run = play(flows={"f": pallets(["08:00", "17:59"])}, **gathering())
    assert gathered(run, "f") == [(at("18:00"), 2)] * 2


def test_a_member_that_comes_at_the_tick_of_the_timeout_is_too_late(play, at):
    run = play(flows={"f": pallets(["08:00", "18:00"])}, **gathering())
    assert gathered(run, "f") == [(at("18:00"), 1), (at("tue 04:00"), 1)]


def test_the_first_members_in_queue_order_leave_and_the_rest_wait_on(play, at):
    flows = {
        "slow": pallets(["08:00", "08:30"], size="2 pallets", priority=1),
        "urgent": pallets(["09:00"], size="2 pallets"),
    }
    run = play(flows=flows, **gathering(batch="5 pallets", mixes="route"))
    # 6 pallets are there at 09:00: the urgent ones and those of 08:00 leave, the timer runs on for those of 08:30
    assert gathered(run, "urgent") == [(at("09:00"), 2)]
    assert gathered(run, "slow") == [(at("09:00"), 2), (at("18:30"), 1)]


def test_the_timer_of_those_left_over_runs_from_the_first_that_came(play, at):
    flows = {
        "slow": pallets(["08:00"], size="2 pallets", priority=1),
        "plain": pallets(["09:00"], size="2 pallets"),
        "urgent": pallets(["10:00"], size="4 pallets", priority=-1),
    }
    run = play(flows=flows, **gathering(batch="5 pallets", mixes="route"))
    # the urgent one leaves alone at 10:00; of the two left over the slow one came first, though it stands behind
    assert [gathered(run, flow) for flow in flows] == [[(at("18:00"), 2)], [(at("18:00"), 2)], [(at("10:00"), 1)]]


def test_what_is_left_over_leaves_at_once_if_it_fills_a_load_too(play, at):
    flows = {
        "small": pallets(["08:00", "09:00"]),
        "large": pallets(["10:00"], size="3 pallets", priority=1),
    }
    run = play(flows=flows, **gathering(mixes="route"))
    assert gathered(run, "small") == [(at("10:00"), 2)] * 2
    assert gathered(run, "large") == [(at("10:00"), 1)]


def test_flows_share_a_load_only_where_they_mix(play, at):
    flows = {"a": pallets(["08:00", "09:00"]), "b": pallets(["08:30", "09:30"])}
    mixed, apart = (play(flows=flows, **gathering(mixes=mixes)) for mixes in ("route", "flow"))
    assert gathered(mixed, "a") == [(at("09:00"), 3)] * 2
    assert gathered(apart, "a") == [(at("18:00"), 2)] * 2


def test_a_load_is_one_box_with_the_weight_of_all_its_members(play):
    run = play(
        flows={"f": pallets(["08:00", "09:00", "10:00"], weight="2 t")},
        services={"train": {"departs": "daily 20:00", "capacity": ["9 TEU", "9 plugs", "100 t"]}},
        **gathering({"ride": {"board": "train"}}),
    )
    loaded = dict(zip(MEASURES, (run.trace.own[0] / ONE).tolist(), strict=True))
    assert (loaded["teu"], loaded["plug"], loaded["mass"], loaded["pallet"]) == (2, 1, 6000, 3)


def lot(share, steps=(), **more):
    return {"share": share, "steps": list(steps), **more}


def test_a_loop_goes_back_as_often_as_its_bound_and_draws_anew_each_time(play, at):
    steps = [
        {"try": {"wait": {"uniform": ["1 h", "2 h"]}}},
        {"passed": {"branch": {"no": lot("100 %", again="try", at_most=3), "yes": {}}}},
        DRIVE,
    ]
    run = play(flows={"f": "08:00"}, steps=steps)
    took = run.durations("f", "try")
    assert len(set(took)) == 4
    assert run.delivered("f") == [at("09:00") + sum(took)]


def test_a_branch_inside_a_lane_goes_on_behind_the_outer_branch(play, at):
    inner = {"inner": {"branch": {"p": lot("0 %", [{"p rest": {"wait": "1 h"}}]), "q": {}}}}
    steps = [
        {"outer": {"branch": {"a": lot("100 %", [inner]), "b": {"steps": [{"b rest": {"wait": "5 h"}}]}}}},
        DRIVE,
    ]
    run = play(flows={"f": "08:00"}, steps=steps)
    assert run.delivered("f") == [at("09:00")]


def test_a_branch_inside_a_loop_goes_back_with_it(play, at):
    inner = {"inner": {"branch": {"p": lot("0 %", [{"p rest": {"wait": "1 h"}}]), "q": {}}}}
    steps = [
        {"try": {"wait": "1 h"}},
        {"outer": {"branch": {"a": lot("100 %", [inner], again="try", at_most=2), "b": {}}}},
        DRIVE,
    ]
    run = play(flows={"f": "08:00"}, steps=steps)
    assert run.delivered("f") == [at("12:00")]


def test_lanes_are_taken_in_their_shares(play):
    steps = [{"lot": {"branch": {"red": lot("30 %"), "amber": lot("20 %"), "green": {}}}}, DRIVE]
    run = play(flows={"f": {"arrives": {"every": "5 min"}}}, steps=steps)
    rows = run.rows("f", "lot", Op.BRANCH)
    lanes = run.program.lane_names[0]
    share = {lane: sum(row["units"] == number for row in rows) / len(rows) for number, lane in enumerate(lanes)}
    # more than 4,000 draws: a standard deviation is 0.7 points
    assert share == pytest.approx({"amber": 0.2, "green": 0.5, "red": 0.3}, abs=0.03)


def test_without_noise_the_likeliest_lane_is_taken_unless_another_is_asked_for(play, at):
    lanes = {
        "long": lot("30 %", [{"rest": {"wait": "5 h"}}]),
        "short": lot("45 %", [{"nap": {"wait": "2 h"}}]),
        "none": {},
    }
    parts = {"flows": {"f": "08:00"}, "steps": [{"lot": {"branch": lanes}}, DRIVE], "noise": False}
    long = play(**parts).program.lane_names[0].index("long")
    assert play(**parts).delivered("f") == [at("11:00")]
    assert play(**parts, lanes={0: long}).delivered("f") == [at("14:00")]


def two_trains(later_than, cutoff="2 h"):
    return {
        "services": {
            "train": {"departs": "daily 20:00", "cutoff": cutoff},
            "ship": {"departs": "daily 23:00"},
        },
        "routes": {
            "r": {
                "steps": [
                    {
                        "choose": {
                            "switch": {"next_departure_of": "train", "later_than": later_than},
                            "to": "other",
                            "join": "sail",
                        }
                    },
                    {"ride": {"board": "train"}},
                ]
            },
            "other": {"steps": [{"sail": {"board": "ship"}}]},
        },
    }


def test_a_switch_waits_exactly_as_long_as_told_and_a_tick_longer_is_too_long(play, at):
    stays = play(flows={"f": "10:00"}, **two_trains("10 h"))
    leaves = play(flows={"f": "10:00"}, **two_trains("35999 s"))
    assert (stays.started("f", "ride", Op.BOARD), leaves.started("f", "sail", Op.BOARD)) == (
        [at("20:00")],
        [at("23:00")],
    )


def test_a_switch_counts_a_departure_as_open_until_its_cut_off(play, at):
    run = play(flows={"f": ["18:00", "18:01"]}, **two_trains("3 h"))
    assert run.started("f", "ride", Op.BOARD) == [at("20:00")]
    assert run.started("f", "sail", Op.BOARD) == [at("23:00")]


def test_a_switch_heeds_a_cancellation_only_once_it_is_known(play, at):
    flows, world = {"f": ["10:00", "12:00"]}, two_trains("12 h")
    # departures stand in the Inputs by service, the ship's first
    first_train = len(play(flows=flows, **world).departures("ship"))
    run = play(flows=flows, departures={"notice": {first_train: at("12:00")}}, **world)
    assert run.started("f", "ride", Op.BOARD) == [at("tue 20:00")]
    assert run.started("f", "sail", Op.BOARD) == [at("23:00")]


def by_queue(over):
    choose = {"switch": {"queue_at": "desk", "over": over}, "to": "other", "join": "walk"}
    return {
        "facilities": {"desk": {}},
        "routes": {
            "r": {"steps": [{"choose": choose}, {"serve": {"at": "desk", "takes": "5 h"}}]},
            "other": {"steps": [{"walk": {"road": "A to B", "takes": "1 h"}}]},
        },
    }


def test_a_switch_by_queue_counts_those_who_wait_and_not_those_in_service(play):
    run = play(flows={"f": ["08:00", "08:10", "08:20", "08:30"]}, **by_queue(1))
    assert [row["units"] for row in run.rows("f", "choose", Op.SWITCH)] == [0, 0, 0, 1]


def test_a_switch_by_queue_counts_only_those_ahead(play):
    flows = {"f": ["08:00", "08:10", "08:20"], "urgent": {"on": "08:30", "priority": -1}}
    run = play(flows=flows, **by_queue(1))
    assert [row["units"] for row in run.rows("urgent", "choose", Op.SWITCH)] == [0]


def customs(selected, **channel):
    return {
        "customs_channels": {
            "ordinary": {"selected": selected, "hold": "4 h", "inspection": "2 h", "release": "1 h", **channel}
        },
        "facilities": {"shed": {}},
        "steps": [{"check": {"customs": "export", "channel": "ordinary", "inspect_at": "shed"}}],
    }


def test_who_is_selected_waits_out_the_hold_and_the_inspection_before_the_release(play, at):
    steps = customs("50 %", documents="3 h", declaration="1 h")
    released = [play(flows={"f": "08:00"}, noise=False, lanes={0: lane}, **steps).delivered("f")[0] for lane in (0, 1)]
    assert released == [at("13:00"), at("19:00")]


def test_inspection_is_one_draw_per_declaration_however_many_containers(play):
    steps = customs("30 %")
    lanes = [
        [
            row["units"]
            for row in play(flows={"f": {"arrives": {"every": "3 h"}, "size": size}}, **steps).rows(
                "f", "check", Op.BRANCH
            )
        ]
        for size in ("1 box", "7 boxes")
    ]
    assert lanes[0] == lanes[1]
    assert 0 < sum(lanes[0]) < len(lanes[0])


def test_a_channel_with_a_lower_rate_selects_a_part_of_those_it_selected_before(play):
    selected = []
    for rate in ("10 %", "30 %"):
        rows = play(flows={"f": {"arrives": {"every": "3 h"}}}, **customs(rate)).rows("f", "check", Op.BRANCH)
        selected.append({row["consignment"] for row in rows if row["units"]})
    assert set() < selected[0] < selected[1]
