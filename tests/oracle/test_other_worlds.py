"""Rules of the world that queues of textbooks do not have all at once, each against its own closed form.

The compiled engine plays them: a little in CI, at loads from 0.9 on and with narrow intervals in `make verify`. Mean
services are 1 h.
"""

from __future__ import annotations

import numpy as np
import pytest

from closed_forms import (
    blocking_pair,
    breaks_at_work,
    closed_by_storms,
    cobham_servers,
    erlang_c,
    full,
    gathered,
    interrupted,
    pollaczek_khinchine,
    wait_for_next,
    wait_over_cancelled,
)
from corridor_sim.engine.program import Op
from oracle_runs import COLUMN, HEAVY, HOUR, QUICK
from small_world import world

TAKES = {"exponential": {"mean": "1 h", "max": "60 h"}}
FAILS, REPAIR = 0.1, 1.0
LEFT = 1 / (1 + FAILS * REPAIR)
"""Failures per hour, hours of a repair, and the share of time that the two leave."""
SURE = 0.8
"""Share of the failures expected that a long run is sure to meet."""
STORMS, STORM = 0.1, 5
"""Storms per hour, and hours of one."""
BROKEN = {
    "every": {"exponential": {"mean": "10 h", "max": "600 h"}},
    "lasts": {"exponential": {"mean": "1 h", "max": "60 h"}},
}
CLOCK = {
    "start": "2026-01-01 00:00",
    "measure": "2027-01-01 to 2027-12-31",
    "follow_up": "30 days",
    "kind": "steady",
    "warm_up": "365 days",
}
"""The tiers put longer windows in its place."""


def tiers(quick, heavy, times=1.0):
    """Run a test at one rate in CI and at another, with so many times the replications of its tier, in `verify`."""
    return pytest.mark.parametrize(
        ("tier", "rate", "times"),
        [
            pytest.param(QUICK, quick, 1, id="quick"),
            pytest.param(HEAVY, heavy, times, marks=pytest.mark.verify, id="heavy"),
        ],
        indirect=["tier"],
    )


def steady(rate, flow=(), **parts):
    """Return a world in which so many consignments come in an hour."""
    return world(clock=CLOCK, **{"flows": {"f": coming(rate) | dict(flow)}, **parts})


def coming(rate):
    """Return a flow of so many consignments an hour."""
    return {"arrives": {"poisson": f"{rate} consignments per hour"}}


def desk(**rules):
    """Return a desk and the step at it."""
    return {"facilities": {"desk": rules}, "steps": [{"serve": {"at": "desk", "takes": TAKES}}]}


def found_in(played, rate, figures):
    """Return (figures, arrivals over those expected less 1) per replication."""
    found, arrivals = [], []
    for seen in played:
        found.append(figures(seen))
        arrivals.append(seen.measured.sum() / (rate * seen.window_hours) - 1)
    return np.array(found).T, np.array(arrivals)


def in_system(seen, step="serve"):
    """Return mean hours in system, and mean hours of work drawn less one."""
    return seen.passed().mean(), seen.services(step).mean() - 1


def drawn_failures(seen):
    """Return mean hours to a failure and of a repair, over those expected less 1; of as many as are sure to be met."""
    lasts = np.diff([change.tick for change in seen.inputs.capacity[0]]) / HOUR
    sure = int(SURE * seen.program.horizon / HOUR * FAILS * LEFT)
    assert len(lasts) > 2 * sure
    return lasts[: 2 * sure : 2].mean() * FAILS - 1, lasts[1 : 2 * sure : 2].mean() / REPAIR - 1


@tiers(0.4, 0.82, 5.9)
def test_a_server_that_fails_by_the_calendar(runs, judge, rate, times):
    def figures(seen):
        # work begins when the server is up, so that it lasts as long on average whatever was before
        return seen.passed().mean(), *drawn_failures(seen), seen.services("serve").mean() * LEFT - 1

    (hours, *drawn), arrivals = found_in(runs(steady(rate, **desk(failures=BROKEN)), times=times), rate, figures)
    truth = interrupted(rate, 2, FAILS, REPAIR, 2 * REPAIR**2)
    name = f"M/M/1 that fails by the calendar, at {rate / LEFT:.2g}: hours in system"
    judge(name, truth, hours, np.column_stack([*drawn, arrivals]))


@tiers(0.4, 0.82, 6.3)
def test_a_server_that_fails_at_work(runs, judge, rate, times):
    def figures(seen):
        return seen.passed().mean(), seen.services("serve").mean() * LEFT - 1

    at_work = desk(failures=BROKEN | {"counts": "busy"})
    (hours, work), arrivals = found_in(runs(steady(rate, **at_work), times=times), rate, figures)
    truth = breaks_at_work(rate, 2, FAILS, REPAIR, 2 * REPAIR**2)
    name = f"M/M/1 that fails at work, at {rate / LEFT:.2g}: hours in system"
    judge(name, truth, hours, np.column_stack([work, arrivals]))


