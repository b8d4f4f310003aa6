"""Feasibility: loads worked out by hand, jobs against openings, cut-offs against deliveries."""

from __future__ import annotations

import pytest

from corridor_sim.network.feasible import check_feasible
from corridor_sim.network.lower import lower
from corridor_sim.network.workload import expected_work, room_for_ours, staffed_time
from corridor_sim.scenario.load import load

HOUR = 3600
ONE = 1000
TEXT = """\
corridor_sim: 1
name: feasible
title: t
question: q
clock: {{start: 2026-06-01 00:00, measure: 2026-06-01 to {until}, follow_up: 1 day, kind: {kind}}}
money: {{price_year: 2026, time_cost: {{finance_only: 4 %}}, reliability: {{none: true}}}}
places: {{A: {{name: A, at: [0, 0]}}, B: {{name: B, at: [0, 1]}}}}
boxes: {{box: {{teu: 1, payload: 20 t}}}}
facilities: {{gate: {{at: A, servers: 2{gate}}}, yard: {{at: A, holds: 50 TEU}}}}
services: {{boat: {{mode: sea, from: A, to: B, departs: {departs}, capacity: 10 TEU, takes: 4 h{boat}}}}}
customs_channels: {{normal: {{selected: 20 %, hold: 3 h, inspection: 5 h}}}}
routes:
  r:
    box: {{type: box, owner: coc}}
    steps: {steps}
flows:
  f:
    route: r
    terms: {{incoterm: EXW, place: A}}
    arrives: {{every: {every}}}
    size: {size}
    weight: 1 t
    value: 1 CNY/t
    due: {{within: 5 days}}
baseline: only
alternatives: {{only: {{}}}}
"""
WORK = "{look: {at: gate, takes: 6 h, price: 0 CNY}}"
RIDE = "{ride: {board: boat, price: 0 CNY}}"


RULES = {"every": "6 h", "size": "1 box", "kind": "steady", "until": "2026-06-27", "gate": "", "boat": "",
         "departs": "daily 12:00"}  # fmt: skip


def model(steps, **rules):
    """Lower a scenario of 28 days from a Monday on; `gate` and `boat` add rules to these."""
    text = TEXT.format(steps=f"[{', '.join(steps)}]", **RULES | rules)
    return lower(load(text).base, "only")


def gate_load(lowered):
    number = lowered.program.facility_names.index("gate")
    return expected_work(lowered).facilities[number] / staffed_time(lowered.plan.facilities[number], lowered)


def test_work_per_server_hour():
    # 6 h of work every 6 h for two servers
    assert gate_load(model([WORK])) == pytest.approx(0.5)


def test_hours_count_as_staffed():
    # two servers of 12 h a day have 24 h for the four jobs of a day, which are 24 h
    assert gate_load(model([WORK], gate=", opens: daily 08:00-20:00")) == pytest.approx(1)


def test_failures_take_server_time():
    # up 30 h, down 10 h: a quarter of the servers' time is lost
    failing = ", failures: {every: 30 h, lasts: 10 h}"
    assert gate_load(model([WORK], gate=failing)) == pytest.approx(0.5 / 0.75)
    one_of_two = ", failures: {every: 30 h, lasts: 10 h, servers: 1}"
    assert gate_load(model([WORK], gate=one_of_two)) == pytest.approx(0.5 / 0.875)


def test_work_of_others_counts():
    others = ", background: {load: 40 %, takes: 2 h}"
    # a fraction of a millionth of an arrival is lost in counting
    assert gate_load(model([WORK], gate=others)) == pytest.approx(0.9, rel=1e-5)


def test_work_per_container():
    assert gate_load(model(["{look: {at: gate, takes: 2 h, per: container, price: 0 CNY}}"], size="3 boxes")) == (
        pytest.approx(0.5)
    )


def test_lanes_count_by_their_share():
    # one in five is inspected for 5 h
    check = "{check: {customs: export, channel: normal, inspect_at: gate}}"
    assert gate_load(model([check])) == pytest.approx(0.2 * 5 / 12)


