"""Late because: small worlds whose late consignments and their reasons are known by hand, played by both engines."""

from __future__ import annotations

import pytest

from corridor_sim import load, lower
from corridor_sim.engine.program import Op
from corridor_sim.metrics.kpis import measure
from corridor_sim.metrics.view import view_of
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.plan import promised_deliveries
from corridor_sim.study.lateness import because
from small_world import world

HOUR = 3600
RIDE = [{"ride": {"board": "train"}}]
DUE = {"due": {"within": "48 h"}}
THURSDAY = {"on": ["thu 08:00"] * 4, **DUE}
FRIDAY_TRAIN = {"departs": "mon,fri 20:00", "takes": "10 h", "cutoff": "2 h"}


@pytest.fixture
def reasons(play):
    """Return how often which (cause, step, service, weekday) made something late in a small world."""

    def of(**parts):
        run = play(**parts)
        words = world(**{key: part for key, part in parts.items() if key not in ("seed", "departures")})
        file = load(words)
        lowered = lower(file.base, file.baseline)
        calm = draw_inputs(lowered.program, lowered.plan, 1, 0, noise=False)
        promised = promised_deliveries(lowered.program, calm, run.inputs.consignments)
        lateness = measure(view_of(lowered), run.inputs, run.trace, promised).lateness
        told = {because(lowered, chain)[:4]: count for chain, count in lateness.chains.items()}
        return told | ({"usual": lateness.usual_course} if lateness.usual_course else {})

    return of


def test_an_inspection_hold_carries_past_the_friday_cut_off(play, reasons):
    channel = {"declaration": "1 h", "selected": "20 %", "hold": "48 h", "inspection": "2 h"}
    parts = {
        "flows": {"f": {"on": ["thu 08:00"] * 9, **DUE}},
        "services": {"train": FRIDAY_TRAIN},
        "steps": [{"check": {"customs": "export", "channel": "usual"}}, *RIDE],
        "customs_channels": {"usual": channel},
    }
    selected = sum(row["units"] for row in play(**parts).rows("f", "check", Op.BRANCH))
    assert 0 < selected < 5
    assert reasons(**parts) == {("inspection hold", "check", "train", "fri"): selected}


def test_a_full_train_leaves_one_behind(reasons):
    service = {**FRIDAY_TRAIN, "capacity": "3 consignments"}
    assert reasons(flows={"f": THURSDAY}, services={"train": service}, steps=RIDE) == {
        ("no room", "ride", "train", "fri"): 1
    }


def test_a_departure_that_does_not_run(reasons):
    # departures: mon, fri, mon ...: the first friday is cancelled, known 4 hours before
    friday = (4 * 24 + 20) * HOUR
    found = reasons(
        flows={"f": THURSDAY},
        services={"train": FRIDAY_TRAIN},
        steps=RIDE,
        departures={"notice": {1: friday - 4 * HOUR}},
    )
    assert found == {("cancelled departure", "ride", "train", "fri"): 4}


DAILY = {"departs": "daily 20:00", "takes": "10 h", "cutoff": "2 h"}
EACH_DAY = {"on": ["mon 08:00", "tue 08:00", "wed 08:00", "thu 08:00"], "due": {"within": "24 h"}}


def storm(**act):
    return {"storm": {"on": ["2026-01-08"], "acts": [{"places": ["A"], "modes": ["rail"], **act}]}}


def test_a_storm_holds_the_vehicle(reasons):
    # thursday's train leaves when the day is over, 4 hours late; due at 08:00, it comes at 10:00
    found = reasons(flows={"f": EACH_DAY}, services={"train": DAILY}, steps=RIDE, closures=storm())
    assert found == {("closure", "ride", "", ""): 1}


def test_a_storm_keeps_a_departure_from_running(reasons):
    service = {**DAILY, "waits_for_reopening": "2 h"}
    found = reasons(flows={"f": EACH_DAY}, services={"train": service}, steps=RIDE, closures=storm())
    assert found == {("closure", "ride", "train", "thu"): 1}