@tiers((0.9, 0.9), (1.35, 1.35), 2.9)
def test_priorities_at_several_servers(runs, judge, rate, times):
    facilities = desk(servers=3)
    flows = {
        name: coming(each) | {"priority": place} for place, (name, each) in enumerate(zip("ab", rate, strict=True))
    }
    played = runs(world(clock=CLOCK, flows=flows, **facilities), times=times)
    waits, arrivals = found_in(
        played, sum(rate), lambda seen: [*(seen.waits("serve", name).mean() for name in flows), in_system(seen)[1]]
    )
    name = f"M/M/3 with priorities at {sum(rate) / 3:.2g}: hours of waiting"
    for place, (who, truth) in enumerate(zip(("urgent", "plain"), cobham_servers(3, rate), strict=True)):
        judge(f"{name}, {who}", truth, waits[place], np.column_stack([waits[-1], arrivals]))


@tiers(0.45, 0.63, 5.3)
def test_work_that_has_to_be_done_again(runs, judge, rate, times):
    back = 0.3
    lanes = {"good": {}, "again": {"share": "30 %", "again": "serve", "at_most": 50}}
    parts = desk()
    parts["steps"].append({"test": {"branch": lanes}})

    def figures(seen):
        hours, work = in_system(seen)
        return hours, len(seen.services("serve")) / seen.measured.sum(), work

    (hours, turns, work), arrivals = found_in(runs(steady(rate, **parts), times=times), rate, figures)
    name, mean_turns = f"M/M/1 with three of ten done again, at {rate / (1 - back):.2g}", 1 / (1 - back)
    judge(f"{name}: times worked on", mean_turns, turns, arrivals, share=True)
    drawn = np.column_stack([turns - mean_turns, work, arrivals])
    judge(f"{name}: hours in system", 1 / (1 - back - rate), hours, drawn)


@tiers(0.6, 0.9, 2.8)
def test_a_job_for_each_of_four_boxes(runs, judge, rate, times):
    serve = {"at": "desk", "per": "container", "takes": {"exponential": {"mean": "15 min", "max": "15 h"}}}
    played = runs(
        steady(
            rate,
            {"size": "4 boxes"},
            boxes={"20GP": {"teu": 1, "payload": "21 t"}},
            facilities={"desk": {}},
            routes={"r": {"box": {"type": "20GP", "owner": "coc"}, "steps": [{"serve": serve}]}},
        ),
        times=times,
    )
    (hours, work), arrivals = found_in(played, rate, in_system)
    truth = pollaczek_khinchine(rate, 1 + 1 / 4)
    judge(
        f"M/E4/1, a job for each of four boxes, at {rate}: hours in system",
        truth,
        hours,
        np.column_stack([work, arrivals]),
    )


@tiers(0.2, 0.4, 6.6)
def test_others_at_the_same_desk(runs, judge, rate, times):
    others = {"background": {"load": "50 %", "takes": TAKES}}
    (hours, work), arrivals = found_in(runs(steady(rate, **desk(**others)), times=times), rate, in_system)
    name = f"M/M/1 with others' work, at {rate + 0.5:.2g}: hours in system"
    judge(name, 1 / (0.5 - rate), hours, np.column_stack([work, arrivals]))


@tiers(1.8, 2.7, 3.1)
def test_a_pool_whose_equipment_comes_back_later(runs, judge, rate, times):
    steps = [{"take": {"seize": "chassis"}}, {"leave": {"release": "chassis", "returns_after": TAKES}}]
    parts = {"facilities": {"chassis": {"servers": 3}}, "steps": [*steps, {"go": {"wait": "1 h"}}]}

    def figures(seen):
        waits = seen.waits("take")
        return waits.mean(), (waits > 0).mean()

    (waits, held), arrivals = found_in(runs(steady(rate, **parts), times=times), rate, figures)
    name = f"three chassis that come back later, at {rate / 3:.2g}"
    judge(f"{name}: share that waits", erlang_c(3, rate), held, arrivals, share=True)
    judge(f"{name}: hours of waiting", erlang_c(3, rate) / (3 - rate), waits, arrivals)


@tiers(0.4, 0.6, 5)
def test_no_room_between_two_servers(runs, judge, rate, times):
    steps = [
        {"first": {"seize": "desk"}},
        {"work": {"wait": TAKES}},
        {"second": {"seize": "bench"}},
        {"first free": {"release": "desk"}},
        {"more work": {"wait": TAKES}},
        {"second free": {"release": "bench"}},
    ]
    played = runs(steady(rate, facilities={"desk": {}, "bench": {}}, steps=steps), times=times)
    (hours, *work), arrivals = found_in(
        played, rate, lambda seen: [seen.passed().mean(), *(in_system(seen, step)[1] for step in ("work", "more work"))]
    )
    name = f"two servers with no room between, at {rate * 1.5:.2g} of what they let through: hours in system"
    judge(name, blocking_pair(rate, 1, 1), hours, np.column_stack([*work, arrivals]))