def test_a_loop_is_taken_as_often_as_its_bound_lets():
    # half of them come back, twice at most: 1 + 1/2 + 1/4 visits; and all go on in the end
    again = "{again: {branch: {back: {share: 50 %, again: look, at_most: 2}, on: {}}}}"
    last = "{last: {at: gate, takes: 3 h, price: 0 CNY, stream: last}}"
    assert gate_load(model([WORK, again, last])) == pytest.approx(0.5 * 1.75 + 0.25, rel=1e-5)


def test_a_load_works_once_for_all_its_members():
    steps = ["{gather: {batch: 4 boxes}}", WORK]
    assert gate_load(model(steps, size="1 box")) == pytest.approx(0.5 / 4)


def test_what_is_held_is_occupied():
    lowered = model(["{enter: {seize: yard}}", "{rest: {wait: 30 h}}", "{leave: {release: yard}}"])
    yard = lowered.program.facility_names.index("yard")
    # four boxes of 1 TEU a day for 28 days, each for 30 h
    assert expected_work(lowered).facilities[yard] == pytest.approx(112 * ONE * 30 * HOUR)
    # 5 TEU of 50 on average
    assert expected_work(lowered).facilities[yard] / staffed_time(lowered.plan.facilities[yard], lowered) == (
        pytest.approx(0.1)
    )


def test_room_on_departures():
    rules = ", taken_by_others: 60 %, cancelled: {share: 25 %}"
    lowered = model([RIDE], boat=rules)
    room = dict(zip(("teu", "box"), room_for_ours(lowered.plan.services[0], lowered), strict=False))
    # 28 departures of 10 TEU, three in four run, 40 % is left
    assert room == {"teu": 28 * 10 * ONE * 0.75 * 0.4, "box": -1}
    assert expected_work(lowered).services[0, 0] == pytest.approx(112 * ONE)


def test_overload_is_named_in_a_steady_scenario_only():
    steps = ["{look: {at: gate, takes: 13 h, price: 0 CNY}}"]
    (problem,) = check_feasible(model(steps))
    assert problem.path == "facilities.gate"
    # 13 h every 6 h for two servers
    assert "facility gate: load 108 %" in problem.message
    assert check_feasible(model(steps, kind="terminating")) == []
    assert check_feasible(model([WORK])) == []


def test_an_overloaded_service_is_named():
    (problem,) = check_feasible(model([RIDE], every="2 h"))
    # twelve boxes a day, room for ten
    assert problem.path == "services.boat"
    assert "service boat: load 120 % of the teu" in problem.message
    assert check_feasible(model([RIDE], every="2 h", kind="terminating")) == []
    assert check_feasible(model([RIDE], every="3 h")) == []


def test_what_lies_behind_a_switch_is_not_foreseen():
    # who finds a queue joins `out`, so nobody can tell how many stay for the 90 h of work
    over = "{over: {switch: {queue_at: gate, over: 3}, to: r, join: out}}"
    work = "{look: {at: gate, takes: 90 h, price: 0 CNY}}"
    assert check_feasible(model([over, work, "{out: {mark: out}}"])) == []
    assert len(check_feasible(model([work, "{out: {mark: out}}"]))) == 1


RESTART = ", opens: mon-fri 08:00-20:00, at_closing: restart"


def test_a_job_that_starts_again_at_opening_fits_every_opening():
    job = "{{look: {{at: gate, takes: {{pert: [1 h, 2 h, {}]}}, price: 0 CNY}}}}"
    assert check_feasible(model([job.format("12 h")], kind="terminating", gate=RESTART)) == []
    (problem,) = check_feasible(model([job.format("12.5 h")], kind="terminating", gate=RESTART))
    assert problem.path == "facilities.gate.at_closing"
    assert "12.5 h, longer than an opening of 12 h" in problem.message
    for rule in ("pause", "finish"):
        gate = RESTART.replace("restart", rule)
        assert check_feasible(model([job.format("12.5 h")], kind="terminating", gate=gate)) == []