SHIP = {"mode": "sea", "from": "B", "to": "A", "departs": "daily 12:00", "takes": "5 h", "cutoff": "4 h"}
TWO_LEGS = {
    "flows": {"f": {**EACH_DAY, "due": {"within": "34 h"}}},
    "services": {"train": DAILY, "vessel": SHIP},
    "steps": [*RIDE, {"sail": {"board": "vessel"}}],
}


def test_a_late_train_carries_past_the_ships_cut_off(reasons):
    # usually at 06:00 for the cut-off at 08:00; three hours late it is not
    found = reasons(**TWO_LEGS, departures={"delay": {3: 3 * HOUR}})
    assert found == {("late departure", "ride", "vessel", "fri"): 1}


def test_a_delay_within_the_slack_of_the_cut_off_makes_nobody_late(reasons):
    assert reasons(**TWO_LEGS, departures={"delay": {3: 2 * HOUR}}) == {}


def test_a_ship_missed_because_a_train_was_is_only_a_consequence(reasons):
    # thursday's train does not run: friday's comes too late for the ship of friday, and saturday's ship is too late
    found = reasons(**TWO_LEGS, departures={"notice": {3: 80 * HOUR}})
    assert found == {("cancelled departure", "ride", "train", "thu"): 1}


def test_a_queue_where_no_departure_is_missed(reasons):
    # one server, two hours each: 2, 4, 6 and 8 hours; due in 6
    found = reasons(
        flows={"f": {"on": ["08:00"] * 4, "due": {"within": "6 h"}}},
        facilities={"crane": {}},
        steps=[{"lift": {"at": "crane", "takes": "2 h"}}],
    )
    assert found == {("queue at facility", "lift", "", ""): 1}


def test_a_closing_on_the_way_carries_past_the_cut_off(reasons):
    # the crane closes on friday at 10:00: who comes an hour later waits until saturday, and the next train is monday's
    crane = {"opens": ["mon-thu 00:00-24:00", "fri 00:00-10:00", "sat-sun 00:00-24:00"]}
    found = reasons(
        flows={"f": {**EACH_DAY, "on": [*EACH_DAY["on"], "fri 11:00"]}},
        facilities={"crane": crane},
        services={"train": {**DAILY, "departs": "mon-fri 20:00"}},
        steps=[{"lift": {"at": "crane", "takes": "2 h"}}, *RIDE],
    )
    assert found == {("closure", "lift", "train", "fri"): 1}


def test_what_took_long_only_after_the_cut_off_is_not_blamed(reasons):
    # friday's crane is closed from 10:00 to 19:00; who waits there comes to the scan after its week is over and waits
    # 60 hours more, but the train of friday was missed by then
    found = reasons(
        flows={
            "f": {"on": ["mon 14:00", "tue 14:00", "wed 14:00", "thu 14:00", "fri 14:00"], "due": {"within": "24 h"}}
        },
        facilities={
            "crane": {"opens": ["mon-thu 00:00-24:00", "fri 00:00-10:00", "fri 19:00-24:00", "sat-sun 00:00-24:00"]},
            "scan": {"opens": "mon-fri 08:00-18:00"},
        },
        services={"train": {**DAILY, "departs": "mon-fri 20:00"}},
        steps=[{"lift": {"at": "crane", "takes": "1 h"}}, {"scan": {"at": "scan", "takes": "1 h"}}, *RIDE],
    )
    assert found == {("closure", "lift", "train", "fri"): 1}


def test_the_usual_time_from_a_departure_is_that_of_its_weekday(reasons):
    # friday's ship is reached from the trains of monday to thursday; from friday's it takes a week, which no other
    # day's trains would tell
    found = reasons(
        flows={"f": {**EACH_DAY, "on": [*EACH_DAY["on"], "thu 08:00"], "due": {"within": "130 h"}}},
        services={"train": {**DAILY, "capacity": "1 consignment"}, "vessel": {**SHIP, "departs": "fri 12:00"}},
        steps=TWO_LEGS["steps"],
    )
    assert found == {("no room", "ride", "train", "thu"): 1}


def test_a_plan_that_is_late_itself_is_the_usual_course(reasons):
    found = reasons(
        flows={"f": {"on": ["thu 08:00"] * 4, "due": {"within": "40 h"}}}, services={"train": FRIDAY_TRAIN}, steps=RIDE
    )
    assert found == {"usual": 4}