@tiers(1.2, 1.2, 0.4)
def test_who_finds_too_many_before_him_goes_another_way(runs, judge, rate, times):
    choose = {"switch": {"queue_at": "desk", "over": 1}, "to": "alt", "join": "drive"}
    stays = [{"choose": choose}, {"serve": {"at": "desk", "takes": TAKES}}]
    routes = {"r": {"steps": stays}, "alt": {"steps": [{"drive": {"at": "park", "takes": "1 h"}}]}}
    facilities = {"desk": {}, "park": {"servers": "unlimited"}}
    played = runs(steady(rate, facilities=facilities, routes=routes), times=times)
    left = COLUMN["units"]
    (share,), arrivals = found_in(played, rate, lambda seen: [seen.visits("choose", Op.SWITCH)[:, left].mean()])
    judge(f"M/M/1 with room for three, at {rate}: share that goes elsewhere", full(3, rate), share, arrivals, True)


@tiers(2, 2, 0.8)
def test_cancelled_departures(runs, judge, rate, times):
    rare = {"departs": "every 12 h", "cancelled": {"share": "30 %"}, "capacity": "1000000 consignments"}
    played = runs(steady(rate, services={"train": rare}, steps=[{"ride": {"board": "train"}}]), times=times)
    (waits,), arrivals = found_in(played, rate, lambda seen: [seen.waits("ride", op=Op.BOARD).mean()])
    name = "departures every 12 h, 30 % of them cancelled: hours of waiting"
    judge(name, wait_over_cancelled(12, 0.3), waits, arrivals)


@tiers(0.7, 0.7, 0.4)
def test_loads_that_leave_full_or_by_their_time(runs, judge, rate, times):
    number, longest = 5, 6
    gather = {"batch": f"{number} consignments", "or_after": f"{longest} h"}

    def figures(seen):
        _, members = np.unique(seen.visits("gather", Op.BATCH)[:, COLUMN["end"]], return_counts=True)
        return seen.between("gather", Op.BATCH, "ready", "end").mean(), (members == number).mean()

    steps = [{"gather": gather}, {"go": {"road": "A to B", "takes": "1 h"}}]
    (waits, left_full), arrivals = found_in(runs(steady(rate, steps=steps), times=times), rate, figures)
    hours, share = gathered(rate, number, longest)
    judge("loads of five, or after 6 h: share that leaves full", share, left_full, arrivals, share=True)
    judge("loads of five, or after 6 h: hours of waiting", hours, waits, arrivals)


@tiers(2, 2, 0.4)
def test_opening_hours(runs, judge, rate, times):
    hours = {"servers": "unlimited", "opens": "mon-fri 08:00-18:00", "at_closing": "finish"}

    def figures(seen):
        waits = seen.waits("serve")
        return waits.mean(), (waits > 0).mean()

    (waits, held), arrivals = found_in(runs(steady(rate, **desk(**hours)), times=times), rate, figures)
    closed = [14, 14, 14, 14, 62]
    share = sum(closed) / 168
    judge("open mon-fri 08:00-18:00: share that waits", share, held, arrivals, share=True)
    judge("open mon-fri 08:00-18:00: hours of waiting", share * wait_for_next(closed), waits, arrivals)


def drawn_storms(seen):
    """Return how many storms began in the window and how long they are together, over what is expected less 1."""
    begins, ends = np.array(seen.inputs.closures)[:, 1:].T / HOUR
    within = (begins >= seen.program.window_from / HOUR) & (begins < seen.program.window_to / HOUR)
    expected = STORMS * seen.window_hours
    return within.sum() / expected - 1, (ends - begins)[within].sum() / expected / STORM - 1


@tiers(1, 1)
def test_storms_that_may_overlap(runs, judge, rate, times):
    storm = {"rate": "876 per year", "lasts": {"exponential": {"mean": "5 h", "max": "300 h"}}}
    acts = [{"places": ["A"], "modes": ["sea"]}]
    parts = desk(servers="unlimited", mode="sea", at_closing="finish") | {"closures": {"storm": storm | {"acts": acts}}}
    played = runs(steady(rate, **parts), times=times)
    (held, *drawn), arrivals = found_in(
        played, rate, lambda seen: [(seen.waits("serve") > 0).mean(), *drawn_storms(seen)]
    )
    name = "storms of five hours, one in ten hours: share that waits"
    judge(name, closed_by_storms(STORMS, STORM), held, np.column_stack([*drawn, arrivals]), share=True)