def test_the_boxes_of_a_consignment_are_one_job():
    job = "{look: {at: gate, takes: 5 h, per: container, price: 0 CNY}}"
    assert check_feasible(model([job], kind="terminating", gate=RESTART, size="2 boxes")) == []
    (problem,) = check_feasible(model([job], kind="terminating", gate=RESTART, size="3 boxes"))
    assert "15 h, longer than an opening of 12 h" in problem.message


def test_the_shortest_opening_decides():
    hours = ', opens: ["mon-fri 08:00-20:00", "sat 08:00-12:00"], at_closing: restart'
    (problem,) = check_feasible(model([WORK], kind="terminating", gate=hours))
    assert "6 h, longer than an opening of 4 h" in problem.message


def test_a_facility_that_never_opens_is_named():
    # from Monday to Thursday there is no Saturday
    (problem,) = check_feasible(model([WORK], until="2026-06-03", gate=", opens: sat 08:00-12:00"))
    assert problem.path == "facilities.gate.opens"
    assert "gate never opens in the run" in problem.message
    # nobody else comes to it either
    others = ", opens: sat 08:00-12:00, background: {load: 40 %, takes: 2 h}"
    assert check_feasible(model([WORK], until="2026-06-03", gate=others)) == [problem]
    assert check_feasible(model([WORK], kind="terminating", gate=", opens: sat 08:00-12:00")) == []


def test_a_delivery_that_opens_after_its_cut_off_is_refused():
    late = ", cutoff: {yard: 8 h}, opens: 6 h"
    (problem,) = check_feasible(model([RIDE], kind="terminating", boat=late))
    assert problem.path == "services.boat.opens"
    assert "from 6 h before departure on, but its yard cut-off is 8 h before" in problem.message
    assert check_feasible(model([RIDE], kind="terminating", boat=", cutoff: {yard: 6 h}, opens: 6 h")) == []


def test_a_service_without_departures_is_named():
    (problem,) = check_feasible(model([RIDE], kind="terminating", departs="on 2027-06-01 12:00"))
    assert problem.path == "services.boat.departs"
    assert "boat has no departure" in problem.message


def test_a_cut_off_that_no_release_meets_names_flow_and_service():
    # whoever is ready at the earliest on 1 June would need a departure 60 days later
    (problem,) = check_feasible(model([RIDE], kind="terminating", boat=", cutoff: {release: 60 days}"))
    assert problem.path == "flows.f"
    assert "flow f: no release of the run can be delivered" in problem.message
    assert "nothing leaves with service boat" in problem.message


def test_a_step_that_outlasts_the_run_is_named():
    steps = ["{rest: {wait: 40 days}}", "{look: {at: gate, takes: 700 h, price: 0 CNY}}"]
    found = check_feasible(model(steps, kind="terminating", gate=", opens: mon 08:00-20:00"))
    (message,) = [problem.message for problem in found]
    assert "step r/look does not end before the run does" in message


def test_what_stops_a_flow_is_found_in_lanes_and_behind_loops():
    def stopped(steps, **rules):
        return [problem.message.partition("can be delivered; ")[2] for problem in check_feasible(model(steps, **rules))]

    # the four Mondays of the run have 48 h
    weekly = {"kind": "terminating", "gate": ", opens: mon 08:00-20:00"}
    work = "look: {{at: gate, takes: {} h, price: 0 CNY}}"
    lane = "{{way: {{branch: {{likely: {{share: 60 %, steps: [{}]}}, other: {{}}}}}}}}"
    assert stopped([lane.format(work.format(48))], **weekly) == []
    assert stopped([lane.format(work.format(49))], **weekly) == ["step r/look does not end before the run does"]
    # three rounds of a loop
    loop = "{again: {branch: {back: {share: 60 %, again: look, at_most: 2}, on: {}}}}"
    assert stopped([f"{{{work.format(16)}}}", loop], **weekly) == []
    assert stopped([f"{{{work.format(17)}}}", loop], **weekly) == ["step r/look does not end before the run does"]
    # the rounds end, but no departure is late enough for what lies behind them
    late = {"kind": "terminating", "boat": ", cutoff: {release: 60 days}"}
    assert stopped([WORK, loop, RIDE], **late) == ["nothing leaves with service boat before the run ends"]
